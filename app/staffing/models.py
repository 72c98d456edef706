"""Bookings of people's time, and when they have none."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.projects.models import RoleSlot
from app.staffing.rules.booking import BookingState


class Booking(Base):
    """A share of a person's time for a role. Released, never deleted."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent_in_range"),
        CheckConstraint("end_date >= start_date", name="ends_after_start"),
        Index("ix_booking_person_dates", "person_id", "start_date", "end_date"),
        Index("ix_booking_state_answer_by", "state", "answer_by"),
        Index(
            "uq_booking_live",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'requested', 'confirmed')"),
            postgresql_where=text("state IN ('proposed', 'requested', 'confirmed')"),
        ),
        Index(
            "uq_booking_filled",
            "slot_id",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    start_date: Mapped[date]
    end_date: Mapped[date]
    percent: Mapped[int]
    state: Mapped[BookingState]
    answer_by: Mapped[date | None]
    """The last day on which a request can be answered; None before anybody was asked."""

    person: Mapped[Person] = relationship(lazy="raise")
    slot: Mapped[RoleSlot] = relationship(lazy="raise")
    steps: Mapped[list[BookingStep]] = relationship(
        back_populates="booking", order_by="BookingStep.id", lazy="raise"
    )


class BookingStep(Base):
    """One step in a booking's life: who brought it into which state, when and why."""

    __tablename__ = "booking_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id), index=True)
    state: Mapped[BookingState]
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    booking: Mapped[Booking] = relationship(back_populates="steps", lazy="raise")


class WorkRecord(Base):
    """What the sponsor says of a booking that has ended; the levels they saw are evidence."""

    __tablename__ = "work_record"

    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id), primary_key=True)
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Absence(Base):
    """Days on which a person is not available, or less. Never why."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent_in_range"),
        CheckConstraint("end_date >= start_date", name="ends_after_start"),
        Index("ix_absence_person_dates", "person_id", "start_date", "end_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    start_date: Mapped[date]
    end_date: Mapped[date]
    percent: Mapped[int] = mapped_column(default=100)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]


class PlanState(StrEnum):
    WAITING = "waiting"
    SEARCHING = "searching"
    """There is a preview; the search for the best goes on."""
    DONE = "done"
    STOPPED = "stopped"
    """Somebody wanted it no more."""
    FAILED = "failed"
    """It could not be worked out."""


GOING_ON = (PlanState.WAITING, PlanState.SEARCHING)


class StaffingPlan(Base):
    """Who could take which open role, as it was worked out once. Nothing is booked by it."""

    __tablename__ = "staffing_plan"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (state <> 'done')", name="finished_or_not"),
        CheckConstraint("applied_at IS NULL OR state = 'done'", name="applied_when_done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    scenario: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    """What is different from today, as `rules.portfolio.scenario` writes it; None if nothing."""
    state: Mapped[PlanState] = mapped_column(default=PlanState.WAITING)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    outcome: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    """What `rules.portfolio.outcome` wrote; the greedy plan until the search has ended."""
    finished_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    applied_at: Mapped[datetime | None]


class PlanQuestion(Base):
    """What if a role had to be filled, or one person had to be in it? Asked once for each."""

    __tablename__ = "plan_question"
    __table_args__ = (UniqueConstraint("plan_id", "role", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(StaffingPlan.id))
    role: Mapped[int]
    person: Mapped[int] = mapped_column(default=0)
    """0 for anybody; below 0 for somebody who would be hired."""
    asked_at: Mapped[datetime]
    answer: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
