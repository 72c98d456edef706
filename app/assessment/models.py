"""Attempts at quizzes and the answers in them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base
from app.learning.models import Course, Revision


class AttemptState(StrEnum):
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    """Handed in; an essay waits for a marker."""
    GRADED = "graded"
    ABANDONED = "abandoned"


class Attempt(Base):
    """One sitting of a quiz, fixed from its start: revision, draw, order of options, deadline."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id", "quiz_id", "number"),
        Index(
            "uq_attempt_open",
            "person_id",
            "course_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score_in_range"),
        CheckConstraint(
            "(submitted_at IS NULL) = (state = 'in_progress')", name="submitted_or_open"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    quiz_id: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[int] = mapped_column(ForeignKey(Revision.id))
    number: Mapped[int]
    state: Mapped[AttemptState]
    seed: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None] = mapped_column(index=True)
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    """The deadline and, where the quiz gives grace, the time to hand in after it."""
    position: Mapped[int] = mapped_column(default=1)
    """The step reached, from 1. A quiz that goes one way shows no other."""
    submitted_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    """Share of the points that count, 0 to 1; None until everything is marked."""
    passed: Mapped[bool | None]

    revision: Mapped[Revision] = relationship(lazy="raise")
    slots: Mapped[list[AttemptSlot]] = relationship(
        back_populates="attempt", order_by="AttemptSlot.number", lazy="raise"
    )


class AttemptSlot(Base):
    """One question of an attempt, with the answer as it stands."""

    __tablename__ = "attempt_slot"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        UniqueConstraint("attempt_id", "question_id"),
        CheckConstraint("credit IS NULL OR (credit >= 0 AND credit <= 1)", name="credit_in_range"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id))
    number: Mapped[int]
    section: Mapped[int]
    question_id: Mapped[str] = mapped_column(String(64), index=True)
    question_hash: Mapped[str] = mapped_column(String(64))
    order: Mapped[list[str]]
    """Ids of options, items or right-hand items as this attempt shows them."""
    points: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    unscored: Mapped[bool]
    flagged: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    """Of the newest save; 0 before the first."""
    answer: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    answered_at: Mapped[datetime | None]
    credit: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    """0 to 1; None until graded or marked."""
    comment: Mapped[str | None] = mapped_column(Text)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    marked_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship(back_populates="slots", lazy="raise")


class AnswerSave(Base):
    """Every save of an answer, in order: what was entered is never lost."""

    __tablename__ = "answer_save"
    __table_args__ = (UniqueConstraint("slot_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(AttemptSlot.id))
    sequence: Mapped[int]
    answer: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    saved_at: Mapped[datetime]
