"""Jobs are done once, again after a failure, and by somebody else after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.core import db, jobs
from app.core.jobs import Job, JobState

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def done(app: Flask) -> Iterator[list[Any]]:
    """What the handler of `test.note` was given, in order."""
    noted: list[Any] = []

    def note(payload: dict[str, Any]) -> None:
        if payload.get("fails"):
            raise ValueError("not today")
        noted.append(payload["word"])

    jobs.handle("test.note", note)
    yield noted
    jobs._handlers.pop("test.note")


def ask(word: str, **more: Any) -> None:
    with db.transaction():
        jobs.enqueue("test.note", {"word": word, **more}, key=more.pop("key", None))


def state() -> tuple[JobState, int]:
    db.session.rollback()
    job = db.session.scalars(select(Job).execution_options(populate_existing=True)).one()
    return job.state, job.tries


def test_a_job_is_done_once(done: list[Any]):
    ask("one")
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert (done, state()) == (["one"], (JobState.DONE, 1))


def test_the_same_work_asked_for_twice_is_one_job(done: list[Any]):
    with db.transaction():
        jobs.enqueue("test.note", {"word": "draw"}, key="draw:1")
        jobs.enqueue("test.note", {"word": "draw"}, key="draw:1")
    jobs.run_due()
    assert done == ["draw"]


def test_a_job_of_an_act_that_was_undone_never_runs(done: list[Any]):
    with pytest.raises(ZeroDivisionError), db.transaction():
        jobs.enqueue("test.note", {"word": "never"})
        raise ZeroDivisionError
    assert jobs.run_due() == 0
    assert done == []


def test_the_worker_is_woken_after_the_commit_only(done: list[Any]):
    woken: list[int] = []
    jobs.send_through(woken.append)
    with db.transaction():
        jobs.enqueue("test.note", {"word": "one"})
        assert woken == []
    assert len(woken) == 1


def test_one_message_sent_to_four_workers_is_worked_on_once(done: list[Any]):
    ask("one")
    (job_id,) = jobs.due()
    db.session.rollback()

    def work(_turn: int) -> bool:
        try:
            return jobs.run(job_id)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))

    assert (sorted(results), done) == ([False, False, False, True], ["one"])


def test_a_job_that_fails_is_tried_again_later_and_given_up_in_the_end(done: list[Any]):
    with time_machine.travel(NOW, tick=False) as clock:
        ask("broken", fails=True)
        tries = 0
        while state()[0] is JobState.QUEUED:
            jobs.run_due()
            tries += 1
            clock.shift(timedelta(hours=12))
    job = db.session.scalars(select(Job)).one()
    assert (tries, job.state, job.error) == (5, JobState.FAILED, "ValueError: not today")


def test_a_job_whose_worker_was_killed_is_taken_up_after_its_lease(done: list[Any]):
    with time_machine.travel(NOW, tick=False) as clock:
        ask("left behind")
        with db.transaction() as session:
            running = {"state": JobState.RUNNING, "started_at": NOW, "tries": 1}
            session.execute(update(Job).values(**running))
        assert jobs.run_due() == 0
        clock.shift(jobs.LEASE + timedelta(seconds=1))
        assert jobs.run_due() == 1
    assert done == ["left behind"]
