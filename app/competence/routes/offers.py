"""Published courses as one person stands in them: what is left, what they show, what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from app.authoring.document import (
    Award,
    CertificationPrerequisite,
    CompetencyPrerequisite,
    Course,
    CoursePrerequisite,
    Visibility,
)
from app.competence import queries
from app.competence.rules import Offer
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.routes import standing
from app.web.forms import given

_EXAM_MINUTES = 45
"""Of an exam without a time limit."""


def offers_for(actor: Actor, today: date) -> list[Offer]:
    """Every course that the actor can take; none that asks for a certification they do not hold."""
    mine = {course.id: course for course in standing.stand_in_all(actor)}
    held = _held(given(actor.person_id), today)
    finished = {course_id for course_id, course in mine.items() if course.finished}
    return [
        _offer(course, _done(mine.get(course.id)), finished)
        for course in _published(actor)
        if _certifications(course) <= held
    ]


def _held(person_id: int, today: date) -> set[str]:
    found = queries.holdings_of([person_id]).get(person_id, [])
    return {one.code for one in found if one.holds_on(today)}


def _published(actor: Actor) -> list[Course]:
    shown = learning.catalogue(actor)
    ids = [one.id for one in shown if one.visibility == Visibility.PUBLISHED]
    documents = learning.documents(list(learning.served_of(actor, ids).values()))
    return sorted(documents.values(), key=lambda course: course.id)


def _certifications(course: Course) -> set[str]:
    asked = course.prerequisites
    return {one.certification for one in asked if isinstance(one, CertificationPrerequisite)}


def _done(course: standing.Course | None) -> set[str]:
    return {item.id for item in course.outline.items() if item.done} if course else set()


def _offer(course: Course, done: Collection[str], finished: Collection[str]) -> Offer:
    reading = sum(one.estimated_minutes for one in course.lessons if one.id not in done)
    asked = course.prerequisites
    before = [one.course for one in asked if isinstance(one, CoursePrerequisite)]
    return Offer(
        id=course.id,
        title=course.title,
        minutes=max(1, reading + _exam_minutes(course)),
        exam_only=not reading and bool(course.lessons),
        awards=_awards(course.awards),
        courses=tuple(one for one in before if one not in finished),
        needs={
            one.competency: one.level for one in asked if isinstance(one, CompetencyPrerequisite)
        },
    )


def _exam_minutes(course: Course) -> int:
    """Of the quizzes that its awards rest on."""
    exams = {award.evidence for award in course.awards}
    limits = [quiz.time_limit for quiz in course.quizzes if quiz.id in exams]
    return sum(_EXAM_MINUTES if limit is None else -(-limit // 60) for limit in limits)


def _awards(awards: Iterable[Award]) -> dict[str, int]:
    found: dict[str, int] = {}
    for award in awards:
        found[award.competency] = max(found.get(award.competency, 0), award.level)
    return found
