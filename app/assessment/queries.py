"""Reads of attempts. An attempt is its owner's alone; markers see essays without a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import contains_eager, defer, selectinload

from app.accounts.models import Person
from app.assessment import rules
from app.assessment.models import (
    OPEN,
    Accommodation,
    Attempt,
    AttemptSlot,
    AttemptState,
    QuizWindow,
)
from app.assessment.rules import Allowance, Disclosure, Hindrance, Placed, Window
from app.authoring import document
from app.authoring.document import Question, Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.models import Revision

# --- A quiz, before it is sat --------------------------------------------------------------


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
        counted = [one for one in self.attempts if one.state is not AttemptState.VOID]
        return max(0, self.attempts_given - len(counted))


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
    counted = [one for one in attempts if one.state is not AttemptState.VOID]
    ended = [one.submitted_at for one in counted if one.submitted_at is not None]
    shares = [one.score for one in counted if one.score is not None]
    extra = conditions.allowance.extra_attempts
    return Offer(
        course,
        revision.id,
        quiz,
        attempts,
        rules.hindrance(quiz, ended, now, conditions.window, extra),
        rules.overall(quiz.grading, shares),
        conditions,
    )


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
    """A quiz as it is served now, whoever asks; without a `quiz_id` its course alone."""
    course = learning.document(learning.any_course(course_id).revision)
    return course, quiz_of(course, quiz_id) if quiz_id is not None else None


def quiz_of(course: document.Course, quiz_id: str) -> Quiz:
    """A quiz by id, or NotVisible."""
    if (quiz := course.quiz(quiz_id)) is None:
        raise NotVisible(_("There is no such quiz in this course."))
    return quiz


def attempts_of(actor: Actor, course_id: str, quiz_id: str) -> Sequence[Attempt]:
    """The actor's attempts at a quiz, in the order in which they were sat."""
    query = select(Attempt).where(_own(actor), _at(course_id, quiz_id))
    return db.session.scalars(query.order_by(Attempt.number)).all()


def open_attempt(person_id: int, course_id: str, quiz_id: str) -> Attempt | None:
    query = select(Attempt).where(
        Attempt.person_id == person_id,
        _at(course_id, quiz_id),
        Attempt.state.in_(OPEN),
    )
    return db.session.scalar(query)


def times_seen(person_id: int, course_id: str) -> Mapping[str, int]:
    """How often somebody was asked each question of a course."""
    query = (
        select(AttemptSlot.question_id, func.count())
        .join(AttemptSlot.attempt)
        .where(Attempt.person_id == person_id, Attempt.course_id == course_id)
        .group_by(AttemptSlot.question_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


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
        func.max(Attempt.score),
        func.sum(case((Attempt.passed.is_(True), 1), else_=0)),
        func.count(),
        func.sum(case((Attempt.state.in_(OPEN), 1), else_=0)),
        func.sum(case((Attempt.state == AttemptState.SUBMITTED, 1), else_=0)),
    )
    .where(Attempt.person_id == bindparam("person_id"))
    .group_by(Attempt.course_id, Attempt.quiz_id)
)
_RESULTS_IN_COURSE = _RESULTS.where(Attempt.course_id == bindparam("course_id"))


# --- An attempt ----------------------------------------------------------------------------


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
    return _sitting(_with_slots(_attempts().where(Attempt.id == attempt_id, _own(actor))), lock)


def any_sitting(attempt_id: int, *, lock: bool = False) -> Sitting:
    """An attempt whoever sat it: for the system and for marking, never for a page about it."""
    return _sitting(_with_slots(_attempts().where(Attempt.id == attempt_id)), lock)


def _own(actor: Actor) -> ColumnElement[bool]:
    return Attempt.person_id == actor.person_id


def _at(course_id: str, quiz_id: str) -> ColumnElement[bool]:
    return (Attempt.course_id == course_id) & (Attempt.quiz_id == quiz_id)


def _attempts() -> Select[Attempt]:
    return (
        select(Attempt)
        .join(Attempt.revision)
        .options(contains_eager(Attempt.revision).options(defer(Revision.document)))
    )


def _with_slots(query: Select[Attempt]) -> Select[Attempt]:
    return query.options(selectinload(Attempt.slots))


def _sitting(query: Select[Attempt], lock: bool) -> Sitting:
    attempt = _found(query, lock)
    course = learning.document(attempt.revision)
    quiz = quiz_of(course, attempt.quiz_id)
    by_id = _questions(quiz)
    placed = [Placed(slot.number, slot.section) for slot in attempt.slots]
    return Sitting(
        attempt,
        course,
        quiz,
        {slot.number: by_id[slot.question_id] for slot in attempt.slots},
        rules.step_of(placed, quiz.navigation),
    )


