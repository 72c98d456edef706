"""Projects, their roles and what a role demands."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.competence.models import RoleProfile
from app.core.db import Base


class ProjectState(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Project(Base):
    """A project of the register."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="ends_after_start"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_in_range"),
        CheckConstraint("budget_minor IS NULL OR budget_minor >= 0", name="budget_not_negative"),
        CheckConstraint("(budget_minor IS NULL) = (currency IS NULL)", name="budget_is_money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(120))
    start_date: Mapped[date]
    end_date: Mapped[date]
    priority: Mapped[int]
    """5 is filled first."""
    budget_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[ProjectState]
    manager_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))

    manager: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[manager_id])
    slots: Mapped[list[RoleSlot]] = relationship(
        back_populates="project", order_by="(RoleSlot.start_date, RoleSlot.id)", lazy="raise"
    )


class Holds(StrEnum):
    """On which days of the role its demands have to hold."""

    THROUGHOUT = "throughout"
    START = "start"
    RENEWAL = "renewal"
    """Throughout, but a certification that lapses inside the role may be renewed meanwhile."""


class RoleSlot(Base):
    """One place in a project for one person."""

    __tablename__ = "role_slot"
    __table_args__ = (
        CheckConstraint("end_date >= start_date", name="ends_after_start"),
        CheckConstraint("allocation BETWEEN 1 AND 100", name="allocation_in_range"),
        CheckConstraint("rate_cap_minor IS NULL OR rate_cap_minor >= 0", name="cap_not_negative"),
        CheckConstraint("(rate_cap_minor IS NULL) = (rate_currency IS NULL)", name="cap_is_money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), index=True)
    title: Mapped[str] = mapped_column(String(120))
    start_date: Mapped[date]
    end_date: Mapped[date]
    allocation: Mapped[int]
    """In percent of full time, on all days for which `shares` names no smaller one."""
    rate_cap_minor: Mapped[int | None]
    rate_currency: Mapped[str | None] = mapped_column(String(3))
    holds: Mapped[Holds] = mapped_column(default=Holds.THROUGHOUT)
    profile_code: Mapped[str | None] = mapped_column(ForeignKey(RoleProfile.code), index=True)
    """Which kind of role it is, to count those who can do such work and those who are asked for."""
    closed_at: Mapped[datetime | None]
    """Set when the role is no longer to be filled."""

    project: Mapped[Project] = relationship(back_populates="slots", lazy="raise")
    requirements: Mapped[list[Requirement]] = relationship(
        back_populates="slot", order_by="Requirement.id", lazy="raise"
    )
    shares: Mapped[list[RoleShare]] = relationship(order_by="RoleShare.first", lazy="selectin")
    """Read with every role: whoever judges time needs them, and most roles have none."""


class RoleShare(Base):
    """Days on which a role takes a smaller share of full time than otherwise."""

    __tablename__ = "role_share"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 99", name="percent_in_range"),
        CheckConstraint("last >= first", name="ends_after_start"),
    )

    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date]
    percent: Mapped[int]


class Strength(StrEnum):
    MUST = "must"
    WANT = "want"


class Demand(StrEnum):
    COMPETENCY = "competency"
    CERTIFICATION = "certification"
    LANGUAGE = "language"
    LOCATION = "location"
    HOURS = "hours"
    """Working hours in common with those of a time zone."""


class Requirement(Base):
    """One demand of a role. `code` is that of the competency, certification, language or place.

    Of hours in common it is the name of the time zone, and `level` says how many a week.
    """

    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint(
            "(demand IN ('competency', 'hours')) = (level IS NOT NULL)", name="level_of_competency"
        ),
        CheckConstraint(
            "level IS NULL OR level BETWEEN 1 AND CASE WHEN demand = 'hours' THEN 40 ELSE 5 END",
            name="level_in_range",
        ),
        CheckConstraint("weight > 0", name="weight_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    strength: Mapped[Strength]
    demand: Mapped[Demand]
    code: Mapped[str] = mapped_column(String(64))
    level: Mapped[int | None]
    weight: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))

    slot: Mapped[RoleSlot] = relationship(back_populates="requirements", lazy="raise")
