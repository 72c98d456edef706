"""What keeps a role empty: the fewest rules that would have to give way so that somebody could.

Rules are demands of the role, and what binds a plan beside people's time: budgets, roles at a time,
needs of the team, a mentor for who is a level short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.matcher.problem import Kind
from app.staffing.rules.portfolio.limits import ROUNDING, Limit, limits
from app.staffing.rules.portfolio.problem import (
    BUDGET,
    MENTOR,
    PARALLEL,
    Pair,
    Portfolio,
    Shared,
    Stage,
    Worker,
)
from app.staffing.rules.portfolio.solve import solve

SECONDS = 5.0
"""The most for the question whether one person could, with whom they need beside them."""

CAPACITY = Rule("capacity")


@dataclass(frozen=True, slots=True)
class Missing:
    """The demands that somebody misses, and how far off they are."""

    rules: frozenset[Rule]
    gap: float = 0.0


NOTHING = Missing(frozenset())


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Rules to give up so that somebody could take a role, and who: the furthest ahead first."""

    rules: frozenset[Rule]
    people: tuple[str, ...]


def relaxations(
    portfolio: Portfolio, role_id: str, missing: Mapping[str, Missing], most: int = 3
) -> list[Relaxation]:
    """The smallest sets of rules that would have to give way, those that help most first.

    All of them have as few rules as any set that helps. Others may have to give up their roles:
    what that costs is another question.

    Args:
        portfolio: with a pair for everybody who is considered, whatever they miss.
        missing: what they miss, by worker; who is not in it misses nothing.

    Returns:
        Empty if somebody could take the role as it is, or if nobody is considered.
    """
    asked = _Asked(portfolio, role_id, missing)
    found: list[Relaxation] = []
    for rules in asked.sets():
        if found and len(rules) > len(found[0].rules):
            break
        if people := asked.helped_by(rules):
            found.append(Relaxation(rules, people))
    if not found or not found[0].rules:
        return []
    found.sort(key=lambda one: (-len(one.people), sorted(map(str, one.rules))))
    return found[:most]


def held_back_in(portfolio: Portfolio, role_ids: Iterable[str]) -> dict[str, frozenset[Rule]]:
    """Of these roles those that nobody who qualifies can take, whatever else is given up, with the
    fewest limits that keep them out."""
    project_of = {role.id: role.project for role in portfolio.roles}
    by_project: dict[str, list[Pair]] = defaultdict(list)
    for pair in portfolio.pairs:
        by_project[project_of[pair.role]].append(pair)
    asked: dict[str, list[str]] = defaultdict(list)
    for role_id in role_ids:
        asked[project_of[role_id]].append(role_id)
    return {
        role_id: sets[0].rules
        for project, empty in asked.items()
        for own in [_of_project(portfolio, by_project[project])]
        for role_id in empty
        if (sets := relaxations(own, role_id, {}, 1))
    }


def _of_project(portfolio: Portfolio, pairs: Sequence[Pair]) -> Portfolio:
    """With the pairs of one project, and what they share."""
    keys = {(pair.worker, pair.role) for pair in pairs}
    return replace(
        portfolio,
        pairs=pairs,
        shared=[one for one in portfolio.shared if not keys.isdisjoint(one.amounts)],
    )


@dataclass
class _Asked:
    """A role with everybody who is considered, and every limit of its project."""

    portfolio: Portfolio
    role_id: str
    missing: Mapping[str, Missing]
    pairs: list[Pair] = field(init=False)
    rows: list[Limit] = field(init=False)

    def __post_init__(self) -> None:
        project_of = {role.id: role.project for role in self.portfolio.roles}
        mine = project_of[self.role_id]
        # Whoever is on another project helps nobody here, and can be spared.
        self.pairs = [one for one in self.portfolio.pairs if project_of[one.role] == mine]
        self.rows = limits(self.portfolio, self.pairs)
        self.mine = [place for place, one in enumerate(self.pairs) if one.role == self.role_id]
        self.mine.sort(key=lambda place: (self._missed(place).gap, self.pairs[place].worker))

    def _missed(self, place: int) -> Missing:
        return self.missing.get(self.pairs[place].worker, NOTHING)

    def sets(self) -> Iterator[frozenset[Rule]]:
        """Whatever could help: demands that somebody misses, with some of the limits; fewest
        first."""
        demands = {self._missed(place).rules for place in self.mine}
        binding = sorted({row.rule for row in self.rows if row.rule}, key=str)
        for size in range(max(map(len, demands), default=0) + len(binding) + 1):
            yield from sorted(
                {
                    missed | set(chosen)
                    for missed in demands
                    if len(missed) <= size
                    for chosen in combinations(binding, size - len(missed))
                },
                key=lambda rules: sorted(map(str, rules)),
            )

    def helped_by(self, rules: frozenset[Rule]) -> tuple[str, ...]:
        """Who could take the role without these rules."""
        return tuple(
            self.pairs[place].worker
            for place in self.mine
            if self._missed(place).rules <= rules and self._could(place, rules)
        )

    def _could(self, place: int, without: frozenset[Rule]) -> bool:
        broken = [row for row in self._binding(place, without) if _alone(row, place) > row.most]
        if not broken:
            return True
        if not all(min(row.amounts) < 0 for row in broken):
            return False
        return self._could_beside_others(place, without)

    def _binding(self, place: int, without: frozenset[Rule]) -> Iterator[Limit]:
        for row in self.rows:
            time = row.rule is None and CAPACITY in without
            if place in row.places and not time and not _gives_way(row.rule, without):
                yield row

    def _could_beside_others(self, place: int, without: frozenset[Rule]) -> bool:
        """Whether a plan can have them and those whom they need beside them."""
        one, whole = self.pairs[place], self.portfolio
        everything = sum(role.priority for role in whole.roles)
        plan = solve(
            replace(
                whole,
                roles=[
                    replace(role, priority=everything + 1) if role.id == self.role_id else role
                    for role in whole.roles
                ],
                workers=[_freed(worker, one, without) for worker in whole.workers],
                pairs=[one, *(pair for pair in self.pairs if pair.role != self.role_id)],
                budgets={
                    project: amount
                    for project, amount in whole.budgets.items()
                    if Rule(BUDGET, project) not in without
                },
                shared=[shared for shared in whole.shared if not _spared(shared, one, without)],
            ),
            (Stage.FILLED,),
            time_limit=SECONDS,
        )
        return any(pair.role == self.role_id for pair in plan.pairs)


def _alone(row: Limit, place: int) -> float:
    return row.amounts[row.places.index(place)] - ROUNDING


def _gives_way(rule: Rule | None, without: frozenset[Rule]) -> bool:
    """Whether a rule is given up; who need not have a level needs no mentor for it."""
    if rule is None:
        return False
    demand = Rule(Kind.COMPETENCY, rule.code, rule.level)
    return rule in without or (rule.name == MENTOR and demand in without)


def _freed(worker: Worker, pair: Pair, without: frozenset[Rule]) -> Worker:
    if Rule(PARALLEL) in without:
        worker = replace(worker, max_parallel=None)
    if CAPACITY in without and worker.id == pair.worker:
        worker = replace(worker, capacity=float("inf"))
    return worker


def _spared(shared: Shared, pair: Pair, without: frozenset[Rule]) -> bool:
    if shared.rule is not None and shared.rule.name == MENTOR:
        # The mentors of others stay as needed as they are.
        return _gives_way(shared.rule, without) and (pair.worker, pair.role) in shared.amounts
    return _gives_way(shared.rule, without)
