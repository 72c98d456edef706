"""Plans keep teams whole, or able to become so; held against every plan of small portfolios."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.staffing.rules.portfolio.document import read
from app.staffing.rules.portfolio.faults import BadProblem
from app.staffing.rules.portfolio.greedy import greedy
from app.staffing.rules.portfolio.pairing import match
from app.staffing.rules.portfolio.problem import Stage
from app.staffing.rules.portfolio.solve import solve
from tests.staffing.problems import problem, role, somebody

STRONG = {"competency": "risk-management", "level": 5}
ANYBODY = [{"competency": "risk-management", "level": 1}]


def planned(given: dict[str, Any]) -> dict[str, str]:
    """Who takes which role, by role."""
    document = read(json.dumps(given).encode())
    plan = solve(match(document).portfolio, document.order)
    assert plan.proven
    return {pair.role: pair.worker for pair in plan.pairs}


def roles(count: int, **values: Any) -> list[dict[str, Any]]:
    return [role(f"r{number}", **{"must": ANYBODY, **values}) for number in range(1, count + 1)]


def one_each(**levels: int) -> list[dict[str, Any]]:
    return [somebody(id, level, max_parallel=1) for id, level in levels.items()]


def team(rule: str, **values: Any) -> dict[str, Any]:
    return {"project": "P-1", "rule": rule, **values}


def test_a_place_is_kept_for_somebody_who_meets_the_need():
    people = one_each(weak=3, other=3)
    needs = [team("at-least", amount=1, need=STRONG)]

    assert len(planned(problem(people=people, roles=roles(2)))) == 2
    assert len(planned(problem(people=people, roles=roles(2), teams=needs))) == 1
    expert = problem(people=[*people, *one_each(expert=5)], roles=roles(2), teams=needs)
    assert "expert" in planned(expert).values()


def test_who_is_fixed_counts_among_the_team():
    fixed = [
        {
            "person": "expert",
            "role": "r1",
            "start": "2027-02-01",
            "end": "2027-06-30",
            "allocation": 60,
        }
    ]
    needs = [team("at-least", amount=1, need=STRONG)]
    people = one_each(expert=5, weak=3)

    assert planned(problem(people=people, roles=roles(2), teams=needs, fixed=fixed)) == {
        "r2": "weak"
    }


def test_half_of_the_team():
    people = one_each(a=1, b=1, c=1, d=5)
    needs = [team("share", amount=50, need=STRONG)]

    found = planned(problem(people=people, roles=roles(4), teams=needs))

    assert len(found) == 3
    assert "d" in found.values()


def test_apart_and_together():
    people = one_each(a=5, b=5)

    apart = [team("apart", people=["a", "b"])]
    assert len(planned(problem(people=people, roles=roles(2), teams=apart))) == 1
    together = [team("together", people=["a", "b"])]
    assert planned(problem(people=people, roles=roles(1), teams=together)) == {}
    assert len(planned(problem(people=people, roles=roles(2), teams=together))) == 2


def test_a_team_names_people_of_the_file():
    with pytest.raises(BadProblem, match="nobody-here"):
        read(json.dumps(problem(teams=[team("apart", people=["p1", "nobody-here"])])).encode())


# --- Against every plan --------------------------------------------------------------------


def random_team_problem(seed: int) -> dict[str, Any]:
    random = Random(seed)
    people = one_each(**{f"p{n}": random.randrange(1, 6) for n in range(4)})
    demand = {"competency": "risk-management", "level": random.randrange(2, 6)}
    pair = random.sample([one["id"] for one in people], 2)
    needs = [
        team("at-least", amount=random.randrange(1, 3), need=demand),
        team("share", amount=random.choice([25, 50, 75]), need=demand),
        team("apart", people=pair),
        team("together", people=pair),
    ]
    open_roles = [
        role(f"r{n}", project=random.choice(["P-1", "P-1", "P-2"]), must=ANYBODY, want=[STRONG])
        for n in range(4)
    ]
    return problem(people=people, roles=open_roles, teams=[random.choice(needs)])


def keeps(given: dict[str, Any], plan: dict[str, str]) -> bool:
    """Whether a plan leaves the one team need of the file within reach, said once more."""
    (need,) = given["teams"]
    own = [one["id"] for one in given["roles"] if one["project"] == need["project"]]
    there = [plan[one] for one in own if one in plan]
    if need["rule"] in ("apart", "together"):
        on = [one for one in need["people"] if one in there]
        return len(on) < 2 if need["rule"] == "apart" else len(on) != 1
    level = {one["id"]: one["claims"][0]["level"] for one in given["people"]}
    able = sum(level[one] >= need["need"]["level"] for one in there)
    wanted = need["amount"]
    if need["rule"] == "share":
        wanted = -(-len(own) * wanted // 100)
    # Every place that is still open could go to somebody who meets the need.
    return able + len(own) - len(there) >= min(wanted, len(own))


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_no_plan_that_keeps_the_team_is_better(seed: int):
    given_ = random_team_problem(seed)
    document = read(json.dumps(given_).encode())
    portfolio = match(document).portfolio
    found = planned(given_)
    values = {(one.role, one.worker): one for one in portfolio.pairs}
    priority = {one.id: one for one in portfolio.roles}

    def worth(plan: dict[str, str]) -> tuple[float, float]:
        taken = [values[role_id, worker] for role_id, worker in plan.items()]
        filled = sum(portfolio.value(Stage.FILLED, one, priority[one.role]) for one in taken)
        return filled, round(sum(one.score for one in taken), 6)

    ids = [one.id for one in portfolio.roles]
    people = [None, *(one.id for one in portfolio.workers)]
    best = (-1.0, -1.0)
    for choice in itertools.product(people, repeat=len(ids)):
        chosen = [one for one in choice if one]
        plan = {key: one for key, one in zip(ids, choice, strict=True) if one}
        if len(set(chosen)) == len(chosen) and keeps(given_, plan):
            best = max(best, worth(plan))

    assert keeps(given_, found)
    assert worth(found) == pytest.approx(best)
    assert keeps(given_, {pair.role: pair.worker for pair in greedy(portfolio)})
