"""What a line manager may read: only of those whose line manager they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.values import Period
from app.staffing import queries as staffing
from app.staffing.models import Booking
from app.staffing.rules.capacity import Load


@dataclass(frozen=True, slots=True)
class Desk:
    """A manager's people with what takes their time within a span, and requests to answer."""

    people: Sequence[Person]
    booked: Mapping[int, Sequence[Load]]
    away: Mapping[int, Sequence[Load]]
    asked: Sequence[Booking]


def desk_of(manager_id: int, span: Period) -> Desk:
    """The desk of somebody; empty if nobody has them as line manager."""
    people = accounts.people_of(manager_id)
    booked, away = staffing.standing_loads([person.id for person in people], span)
    return Desk(people, booked, away, staffing.open_requests_of_people(manager_id))
