"""Frameworks, evidence and certifications of others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.authoring.frameworks import Policy, Relation
from app.competence.rules import EvidenceKind
from app.core.db import Base


class Framework(Base):
    """A published set of competencies, such as `pm-core`."""

    __tablename__ = "framework"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]


class Competency(Base):
    """An element of a framework. Left out of a new version it is `retired`, never deleted."""

    __tablename__ = "competency"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    framework_code: Mapped[str] = mapped_column(ForeignKey(Framework.code), index=True)
    group_code: Mapped[str] = mapped_column(String(64))
    group_title: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    levels: Mapped[dict[str, Any]]
    """What each level looks like: {"1": text, … "5": text}."""
    position: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)


class FrameworkTerms(Base):
    """How evidence of a framework counts."""

    __tablename__ = "framework_terms"
    __table_args__ = (CheckConstraint("ceiling BETWEEN 1 AND 5", name="ceiling_in_range"),)

    framework_code: Mapped[str] = mapped_column(ForeignKey(Framework.code), primary_key=True)
    policy: Mapped[Policy]
    half_life: Mapped[str | None] = mapped_column(String(20))
    """A duration such as `2 years`; None keeps a level whole."""
    four_eyes: Mapped[bool]
    ceiling: Mapped[int | None]
    """The highest level that an exam or a word alone shows."""


class FrameworkVersion(Base):
    """A framework as it was published once. Only ever added to."""

    __tablename__ = "framework_version"

    framework_code: Mapped[str] = mapped_column(ForeignKey(Framework.code), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    published_at: Mapped[datetime]


class CrosswalkLink(Base):
    """Says that one element is the same as another, broader, or narrower."""

    __tablename__ = "crosswalk_link"
    __table_args__ = (
        UniqueConstraint("source_code", "target_code"),
        CheckConstraint("source_code <> target_code", name="leads_elsewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_code: Mapped[str] = mapped_column(ForeignKey(Competency.code))
    target_code: Mapped[str] = mapped_column(ForeignKey(Competency.code))
    relation: Mapped[Relation]
    levels: Mapped[dict[str, Any]]
    """Which level of the target each level of the source is; empty where the scales are alike."""


class RoleProfile(Base):
    """What a kind of role asks for. Left out of the file it is `retired`."""

    __tablename__ = "role_profile"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)

    needs: Mapped[list[RoleProfileNeed]] = relationship(
        back_populates="profile", order_by="RoleProfileNeed.position", lazy="raise"
    )


class RoleProfileNeed(Base):
    """A competency that a role profile asks for, and its level."""

    __tablename__ = "role_profile_need"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),)

    profile_code: Mapped[str] = mapped_column(ForeignKey(RoleProfile.code), primary_key=True)
    competency_code: Mapped[str] = mapped_column(ForeignKey(Competency.code), primary_key=True)
    level: Mapped[int]
    position: Mapped[int]

    profile: Mapped[RoleProfile] = relationship(back_populates="needs", lazy="raise")


class Goal(Base):
    """A level that somebody wants to reach. Their own wish: it may go as it came."""

    __tablename__ = "goal"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),)

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    competency_code: Mapped[str] = mapped_column(ForeignKey(Competency.code), primary_key=True)
    level: Mapped[int]
    set_at: Mapped[datetime]

    competency: Mapped[Competency] = relationship(lazy="raise")


class CertificationType(Base):
    """A certification of others that Cadre records: PRINCE2 Foundation, PMP."""

    __tablename__ = "certification_type"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    valid_for: Mapped[str | None] = mapped_column(String(20))
    """A duration such as `3 years`; None never lapses."""
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(500))
    renewal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Its window, grace and ways of renewal: see `certifications.rules.terms_of`."""


class Evidence(Base):
    """Something that shows a level in a competency for a while. Added, never changed.

    `source_key` says what it came from (`attempt:12/risk-management`), so that it is recorded once.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
        CheckConstraint("valid_to >= valid_from", name="valid_to_after_from"),
        Index("ix_evidence_person_competency", "person_id", "competency_code"),
        Index(
            "ix_evidence_at_a_glance",
            *("competency_code", "person_id", "level", "valid_from", "valid_to", "kind"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    competency_code: Mapped[str] = mapped_column(ForeignKey(Competency.code))
    kind: Mapped[EvidenceKind]
    level: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day it holds; None holds for good."""
    source_key: Mapped[str] = mapped_column(String(160), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    """What a reader sees: the quiz, the assessor, the project."""
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]

    competency: Mapped[Competency] = relationship(lazy="raise")
    recorded_by: Mapped[Person | None] = relationship(foreign_keys=[recorded_by_id], lazy="raise")
    withdrawal: Mapped[EvidenceWithdrawal | None] = relationship(
        back_populates="evidence", lazy="raise"
    )


class EvidenceWithdrawal(Base):
    """Takes a piece of evidence back, with the reason. The evidence stays readable."""

    __tablename__ = "evidence_withdrawal"

    evidence_id: Mapped[int] = mapped_column(ForeignKey(Evidence.id), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship(back_populates="withdrawal", lazy="raise")


class Holding(Base):
    """A certification somebody holds. A renewal is a new row; a mistake is withdrawn."""

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("expires_on >= issued_on", name="expires_after_issued"),
        Index("ix_holding_person_certification", "person_id", "certification_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    certification_code: Mapped[str] = mapped_column(ForeignKey(CertificationType.code), index=True)
    number: Mapped[str] = mapped_column(String(80))
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    """The last day it holds; None never lapses."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    certification: Mapped[CertificationType] = relationship(lazy="raise")
