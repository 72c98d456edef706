"""Acts on cards. They leave no row in the audit trail: practice is for the learner alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from app.accounts import queries as accounts
from app.assessment.announcements import AttemptGraded
from app.assessment.models import AttemptSlot
from app.assessment.rules import another_try, kept, worth
from app.authoring import grading
from app.authoring.grading import Grade
from app.core import db
from app.core.policy import Actor
from app.learning.announcements import CheckAnswered
from app.practice import queries, rules
from app.practice.models import Card, CardAnswer, Source
from app.practice.queries import Place, Sat
from app.practice.rules import Memory, Rating


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer; without a rating another try may follow."""

    answer: Any
    grade: Grade
    tries: int
    hints: int
    rating: Rating | None
    due_on: date

    @property
    def finished(self) -> bool:
        return self.rating is not None


# --- Answering -------------------------------------------------------------------------------


def answer(
    card_id: int, answer: Any, request_key: str, *, by: Actor, now: datetime
) -> Outcome | None:
    """Answer a card. A request that comes again changes nothing and is told the same.

    Returns:
        What became of it; None if nothing was answered.

    Raises:
        NotVisible: not theirs, or not asked any more.
        UnreadableAnswer: the answer does not have the shape of the question's type.
    """
    with db.transaction() as session:
        card = queries.card_for(by, card_id, lock=True)
        asked = queries.asked_by(by, card, now)
        language = asked.course.language
        if (before := queries.answer_of(card_id, request_key)) is not None:
            grade = grading.grade(asked.question, before.answer, language=language)
            return Outcome(
                before.answer, grade, before.tries, before.hints, before.rating, card.due_on
            )
        given = grading.readable(asked.question, answer)
        grade = grading.grade(asked.question, given, language=language)
        if not grade.answered or grade.credit is None:
            return None
        tries, hints = card.tries + 1, card.hints
        last = grade.credit == 1 or not another_try(asked.question, tries)
        rating = rules.rate(grade.credit, tries, hints) if last else None
        session.add(
            CardAnswer(
                card_id=card.id,
                at=now,
                source=Source.PRACTICE,
                question_hash=asked.question.content_hash,
                answer=given,
                tries=tries,
                hints=hints,
                credit=kept(grade.credit),
                rating=rating,
                request_key=request_key,
            )
        )
        card.tries = tries
        if rating is not None:
            earned = worth(grade.credit, tries, hints)
            _learn(card, rating, earned, now, asked.question.content_hash)
            _tell_twins(card)
        return Outcome(given, grade, tries, hints, rating, card.due_on)


def hint(card_id: int, shown: int, *, by: Actor, now: datetime) -> None:
    """Unfold the next hint of a card of which `shown` are unfolded; again changes nothing."""
    with db.transaction():
        card = queries.card_for(by, card_id, lock=True)
        given = len(queries.asked_by(by, card, now).question.hints_html)
        card.hints = max(card.hints, min(shown + 1, given))


def _learn(card: Card, rating: Rating, earned: Fraction, now: datetime, question_hash: str) -> None:
    before = Memory(card.stability, card.difficulty, card.answered_at, card.due_on)
    _note(card, rules.remember(before, rating, now), rating, earned)
    card.question_hash = question_hash
    card.tries = card.hints = 0


def _tell_twins(card: Card) -> None:
    """The same question drawn from a bank into several quizzes is remembered once."""
    memory = Memory(card.stability, card.difficulty, card.answered_at, card.due_on)
    for twin in queries.twins(card):
        _note(twin, memory, card.rating, Fraction(card.credit))


def _note(card: Card, memory: Memory, rating: Rating, earned: Fraction) -> None:
    card.stability, card.difficulty = memory.stability, memory.difficulty
    card.answered_at, card.due_on = memory.answered_at, memory.due_on
    card.rating, card.credit = rating, kept(earned)


# --- Collecting what was met -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Met:
    """A question answered in a lesson or an attempt."""

    place: Place
    question_hash: str
    answer: Any
    credit: Decimal
    at: datetime
    source: Source
    right: bool
    """In the end, with whatever help."""
    tries: int = 1
    hints: int = 0
    check_answer_id: int | None = None
    slot_id: int | None = None


