"""Reads of bookings, limited to what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.core import clock, db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects.models import Project, ProjectState, RoleSlot
from app.staffing.models import Booking, BookingStep
from app.staffing.rules.booking import LIVE, SEEN_BY_PERSON, BookingState

_GOING_ON = (ProjectState.PLANNED, ProjectState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Work:
    """A booking in one line."""

    role: str
    project: str
    first: date
    last: date
    percent: int
    state: BookingState


def booking_for(actor: Actor, booking_id: int) -> Booking:
    """A booking with its person, role and project: any for the PMO, else one's own.

    Those of one's own people are there, too. A proposal is not there for the person it is about,
    nor for their line manager.
    """
    query = _whole(select(Booking).where(Booking.id == booking_id))
    if not actor.has(Role.PMO):
        theirs = or_(
            Booking.person_id == actor.person_id, Person.line_manager_id == actor.person_id
        )
        query = query.where(theirs, _asked())
    if (booking := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such booking."))
    return booking


def _whole(query: Select[Booking]) -> Select[Booking]:
    return (
        query.join(Booking.slot)
        .join(RoleSlot.project)
        .join(Booking.person)
        .options(
            contains_eager(Booking.slot).contains_eager(RoleSlot.project),
            contains_eager(Booking.person),
        )
    )


def _asked() -> ColumnElement[bool]:
    """Whether the person was ever asked: only then do they know of the booking."""
    return exists().where(
        BookingStep.booking_id == Booking.id, BookingStep.state.in_(SEEN_BY_PERSON)
    )


def bookings_of(person_id: int) -> Sequence[Booking]:
    """Every booking a person was asked for, latest first, with its role, project and steps."""
    query = _whole(select(Booking).where(Booking.person_id == person_id, _asked()))
    query = query.options(selectinload(Booking.steps))
    return db.session.scalars(query.order_by(Booking.start_date.desc(), Booking.id.desc())).all()


def bookings_seen_by(actor: Actor, person: Person) -> Sequence[Booking]:
    """Bookings of somebody as far as the actor may know of them, latest first.

    A request, and what became of it, is between them, their line manager and the PMO; whoever
    else may read their profile sees what is agreed.
    """
    found = bookings_of(person.id)
    above = person.line_manager_id
    theirs = actor.is_(person.id) or (above is not None and actor.is_(above))
    if theirs or actor.has(Role.PMO):
        return found
    return [one for one in found if one.state is BookingState.CONFIRMED]


def work_of(person_id: int, today: date) -> list[Work]:
    """What a person is asked for, and where they work now or soon, the earliest first."""
    return [Work(*row) for row in db.rows(_WORK, {"person_id": person_id, "today": today})]


_WORK = (
    select(
        RoleSlot.title,
        Project.title,
        Booking.start_date,
        Booking.end_date,
        Booking.percent,
        Booking.state,
    )
    .join(RoleSlot, RoleSlot.id == Booking.slot_id)
    .join(RoleSlot.project)
    .where(
        Booking.person_id == bindparam("person_id"),
        or_(
            Booking.state == BookingState.REQUESTED,
            and_(
                Booking.state == BookingState.CONFIRMED,
                Booking.end_date >= bindparam("today"),
            ),
        ),
    )
    .order_by(Booking.start_date, Booking.id)
)


def open_requests_for(person_id: int) -> Sequence[Booking]:
    """Bookings that wait for the person's answer, soonest first."""
    query = _whole(select(Booking).where(Booking.person_id == person_id))
    query = query.where(Booking.state == BookingState.REQUESTED)
    return db.session.scalars(query.order_by(Booking.start_date, Booking.id)).all()


def open_requests_of_people(manager_id: int | None) -> Sequence[Booking]:
    """Bookings of somebody's people that wait for an answer, those that expire first in front."""
    query = _whole(select(Booking).where(Booking.state == BookingState.REQUESTED))
    query = query.where(Person.line_manager_id == manager_id, Person.active)
    query = query.order_by(Booking.answer_by.is_(None), Booking.answer_by, Booking.id)
    return db.session.scalars(query).all()


def unanswered_ids(today: date) -> Sequence[int]:
    """Requests whose last day to answer lies before `today`, the oldest first."""
    query = select(Booking.id).where(
        Booking.state == BookingState.REQUESTED, Booking.answer_by < today
    )
    return db.session.scalars(query.order_by(Booking.answer_by, Booking.id)).all()


def asker_of(booking_id: int) -> int | None:
    """Who asked the person, by id; None if nobody did, or a program."""
    query = select(BookingStep.by_id).where(
        BookingStep.booking_id == booking_id, BookingStep.state == BookingState.REQUESTED
    )
    return db.session.scalar(query.order_by(BookingStep.id.desc()).limit(1))


def check_booking(slot_id: int, booking_id: int) -> None:
    """Raise NotVisible unless the booking is one of this role."""
    found = select(Booking.id).where(Booking.id == booking_id, Booking.slot_id == slot_id)
    if db.session.scalar(found) is None:
        raise NotVisible(_("There is no such booking."))


def project_ids_of(person_id: int | None) -> frozenset[int]:
    """Projects on which a person is booked, or asked for."""
    query = (
        select(RoleSlot.project_id)
        .join(Booking, Booking.slot_id == RoleSlot.id)
        .where(Booking.person_id == person_id, Booking.state.in_(SEEN_BY_PERSON))
    )
    return frozenset(db.session.scalars(query))


def live_bookings(slot_ids: Collection[int]) -> Sequence[Booking]:
    """Proposed, requested and confirmed bookings of these roles, with person and steps."""
    query = (
        select(Booking)
        .where(Booking.slot_id.in_(slot_ids), Booking.state.in_(LIVE))
        .options(joinedload(Booking.person), selectinload(Booking.steps))
        .order_by(Booking.id)
    )
    return db.session.scalars(query).all()


def steps_of_slot(slot_id: int, limit: int = 50) -> Sequence[BookingStep]:
    """What was done about a role, newest first, each step with its booking and person."""
    query = (
        select(BookingStep)
        .join(BookingStep.booking)
        .join(Booking.person)
        .where(Booking.slot_id == slot_id)
        .options(contains_eager(BookingStep.booking).contains_eager(Booking.person))
    )
    return db.session.scalars(query.order_by(BookingStep.id.desc()).limit(limit)).all()


def locked_slot_ids_of(project_id: int) -> Sequence[int]:
    """Roles of a project, locked until the transaction ends so that nobody books them now."""
    query = select(RoleSlot.id).where(RoleSlot.project_id == project_id).order_by(RoleSlot.id)
    return db.session.scalars(query.with_for_update()).all()


def open_slots() -> Select[RoleSlot]:
    """Roles that are still to be filled: not closed, not over, of a project that goes on."""
    filled = exists().where(Booking.slot_id == RoleSlot.id, Booking.state == BookingState.CONFIRMED)
    return (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.closed_at.is_(None), RoleSlot.end_date >= clock.today(), ~filled)
        .where(Project.state.in_(_GOING_ON))
    )


def open_roles_count() -> int:
    """How many roles are still to be filled."""
    return db.session.scalar(select(func.count()).select_from(open_slots().subquery())) or 0


def open_roles_by_project(project_ids: Collection[int]) -> dict[int, int]:
    """How many roles of each project are still to be filled; those without any are left out."""
    slots = open_slots().where(RoleSlot.project_id.in_(project_ids)).subquery()
    query = select(slots.c.project_id, func.count()).group_by(slots.c.project_id)
    return {row[0]: row[1] for row in db.session.execute(query)}
