"""What belongs to a holding: its renewal, who checked it, its proof; and the log of points."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.competence.certifications.rules import Way
from app.competence.models import CertificationType, Holding
from app.core.db import Base


class HoldingRenewal(Base):
    """Says that one holding renews another, and how. Withdrawn with the holding that it made."""

    __tablename__ = "holding_renewal"

    holding_id: Mapped[int] = mapped_column(ForeignKey(Holding.id), primary_key=True)
    """The new one."""
    renews_id: Mapped[int] = mapped_column(ForeignKey(Holding.id), index=True)
    way: Mapped[Way]
    by_holding_id: Mapped[int | None] = mapped_column(ForeignKey(Holding.id))
    """Of the suite: the one whose exam renewed it."""


class HoldingVerification(Base):
    """The PMO has seen that a holding is true. Once; what is wrong is withdrawn instead."""

    __tablename__ = "holding_verification"

    holding_id: Mapped[int] = mapped_column(ForeignKey(Holding.id), primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="")
    """How it was checked: the register of the issuer, the original seen."""
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise")


class CpdEntry(Base):
    """Points for something that kept somebody's knowledge fresh. Withdrawn, never deleted."""

    __tablename__ = "cpd_entry"
    __table_args__ = (
        CheckConstraint("points > 0 AND points <= 1000", name="points_in_range"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_has_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    certification_code: Mapped[str | None] = mapped_column(ForeignKey(CertificationType.code))
    """The one it counts for; None counts for every one that takes points."""
    title: Mapped[str] = mapped_column(String(300))
    done_on: Mapped[date]
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    certification: Mapped[CertificationType | None] = relationship(lazy="raise")


class Proof(Base):
    """A file that shows that a holding or an entry of the log is true. Only ever handed out as a
    download, whatever it is."""

    __tablename__ = "proof"
    __table_args__ = (
        CheckConstraint(
            "(holding_id IS NULL) <> (cpd_entry_id IS NULL)", name="of_a_holding_or_an_entry"
        ),
        CheckConstraint("size > 0", name="size_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[int | None] = mapped_column(ForeignKey(Holding.id), index=True)
    cpd_entry_id: Mapped[int | None] = mapped_column(ForeignKey(CpdEntry.id), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
