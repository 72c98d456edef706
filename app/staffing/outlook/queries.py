"""Reads for capacity and demand: the same few statements for ten people and for two thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.models import Person
from app.competence import queries as competence
from app.competence.models import RoleProfile
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
    kinds = _kinds(_roles(span))
    calendar = _calendar(kinds.values(), span)
    titles = {one.code: one.title for one in competence.profiles()}
    order = [code for code in titles if code in kinds]
    retired = [code for code in kinds if code is not None and code not in titles]
    named = [(titles.get(code, code), kinds[code]) for code in (*order, *retired)]
    return Outlook(calendar, [*named, *([(None, kinds[None])] if None in kinds else [])])


def kinds(span: Period) -> Sequence[RoleProfile]:
    """Kinds of work of which there are roles in a span, in their order."""
    query = select(RoleSlot.profile_code).join(RoleSlot.project).where(_going_on(span))
    used = set(db.session.scalars(query.distinct()))
    return [one for one in competence.profiles() if one.code in used]


def able_to(code: str, span: Period) -> frozenset[int]:
    """Who can do a kind of work on some day of a span of whole weeks, as `outlook` counts them."""
    kinds = _kinds([row for row in _roles(span) if row.profile_code == code])
    return _calendar(kinds.values(), span).able(kinds[code]) if code in kinds else frozenset()


def _kinds(rows: Sequence[RoleSlot]) -> dict[str | None, Work]:
    openings = frozenset(db.session.scalars(open_slots().with_only_columns(RoleSlot.id)))
    return kinds_of((row.profile_code, staffing.as_slot(row), row.id in openings) for row in rows)


def _calendar(kinds: Iterable[Work], span: Period) -> Calendar:
    needs = {need for work in kinds for way in work.ways for need in way}
    # One role that asks for all of it: the facts of everybody are read once.
    asked = Slot(0, span, 1, musts=tuple(sorted(needs, key=str)))
    return Calendar(staffing.people_for([asked]), mondays(span))


def _roles(span: Period) -> Sequence[RoleSlot]:
    query = select(RoleSlot).join(RoleSlot.project).where(_going_on(span))
    query = query.options(selectinload(RoleSlot.requirements)).order_by(RoleSlot.id)
    return db.session.scalars(query).all()


def _going_on(span: Period) -> ColumnElement[bool]:
    """Roles within a span that are not closed, of projects that go on."""
    return and_(
        RoleSlot.closed_at.is_(None),
        Project.state.in_(_GOING_ON),
        RoleSlot.start_date <= span.last,
        RoleSlot.end_date >= span.first,
    )


def coming_free(first: date, last: date, limit: int = 50) -> Sequence[Booking]:
    """Agreed bookings of active people that end within these days, the soonest first, with person
    and role."""
    query = (
        select(Booking)
        .join(Booking.person)
        .join(Booking.slot)
        .join(RoleSlot.project)
        .where(Booking.state == BookingState.CONFIRMED, Booking.end_date.between(first, last))
        .where(Person.active)
        .options(
            contains_eager(Booking.person),
            contains_eager(Booking.slot).contains_eager(RoleSlot.project),
        )
        .order_by(Booking.end_date, Booking.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()
