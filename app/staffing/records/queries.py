"""Reads of bookings that have ended, and of what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import contains_eager

from app.competence import queries as competence
from app.competence.models import Competency
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects.models import Demand, Project, RoleSlot
from app.staffing.models import Booking, WorkRecord
from app.staffing.rules.booking import BookingState


def waiting_for(actor: Actor, today: date, limit: int) -> Sequence[Booking]:
    """Work that has ended and of which the actor may still say something, the latest first."""
    said = select(WorkRecord.booking_id)
    query = _bookings(actor).where(
        Booking.state == BookingState.CONFIRMED, Booking.end_date < today, Booking.id.not_in(said)
    )
    query = query.order_by(Booking.end_date.desc(), Booking.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def booking_for(actor: Actor, booking_id: int, *, lock: bool = False) -> Booking:
    """A booking of a project that the actor leads, or any for the PMO; never their own."""
    query = _bookings(actor).where(Booking.id == booking_id)
    if lock:
        query = query.with_for_update(of=Booking)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such booking."))
    return found


def _bookings(actor: Actor) -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.slot)
        .join(RoleSlot.project)
        .join(Booking.person)
        .where(_led_by(actor), Booking.person_id != (actor.person_id or 0))
        .options(
            contains_eager(Booking.person),
            contains_eager(Booking.slot).contains_eager(RoleSlot.project),
            contains_eager(Booking.slot).selectinload(RoleSlot.requirements),
        )
    )


def _led_by(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.has(Role.PMO) else Project.manager_id == actor.person_id


def record_of(booking_id: int) -> WorkRecord | None:
    """What was said of a booking."""
    return db.session.get(WorkRecord, booking_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """A competency that the role demanded, and the highest level that work alone can show."""

    competency: Competency
    highest: int


def asked_of(booking: Booking) -> list[Asked]:
    """The competencies of a role, in the order of its demands."""
    codes = list(
        dict.fromkeys(
            one.code for one in booking.slot.requirements if one.demand is Demand.COMPETENCY
        )
    )
    if not codes:
        return []
    ceilings = competence.ceilings(codes)
    known = {
        one.code: one
        for one in db.session.scalars(select(Competency).where(Competency.code.in_(codes)))
    }
    return [
        Asked(known[code], ceilings.get(code, len(known[code].levels)))
        for code in codes
        if code in known
    ]
