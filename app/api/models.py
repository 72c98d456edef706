"""Answers that were given under an `Idempotency-Key`, for a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.core.db import Base


class KeptAnswer(Base):
    """A call under somebody's key: taken on first, then answered. No status means at work."""

    __tablename__ = "kept_answer"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (body IS NULL)", name="answered_as_a_whole"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    call: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, address and body: the same key is for the same call."""
    taken_at: Mapped[datetime]
    status: Mapped[int | None]
    body: Mapped[str | None] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(String(300))
