"""What a plan is made from: roles, people with the time they have, and who may take what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.core.values import Period
from app.staffing.rules.matcher.eligibility import Rule

BUDGET, PARALLEL, TEAM, MENTOR = "budget", "parallel", "team", "mentor"
"""Names of rules that are no demand of a role: what a project may cost, roles at a time, a need of
the team, a mentor beside who is a level short."""


class Stage(StrEnum):
    """What is made as good as it can be; a later stage never takes from an earlier one."""

    FILLED = "filled"
    """The priorities of the roles that are filled, added up."""
    SCORE = "score"
    """The scores of the assignments, added up."""
    COST = "cost"
    """The costs of the assignments, added up: as little as possible."""
    KEPT = "kept"
    """How many assignments of the plan that stands are kept."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Time that is gone, in the unit of capacity, on every day of a period."""

    period: Period
    amount: float
    is_role: bool = False
    """Whether it counts among the roles held in parallel."""


@dataclass(frozen=True, slots=True)
class Role:
    """An open role. It is worth `priority` to fill it."""

    id: str
    project: str
    period: Period
    priority: float = 1.0
    relief: tuple[Taken, ...] = ()
    """What it takes less on some days, as amounts below 0."""

    def relieved(self, day: date) -> float:
        """What it takes less on a day; 0 or below."""
        return sum(one.amount for one in self.relief if day in one.period)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with `capacity`, in a unit of their own; allocations are in the same."""

    id: str
    capacity: float = 100.0
    max_parallel: int | None = None
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A person who qualifies for a role, alone and on every day."""

    worker: str
    role: str
    allocation: float
    score: float = 0.0
    cost: float = 0.0
    kept: bool = False
    """Whether the plan that stands has it."""
    turn: tuple[float, date, bytes] = (0.0, date.min, b"")
    """Whose turn it is among those who are equal for the role, the lowest first: what they have to
    do in its time, the last day that they were booked, a lot."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that pairs use up together: an amount by worker and role, `most` at the highest.

    `rule` is what it is for, so that people can be told.
    """

    amounts: Mapping[tuple[str, str], float]
    most: float
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The whole. Of pairs that were decided elsewhere, `budgets` know nothing."""

    roles: Sequence[Role]
    workers: Sequence[Worker]
    pairs: Sequence[Pair]
    budgets: Mapping[str, float] = field(default_factory=dict)
    """The most that the assignments of a project may cost, by project."""
    shared: Sequence[Shared] = ()

    def value(self, stage: Stage, pair: Pair, role: Role) -> float:
        """What a stage gains by an assignment; costs count as a loss."""
        match stage:
            case Stage.FILLED:
                return role.priority
            case Stage.SCORE:
                return pair.score
            case Stage.COST:
                return -pair.cost
            case Stage.KEPT:
                return float(pair.kept)
