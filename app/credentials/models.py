"""Certificates that Cadre issues. Only ever added to: state is computed for a date."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.assessment.models import Attempt
from app.core.db import Base
from app.learning.models import Course


class Certificate(Base):
    """Issued once for a pass. `serial` is 128 random bits; the name is the one of that day."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("valid_to >= issued_on", name="valid_to_after_issued"),
        UniqueConstraint("person_id", "course_id", "attempt_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id))
    title: Mapped[str] = mapped_column(String(300))
    course_title: Mapped[str] = mapped_column(String(300))
    name_on_it: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day it is in force; None never lapses."""
    due_from: Mapped[date | None]
    """From this day on it can and should be renewed."""
    grace_to: Mapped[date | None]
    """Up to this day it still can, though it is no longer in force."""
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    """The certificate that this one renews."""
    design: Mapped[str | None] = mapped_column(String(60))
    """The design that the course asked for; None is the one of the house."""

    renewal: Mapped[Certificate | None] = relationship(
        primaryjoin="Certificate.id == foreign(remote(Certificate.supersedes_id))",
        viewonly=True,
        uselist=False,
        lazy="raise",
    )
    """The certificate that renews this one."""
    drawing: Mapped[CertificateDrawing | None] = relationship(
        back_populates="certificate", lazy="raise"
    )
    revocation: Mapped[CertificateRevocation | None] = relationship(
        back_populates="certificate", lazy="raise"
    )


class CertificateDrawing(Base):
    """The PDF, drawn once from the row."""

    __tablename__ = "certificate_drawing"

    certificate_id: Mapped[int] = mapped_column(ForeignKey(Certificate.id), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime]
    credential: Mapped[str | None] = mapped_column(Text, deferred=True)
    """The signed credential, exactly as it lies in the PDF; None in what was drawn before."""
    key_id: Mapped[str | None] = mapped_column(String(60))
    """The key that signed both; None in what was drawn before there were keys."""
    design: Mapped[str | None] = mapped_column(String(60))

    certificate: Mapped[Certificate] = relationship(back_populates="drawing", lazy="raise")


class CertificateRevocation(Base):
    """Takes a certificate out of force, with the reason."""

    __tablename__ = "certificate_revocation"

    certificate_id: Mapped[int] = mapped_column(ForeignKey(Certificate.id), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]

    certificate: Mapped[Certificate] = relationship(back_populates="revocation", lazy="raise")


class BatchAct(StrEnum):
    ISSUE = "issue"
    REVOKE = "revoke"
    REDRAW = "redraw"


class BatchState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class CertificateBatch(Base):
    """One act for many people of a course, done bit by bit: it can be stopped and taken up."""

    __tablename__ = "certificate_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[BatchAct]
    course_id: Mapped[str] = mapped_column(ForeignKey(Course.id))
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[BatchState]
    turn: Mapped[int] = mapped_column(default=0)
    """Counts the jobs asked for: each works off a part and asks for the next."""
    by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BatchItem(Base):
    """One person, or one certificate, of a batch. Its act and its mark are one transaction."""

    __tablename__ = "certificate_batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id", "certificate_id"),
        CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="done_with_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(CertificateBatch.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey(Certificate.id))
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(300))
    """`done`, or why there was nothing to do."""


class PublicProfile(Base):
    """A page about a person that anybody may read who knows its address. Off until they ask."""

    __tablename__ = "public_profile"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    address: Mapped[str] = mapped_column(String(40), unique=True)
    shows_name: Mapped[bool]
    made_at: Mapped[datetime]


class PublicItem(Base):
    """A certificate that the person chose to show there."""

    __tablename__ = "public_profile_item"

    person_id: Mapped[int] = mapped_column(ForeignKey(PublicProfile.person_id), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey(Certificate.id), primary_key=True)
