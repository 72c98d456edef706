"""A plan for the whole portfolio: within every limit, as good as any, and told with its reasons."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.portfolio import (
    Pair,
    Portfolio,
    Role,
    Stage,
    Taken,
    Worker,
    greedy,
    solve,
)
from app.staffing.rules.portfolio.answer import answer
from app.staffing.rules.portfolio.document import Document, read
from app.staffing.rules.portfolio.pairing import Matched, hours, match, weekdays
from app.staffing.rules.portfolio.solve import Progress, Stopped
from app.staffing.rules.portfolio.training import every_way, routes_to, school_of, together, unlock
from tests.staffing.problems import (
    assignment,
    document,
    problem,
    random_problem,
    read_instances,
    role,
    somebody,
)

DAY = timedelta(days=1)


def solved(given: dict[str, Any]) -> tuple[Document, Matched, Any, dict[str, Any]]:
    found = read(json.dumps(given).encode())
    matched = match(found)
    plan = solve(matched.portfolio, found.order)
    return found, matched, plan, answer(found, matched, plan)


# --- A worked example ------------------------------------------------------------------------


def test_the_scarce_person_goes_where_nobody_else_can():
    """Greedy by score alone would give r1 to the better one and leave r2 empty."""
    given = problem(
        people=[somebody("expert", 5), somebody("novice", 3)],
        roles=[role("easy"), role("hard", must=[{"competency": "risk-management", "level": 5}])],
    )
    _document, _matched, _plan, found = solved(given)

    assert {one["role"]: one["person"] for one in found["assignments"]} == {
        "easy": "novice",
        "hard": "expert",
    }
    assert found["status"] == "optimal"
    assert found["stages"][0] == {"name": "filled", "value": 2.0, "bound": 2.0}
    assert found["unfilled"] == []


def test_an_empty_role_says_why_and_who_comes_near():
    given = problem(
        people=[somebody("a", 2), somebody("b", 0)],
        roles=[role("r1", must=[{"competency": "risk-management", "level": 3}])],
    )
    _document, _matched, _plan, found = solved(given)

    assert found["unfilled"] == [
        {
            "role": "r1",
            "reasons": [{"rule": "competency:risk-management", "people": 2}],
            "near": [
                {"person": "a", "missing": ["competency:risk-management level 2, needs 3"]},
                {"person": "b", "missing": ["competency:risk-management level 0, needs 3"]},
            ],
        }
    ]


def test_a_certification_that_lapses_inside_the_role_is_named_with_its_first_day():
    held = [{"code": "prince2", "from": "2024-04-15", "to": "2027-04-14"}]
    given = problem(
        people=[somebody("p1", certifications=held)],
        roles=[role("r1", must=[{"certification": "prince2"}])],
    )
    _document, _matched, _plan, found = solved(given)
    (near,) = found["unfilled"][0]["near"]
    assert near["missing"] == ["certification:prince2 lapses 2027-04-15"]

    given["roles"][0]["holds"] = "start"
    assert len(solved(given)[3]["assignments"]) == 1


def test_any_value_of_an_attribute_will_do():
    people = [somebody("p1", attributes={"language": ["de", "en"]}), somebody("p2")]
    must = [{"attribute": "language", "any": ["en", "fr"]}]
    _document, _matched, _plan, found = solved(
        problem(people=people, roles=[role("r1", must=must)])
    )

    assert [one["person"] for one in found["assignments"]] == ["p1"]


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({}, True),
        ({"capacity": 59}, False),
        ({"unavailable": [{"from": "2027-03-01", "to": "2027-03-01", "percent": 41}]}, False),
        ({"unavailable": [{"from": "2027-03-01", "to": "2027-03-01", "percent": 40}]}, True),
        ({"unavailable": [{"from": "2027-07-01", "to": "2027-08-01", "percent": 100}]}, True),
        ({"max_parallel": 0}, False),
    ],
)
def test_time_is_kept_on_every_day(values: dict[str, Any], fits: bool):
    found = solved(problem(people=[somebody("p1", **values)]))[3]
    assert bool(found["assignments"]) is fits


def test_what_is_fixed_takes_time_and_counts_in_parallel():
    fixed = {"person": "p1", "role": "r0", "start": "2027-06-30", "end": "2027-07-31"}
    people = [somebody("p1", max_parallel=2)]
    busy = solved(problem(people=people, fixed=[{**fixed, "allocation": 41}]))[3]
    free = solved(problem(people=people, fixed=[{**fixed, "allocation": 40}]))[3]
    one_only = solved(
        problem(people=[somebody("p1", max_parallel=1)], fixed=[{**fixed, "allocation": 0}])
    )[3]

    assert [len(one["assignments"]) for one in (busy, free, one_only)] == [0, 1, 0]
    assert busy["unfilled"][0]["reasons"] == [{"rule": "capacity", "people": 1}]


def test_a_role_that_is_fixed_is_not_open():
    fixed = [
        {"person": "p1", "role": "r1", "start": "2027-02-01", "end": "2027-06-30", "allocation": 60}
    ]
    found = solved(problem(fixed=fixed))[3]
    assert (found["assignments"], found["unfilled"]) == ([], [])


def test_a_budget_is_kept_and_the_dearer_role_gives_way():
    cost = 50.0 * hours(Period(date(2027, 2, 1), date(2027, 6, 30)), 60)
    people = [somebody("p1", rate=50.0), somebody("p2", rate=50.0)]
    roles = [role("r1", priority=1), role("r2", priority=2)]
    given = problem(people=people, roles=roles, budgets={"P-1": cost * 1.5})
    found = solved(given)[3]

    assert [one["role"] for one in found["assignments"]] == ["r2"]
    assert found["stages"][2]["value"] == pytest.approx(cost)


def test_among_equals_the_cheaper_is_taken_and_score_goes_before_cost():
    people = [somebody("dear", 5, rate=100.0), somebody("cheap", 3, rate=50.0)]
    want = [{"competency": "risk-management", "level": 5}]
    by_score = solved(problem(people=people, roles=[role("r1", want=want)]))[3]
    by_cost = solved(
        problem(people=people, roles=[role("r1", want=want)], stages=["filled", "cost"])
    )[3]

    assert by_score["assignments"][0]["person"] == "dear"
    assert by_cost["assignments"][0]["person"] == "cheap"


def test_weekdays_and_hours():
    assert weekdays(Period(date(2027, 1, 2), date(2027, 1, 3))) == 0
    assert weekdays(Period(date(2027, 1, 4), date(2027, 1, 10))) == 5
    assert hours(Period(date(2027, 1, 4), date(2027, 1, 10)), 50) == 20


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_weekdays_are_those_of_the_calendar(first: date, more: int):
    period = Period(first, first + more * DAY)
    assert weekdays(period) == sum(day.weekday() < 5 for day in period.days())


# --- Properties ------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_plan_keeps_every_limit_and_is_between_greedy_and_its_bound(seed: int):
    _document, matched, plan, found = solved(random_problem(seed))
    portfolio = matched.portfolio
    _check_kept(portfolio, plan.pairs)
    start = greedy(portfolio)
    _check_kept(portfolio, start)
    roles = {role.id: role for role in portfolio.roles}
    filled = sum(roles[pair.role].priority for pair in start)
    assert filled <= plan.stages[0].value + 1e-9
    for one in plan.stages:
        better = one.bound >= one.value if one.stage is not Stage.COST else one.bound <= one.value
        assert better or one.bound == pytest.approx(one.value)
    for one in found["assignments"]:
        assert one["score"] == pytest.approx(sum(one["parts"].values()), abs=1e-9)
        assert 0 <= one["score"] <= 100.05


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_no_plan_at_all_is_better(seed: int):
    """Every plan of a small portfolio is looked at."""
    given = random_problem(seed, people=4, roles=4)
    _document, matched, plan, _found = solved(given)
    best = max(_worth(matched.portfolio, one) for one in _every_plan(matched.portfolio))
    assert [one.value if one.stage is not Stage.COST else -one.value for one in plan.stages] == [
        pytest.approx(value, abs=1e-3) for value in best
    ]


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(seed: int, random: Random):
    given = random_problem(seed)
    before = solved(given)[3]
    random.shuffle(given["people"])
    random.shuffle(given["roles"])
    after = solved(given)[3]

    assert after["assignments"] == before["assignments"]
    assert after["stages"] == before["stages"]


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_higher_or_longer_claim_never_fills_less(seed: int):
    given = random_problem(seed)
    before = solved(given)[2].stages[0].value
    for one in given["people"]:
        one["claims"][0]["level"] = min(5, one["claims"][0]["level"] + 1)
    assert solved(given)[2].stages[0].value >= before


def _check_kept(portfolio: Portfolio, pairs: Any) -> None:
    roles = {role.id: role for role in portfolio.roles}
    workers = {worker.id: worker for worker in portfolio.workers}
    assert len({pair.role for pair in pairs}) == len(pairs)
    for worker in portfolio.workers:
        own = [pair for pair in pairs if pair.worker == worker.id]
        for day in Period(date(2027, 1, 1), date(2027, 9, 1)).days():
            on = [pair for pair in own if day in roles[pair.role].period]
            taken = [one for one in worker.taken if day in one.period]
            used = sum(pair.allocation for pair in on) + sum(one.amount for one in taken)
            assert not on or used <= workers[worker.id].capacity + 1e-6
            if worker.max_parallel is not None and on:
                assert len(on) + sum(one.is_role for one in taken) <= worker.max_parallel
    for project, most in portfolio.budgets.items():
        spent = sum(pair.cost for pair in pairs if roles[pair.role].project == project)
        assert spent <= most + 1e-6


def _every_plan(portfolio: Portfolio) -> Iterator[tuple[Pair, ...]]:
    offered = [
        [None, *(pair for pair in portfolio.pairs if pair.role == one.id)]
        for one in portfolio.roles
    ]
    for choice in itertools.product(*offered):
        plan = tuple(pair for pair in choice if pair is not None)
        try:
            _check_kept(portfolio, plan)
        except AssertionError:
            continue
        yield plan


def _worth(portfolio: Portfolio, plan: tuple[Pair, ...]) -> tuple[float, float, float]:
    priority = {role.id: role.priority for role in portfolio.roles}
    return (
        sum(priority[pair.role] for pair in plan),
        round(sum(pair.score for pair in plan), 6),
        -sum(pair.cost for pair in plan),
    )


# --- Generalised assignment ------------------------------------------------------------------


def test_the_published_format_is_read():
    ((values, amounts, capacities),) = read_instances("1  2 3  1 2 3 4 5 6  7 8 9 1 2 3  10 20")
    assert values == [[1, 2, 3], [4, 5, 6]]
    assert amounts == [[7, 8, 9], [1, 2, 3]]
    assert capacities == [10, 20]


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_a_small_assignment_reaches_the_optimum_found_by_trying_all(seed: int):
    random = Random(seed)
    agents, jobs = 3, 5
    costs = [[random.randint(10, 50) for _ in range(jobs)] for _ in range(agents)]
    amounts = [[random.randint(5, 25) for _ in range(jobs)] for _ in range(agents)]
    capacities = [int(0.9 * sum(row) / agents) for row in amounts]
    found = solved(assignment(costs, amounts, capacities))[3]
    best: list[int] = []
    for choice in itertools.product(range(agents), repeat=jobs):
        used = [0] * agents
        for job, agent in enumerate(choice):
            used[agent] += amounts[agent][job]
        if all(one <= most for one, most in zip(used, capacities, strict=True)):
            best.append(sum(costs[agent][job] for job, agent in enumerate(choice)))
    if best:
        cost = sum(
            costs[int(one["person"][1:])][int(one["role"][1:])] for one in found["assignments"]
        )
        assert len(found["assignments"]) == jobs
        assert cost == min(best)
    else:
        assert len(found["assignments"]) < jobs


def test_a_pair_without_a_value_is_not_eligible():
    given = problem(people=[somebody("p1"), somebody("p2", 5)], values={"p1/r1": 0})
    found = solved(given)[3]
    assert [(one["person"], one["score"]) for one in found["assignments"]] == [("p1", 0.0)]


def test_a_search_cut_short_is_feasible_and_its_bound_is_honest():
    random = Random(7)
    agents, jobs = 20, 200
    period = Period(date(2027, 1, 4), date(2027, 3, 31))
    workers = [Worker(f"a{number}", 140) for number in range(agents)]
    roles = [Role(f"j{number}", "P", period) for number in range(jobs)]
    pairs = [
        Pair(worker.id, one.id, random.randint(5, 25), random.randint(10, 50))
        for worker in workers
        for one in roles
    ]
    plan = solve(Portfolio(roles, workers, pairs), time_limit=0.3)

    _check_kept(Portfolio(roles, workers, pairs), plan.pairs)
    assert not plan.proven
    assert all(one.bound >= one.value for one in plan.stages if one.stage is not Stage.COST)


def test_the_plan_that_stands_is_kept_as_far_as_nothing_better_is_lost():
    period = Period(date(2027, 1, 4), date(2027, 3, 31))
    workers = [Worker("a"), Worker("b")]
    pairs = [Pair("a", "r", 100, 50.0), Pair("b", "r", 100, 50.0, kept=True)]
    plan = solve(
        Portfolio([Role("r", "P", period)], workers, pairs),
        (Stage.FILLED, Stage.SCORE, Stage.KEPT),
    )
    assert [pair.worker for pair in plan.pairs] == ["b"]


def test_taken_time_that_exceeds_capacity_leaves_none_and_breaks_nothing():
    period = Period(date(2027, 1, 4), date(2027, 3, 31))
    worker = Worker("a", 100, None, (Taken(period, 150),))
    plan = solve(Portfolio([Role("r", "P", period)], [worker], [Pair("a", "r", 10)]))
    assert plan.pairs == ()
    assert plan.proven


# --- Training --------------------------------------------------------------------------------

BASICS = {
    "id": "basics",
    "hours": 8,
    "awards": [{"competency": "risk-management", "level": 3, "valid_for": "24 months"}],
}


def unlocked(given: dict[str, Any]) -> list[Any]:
    found = read(json.dumps(given).encode())
    matched = match(found)
    return unlock(found, matched, solve(matched.portfolio, found.order))


def test_an_empty_role_is_unlocked_by_the_shortest_training_in_time():
    long = {**BASICS, "id": "long", "hours": 12}
    people = [somebody("p1", 2, study_hours=4), somebody("p2", 1, study_hours=0)]
    (found,) = unlocked(problem(people=people, courses=[long, BASICS]))

    assert found == {
        "role": "r1",
        "person": "p1",
        "courses": ["basics"],
        "hours": 8.0,
        "start_by": "2027-01-17",
        "ready": "2027-01-31",
    }


def test_two_hours_at_four_a_week_take_half_of_seven_days():
    short = {**BASICS, "hours": 2}
    (found,) = unlocked(problem(people=[somebody("p1", 2, study_hours=4)], courses=[short]))

    # Three days and a half: begun on a Wednesday, over on the Sunday before a Monday's role.
    assert (found["start_by"], found["ready"]) == ("2027-01-27", "2027-01-31")


def test_training_that_cannot_be_done_in_time_or_lapses_inside_the_role_unlocks_nothing():
    people = [somebody("p1", 2, study_hours=1)]
    assert unlocked(problem(people=people, courses=[BASICS])) == []
    short = {**BASICS, "awards": [{**BASICS["awards"][0], "valid_for": "90 days"}]}
    people = [somebody("p1", 2, study_hours=8)]
    assert unlocked(problem(people=people, courses=[short])) == []


def test_what_a_course_requires_comes_first_and_counts():
    mastery = {
        "id": "mastery",
        "hours": 4,
        "requires": ["basics"],
        "awards": [{"competency": "risk-management", "level": 4}],
    }
    people = [somebody("p1", 2, study_hours=8)]
    roles = [role("r1", must=[{"competency": "risk-management", "level": 4}])]
    (found,) = unlocked(problem(people=people, roles=roles, courses=[mastery, BASICS]))
    assert (found["courses"], found["hours"]) == (["basics", "mastery"], 12.0)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_one_step_fills_as_much_as_two_or_more(seed: int):
    found = read(json.dumps(random_problem(seed)).encode())
    matched = match(found)
    portfolio = matched.portfolio
    priority = {role.id: role.priority for role in portfolio.roles}
    plan = solve(portfolio, found.order)
    opened = unlock(found, matched, plan)
    school = school_of(found)
    ways = every_way(found, matched, school)
    planned, chosen = together(portfolio, ways, school, found.first)

    two = [pair.role for pair in plan.pairs] + [one["role"] for one in opened]
    one = [pair.role for pair in planned] + [way.pair.role for way in chosen]
    assert len(set(one)) == len(one)
    worth = sum(priority[role] for role in one)
    assert worth >= (1 - 1e-4) * sum(priority[role] for role in two) - 1e-6


def test_courses_that_require_each_other_are_never_taken():
    circle = [
        {**BASICS, "requires": ["other"]},
        {"id": "other", "hours": 1, "requires": ["basics"]},
    ]
    assert unlocked(problem(people=[somebody("p1", 2, study_hours=8)], courses=circle)) == []


def test_nobody_is_promised_to_two_roles_or_studies_more_than_they_have_time():
    people = [somebody("p1", 2, study_hours=3), somebody("p2", 1, study_hours=3)]
    roles = [role("r1"), role("r2"), role("r3")]
    found = unlocked(problem(people=people, roles=roles, courses=[BASICS]))

    assert len(found) == 2
    assert len({one["person"] for one in found}) == 2


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_whoever_takes_the_training_qualifies(seed: int):
    given = random_problem(seed)
    found = read(json.dumps(given).encode())
    matched = match(found)
    for one in matched.portfolio.roles:
        for person, route in routes_to(found, matched, one.id)[:2]:
            someone = given["people"][person]
            taught = json.loads(json.dumps(given))
            claims = taught["people"][person]["claims"]
            for course in taught["courses"]:
                if course["id"] in route.courses:
                    for award in course["awards"]:
                        claim = {"competency": award["competency"], "level": award["level"]}
                        claims.append({**claim, "from": route.ready.isoformat()})
            again = match(read(json.dumps(taught).encode()))
            pairs = {(pair.worker, pair.role) for pair in again.portfolio.pairs}
            assert (someone["id"], one.id) in pairs


# --- While it is searched --------------------------------------------------------------------


def test_a_search_tells_its_progress_and_finds_the_same(monkeypatch):
    random = Random(5)
    costs = [[random.randint(15, 25) for _job in range(30)] for _agent in range(5)]
    amounts = [[random.randint(5, 25) for _job in range(30)] for _agent in range(5)]
    capacities = [round(0.8 * sum(row) / 5) for row in amounts]
    matched = match(read(json.dumps(assignment(costs, amounts, capacities)).encode()))
    # The package calls its function as the module is called.
    monkeypatch.setattr(import_module("app.staffing.rules.portfolio.solve"), "TOLD_EVERY", 0.0)
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return True

    watched = solve(matched.portfolio, (Stage.FILLED, Stage.SCORE), watch=watch)

    assert watched.pairs == solve(matched.portfolio, (Stage.FILLED, Stage.SCORE)).pairs
    assert {(one.stage, one.number, one.of) for one in told} >= {(Stage.SCORE, 2, 2)}
    assert all(one.gap is None or one.gap >= 0 for one in told)
    assert [one.seconds for one in told] == sorted(one.seconds for one in told)
    with pytest.raises(Stopped):
        solve(matched.portfolio, watch=lambda _progress: False)


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_what_was_searched_to_the_end_is_said_to_be_proven(seed: int):
    plan = solve(match(document(**random_problem(seed, 4, 4))).portfolio)

    assert plan.proven
    assert all(one.value == one.bound for one in plan.stages)


def test_a_plan_near_enough_says_how_near():
    """Whoever asks for a gap is told the bound as it stands, and not that nothing is better."""
    random = Random(3)
    costs = [[random.randint(15, 25) for _job in range(40)] for _agent in range(5)]
    amounts = [[random.randint(5, 25) for _job in range(40)] for _agent in range(5)]
    capacities = [round(0.8 * sum(row) / 5) for row in amounts]
    portfolio = match(read(json.dumps(assignment(costs, amounts, capacities)).encode())).portfolio

    near = solve(portfolio, (Stage.FILLED, Stage.SCORE), gap=0.5).stages[1]

    assert near.proven
    assert near.value < near.bound <= 1.5 * near.value
