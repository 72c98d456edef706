"""Courses as published, and what learners do with them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.authoring.document import Level, Visibility
from app.core.db import Base


class Course(Base):
    """A course and the revision that is served. What the catalogue lists stands here too."""

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    level: Mapped[Level]
    visibility: Mapped[Visibility]
    estimated_minutes: Mapped[int]
    tags: Mapped[list[str]]

    revision: Mapped[Revision] = relationship(lazy="raise", foreign_keys=[revision_id])


class Revision(Base):
    """A course as compiled once: immutable, found by what it holds."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("course_id", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(String(64), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    """`authoring.document.dump` of the course; read through `queries.document`, which keeps it."""
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))


class CourseAward(Base):
    """What the served revision of a course is worth, for those who look for training."""

    __tablename__ = "course_award"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),)

    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), primary_key=True)
    competency_code: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    quiz_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[int]
    min_score: Mapped[Decimal] = mapped_column(Numeric(5, 4))


class MediaFile(Base):
    """Bytes of a picture or document of a course, kept once by what they are."""

    __tablename__ = "media_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(100))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class RevisionMedia(Base):
    """Which revision shows which file: who may read the one may fetch the other."""

    __tablename__ = "revision_media"

    revision_id: Mapped[int] = mapped_column(ForeignKey(Revision.id), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey(MediaFile.sha256), primary_key=True, index=True)


class Enrolment(Base):
    """A person takes a course. Where they stopped reading stands here."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    enrolled_at: Mapped[datetime]
    last_lesson_id: Mapped[str | None] = mapped_column(String(64))
    last_anchor: Mapped[str | None] = mapped_column(String(200))
    last_read_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(lazy="raise")


class LessonCompletion(Base):
    """A lesson was read, or all its checks answered right, as it stood then."""

    __tablename__ = "lesson_completion"
    __table_args__ = (UniqueConstraint("person_id", "course_id", "lesson_id", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    completed_at: Mapped[datetime]


class CourseCompletion(Base):
    """Somebody had done everything that a revision asked of them. Never changed by a later one."""

    __tablename__ = "course_completion"
    __table_args__ = (UniqueConstraint("person_id", "revision_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey(Revision.id), index=True)
    completed_at: Mapped[datetime]

    revision: Mapped[Revision] = relationship(lazy="raise")


class CheckAnswer(Base):
    """An answer to a question inside a lesson. The learner's own: no page of the staff shows it."""

    __tablename__ = "check_answer"
    __table_args__ = (
        Index("ix_check_answer_person_course", "person_id", "course_id", "lesson_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    lesson_id: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str] = mapped_column(String(64))
    question_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Any]
    right: Mapped[bool]
    answered_at: Mapped[datetime]
