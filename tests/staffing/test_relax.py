"""What keeps a role empty: the smallest set of rules that would have to give way, held against
every set of rules and every plan of small portfolios."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.portfolio.organisation import Open, everybody_for
from app.staffing.rules.portfolio.problem import (
    BUDGET,
    MENTOR,
    PARALLEL,
    TEAM,
    Pair,
    Portfolio,
    Role,
    Shared,
    Taken,
    Worker,
)
from app.staffing.rules.portfolio.relax import (
    CAPACITY,
    Missing,
    Relaxation,
    held_back_in,
    relaxations,
)
from tests.staffing.test_rules import GOOD, PRINCE2, RISK, SLOT

DAYS = Period(date(2027, 2, 1), date(2027, 2, 26))
LEVEL = Rule("competency", "risk-management", 3)
CERTIFICATE = Rule("certification", "prince2-practitioner")
ROLES = [Role("r", "P", DAYS), Role("s", "P", DAYS), Role("other", "Q", DAYS)]


def missing(*rules: Rule, gap: float = 0.0) -> Missing:
    return Missing(frozenset(rules), gap)


def portfolio(*pairs: Pair, **values: object) -> Portfolio:
    workers = [Worker(id) for id in sorted({pair.worker for pair in pairs})]
    return replace(Portfolio(ROLES, workers, pairs), **values)


# --- Examples --------------------------------------------------------------------------------


def test_the_fewest_demands_are_named_with_those_who_could_then():
    asked = portfolio(*(Pair(id, "r", 50) for id in ("ada", "ben", "cem", "dot")))
    missed = {
        "ada": missing(CERTIFICATE, gap=0.6),
        "ben": missing(CERTIFICATE, gap=0.2),
        "cem": missing(LEVEL, gap=0.1),
        "dot": missing(LEVEL, CERTIFICATE),
    }
    assert relaxations(asked, "r", missed) == [
        Relaxation(frozenset({CERTIFICATE}), ("ben", "ada")),
        Relaxation(frozenset({LEVEL}), ("cem",)),
    ]


def test_a_budget_counts_as_a_rule_beside_the_demands():
    dear, cheap = Pair("ada", "r", 50, cost=900), Pair("ben", "r", 50, cost=10)
    tight = portfolio(dear, cheap, budgets={"P": 100.0})
    both = missing(LEVEL, CERTIFICATE)
    assert relaxations(tight, "r", {"ben": both}) == [
        Relaxation(frozenset({Rule(BUDGET, "P")}), ("ada",))
    ]
    assert relaxations(tight, "r", {"ada": missing(LEVEL), "ben": both}) == [
        Relaxation(frozenset({LEVEL, Rule(BUDGET, "P")}), ("ada",)),
        Relaxation(frozenset({LEVEL, CERTIFICATE}), ("ben",)),
    ]


def test_who_has_their_number_of_roles_already_is_kept_out_by_that():
    busy = Worker("ada", max_parallel=1, taken=(Taken(DAYS, 10, is_role=True),))
    asked = portfolio(Pair("ada", "r", 50), workers=[busy])
    assert relaxations(asked, "r", {}) == [Relaxation(frozenset({Rule(PARALLEL)}), ("ada",))]
    assert held_back_in(asked, ["r", "s"]) == {"r": frozenset({Rule(PARALLEL)})}


def test_time_that_is_given_up_frees_nobody_else():
    full = [Worker("ada", 20), Worker("ben", 20)]
    asked = portfolio(Pair("ada", "r", 50), Pair("ben", "r", 50), workers=full)
    missed = {"ada": missing(CAPACITY), "ben": missing(CAPACITY, LEVEL)}
    assert relaxations(asked, "r", missed) == [Relaxation(frozenset({CAPACITY}), ("ada",))]


def test_somebody_a_level_short_could_with_the_mentor_whom_the_plan_can_place():
    beside = Shared(
        {("ada", "r"): 1.0, ("mia", "s"): -1.0}, 0.0, Rule(MENTOR, "risk-management", 3)
    )
    learner, mentor = Pair("ada", "r", 50), Pair("mia", "s", 50)
    assert relaxations(portfolio(learner, mentor, shared=[beside]), "r", {}) == []
    alone = portfolio(learner, shared=[beside])
    assert relaxations(alone, "r", {}) == [Relaxation(frozenset({beside.rule}), ("ada",))]
    # Who is further off may be given the level, and needs no mentor for it then.
    assert relaxations(alone, "r", {"ada": missing(LEVEL)}) == [
        Relaxation(frozenset({LEVEL}), ("ada",))
    ]


def test_nobody_is_asked_to_give_up_what_is_not_the_pmos_to_give():
    leaves = replace(GOOD, id=2, employed_to=SLOT.period.first)
    stays_out = replace(GOOD, id=3, consents=False)
    short = replace(GOOD, id=4, attested={}, held={})
    pairs, missed = everybody_for(Open(SLOT, "P", 1), [leaves, stays_out, short])
    assert [pair.worker for pair in pairs] == ["4"]
    assert missed["4"].rules == {
        Rule("competency", RISK.code, RISK.level),
        Rule("certification", PRINCE2.code),
    }
    pairs, missed = everybody_for(Open(SLOT, "P", 1), [stays_out])
    assert missed["3"].rules == {Rule("consent")}
    assert everybody_for(Open(SLOT, "P", 1), list[Person]()) == ([], {})


# --- Every set of rules, every plan ----------------------------------------------------------


@settings(max_examples=150)
@given(st.integers(0, 100_000))
def test_no_smaller_set_of_rules_would_fill_the_role(seed: int):
    asked, missed = _random(Random(seed))
    rules = {rule for one in missed.values() for rule in one.rules}
    rules |= {shared.rule for shared in asked.shared if shared.rule}
    rules |= {Rule(PARALLEL), *(Rule(BUDGET, project) for project in asked.budgets)}
    smallest: list[frozenset[Rule]] = []
    for size in range(len(rules) + 1):
        chosen = map(frozenset, itertools.combinations(sorted(rules, key=str), size))
        smallest = [one for one in chosen if _who_could(asked, missed, one)]
        if smallest:
            break

    found = relaxations(asked, "r", missed, most=1000)

    if not smallest or not smallest[0]:
        assert found == []
        return
    assert {len(one.rules) for one in found} == {len(smallest[0])}
    # A mentor is not needed where the level is given up: either may be named, and one is enough.
    assert {one.rules for one in found} <= set(smallest)
    without_mentors = {one for one in smallest if not any(rule.name == MENTOR for rule in one)}
    if len(without_mentors) == len(smallest):
        assert {one.rules for one in found} == set(smallest)
    for one in found:
        assert set(one.people) == _who_could(asked, missed, one.rules)


def _random(random: Random) -> tuple[Portfolio, dict[str, Missing]]:
    names = ["ada", "ben", "cem"]
    workers = [
        Worker(
            name,
            random.choice([60, 100]),
            random.choice([None, 1, 2]),
            tuple(Taken(DAYS, 10, True) for _ in range(random.randrange(3))),
        )
        for name in names
    ]
    free = {one.id: one.capacity - sum(taken.amount for taken in one.taken) for one in workers}
    demands = [LEVEL, CERTIFICATE, Rule("language", "de")]
    missed = {}
    pairs = []
    for name in names:
        rules = {rule for rule in demands if random.random() < 0.4}
        amount = random.choice([30, 50, 90])
        if amount > free[name]:
            rules.add(CAPACITY)
        missed[name] = Missing(frozenset(rules), random.random())
        pairs.append(Pair(name, "r", amount, cost=random.choice([10, 60, 200])))
        if random.random() < 0.6 and free[name] >= 30:
            pairs.append(Pair(name, "s", 30, cost=random.choice([10, 60])))
    return Portfolio(ROLES, workers, pairs, _budget(random), _shared(random, pairs)), missed


def _budget(random: Random) -> dict[str, float]:
    return {"P": random.choice([5.0, 65.0, 100.0])} if random.random() < 0.6 else {}


def _shared(random: Random, pairs: list[Pair]) -> list[Shared]:
    keys = [(pair.worker, pair.role) for pair in pairs]
    learner, helper = random.sample(keys, 2)
    found = []
    if random.random() < 0.5 and learner[0] != helper[0]:
        found.append(Shared({learner: 1.0, helper: -1.0}, 0.0, Rule(MENTOR, "risk-management", 3)))
    if random.random() < 0.5:
        others = {key: 1.0 for key in keys if random.random() < 0.6}
        found.append(Shared(others, float(random.choice([0, 1])), Rule(TEAM, "P", 1)))
    if random.random() < 0.5 and learner[0] != helper[0]:
        found.append(Shared({helper: 1.0, learner: -1.0}, 0.0, Rule(TEAM, "P", 2)))
    return found


def _who_could(asked: Portfolio, missed: dict[str, Missing], without: frozenset[Rule]) -> set[str]:
    """Who is in the role in some plan that keeps every rule but these."""
    return {
        pair.worker
        for plan in _plans(asked)
        for pair in plan
        if pair.role == "r" and missed[pair.worker].rules <= without and _kept(asked, plan, without)
    }


def _plans(asked: Portfolio) -> Iterator[list[Pair]]:
    offered = [
        [None, *(pair for pair in asked.pairs if pair.role == role.id)] for role in asked.roles
    ]
    for choice in itertools.product(*offered):
        yield [pair for pair in choice if pair is not None]


def _kept(asked: Portfolio, plan: list[Pair], without: frozenset[Rule]) -> bool:
    in_role = next(pair.worker for pair in plan if pair.role == "r")
    for worker in asked.workers:
        theirs = [pair for pair in plan if pair.worker == worker.id]
        time = sum(pair.allocation for pair in theirs) + sum(one.amount for one in worker.taken)
        spared = CAPACITY in without and worker.id == in_role
        if theirs and time > worker.capacity and not spared:
            return False
        most = worker.max_parallel
        held = len(theirs) + len(worker.taken)
        if theirs and most is not None and held > most and Rule(PARALLEL) not in without:
            return False
    cost = sum(pair.cost for pair in plan if pair.role in ("r", "s"))
    if cost > asked.budgets.get("P", float("inf")) and Rule(BUDGET, "P") not in without:
        return False
    chosen = {(pair.worker, pair.role) for pair in plan}
    return all(
        sum(amount for key, amount in one.amounts.items() if key in chosen) <= one.most
        for one in asked.shared
        if not _given_up(one, (in_role, "r"), without)
    )


def _given_up(one: Shared, pair: tuple[str, str], without: frozenset[Rule]) -> bool:
    if one.rule is not None and one.rule.name == MENTOR:
        return pair in one.amounts and (one.rule in without or LEVEL in without)
    return one.rule in without
