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
from app.assessment.rules import Remedy
from app.core.db import Base
from app.learning.models import Course, Revision


class AttemptState(StrEnum):
    CREATED = "created"
    """Its paper is drawn; its learner has not begun, and its clock does not run."""
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    """Its time for answers is over; it can only be handed in."""
    SUBMITTED = "submitted"
    """Handed in; an essay waits for a marker."""
    GRADED = "graded"
    ABANDONED = "abandoned"
    VOID = "void"
    """Taken back by staff: it counts for nothing, and not against the number of attempts."""


OPEN = (AttemptState.IN_PROGRESS, AttemptState.OVERDUE)
"""States in which an attempt can still be handed in."""


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
            sqlite_where=text("state IN ('created', 'in_progress', 'overdue')"),
            postgresql_where=text("state IN ('created', 'in_progress', 'overdue')"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score_in_range"),
        CheckConstraint(
            "(submitted_at IS NULL) = (state IN ('created', 'in_progress', 'overdue'))",
            name="submitted_or_open",
        ),
        CheckConstraint("(void_reason IS NULL) = (state <> 'void')", name="void_has_reason"),
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
    last_seen_at: Mapped[datetime | None]
    """The latest instant at which something was kept: a clock set back gives no time."""
    break_until: Mapped[datetime | None]
    """While a break lasts, when it ends by itself; its time is in the deadline already."""
    short: Mapped[bool] = mapped_column(default=False)
    """Whether only what is new in the course was asked, of somebody who had finished it before."""
    position: Mapped[int] = mapped_column(default=1)
    """The step reached, from 1. A quiz that goes one way shows no other."""
    submitted_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    """Share of the points that count, 0 to 1; None until everything is marked."""
    passed: Mapped[bool | None]
    void_reason: Mapped[str | None] = mapped_column(Text)

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
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was checked, in practice; then `credit` is what the last try earned."""
    hints: Mapped[int] = mapped_column(default=0)
    """How many hints were unfolded, in practice."""
    second_wanted: Mapped[bool] = mapped_column(default=False)
    """Whether the first marker asked for a second; then the mean of both marks counts."""
    regraded: Mapped[bool] = mapped_column(default=False)
    """Whether `credit` was decided by a regrade and no longer follows from the answer."""
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


class AnswerTry(Base):
    """An answer that was checked at once, in practice. Added, never changed."""

    __tablename__ = "answer_try"
    __table_args__ = (
        UniqueConstraint("slot_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("credit >= 0 AND credit <= 1", name="credit_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(AttemptSlot.id))
    number: Mapped[int]
    answer: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    hints: Mapped[int]
    """Unfolded before it."""
    credit: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    """Of the answer by itself, 0 to 1, before anything is taken off."""
    at: Mapped[datetime]


class EssayMark(Base):
    """What a marker gave an essay. Added, never changed; nobody marks the same essay twice."""

    __tablename__ = "essay_mark"
    __table_args__ = (
        UniqueConstraint("slot_id", "marker_id"),
        CheckConstraint("points >= 0", name="points_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(AttemptSlot.id))
    marker_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    points: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    by_criterion: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Points for each criterion of the rubric, in its order, as decimal texts; they add up."""
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class QuizWindow(Base):
    """When a quiz is open to be sat, and the code that lets one in. Set by staff, for a cohort."""

    __tablename__ = "quiz_window"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opens"),)

    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), primary_key=True)
    quiz_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    access_code: Mapped[str | None] = mapped_column(String(60))


class Accommodation(Base):
    """What somebody is granted beyond the rules of a quiz, of a course, or everywhere.

    Only an administrator reads the reason. It is withdrawn, never deleted.
    """

    __tablename__ = "accommodation"
    __table_args__ = (
        CheckConstraint("time_factor >= 1 AND time_factor <= 5", name="time_factor_in_range"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 20", name="extra_attempts_in_range"),
        CheckConstraint("quiz_id IS NULL OR course_id IS NOT NULL", name="quiz_of_a_course"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    course_id: Mapped[str | None] = mapped_column(ForeignKey(Course.id))
    quiz_id: Mapped[str | None] = mapped_column(String(64))
    time_factor: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    extra_attempts: Mapped[int]
    closes_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    made_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    withdrawn_at: Mapped[datetime | None]


class ReportState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class QuestionReport(Base):
    """What a learner finds wrong with a question, and what became of it."""

    __tablename__ = "question_report"
    __table_args__ = (
        UniqueConstraint("slot_id"),
        CheckConstraint("(answered_at IS NULL) = (state = 'open')", name="answered_or_open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey(AttemptSlot.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    state: Mapped[ReportState] = mapped_column(default=ReportState.OPEN)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    answered_at: Mapped[datetime | None]

    slot: Mapped[AttemptSlot] = relationship(lazy="raise")


class Regrade(Base):
    """A question judged anew for everybody who was asked it: which remedy, why, and who decided."""

    __tablename__ = "regrade"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    quiz_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str] = mapped_column(String(64))
    remedy: Mapped[Remedy]
    option_id: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]

    outcomes: Mapped[list[RegradeOutcome]] = relationship(
        back_populates="regrade", order_by="RegradeOutcome.attempt_id", lazy="raise"
    )


class RegradeOutcome(Base):
    """What a regrade changed for one attempt."""

    __tablename__ = "regrade_outcome"

    regrade_id: Mapped[int] = mapped_column(ForeignKey(Regrade.id), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id), primary_key=True, index=True)
    credit_before: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    credit_after: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    score_before: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    score_after: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    passed_before: Mapped[bool | None]
    passed_after: Mapped[bool | None]

    regrade: Mapped[Regrade] = relationship(back_populates="outcomes", lazy="raise")


class PassOutcome(StrEnum):
    OPEN = "open"
    STANDS = "stands"
    """What the pass earned is left as it is."""
    WITHDRAWN = "withdrawn"


class PassDecision(Base):
    """Somebody passed and by a later judgement did not: what becomes of what the pass earned."""

    __tablename__ = "pass_decision"
    __table_args__ = (
        Index(
            "uq_pass_decision_open",
            "attempt_id",
            unique=True,
            sqlite_where=text("outcome = 'open'"),
            postgresql_where=text("outcome = 'open'"),
        ),
        CheckConstraint("(decided_at IS NULL) = (outcome = 'open')", name="decided_or_open"),
        CheckConstraint("(reason IS NULL) = (outcome = 'open')", name="decided_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id))
    regrade_id: Mapped[int | None] = mapped_column(ForeignKey(Regrade.id))
    """The regrade that took the pass; None where the attempt was taken back."""
    opened_at: Mapped[datetime]
    outcome: Mapped[PassOutcome] = mapped_column(default=PassOutcome.OPEN)
    reason: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship(lazy="raise")
    regrade: Mapped[Regrade | None] = relationship(lazy="raise")
