"""Problem files: one by hand, random ones, and published assignment instances in their format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from app.staffing.rules.portfolio.document import Document, read

FIRST = date(2027, 1, 4)


def problem(**values: Any) -> dict[str, Any]:
    """One person who fits the one role; any key may be replaced."""
    return {
        "version": 1,
        "from": "2027-01-04",
        "to": "2027-12-31",
        "people": [somebody("p1")],
        "roles": [role("r1")],
        **values,
    }


def document(**values: Any) -> Document:
    """The same, as it is read from a file."""
    return read(json.dumps(problem(**values)).encode())


def somebody(id: str, level: int = 3, **values: Any) -> dict[str, Any]:
    claim = {"competency": "risk-management", "level": level, "from": "2025-01-01", "to": None}
    return {"id": id, "claims": [claim] if level else [], **values}


def role(id: str, **values: Any) -> dict[str, Any]:
    return {
        "id": id,
        "project": "P-1",
        "start": "2027-02-01",
        "end": "2027-06-30",
        "allocation": 60,
        "must": [{"competency": "risk-management", "level": 3}],
        **values,
    }


def random_problem(seed: int, people: int = 6, roles: int = 6) -> dict[str, Any]:
    """People and roles of all sorts, small enough to look at every plan."""
    random = Random(seed)

    def stretch(least: int, most: int) -> tuple[str, str]:
        first = FIRST + timedelta(days=random.randrange(0, 120))
        last = first + timedelta(days=random.randrange(least, most))
        return first.isoformat(), last.isoformat()

    def person(number: int) -> dict[str, Any]:
        away = [
            {"from": first, "to": last, "percent": random.choice([20, 100])}
            for first, last in [stretch(5, 20)]
            if random.random() < 0.3
        ]
        return somebody(
            f"p{number}",
            random.randrange(1, 6),
            capacity=random.choice([50, 80, 100]),
            rate=random.choice([None, 60.0, 85.5, 110.0]),
            max_parallel=random.choice([None, 1, 2]),
            unavailable=away,
            study_hours=random.choice([0, 2, 5]),
        )

    def open_role(number: int) -> dict[str, Any]:
        start, end = stretch(20, 90)
        return role(
            f"r{number}",
            project=random.choice(["A", "B"]),
            start=start,
            end=end,
            allocation=random.choice([20, 40, 50, 80]),
            priority=random.choice([1, 2, 3]),
            must=[{"competency": "risk-management", "level": random.randrange(1, 5)}],
            want=[{"competency": "risk-management", "level": 5, "weight": 1}],
        )

    return problem(
        people=[person(number) for number in range(people)],
        roles=[open_role(number) for number in range(roles)],
        budgets={"A": 60000} if random.random() < 0.4 else {},
        courses=[
            {
                "id": "risk-basics",
                "hours": 6,
                "awards": [{"competency": "risk-management", "level": 3, "valid_for": "24 months"}],
            },
            {
                "id": "risk-mastery",
                "hours": 20,
                "requires": ["risk-basics"],
                "awards": [{"competency": "risk-management", "level": 4}],
            },
        ],
    )


def assignment(
    costs: Sequence[Sequence[int]], amounts: Sequence[Sequence[int]], capacities: Sequence[int]
) -> dict[str, Any]:
    """A generalised assignment problem: every job to one agent, at the least cost.

    Less cost is more value: each cost is taken from a number larger than all of them, so that a
    plan which does every job has the most value where it has the least cost.
    """
    above = 1 + max(max(row) for row in costs)
    return problem(
        stages=["filled", "score"],
        people=[
            {"id": f"a{agent}", "capacity": capacity} for agent, capacity in enumerate(capacities)
        ],
        roles=[role(f"j{job}", must=[]) for job in range(len(costs[0]))],
        values={
            f"a{agent}/j{job}": above - cost
            for agent, row in enumerate(costs)
            for job, cost in enumerate(row)
        },
        allocations={
            f"a{agent}/j{job}": amount
            for agent, row in enumerate(amounts)
            for job, amount in enumerate(row)
        },
    )


def read_instances(text: str) -> list[tuple[list[list[int]], list[list[int]], list[int]]]:
    """Instances in the published format: their number, then for each the numbers of agents and
    jobs, the values by agent and job, the amounts likewise, and the agents' capacities."""
    numbers = map(int, text.split())
    found = []
    for _ in range(next(numbers)):
        agents, jobs = next(numbers), next(numbers)
        values = [[next(numbers) for _job in range(jobs)] for _agent in range(agents)]
        amounts = [[next(numbers) for _job in range(jobs)] for _agent in range(agents)]
        found.append((values, amounts, [next(numbers) for _agent in range(agents)]))
    return found
