"""Work for later: a ledger row written with the business act, a worker that claims it once.

The queue only wakes the worker; the ledger decides. A row is claimed by one UPDATE, so a message
sent twice does nothing twice, and a sweep sends again what a killed worker left behind. Handlers
are idempotent: after a kill they run again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import CheckConstraint, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, db

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
MOST_TRIES = 5


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(db.Base):
    """One piece of work. `key` makes the same work asked for twice one row."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        Index("ix_job_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_rounds: list[Callable[[datetime], object]] = []
_send: Callable[[int], object] | None = None


def handle(kind: str, handler: Handler) -> None:
    """Say who does the work of this kind. Wired once, in the factory."""
    _handlers[kind] = handler


def each_minute(act: Callable[[datetime], object]) -> None:
    """Have a worker do this every minute, with the instant. Wired once, in the factory."""
    if act not in _rounds:
        _rounds.append(act)


def make_rounds() -> None:
    """Do what is due every minute; one that fails does not keep the others from it."""
    for act in _rounds:
        try:
            act(clock.now())
        except Exception:
            log.exception("round_failed", act=getattr(act, "__qualname__", str(act)))
            db.session.rollback()


def send_through(send: Callable[[int], object] | None) -> None:
    """How a worker is woken for a job's id; None leaves everything to the sweep."""
    global _send
    _send = send


def enqueue(kind: str, payload: dict[str, Any], *, key: str | None = None) -> None:
    """Ask for work, in the open transaction; the worker hears of it once that is kept."""
    now = clock.now()
    values = {
        "kind": kind,
        "key": key,
        "payload": payload,
        "state": JobState.QUEUED,
        "tries": 0,
        "due_at": now,
    }
    if key is not None:
        if not db.insert_once(Job, **values):
            return
        job_id = db.session.scalars(select(Job.id).where(Job.key == key)).one()
    else:
        job = Job(**values)
        db.session.add(job)
        db.session.flush()
        job_id = job.id
    db.after_commit(lambda: _send(job_id) if _send else None)


def enqueue_again(kind: str, payload: dict[str, Any], *, key: str) -> None:
    """As `enqueue`, also where the work of this key was done, or failed, before."""
    with db.transaction() as session:
        ended = Job.state.in_((JobState.DONE, JobState.FAILED))
        fresh = {"state": JobState.QUEUED, "payload": payload, "tries": 0, "error": None}
        statement = update(Job).where(Job.key == key, ended).returning(Job.id)
        times = {"due_at": clock.now(), "finished_at": None}
        job_id = session.execute(statement.values(**fresh, **times)).scalar()
        if job_id is None:
            enqueue(kind, payload, key=key)
        else:
            db.after_commit(lambda: _send(job_id) if _send else None)


def run(job_id: int) -> bool:
    """Do a job if it is to be done and nobody else is doing it.

    Returns:
        Whether this call did it. A handler that raises leaves the job queued for later, with a
        growing delay, or failed after the last try.
    """
    claimed = _claim(job_id)
    if claimed is None:
        return False
    kind, payload, tries = claimed
    try:
        _handlers[kind](payload)
    except Exception as error:
        log.exception("job_failed", job=job_id, kind=kind, tries=tries)
        _put_back(job_id, tries, f"{type(error).__name__}: {error}")
        return False
    with db.transaction() as session:
        done = {"state": JobState.DONE, "finished_at": clock.now(), "error": None}
        session.execute(update(Job).where(Job.id == job_id).values(**done))
    return True


def _claim(job_id: int) -> tuple[str, dict[str, Any], int] | None:
    now = clock.now()
    with db.transaction() as session:
        statement = (
            update(Job)
            .where(Job.id == job_id, _due(now))
            .values(state=JobState.RUNNING, started_at=now, tries=Job.tries + 1)
            .returning(Job.kind, Job.payload, Job.tries)
        )
        row = session.execute(statement).first()
    return (row.kind, row.payload, row.tries) if row else None


def _due(now: datetime) -> Any:
    waiting = (Job.state == JobState.QUEUED) & (Job.due_at <= now)
    abandoned = (Job.state == JobState.RUNNING) & (Job.started_at < now - LEASE)
    return or_(waiting, abandoned)


def _put_back(job_id: int, tries: int, error: str) -> None:
    again = tries < MOST_TRIES
    with db.transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                state=JobState.QUEUED if again else JobState.FAILED,
                due_at=clock.now() + timedelta(seconds=10 * 4**tries),
                finished_at=None if again else clock.now(),
                error=error[:2000],
            )
        )


def due(limit: int = 100) -> list[int]:
    """Jobs that wait, or that a worker left behind, oldest first."""
    now = clock.now()
    query = select(Job.id).where(_due(now)).order_by(Job.due_at, Job.id).limit(limit)
    return list(db.session.scalars(query))


def run_due() -> int:
    """Do everything that is due; returns how many jobs were done."""
    done = 0
    db.session.rollback()
    while waiting := due():
        done += sum(run(job_id) for job_id in waiting)
        db.session.rollback()
    return done
