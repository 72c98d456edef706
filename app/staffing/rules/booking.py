"""The life of a booking: which state may follow which, and who may bring it there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum


class BookingState(StrEnum):
    PROPOSED = "proposed"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    DECLINED = "declined"


LIVE = frozenset({BookingState.PROPOSED, BookingState.REQUESTED, BookingState.CONFIRMED})
SEEN_BY_PERSON = frozenset({BookingState.REQUESTED, BookingState.CONFIRMED})
"""A proposal is the PMO's own thought until the person is asked."""

_NEXT = {
    BookingState.PROPOSED: {BookingState.REQUESTED, BookingState.RELEASED},
    BookingState.REQUESTED: {
        BookingState.CONFIRMED,
        BookingState.DECLINED,
        BookingState.RELEASED,
    },
    BookingState.CONFIRMED: {BookingState.RELEASED},
    BookingState.RELEASED: set(),
    BookingState.DECLINED: set(),
}
_BY_PERSON = frozenset({BookingState.CONFIRMED, BookingState.DECLINED})


def may_follow(state: BookingState, following: BookingState) -> bool:
    """Whether a booking in `state` can become `following`."""
    return following in _NEXT[state]


def person_may(following: BookingState) -> bool:
    """Whether the person who is asked may bring their own booking into this state."""
    return following in _BY_PERSON


class SlotState(StrEnum):
    """How far the filling of a role has come."""

    OPEN = "open"
    ASKED = "asked"
    FILLED = "filled"
    CLOSED = "closed"


def slot_state(closed: bool, bookings: Collection[BookingState]) -> SlotState:
    """The state of a role, from the states of its bookings. A proposal leaves it open."""
    if BookingState.CONFIRMED in bookings:
        return SlotState.FILLED
    if closed:
        return SlotState.CLOSED
    return SlotState.ASKED if BookingState.REQUESTED in bookings else SlotState.OPEN


ANSWER_DAYS, LEAST_DAYS = 14, 3
"""Calendar days in which a request has to be answered: two working weeks, or until the role
begins if that is sooner, but never less than three."""


def answer_by(today: date, start: date) -> date:
    """The last day to answer a request that is made today for a role from `start`."""
    latest = min(today + timedelta(days=ANSWER_DAYS), start - timedelta(days=1))
    return max(latest, today + timedelta(days=LEAST_DAYS))
