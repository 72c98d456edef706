"""Requests to be assessed, what was decided on them, and the files that show the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.competence.judging.rules import RequestState, Turn
from app.competence.models import Competency, Evidence
from app.core.db import Base

_OPEN = "state IN ('asked', 'in_review', 'second_review', 'appealed')"


class AssessmentRequest(Base):
    """Somebody asks for a level to be assessed on a piece of their work."""

    __tablename__ = "assessment_request"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
        CheckConstraint("(appealed_at IS NULL) = (appeal IS NULL)", name="appeal_has_reason"),
        CheckConstraint(
            f"(ended_at IS NULL) = ({_OPEN})",
            name="ended_or_open",
        ),
        Index(
            "uq_assessment_request_open",
            "person_id",
            "competency_code",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    competency_code: Mapped[str] = mapped_column(ForeignKey(Competency.code), index=True)
    level: Mapped[int]
    work: Mapped[str] = mapped_column(Text)
    """What they did and where it can be seen, in their words."""
    state: Mapped[RequestState]
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    """Who has it in hand now."""
    asked_at: Mapped[datetime]
    appeal: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    request_key: Mapped[str] = mapped_column(String(32), unique=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    assessor: Mapped[Person | None] = relationship(foreign_keys=[assessor_id], lazy="raise")
    competency: Mapped[Competency] = relationship(lazy="raise")
    decisions: Mapped[list[AssessmentDecision]] = relationship(
        back_populates="request", order_by="AssessmentDecision.id", lazy="raise"
    )


class AssessmentDecision(Base):
    """What one assessor decided, and why. Only ever added to."""

    __tablename__ = "assessment_decision"
    __table_args__ = (
        UniqueConstraint("request_id", "turn"),
        CheckConstraint("level BETWEEN 0 AND 5", name="level_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(AssessmentRequest.id))
    turn: Mapped[Turn]
    assessor_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    assessor_name: Mapped[str] = mapped_column(String(200))
    level: Mapped[int]
    """What the work shows; 0 if not what was asked for."""
    points: Mapped[dict[str, Any]]
    """By criterion of the rubric."""
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    request: Mapped[AssessmentRequest] = relationship(back_populates="decisions", lazy="raise")


class Attachment(Base):
    """A file with a request or a piece of evidence. Only ever handed out as a download, whatever it
    is."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint(
            "(evidence_id IS NULL) <> (request_id IS NULL)", name="of_evidence_or_request"
        ),
        CheckConstraint("size > 0", name="size_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey(Evidence.id), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey(AssessmentRequest.id), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
