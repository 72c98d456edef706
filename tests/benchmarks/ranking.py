"""One role over ten thousand people, the database included, beside a bare read of the same rows."""

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

EXPLANATION = """
read          everything that the matcher knows of everybody, from the database
rank          every reason of everybody, and the order of those who qualify
bare          the rows of the same statements, fetched and not looked at: the floor
ratio         read and rank together over bare, of each round, the median
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
    rows = 0
    rounds = []
    for _round in range(ROUNDS):
        bare_s, rows = _timed(lambda: _fetched(sent))
        read_s, people = _timed(lambda: staffing.people_for([slot]))
        rank_s, found = _timed(partial(rank, slot, people))
        rounds.append((bare_s, read_s, rank_s))
    _print(rounds, rows, len(sent), found)


def _print(rounds: list[tuple[float, ...]], rows: int, statements: int, found: Ranking) -> None:
    bare, read, ranked = (1000 * median(times) for times in zip(*rounds, strict=True))
    ratio = median((read_s + rank_s) / bare_s for bare_s, read_s, rank_s in rounds)
    print(
        f"\none role over {found.considered:,} people: {len(found.candidates)} qualify,"
        f" {len(found.near)} come near; {rows:,} rows in {statements} statements, SQLite\n"
    )
    print(f"read  {read:6.0f} ms\nrank  {ranked:6.0f} ms\nbare  {bare:6.0f} ms   ratio {ratio:.2f}")


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
