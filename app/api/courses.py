"""Courses, enrolments and lessons read."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.api.blueprint import bp
from app.api.lists import listed, part_of
from app.api.shapes import Json
from app.authoring import document
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.learning import queries, services
from app.learning.models import Course
from app.web.access import current_actor, signed_in


@bp.get("/courses")
@signed_in
@listed
def courses() -> ResponseReturnValue:
    """Courses on offer, by title."""
    return part_of(queries.catalogue(current_actor()), _course)


@bp.get("/courses/<course_id>")
@signed_in
def course(course_id: str) -> ResponseReturnValue:
    """A course with its outline."""
    found = queries.course_for(current_actor(), course_id)
    return jsonify({**_course(found), **_outline(queries.document(found.revision))})


@bp.post("/courses/<course_id>/enrolments")
@signed_in
def enrol(course_id: str) -> ResponseReturnValue:
    """Take a course; again changes nothing."""
    services.enrol(course_id, by=current_actor())
    return jsonify(_progress(queries.visit(current_actor(), course_id))), 201


@bp.get("/me/enrolments")
@signed_in
@listed
def my_enrolments() -> ResponseReturnValue:
    """One's own courses and how far one is, the one read last first."""
    visits = queries.visits(current_actor())
    queries.documents([one.revision for one in visits])
    return part_of(visits, _progress)


@bp.post("/lessons/<course_id>/<lesson_id>/completions")
@signed_in
def complete_lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Mark a lesson as read, and enrol who is not yet; again changes nothing."""
    new = services.complete_lesson(course_id, lesson_id, by=current_actor())
    return jsonify(course=course_id, lesson=lesson_id, new=new), 201 if new else 200


def _course(found: Course) -> Json:
    return {
        "id": found.id,
        "title": found.title,
        "summary": found.summary,
        "language": found.language,
        "level": found.level,
        "minutes": found.estimated_minutes,
        "tags": found.tags,
    }


def _outline(found: document.Course) -> Json:
    return {
        "version": found.version,
        "modules": [
            {"title": module.title, "items": [_item(found, one) for one in module.items]}
            for module in found.modules
        ],
        "awards": [
            {"competency": award.competency, "level": award.level} for award in found.awards
        ],
    }


def _item(found: document.Course, item_id: str) -> Json:
    if lesson := found.lesson(item_id):
        minutes = lesson.estimated_minutes
        return {"id": item_id, "kind": "lesson", "title": lesson.title, "minutes": minutes}
    if quiz := found.quiz(item_id):
        return {"id": item_id, "kind": quiz.mode, "title": quiz.title}
    raise NotVisible(_("There is no such lesson."))


def _progress(visit: queries.Visit) -> Json:
    lessons = queries.document(visit.revision).lessons
    done = [one.id for one in lessons if one.content_hash in visit.completed.get(one.id, ())]
    return {
        "course": visit.course_id,
        "lessons": len(lessons),
        "completed": done,
        "last_lesson": visit.enrolment.last_lesson_id if visit.enrolment else None,
        "finished": visit.finished_id is not None,
    }
