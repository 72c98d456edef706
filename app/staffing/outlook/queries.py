"""Reads for capacity and demand: the same few statements for ten people and for two thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.competence import queries as competence
from app.core import db
from app.core.values import Period
from app.projects.models import Project, ProjectState, RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import Booking
from app.staffing.outlook.rules import Calendar, Work, kinds_of
from app.staffing.queries.bookings import open_slots
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import mondays
from app.staffing.rules.matcher.problem import Slot

_GOING_ON = (ProjectState.PLANNED, ProjectState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everybody's calendar over a span, and the kinds of work with their titles, in order."""

    calendar: Calendar
    work: Sequence[tuple[str | None, Work]]


def outlook(span: Period) -> Outlook:
    """Capacity and demand over whole weeks; the title None stands for roles of no kind."""
    rows = _roles(span)
    openings = frozenset(db.session.scalars(open_slots().with_only_columns(RoleSlot.id)))
    slots = {row.id: staffing.as_slot(row) for row in rows}
    kinds = kinds_of((row.profile_code, slots[row.id], row.id in openings) for row in rows)
    needs = {need for work in kinds.values() for way in work.ways for need in way}
    # One role that asks for all of it: the facts of everybody are read once.
    asked = Slot(0, span, 1, musts=tuple(sorted(needs, key=str)))
    calendar = Calendar(staffing.people_for([asked]), mondays(span))
    titles = {one.code: one.title for one in competence.profiles()}
    order = [code for code in titles if code in kinds]
    retired = [code for code in kinds if code is not None and code not in titles]
    named = [(titles.get(code, code), kinds[code]) for code in (*order, *retired)]
    return Outlook(calendar, [*named, *([(None, kinds[None])] if None in kinds else [])])


def _roles(span: Period) -> Sequence[RoleSlot]:
    query = (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.closed_at.is_(None), Project.state.in_(_GOING_ON))
        .where(RoleSlot.start_date <= span.last, RoleSlot.end_date >= span.first)
        .options(selectinload(RoleSlot.requirements))
        .order_by(RoleSlot.id)
    )
    return db.session.scalars(query).all()


def coming_free(first: date, last: date, limit: int = 50) -> Sequence[Booking]:
    """Agreed bookings that end within these days, the soonest first, with person and role."""
    query = (
        select(Booking)
        .join(Booking.person)
        .join(Booking.slot)
        .join(RoleSlot.project)
        .where(Booking.state == BookingState.CONFIRMED, Booking.end_date.between(first, last))
        .options(
            contains_eager(Booking.person),
            contains_eager(Booking.slot).contains_eager(RoleSlot.project),
        )
        .order_by(Booking.end_date, Booking.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()
