"""Reads of weights, shortlists, overrides and decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.projects.models import RoleSlot
from app.staffing.deciding.models import (
    Decision,
    Override,
    OverrideState,
    RoleWeights,
    Shortlisted,
)
from app.staffing.deciding.rules import Choice, passed_over
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.weights import BALANCED, Weights, read


def weights_of(slot_id: int) -> Weights:
    """The weights that stand for a role."""
    return weights_by_slot([slot_id]).get(slot_id, BALANCED)


def weights_by_slot(slot_ids: Collection[int]) -> dict[int, Weights]:
    """The weights of those roles for which somebody set any."""
    query = select(RoleWeights.slot_id, RoleWeights.weights)
    rows = db.session.execute(query.where(RoleWeights.slot_id.in_(slot_ids)))
    return {slot_id: read(weights) for slot_id, weights in rows}


def shortlist(slot_id: int) -> Sequence[Shortlisted]:
    """Who stands on the shortlist of a role, in the order they came onto it, with their person."""
    query = (
        select(Shortlisted)
        .where(Shortlisted.slot_id == slot_id, Shortlisted.removed_at.is_(None))
        .options(joinedload(Shortlisted.person))
        .order_by(Shortlisted.id)
    )
    return db.session.scalars(query).all()


def gone(slot_id: int) -> frozenset[int]:
    """Who is on a role, or declined it: nobody who chooses somebody else passes them over."""
    query = select(Booking.person_id).where(
        Booking.slot_id == slot_id, Booking.state != BookingState.RELEASED
    )
    return frozenset(db.session.scalars(query))


def granted(slot_id: int, person_id: int) -> dict[str, float]:
    """What is passed over for somebody on a role: keys of rules, and how far off."""
    query = select(Override.rules).where(
        Override.slot_id == slot_id,
        Override.person_id == person_id,
        Override.state == OverrideState.GRANTED,
    )
    return passed_over(db.session.scalars(query))


def granted_before(override: Override) -> Sequence[Collection[str]]:
    """What other overrides of the same person pass over on the same role, as kept of each."""
    query = select(Override.rules).where(
        Override.slot_id == override.slot_id,
        Override.person_id == override.person_id,
        Override.state == OverrideState.GRANTED,
        Override.id != override.id,
    )
    return db.session.scalars(query).all()


def override(override_id: int, *, lock: bool = False) -> Override:
    """An override with its person, project and role, and what the role demands."""
    query = (
        select(Override)
        .where(Override.id == override_id)
        .options(*_PLACED, joinedload(Override.slot).selectinload(RoleSlot.requirements))
    )
    if lock:
        query = query.with_for_update(of=Override)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such override."))
    return found


def overrides_of_slot(slot_id: int) -> Sequence[Override]:
    """Every override asked for a role, the latest first."""
    query = select(Override).where(Override.slot_id == slot_id).options(*_PLACED)
    return db.session.scalars(query.order_by(Override.id.desc())).all()


def waiting() -> Sequence[Override]:
    """Overrides that wait for a second member of the PMO, the oldest first."""
    query = select(Override).where(Override.state == OverrideState.WAITING).options(*_PLACED)
    return db.session.scalars(query.order_by(Override.id)).all()


def decisions_of_slot(slot_id: int) -> Sequence[Decision]:
    """Every decision about a role, the latest first, with the override it rests on."""
    query = select(Decision).where(Decision.slot_id == slot_id).options(*_WHOLE)
    return db.session.scalars(query.order_by(Decision.id.desc())).all()


def notable_decisions(project_id: int) -> Sequence[Decision]:
    """Departures and overrides on a project, the latest first."""
    query = (
        select(Decision)
        .join(Decision.slot)
        .where(RoleSlot.project_id == project_id, Decision.choice != Choice.FIRST)
        .options(*_WHOLE)
    )
    return db.session.scalars(query.order_by(Decision.id.desc())).all()


_PLACED = (
    joinedload(Override.person),
    joinedload(Override.slot).joinedload(RoleSlot.project),
)
_WHOLE = (
    joinedload(Decision.person),
    joinedload(Decision.override),
    joinedload(Decision.slot),
)
