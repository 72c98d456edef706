"""Acts on attempts: start, save, walk on, hand in, mark. Handing in and grading are one act."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import structlog

from app.accounts import queries as accounts
from app.assessment import queries, rules
from app.assessment.announcements import AttemptGraded
from app.assessment.models import AnswerSave, Attempt, AttemptSlot, AttemptState
from app.assessment.queries import Sitting
from app.assessment.rules import Drawn, Ending, Worth
from app.authoring import document
from app.authoring.answers import UnreadableAnswer, readable, shown_order
from app.authoring.document import Question, Quiz
from app.authoring.grading import grade
from app.competence import services as competence
from app.competence.rules import EvidenceKind
from app.core import audit, db, events, i18n
from app.core.errors import Conflict, Invalid, NotAllowed, Refusal
from app.core.i18n import lazy_gettext as _
from app.core.policy import SYSTEM, Actor
from app.learning import services as learning

log = structlog.get_logger()


class NoAttemptLeft(Conflict):
    """Every attempt that the quiz gives was used."""


class TooEarly(Conflict):
    """The pause between two attempts is not over."""


class TimeOver(Conflict):
    """The attempt takes no more answers."""


class StaleAnswer(Conflict):
    """A newer answer is kept already: from another window, or sent later."""


class StepClosed(Conflict):
    """The quiz goes one way, and this is not the step reached."""


MAX_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Save:
    """An answer to keep; an older `sequence` than the one kept is refused."""

    answer: Any
    sequence: int


# --- Start ---------------------------------------------------------------------------------


def start(course_id: str, quiz_id: str, *, by: Actor, now: datetime) -> int:
    """Start an attempt, or go on with the one that is open.

    Returns:
        The attempt's id.

    Raises:
        NotVisible: no such quiz for this person.
        NoAttemptLeft, TooEarly: the quiz does not allow another attempt, or not yet.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person can sit a quiz."))
    with db.transaction():
        accounts.person(by.person_id, lock=True)  # two starts of one person take turns
        learning.enrol(course_id, by=by)
        if (standing := queries.open_attempt(by.person_id, course_id, quiz_id)) is not None:
            if not _is_overdue(standing, now):
                return standing.id
            _close(standing.id, now)
        offer = queries.offer(by, course_id, quiz_id, now)
        _check_may_start(offer)
        return _start(by.person_id, offer, by, now)


def _check_may_start(offer: queries.Offer) -> None:
    if (hindrance := offer.hindrance) is None:
        return
    if hindrance.until is None:
        raise NoAttemptLeft(_("Every attempt at this quiz was used."))
    raise TooEarly(
        _("The next attempt is possible from %(instant)s.", instant=i18n.instant(hindrance.until))
    )


