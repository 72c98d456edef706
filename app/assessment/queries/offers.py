"""A quiz as somebody finds it before they sit it, and what they reached in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from app.assessment import rules
from app.assessment.models import (
    OPEN,
    Accommodation,
    Attempt,
    AttemptSlot,
    AttemptState,
    QuizWindow,
)
from app.assessment.rules import Allowance, Hindrance, Window
from app.authoring import document
from app.authoring.document import Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.updates import queries as updates
from app.learning.updates.rules import Update, tied

BEGUN = Attempt.state != AttemptState.CREATED
"""Its learner has opened it: a paper drawn ahead is nothing that anybody has done."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A quiz as one person finds it: its rules, what they did so far, whether they may start."""

    course: document.Course
    revision_id: int
    quiz: Quiz
    attempts: Sequence[Attempt]
    hindrance: Hindrance | None
    overall: Decimal | None
    conditions: Conditions
    counted: Sequence[Attempt]
    """Those that count against the number of attempts."""
    update: Update | None = None
    """What a new version asks of somebody who finished an older one, if this quiz is part of it."""

    @property
    def short(self) -> bool:
        """Whether it asks only what changed; `quiz` has no other questions then."""
        return self.update is not None and self.update.short

    @property
    def open_attempt(self) -> Attempt | None:
        return next((one for one in self.attempts if one.state in OPEN), None)

    @property
    def attempts_given(self) -> int | None:
        """With those granted; None where there is no limit."""
        if self.quiz.attempts is None:
            return None
        return self.quiz.attempts + self.conditions.allowance.extra_attempts

    @property
    def attempts_left(self) -> int | None:
        """None where there is no limit."""
        if self.attempts_given is None:
            return None
        return max(0, self.attempts_given - len(self.counted))


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what conditions somebody sits a quiz; `window` is as it is for them."""

    window: Window
    access_code: str | None
    allowance: Allowance


def offer(actor: Actor, course_id: str, quiz_id: str, now: datetime) -> Offer:
    """A quiz of a course the actor may open, as it is served now."""
    revision = learning.course_for(actor, course_id).revision
    course = learning.document(revision)
    quiz = quiz_of(course, quiz_id)
    attempts = attempts_of(actor, course_id, quiz_id)
    conditions = conditions_of(actor.person_id, course_id, quiz_id)
    standing = [one for one in attempts if one.state is not AttemptState.VOID]
    update = _asked_again(actor.person_id, course, revision.id, quiz, standing)
    counted = [one for one in standing if update is None or one.revision_id >= update.revision_id]
    ended = [one.submitted_at for one in counted if one.submitted_at is not None]
    shares = [one.score for one in standing if one.score is not None and not one.short]
    extra = conditions.allowance.extra_attempts
    return Offer(
        course,
        revision.id,
        _shortened(course, quiz, update),
        attempts,
        rules.hindrance(quiz, ended, now, conditions.window, extra),
        rules.overall(quiz.grading, shares),
        conditions,
        counted,
        update,
    )


def _asked_again(
    person_id: int | None,
    course: document.Course,
    served: int,
    quiz: Quiz,
    standing: Sequence[Attempt],
) -> Update | None:
    """The update that asks a person for this quiz; None if it does not, or was passed since."""
    if person_id is None:
        return None
    update = updates.update_for(person_id, course.id, served)
    if update is None or quiz.id not in update.quizzes:
        return None
    passed = any(one.passed and one.revision_id >= update.revision_id for one in standing)
    return None if passed else update


def _shortened(course: document.Course, quiz: Quiz, update: Update | None) -> Quiz:
    if update is None or not update.short:
        return quiz
    return rules.shortened(quiz, tied(course, quiz, update.lessons, update.questions))


def conditions_of(person_id: int | None, course_id: str, quiz_id: str) -> Conditions:
    """The window of a quiz and what a person is granted, in two statements."""
    window = db.session.get(QuizWindow, (course_id, quiz_id))
    granted = select(Accommodation).where(
        Accommodation.person_id == person_id,
        Accommodation.withdrawn_at.is_(None),
        or_(Accommodation.course_id.is_(None), Accommodation.course_id == course_id),
        or_(Accommodation.quiz_id.is_(None), Accommodation.quiz_id == quiz_id),
    )
    allowance = rules.combined(
        Allowance(one.time_factor, one.extra_attempts, one.closes_at)
        for one in db.session.scalars(granted)
    )
    if window is None:
        return Conditions(Window(), None, allowance)
    everybodys = Window(window.opens_at, window.closes_at)
    return Conditions(rules.window_for(everybodys, allowance), window.access_code, allowance)


def published_quiz(course_id: str, quiz_id: str | None) -> tuple[document.Course, Quiz | None]:
    """A quiz as it is served now, for staff; without a `quiz_id` its course alone.

    Practice is its learner's alone: for staff there is no such quiz.
    """
    course = learning.document(learning.any_course(course_id).revision)
    quiz = quiz_of(course, quiz_id) if quiz_id is not None else None
    if quiz is not None and quiz.mode is document.QuizMode.PRACTICE:
        raise NotVisible(_("There is no such quiz in this course."))
    return course, quiz


def any_quiz(course_id: str, quiz_id: str) -> Quiz:
    """A quiz as it is served now, for staff, or NotVisible."""
    _course, quiz = published_quiz(course_id, quiz_id)
    assert quiz is not None
    return quiz


def quiz_of(course: document.Course, quiz_id: str) -> Quiz:
    """A quiz by id, or NotVisible."""
    if (quiz := course.quiz(quiz_id)) is None:
        raise NotVisible(_("There is no such quiz in this course."))
    return quiz


def attempts_of(actor: Actor, course_id: str, quiz_id: str) -> Sequence[Attempt]:
    """The actor's attempts at a quiz that they have begun, in the order in which they did."""
    query = select(Attempt).where(own(actor), at(course_id, quiz_id))
    return db.session.scalars(query.order_by(Attempt.number)).all()


