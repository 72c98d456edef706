"""Rates of selection by group, with small cells left out.

The impact ratio is a group's rate divided by the highest rate. Below four fifths it is taken as
a sign worth looking into: the "four-fifths rule" of the Uniform Guidelines on Employee Selection
Procedures, 29 CFR 1607.4(D). It proves nothing by itself, in either direction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

FOUR_FIFTHS = 0.8
SMALLEST = 5
"""A group with fewer different people in the lists is not told, so that nobody is recognised."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A decision: who qualified, and who was chosen."""

    pool: Collection[int]
    person_id: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One group. The figures are None where the cell is too small, or would tell another's."""

    group: str
    people: int | None
    listed: int | None
    """How often its people stood on a list."""
    selected: int | None
    rate: float | None
    ratio: float | None
    """To the highest rate among the groups that are told."""

    @property
    def suppressed(self) -> bool:
        return self.people is None

    @property
    def low(self) -> bool:
        return self.ratio is not None and self.ratio < FOUR_FIFTHS


def rates(decisions: Iterable[Chosen], groups: Mapping[int, str]) -> list[Rate]:
    """Rates of selection by group, by name; people of no group are left out.

    Where a single cell is too small, the next smallest is left out too: else the first could be
    worked out from the sum.
    """
    people: dict[str, set[int]] = defaultdict(set)
    listed: Counter[str] = Counter()
    selected: Counter[str] = Counter()
    for one in decisions:
        for person_id in one.pool:
            if (group := groups.get(person_id)) is not None:
                people[group].add(person_id)
                listed[group] += 1
        if one.person_id in one.pool and (group := groups.get(one.person_id)) is not None:
            selected[group] += 1
    names = sorted(set(groups.values()))
    hidden = _hidden(names, {name: len(people[name]) for name in names})
    told = {name: selected[name] / listed[name] for name in names if name not in hidden}
    highest = max(told.values(), default=0.0)
    return [
        Rate(name, None, None, None, None, None)
        if name in hidden
        else Rate(
            name,
            len(people[name]),
            listed[name],
            selected[name],
            told[name],
            told[name] / highest if highest else None,
        )
        for name in names
    ]


def _hidden(names: Sequence[str], sizes: Mapping[str, int]) -> set[str]:
    hidden = {name for name in names if sizes[name] < SMALLEST}
    rest = sorted((name for name in names if name not in hidden), key=lambda one: sizes[one])
    if len(hidden) == 1 and rest:
        hidden.add(rest[0])
    return hidden
