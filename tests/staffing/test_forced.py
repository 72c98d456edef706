"""What if a role had to be filled, or by one person: the price, held against every plan."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.staffing.rules.portfolio import Pair, Plan, Portfolio, Reached, Stage, forced
from app.staffing.rules.portfolio.forced import Forced, Moved, force
from app.staffing.rules.portfolio.pairing import match
from app.staffing.rules.portfolio.solve import solve
from tests.staffing.problems import document, problem, random_problem, role, somebody
from tests.staffing.test_portfolio import _every_plan, _worth

ONE_FOR_TWO = problem(
    people=[somebody("only")],
    roles=[role("a", priority=3), role("b", priority=1)],
)


def test_the_price_is_the_role_that_loses_its_person():
    portfolio = match(document(**ONE_FOR_TWO)).portfolio
    best = solve(portfolio)
    assert [pair.role for pair in best.pairs] == ["a"]
    answer = force(portfolio, best, "b")
    assert answer.proven
    found = answer.price
    assert found is not None
    assert found.moved == (Moved("a", "only", None), Moved("b", None, "only"))
    assert found.priority == 2


def test_a_person_in_a_role_has_a_price_too():
    given = problem(
        people=[somebody("expert", 5), somebody("novice", 3)],
        roles=[
            role("r", want=[{"competency": "risk-management", "level": 5, "weight": 1}]),
        ],
    )
    portfolio = match(document(**given)).portfolio
    best = solve(portfolio)
    found = force(portfolio, best, "r", "novice").price
    assert found is not None
    assert found.moved == (Moved("r", "expert", "novice"),)
    assert found.priority == 0
    assert found.score > 0
    same = force(portfolio, best, "r", "expert").price
    assert same is not None
    assert (same.moved, same.score) == ((), 0)


def test_who_does_not_qualify_cannot_be_forced_and_a_budget_stays_a_budget():
    given = problem(
        people=[somebody("dear", rate=1000.0), somebody("novice", 1)],
        roles=[role("r")],
        budgets={"P-1": 10.0},
    )
    portfolio = match(document(**given)).portfolio
    best = solve(portfolio)
    assert force(portfolio, best, "r") == Forced(None, proven=True)
    assert force(portfolio, best, "r", "novice") == Forced(None, proven=True)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_no_plan_that_fills_the_role_loses_less(seed: int):
    portfolio = match(document(**random_problem(seed, 4, 4))).portfolio
    best = solve(portfolio)
    plans = list(_every_plan(portfolio))
    for role_ in portfolio.roles:
        with_it = [plan for plan in plans if any(pair.role == role_.id for pair in plan)]
        _is_the_least_price(portfolio, best, with_it, force(portfolio, best, role_.id))


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_no_plan_with_the_person_in_the_role_loses_less(seed: int):
    portfolio = match(document(**random_problem(seed, 3, 3))).portfolio
    best = solve(portfolio)
    plans = list(_every_plan(portfolio))
    for asked in itertools.product(portfolio.workers, portfolio.roles):
        worker, role_ = asked[0].id, asked[1].id
        with_it = [
            plan
            for plan in plans
            if any((pair.worker, pair.role) == (worker, role_) for pair in plan)
        ]
        _is_the_least_price(portfolio, best, with_it, force(portfolio, best, role_, worker))


def _is_the_least_price(
    portfolio: Portfolio, best: Plan, with_it: list[tuple[Pair, ...]], answer: Forced
) -> None:
    """Held against every plan that has it; and of those that lose as little, it moves the
    fewest."""
    assert answer.proven
    found = answer.price
    if not with_it:
        assert found is None
        return
    assert found is not None
    least = max(_worth(portfolio, plan) for plan in with_it)
    mine = _worth(portfolio, best.pairs)
    assert found.priority == pytest.approx(mine[0] - least[0], abs=1e-6)
    assert found.score == pytest.approx(mine[1] - least[1], abs=1e-3)
    assert found.cost == pytest.approx(mine[2] - least[2], abs=1e-2)
    held = {(pair.worker, pair.role) for pair in best.pairs}
    as_good = [plan for plan in with_it if _worth(portfolio, plan) == least]
    most_kept = max(len(held & {(one.worker, one.role) for one in plan}) for plan in as_good)
    lost = [one for one in found.moved if one.before is not None]
    assert len(held) - len(lost) >= most_kept


def test_of_plans_that_lose_as_little_the_one_that_moves_fewest_is_told():
    twins = [somebody(f"p{number}", 3) for number in range(4)]
    given = problem(people=twins, roles=[role(f"r{number}", allocation=80) for number in range(4)])
    portfolio = match(document(**given)).portfolio
    best = solve(portfolio)
    held = {pair.role: pair.worker for pair in best.pairs}
    found = force(portfolio, best, "r0", held["r1"]).price
    assert found is not None
    assert found.moved == (Moved("r0", held["r0"], held["r1"]), Moved("r1", held["r1"], held["r0"]))
    assert (found.priority, found.score, found.cost) == (0, 0, 0)


def test_a_search_without_time_does_not_say_that_there_is_no_plan(monkeypatch: pytest.MonkeyPatch):
    portfolio = match(document(**ONE_FOR_TWO)).portfolio
    best = solve(portfolio)
    nothing = Plan((), (Reached(Stage.FILLED, 0, 5, False), *best.stages[1:]), 30.0)
    monkeypatch.setattr(forced, "solve", lambda *_rest, **_options: nothing)
    assert force(portfolio, best, "b") == Forced(None, proven=False)
