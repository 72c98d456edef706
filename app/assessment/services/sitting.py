"""Sitting a quiz: start, save, walk on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.accounts import queries as accounts
from app.assessment import queries, rules
from app.assessment.models import OPEN, AnswerSave, Attempt, AttemptSlot, AttemptState
from app.assessment.rules import Drawn, Obstacle, Times
from app.assessment.services.ending import close_due
from app.assessment.services.refusals import (
    NoAttemptLeft,
    NotOpenNow,
    OnBreak,
    StaleAnswer,
    StepClosed,
    TimeOver,
    TooEarly,
    WrongCode,
)
from app.authoring.answers import UnreadableAnswer, readable, shown_order
from app.authoring.document import Question, Quiz
from app.core import audit, db, i18n
from app.core.errors import Invalid, NotAllowed, Refusal, TooOften
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import services as learning

MAX_SEQUENCE = 2**31 - 1
MOST_GUESSES, GUESSING = 10, timedelta(minutes=10)
"""So many wrong codes within so long, and none is looked at any more."""
_GUESS = "quiz.wrong_code"


@dataclass(frozen=True, slots=True)
class Save:
    """An answer to keep; an older `sequence` than the one kept is refused."""

    answer: Any
    sequence: int


# --- Start ---------------------------------------------------------------------------------


def start(
    course_id: str, quiz_id: str, *, by: Actor, now: datetime, access_code: str | None = None
) -> int:
    """Start an attempt, or go on with the one that is open.

    Args:
        access_code: asked of those who begin, where the quiz has one.

    Returns:
        The attempt's id.

    Raises:
        NotVisible: no such quiz for this person.
        NoAttemptLeft, TooEarly, NotOpenNow: no other attempt is allowed, or not now.
        WrongCode: the quiz has an access code, and this is not it.
        TooOften: somebody guesses at the code.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person can sit a quiz."))
    try:
        return _started(by.person_id, course_id, quiz_id, access_code, by, now)
    except WrongCode:
        with audit.act(by, _GUESS, f"quiz:{course_id}/{quiz_id}"):
            pass  # kept, though the start itself was undone
        raise


def _started(
    person_id: int, course_id: str, quiz_id: str, access_code: str | None, by: Actor, now: datetime
) -> int:
    with db.transaction():
        accounts.person(person_id, lock=True)  # two starts of one person take turns
        learning.enrol(course_id, by=by)
        standing = queries.open_attempt(person_id, course_id, quiz_id)
        if standing is not None and close_due(standing, now):
            standing = queries.open_attempt(person_id, course_id, quiz_id)
        if standing is not None:
            return standing.id
        offer = queries.offer(by, course_id, quiz_id, now)
        _check_may_start(offer)
        _check_code(offer, access_code, by, now)
        return _start(person_id, offer, by, now)


def _check_may_start(offer: queries.Offer) -> None:
    if (hindrance := offer.hindrance) is None:
        return
    until = i18n.instant(hindrance.until) if hindrance.until else ""
    match hindrance.obstacle:
        case Obstacle.NONE_LEFT:
            raise NoAttemptLeft(_("Every attempt at this quiz was used."))
        case Obstacle.PAUSE:
            raise TooEarly(_("The next attempt is possible from %(instant)s.", instant=until))
        case Obstacle.NOT_OPEN:
            raise NotOpenNow(_("This quiz opens at %(instant)s.", instant=until))
        case Obstacle.CLOSED:
            raise NotOpenNow(_("This quiz is closed."))


def _check_code(offer: queries.Offer, given: str | None, by: Actor, now: datetime) -> None:
    wanted = offer.conditions.access_code
    if wanted is None:
        return
    target = f"quiz:{offer.course.id}/{offer.quiz.id}"
    if audit.count(by, _GUESS, target, since=now - GUESSING) >= MOST_GUESSES:
        seconds = int(GUESSING.total_seconds())
        raise TooOften(
            _("That was not the code too often. Ask whoever supervises, and try again later."),
            retry_after=seconds,
        )
    same = secrets.compare_digest(_folded(given or "").encode(), _folded(wanted).encode())
    if not same:
        raise WrongCode(_("That is not the access code of this quiz."), field="access_code")


