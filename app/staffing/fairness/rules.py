"""Rates of selection by group, with small cells left out.

The impact ratio is a group's rate divided by the highest rate. Below four fifths it is taken as
a sign worth looking into: the "four-fifths rule" of the Uniform Guidelines on Employee Selection
Procedures, 29 CFR 1607.4(D). It proves nothing by itself, in either direction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

FOUR_FIFTHS = 0.8
SMALLEST = 5
"""Fewer different people on lists, or among the chosen, are not told of a group. Who was chosen is
known from the projects, so that a count of one or two among them would tell their group."""


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


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is counted of a group."""

    people: frozenset[int]
    listed: int
    chosen: frozenset[int]
    selected: int

    @property
    def rate(self) -> float:
        return self.selected / self.listed

    @property
    def safe(self) -> bool:
        """Whether it tells of nobody: enough people on lists; enough chosen, or none."""
        return len(self.people) >= SMALLEST and (not self.chosen or len(self.chosen) >= SMALLEST)

    def with_(self, other: _Cell) -> _Cell:
        return _Cell(
            self.people | other.people,
            self.listed + other.listed,
            self.chosen | other.chosen,
            self.selected + other.selected,
        )


_NOTHING = _Cell(frozenset(), 0, frozenset(), 0)


def rates(decisions: Iterable[Chosen], groups: Mapping[int, str]) -> list[Rate]:
    """Rates of selection by group, by name; people of no group are left out.

    Nothing is told while fewer than `SMALLEST` different people were chosen. What is left out is
    safe together, too: else it could be worked out from the sum.
    """
    cells = _cells(decisions, groups)
    hidden = _hidden(cells)
    told = {name: cell.rate for name, cell in cells.items() if name not in hidden}
    highest = max(told.values(), default=0.0)
    return [
        Rate(name, None, None, None, None, None)
        if name in hidden
        else Rate(
            name,
            len(cell.people),
            cell.listed,
            cell.selected,
            told[name],
            told[name] / highest if highest else None,
        )
        for name, cell in cells.items()
    ]


def _cells(decisions: Iterable[Chosen], groups: Mapping[int, str]) -> dict[str, _Cell]:
    """What is counted of each group, by name."""
    people: dict[str, set[int]] = defaultdict(set)
    chosen: dict[str, set[int]] = defaultdict(set)
    listed: Counter[str] = Counter()
    selected: Counter[str] = Counter()
    for one in decisions:
        for person_id in one.pool:
            if (group := groups.get(person_id)) is not None:
                people[group].add(person_id)
                listed[group] += 1
        if one.person_id in one.pool and (group := groups.get(one.person_id)) is not None:
            chosen[group].add(one.person_id)
            selected[group] += 1
    return {
        name: _Cell(frozenset(people[name]), listed[name], frozenset(chosen[name]), selected[name])
        for name in sorted(set(groups.values()))
    }


def _hidden(cells: Mapping[str, _Cell]) -> set[str]:
    """Groups that are not told: those that are not safe, and so many more that they are together.

    The smallest are added first.
    """
    if len({person for cell in cells.values() for person in cell.chosen}) < SMALLEST:
        return set(cells)
    hidden = {name for name, cell in cells.items() if not cell.safe}
    rest = sorted(cells.keys() - hidden, key=lambda name: (len(cells[name].people), name))
    while hidden and rest and not _safe_together([cells[name] for name in hidden]):
        hidden.add(rest.pop(0))
    return hidden


def _safe_together(cells: Sequence[_Cell]) -> bool:
    return len(cells) > 1 and reduce(_Cell.with_, cells, _NOTHING).safe