def collect_later(happened: AttemptGraded | CheckAnswered) -> None:
    """Once what happened is kept, make cards of it: it must not fail because they do."""
    at = happened.graded_at if isinstance(happened, AttemptGraded) else happened.answered_at
    db.after_commit(partial(collect, happened.person_id, at))


def collect(person_id: int, now: datetime) -> int:
    """Make cards of every question that somebody has met and that may be explained to them.

    Returns:
        How many answers were taken in; those that are in already are not taken in again.
    """
    if not queries.new_attempts(person_id) and not queries.new_checks(person_id):
        return 0
    with db.transaction():
        accounts.person(person_id, lock=True)  # two collections of one person take turns
        met = [*_met_in_lessons(person_id), *_met_in_attempts(person_id, now)]
        _take_in(person_id, sorted(met, key=lambda one: one.at))
        return len(met)


def _met_in_lessons(person_id: int) -> Iterable[Met]:
    for check in queries.new_checks(person_id):
        yield Met(
            (check.course_id, check.lesson_id, check.question_id),
            check.question_hash,
            check.answer,
            Decimal(int(check.right)),
            check.answered_at,
            Source.LESSON,
            check.right,
            check_answer_id=check.id,
        )


def _met_in_attempts(person_id: int, now: datetime) -> Iterable[Met]:
    released = queries.release(person_id, now)
    for sat in queries.sat(queries.new_attempts(person_id)):
        if released.shows(sat.attempt.course_id, sat.quiz, passed=bool(sat.attempt.passed)):
            yield from _met_in(sat)


def _met_in(sat: Sat) -> Iterable[Met]:
    attempt = sat.attempt
    assert attempt.submitted_at is not None
    for slot in attempt.slots:
        if slot.credit is None or slot.unscored or sat.question(slot).type == "essay":
            continue
        yield Met(
            (attempt.course_id, attempt.quiz_id, slot.question_id),
            slot.question_hash,
            slot.answer,
            slot.credit,
            attempt.submitted_at,
            Source.ATTEMPT,
            _right(sat, slot),
            max(slot.tries, 1),
            slot.hints,
            slot_id=slot.id,
        )


def _right(sat: Sat, slot: AttemptSlot) -> bool:
    """Whether an answer is right, apart from what help took off."""
    if slot.regraded or not (slot.tries or slot.hints):
        return slot.credit == 1
    return grading.grade(sat.question(slot), slot.answer, language=sat.language).credit == 1


def _take_in(person_id: int, met: Sequence[Met]) -> None:
    cards = queries.cards_in(person_id, {one.place[0] for one in met})
    ratings = []
    for one in met:
        rating = _rate(one, cards.get(one.place))
        ratings.append(rating)
        if one.place not in cards:
            cards[one.place] = _new_card(person_id, one, rating)
        elif one.at >= cards[one.place].answered_at:
            _learn(cards[one.place], rating, Fraction(one.credit), one.at, one.question_hash)
    db.session.add_all(cards.values())
    db.session.flush()
    for one, rating in zip(met, ratings, strict=True):
        db.session.add(_history(cards[one.place].id, one, rating))


def _rate(met: Met, card: Card | None) -> Rating:
    """Right after it was wrong on the same day is right at the second try."""
    again = (
        card is not None
        and card.rating is Rating.AGAIN
        and card.answered_at.date() == met.at.date()
    )
    return rules.rate(Fraction(met.right), 2 if again else met.tries, met.hints)


def _new_card(person_id: int, met: Met, rating: Rating) -> Card:
    course_id, item_id, question_id = met.place
    card = Card(
        person_id=person_id,
        course_id=course_id,
        item_id=item_id,
        question_id=question_id,
        question_hash=met.question_hash,
        tries=0,
        hints=0,
    )
    _note(card, rules.remember(None, rating, met.at), rating, Fraction(met.credit))
    return card


def _history(card_id: int, met: Met, rating: Rating) -> CardAnswer:
    return CardAnswer(
        card_id=card_id,
        at=met.at,
        source=met.source,
        question_hash=met.question_hash,
        answer=met.answer,
        tries=met.tries,
        hints=met.hints,
        credit=Decimal(1) if met.right else met.credit,
        rating=rating,
        check_answer_id=met.check_answer_id,
        slot_id=met.slot_id,
    )
