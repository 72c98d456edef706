"""People and how they log in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.policy import Role


class Person(Base):
    """Somebody the organisation knows. Deactivated, never deleted: records point here."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 0 AND 100", name="capacity_in_range"),
        CheckConstraint("rate_minor IS NULL OR rate_minor >= 0", name="rate_not_negative"),
        CheckConstraint("(rate_minor IS NULL) = (rate_currency IS NULL)", name="rate_is_money"),
        CheckConstraint("employed_to >= employed_from", name="employed_to_after_from"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("line_manager_id <> id", name="not_own_manager"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    """Sessions carry it; one more ends them all."""
    created_at: Mapped[datetime]
    title: Mapped[str | None] = mapped_column(String(120))
    """What they do in the organisation: project manager, scheduler."""
    unit: Mapped[str | None] = mapped_column(String(120))
    location: Mapped[str | None] = mapped_column(String(60))
    capacity: Mapped[int] = mapped_column(default=100)
    """Time they have for projects, in percent of full time."""
    rate_minor: Mapped[int | None]
    """What an hour of theirs costs, in the minor unit of `rate_currency`."""
    rate_currency: Mapped[str | None] = mapped_column(String(3))
    employed_from: Mapped[date | None]
    employed_to: Mapped[date | None]
    line_manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who may answer for their time beside themselves."""

    roles: Mapped[list[PersonRole]] = relationship(back_populates="person", lazy="raise")
    spoken: Mapped[list[SpokenLanguage]] = relationship(lazy="raise")


class PersonRole(Base):
    """A right somebody holds, until it is taken away."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="roles", lazy="raise")


class SpokenLanguage(Base):
    """A language somebody works in, as an ISO 639-1 code."""

    __tablename__ = "spoken_language"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class AccountLink(Base):
    """A link sent by mail that sets a password, once. Only its hash is kept."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class ApiToken(Base):
    """A bearer token of the JSON API. Only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedLogin(Base):
    """A wrong password, counted for the account and for the address it came from."""

    __tablename__ = "failed_login"
    __table_args__ = (Index("ix_failed_login_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300))
    """`account:<email>` or `address:<ip>`."""
    at: Mapped[datetime]
