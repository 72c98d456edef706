"""A plan at once: the roles that matter most and have the fewest people first, each to the best."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from app.staffing.rules.portfolio.limits import ROUNDING, fits
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Taken, Worker


def greedy(portfolio: Portfolio) -> list[Pair]:
    """A plan that keeps every limit. It is a preview and a start, not the best one."""
    workers = {worker.id: worker for worker in portfolio.workers}
    offered: dict[str, list[Pair]] = defaultdict(list)
    for pair in portfolio.pairs:
        offered[pair.role].append(pair)
    left = dict(portfolio.budgets)
    shared = _SharedUse(portfolio)
    plan = []
    order = sorted(portfolio.roles, key=lambda one: (-one.priority, len(offered[one.id]), one.id))
    for role in order:
        best = sorted(
            offered[role.id], key=lambda one: (-one.score, one.cost, one.turn, one.worker)
        )
        for pair in best:
            affordable = pair.cost <= left.get(role.project, float("inf"))
            allowed = affordable and shared.allows(pair)
            if allowed and fits(pair, role, workers[pair.worker]):
                plan.append(pair)
                shared.take(pair)
                workers[pair.worker] = _busier(workers[pair.worker], pair, role)
                if role.project in left:
                    left[role.project] -= pair.cost
                break
    return plan


def _best_first(pair: Pair) -> tuple[object, ...]:
    return -pair.score, pair.cost, pair.turn, pair.worker


class _SharedUse:
    """What the plan uses of everything that pairs share."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.left = [max(0.0, one.most) for one in portfolio.shared]
        self.uses: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        for place, one in enumerate(portfolio.shared):
            for key, amount in one.amounts.items():
                self.uses[key].append((place, amount))

    def allows(self, pair: Pair) -> bool:
        uses = self.uses[pair.worker, pair.role]
        return all(amount <= 0 or amount <= self.left[place] + ROUNDING for place, amount in uses)

    def take(self, pair: Pair) -> None:
        for place, amount in self.uses[pair.worker, pair.role]:
            self.left[place] -= amount


def _busier(worker: Worker, pair: Pair, role: Role) -> Worker:
    taken = Taken(role.period, pair.allocation, True)
    return replace(worker, taken=(*worker.taken, taken, *role.relief))
