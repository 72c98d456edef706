"""What holds of every plan, checked from the file alone and day by day."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.portfolio import Pair, Portfolio, Role, Stage, Worker, greedy, solve
from app.staffing.rules.portfolio.answer import answer
from app.staffing.rules.portfolio.document import read
from app.staffing.rules.portfolio.organisation import Open, portfolio_of
from app.staffing.rules.portfolio.pairing import match
from tests.staffing.problems import problem, random_problem, role, somebody
from tests.staffing.strategies import people, slots

STAGES = ("filled", "score", "cost")
orders = st.lists(st.sampled_from(STAGES), min_size=1, max_size=3, unique=True)


def crowded(seed: int, stages: list[str]) -> dict[str, Any]:
    """A random problem in which some are fixed to other work already."""
    given = random_problem(seed)
    random = Random(seed)
    given["stages"] = stages
    given["fixed"] = [
        {
            "person": person["id"],
            "role": f"fixed-{person['id']}",
            "start": "2027-02-01",
            "end": (date(2027, 2, 1) + timedelta(days=random.randrange(5, 80))).isoformat(),
            "allocation": random.choice([10, 30, 50]),
        }
        for person in random.sample(given["people"], 3)
    ]
    return given


def answered(given: dict[str, Any]) -> dict[str, Any]:
    document = read(json.dumps(given).encode())
    matched = match(document)
    plan = solve(matched.portfolio, document.order, time_limit=document.time_limit)
    return answer(document, matched, plan)


def days(stretch: dict[str, Any], first: str = "start", last: str = "end") -> Iterator[date]:
    day, end = date.fromisoformat(stretch[first]), date.fromisoformat(stretch[last])
    while day <= end:
        yield day
        day += timedelta(days=1)


def faults(given: dict[str, Any], assignments: list[dict[str, Any]]) -> list[str]:
    """Rules of the file that these assignments break; from its text alone, without the product."""
    by_role = {one["id"]: one for one in given["roles"]}
    found: list[str] = []
    if len({one["role"] for one in assignments}) < len(assignments):
        found.append("a role is taken twice")
    for person in given["people"]:
        mine = [by_role[one["role"]] for one in assignments if one["person"] == person["id"]]
        fixed = [one for one in given["fixed"] if one["person"] == person["id"]]
        away = {
            day: one["percent"] for one in person["unavailable"] for day in days(one, "from", "to")
        }
        for day in {day for one in mine for day in days(one)}:
            held = [one for one in (*mine, *fixed) if day in set(days(one))]
            if sum(one["allocation"] for one in held) + away.get(day, 0) > person["capacity"]:
                found.append(f"{person['id']} is over capacity on {day}")
            if person["max_parallel"] is not None and len(held) > person["max_parallel"]:
                found.append(f"{person['id']} has too many roles on {day}")
        for one in mine:
            found += [f"{person['id']} does not qualify for {one['id']}"] * (
                not all(_meets(person, need, day) for need in one["must"] for day in days(one))
            )
    for project, most in given["budgets"].items():
        spent = sum(
            cost(given, one) for one in assignments if by_role[one["role"]]["project"] == project
        )
        if spent > most + 1e-6:
            found.append(f"{project} is over its budget")
    return found


def _meets(person: dict[str, Any], need: dict[str, Any], day: date) -> bool:
    return any(
        one["competency"] == need["competency"]
        and one["level"] >= need["level"]
        and one["from"] <= day.isoformat() <= (one["to"] or "9999-12-31")
        for one in person["claims"]
    )


def cost(given: dict[str, Any], assignment: dict[str, Any]) -> float:
    person = next(one for one in given["people"] if one["id"] == assignment["person"])
    taken = next(one for one in given["roles"] if one["id"] == assignment["role"])
    weekdays = sum(day.weekday() < 5 for day in days(taken))
    return (person["rate"] or 0.0) * 8 * weekdays * taken["allocation"] / 100


def worth(given: dict[str, Any], assignments: list[dict[str, Any]], stage: str) -> float:
    """More is better: costs count below 0."""
    priority = {one["id"]: one["priority"] for one in given["roles"]}
    match stage:
        case "filled":
            return sum(priority[one["role"]] for one in assignments)
        case "score":
            return sum(one["score"] for one in assignments)
        case _:
            return -sum(cost(given, one) for one in assignments)


@settings(max_examples=40)
@given(st.integers(0, 100_000), orders)
def test_a_plan_breaks_no_rule_on_any_day_and_says_what_it_is_worth(seed: int, stages: list[str]):
    given = crowded(seed, stages)
    found = answered(given)

    assert faults(given, found["assignments"]) == []
    for one in found["stages"]:
        sign = -1 if one["name"] == "cost" else 1
        value, bound = sign * one["value"], sign * one["bound"]
        assert value == pytest.approx(worth(given, found["assignments"], one["name"]), abs=1e-4)
        assert value <= bound + 1e-6
    for one in found["assignments"]:
        assert round(sum(one["parts"].values()), 6) == one["score"]
    assert {one["role"] for one in found["assignments"]} | {
        one["role"] for one in found["unfilled"]
    } == {one["id"] for one in given["roles"]}


@settings(max_examples=40)
@given(st.integers(0, 100_000), orders)
def test_a_plan_is_stage_by_stage_at_least_the_greedy_one(seed: int, stages: list[str]):
    given = crowded(seed, stages)
    document = read(json.dumps(given).encode())
    portfolio = match(document).portfolio
    plan = solve(portfolio, document.order)
    roles = {one.id: one for one in portfolio.roles}

    def values(pairs: Any) -> list[float]:
        return [
            round(sum(portfolio.value(stage, pair, roles[pair.role]) for pair in pairs), 4)
            for stage in document.order
        ]

    assert values(plan.pairs) >= values(greedy(portfolio))
    reached = [-one.value if one.stage is Stage.COST else one.value for one in plan.stages]
    assert values(plan.pairs) == pytest.approx(reached, abs=1e-3)


@settings(max_examples=15)
@given(st.integers(0, 100_000), st.permutations(range(6)))
def test_other_ids_and_another_order_give_a_plan_that_is_worth_the_same(
    seed: int, order: list[int]
):
    given = crowded(seed, list(STAGES))
    before = answered(given)
    text = json.dumps({**given, "people": [given["people"][place] for place in order]})
    for number in range(6):
        text = text.replace(f'"p{number}"', f'"{9 - number}-somebody"')
        text = text.replace(f'"r{number}"', f'"{(5 * number) % 7}-role"')
    after = answered(json.loads(text))

    assert after["stages"] == before["stages"]
    assert after["status"] == before["status"]


def test_the_same_file_gives_the_same_answer_in_every_process(tmp_path: Path):
    """Whatever order sets and hashes have there."""
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(crowded(11, list(STAGES))))
    code = (
        "import sys; from app.staffing.commands import staffing;"
        " staffing(['solve', sys.argv[1], '--unlock'], standalone_mode=False)"
    )
    answers = []
    for seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code, str(file)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        answers.append({**json.loads(done.stdout), "seconds": None})
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["assignments"]


# --- Of the product: with smaller shares and all other rules of people -----------------------


@settings(max_examples=60)
@given(
    st.lists(people, min_size=1, max_size=4, unique_by=lambda one: one.id),
    st.lists(slots(), min_size=1, max_size=4, unique_by=lambda one: one.id),
    st.none() | st.integers(1, 2),
)
def test_no_day_of_a_plan_is_above_capacity_with_smaller_shares(found, open_slots, parallel):
    portfolio = portfolio_of([Open(one, "P", 1) for one in open_slots], found, None, parallel)
    by_id = {str(one.id): one for one in open_slots}
    known = {str(one.id): one for one in found}
    for pairs in (solve(portfolio).pairs, greedy(portfolio)):
        for worker, mine in itertools.groupby(
            sorted(pairs, key=lambda pair: pair.worker), key=lambda pair: pair.worker
        ):
            held = [by_id[pair.role] for pair in mine]
            person = known[worker]
            for day in {day for slot in held for day in slot.period.days()}:
                takes = [slot.share_on(day) for slot in held if day in slot.period]
                taken = sum(one.percent for one in person.taken if day in one.period)
                assert sum(takes) == 0 or sum(takes) + taken <= person.capacity + 1e-9
                if parallel is not None:
                    booked = sum(day in one.period for one in person.booked if one.percent > 0)
                    assert len(takes) + booked <= parallel


# --- Nothing is given up ---------------------------------------------------------------------

PERIOD = Period(date(2027, 1, 4), date(2027, 3, 31))


def test_however_large_one_priority_is_the_smallest_still_counts():
    """Of the two that one person can take together, not the cheaper pair, but the worthier."""
    roles = [Role("huge", "P", PERIOD, 1e9), Role("a", "P", PERIOD, 2), Role("b", "P", PERIOD, 1)]
    pairs = [
        Pair("w", "huge", 50, 10.0, 0.0),
        Pair("w", "a", 50, 1.0, 900.0),
        Pair("w", "b", 50, 99.0, 0.0),
    ]
    plan = solve(Portfolio(roles, [Worker("w")], pairs))

    assert {pair.role for pair in plan.pairs} == {"huge", "a"}
    assert plan.proven
    assert [one.value for one in plan.stages] == [1e9 + 2, 11.0, 900.0]


def test_a_tenth_of_a_point_is_never_given_up_for_money():
    """Not even where all scores together are so many that a tenth looks like rounding."""
    count = 2_000
    roles = [Role(f"r{number}", "P", PERIOD, 0) for number in range(count)]
    workers = [Worker(f"w{number}") for number in range(count)]
    pairs = [Pair(f"w{number}", f"r{number}", 100, 99.9, 1.0) for number in range(count)] + [
        Pair("w1", "r0", 100, 100.0, 1.0),
        Pair("w0", "r1", 100, 99.9, 500.0),
    ]
    plan = solve(Portfolio(roles, workers, pairs), (Stage.SCORE, Stage.COST))

    assert plan.stages[0].value == pytest.approx(count * 99.9 + 0.1)
    assert sum(pair.score for pair in plan.pairs) == pytest.approx(count * 99.9 + 0.1)


# --- Ties ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("idle", "busy"), [("a", "z"), ("z", "a")])
def test_among_equals_a_plan_takes_whoever_has_less_to_do(idle: str, busy: str):
    """By no means whoever stands first or has the first name."""
    fixed = {"person": busy, "role": "r0", "start": "2027-02-01", "end": "2027-03-01"}
    asks = role("r1", allocation=100, start="2027-03-02")
    given = problem(
        people=[somebody("a", capacity=200), somebody("z", capacity=200)],
        roles=[{**asks, "start": "2027-02-01"}],
        fixed=[{**fixed, "allocation": 1}],
    )
    assert [one["person"] for one in answered(given)["assignments"]] == [idle]


@pytest.mark.parametrize(("waited", "lately"), [("a", "z"), ("z", "a")])
def test_among_equals_with_as_much_to_do_a_plan_takes_whoever_has_waited_longest(
    waited: str, lately: str
):
    fixed = [
        {"person": waited, "role": "x", "start": "2027-01-01", "end": "2027-01-05"},
        {"person": lately, "role": "y", "start": "2027-01-01", "end": "2027-01-20"},
    ]
    given = problem(
        people=[somebody("a"), somebody("z")],
        fixed=[{**one, "allocation": 50} for one in fixed],
    )
    assert [one["person"] for one in answered(given)["assignments"]] == [waited]


# --- What the answer says --------------------------------------------------------------------


def test_what_is_fixed_beyond_capacity_is_infeasible_and_says_who_and_from_when():
    fixed = {"person": "p1", "start": "2027-02-01", "end": "2027-02-28", "allocation": 60}
    given = problem(
        people=[somebody("p1"), somebody("p2")],
        fixed=[{**fixed, "role": "x"}, {**fixed, "role": "y", "start": "2027-02-10"}],
    )
    found = answered(given)
    assert found["status"] == "infeasible"
    assert found["conflicts"] == [{"person": "p1", "from": "2027-02-10"}]
    assert [one["person"] for one in found["assignments"]] == ["p2"], "the rest is planned"


def test_a_leave_during_fixed_work_is_nothing_that_a_plan_could_not_live_with():
    away = [{"from": "2027-02-10", "to": "2027-02-20", "percent": 100}]
    fixed = {"person": "p1", "role": "x", "start": "2027-02-01", "end": "2027-02-28"}
    given = problem(people=[somebody("p1", unavailable=away)], fixed=[{**fixed, "allocation": 50}])
    found = answered(given)
    assert (found["status"], "conflicts" in found) == ("optimal", False)


def test_a_role_that_no_budget_pays_says_so():
    given = problem(people=[somebody("p1", rate=10.0)], budgets={"P-1": 5.0})
    (empty,) = answered(given)["unfilled"]
    assert empty["reasons"] == [{"rule": "budget", "people": 1}]


@pytest.mark.parametrize("days_earlier", [1, 400, 4000])
def test_a_claim_that_holds_since_an_earlier_day_scores_no_less(days_earlier: int):
    want = [{"competency": "risk-management", "level": 5}]
    given = problem(roles=[role("r1", want=want)])
    (before,) = answered(given)["assignments"]
    first = date(2025, 1, 1) - timedelta(days=days_earlier)
    given["people"][0]["claims"][0]["from"] = first.isoformat()
    (after,) = answered(given)["assignments"]
    assert after["score"] >= before["score"]