def _folded(code: str) -> str:
    return "".join(code.split()).casefold()


def _start(person_id: int, offer: queries.Offer, by: Actor, now: datetime) -> int:
    seed = secrets.token_hex(16)
    random = Random(seed)  # noqa: S311 - the seed itself is not to be guessed
    seen = queries.times_seen(person_id, offer.course.id)
    drawn = rules.draw(offer.quiz, seen, random)
    conditions = offer.conditions
    times = rules.times(offer.quiz, now, conditions.window, conditions.allowance.time_factor)
    attempt = Attempt(
        person_id=person_id,
        course_id=offer.course.id,
        quiz_id=offer.quiz.id,
        revision_id=offer.revision_id,
        number=1 + max((one.number for one in offer.attempts), default=0),
        state=AttemptState.IN_PROGRESS,
        seed=seed,
        started_at=now,
        last_seen_at=now,
        deadline=times.deadline,
        closes_at=times.closes_at,
        slots=[_slot(n, one, offer.quiz, random) for n, one in enumerate(drawn, 1)],
    )
    db.session.add(attempt)
    db.session.flush()
    audit.record(by, "attempt.start", f"attempt:{attempt.id}")
    return attempt.id


def _slot(number: int, drawn: Drawn, quiz: Quiz, random: Random) -> AttemptSlot:
    question = drawn.question
    return AttemptSlot(
        number=number,
        section=drawn.section,
        question_id=question.id,
        question_hash=question.content_hash,
        order=shown_order(question, shuffle=quiz.shuffle_options, random=random),
        points=question.points,
        unscored=question.unscored,
    )


# --- Answers -------------------------------------------------------------------------------


def save(
    attempt_id: int, number: int, save: Save, *, by: Actor, now: datetime
) -> tuple[datetime, datetime | None]:
    """Keep an answer; the same once more changes nothing.

    Returns:
        When it was saved, and the deadline.

    Raises:
        UnreadableAnswer: it does not fit the question.
        StaleAnswer, TimeOver, StepClosed: it comes too late.
    """
    with db.transaction():
        place = queries.place_for(by, attempt_id, number, lock=True)
        now = take_answers(place.attempt, now)
        _check_step(place.attempt, place.quiz, place.step)
        saved_at = _save(place.slot, place.question, save, now)
    return saved_at, place.attempt.deadline


def save_step(
    attempt_id: int,
    saves: Mapping[int, Save],
    flags: Mapping[int, bool],
    *,
    by: Actor,
    now: datetime,
) -> dict[int, Refusal]:
    """Keep the answers and flags of a whole page; an answer as it stands needs no saving.

    Returns:
        Why some were not kept, by the slot's number; the others are.
    """
    refused: dict[int, Refusal] = {}
    with db.transaction():
        sitting = queries.sitting_for(by, attempt_id, lock=True)
        now = take_answers(sitting.attempt, now)
        for number in {*saves, *flags}:
            _check_step(sitting.attempt, sitting.quiz, sitting.steps.get(number, 0))
            slot = sitting.slot(number)
            slot.flagged = flags.get(number, slot.flagged)
            if (one := saves.get(number)) is None or one.answer == slot.answer:
                continue
            try:
                _save(slot, sitting.questions[number], one, now)
            except (StaleAnswer, UnreadableAnswer) as refusal:
                refused[number] = refusal
    return refused


def flag(
    attempt_id: int, number: int, flagged: bool, *, by: Actor, now: datetime
) -> datetime | None:
    """Mark a question for later, or take the mark away. Returns the deadline."""
    with db.transaction():
        place = queries.place_for(by, attempt_id, number, lock=True)
        take_answers(place.attempt, now)
        _check_step(place.attempt, place.quiz, place.step)
        place.slot.flagged = flagged
    return place.attempt.deadline


