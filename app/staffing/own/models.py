"""Wishes for roles, objections to a match, and who stays out of plans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.projects.models import RoleSlot
from app.staffing.rules.matcher.problem import Wish


class RoleWish(Base):
    """What a person says of a role as it stands. Each change is audited."""

    __tablename__ = "role_wish"
    __table_args__ = (Index("ix_role_wish_slot_id", "slot_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), primary_key=True)
    wish: Mapped[Wish]
    at: Mapped[datetime]


class PlanOptOut(Base):
    """Somebody who does not want a program to plan them. Each change is audited."""

    __tablename__ = "plan_opt_out"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    since: Mapped[datetime]


class Objection(Base):
    """Why a person holds their match with a role to be wrong, and what the PMO answered."""

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        CheckConstraint("message <> ''", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    slot: Mapped[RoleSlot] = relationship(lazy="raise")
