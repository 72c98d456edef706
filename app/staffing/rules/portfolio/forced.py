"""What if: the plan with one role filled at any price, or one person in it.

A role is forced by giving it more priority than all others together: the plan fills it if any
plan can. What the others lose by that is its price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import fsum

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


@dataclass(frozen=True, slots=True)
class Forced:
    """The price, None if no plan has the role filled. `proven` says that there is no lower one, or
    none at all; otherwise the time was over before that was known."""

    price: Price | None
    proven: bool


def force(
    portfolio: Portfolio,
    best: Plan,
    role_id: str,
    worker_id: str | None = None,
    *,
    time_limit: float = 30.0,
) -> Forced:
    """The price of filling a role, with anybody or with one person.

    Of the plans that lose as little as any, it is one that moves the fewest people.

    Args:
        best: the plan to compare with.
    """
    everything = sum(role.priority for role in portfolio.roles)
    roles = [
        replace(role, priority=role.priority + everything + 1) if role.id == role_id else role
        for role in portfolio.roles
    ]
    held = {(pair.worker, pair.role) for pair in best.pairs}
    pairs = [
        replace(pair, kept=(pair.worker, pair.role) in held)
        for pair in portfolio.pairs
        if pair.role != role_id or worker_id in (None, pair.worker)
    ]
    urgent = replace(portfolio, roles=roles, pairs=pairs)
    found = solve(urgent, STAGES, time_limit=time_limit)
    if not any(pair.role == role_id for pair in found.pairs):
        return Forced(None, found.stages[0].value == found.stages[0].bound)
    return Forced(price(portfolio, best.pairs, found.pairs), best.exact and found.exact)


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
