"""Reminders that were sent, and addresses of calendars."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.core.db import Base


class Reminder(Base):
    """Somebody was told that something of theirs lapses. Once for each mark."""

    __tablename__ = "lapse_reminder"
    __table_args__ = (
        UniqueConstraint("subject", "mark"),
        CheckConstraint("mark IN (90, 30, 7, 0)", name="known_mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    """`holding:12` or `certificate:7`."""
    mark: Mapped[int]
    """Days before the last day: 90, 30, 7 or 0."""
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    lapses_on: Mapped[date]
    sent_at: Mapped[datetime]


class ReminderRound(Base):
    """The reminders of a day were looked through."""

    __tablename__ = "reminder_round"

    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class CalendarFeed(Base):
    """A secret address under which a calendar program reads what lapses. Only its hash is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    everybody: Mapped[bool]
    """Of the whole organisation, as long as its owner belongs to the PMO."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