def _start(person_id: int, offer: queries.Offer, by: Actor, now: datetime) -> int:
    seed = secrets.token_hex(16)
    random = Random(seed)  # noqa: S311 - the seed itself is not to be guessed
    seen = queries.times_seen(person_id, offer.course.id)
    drawn = rules.draw(offer.quiz, seen, random)
    times = rules.times(offer.quiz, now)
    attempt = Attempt(
        person_id=person_id,
        course_id=offer.course.id,
        quiz_id=offer.quiz.id,
        revision_id=offer.revision_id,
        number=1 + max((one.number for one in offer.attempts), default=0),
        state=AttemptState.IN_PROGRESS,
        seed=seed,
        started_at=now,
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
        _check_takes_answers(place.attempt, now)
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
        _check_takes_answers(sitting.attempt, now)
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
        _check_takes_answers(place.attempt, now)
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
        _check_takes_answers(sitting.attempt, now)
        reached = sitting.attempt.position
        if step not in (reached, reached + 1) or step > sitting.last_step:
            raise StepClosed(_("Go on from the part of the quiz that you have reached."))
        sitting.attempt.position = step


def _check_takes_answers(attempt: Attempt, now: datetime) -> None:
    if attempt.state is not AttemptState.IN_PROGRESS:
        raise TimeOver(_("This attempt was handed in; answers can no longer be changed."))
    if attempt.deadline is not None and now >= attempt.deadline:
        raise TimeOver(_("The time is over; answers can no longer be changed."))


def _check_step(attempt: Attempt, quiz: Quiz, step: int) -> None:
    if rules.one_way(quiz.navigation) and step != attempt.position:
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


# --- Handing in ----------------------------------------------------------------------------


def submit(attempt_id: int, *, by: Actor, now: datetime) -> None:
    """Hand in and grade, once: what was handed in stays as it is."""
    with db.transaction():
        sitting = queries.sitting_for(by, attempt_id, lock=True)
        if sitting.attempt.state is not AttemptState.IN_PROGRESS:
            return
        if _is_overdue(sitting.attempt, now):
            _end(sitting, now)
        else:
            _hand_in(sitting, now, by, now)


def close_overdue(now: datetime) -> int:
    """End every attempt whose time is over, as its quiz says. Returns how many there were."""
    attempt_ids = queries.overdue(now)
    for attempt_id in attempt_ids:
        try:
            _close(attempt_id, now)
        except Refusal:
            log.exception("attempt_not_closed", attempt=attempt_id)  # the others go on
    return len(attempt_ids)


def close_if_overdue(attempt: Attempt, now: datetime) -> bool:
    """End one attempt if its time is over; whoever looks at it finds it ended."""
    if not _is_overdue(attempt, now):
        return False
    _close(attempt.id, now)
    return True


def _is_overdue(attempt: Attempt, now: datetime) -> bool:
    is_open = attempt.state is AttemptState.IN_PROGRESS
    return is_open and attempt.closes_at is not None and now >= attempt.closes_at


def _close(attempt_id: int, now: datetime) -> None:
    with db.transaction():
        sitting = queries.any_sitting(attempt_id, lock=True)
        if _is_overdue(sitting.attempt, now):  # nobody was faster
            _end(sitting, now)


def _end(sitting: Sitting, now: datetime) -> None:
    attempt = sitting.attempt
    if rules.ending(sitting.quiz.on_timeout) is Ending.SUBMITTED:
        _hand_in(sitting, attempt.deadline or now, SYSTEM, now)
    else:
        attempt.state, attempt.submitted_at = AttemptState.ABANDONED, attempt.closes_at
        audit.record(SYSTEM, "attempt.abandon", f"attempt:{attempt.id}")


def _hand_in(sitting: Sitting, at: datetime, by: Actor, now: datetime) -> None:
    attempt = sitting.attempt
    attempt.state, attempt.submitted_at = AttemptState.SUBMITTED, at
    for slot in attempt.slots:
        credit = _credit(sitting, slot)
        slot.credit = None if credit is None else rules.kept(credit)
    audit.record(by, "attempt.submit", f"attempt:{attempt.id}")
    _complete(sitting, now)


def _credit(sitting: Sitting, slot: AttemptSlot) -> Fraction | None:
    """Exact, from the answer; for an essay what its marker gave, None before."""
    if slot.marked_at is not None and slot.credit is not None:
        return rules.marked_credit(slot.credit, slot.points)
    question = sitting.questions[slot.number]
    return grade(question, slot.answer, language=sitting.course.language).credit


def _complete(sitting: Sitting, now: datetime) -> None:
    """Add up, record evidence and tell the others, unless an essay still waits."""
    worths = []
    for slot in sitting.attempt.slots:
        if (credit := _credit(sitting, slot)) is None:
            return
        worths.append(Worth(slot.points, credit, slot.unscored))
    attempt, share = sitting.attempt, rules.score(worths).share
    attempt.state, attempt.graded_at = AttemptState.GRADED, now
    attempt.score, attempt.passed = rules.kept(share), rules.passed(share, sitting.quiz.pass_mark)
    if attempt.passed:
        for award in sitting.course.awards:
            if award.evidence == sitting.quiz.id and share >= Fraction(award.min_score):
                _record(award, sitting)
    events.announce(
        AttemptGraded(
            attempt_id=attempt.id,
            person_id=attempt.person_id,
            course_id=attempt.course_id,
            quiz_id=attempt.quiz_id,
            revision_id=attempt.revision_id,
            score=attempt.score,
            passed=attempt.passed,
            graded_at=now,
        )
    )


def _record(award: document.Award, sitting: Sitting) -> None:
    attempt = sitting.attempt
    assert attempt.submitted_at is not None
    day = attempt.submitted_at.date()
    competence.record_evidence(
        person_id=attempt.person_id,
        competency_code=award.competency,
        kind=EvidenceKind.ASSESSED,
        level=award.level,
        valid_from=day,
        valid_to=award.valid_for.after(day) if award.valid_for else None,
        source_key=f"attempt:{attempt.id}/{award.competency}",
        title=f"{sitting.course.title}: {sitting.quiz.title}",
        by=SYSTEM,
    )


# --- Marking -------------------------------------------------------------------------------


def mark(slot_id: int, points: Decimal, comment: str, *, by: Actor, now: datetime) -> None:
    """Give an essay its points; the last one of an attempt completes its result.

    Raises:
        NotVisible: marked already, unknown, or the marker's own.
        Invalid: more points than there are to give, or fewer than none.
    """
    with audit.act(by, "attempt.mark", f"answer:{slot_id}"):
        attempt_id = queries.essay_for(by, slot_id).slot.attempt_id
        sitting = queries.any_sitting(attempt_id, lock=True)
        slot = queries.essay_for(by, slot_id).slot  # again: another marker may have been faster
        if not 0 <= points <= slot.points:
            raise Invalid(
                _("Give 0 to %(most)s points.", most=i18n.number(slot.points)), field="points"
            )
        slot.credit = rules.kept(Fraction(points) / Fraction(slot.points or 1))
        slot.comment, slot.marked_by_id, slot.marked_at = comment or None, by.person_id, now
        _complete(sitting, now)
