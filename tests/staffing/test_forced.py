"""What if a role had to be filled: the price, or the smallest set of demands to give up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.matcher.rank import Rule, rule_of
from app.staffing.rules.portfolio.forced import (
    Moved,
    force,
    needed_elsewhere,
    relaxations,
)
from app.staffing.rules.portfolio.pairing import match
from app.staffing.rules.portfolio.solve import solve
from tests.staffing.problems import problem, random_problem, role, somebody
from tests.staffing.strategies import people, slots
from tests.staffing.test_portfolio import _every_plan, _worth, document
from tests.staffing.test_rules import GOOD, PRINCE2, RISK, SLOT

ONE_FOR_TWO = problem(
    people=[somebody("only")],
    roles=[role("a", priority=3), role("b", priority=1)],
)


def test_the_price_is_the_role_that_loses_its_person():
    portfolio = match(document(**ONE_FOR_TWO)).portfolio
    best = solve(portfolio)
    assert [pair.role for pair in best.pairs] == ["a"]
    assert needed_elsewhere(portfolio, best, "b") == [("only", "a")]
    found = force(portfolio, best, "b")
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
    found = force(portfolio, best, "r", "novice")
    assert found is not None
    assert found.moved == (Moved("r", "expert", "novice"),)
    assert found.priority == 0
    assert found.score > 0
    same = force(portfolio, best, "r", "expert")
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
    assert force(portfolio, best, "r") is None
    assert force(portfolio, best, "r", "novice") is None


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_no_plan_that_fills_the_role_loses_less(seed: int):
    portfolio = match(document(**random_problem(seed, 4, 4))).portfolio
    best = solve(portfolio)
    plans = list(_every_plan(portfolio))
    for role_ in portfolio.roles:
        with_it = [plan for plan in plans if any(pair.role == role_.id for pair in plan)]
        found = force(portfolio, best, role_.id)
        if not with_it:
            assert found is None
            continue
        assert found is not None
        least = max(_worth(portfolio, plan) for plan in with_it)
        mine = _worth(portfolio, best.pairs)
        assert found.priority == pytest.approx(mine[0] - least[0], abs=1e-6)
        assert found.score == pytest.approx(mine[1] - least[1], abs=1e-3)


# --- Nobody qualifies ------------------------------------------------------------------------


def test_the_smallest_set_of_demands_is_named_with_those_who_would_qualify():
    no_certificate = replace(GOOD, id=2, held={})
    also = replace(GOOD, id=3, held={})
    no_level = replace(GOOD, id=4, attested={})
    neither = Person(5)
    found = relaxations(SLOT, [neither, no_level, no_certificate, also])
    assert [(one.rules, one.people) for one in found] == [
        (frozenset({Rule("certification", PRINCE2.code)}), (2, 3)),
        (frozenset({Rule("competency", RISK.code, 3)}), (4,)),
    ]
    assert relaxations(SLOT, [GOOD, neither]) == []
    assert relaxations(SLOT, []) == []


@settings(max_examples=200)
@given(st.lists(people, min_size=1, max_size=8, unique_by=lambda one: one.id), slots())
def test_no_smaller_set_would_help(several: list[Person], slot):
    found = relaxations(slot, several, most=100)
    rules = {
        person.id: frozenset(rule_of(reason) for reason in reasons(person, slot))
        for person in several
    }
    least = min(len(one) for one in rules.values())
    if least == 0:
        assert found == []
        return
    assert {one.rules for one in found} == {one for one in rules.values() if len(one) == least}
    for one in found:
        assert set(one.people) == {key for key, failed in rules.items() if failed == one.rules}
