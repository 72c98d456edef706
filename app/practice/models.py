"""Cards and the answers to them. The learner's own: no page, call or export of the staff reads it.

For the same reason no act on them leaves a row in the audit trail.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.assessment.models import AttemptSlot
from app.core.db import Base
from app.learning.models import CheckAnswer, Course
from app.practice.rules import Rating


class Source(StrEnum):
    """Where a question was answered."""

    LESSON = "lesson"
    ATTEMPT = "attempt"
    PRACTICE = "practice"


class Card(Base):
    """A question that somebody has met, and how well they remember it.

    It is found by its place in the course, so that it stays when its text changes.
    """

    __tablename__ = "practice_card"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id", "item_id", "question_id"),
        Index("ix_practice_card_person_due", "person_id", "due_on"),
        CheckConstraint("credit >= 0 AND credit <= 1", name="credit_in_range"),
        CheckConstraint("tries >= 0 AND hints >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    item_id: Mapped[str] = mapped_column(String(64))
    """The lesson or quiz it was last met in."""
    question_id: Mapped[str] = mapped_column(String(64))
    question_hash: Mapped[str] = mapped_column(String(64))
    """Of the question as it was last answered."""
    stability: Mapped[float]
    difficulty: Mapped[float]
    answered_at: Mapped[datetime]
    due_on: Mapped[date]
    rating: Mapped[Rating]
    """Of the newest answer."""
    credit: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    """Of the newest answer, 0 to 1, with what hints and further tries take off."""
    tries: Mapped[int] = mapped_column(default=0)
    """Of the answer that is not finished yet; likewise the hints."""
    hints: Mapped[int] = mapped_column(default=0)


class CardAnswer(Base):
    """Every answer to a card, in order. Only ever added to."""

    __tablename__ = "practice_answer"
    __table_args__ = (
        UniqueConstraint("card_id", "request_key"),
        CheckConstraint("credit >= 0 AND credit <= 1", name="credit_in_range"),
        CheckConstraint("tries >= 1 AND hints >= 0", name="tries_from_one"),
        CheckConstraint(
            "(source = 'lesson') = (check_answer_id IS NOT NULL)", name="lesson_has_answer"
        ),
        CheckConstraint("(source = 'attempt') = (slot_id IS NOT NULL)", name="attempt_has_slot"),
        CheckConstraint(
            "(source = 'practice') = (request_key IS NOT NULL)", name="practice_has_key"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey(Card.id))
    at: Mapped[datetime]
    source: Mapped[Source]
    question_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    tries: Mapped[int]
    hints: Mapped[int]
    credit: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    """Of this try by itself, 0 to 1."""
    rating: Mapped[Rating | None]
    """None if another try was to follow."""
    request_key: Mapped[str | None] = mapped_column(String(64))
    check_answer_id: Mapped[int | None] = mapped_column(ForeignKey(CheckAnswer.id), unique=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey(AttemptSlot.id), unique=True)
