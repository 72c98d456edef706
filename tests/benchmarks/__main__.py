"""Runs the benchmarks and prints the table: `./cadre bench [--postgresql] [WHAT]`."""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.admin.demo.loader import PASSWORD
from app.factory import settle
from tests.benchmarks import certificates, claims, organisation, staffing
from tests.benchmarks.floor import create_floor
from tests.benchmarks.measure import Act, Client, Measured, measure, nothing, serve
from tests.cluster import Cluster

SMALL, LARGE = 67, 2000
"""The demo organisation's sixty, with the seven who have a password; and a large one."""
LESSON_STATEMENTS, LESSON_RATIO = 4, 2.0

OTHERS: dict[str, Callable[[], int]] = {
    "certificates": certificates.run,
    "claims": claims.run,
    "staffing": staffing.run,
}
"""Benchmarks that are asked for by name: `./cadre bench staffing`."""

EXPLANATION = """
page        what is asked for, logged in, on one kept-alive connection to the server of ./cadre run
people      how many people the organisation has: the demo's, or copies of them up to this number
ms          from asking until the last byte has come, the median of all rounds
floor ms    the same for the floor, asked in turn with the page: on the same server and database,
            one Flask view with one query and a template of as many bytes that fills in a value on
            each line; for what is saved, begun and handed in, one row locked and written in one
            transaction
ratio       ms over floor ms of each round, the median: compare this one between machines
SQL         statements that one request sends, finding out who asks included
KiB         size of the answer
memory KiB  what one request holds at its peak, beside what the server held before
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    page: str
    people: int
    size: int
    measured: Measured


def main() -> int:
    parser = argparse.ArgumentParser(prog="./cadre bench", description="Benchmarks.")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, else on SQLite")
    parser.add_argument("what", nargs="?", default="pages", choices=["pages", *OTHERS])
    given = parser.parse_args()
    if given.what in OTHERS:
        return OTHERS[given.what]()
    on_postgres = given.postgresql
    with tempfile.TemporaryDirectory(prefix="cadre-bench-") as folder:
        with _database(on_postgres) as url:
            app = organisation.found(Path(folder), url)
            database = "PostgreSQL" if on_postgres else "SQLite"
            print(f"{database}, Python {platform.python_version()}, {platform.machine()}\n")
            lines = list(_lines(app))
    print(EXPLANATION)
    return _verdict(lines[0].measured)


@contextmanager
def _database(on_postgres: bool) -> Iterator[str]:
    if not on_postgres:
        yield ""
        return
    cluster = Cluster()
    cluster.start()
    try:
        yield f"{cluster.url}/postgres"
    finally:
        cluster.stop()


def _lines(app: Flask) -> Iterator[Line]:
    port, floor = serve(app), Client(serve(create_floor()))
    with app.app_context():
        lesson, role = organisation.lesson(), organisation.role()
        attempt_id = organisation.attempt()
        number, answer = organisation.answers(attempt_id)
    learner, second, pmo = (Client(port) for _ in range(3))
    for client, name in ((learner, "learner"), (second, "learner2"), (pmo, "pmo")):
        client.log_in(f"{name}@example.com", PASSWORD)
    attempt, turns = f"/attempts/{attempt_id}", itertools.count(1)
    save = f"/api/v1{attempt}/answers/{number}"

    def saved() -> bytes:
        return second.put(save, answer(next(turns)))

    def floor_saved() -> bytes:
        return floor.put("/save", {"sequence": next(turns)})

    begun: list[int] = []

    def begin() -> bytes:
        answered = second.post(f"/api/v1/quizzes/{organisation.CHECKPOINT}/attempts", 201)
        begun.append(json.loads(answered)["id"])
        return answered

    def hand_in() -> bytes:
        return second.post(f"/api/v1/attempts/{begun.pop()}/submission", 200)

    def end_what_runs() -> None:
        while begun:
            hand_in()

    settle()
    _print_head()
    yield _page("lesson", SMALL, learner, lesson, floor)
    yield _page("home", SMALL, learner, "/", floor)
    yield _page("home of the PMO", SMALL, pmo, "/", floor)
    yield _page("catalogue", SMALL, learner, "/courses", floor)
    yield _page("attempt", SMALL, second, attempt, floor)
    yield _line("quiz save", SMALL, saved, floor_saved)
    yield _line("start", SMALL, begin, floor_saved, end_what_runs)
    end_what_runs()
    yield _line("submit", SMALL, hand_in, floor_saved, begin)
    yield _page("role", SMALL, pmo, role, floor)
    with app.app_context():
        organisation.grow(LARGE)
    yield _page("role", LARGE, pmo, role, floor)
    yield _page("people by week", LARGE, pmo, "/staffing?order=free", floor)
    yield _page("capacity", LARGE, pmo, "/staffing/capacity", floor)
    yield _page("watch", LARGE, pmo, "/staffing/watch", floor)


def _page(name: str, people: int, client: Client, address: str, floor: Client) -> Line:
    size = len(client.get(address))
    return _line(name, people, lambda: client.get(address), lambda: floor.get(f"/page?size={size}"))


def _line(name: str, people: int, page: Act, floor: Act, prepare: Act = nothing) -> Line:
    prepare()
    answer = page()
    assert isinstance(answer, bytes)
    line = Line(name, people, len(answer), measure(page, floor, prepare))
    _print(line)
    return line


# --- Printing -------------------------------------------------------------------------------


def _print_head() -> None:
    print("page              people       ms  floor ms   ratio   SQL    KiB  memory KiB")
    print("---------------  -------  -------  --------  ------  ----  -----  ----------")


def _print(line: Line) -> None:
    one = line.measured
    print(
        f"{line.page:15}  {line.people:7}  {one.milliseconds:7.2f}  {one.floor_milliseconds:8.2f}"
        f"  {one.ratio:6.2f}  {one.statements:4}  {line.size / 1024:5.1f}"
        f"  {one.memory / 1024:10.0f}",
        flush=True,
    )


def _verdict(lesson: Measured) -> int:
    """Say whether the lesson page keeps to what is promised of it."""
    kept = lesson.statements <= LESSON_STATEMENTS and lesson.ratio <= LESSON_RATIO
    print(
        f"The lesson page sends {lesson.statements} statements (at most {LESSON_STATEMENTS}) and"
        f" takes {lesson.ratio:.2f} times the floor (at most {LESSON_RATIO:g}):"
        f" {'kept' if kept else 'NOT KEPT'}."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
