"""A plan at once: the roles that matter most and have the fewest people first, each to the best."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from app.core.values import Period
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Taken, Worker


def greedy(portfolio: Portfolio) -> list[Pair]:
    """A plan that keeps every limit. It is a preview and a start, not the best one."""
    workers = {worker.id: worker for worker in portfolio.workers}
    offered: dict[str, list[Pair]] = defaultdict(list)
    for pair in portfolio.pairs:
        offered[pair.role].append(pair)
    left = dict(portfolio.budgets)
    plan = []
    order = sorted(portfolio.roles, key=lambda one: (-one.priority, len(offered[one.id]), one.id))
    for role in order:
        best = sorted(offered[role.id], key=lambda one: (-one.score, one.cost, one.worker))
        for pair in best:
            affordable = pair.cost <= left.get(role.project, float("inf"))
            if affordable and fits(pair, role, workers[pair.worker]):
                plan.append(pair)
                workers[pair.worker] = _busier(workers[pair.worker], pair, role.period)
                if role.project in left:
                    left[role.project] -= pair.cost
                break
    return plan


def _busier(worker: Worker, pair: Pair, period: Period) -> Worker:
    return replace(worker, taken=(*worker.taken, Taken(period, pair.allocation, True)))
