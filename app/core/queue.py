"""The queue that wakes workers: Huey over SQLite, PostgreSQL or Redis, chosen by `JOBS_URL`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from app.core import db, jobs


def open_queue(url: str) -> Huey:
    """The queue of `url`: `sqlite:///path`, `postgresql://…` or `redis://…`."""
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme == "sqlite":
        return SqliteHuey("cadre", filename=url.removeprefix("sqlite:///"), results=False)
    if scheme == "postgresql":
        return PostgresHuey("cadre", dsn=url.replace("postgresql+psycopg:", "postgresql:"))
    if scheme in ("redis", "rediss"):
        return RedisHuey("cadre", url=url, results=False)
    raise ValueError(f"JOBS_URL: no queue of kind {scheme!r}; use sqlite, postgresql or redis")


def wake_through(queue: Huey) -> None:
    """Send the id of every new job through `queue`."""
    jobs.send_through(_task(queue))


def work(queue: Huey, threads: int = 1) -> None:
    """Work until told to stop (SIGTERM lets the running job finish)."""
    _task(queue)

    def sweep() -> None:
        try:
            jobs.make_rounds()
        finally:
            _run_due()

    queue.periodic_task(crontab(minute="*"), name="sweep")(sweep)
    _run_due()
    Consumer(queue, workers=threads, periodic=True, initial_delay=0.05, max_delay=1.0).run()


def _run_due() -> None:
    try:
        jobs.run_due()
    finally:
        db.session.remove()


def _task(queue: Huey) -> Callable[[int], object]:
    def run_job(job_id: int) -> None:
        try:
            jobs.run(job_id)
        finally:
            db.session.remove()

    task: Callable[[int], object] = queue.task(name="run_job")(run_job)
    return task
