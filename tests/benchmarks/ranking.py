"""One role over ten thousand people, the database included, beside reading and judging in full."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from app.core import db
from app.core.policy import SYSTEM
from app.factory import settle
from app.projects import queries as projects
from app.staffing import queries as staffing
from app.staffing.rules.matcher.problem import Slot
from app.staffing.rules.matcher.rank import Ranking, rank
from tests.benchmarks import organisation

PEOPLE, ROUNDS = 10_000, 7
FIRST_PAGE = slice(0, 15)

EXPLANATION = """
list          the list of a role as its page shows it: a glance at everybody, the facts of those who
              qualify, fifteen near misses, and how many people fail what
in full       the facts of everybody read, and everybody judged: what the list comes to
bare          the rows of those facts, fetched and not looked at
"""


def run() -> None:
    """Print what one role takes."""
    with tempfile.TemporaryDirectory(prefix="cadre-bench-") as folder:
        with organisation.found(Path(folder)).app_context():
            organisation.grow(PEOPLE)
            db.session.remove()
            settle()
            role_id = int(organisation.role().rpartition("/")[2])
            _measure(staffing.as_slot(projects.slot_for(SYSTEM, role_id)))
            db.session.remove()
    print(EXPLANATION)


def _measure(slot: Slot) -> None:
    with _noted() as sent:
        people = staffing.people_for([slot])
    whole = rank(slot, people)
    rounds = []
    for _round in range(ROUNDS):
        bare_s, rows = _timed(lambda: _fetched(sent))
        list_s, (found, _shown) = _timed(partial(staffing.ranked, slot, near=FIRST_PAGE))
        full_s, _ranking = _timed(lambda: rank(slot, staffing.people_for([slot])))
        rounds.append((list_s, full_s, bare_s))
    if (found.candidates, found.failed) != (whole.candidates, whole.failed):
        raise RuntimeError("the list is not what judging everybody comes to")
    _print(rounds, rows, found)


def _print(rounds: list[tuple[float, ...]], rows: int, found: Ranking) -> None:
    listed, full, bare = (1000 * median(times) for times in zip(*rounds, strict=True))
    print(
        f"\none role over {found.considered:,} people: {len(found.candidates)} qualify,"
        f" {found.near_total} come near, SQLite\n"
    )
    print(f"list     {listed:6.0f} ms\nin full  {full:6.0f} ms")
    print(f"bare     {bare:6.0f} ms, {rows:,} rows")


def _fetched(sent: list[tuple[str, Any]]) -> int:
    cursor = db.session.connection().connection.cursor()
    return sum(len(cursor.execute(text, values).fetchall()) for text, values in sent)


@contextmanager
def _noted() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        if text.startswith("SELECT"):
            sent.append((text, values))

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found
