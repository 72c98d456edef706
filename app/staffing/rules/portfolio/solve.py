"""The best plan, stage by stage, as a mixed-integer program solved by HiGHS (highs.dev).

A pair is a variable that is 0 or 1. A role takes one person at most; every limit of `limits` is a
row. After each stage its value becomes a row too, so that the next one cannot take from it.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.staffing.rules.portfolio.greedy import greedy
from app.staffing.rules.portfolio.limits import ROUNDING, Limit, limits
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Stage

if TYPE_CHECKING:
    import highspy
    from highspy.highs import HighsCallbackEvent

STAGES = (Stage.FILLED, Stage.SCORE, Stage.COST)
TOLD_EVERY = 2.0
"""Seconds between one word on the progress of a search and the next."""
TOLERANCE = 1e-6
"""How much of a value counts as rounding, relative to its size."""
EXACT = 2.0**49
"""Whole numbers up to here are added without rounding, with room to spare."""


class Stopped(Exception):
    """The search was ended by whoever watched it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage: its value, and the best value that any plan could have. Costs count as they are.

    `proven` says that the value is the best, or as near to it as was asked for; it is the best
    exactly where value and bound are the same.
    """

    stage: Stage
    value: float
    bound: float
    proven: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Who takes what. `proven` says that no plan is better, stage by stage."""

    pairs: tuple[Pair, ...]
    stages: tuple[Reached, ...]
    seconds: float

    @property
    def proven(self) -> bool:
        return all(one.proven for one in self.stages)

    @property
    def exact(self) -> bool:
        """Whether no plan is better at all, not even by what was good enough."""
        return all(one.value == one.bound for one in self.stages)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come: it is in the stage of this number of so many, from 1.

    `gap` is the share by which a plan could still be better in this stage; None if not known yet.
    """

    stage: Stage
    number: int
    of: int
    gap: float | None
    seconds: float


def solve(
    portfolio: Portfolio,
    stages: Sequence[Stage] = STAGES,
    *,
    time_limit: float = 30.0,
    gap: float = 0.0,
    watch: Callable[[Progress], bool] | None = None,
) -> Plan:
    """The best plan there is, or the best that was found in time.

    Args:
        time_limit: in seconds, for all stages together.
        gap: a plan that is at most this share below the bound is good enough.
        watch: told of the progress of a search every few seconds, which waits meanwhile; says
            whether to go on.

    Raises:
        Stopped: `watch` wanted no more.
    """
    started = time.monotonic()
    search = _Search(portfolio, gap)
    reached = []
    for number, stage in enumerate(stages, 1):
        if watch is not None:
            search.told = _every_few_seconds(watch, stage, number, len(stages), started)
        left = time_limit - (time.monotonic() - started)
        reached.append(search.improve(stage, max(0.05, left)))
        if search.stopped:
            raise Stopped
    search.settle_ties(stages)
    return Plan(tuple(search.chosen()), tuple(reached), time.monotonic() - started)


def _every_few_seconds(
    watch: Callable[[Progress], bool], stage: Stage, number: int, of: int, started: float
) -> Callable[[float], bool]:
    last = time.monotonic()

    def told(gap: float) -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last < TOLD_EVERY:
            return True
        last = now
        known = gap if math.isfinite(gap) else None
        return watch(Progress(stage, number, of, known, now - started))

    return told


@dataclass
class _Search:
    """The program with the best plan so far, which is kept feasible throughout."""

    portfolio: Portfolio
    gap: float
    pairs: list[Pair] = field(init=False)
    limits: list[Limit] = field(init=False)
    """What every plan keeps to."""
    rows: list[Limit] = field(init=False)
    """The same, and what earlier stages have reached."""
    exact: set[str] = field(default_factory=set)
    """Roles of which it is known that every best plan fills them."""
    plan: list[bool] = field(init=False)
    told: Callable[[float], bool] | None = None
    """Told of the gap, again and again while a stage is searched; says whether to go on."""
    stopped: bool = False

    def __post_init__(self) -> None:
        self.pairs = sorted(self.portfolio.pairs, key=lambda pair: (pair.role, pair.worker))
        self.limits = limits(self.portfolio, self.pairs)
        self.rows = list(self.limits)
        self.roles = {role.id: role for role in self.portfolio.roles}
        self.by_role: dict[str, list[int]] = defaultdict(list)
        for place, pair in enumerate(self.pairs):
            self.by_role[pair.role].append(place)
        chosen = {(pair.worker, pair.role) for pair in greedy(self.portfolio)}
        self.plan = [(pair.worker, pair.role) in chosen for pair in self.pairs]
        if not all(_keeps(row, self.plan) for row in self.rows):
            self.plan = [False] * len(self.pairs)  # greedy knows nothing of what is shared

    def chosen(self) -> list[Pair]:
        return [pair for pair, taken in zip(self.pairs, self.plan, strict=True) if taken]

    def values(self, stage: Stage) -> list[float]:
        return [self.portfolio.value(stage, pair, self.roles[pair.role]) for pair in self.pairs]

    def improve(self, stage: Stage, seconds: float) -> Reached:
        """Make the plan as good as it can be in one stage, and hold the others to it."""
        values, scale = _whole(self.values(stage))
        ceiling = self._ceiling(values)
        bound = min(ceiling, self._solved(values, ceiling, seconds))
        value = self._worth(values)
        proven = bound - value <= max(self._exactly(values, value), self.gap * abs(value))
        if bound - value <= self._exactly(values, value):
            bound = value  # nothing lies between
        self._hold(stage, values, value)
        sign = (-1.0 if stage is Stage.COST else 1.0) / scale
        return Reached(stage, sign * value + 0.0, sign * max(bound, value) + 0.0, proven)

    def _worth(self, values: Sequence[float]) -> float:
        return math.fsum(one for one, taken in zip(values, self.plan, strict=True) if taken)

    def _ceiling(self, values: Sequence[float]) -> float:
        """What there would be if people were not scarce: the best pair of each role."""
        best = [max(values[place] for place in places) for places in self.by_role.values()]
        return math.fsum(one for one in best if one > 0)

    def _exactly(self, values: Sequence[float], value: float) -> float:
        """How far below the bound a value is still the best: nothing lies between two integers."""
        return 1.0 - 1e-3 if _are_whole(values) else TOLERANCE * max(1.0, abs(value))

    def _hold(self, stage: Stage, values: Sequence[float], value: float) -> None:
        """Later stages may not go below `value`; of whole numbers, not by the least."""
        if stage is Stage.FILLED and self._fills_all(values, value):
            # Every role with a candidate is filled: to say so role by role is easier to solve.
            self.exact = {role_id for role_id in self.by_role if self.roles[role_id].priority > 0}
            return
        places = tuple(place for place, one in enumerate(values) if one)
        rounding = 0.5 if _are_whole(values) else TOLERANCE * max(1.0, abs(value))
        self.rows.append(
            Limit(places, tuple(-values[place] for place in places), -(value - rounding))
        )

    def _fills_all(self, values: Sequence[float], value: float) -> bool:
        rounding = 0.5 if _are_whole(values) else TOLERANCE * max(1.0, value)
        return self._ceiling(values) - value <= rounding

    def _solved(self, values: Sequence[float], ceiling: float, seconds: float) -> float:
        """Search for a better plan. Returns the bound that the search has proven."""
        if not self.pairs or ceiling - self._worth(values) <= TOLERANCE:
            return ceiling
        solver = _solver(self, values, seconds)
        if (told := self.told) is not None:
            # Of what can be listened to, this alone is called often and by a silent solver.
            solver.cbMipInterrupt.subscribe(lambda event: self._listen(event, told))
        if not _ran(solver):
            return ceiling
        info = solver.getInfo()
        found = solver.getSolution().col_value
        if len(found) == len(self.pairs):
            plan = [one > 0.5 for one in found]
            before, self.plan = self.plan, plan
            kept = all(_keeps(row, plan) for row in self.rows) and self._one_each(plan)
            if not kept or self._worth(values) < _sum(values, before):
                self.plan = before
        bound = float(info.mip_dual_bound)
        value = self._worth(values)
        rounding = TOLERANCE * max(1.0, abs(value), abs(ceiling))
        trusted = math.isfinite(bound) and bound >= value - rounding
        return bound if trusted else ceiling

    def _listen(self, event: HighsCallbackEvent, told: Callable[[float], bool]) -> None:
        if self.stopped or not told(event.data_out.mip_gap):
            self.stopped = True
            event.interrupt()

    def settle_ties(self, stages: Sequence[Stage]) -> None:
        """Among people who are worth the same for a role, give it to the one whose turn it is.

        One role after the other, as often as that changes anything: each change is to somebody
        who comes before, so it ends.
        """
        of_stages = [self.values(stage) for stage in stages]
        rows: dict[int, list[Limit]] = defaultdict(list)
        for row in self.limits:
            for place in row.places:
                rows[place].append(row)
        taken = [place for place, chosen in enumerate(self.plan) if chosen]
        while taken:  # whoever was moved from a role may be free for another
            moved = [self._settled(place, of_stages, rows) for place in taken]
            taken = moved if moved != taken else []

    def _settled(
        self, place: int, of_stages: Sequence[Sequence[float]], rows: Mapping[int, Sequence[Limit]]
    ) -> int:
        """The place that is taken for a role in the end, of those that are worth the same."""
        pairs = self.pairs
        before = [
            one
            for one in self.by_role[pairs[place].role]
            if pairs[one].turn < pairs[place].turn
            and all(values[one] == values[place] for values in of_stages)
        ]
        for one in sorted(before, key=lambda one: pairs[one].turn):
            self.plan[place], self.plan[one] = False, True
            touched = (*rows.get(place, ()), *rows.get(one, ()))
            if all(_keeps(row, self.plan) for row in touched):
                return one
            self.plan[place], self.plan[one] = True, False
        return place

    def _one_each(self, plan: Sequence[bool]) -> bool:
        return all(sum(plan[place] for place in places) <= 1 for places in self.by_role.values())


def _whole(values: Sequence[float]) -> tuple[list[float], int]:
    """Values in a unit in which all are whole, with how many of it make one; else as they are.

    Scores have a decimal and money has two: counted in these, no sum hides that one is better.
    """
    most = math.fsum(abs(one) for one in values)
    for scale in (1, 10, 100):
        scaled = [one * scale for one in values]
        whole = [float(round(one)) for one in scaled]
        near = all(abs(one - near) <= TOLERANCE for one, near in zip(scaled, whole, strict=True))
        if near and most * scale <= EXACT:
            return whole, scale
    return list(values), 1


def _are_whole(values: Sequence[float]) -> bool:
    return all(one == int(one) for one in values) and math.fsum(map(abs, values)) <= EXACT


def _ran(solver: highspy.Highs) -> bool:
    """Whether the search came to an end that tells something."""
    import highspy

    solver.run()
    ends = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
    return solver.getModelStatus() in ends


def _sum(values: Sequence[float], plan: Sequence[bool]) -> float:
    return math.fsum(one for one, taken in zip(values, plan, strict=True) if taken)


def _keeps(row: Limit, plan: Sequence[bool]) -> bool:
    amount = math.fsum(
        amount for place, amount in zip(row.places, row.amounts, strict=True) if plan[place]
    )
    return amount <= row.most + ROUNDING * max(1.0, abs(row.most))


def _solver(search: _Search, values: Sequence[float], seconds: float) -> highspy.Highs:
    import highspy  # slow to import, and a process that plans nothing needs neither it nor numpy
    import numpy as np

    starts, index = [0], list[int]()
    amount, lower, upper = list[float](), list[float](), list[float]()
    for role_id, places in search.by_role.items():
        index += places
        amount += [1.0] * len(places)
        starts.append(len(index))
        lower.append(1.0 if role_id in search.exact else -highspy.kHighsInf)
        upper.append(1.0)
    for row in search.rows:
        index += row.places
        amount += row.amounts
        starts.append(len(index))
        lower.append(-highspy.kHighsInf)
        upper.append(row.most)
    count = len(search.pairs)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, len(upper)
    model.col_cost_ = np.array(values, dtype=np.float64)
    model.col_lower_ = np.zeros(count)
    model.col_upper_ = np.ones(count)
    model.row_lower_, model.row_upper_ = np.array(lower), np.array(upper)
    model.sense_ = highspy.ObjSense.kMaximize
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    model.a_matrix_.index_ = np.array(index, dtype=np.int32)
    model.a_matrix_.value_ = np.array(amount, dtype=np.float64)
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    whole = _are_whole(values)
    for name, option in (
        ("output_flag", False),
        ("random_seed", 0),
        ("threads", 1),
        ("time_limit", seconds),
        ("mip_rel_gap", search.gap),
        ("log_to_console", False),
        ("mip_heuristic_effort", 0.1),
        ("mip_abs_gap", 0.999 if whole and not search.gap else TOLERANCE),
    ):
        solver.setOptionValue(name, option)
    solver.passModel(model)
    start = highspy.HighsSolution()
    start.col_value = [float(taken) for taken in search.plan]
    solver.setSolution(start)
    return solver
