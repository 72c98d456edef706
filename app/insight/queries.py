"""Figures of the organisation."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core import db
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState


def requests_waiting() -> int:
    """How many bookings wait for the answer of whoever was asked."""
    query = select(func.count()).select_from(Booking)
    return db.session.scalar(query.where(Booking.state == BookingState.REQUESTED)) or 0