def open_attempt(person_id: int, course_id: str, quiz_id: str) -> Attempt | None:
    query = select(Attempt).where(
        Attempt.person_id == person_id,
        at(course_id, quiz_id),
        Attempt.state.in_(OPEN),
    )
    return db.session.scalar(query)


def paper(person_id: int, course_id: str, quiz_id: str) -> Attempt | None:
    """The paper that was drawn ahead for somebody and that they have not begun."""
    query = select(Attempt).where(
        Attempt.person_id == person_id,
        at(course_id, quiz_id),
        Attempt.state == AttemptState.CREATED,
    )
    return db.session.scalar(query)


def times_seen_by(person_ids: Collection[int], course_id: str) -> dict[int, dict[str, int]]:
    """How often each of these people was asked each question of a course."""
    query = (
        select(Attempt.person_id, AttemptSlot.question_id, func.count())
        .join(AttemptSlot.attempt)
        .where(Attempt.person_id.in_(list(person_ids)), Attempt.course_id == course_id, BEGUN)
        .group_by(Attempt.person_id, AttemptSlot.question_id)
    )
    found: dict[int, dict[str, int]] = {}
    for person_id, question_id, count in db.session.execute(query):
        found.setdefault(person_id, {})[question_id] = count
    return found


def attempted_questions(course_id: str) -> set[str]:
    """Questions of a course that somebody was asked in an attempt, as `quiz/question`."""
    query = (
        select(Attempt.quiz_id, AttemptSlot.question_id)
        .join(AttemptSlot.attempt)
        .where(Attempt.course_id == course_id)
        .distinct()
    )
    return {f"{quiz_id}/{question_id}" for quiz_id, question_id in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has reached in a quiz."""

    best: Decimal | None
    passed: bool
    attempts: int
    is_open: bool
    waits_for_marker: bool


def best_results(person_id: int, course_id: str | None = None) -> dict[tuple[str, str], Standing]:
    """What a person has reached, by course and quiz, in one statement; None asks for all."""
    query = _RESULTS if course_id is None else _RESULTS_IN_COURSE
    values = {"person_id": person_id, "course_id": course_id}
    return {
        (course_id, quiz_id): Standing(best, bool(passes), count, bool(open_), bool(waiting))
        for course_id, quiz_id, best, passes, count, open_, waiting in db.rows(query, values)
    }


# Asked by every lesson, and therefore put together once.
_RESULTS = (
    select(
        Attempt.course_id,
        Attempt.quiz_id,
        func.max(Attempt.score).filter(Attempt.short.is_(False)),
        func.count().filter(Attempt.passed.is_(True), Attempt.short.is_(False)),
        func.count(),
        func.count().filter(or_(*(Attempt.state == state for state in OPEN))),
        func.count().filter(Attempt.state == AttemptState.SUBMITTED),
    )
    .where(Attempt.person_id == bindparam("person_id"), BEGUN)
    .group_by(Attempt.course_id, Attempt.quiz_id)
)
_RESULTS_IN_COURSE = _RESULTS.where(Attempt.course_id == bindparam("course_id"))


def own(actor: Actor) -> ColumnElement[bool]:
    """Only the actor's, and of those what they have begun: a paper drawn ahead stays closed."""
    return (Attempt.person_id == actor.person_id) & BEGUN


def at(course_id: str, quiz_id: str) -> ColumnElement[bool]:
    """Of one quiz."""
    return (Attempt.course_id == course_id) & (Attempt.quiz_id == quiz_id)
