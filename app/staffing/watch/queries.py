"""Reads of the watch: everybody who is booked or asked, held against their role as it is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.core import db
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.deciding.models import Override, OverrideState
from app.staffing.deciding.rules import is_week, passed_over
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.repair import Courses
from app.staffing.teams import queries as teams
from app.staffing.training.lessons import lessons_for, titles_with
from app.staffing.watch.models import WatchRound, WatchTold
from app.staffing.watch.rules import Booked, Finding, failing, findings

_STANDING = (BookingState.REQUESTED, BookingState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Endangered:
    """A finding with the rows that a page needs."""

    finding: Finding
    booking: Booking


def endangered(today: date) -> list[Endangered]:
    """Bookings that fall out of qualification soon, the soonest first."""
    rows = {row.id: row for row in _standing(today)}
    if not rows:
        return []
    places = {row.slot_id: row.slot for row in rows.values()}
    slots = {slot.id: slot for slot in teams.as_slots(list(places.values()))}
    ids = {row.person_id for row in rows.values()}
    people = {one.id: one for one in staffing.people_among(list(slots.values()), ids)}
    granted = _granted(slots)
    taken = _taken(rows.values(), slots)
    booked = [
        Booked(
            row.id,
            _beside(people[row.person_id], row, taken),
            slots[row.slot_id],
            _passed_over(row, granted),
            agreed=row.state is BookingState.CONFIRMED,
        )
        for row in rows.values()
        if row.person_id in people
    ]
    short = failing(booked, today)
    lessons = lessons_for(((one.booked.person, one.reasons) for one in short), today)
    return [
        Endangered(one, rows[one.booked.booking_id]) for one in findings(short, lessons.keep, today)
    ]


def titles_for(found: Iterable[Endangered]) -> Titles:
    """What everything is called that these name."""
    made = (one.finding.repair for one in found)
    return titles_with({id for one in made if isinstance(one, Courses) for id in one.route.courses})


def _taken(rows: Iterable[Booking], slots: Mapping[int, Slot]) -> dict[int, dict[int, list[Load]]]:
    """What each agreed booking takes, by person and booking."""
    found: dict[int, dict[int, list[Load]]] = defaultdict(dict)
    for row in rows:
        if row.state is BookingState.CONFIRMED:
            whole = Load(Period(row.start_date, row.end_date), row.percent)
            found[row.person_id][row.id] = [whole, *slots[row.slot_id].relief]
    return found


def _beside(person: Person, row: Booking, taken: Mapping[int, dict[int, list[Load]]]) -> Person:
    """Somebody with what all their other agreed bookings take."""
    others = taken.get(person.id, {})
    loads = [load for key, found in others.items() if key != row.id for load in found]
    return replace(person, booked=(*person.booked, *loads))


def _passed_over(
    row: Booking, granted: Mapping[tuple[int, int], list[Collection[str]]]
) -> dict[str, float]:
    """What is passed over on this role, and each week in which more than their time is accepted
    for another: there the whole of it was looked at."""
    weeks = {
        key
        for (slot_id, person_id), kept in granted.items()
        if person_id == row.person_id and slot_id != row.slot_id
        for one in kept
        for key in one
        if is_week(key)
    }
    return passed_over([weeks, *granted.get((row.slot_id, row.person_id), [])])


def _standing(today: date) -> Sequence[Booking]:
    query = (
        select(Booking)
        .join(Booking.slot)
        .join(RoleSlot.project)
        .join(Booking.person)
        .where(Booking.state.in_(_STANDING), Booking.end_date >= today)
        .options(
            contains_eager(Booking.person),
            contains_eager(Booking.slot).contains_eager(RoleSlot.project),
            contains_eager(Booking.slot).selectinload(RoleSlot.requirements),
        )
        .order_by(Booking.id)
    )
    return db.session.scalars(query).unique().all()


def _granted(slot_ids: Collection[int]) -> dict[tuple[int, int], list[Collection[str]]]:
    query = select(Override.slot_id, Override.person_id, Override.rules).where(
        Override.slot_id.in_(slot_ids), Override.state == OverrideState.GRANTED
    )
    found: dict[tuple[int, int], list[Collection[str]]] = defaultdict(list)
    for slot_id, person_id, rules in db.session.execute(query):
        found[slot_id, person_id].append(rules)
    return found


def last_round(*, lock: bool = False) -> WatchRound | None:
    """The last look over all bookings; None before the first."""
    query = select(WatchRound).where(WatchRound.id == 1)
    return db.session.scalar(query.with_for_update() if lock else query)


def told() -> Sequence[WatchTold]:
    """What the PMO was told of and is still there, as far as the last round knew."""
    return db.session.scalars(select(WatchTold).order_by(WatchTold.subject)).all()
