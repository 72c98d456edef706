"""What a plan has to keep to, as rows of a linear program: sums of chosen pairs with a limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.portfolio.problem import (
    BUDGET,
    PARALLEL,
    Pair,
    Portfolio,
    Role,
    Shared,
    Worker,
)

_DAY = timedelta(days=1)
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """The pairs at `places`, each with its amount, come to `most` at the highest.

    `rule` is what asks for it; None for the time that people have.
    """

    places: tuple[int, ...]
    amounts: tuple[float, ...]
    most: float
    rule: Rule | None = None

    @property
    def binds(self) -> bool:
        return sum(one for one in self.amounts if one > 0) > self.most + ROUNDING


def limits(portfolio: Portfolio, pairs: Sequence[Pair]) -> list[Limit]:
    """Every limit that some choice of `pairs` could break, but those of one person a role."""
    roles = {role.id: role for role in portfolio.roles}
    workers = {worker.id: worker for worker in portfolio.workers}
    by_worker: dict[str, list[int]] = defaultdict(list)
    by_project: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        by_worker[pair.worker].append(place)
        by_project[roles[pair.role].project].append(place)
    found: list[Limit] = []
    for worker_id, places in by_worker.items():
        found += _of_worker(workers[worker_id], places, pairs, roles)
    found += [
        Limit(
            tuple(places),
            tuple(pairs[place].cost for place in places),
            portfolio.budgets[project],
            Rule(BUDGET, project),
        )
        for project, places in by_project.items()
        if project in portfolio.budgets
    ]
    by_key = {(pair.worker, pair.role): place for place, pair in enumerate(pairs)}
    found += [_shared(one, by_key) for one in portfolio.shared]
    # What is overdrawn already leaves nothing; the program has to stay soluble.
    return [replace(limit, most=max(0.0, limit.most)) for limit in found if limit.binds]


def _shared(shared: Shared, places: Mapping[tuple[str, str], int]) -> Limit:
    amounts = {places[key]: amount for key, amount in shared.amounts.items() if key in places}
    return Limit(tuple(amounts), tuple(amounts.values()), shared.most, shared.rule)


def fits(pair: Pair, role: Role, worker: Worker) -> bool:
    """Whether a person has the time for a role beside what is taken already, on every day."""
    for day in _starts(worker, [role]):
        if day in role.period:
            free, parallel = _free_on(worker, day)
            needed = pair.allocation + role.relieved(day)
            if needed > max(0.0, free) + ROUNDING or parallel < 1:
                return False
    return True


def overdrawn_from(worker: Worker) -> date | None:
    """The first day on which the roles that somebody has already are too many or too much."""
    held = replace(worker, taken=tuple(one for one in worker.taken if one.is_role))
    for day in _starts(held, ()):
        free, parallel = _free_on(held, day)
        if free < -ROUNDING or parallel < 0:
            return day
    return None


def _of_worker(
    worker: Worker, places: Sequence[int], pairs: Sequence[Pair], roles: dict[str, Role]
) -> Iterator[Limit]:
    """Stretches with the same roles side by side; one that another implies is left out."""
    held = [(place, roles[pairs[place].role]) for place in places]
    strictest: dict[_Beside, tuple[float, float]] = {}
    for first in _starts(worker, (role for _place, role in held)):
        side_by_side = tuple(
            (place, pairs[place].allocation + role.relieved(first))
            for place, role in held
            if first in role.period
        )
        if side_by_side:
            free, parallel = _free_on(worker, first)
            before = strictest.get(side_by_side, (free, parallel))
            strictest[side_by_side] = (min(free, before[0]), min(parallel, before[1]))
    for chosen, (free, parallel) in _unimplied(strictest).items():
        standing = tuple(place for place, _amount in chosen)
        yield Limit(standing, tuple(amount for _place, amount in chosen), free)
        if parallel < len(chosen):
            yield Limit(standing, (1.0,) * len(chosen), parallel, Rule(PARALLEL))


_Beside = tuple[tuple[int, float], ...]
"""Pairs that stand side by side on some days, each with what it takes then."""


def _unimplied(found: dict[_Beside, tuple[float, float]]) -> dict[_Beside, tuple[float, float]]:
    """Without those whose roles all stand in a larger set that leaves no more."""
    sets = {chosen: frozenset(chosen) for chosen in found}
    return {
        chosen: (free, parallel)
        for chosen, (free, parallel) in found.items()
        if not any(
            sets[chosen] < sets[other] and found[other][0] <= free and found[other][1] <= parallel
            for other in found
        )
    }


def _starts(worker: Worker, roles: Iterable[Role]) -> list[date]:
    """The first days of the stretches in which nothing begins or ends."""
    periods = [one.period for one in worker.taken]
    for role in roles:
        periods += [role.period, *(one.period for one in role.relief)]
    days = {period.first for period in periods}
    days |= {period.last + _DAY for period in periods if period.last < date.max}
    return sorted(days)


def _free_on(worker: Worker, day: date) -> tuple[float, float]:
    """What is free on a day: of capacity, and of roles in parallel."""
    standing = [one for one in worker.taken if day in one.period]
    free = worker.capacity - sum(one.amount for one in standing)
    if worker.max_parallel is None:
        return free, float("inf")
    return free, float(worker.max_parallel - sum(one.is_role for one in standing))
