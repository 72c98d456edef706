"""Passes that no longer hold and wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.assessment.models import PassDecision, PassOutcome
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _


def decision(decision_id: int, *, lock: bool = False) -> PassDecision:
    """One of them with its attempt, or NotVisible."""
    query = _decisions().where(PassDecision.id == decision_id)
    if lock:
        query = query.with_for_update(of=PassDecision).execution_options(populate_existing=True)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such decision."))
    return found


def open_decision(attempt_id: int) -> PassDecision | None:
    """The one that waits for an attempt, if any."""
    query = select(PassDecision).where(
        PassDecision.attempt_id == attempt_id, PassDecision.outcome == PassOutcome.OPEN
    )
    return db.session.scalar(query)


def decisions(*, page: int, size: int) -> Sequence[PassDecision]:
    """Open ones first and the oldest of them first, then the newest; one more than `size`."""
    waits = case((PassDecision.outcome == PassOutcome.OPEN, 0), else_=1)
    query = _decisions().options(joinedload(PassDecision.regrade))
    query = query.order_by(waits, PassDecision.decided_at.desc(), PassDecision.id)
    return db.session.scalars(query.limit(size + 1).offset((page - 1) * size)).all()


def open_decisions_count() -> int:
    """How many wait."""
    query = select(func.count()).select_from(PassDecision)
    return db.session.scalar(query.where(PassDecision.outcome == PassOutcome.OPEN)) or 0


def _decisions() -> Select[PassDecision]:
    return (
        select(PassDecision)
        .join(PassDecision.attempt)
        .options(contains_eager(PassDecision.attempt))
    )
