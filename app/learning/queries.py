"""Reads of courses and of what one person has done in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import contains_eager

from app.authoring import document as authoring
from app.authoring.document import Question, Visibility
from app.core import db, fulltext
from app.core.errors import NotVisible
from app.core.fulltext import Hit
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.learning.models import (
    CheckAnswer,
    Course,
    CourseAward,
    CourseCompletion,
    Enrolment,
    LessonCompletion,
    MediaFile,
    Revision,
    RevisionMedia,
)

_Id = int | BindParameter[int] | None
Completed = Mapping[str, Collection[str]]
"""Content hashes that were completed, by lesson."""


@dataclass(frozen=True, slots=True)
class Served:
    """A revision, as far as it takes to find its document."""

    id: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Where somebody stopped reading, and when they were last there."""

    last_lesson_id: str | None
    last_anchor: str | None
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A course as one person comes to it: their enrolment, if any, and what they completed."""

    course_id: str
    visibility: Visibility
    revision: Served
    enrolment: Enrolled | None
    completed: Completed
    finished_id: int | None = None
    """The newest revision that they finished."""


# --- Who sees which course -------------------------------------------------------------------


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """Drafts are for authors; a retired course stays open to those enrolled in it."""
    return _visible(actor.person_id, author=actor.has(Role.AUTHOR))


def _visible(person_id: _Id, *, author: bool) -> ColumnElement[bool]:
    if author:
        return true()
    enrolled = select(Enrolment.course_id).where(Enrolment.person_id == person_id)
    retired = and_(Course.visibility == Visibility.RETIRED, Course.id.in_(enrolled))
    return or_(Course.visibility == Visibility.PUBLISHED, retired)


def course_for(actor: Actor, course_id: str) -> Course:
    """A course with the revision that is served; unknown and hidden alike raise NotVisible."""
    query = (
        select(Course)
        .join(Course.revision)
        .where(Course.id == course_id, _visible_to(actor))
        .options(contains_eager(Course.revision))
    )
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such course."))
    return found


def any_course(course_id: str) -> Course:
    """A course with the revision that is served, whoever asks: for staff and the system."""
    query = select(Course).join(Course.revision).where(Course.id == course_id)
    if (found := db.session.scalar(query.options(contains_eager(Course.revision)))) is None:
        raise NotVisible(_("There is no such course."))
    return found


def titles(course_ids: Collection[str]) -> dict[str, str]:
    """The titles of courses, published or not, by id."""
    query = select(Course.id, Course.title).where(Course.id.in_(course_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def visit(actor: Actor, course_id: str) -> Visit:
    """A course with the actor's enrolment and completions, in one statement."""
    values = {"person_id": actor.person_id, "course_id": course_id}
    rows = db.rows(_visit_query(author=actor.has(Role.AUTHOR)), values)
    if not (found := _gathered(rows)):
        raise NotVisible(_("There is no such course."))
    return found[0]


@cache
def _visit_query(*, author: bool) -> Select[*tuple[Any, ...]]:
    """Asked by every lesson, and therefore put together once."""
    person_id = bindparam("person_id", type_=Integer)
    return _visits(person_id).where(
        Course.id == bindparam("course_id"), _visible(person_id, author=author)
    )


def visits(actor: Actor) -> list[Visit]:
    """Every course the actor is enrolled in and still sees, the one read last first."""
    query = _visits_query(author=actor.has(Role.AUTHOR))
    found = _gathered(db.rows(query, {"person_id": actor.person_id}))
    return sorted(found, key=_last_touched, reverse=True)


@cache
def _visits_query(*, author: bool) -> Select[*tuple[Any, ...]]:
    person_id = bindparam("person_id", type_=Integer)
    query = _visits(person_id).where(Enrolment.id.is_not(None), _visible(person_id, author=author))
    return query.order_by(Course.title, Course.id)


def _last_touched(visit: Visit) -> datetime:
    assert visit.enrolment is not None
    return visit.enrolment.touched_at


