"""Many at once: each exactly once, whether it is stopped, taken up again, or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.jobs import Job, JobState
from app.core.policy import Actor, Role
from app.credentials import queries as certificate_queries
from app.credentials.batches import queries, services
from app.credentials.batches.services import Wanted
from app.credentials.issuer import Issuer
from app.credentials.models import (
    BatchAct,
    BatchState,
    Certificate,
    CertificateDrawing,
    CertificateRevocation,
)
from tests.cast import PASSWORD, actor_of, make_person
from tests.credentials.test_services import TERMS, certificates, issue, passed
from tests.learning.courses import make_course, publish
from tests.visitor import Visitor

ROOT = Path(__file__).parents[2]
ISSUE = Wanted(BatchAct.ISSUE, "risk", None, frozenset())


@pytest.fixture
def pmo(app: Flask) -> Actor:
    publish(make_course(certificate=TERMS))
    return actor_of(make_person("Grace Hopper", Role.PMO), Role.PMO)


def make_cohort(count: int) -> list[Person]:
    """People who passed before the course had a certificate."""
    people = [make_person(f"Person{number} Example") for number in range(count)]
    for person in people:
        passed(person, clock.now() - timedelta(days=3))
    return people


def count(model: type[db.Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_cohort_is_issued_each_once_and_drawn(pmo: Actor):
    make_cohort(3)
    make_person("Never Passed")
    batch = services.ask(ISSUE, by=pmo)
    jobs.run_due()

    assert queries.batch(batch.id).state is BatchState.DONE
    assert queries.progress([batch.id])[batch.id] == queries.Progress(3, 3, 3, 3)
    assert count(Certificate) == count(CertificateDrawing) == 3


def test_whoever_holds_one_is_not_in_it_and_nobody_at_all_is_refused(pmo: Actor):
    issue(passed(make_person("Ada Lovelace"), clock.now()))
    with pytest.raises(Invalid, match="nobody"):
        services.ask(ISSUE, by=pmo)


def test_it_can_be_for_some_people_only(pmo: Actor):
    make_cohort(3)
    text = "Person1@Example.com; <person2@example.com>,\nnonsense"
    some = Wanted(BatchAct.ISSUE, "risk", None, services.emails_in(text))
    services.ask(some, by=pmo)
    jobs.run_due()
    names = {one.name_on_it for one in certificates()}
    assert names == {"Person1 Example", "Person2 Example"}


def test_what_cannot_be_done_is_told_and_does_not_hold_up_the_rest(pmo: Actor):
    first, _second = make_cohort(2)
    with db.transaction() as session:
        session.get(Person, first.id).name = "Ada 𒀀"
    batch = services.ask(ISSUE, by=pmo)
    jobs.run_due()
    again = services.ask(Wanted(BatchAct.REDRAW, "risk", None, frozenset()), by=pmo)
    jobs.run_due()

    assert queries.progress([batch.id])[batch.id].changed == 2
    assert queries.progress([again.id])[again.id].changed == 1
    (left,) = queries.left_out(again.id)
    assert "U+12000" in left.outcome


def test_a_cohort_is_revoked_with_a_reason(pmo: Actor):
    make_cohort(2)
    services.ask(ISSUE, by=pmo)
    jobs.run_due()
    with pytest.raises(Invalid, match="Say why"):
        services.ask(Wanted(BatchAct.REVOKE, "risk", None, frozenset()), by=pmo)
    services.ask(Wanted(BatchAct.REVOKE, "risk", "The exam leaked", frozenset()), by=pmo)
    jobs.run_due()

    reasons = db.session.scalars(select(CertificateRevocation.reason)).all()
    assert reasons == ["The exam leaked"] * 2


def test_a_cohort_is_drawn_again_and_the_copies_from_before_still_verify(app: Flask, pmo: Actor):
    issuer: Issuer = app.config["ISSUER"]
    make_cohort(1)
    services.ask(ISSUE, by=pmo)
    jobs.run_due()
    before = certificate_queries.drawing(certificates()[0].id)
    assert before is not None
    old, old_hash = before.pdf, before.sha256
    services.ask(Wanted(BatchAct.REDRAW, "risk", None, frozenset()), by=pmo)
    jobs.run_due()

    from app.credentials.verification import Answer, Verifier

    now = db.session.scalars(select(CertificateDrawing.sha256)).one()
    assert now != old_hash
    verifier = Verifier(issuer.base_url, issuer.ring)
    assert verifier.examine(old, clock.today()).answer is Answer.IN_FORCE


def test_it_rests_when_it_is_stopped_and_goes_on_where_it_was(
    pmo: Actor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "PART", 2)
    make_cohort(5)
    batch = services.ask(ISSUE, by=pmo)
    (first,) = [job for job in jobs.due() if _is_batch(job)]
    jobs.run(first)
    services.stop(batch.id, by=pmo)
    with pytest.raises(Conflict):
        services.stop(batch.id, by=pmo)
    jobs.run_due()
    rested = queries.progress([batch.id])[batch.id].done
    services.resume(batch.id, by=pmo)
    jobs.run_due()

    assert rested == 2
    assert queries.progress([batch.id])[batch.id].done == 5
    assert count(Certificate) == 5


def _is_batch(job_id: int) -> bool:
    return db.session.scalars(select(Job.kind).where(Job.id == job_id)).one() == services.WORK


def test_two_workers_at_the_same_batch_do_nothing_twice(app: Flask, pmo: Actor):
    issuer: Issuer = app.config["ISSUER"]
    make_cohort(6)
    batch = services.ask(ISSUE, by=pmo)
    batch_id = batch.id

    def work(_number: int) -> None:
        try:
            services.work(batch_id, issuer.drawn)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert count(Certificate) == 6
    assert queries.batch(batch_id).state is BatchState.DONE


def test_fifty_who_ask_for_one_drawing_get_one_row_and_one_file(app: Flask, pmo: Actor):
    issue(passed(make_person("Ada Lovelace"), clock.now()))
    serial = certificates()[0].serial

    def ask(_number: int) -> None:
        from app.credentials import services as acts

        try:
            acts.ask_for_drawing(serial)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(50)))
    drawn = app.config["ISSUER"].drawn(certificate_queries.certificate(serial))

    def keep(_number: int) -> None:
        from app.credentials import services as acts

        try:
            acts.keep_drawing(serial, drawn)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(50)))
    asked = select(func.count()).select_from(Job).where(Job.kind == "certificate.draw")
    assert db.session.scalar(asked) == 1
    jobs.run_due()
    assert count(CertificateDrawing) == 1


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    made = Worker(app)
    yield made
    made.kill()


class Worker:
    """A worker of its own process over the same database, keys and queue."""

    def __init__(self, app: Flask) -> None:
        settings = app.config["SETTINGS"]
        self._environment = {
            **os.environ,
            "CADRE_ENV": "development",
            "CADRE_DATA": str(settings.data),
            "DATABASE_URL": settings.database_url,
            "JOBS_URL": f"sqlite:///{settings.data}/worker-jobs.db",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


def wait_for_certificates(number: int) -> None:
    for _ in range(400):
        db.session.rollback()
        if count(CertificateDrawing) >= number:
            return
        time.sleep(0.1)
    raise AssertionError("the worker did not get that far")


def test_killed_in_the_middle_it_is_taken_up_and_each_is_there_once(
    app: Flask, pmo: Actor, worker: Worker, monkeypatch: pytest.MonkeyPatch
):
    make_cohort(8)
    services.ask(ISSUE, by=pmo)
    for drawn in (1, 4):
        worker.start()
        wait_for_certificates(drawn)
        worker.kill()
        with db.transaction() as session:  # as if its lease had run out
            long_ago = clock.now() - timedelta(hours=1)
            running = Job.state == JobState.RUNNING
            session.execute(update(Job).where(running).values(started_at=long_ago))
    jobs.run_due()

    assert count(Certificate) == count(CertificateDrawing) == 8
    holders = db.session.scalars(select(Certificate.person_id)).all()
    assert len(set(holders)) == 8
    assert {job.state for job in db.session.scalars(select(Job))} == {JobState.DONE}


# --- Pages -----------------------------------------------------------------------------------


def test_the_pmo_asks_watches_stops_and_resumes(visitor: Visitor, pmo: Actor):
    make_cohort(2)
    visitor.log_in("grace@example.com", PASSWORD)
    visitor.open("/certificates/batches")
    nothing = visitor.send("/certificates/batches", act="revoke", course="risk", reason="")
    begun = visitor.send("/certificates/batches", act="issue", course="risk")
    page = visitor.open(begun.location)
    stopped = visitor.send(f"{begun.location}/stop")
    again = visitor.send(f"{begun.location}/stop")
    visitor.send(f"{begun.location}/resumption")
    jobs.run_due()
    done = visitor.open(begun.location)

    assert (nothing.status, begun.status, stopped.status, again.status) == (422, 302, 302, 409)
    assert "0 of 2" in page.text
    assert "2 of 2" in done.text
    assert "Issue certificates" in visitor.open("/certificates/batches").text


def test_nobody_else_does(pmo: Actor):
    with pytest.raises(NotAllowed):
        services.ask(ISSUE, by=actor_of(make_person("Eve Stranger")))
