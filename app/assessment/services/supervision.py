"""What staff do around an exam: its window, what somebody is granted, more time, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.accounts import queries as accounts
from app.assessment import queries, rules
from app.assessment.announcements import AttemptVoided
from app.assessment.models import (
    OPEN,
    Accommodation,
    Attempt,
    AttemptState,
    QuizWindow,
)
from app.assessment.rules import Times
from app.assessment.services.decisions import ask_for_decision
from app.authoring.document import QuizMode
from app.competence import services as competence
from app.core import audit, clock, db, events
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role

MOST_MINUTES = 600


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody is granted; a `course_id` without a `quiz_id` is for all its quizzes."""

    course_id: str | None
    quiz_id: str | None
    time_factor: Decimal
    extra_attempts: int
    closes_at: datetime | None
    reason: str


# --- For everybody -------------------------------------------------------------------------


def set_window(
    course_id: str,
    quiz_id: str,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    access_code: str | None,
    by: Actor,
) -> None:
    """Say when a quiz is open, and with which code. Attempts that run keep their deadline."""
    _check_supervises(by)
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Invalid(_("It has to close after it opens."), field="closes_at")
    target = f"quiz:{course_id}/{quiz_id}"
    times = {"opens_at": _told(opens_at), "closes_at": _told(closes_at)}
    with audit.act(by, "quiz.window", target, **times, code=access_code is not None) as session:
        queries.published_quiz(course_id, quiz_id)
        session.merge(
            QuizWindow(
                course_id=course_id,
                quiz_id=quiz_id,
                opens_at=opens_at,
                closes_at=closes_at,
                access_code=access_code or None,
            )
        )


def _told(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


# --- For one person ------------------------------------------------------------------------


def grant(person_id: int, what: Grant, *, by: Actor) -> int:
    """Grant somebody more time, attempts or a later closing; it counts from their next attempt.

    Returns:
        The id of the accommodation.
    """
    _check_supervises(by)
    if by.is_(person_id):
        raise NotAllowed(_("Nobody grants something to themselves."))
    if not 1 <= what.time_factor <= 5:
        raise Invalid(_("Give a factor from 1 to 5."), field="time_factor")
    if not 0 <= what.extra_attempts <= 20:
        raise Invalid(_("Give 0 to 20 attempts."), field="extra_attempts")
    if what.time_factor == 1 and not what.extra_attempts and what.closes_at is None:
        raise Invalid(_("This grants nothing. Give more time, an attempt or a later closing."))
    with db.transaction() as session:
        accounts.person(person_id)
        if what.course_id is not None:
            queries.published_quiz(what.course_id, what.quiz_id)
        granted = Accommodation(
            person_id=person_id,
            course_id=what.course_id,
            quiz_id=what.quiz_id,
            time_factor=what.time_factor,
            extra_attempts=what.extra_attempts,
            closes_at=what.closes_at,
            reason=what.reason,
            made_by_id=by.person_id,
            made_at=clock.now(),
        )
        session.add(granted)
        session.flush()
        audit.record(by, "accommodation.grant", f"person:{person_id}", id=granted.id)
    return granted.id


def withdraw_accommodation(accommodation_id: int, *, by: Actor) -> int:
    """Take a grant back; attempts that run keep what they were started with.

    Returns:
        Whose it was.
    """
    _check_supervises(by)
    with db.transaction() as session:
        granted = session.get(Accommodation, accommodation_id, with_for_update=True)
        if granted is None:
            raise NotVisible(_("There is no such grant."))
        if granted.withdrawn_at is not None:
            raise Conflict(_("This grant was withdrawn already."))
        granted.withdrawn_at, granted.withdrawn_by_id = clock.now(), by.person_id
        audit.record(
            by, "accommodation.withdraw", f"person:{granted.person_id}", id=accommodation_id
        )
    return granted.person_id


# --- For one attempt -----------------------------------------------------------------------


def extend(attempt_id: int, minutes: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Give a running attempt more time.

    Raises:
        Conflict: it has ended, or has no limit.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Give 1 to %(most)s minutes.", most=MOST_MINUTES), field="minutes")
    with audit.act(by, "attempt.extend", f"attempt:{attempt_id}", minutes=minutes, reason=reason):
        attempt = _supervised(attempt_id, by)
        if attempt.state not in OPEN or attempt.deadline is None:
            raise Conflict(_("This attempt has ended, or its time is not limited."))
        times = rules.extended(
            Times(attempt.deadline, attempt.closes_at), timedelta(minutes=minutes)
        )
        attempt.deadline, attempt.closes_at = times.deadline, times.closes_at
        if attempt.deadline is not None and now < attempt.deadline:
            attempt.state = AttemptState.IN_PROGRESS


def void(attempt_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Take an attempt back: it counts for nothing, and what it showed is withdrawn.

    A certificate that it earned is not touched; it is listed for a decision.
    """
    with audit.act(by, "attempt.void", f"attempt:{attempt_id}", reason=reason):
        attempt = _supervised(attempt_id, by)
        if attempt.state is AttemptState.VOID:
            raise Conflict(_("This attempt is void already."))
        if attempt.passed:
            ask_for_decision(attempt, None, now)
        attempt.submitted_at = attempt.submitted_at or now
        attempt.state, attempt.void_reason = AttemptState.VOID, reason
        attempt.score = attempt.passed = None
        competence.withdraw_from_source(f"attempt:{attempt_id}/", reason, by=by)
        events.announce(AttemptVoided(attempt_id, attempt.person_id))


def _supervised(attempt_id: int, by: Actor) -> Attempt:
    """An attempt, locked, of somebody else. How somebody practises is nobody's business."""
    _check_supervises(by, Role.MENTOR)
    sitting = queries.any_sitting(attempt_id, lock=True)
    attempt = sitting.attempt
    if sitting.quiz.mode is QuizMode.PRACTICE:
        raise NotVisible(_("There is no such attempt."))
    if by.is_(attempt.person_id):
        raise NotAllowed(_("Nobody supervises their own attempt."))
    return attempt


def _check_supervises(by: Actor, *also: Role) -> None:
    if not by.has(Role.PMO, *also):
        raise NotAllowed(_("Only the PMO decides about exams."))