def _visits(person_id: _Id) -> Select[*tuple[Any, ...]]:
    own_enrolment = and_(Enrolment.course_id == Course.id, Enrolment.person_id == person_id)
    own_completion = and_(
        LessonCompletion.course_id == Course.id, LessonCompletion.person_id == person_id
    )
    finished = select(func.max(CourseCompletion.revision_id)).where(
        CourseCompletion.course_id == Course.id, CourseCompletion.person_id == person_id
    )
    return (
        select(
            Course.id,
            Course.visibility,
            Revision.id,
            Revision.content_hash,
            Enrolment.last_lesson_id,
            Enrolment.last_anchor,
            func.coalesce(Enrolment.last_read_at, Enrolment.enrolled_at),
            finished.scalar_subquery(),
            LessonCompletion.lesson_id,
            LessonCompletion.content_hash,
        )
        .join(Course.revision)
        .outerjoin(Enrolment, own_enrolment)
        .outerjoin(LessonCompletion, own_completion)
    )


def _gathered(rows: Iterable[Any]) -> list[Visit]:
    """One visit for each course of the rows, which repeat it for every completion."""
    found: dict[str, Visit] = {}
    completed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for course_id, visibility, revision_id, revision_hash, last, anchor, touched, *done in rows:
        finished_id, lesson_id, content_hash = done
        if lesson_id is not None:
            completed[course_id][lesson_id].add(content_hash)
        if course_id not in found:
            found[course_id] = Visit(
                course_id,
                visibility,
                Served(revision_id, revision_hash),
                Enrolled(last, anchor, touched) if touched else None,
                completed[course_id],
                finished_id,
            )
    return list(found.values())


# --- The catalogue ---------------------------------------------------------------------------


def catalogue(actor: Actor) -> Sequence[Course]:
    """The courses an actor sees, by title. Retired ones are found on the home page alone."""
    query = select(Course).where(_visible_to(actor), Course.visibility != Visibility.RETIRED)
    return db.session.scalars(query.order_by(Course.title, Course.id)).all()


def search(actor: Actor, text: str, *, limit: int = 30, offset: int = 0) -> list[Hit]:
    """Courses (empty key) and lessons that hold the words, among what the actor sees."""
    visible = select(Course.id).where(_visible_to(actor))
    return fulltext.search(text, scopes=visible, limit=limit, offset=offset)


def courses(actor: Actor, course_ids: Collection[str]) -> Sequence[Course]:
    """Those of the courses that the actor sees."""
    query = select(Course).where(Course.id.in_(course_ids), _visible_to(actor))
    return db.session.scalars(query.order_by(Course.title, Course.id)).all()


def served_of(actor: Actor, course_ids: Collection[str]) -> dict[str, Served]:
    """The served revision of each of the courses that the actor sees, by course."""
    query = (
        select(Course.id, Revision.id, Revision.content_hash)
        .join(Course.revision)
        .where(Course.id.in_(course_ids), _visible_to(actor))
    )
    return {row[0]: Served(row[1], row[2]) for row in db.session.execute(query)}


def awards_of(course_ids: Collection[str]) -> Sequence[CourseAward]:
    """What the served revisions of these courses are worth."""
    query = select(CourseAward).where(CourseAward.course_id.in_(course_ids))
    order = (CourseAward.course_id, CourseAward.competency_code, CourseAward.quiz_id)
    return db.session.scalars(query.order_by(*order)).all()


# --- Documents -------------------------------------------------------------------------------

_MOST_KEPT = 64
_kept: dict[str, authoring.Course] = {}
_keeping = Lock()


def document(revision: Revision | Served) -> authoring.Course:
    """The compiled course of a revision, kept in memory by its content hash."""
    return documents([revision])[revision.id]


def documents(revisions: Collection[Revision | Served]) -> dict[int, authoring.Course]:
    """The compiled courses of several revisions by id, in one statement at most."""
    found = {one.id: kept for one in revisions if (kept := _recall(one.content_hash))}
    missing = {one.id: one.content_hash for one in revisions if one.id not in found}
    if missing:
        query = select(Revision.id, Revision.document).where(Revision.id.in_(missing))
        for revision_id, text in db.session.execute(query):
            found[revision_id] = _keep(missing[revision_id], authoring.load(text))
    return found


def published_documents() -> list[authoring.Course]:
    """Every published course as it is served, by title, in two statements at most."""
    found = _served_by_title()
    by_id = documents(found)
    return [by_id[one.id] for one in found]


