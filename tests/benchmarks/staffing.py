"""Planning at scale: `./cadre bench staffing`. Organisations and portfolios from a fixed seed."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from app.staffing.rules.matcher.rank import rank
from app.staffing.rules.portfolio import Stage, greedy, solve
from app.staffing.rules.portfolio.document import Document
from app.staffing.rules.portfolio.pairing import match
from app.staffing.rules.portfolio.training import unlock
from tests.benchmarks import ranking

Result = TypeVar("Result")

SEED = 20270104
FIRST = date(2027, 1, 4)
GAP = 1e-4
SECONDS = 30.0
COMPETENCIES = [f"competency-{number:02}" for number in range(35)]
CERTIFICATIONS = [f"certification-{number:02}" for number in range(12)]
PLACES = ["berlin", "london", "madrid", "riga", "vienna"]

EXPLANATION = """
people, roles  how many; `scarce` has five roles for each person, so that most stay empty
pairs s        reading everybody against every role: who qualifies, with scores and costs
one role ms    reasons and ranking of one role over everybody, as the page of a role shows it
greedy s       a plan at once, which is the preview and where the search starts
plan s         the search, stopped when it is proven within 1e-4 or after 30 s
unlock s       training that fills what the plan leaves empty
filled         roles filled by the plan, and by greedy
of bound       the score of the plan as a share of what no plan can exceed, and greedy's share
of score       of the plan's; filled goes first, so greedy may have more score and fewer roles
MiB            the most memory that the process held so far
"""


@dataclass(frozen=True, slots=True)
class Size:
    people: int
    roles: int
    scarce: bool = False

    def __str__(self) -> str:
        return f"{self.people:,} x {self.roles}{' scarce' if self.scarce else ''}"


SIZES = (Size(1_000, 100), Size(1_000, 500), Size(10_000, 500), Size(100, 500, scarce=True))


def run() -> int:
    print(
        "people x roles      pairs s  one role ms  greedy s  plan s  unlock s    filled"
        "   of bound  greedy    MiB"
    )
    print(
        "------------------  -------  -----------  --------  ------  --------  --------"
        "  ---------  ------  -----"
    )
    kept = [_measured(size) for size in SIZES]
    print(EXPLANATION)
    ranking.run()
    return 0 if all(kept) else 1


def _measured(size: Size) -> bool:
    document = organisation(size)
    pairs_s, matched = _timed(lambda: match(document))
    slot, people = matched.slots[0], matched.people
    rank(slot, people)
    role_s, _ranking = _timed(lambda: rank(slot, people))
    greedy_s, start = _timed(lambda: greedy(matched.portfolio))
    stages = (Stage.FILLED, Stage.SCORE, Stage.COST)
    plan_s, plan = _timed(lambda: solve(matched.portfolio, stages, time_limit=SECONDS, gap=GAP))
    unlock_s, _routes = _timed(lambda: unlock(document, matched, plan))
    reached = {one.stage: one for one in plan.stages}
    score = reached[Stage.SCORE]
    share = score.value / score.bound if score.bound else 1.0
    by_greedy = sum(pair.score for pair in start) / score.bound if score.bound else 1.0
    print(
        f"{size!s:18}  {pairs_s:7.2f}  {1000 * role_s:11.1f}  {greedy_s:8.2f}  {plan_s:6.2f}"
        f"  {unlock_s:8.2f}  {len(plan.pairs):3}/{len(start):3}   {100 * share:8.3f}%"
        f"  {100 * by_greedy:5.1f}%  {_peak_mib():5.0f}",
        flush=True,
    )
    return share >= 0.99


def _timed(act: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- An organisation -------------------------------------------------------------------------


def organisation(size: Size) -> Document:
    """People with claims, certifications and rates; roles over a year; a catalogue of courses."""
    random = Random(f"{SEED}/{size}")
    return Document.model_validate_json(
        _json(
            {
                "version": 1,
                "from": FIRST,
                "to": FIRST + timedelta(days=364),
                "people": [_person(random, number) for number in range(size.people)],
                "roles": [_role(random, number) for number in range(size.roles)],
                "courses": [_course(random, number) for number in range(len(COMPETENCIES))],
            }
        )
    )


def _json(value: Any) -> str:
    return json.dumps(value, default=lambda day: day.isoformat())


def _person(random: Random, number: int) -> dict[str, Any]:
    own = random.sample(COMPETENCIES, random.randint(6, 14))
    held = random.sample(CERTIFICATIONS, random.randint(0, 3))
    return {
        "id": f"p{number:05}",
        "capacity": random.choice([50, 80, 100, 100, 100]),
        "rate": float(random.randrange(55, 140)),
        "study_hours": random.choice([0, 2, 4, 8]),
        "max_parallel": 3,
        "claims": [
            {
                "competency": code,
                "level": random.choice([1, 2, 2, 3, 3, 3, 4, 4, 5]),
                "from": FIRST - timedelta(days=random.randrange(30, 900)),
                "to": None
                if random.random() < 0.6
                else FIRST + timedelta(days=random.randrange(-30, 500)),
            }
            for code in own
        ],
        "certifications": [
            {
                "code": code,
                "from": FIRST - timedelta(days=random.randrange(10, 900)),
                "to": FIRST + timedelta(days=random.randrange(30, 900)),
            }
            for code in held
        ],
        "attributes": {
            "location": [random.choice(PLACES)],
            "language": ["en", *random.sample(["de", "es", "fr", "lv"], random.randint(0, 2))],
        },
        "unavailable": [
            {"from": day, "to": day + timedelta(days=13), "percent": 50}
            for day in [FIRST + timedelta(days=random.randrange(0, 350))]
        ],
    }


def _role(random: Random, number: int) -> dict[str, Any]:
    start = FIRST + timedelta(days=random.randrange(0, 200))
    wanted = random.sample(COMPETENCIES, 4)
    must: list[dict[str, Any]] = [
        {"competency": code, "level": random.choice([2, 3, 3])} for code in wanted[:2]
    ]
    if random.random() < 0.3:
        must.append({"certification": random.choice(CERTIFICATIONS)})
    if random.random() < 0.5:
        must.append({"attribute": "language", "any": [random.choice(["de", "en", "fr"])]})
    return {
        "id": f"r{number:04}",
        "project": f"P-{number % 60:02}",
        "start": start,
        "end": start + timedelta(days=random.randrange(40, 200)),
        "allocation": random.choice([20, 40, 50, 60, 80, 100]),
        "priority": random.choice([1, 2, 3]),
        "rate_cap": random.choice([None, None, 110.0, 125.0]),
        "must": must,
        "want": [{"competency": code, "level": 4, "weight": 1.0} for code in wanted[2:]],
    }


def _course(random: Random, number: int) -> dict[str, Any]:
    return {
        "id": f"course-{number:02}",
        "hours": random.choice([4, 8, 12, 20]),
        "fee": 100 * random.randrange(0, 8),
        "awards": [{"competency": COMPETENCIES[number], "level": 3, "valid_for": "24 months"}],
    }