def walk_on(attempt_id: int, step: int, *, by: Actor, now: datetime) -> None:
    """Leave the step reached for the next one; where the quiz goes one way, for good.

    Raises:
        StepClosed: `step` is neither the one reached nor the next.
    """
    with db.transaction():
        sitting = queries.sitting_for(by, attempt_id, lock=True)
        take_answers(sitting.attempt, now)
        reached = sitting.attempt.position
        if step not in (reached, reached + 1) or step > sitting.last_step:
            raise StepClosed(_("Go on from the part of the quiz that you have reached."))
        sitting.attempt.position = step


def take_break(attempt_id: int, *, by: Actor, now: datetime) -> None:
    """Leave the step reached for good and rest; the time of the break is added to the deadline.

    Raises:
        StepClosed: there is no break at this place.
    """
    with audit.act(by, "attempt.break", f"attempt:{attempt_id}"):
        sitting = queries.sitting_for(by, attempt_id, lock=True)
        attempt = sitting.attempt
        now = take_answers(attempt, now)
        rest = rules.break_after(sitting.quiz, attempt.position)
        if rest is None or attempt.position >= sitting.last_step:
            raise StepClosed(_("There is no break at this place."))
        length = timedelta(seconds=rest.length)
        attempt.position += 1
        attempt.break_until = now + length
        _move(attempt, length)


def end_break(attempt_id: int, *, by: Actor, now: datetime) -> None:
    """Go on before the break is over; what is left of it is taken off again. Once is enough."""
    with db.transaction():
        attempt = queries.sitting_for(by, attempt_id, lock=True).attempt
        if attempt.break_until is None:
            return
        now = rules.settled_clock(now, attempt.last_seen_at)
        left = max(attempt.break_until - now, timedelta(0))
        attempt.break_until = None
        _move(attempt, -left)


def on_break_until(attempt: Attempt, now: datetime) -> datetime | None:
    """When the break that lasts at `now` ends by itself; None if there is none."""
    now = rules.settled_clock(now, attempt.last_seen_at)
    until = attempt.break_until
    return until if until is not None and now < until else None


def _move(attempt: Attempt, by: timedelta) -> None:
    times = rules.extended(Times(attempt.deadline, attempt.closes_at), by)
    attempt.deadline, attempt.closes_at = times.deadline, times.closes_at


def take_answers(attempt: Attempt, now: datetime) -> datetime:
    """Check that an attempt, locked, takes answers at `now`.

    Returns:
        The time that counts: never before one at which something was kept already.
    """
    if attempt.state is AttemptState.OVERDUE:
        raise TimeOver(_("The time is over; answers can no longer be changed."))
    if attempt.state not in OPEN:
        raise TimeOver(_("This attempt was handed in; answers can no longer be changed."))
    now = rules.settled_clock(now, attempt.last_seen_at)
    if attempt.deadline is not None and now >= attempt.deadline:
        raise TimeOver(_("The time is over; answers can no longer be changed."))
    if on_break_until(attempt, now) is not None:
        raise OnBreak(_("You are on a break. End it to go on."))
    attempt.last_seen_at = now
    return now


def _check_step(attempt: Attempt, quiz: Quiz, step: int) -> None:
    if rules.one_way(quiz) and step != attempt.position:
        raise StepClosed(_("This part of the quiz is not open; it is answered in order."))


def _save(slot: AttemptSlot, question: Question, save: Save, now: datetime) -> datetime:
    answer = readable(question, save.answer)
    if not 1 <= save.sequence <= MAX_SEQUENCE:
        raise Invalid(_("The sequence is a whole number from 1 on."), field="sequence")
    if save.sequence == slot.sequence and answer == slot.answer and slot.answered_at:
        return slot.answered_at
    if save.sequence <= slot.sequence:
        raise StaleAnswer(
            _("A newer answer to this question is saved, perhaps from another window.")
        )
    slot.answer, slot.sequence, slot.answered_at = answer, save.sequence, now
    db.session.add(AnswerSave(slot_id=slot.id, sequence=save.sequence, answer=answer, saved_at=now))
    return now
