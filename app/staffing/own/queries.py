"""What staffing knows of one person, for themselves; and their objections, for the PMO."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.deciding.models import Decision
from app.staffing.models import Booking
from app.staffing.own.models import Objection, PlanOptOut, RoleWish
from app.staffing.queries.bookings import open_slots
from app.staffing.rules.booking import SEEN_BY_PERSON, BookingState
from app.staffing.rules.matcher.eligibility import Reason, reasons
from app.staffing.rules.matcher.problem import Person, Slot, Wish
from app.staffing.rules.matcher.rank import NEAR
from app.staffing.teams import queries as teams

MOST_DECIDED = 20
"""How many roles that were filled lately are told of."""


@dataclass(frozen=True, slots=True)
class Match:
    """An open role held against one person: no reasons if they qualify."""

    row: RoleSlot
    slot: Slot
    person: Person
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Every open role: those that fit, those that nearly do, and the others."""

    fitting: Sequence[Match]
    near: Sequence[Match]
    further: Sequence[Match]


def matches_of(person_id: int) -> Matches:
    """Every open role as it fits this person; without those they are on.

    Fewer reasons come first, then who begins sooner. Somebody who is not active fits none.
    """
    # A proposal is not told: the role stands here until they are asked for it.
    on = select(Booking.slot_id).where(
        Booking.person_id == person_id, Booking.state.in_(SEEN_BY_PERSON)
    )
    query = (
        open_slots()
        .where(RoleSlot.id.not_in(on))
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
        .order_by(RoleSlot.start_date, RoleSlot.id)
    )
    rows = db.session.scalars(query).unique().all()
    slots = {slot.id: slot for slot in teams.as_slots(rows)}
    person = staffing.person_for_all(list(slots.values()), person_id) if rows else None
    if person is None:
        return Matches([], [], [])
    found = [Match(row, slots[row.id], person, reasons(person, slots[row.id])) for row in rows]
    found.sort(key=lambda one: len(one.reasons))
    return Matches(
        [one for one in found if not one.reasons],
        [one for one in found if 0 < len(one.reasons) <= NEAR],
        [one for one in found if len(one.reasons) > NEAR],
    )


def open_role(slot_id: int) -> RoleSlot:
    """A role that is still to be filled, with its project; anybody may know of it."""
    query = open_slots().where(RoleSlot.id == slot_id).options(contains_eager(RoleSlot.project))
    if (row := db.session.scalar(query)) is None:
        raise NotVisible(_("This role is not open any more."))
    return row


def lately_decided(person_id: int, since: datetime) -> Sequence[Decision]:
    """The newest decisions by which a role was filled with somebody else, each with its role."""
    query = (
        select(Decision)
        .join(Booking, Booking.id == Decision.booking_id)
        .where(
            Booking.state == BookingState.CONFIRMED,
            Decision.person_id != person_id,
            Decision.at >= since,
        )
        .options(joinedload(Decision.slot).joinedload(RoleSlot.project))
        .order_by(Decision.id.desc())
        .limit(MOST_DECIDED)
    )
    return db.session.scalars(query).all()


def contestable_role(slot_id: int, since: datetime) -> RoleSlot:
    """A role that is still to be filled, or about which was decided lately, with its project."""
    lately = select(Decision.slot_id).where(Decision.at >= since)
    query = (
        select(RoleSlot)
        .where(RoleSlot.id == slot_id, RoleSlot.id.in_(lately))
        .options(joinedload(RoleSlot.project))
    )
    return db.session.scalar(query) or open_role(slot_id)


def wishes_of(person_id: int) -> dict[int, Wish]:
    """What somebody said of roles, by the role's id."""
    query = select(RoleWish.slot_id, RoleWish.wish).where(RoleWish.person_id == person_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def wishes_for(slot_id: int) -> Sequence[RoleWish]:
    """What everybody said of a role."""
    return db.session.scalars(select(RoleWish).where(RoleWish.slot_id == slot_id)).all()


def stays_out(person_id: int) -> bool:
    """Whether somebody does not want to be planned by a program."""
    return db.session.get(PlanOptOut, person_id) is not None


def staying_out(person_ids: Collection[int]) -> frozenset[int]:
    """Those of them who do not want to be planned by a program."""
    query = select(PlanOptOut.person_id).where(PlanOptOut.person_id.in_(person_ids))
    return frozenset(db.session.scalars(query))


def everybody_staying_out() -> frozenset[int]:
    """All who do not want to be planned by a program."""
    return frozenset(db.session.scalars(select(PlanOptOut.person_id)))


def objections_of(person_id: int) -> Sequence[Objection]:
    """What somebody objected to, the latest first, with the answers."""
    query = select(Objection).where(Objection.person_id == person_id).options(*_PLACED)
    return db.session.scalars(query.order_by(Objection.id.desc())).all()


def objection(objection_id: int, *, lock: bool = False) -> Objection:
    """An objection with its person and role."""
    query = select(Objection).where(Objection.id == objection_id).options(*_PLACED)
    found = db.session.scalar(query.with_for_update(of=Objection) if lock else query)
    if found is None:
        raise NotVisible(_("There is no such objection."))
    return found


def unanswered() -> Sequence[Objection]:
    """Objections that wait for the PMO, the oldest first."""
    query = select(Objection).where(Objection.answer.is_(None)).options(*_PLACED)
    return db.session.scalars(query.order_by(Objection.id)).all()


_PLACED = (
    joinedload(Objection.person),
    joinedload(Objection.slot).joinedload(RoleSlot.project),
)
