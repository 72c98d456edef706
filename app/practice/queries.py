"""Reads of cards. Each is its owner's alone, whatever roles somebody has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select

from app.assessment import queries as assessment
from app.assessment import rules as exams
from app.assessment.models import Attempt, AttemptSlot, AttemptState, QuizWindow
from app.assessment.queries.sittings import every_attempt, with_slots
from app.authoring.document import Course, Lesson, Question, Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.models import CheckAnswer
from app.practice import rules
from app.practice.models import Card, CardAnswer
from app.practice.rules import Rating

Place = tuple[str, str, str]
"""Where a question stands: course, lesson or quiz, and its id there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its course serves it now."""

    course: Course
    item: Lesson | Quiz
    question: Question
    domain: str | None = None
    scenario_html: str | None = None


# --- What may be explained -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Release:
    """What decides for one person which quizzes may be explained at `now`."""

    results: Mapping[tuple[str, str], assessment.Standing]
    closings: Mapping[tuple[str, str], datetime]
    now: datetime

    def shows(self, course_id: str, quiz: Quiz, *, passed: bool | None = None) -> bool:
        """Whether a review of the quiz would show its right answers.

        Args:
            passed: whether that attempt was; left out, whether any was.
        """
        key = (course_id, quiz.id)
        result = self.results.get(key)
        if passed is None:
            passed = result is not None and result.passed
        phase = exams.phase(self.now, self.closings.get(key), self.now)
        is_open = self.is_open(course_id, quiz)
        shown = exams.disclosure(
            quiz.mode, quiz.feedback, phase, passed=passed, another_open=is_open
        )
        return shown.right_answer

    def is_open(self, course_id: str, quiz: Quiz) -> bool:
        """Whether they have an attempt at the quiz open."""
        result = self.results.get((course_id, quiz.id))
        return result is not None and result.is_open


def release(person_id: int, now: datetime) -> Release:
    """In two statements, for every course."""
    query = select(QuizWindow).where(QuizWindow.closes_at > now)
    closings = {
        (window.course_id, window.quiz_id): window.closes_at
        for window in db.session.scalars(query)
        if window.closes_at is not None
    }
    return Release(assessment.best_results(person_id), closings, now)


# --- What was met and is no card yet ---------------------------------------------------------


def new_checks(person_id: int) -> Sequence[CheckAnswer]:
    """Answers inside lessons that no card knows of, oldest first."""
    known = exists().where(CardAnswer.check_answer_id == CheckAnswer.id)
    query = select(CheckAnswer).where(CheckAnswer.person_id == person_id, ~known)
    return db.session.scalars(query.order_by(CheckAnswer.id)).all()


def new_attempts(person_id: int) -> Sequence[int]:
    """Graded attempts that no card knows of, explained or not."""
    known = exists().where(
        CardAnswer.slot_id == AttemptSlot.id, AttemptSlot.attempt_id == Attempt.id
    )
    query = select(Attempt.id).where(
        Attempt.person_id == person_id, Attempt.state == AttemptState.GRADED, ~known
    )
    return db.session.scalars(query.order_by(Attempt.id)).all()


@dataclass(frozen=True, slots=True)
class Sat:
    """A graded attempt and the quiz it was drawn from."""

    attempt: Attempt
    quiz: Quiz
    language: str
    """Of the course."""

    def question(self, slot: AttemptSlot) -> Question:
        return next(
            question
            for section in self.quiz.sections
            for question in section.questions
            if question.id == slot.question_id
        )


def sat(attempt_ids: Collection[int]) -> list[Sat]:
    """The attempts with their answers and quizzes, in three statements at most."""
    query = with_slots(every_attempt().where(Attempt.id.in_(attempt_ids))).order_by(Attempt.id)
    attempts = db.session.scalars(query).all()
    documents = learning.documents([attempt.revision for attempt in attempts])
    return [
        Sat(attempt, assessment.quiz_of(course, attempt.quiz_id), course.language)
        for attempt in attempts
        for course in (documents[attempt.revision_id],)
    ]


def cards_in(person_id: int, course_ids: Collection[str]) -> dict[Place, Card]:
    """Somebody's cards of these courses, by place."""
    query = select(Card).where(Card.person_id == person_id, Card.course_id.in_(course_ids))
    found = db.session.scalars(query)
    return {(card.course_id, card.item_id, card.question_id): card for card in found}


# --- The queue -------------------------------------------------------------------------------


def queue(actor: Actor, now: datetime, *, wrong_only: bool = False) -> list[int]:
    """Cards to answer today, the one due longest first, each question once.

    Args:
        wrong_only: those last answered wrong instead, due or not, the oldest answer first.
    """
    query = _places(actor).add_columns(Card.id)
    if wrong_only:
        query = query.where(Card.rating == Rating.AGAIN).order_by(Card.answered_at, Card.id)
    else:
        query = query.where(Card.due_on <= now.date()).order_by(Card.due_on, Card.id)
    rows = db.session.execute(query).all()
    served = serving(actor, {row[0] for row in rows}, now)
    seen: set[str] = set()
    found = []
    for *place, card_id in rows:
        asked = served.get((place[0], place[1], place[2]))
        if asked is not None and asked.question.content_hash not in seen:
            seen.add(asked.question.content_hash)
            found.append(card_id)
    return found


