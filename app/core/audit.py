"""The audit trail: one row for an act that somebody may ask about later. Only ever added to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, db
from app.core.policy import Actor


class AuditEntry(db.Base):
    """Who did what to what, and when. `actor_id` is no foreign key: the trail outlives people."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_target", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    verb: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]]


@contextmanager
def act(by: Actor, verb: str, target: str, **details: Any) -> Iterator[Session]:
    """A transaction with its audit row.

    Args:
        verb: what is done, as `booking.confirm`.
        target: what it is done to, as `booking:12`; where the act makes it, use `record`.
        details: plain JSON values; no secrets, no answers, no reasons of absence.
    """
    with db.transaction() as session:
        record(by, verb, target, **details)
        yield session


def record(by: Actor, verb: str, target: str, **details: Any) -> None:
    """Add the audit row of an act whose transaction is open."""
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=by.person_id,
            actor_name=by.name,
            verb=verb,
            target=target,
            details=details,
        )
    )


def count(by: Actor, verb: str, target: str, *, since: datetime) -> int:
    """How often an actor did something to a target since an instant."""
    query = select(func.count()).where(
        AuditEntry.target == target,
        AuditEntry.verb == verb,
        AuditEntry.actor_id == by.person_id,
        AuditEntry.at >= since,
    )
    return db.session.scalar(query) or 0
