"""Study time of people, fees of courses, assigned courses, and looks at what training unlocks."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.core.values import Money
from app.learning.models import Course
from app.projects.models import RoleSlot


class StudyTime(Base):
    """Hours a week that somebody can learn beside their work, where it is not the usual."""

    __tablename__ = "study_time"
    __table_args__ = (CheckConstraint("hours BETWEEN 1 AND 40", name="hours_in_range"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    hours: Mapped[int]
    changed_at: Mapped[datetime]


class CourseFee(Base):
    """What it costs when one person takes a course; without a row it costs nothing."""

    __tablename__ = "course_fee"
    __table_args__ = (CheckConstraint("minor > 0", name="is_positive"),)

    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), primary_key=True)
    minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    changed_at: Mapped[datetime]

    @property
    def fee(self) -> Money:
        return Money(self.minor, self.currency)


class TrainingAssignment(Base):
    """A course that somebody is to pass by a day, for a role. Withdrawn, never deleted."""

    __tablename__ = "training_assignment"
    __table_args__ = (
        Index("ix_training_assignment_person_course", "person_id", "course_id"),
        Index(
            "uq_training_assignment_standing",
            "slot_id",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    """The role that it is for."""
    due_on: Mapped[date]
    """The last day to pass it."""
    assigned_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    course: Mapped[Course] = relationship(lazy="raise")
    slot: Mapped[RoleSlot] = relationship(lazy="raise")
    steps: Mapped[list[TrainingStep]] = relationship(
        back_populates="assignment", order_by="TrainingStep.id", lazy="raise"
    )


class StepKind(StrEnum):
    ASSIGNED = "assigned"
    MOVED = "moved"
    """It is due on another day."""
    WITHDRAWN = "withdrawn"


class TrainingStep(Base):
    """One step in the life of an assignment: who did what, when and why."""

    __tablename__ = "training_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(TrainingAssignment.id), index=True)
    kind: Mapped[StepKind]
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    assignment: Mapped[TrainingAssignment] = relationship(back_populates="steps", lazy="raise")


class LookKind(StrEnum):
    PORTFOLIO = "portfolio"
    """Which training fills the most open roles."""
    BENCH = "bench"
    """Which filled roles nobody else could take, and which training gives them a spare."""


class TrainingLook(Base):
    """What training would do for every role, as it was worked out once."""

    __tablename__ = "training_look"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="finished_or_not"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LookKind]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    """Lines as plain JSON: see `rules.portfolio.school`."""
