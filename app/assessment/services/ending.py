"""How an attempt ends: handed in or out of time. Handing in and grading are one act."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import structlog

from app.assessment import queries, rules
from app.assessment.announcements import AttemptGraded
from app.assessment.models import OPEN, AnswerTry, Attempt, AttemptSlot, AttemptState
from app.assessment.queries import Sitting
from app.assessment.rules import Due, Times, Worth
from app.authoring import document
from app.authoring.grading import grade
from app.competence import services as competence
from app.competence.rules import EvidenceKind
from app.core import audit, db, events
from app.core.errors import Refusal
from app.core.policy import SYSTEM, Actor

log = structlog.get_logger()


def submit(attempt_id: int, *, by: Actor, now: datetime) -> None:
    """Hand in and grade, once: what was handed in stays as it is."""
    with db.transaction():
        sitting = queries.sitting_for(by, attempt_id, lock=True)
        if sitting.attempt.state not in OPEN:
            return
        now = rules.settled_clock(now, sitting.attempt.last_seen_at)
        what = _due(sitting, now)
        if what in (None, Due.OVERDUE):
            _hand_in(sitting, now, by, now)
        else:
            _carry_out(what, sitting, now)


def close_overdue(now: datetime) -> int:
    """Do what is due for every open attempt whose time is over. Returns how many there were."""
    attempt_ids = queries.due(now)
    for attempt_id in attempt_ids:
        try:
            _close(attempt_id, now)
        except Refusal:
            log.exception("attempt_not_closed", attempt=attempt_id)  # the others go on
    return len(attempt_ids)


def close_due(attempt: Attempt, now: datetime) -> bool:
    """Do what is due for one attempt; whoever looks at it finds it so.

    Returns:
        Whether it has another state now.
    """
    now = rules.settled_clock(now, attempt.last_seen_at)
    over = attempt.closes_at if attempt.state is AttemptState.OVERDUE else attempt.deadline
    if attempt.state not in OPEN or over is None or now < over:
        return False
    _close(attempt.id, now)
    return True


def _close(attempt_id: int, now: datetime) -> None:
    with db.transaction():
        sitting = queries.any_sitting(attempt_id, lock=True)
        if sitting.attempt.state in OPEN:  # nobody was faster
            _carry_out(_due(sitting, now), sitting, now)


def _due(sitting: Sitting, now: datetime) -> Due | None:
    attempt = sitting.attempt
    return rules.due(
        sitting.quiz.on_timeout,
        Times(attempt.deadline, attempt.closes_at),
        overdue=attempt.state is AttemptState.OVERDUE,
        now=now,
    )


def _carry_out(what: Due | None, sitting: Sitting, now: datetime) -> None:
    attempt = sitting.attempt
    match what:
        case Due.OVERDUE:
            attempt.state = AttemptState.OVERDUE
            audit.record(SYSTEM, "attempt.overdue", f"attempt:{attempt.id}")
        case Due.SUBMITTED:
            _hand_in(sitting, attempt.deadline or now, SYSTEM, now)
        case Due.ABANDONED:
            attempt.state, attempt.submitted_at = AttemptState.ABANDONED, attempt.closes_at
            audit.record(SYSTEM, "attempt.abandon", f"attempt:{attempt.id}")


def _hand_in(sitting: Sitting, at: datetime, by: Actor, now: datetime) -> None:
    attempt = sitting.attempt
    attempt.state, attempt.submitted_at = AttemptState.SUBMITTED, at
    if rules.checks_at_once(sitting.quiz):
        _count_last_tries(sitting, at)
    for slot in attempt.slots:
        credit = exact_credit(sitting, slot)
        slot.credit = None if credit is None else rules.kept(credit)
    audit.record(by, "attempt.submit", f"attempt:{attempt.id}")
    complete(sitting, now)


def _count_last_tries(sitting: Sitting, at: datetime) -> None:
    """An answer changed since it was checked is a further try."""
    earlier = queries.last_tries(sitting.attempt.id)
    for slot in sitting.attempt.slots:
        question = sitting.questions[slot.number]
        if slot.tries == 0 or rules.settled(question, slot.tries, slot.credit):
            continue
        result = grade(question, slot.answer, language=sitting.course.language)
        if slot.answer == earlier[slot.id].answer or result.credit is None:
            continue
        slot.tries += 1
        db.session.add(
            AnswerTry(
                slot_id=slot.id,
                number=slot.tries,
                answer=slot.answer,
                hints=slot.hints,
                credit=rules.kept(result.credit),
                at=at,
            )
        )


# --- Result --------------------------------------------------------------------------------


def exact_credit(sitting: Sitting, slot: AttemptSlot) -> Fraction | None:
    """Exact, from the answer; what was given where a marker or a regrade decided; None: not yet."""
    if slot.regraded and slot.credit is not None:
        return rules.given_credit(slot.credit)
    if slot.marked_at is not None and slot.credit is not None:
        return rules.marked_credit(slot.credit, slot.points)
    question = sitting.questions[slot.number]
    credit = grade(question, slot.answer, language=sitting.course.language).credit
    return None if credit is None else rules.worth(credit, slot.tries, slot.hints)


def complete(sitting: Sitting, now: datetime) -> None:
    """Add up, record evidence and tell the others, unless an essay still waits."""
    worths = []
    for slot in sitting.attempt.slots:
        if (credit := exact_credit(sitting, slot)) is None:
            return
        worths.append(Worth(slot.points, credit, slot.unscored))
    attempt, share = sitting.attempt, rules.score(worths).share
    attempt.state, attempt.graded_at = AttemptState.GRADED, now
    attempt.score, attempt.passed = rules.kept(share), rules.passed(share, sitting.quiz.pass_mark)
    if attempt.passed and not attempt.short:
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
            short=attempt.short,
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
        source_key=source_key(attempt.id, award.competency),
        title=f"{sitting.course.title}: {sitting.quiz.title}",
        by=SYSTEM,
    )


def source_key(attempt_id: int, competency: str) -> str:
    """What evidence of an attempt is recorded under, once."""
    return f"attempt:{attempt_id}/{competency}"
