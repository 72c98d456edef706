"""Levels of ten thousand people in thirty-five competencies: `./cadre bench claims`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from app.accounts.models import Person
from app.authoring.frameworks import Element, ElementGroup, Framework
from app.competence import queries, services
from app.competence.models import Evidence, EvidenceWithdrawal
from app.competence.rules import EvidenceKind
from app.core import db, migrations
from app.core.policy import SYSTEM
from app.core.values import Period
from app.factory import create_app
from config import read_settings

PEOPLE, ELEMENTS, ROUNDS = 10_000, 35, 5
PERIOD = Period(date(2027, 3, 1), date(2027, 8, 31))
MOST = 2.0

EXPLANATION = """
reading      the time unit: every piece of evidence read with the bare driver of SQLite, and for
             each person and competency the highest level kept in a dictionary, whatever its dates
levels       the level of everybody in everything on every day of half a year, folded
fold         the same by the pure function, with what carries it: one round
ratio        levels over reading of each round, the median: compare this one between machines
"""


def run() -> int:
    with tempfile.TemporaryDirectory(prefix="cadre-bench-") as folder:
        settings = read_settings({"CADRE_DATA": folder, "LOG_LEVEL": "WARNING"})
        with create_app(settings).app_context():
            migrations.upgrade()
            pieces = _fill(Random(7))
            ratio = _measure(pieces)
            db.session.remove()
    print(EXPLANATION)
    kept = ratio <= MOST
    print(
        f"Folding takes {ratio:.2f} times the reading (at most {MOST:g}):"
        f" {'kept' if kept else 'NOT KEPT'}."
    )
    return 0 if kept else 1


def _measure(pieces: int) -> float:
    levels: dict[int, dict[str, int]] = {}
    pairs = []
    for _round in range(ROUNDS):
        reading, _read = _timed(_read_barely)
        folding, levels = _timed(lambda: queries.levels_throughout(PERIOD))
        pairs.append((folding, reading))
    pure, claims = _timed(lambda: queries.claims_throughout(None, PERIOD))
    folded = {
        person: {code: claim.level for code, claim in of.items() if claim.level}
        for person, of in claims.items()
    }
    if {p: of for p, of in levels.items() if of} != {p: of for p, of in folded.items() if of}:
        raise RuntimeError("the two ways give different levels")
    ratio = median(one / unit for one, unit in pairs)
    print(f"{PEOPLE} people, {ELEMENTS} competencies, {pieces} pieces of evidence, SQLite\n")
    print(f"reading  {1000 * median(unit for _one, unit in pairs):7.0f} ms")
    print(f"levels   {1000 * median(one for one, _unit in pairs):7.0f} ms   ratio {ratio:.2f}")
    print(f"fold     {1000 * pure:7.0f} ms   ratio {pure / pairs[-1][1]:.2f}")
    return ratio


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found


def _read_barely() -> dict[tuple[int, str], int]:
    highest: dict[tuple[int, str], int] = {}
    driver = db.engine().raw_connection()
    try:
        rows = driver.cursor().execute(
            "SELECT person_id, competency_code, kind, level, valid_from, valid_to FROM evidence"
        )
        for person, code, _kind, level, _first, _last in rows:
            if level > highest.get((person, code), 0):
                highest[person, code] = level
    finally:
        driver.close()
    return highest


# --- The organisation -----------------------------------------------------------------------


def _fill(random: Random) -> int:
    """One piece for each person and competency, for a quarter of them a second, some withdrawn."""
    names = ("Aware", "Practised", "Competent", "Proficient", "Expert")
    codes = [f"element-{number}" for number in range(ELEMENTS)]
    elements = tuple(Element(code, code, code, names) for code in codes)
    framework = Framework(
        "bench", "1", "Benchmark", "en", names, (ElementGroup("all", "All", elements),)
    )
    services.publish_framework(framework, by=SYSTEM)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    with db.transaction() as session:
        people = [
            {"email": f"p{n}@example.com", "name": f"Person {n}", "created_at": at}
            for n in range(PEOPLE)
        ]
        session.execute(insert(Person), people)
        ids = list(session.scalars(select(Person.id)))
        rows = list(_pieces(ids, codes, at, random))
        session.execute(insert(Evidence), rows)
        taken = random.sample(list(session.scalars(select(Evidence.id))), len(rows) // 100)
        withdrawn = [{"evidence_id": one, "reason": "Mistake", "at": at} for one in taken]
        session.execute(insert(EvidenceWithdrawal), withdrawn)
    return len(rows)


def _pieces(
    ids: list[int], codes: list[str], at: datetime, random: Random
) -> Iterator[dict[str, Any]]:
    kinds = [kind for kind in EvidenceKind for _n in range(1 if kind is _SAID else 6)]
    for person in ids:
        for code in codes:
            for number in range(1 + (random.random() < 0.25)):
                first = date(2025, 1, 1) + timedelta(days=random.randrange(900))
                last = first + timedelta(days=random.randrange(30, 1100))
                yield {
                    "person_id": person,
                    "competency_code": code,
                    "kind": random.choice(kinds),
                    "level": random.randrange(1, 6),
                    "valid_from": first,
                    "valid_to": last if random.random() < 0.8 else None,
                    "source_key": f"{person}/{code}/{number}",
                    "title": "Benchmark",
                    "recorded_at": at,
                }


_SAID = EvidenceKind.SELF_RATED