def _found(query: Select[Attempt], lock: bool) -> Attempt:
    if lock:
        query = query.with_for_update(of=Attempt).execution_options(populate_existing=True)
    if (attempt := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such attempt."))
    return attempt


def _questions(quiz: Quiz) -> dict[str, Question]:
    return {question.id: question for section in quiz.sections for question in section.questions}


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of an attempt with its question, read without the others."""

    attempt: Attempt
    quiz: Quiz
    slot: AttemptSlot
    question: Question
    step: int


def place_for(actor: Actor, attempt_id: int, number: int, *, lock: bool = False) -> Place:
    """A slot of an attempt of the actor's own, at the same cost however many slots there are."""
    attempt = _found(_attempts().where(Attempt.id == attempt_id, _own(actor)), lock)
    query = select(AttemptSlot).where(AttemptSlot.attempt_id == attempt_id)
    slot = db.session.scalar(query.where(AttemptSlot.number == number))
    if slot is None:
        raise NotVisible(_("This attempt has no such question."))
    quiz = quiz_of(learning.document(attempt.revision), attempt.quiz_id)
    step = _step(attempt_id, quiz, slot)
    return Place(attempt, quiz, slot, _questions(quiz)[slot.question_id], step)


def _step(attempt_id: int, quiz: Quiz, slot: AttemptSlot) -> int:
    if quiz.navigation is document.Navigation.SEQUENTIAL:
        return slot.number
    query = select(func.count(AttemptSlot.section.distinct())).where(
        AttemptSlot.attempt_id == attempt_id, AttemptSlot.section <= slot.section
    )
    return db.session.scalar(query) or 1


def other_open(attempt: Attempt) -> bool:
    """Whether its owner has another attempt at the same quiz open."""
    found = open_attempt(attempt.person_id, attempt.course_id, attempt.quiz_id)
    return found is not None and found.id != attempt.id


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


# --- Supervision ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """An attempt as whoever supervises sees it: no answer and no score."""

    attempt_id: int
    person_id: int
    name: str
    number: int
    state: AttemptState
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    last_seen_at: datetime | None
    answered: int
    questions: int


def seats(course_id: str, quiz_id: str, *, limit: int = 500) -> list[Seat]:
    """Who sits a quiz or has sat it lately: those at work first, then the newest."""
    answered = func.coalesce(func.sum(case((AttemptSlot.answered_at.is_not(None), 1), else_=0)), 0)
    columns = (
        Attempt.id,
        Attempt.person_id,
        Person.name,
        Attempt.number,
        Attempt.state,
        Attempt.started_at,
        Attempt.deadline,
        Attempt.submitted_at,
        Attempt.last_seen_at,
    )
    query = (
        select(*columns, answered, func.count(AttemptSlot.id))
        .join(Person, Person.id == Attempt.person_id)
        .join(AttemptSlot, AttemptSlot.attempt_id == Attempt.id)
        .where(_at(course_id, quiz_id))
        .group_by(*columns)
        .order_by(case((Attempt.state.in_(OPEN), 0), else_=1), Attempt.started_at.desc())
        .limit(limit)
    )
    return [Seat(*row) for row in db.session.execute(query)]


def window_of(course_id: str, quiz_id: str) -> QuizWindow | None:
    """The window of a quiz, if staff set one."""
    return db.session.get(QuizWindow, (course_id, quiz_id))


def accommodations_of(person_id: int) -> Sequence[Accommodation]:
    """What somebody was granted, newest first, also what was withdrawn."""
    query = select(Accommodation).where(Accommodation.person_id == person_id)
    return db.session.scalars(query.order_by(Accommodation.id.desc())).all()


# --- Marking -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Essay:
    """An answer that waits for a marker, without a word of whose it is."""

    slot: AttemptSlot
    course: document.Course
    quiz: Quiz
    question: Question
    scenario_html: str | None
    submitted_at: datetime


def waiting_essays(actor: Actor, *, limit: int = 50) -> list[Essay]:
    """Essays to mark, those that wait longest first. Nobody marks their own."""
    query = _essays(actor).order_by(Attempt.submitted_at, AttemptSlot.number).limit(limit)
    slots = db.session.scalars(query).all()
    revisions = {slot.attempt.revision.id: slot.attempt.revision for slot in slots}
    documents = learning.documents(list(revisions.values()))
    return [_essay(slot, documents[slot.attempt.revision_id]) for slot in slots]


def waiting_essays_count(actor: Actor) -> int:
    """How many essays wait for somebody to mark them, one's own left out."""
    waiting = _essays(actor).with_only_columns(func.count())
    return db.session.scalar(waiting) or 0


def essay_for(actor: Actor, slot_id: int) -> Essay:
    """An essay to mark; marked, unknown and one's own alike raise NotVisible."""
    slot = db.session.scalar(_essays(actor).where(AttemptSlot.id == slot_id))
    if slot is None:
        raise NotVisible(_("There is no such answer, or it is marked already."))
    return _essay(slot, learning.document(slot.attempt.revision))


def _essays(actor: Actor) -> Select[AttemptSlot]:
    load = contains_eager(AttemptSlot.attempt).contains_eager(Attempt.revision)
    return (
        select(AttemptSlot)
        .join(AttemptSlot.attempt)
        .join(Attempt.revision)
        .where(
            Attempt.state == AttemptState.SUBMITTED,
            AttemptSlot.credit.is_(None),
            Attempt.person_id != actor.person_id,
        )
        .options(load.options(defer(Revision.document)))
    )


def _essay(slot: AttemptSlot, course: document.Course) -> Essay:
    quiz = quiz_of(course, slot.attempt.quiz_id)
    assert slot.attempt.submitted_at is not None
    return Essay(
        slot,
        course,
        quiz,
        _questions(quiz)[slot.question_id],
        quiz.sections[slot.section].scenario_html,
        slot.attempt.submitted_at,
    )
