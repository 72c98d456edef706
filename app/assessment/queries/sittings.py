"""Attempts while they are sat and when they are looked at. Each is its owner's alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, defer, selectinload

from app.assessment import rules
from app.assessment.models import (
    OPEN,
    AnswerTry,
    Attempt,
    AttemptSlot,
    AttemptState,
    QuizWindow,
)
from app.assessment.queries.offers import at, own, quiz_of
from app.assessment.rules import Disclosure, Placed
from app.authoring import document
from app.authoring.document import Question, Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.models import Revision


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt with the quiz it was drawn from and the question of each slot."""

    attempt: Attempt
    course: document.Course
    quiz: Quiz
    questions: Mapping[int, Question]
    """By the slot's number."""
    steps: Mapping[int, int]
    """By the slot's number: the step on which it is asked."""

    @property
    def last_step(self) -> int:
        return max(self.steps.values(), default=1)

    def on_step(self, step: int) -> list[AttemptSlot]:
        return [slot for slot in self.attempt.slots if self.steps[slot.number] == step]

    def slot(self, number: int) -> AttemptSlot:
        """A slot by its number, or NotVisible."""
        for slot in self.attempt.slots:
            if slot.number == number:
                return slot
        raise NotVisible(_("This attempt has no such question."))


def sitting_for(actor: Actor, attempt_id: int, *, lock: bool = False) -> Sitting:
    """An attempt of the actor's own; unknown and somebody else's alike raise NotVisible."""
    return _sitting(with_slots(every_attempt().where(Attempt.id == attempt_id, own(actor))), lock)


def any_sitting(attempt_id: int, *, lock: bool = False) -> Sitting:
    """An attempt whoever sat it: for the system and for marking, never for a page about it."""
    return _sitting(with_slots(every_attempt().where(Attempt.id == attempt_id)), lock)


def every_attempt() -> Select[Attempt]:
    """Attempts with their revision, whose document stays where it is."""
    return (
        select(Attempt)
        .join(Attempt.revision)
        .options(contains_eager(Attempt.revision).options(defer(Revision.document)))
    )


def with_slots(query: Select[Attempt]) -> Select[Attempt]:
    """With every slot, in one statement more."""
    return query.options(selectinload(Attempt.slots))


def _sitting(query: Select[Attempt], lock: bool) -> Sitting:
    attempt = _found(query, lock)
    return seated(attempt, learning.document(attempt.revision))


def seated(attempt: Attempt, course: document.Course) -> Sitting:
    """An attempt beside the quiz it was drawn from."""
    quiz = quiz_of(course, attempt.quiz_id)
    by_id = questions(quiz)
    placed = [Placed(slot.number, slot.section) for slot in attempt.slots]
    return Sitting(
        attempt,
        course,
        quiz,
        {slot.number: by_id[slot.question_id] for slot in attempt.slots},
        rules.step_of(placed, quiz),
    )


