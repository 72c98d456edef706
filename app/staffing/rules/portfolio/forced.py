"""What if: the plan with one role filled at any price, or one person in it, and what it takes.

A role is forced by giving it more priority than all others together: the plan fills it if any
plan can. What the others lose by that is its price. Where nobody qualifies, the smallest set of
demands is sought that would have to be given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum

from app.staffing.rules.matcher.eligibility import Reason, reasons
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.rank import Rule, rule_of
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Stage
from app.staffing.rules.portfolio.solve import Plan, solve

STAGES = (Stage.FILLED, Stage.SCORE, Stage.COST, Stage.KEPT)


@dataclass(frozen=True, slots=True)
class Moved:
    """A role that changes hands; None where nobody is."""

    role: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Price:
    """What a forced plan has less than the best one: priorities, score; and what it costs more."""

    moved: tuple[Moved, ...]
    priority: float
    score: float
    cost: float


def force(
    portfolio: Portfolio,
    best: Plan,
    role_id: str,
    worker_id: str | None = None,
    *,
    time_limit: float = 30.0,
    gap: float = 0.0,
) -> Price | None:
    """The price of filling a role, with anybody or with one person.

    Args:
        best: the plan to compare with.

    Returns:
        None if no plan can.
    """
    everything = sum(role.priority for role in portfolio.roles)
    roles = [
        replace(role, priority=role.priority + everything + 1) if role.id == role_id else role
        for role in portfolio.roles
    ]
    pairs = [
        pair for pair in portfolio.pairs if pair.role != role_id or worker_id in (None, pair.worker)
    ]
    urgent = replace(portfolio, roles=roles, pairs=pairs)
    found = solve(urgent, STAGES, time_limit=time_limit, gap=gap)
    if not any(pair.role == role_id for pair in found.pairs):
        return None
    return price(portfolio, best.pairs, found.pairs)


def price(portfolio: Portfolio, before: Iterable[Pair], after: Iterable[Pair]) -> Price:
    """How two plans differ: what the second has less, and costs more."""
    held = {pair.role: pair for pair in before}
    holds = {pair.role: pair for pair in after}
    priority = {role.id: role.priority for role in portfolio.roles}
    moved = [
        Moved(role, _worker(held.get(role)), _worker(holds.get(role)))
        for role in sorted({*held, *holds})
        if _worker(held.get(role)) != _worker(holds.get(role))
    ]
    return Price(
        tuple(moved),
        fsum(priority[role] for role in held) - fsum(priority[role] for role in holds),
        fsum(pair.score for pair in held.values()) - fsum(pair.score for pair in holds.values()),
        fsum(pair.cost for pair in holds.values()) - fsum(pair.cost for pair in held.values()),
    )


def _worker(pair: Pair | None) -> str | None:
    return pair.worker if pair else None


# --- Nobody qualifies ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Demands to give up so that somebody qualifies, and who would."""

    rules: frozenset[Rule]
    people: tuple[int, ...]
    """Those who miss nothing else, whoever is furthest ahead first."""


def relaxations(slot: Slot, people: Iterable[Person], most: int = 3) -> list[Relaxation]:
    """The smallest sets of demands that would have to be given up, those that help most first.

    All of them have as few demands as any set that helps. Empty if somebody qualifies, or if
    there is nobody.
    """
    sets: dict[frozenset[Rule], list[tuple[float, int]]] = {}
    smallest: int | None = None
    for person in people:
        found = reasons(person, slot)
        rules = frozenset(rule_of(reason) for reason in found)
        if smallest is not None and len(rules) > smallest:
            continue
        if smallest is None or len(rules) < smallest:
            sets, smallest = {}, len(rules)
        sets.setdefault(rules, []).append((_gap(found), person.id))
    if not smallest:
        return []
    ranked = sorted(sets.items(), key=lambda one: (-len(one[1]), sorted(map(str, one[0]))))
    return [
        Relaxation(rules, tuple(person_id for _gap, person_id in sorted(helped)))
        for rules, helped in ranked[:most]
    ]


def _gap(found: Sequence[Reason]) -> float:
    return fsum(reason.gap for reason in found)


def needed_elsewhere(portfolio: Portfolio, best: Plan, role_id: str) -> list[tuple[str, str]]:
    """Who qualifies for a role and what the plan gives them instead, as worker and role."""
    offered = {pair.worker for pair in portfolio.pairs if pair.role == role_id}
    return sorted(
        (pair.worker, pair.role)
        for pair in best.pairs
        if pair.worker in offered and pair.role != role_id
    )
