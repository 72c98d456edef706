"""Certificates, drawn and signed: `./cadre bench certificates`.

One certificate against WeasyPrint alone, asked in turn; then a cohort, issued by a batch as the
PMO asks for it.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import func, select

from app.core import clock, db, i18n, jobs, migrations
from app.core.pdf import _closed_fetcher
from app.core.policy import Role
from app.credentials import queries
from app.credentials.batches import services as batches
from app.credentials.batches.services import Wanted
from app.credentials.drawing import child, designs, sheet
from app.credentials.issuer import Issuer, press
from app.credentials.models import BatchAct, Certificate, CertificateDrawing
from app.factory import create_app
from config import read_settings
from tests.cast import actor_of, make_person
from tests.credentials.test_services import TERMS, certificates, passed
from tests.learning.courses import make_course, publish

ROUNDS, COHORT = 25, 100
MOST = 1.5

EXPLANATION = """
bare ms      WeasyPrint alone, in this process, on the very HTML and files of the certificate: no
             tags, no archive, no attachment, no signature
ours ms      the certificate as it is kept: credential made and signed, sheet drawn as PDF/A-3a and
             PDF/UA-1 in its own process, PDF signed
ratio        ours over bare of each round, the median: compare this one between machines
cohort       a batch that issues, with every row, job and PDF kept; one worker
a minute     certificates kept in a minute; and how many WeasyPrint alone would draw on one core
MiB          the most memory that the worker held, and the process that draws
"""


def run(cohort: int = COHORT) -> int:
    with tempfile.TemporaryDirectory(prefix="cadre-bench-") as folder:
        app = _found(Path(folder))
        _pass(1)
        first = _issue(app)
        ratio, bare = _one(app.config["ISSUER"], first)
        _cohort(cohort, bare)
        press().close()
        db.session.remove()
    print(EXPLANATION)
    kept = ratio <= MOST
    print(f"One certificate takes {ratio:.2f} times WeasyPrint alone (at most {MOST}):", end=" ")
    print("kept." if kept else "NOT KEPT.")
    return 0 if kept else 1


def _found(folder: Path) -> Flask:
    app = create_app(read_settings({"CADRE_ENV": "test", "CADRE_DATA": str(folder)}))
    migrations.upgrade()
    publish(make_course(certificate=TERMS))
    make_person("Grace Hopper", Role.PMO)
    return app


def _pass(count: int) -> None:
    for number in range(count):
        name = f"Learner{time.monotonic_ns()} of the cohort, number {number}"
        passed(make_person(name), clock.now() - timedelta(days=1))


def _issue(app: Flask) -> Certificate:
    _ask()
    jobs.run_due()
    return queries.certificate(certificates()[0].serial)


def _ask() -> None:
    grace = db.session.scalars(select(_person()).where(_person().name == "Grace Hopper")).one()
    wanted = Wanted(BatchAct.ISSUE, "risk", None, frozenset())
    batches.ask(wanted, by=actor_of(grace, Role.PMO))


def _person() -> type:
    from app.accounts.models import Person

    return Person


def _one(issuer: Issuer, certificate: Certificate) -> tuple[float, float]:
    with i18n.speaking(certificate.language):
        words = issuer.words(certificate, demo=True)
        order = sheet.order(designs.design(issuer.courses, None), words, None, clock.now())
    html = child._page(order)

    def bare() -> None:
        from weasyprint import HTML

        missing: list[str] = []
        fetcher = _closed_fetcher(order.assets, missing)
        HTML(string=html, base_url="asset:", url_fetcher=fetcher).write_pdf()

    def ours() -> None:
        issuer.drawn(certificate)

    for _ in range(3):
        bare(), ours()
    times = [(_seconds(bare), _seconds(ours)) for _ in range(ROUNDS)]
    ratio = median(mine / floor for floor, mine in times)
    floor, mine = median(one for one, _ in times), median(one for _, one in times)
    print("one           bare ms  ours ms  ratio")
    print("-----------  --------  -------  -----")
    print(f"certificate  {floor * 1000:8.0f}  {mine * 1000:7.0f}  {ratio:5.2f}\n", flush=True)
    return ratio, floor


def _seconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _cohort(count: int, bare: float) -> None:
    _pass(count)
    begun = time.perf_counter()
    _ask()
    jobs.run_due()
    minutes = (time.perf_counter() - begun) / 60
    drawn = db.session.scalar(select(func.count()).select_from(CertificateDrawing)) or 0
    assert drawn == count + 1, f"{drawn} drawings for {count + 1} people"
    worker = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    press().close()
    drawer = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print("cohort   a minute  bare a minute  worker MiB  drawer MiB")
    print("-------  --------  -------------  ----------  ----------")
    print(f"{count:7,}  {count / minutes:8.0f}  {60 / bare:13.0f}  {worker:10.0f}  {drawer:10.0f}")
