"""Passes that a later judgement took: what they earned is left or withdrawn, case by case."""

from __future__ import annotations

from datetime import datetime

from app.assessment import queries
from app.assessment.announcements import PassWithdrawn
from app.assessment.models import Attempt, PassDecision, PassOutcome, Regrade
from app.competence import services as competence
from app.core import audit, db, events
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def ask_for_decision(attempt: Attempt, regrade: Regrade | None, now: datetime) -> None:
    """Put a pass that no longer holds on the list; one that is there stays as it is."""
    db.insert_once(
        PassDecision,
        attempt_id=attempt.id,
        regrade_id=regrade.id if regrade else None,
        opened_at=now,
        outcome=PassOutcome.OPEN,
    )


def no_longer_asked(attempt: Attempt, now: datetime) -> None:
    """A later judgement gave the pass back: what it earned stands, and nobody need decide."""
    found = queries.open_decision(attempt.id)
    if found is not None:
        found.outcome, found.decided_at = PassOutcome.STANDS, now
        found.reason = str(_("Judged anew, it is a pass again."))


def decide(decision_id: int, *, withdraw: bool, reason: str, by: Actor, now: datetime) -> None:
    """Let what a pass earned stand, or withdraw it: evidence and certificate together.

    Raises:
        Invalid: no reason.
        Conflict: it was decided already.
        NotAllowed: not the PMO, or one's own pass.
    """
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO decides about results."))
    if not reason.strip():
        raise Invalid(_("Say why; the reason stays with it."), field="reason")
    with audit.act(by, "pass.decide", f"decision:{decision_id}", withdraw=withdraw):
        found = queries.decision(decision_id, lock=True)
        if by.is_(found.attempt.person_id):
            raise NotAllowed(_("Nobody decides about their own result."))
        if found.outcome is not PassOutcome.OPEN:
            raise Conflict(_("This was decided already."))
        found.outcome = PassOutcome.WITHDRAWN if withdraw else PassOutcome.STANDS
        found.reason, found.by_id, found.decided_at = reason.strip(), by.person_id, now
        if withdraw:
            source = f"attempt:{found.attempt_id}/"
            competence.withdraw_from_source(source, reason.strip(), by=by)
            events.announce(PassWithdrawn(found.attempt_id, reason.strip(), by))
