"""What the administration looks at: the audit trail, jobs, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.accounts.models import Person
from app.core import db
from app.core.audit import AuditEntry
from app.core.jobs import Job, JobState

PAGE = 50


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit trail, newest first; `older` is the id to go on from."""

    entries: Sequence[AuditEntry]
    older: int | None


def trail(text: str, before: int | None) -> Trail:
    """Audit rows whose act, target or actor holds `text`, older than the row `before`."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if text.strip():
        columns = (AuditEntry.verb, AuditEntry.target, AuditEntry.actor_name)
        query = query.where(
            or_(*(column.icontains(text.strip(), autoescape=True) for column in columns))
        )
    entries = db.session.scalars(query).all()
    more = len(entries) > PAGE
    return Trail(entries[:PAGE], entries[PAGE - 1].id if more else None)


def jobs(limit: int = 100) -> Sequence[Job]:
    """The newest jobs; payloads are not for reading."""
    return db.session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)).all()


def jobs_by_state() -> dict[JobState, int]:
    rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {row.state: row[1] for row in rows}


def active_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.active)) or 0