def _outline(course: authoring.Course) -> Outline:
    return Outline(
        course.id, course.title, course.estimated_minutes, course.prerequisites, course.awards
    )


def _served_by_title() -> list[Served]:
    query = (
        select(Revision.id, Revision.content_hash)
        .join(Course, Course.revision_id == Revision.id)
        .where(Course.visibility == Visibility.PUBLISHED)
        .order_by(Course.title)
    )
    return [Served(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a course takes, asks for and awards, without what it teaches."""

    id: str
    title: str
    estimated_minutes: int
    prerequisites: tuple[authoring.Prerequisite, ...]
    awards: tuple[authoring.Award, ...]


_outlined: dict[str, Outline] = {}


def published_outlines() -> list[Outline]:
    """Every published course in outline, by title. More are kept in memory than documents are."""
    found = _served_by_title()
    with _keeping:
        known = dict(_outlined)
    missing = [one for one in found if one.content_hash not in known]
    by_id = documents(missing)
    known.update((one.content_hash, _outline(by_id[one.id])) for one in missing)
    kept = {one.content_hash: known[one.content_hash] for one in found}
    with _keeping:
        _outlined.clear()
        _outlined.update(kept)
    return [known[one.content_hash] for one in found]


def _recall(content_hash: str) -> authoring.Course | None:
    """What is kept, from now on the last to be dropped."""
    with _keeping:
        if (course := _kept.pop(content_hash, None)) is not None:
            _kept[content_hash] = course
        return course


def _keep(content_hash: str, course: authoring.Course) -> authoring.Course:
    with _keeping:
        while len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[content_hash] = course
    return course


def served(course: Course) -> authoring.Course:
    """The document that a course serves now; the revision need not be loaded."""
    revision = db.session.get(Revision, course.revision_id)
    assert revision is not None
    return document(revision)


def lesson(course: authoring.Course, lesson_id: str) -> authoring.Lesson:
    """A lesson by id, or NotVisible."""
    if (found := course.lesson(lesson_id)) is None:
        raise NotVisible(_("There is no such lesson in this course."))
    return found


def check(lesson: authoring.Lesson, question_id: str) -> Question:
    """A question inside a lesson by id, or NotVisible."""
    for block in lesson.blocks:
        if block.kind == "check" and block.question.id == question_id:
            return block.question
    raise NotVisible(_("There is no such question in this lesson."))


# --- Checks ----------------------------------------------------------------------------------


def answers(actor: Actor, course_id: str, lesson_id: str) -> dict[str, Any]:
    """The actor's newest answer to each check of a lesson, by the hash of the question."""
    rows = db.rows(_ANSWERS_IN_ORDER, _place(actor, course_id, lesson_id))
    return dict(rows)


def right_checks(actor: Actor, course_id: str, lesson_id: str) -> set[str]:
    """Hashes of the questions of a lesson that the actor has answered right at some time."""
    query = _ANSWERS.where(CheckAnswer.right)
    return set(db.session.scalars(query, _place(actor, course_id, lesson_id)))


_ANSWERS = select(CheckAnswer.question_hash, CheckAnswer.answer).where(
    CheckAnswer.person_id == bindparam("person_id"),
    CheckAnswer.course_id == bindparam("course_id"),
    CheckAnswer.lesson_id == bindparam("lesson_id"),
)
_ANSWERS_IN_ORDER = _ANSWERS.order_by(CheckAnswer.id)


def _place(actor: Actor, course_id: str, lesson_id: str) -> dict[str, Any]:
    return {"person_id": actor.person_id, "course_id": course_id, "lesson_id": lesson_id}


# --- Media -----------------------------------------------------------------------------------


def media_for(actor: Actor, course_id: str, sha256: str) -> MediaFile:
    """A file that some revision of a course shows, for whoever may see the course."""
    query = (
        select(MediaFile)
        .join(RevisionMedia, RevisionMedia.sha256 == MediaFile.sha256)
        .join(Revision, Revision.id == RevisionMedia.revision_id)
        .join(Course, Course.id == Revision.course_id)
        .where(MediaFile.sha256 == sha256, Course.id == course_id, _visible_to(actor))
        .limit(1)
    )
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such file."))
    return found
