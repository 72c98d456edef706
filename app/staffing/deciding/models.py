"""Weights of a role, its shortlist, decisions as they were made, and musts passed over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.projects.models import RoleSlot
from app.staffing.deciding.rules import Choice
from app.staffing.models import Booking


class RoleWeights(Base):
    """How the parts of a score count for one role, where the PMO set it. Audited when changed."""

    __tablename__ = "role_weights"

    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), primary_key=True)
    weights: Mapped[Any] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Shortlisted(Base):
    """Somebody on the shortlist of a role. Taken off, never deleted."""

    __tablename__ = "shortlisted"
    __table_args__ = (
        Index(
            "uq_shortlisted_standing",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class OverrideState(StrEnum):
    WAITING = "waiting"
    """For a second member of the PMO."""
    GRANTED = "granted"
    REFUSED = "refused"


class Override(Base):
    """Musts of a role passed over for one person: asked with a reason, decided by somebody else.

    Triggers hold what a check cannot say of older rows: neither is the person concerned, and
    what is decided stands.
    """

    __tablename__ = "must_override"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> asked_by_id", name="two_people"),
        CheckConstraint("(state = 'waiting') = (second_at IS NULL)", name="decided_or_waiting"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index(
            "uq_must_override_waiting",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    state: Mapped[OverrideState] = mapped_column(default=OverrideState.WAITING)
    rules: Mapped[Any] = mapped_column(JSON)
    """What is passed over: keys of rules, for a lack of time one for each week, with how far off
    it was. Of the first overrides only the keys were kept, as a list."""
    broken: Mapped[Any] = mapped_column(JSON)
    """The same as sentences, as whoever asked read them."""
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    second_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    second_name: Mapped[str | None] = mapped_column(String(200))
    second_at: Mapped[datetime | None]
    second_note: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    slot: Mapped[RoleSlot] = relationship(lazy="raise")


class Decision(Base):
    """The list as somebody had it before them when they chose, and whom they chose. Only added:
    triggers of the database refuse every change.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("choice = 'first' OR reason <> ''", name="departure_has_a_reason"),
        CheckConstraint(
            "(choice = 'override') = (override_id IS NOT NULL)", name="override_is_seconded"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(RoleSlot.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id), index=True)
    choice: Mapped[Choice]
    place: Mapped[int | None]
    """Where they stood; None for somebody who did not qualify."""
    weights: Mapped[Any] = mapped_column(JSON)
    shown: Mapped[Any] = mapped_column(JSON)
    """The head of the list: person, name, score and parts of each."""
    pool: Mapped[Any] = mapped_column(JSON)
    """Ids of all who qualified: for rates of selection, which are never told of a person."""
    considered: Mapped[int]
    qualified: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    override_id: Mapped[int | None] = mapped_column(ForeignKey(Override.id))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    slot: Mapped[RoleSlot] = relationship(lazy="raise")
    override: Mapped[Override | None] = relationship(lazy="raise")


@event.listens_for(Decision, "before_update")
@event.listens_for(Decision, "before_delete")
def _only_added(_mapper: Any, _connection: Any, decision: Decision) -> None:
    raise RuntimeError(f"decision {decision.id} stands as it was made")
