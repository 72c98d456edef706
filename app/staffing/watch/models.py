"""What the watch over bookings found last, and of what the PMO was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.staffing.models import Booking


class WatchRound(Base):
    """The last look over all bookings: one row."""

    __tablename__ = "watch_round"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    found: Mapped[int]
    """How many bookings are in danger."""


class WatchTold(Base):
    """The PMO was told of a finding: once for each demand and day, as long as it is found."""

    __tablename__ = "watch_told"

    subject: Mapped[str] = mapped_column(String(160), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id), index=True)
    told_at: Mapped[datetime]
