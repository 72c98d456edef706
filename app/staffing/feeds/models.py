"""Secret addresses of calendars of bookings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.core.db import Base


class BookingFeed(Base):
    """A secret address of one's own bookings; one of each person stands. Its hash is kept."""

    __tablename__ = "booking_feed"
    __table_args__ = (
        Index(
            "uq_booking_feed_standing",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
