"""Who says what of work that has ended, and how long it counts."""

from __future__ import annotations

from datetime import date

from app.core.values import Duration, Unit
from app.staffing.rules.booking import BookingState

HOLDS = Duration(3, Unit.YEARS)
"""So long the levels seen at work count, from the last day of the work."""


def has_ended(state: BookingState, last: date, today: date) -> bool:
    """Whether a booking was worked to its end."""
    return state is BookingState.CONFIRMED and last < today