def _found(query: Select[Attempt], lock: bool) -> Attempt:
    if lock:
        query = query.with_for_update(of=Attempt).execution_options(populate_existing=True)
    if (attempt := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such attempt."))
    return attempt


def questions(quiz: Quiz) -> dict[str, Question]:
    """The questions of a quiz by id."""
    return {question.id: question for section in quiz.sections for question in section.questions}


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of an attempt with its question, read without the others."""

    attempt: Attempt
    quiz: Quiz
    slot: AttemptSlot
    question: Question
    step: int
    language: str
    """Of the course."""


def place_for(actor: Actor, attempt_id: int, number: int, *, lock: bool = False) -> Place:
    """A slot of an attempt of the actor's own, at the same cost however many slots there are."""
    attempt = _found(every_attempt().where(Attempt.id == attempt_id, own(actor)), lock)
    query = select(AttemptSlot).where(AttemptSlot.attempt_id == attempt_id)
    slot = db.session.scalar(query.where(AttemptSlot.number == number))
    if slot is None:
        raise NotVisible(_("This attempt has no such question."))
    course = learning.document(attempt.revision)
    quiz = quiz_of(course, attempt.quiz_id)
    step = _step(attempt_id, quiz, slot)
    return Place(attempt, quiz, slot, questions(quiz)[slot.question_id], step, course.language)


def _step(attempt_id: int, quiz: Quiz, slot: AttemptSlot) -> int:
    if quiz.breaks or quiz.navigation is document.Navigation.SEQUENTIAL:
        return rules.step_of([Placed(n, 0) for n in range(1, slot.number + 1)], quiz)[slot.number]
    query = select(func.count(AttemptSlot.section.distinct())).where(
        AttemptSlot.attempt_id == attempt_id, AttemptSlot.section <= slot.section
    )
    return db.session.scalar(query) or 1


def last_try(slot_id: int) -> AnswerTry | None:
    """The answer of a slot that was checked last, in practice."""
    query = select(AnswerTry).where(AnswerTry.slot_id == slot_id)
    return db.session.scalar(query.order_by(AnswerTry.number.desc()).limit(1))


def last_tries(attempt_id: int) -> dict[int, AnswerTry]:
    """The same of every slot of an attempt that has one, by the slot's id."""
    query = (
        select(AnswerTry)
        .join(AttemptSlot, AttemptSlot.id == AnswerTry.slot_id)
        .where(AttemptSlot.attempt_id == attempt_id)
    )
    return {one.slot_id: one for one in db.session.scalars(query.order_by(AnswerTry.number))}


def other_open(attempt: Attempt) -> bool:
    """Whether its owner has another attempt open, at the same quiz or with a question of it."""
    asked = select(AttemptSlot.question_hash).where(AttemptSlot.attempt_id == attempt.id)
    return _another_asks(attempt, AttemptSlot.question_hash.in_(asked), with_same_quiz=True)


def at_stake(attempt: Attempt, question_hashes: Collection[str]) -> bool:
    """Whether another open attempt of its owner asks one of these questions."""
    asked = AttemptSlot.question_hash.in_(question_hashes)
    return _another_asks(attempt, asked, with_same_quiz=False)


def _another_asks(attempt: Attempt, asked: ColumnElement[bool], *, with_same_quiz: bool) -> bool:
    question = select(AttemptSlot.id).where(AttemptSlot.attempt_id == Attempt.id, asked)
    shared: ColumnElement[bool] = question.exists()
    if with_same_quiz:
        shared = or_(at(attempt.course_id, attempt.quiz_id), shared)
    query = select(Attempt.id).where(
        Attempt.person_id == attempt.person_id,
        Attempt.id != attempt.id,
        Attempt.state.in_(OPEN),
        shared,
    )
    return db.session.scalar(query.limit(1)) is not None


def disclosure_of(attempt: Attempt, quiz: Quiz, now: datetime) -> Disclosure:
    """What its learner may see of an attempt at `now`."""
    if attempt.state in (AttemptState.ABANDONED, AttemptState.VOID):
        return rules.NOTHING
    window = db.session.get(QuizWindow, (attempt.course_id, attempt.quiz_id))
    return rules.disclosure(
        quiz.mode,
        quiz.feedback,
        rules.phase(attempt.submitted_at, window.closes_at if window else None, now),
        passed=attempt.passed,
        another_open=other_open(attempt),
    )


def due(now: datetime) -> Sequence[int]:
    """Open attempts with something due: past their deadline, or past the time to hand in."""
    answering = (Attempt.state == AttemptState.IN_PROGRESS) & (Attempt.deadline <= now)
    overdue = (Attempt.state == AttemptState.OVERDUE) & (Attempt.closes_at <= now)
    query = select(Attempt.id).where(or_(answering, overdue))
    return db.session.scalars(query.order_by(Attempt.id)).all()
