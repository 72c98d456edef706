"""Time that people have for projects, and when they work, where it changes on a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
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


class ParallelLimit(Base):
    """How many roles plans may give somebody on a day; whoever has none, as many as fit."""

    __tablename__ = "parallel_limit"
    __table_args__ = (CheckConstraint("most BETWEEN 1 AND 20", name="most_in_range"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    most: Mapped[int]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]


class WorkingWeek(Base):
    """From a day on, a person works on these days of the week, between these hours."""

    __tablename__ = "working_week"
    __table_args__ = (
        CheckConstraint(
            "begins >= 0 AND begins < ends AND ends <= 1440", name="ends_after_beginning"
        ),
        CheckConstraint("days <> ''", name="has_days"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(String(64))
    days: Mapped[str] = mapped_column(String(7))
    """Digits in order, 1 for Monday: `12345`."""
    begins: Mapped[int]
    """Minutes after midnight in `zone`; so `ends`."""
    ends: Mapped[int]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]
