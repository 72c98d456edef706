"""Sitting a quiz: save, mark for later, walk on, rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.assessment import queries, rules
from app.assessment.models import OPEN, AnswerSave, Attempt, AttemptSlot, AttemptState
from app.assessment.rules import Times
from app.assessment.services.refusals import (
    OnBreak,
    Settled,
    StaleAnswer,
    StepClosed,
    TimeOver,
)
from app.authoring.answers import UnreadableAnswer, readable
from app.authoring.document import Question, Quiz
from app.core import audit, db
from app.core.errors import Invalid, Refusal
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor

MAX_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Save:
    """An answer to keep; an older `sequence` than the one kept is refused."""

    answer: Any
    sequence: int


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
        check_step(place.attempt, place.quiz, place.step)
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
            check_step(sitting.attempt, sitting.quiz, sitting.steps.get(number, 0))
            slot = sitting.slot(number)
            slot.flagged = flags.get(number, slot.flagged)
            if (one := saves.get(number)) is None or one.answer == slot.answer:
                continue
            try:
                _save(slot, sitting.questions[number], one, now)
            except (Settled, StaleAnswer, UnreadableAnswer) as refusal:
                refused[number] = refusal
    return refused


def flag(
    attempt_id: int, number: int, flagged: bool, *, by: Actor, now: datetime
) -> datetime | None:
    """Mark a question for later, or take the mark away. Returns the deadline."""
    with db.transaction():
        place = queries.place_for(by, attempt_id, number, lock=True)
        take_answers(place.attempt, now)
        check_step(place.attempt, place.quiz, place.step)
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


def check_step(attempt: Attempt, quiz: Quiz, step: int) -> None:
    """Raise StepClosed where the quiz goes one way and this is not the step reached."""
    if rules.one_way(quiz) and step != attempt.position:
        raise StepClosed(_("This part of the quiz is not open; it is answered in order."))


def _save(slot: AttemptSlot, question: Question, save: Save, now: datetime) -> datetime:
    answer = readable(question, save.answer)
    if not 1 <= save.sequence <= MAX_SEQUENCE:
        raise Invalid(_("The sequence is a whole number from 1 on."), field="sequence")
    if save.sequence == slot.sequence and answer == slot.answer and slot.answered_at:
        return slot.answered_at
    if rules.settled(question, slot.tries, slot.credit):
        raise Settled(_("This answer was checked; it can no longer be changed."))
    if save.sequence <= slot.sequence:
        raise StaleAnswer(
            _("A newer answer to this question is saved, perhaps from another window.")
        )
    slot.answer, slot.sequence, slot.answered_at = answer, save.sequence, now
    db.session.add(AnswerSave(slot_id=slot.id, sequence=save.sequence, answer=answer, saved_at=now))
    return now
