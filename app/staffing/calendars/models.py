"""Time that people have for projects, where it changes on a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.core.db import Base


class CapacityChange(Base):
    """From a day on, a person has another share of full time for projects.

    Before the first change, what stands with the person counts.
    """

    __tablename__ = "capacity_change"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent_in_range"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    percent: Mapped[int]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]