def serving(actor: Actor, course_ids: Collection[str], now: datetime) -> dict[Place, Asked]:
    """Every question of these courses that the actor may practise now, as it is served."""
    if not course_ids or actor.person_id is None:
        return {}
    served = learning.served_of(actor, course_ids)
    documents = learning.documents(list(served.values()))
    released = release(actor.person_id, now)
    return {
        (course_id, asked.item.id, asked.question.id): asked
        for course_id, revision in served.items()
        for asked in _practised(documents[revision.id], released)
    }


def _practised(course: Course, released: Release) -> Iterator[Asked]:
    """What may be explained now; nothing that an open attempt may ask, wherever else it stands."""
    every = list(questions_of(course))
    at_stake = {
        one.question.content_hash
        for one in every
        if isinstance(one.item, Quiz) and released.is_open(course.id, one.item)
    }
    for one in every:
        shown = isinstance(one.item, Lesson) or released.shows(course.id, one.item)
        if shown and one.question.content_hash not in at_stake:
            yield one


def questions_of(course: Course) -> Iterator[Asked]:
    """Every question of a course that an answer can be judged by at once."""
    for lesson in course.lessons:
        for block in lesson.blocks:
            if block.kind == "check" and rules.machine_graded(block.question):
                yield Asked(course, lesson, block.question, block.question.domain)
    for quiz in course.quizzes:
        for section in quiz.sections:
            for question in section.questions:
                if rules.machine_graded(question):
                    domain = question.domain or section.domain
                    yield Asked(course, quiz, question, domain, section.scenario_html)


def _places(actor: Actor) -> Select[str, str, str]:
    return select(Card.course_id, Card.item_id, Card.question_id).where(
        Card.person_id == actor.person_id
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cards somebody has, how many are to be answered by a day, and which day is next."""

    cards: int
    wrong: int
    next_on: date | None


def tally(actor: Actor, today: date) -> Tally:
    """In one statement; questions that are no longer asked are counted too."""
    query = select(
        func.count(),
        func.count().filter(Card.rating == Rating.AGAIN),
        func.min(Card.due_on).filter(Card.due_on > today),
    ).where(Card.person_id == actor.person_id)
    return Tally(*db.session.execute(query).one())


def answered_today(actor: Actor, now: datetime) -> int:
    """How many questions somebody has answered to the end today, in practice."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = (
        select(func.count())
        .select_from(CardAnswer)
        .join(Card, Card.id == CardAnswer.card_id)
        .where(
            Card.person_id == actor.person_id,
            CardAnswer.request_key.is_not(None),
            CardAnswer.rating.is_not(None),
            CardAnswer.at >= midnight,
        )
    )
    return db.session.scalar(query) or 0


# --- One card --------------------------------------------------------------------------------


def card_for(actor: Actor, card_id: int, *, lock: bool = False) -> Card:
    """A card of the actor's own; unknown and somebody else's alike raise NotVisible."""
    query = select(Card).where(Card.id == card_id, Card.person_id == actor.person_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    if (card := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such question in your practice."))
    return card


def twins(card: Card) -> Sequence[Card]:
    """Other cards of its owner for the same question at another place of the course."""
    query = select(Card).where(
        Card.person_id == card.person_id,
        Card.course_id == card.course_id,
        Card.question_hash == card.question_hash,
        Card.id != card.id,
    )
    return db.session.scalars(query).all()


def asked_by(actor: Actor, card: Card, now: datetime) -> Asked:
    """The question of a card as it is served now; NotVisible if it is not, or not to be shown."""
    place = (card.course_id, card.item_id, card.question_id)
    if (asked := serving(actor, {card.course_id}, now).get(place)) is None:
        raise NotVisible(_("This question is not asked any more, or not now."))
    return asked


def answer_of(card_id: int, request_key: str) -> CardAnswer | None:
    """The answer that a request has already given."""
    query = select(CardAnswer).where(
        CardAnswer.card_id == card_id, CardAnswer.request_key == request_key
    )
    return db.session.scalar(query)


# --- Readiness -------------------------------------------------------------------------------


def difficulties(course_id: str) -> dict[str, float]:
    """How hard the questions of a course are, by content hash, from everybody's first attempts."""
    query = (
        select(AttemptSlot.question_hash, func.count(), func.sum(AttemptSlot.credit))
        .join(AttemptSlot.attempt)
        .where(
            Attempt.course_id == course_id,
            Attempt.number == 1,
            Attempt.state == AttemptState.GRADED,
            AttemptSlot.credit.is_not(None),
        )
        .group_by(AttemptSlot.question_hash)
    )
    rows = db.session.execute(query)
    return {row[0]: rules.difficulty(float(row[1]), float(row[2] or 0)) for row in rows}


def answered(
    actor: Actor, course: Course, difficulties: Mapping[str, float]
) -> list[rules.Answered]:
    """The newest answer of somebody to each question of a course that they have met."""
    query = select(Card.item_id, Card.question_id, Card.credit, Card.rating).where(
        Card.person_id == actor.person_id, Card.course_id == course.id
    )
    rows = {(row[0], row[1]): row for row in db.session.execute(query)}
    found: dict[str, rules.Answered] = {}
    for asked in questions_of(course):
        if (row := rows.get((asked.item.id, asked.question.id))) is not None:
            hard = difficulties.get(asked.question.content_hash, 0.0)
            found[asked.question.content_hash] = rules.Answered(
                asked.question, asked.domain, hard, float(row[2]), row[3] is not Rating.AGAIN
            )
    return list(found.values())
