"""Ten thousand people held against a role without reading all that is known of each.

A role makes a few demands. Of most people a glance tells whether they meet one: a single piece of
evidence lasts through the whole role, or there is none of that level. Whoever a glance does not
settle, and whoever is to be listed with reasons, is judged by `eligibility` like everybody else.
What comes of it is what `rank` makes of everybody; a test holds the two against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.staffing.rules.matcher.eligibility import Demand, Rule
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.rank import (
    NEAR,
    NearMiss,
    Ranking,
    by_nearness,
    by_number,
    unmet,
)


class Verdict(StrEnum):
    """What a glance tells of somebody and a demand."""

    MET = "+"
    SHORT = "-"
    OPEN = "?"
    """It has to be judged."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Everybody by what a glance tells of them.

    Attributes:
        demands: those of the role, as `demands` names them.
        people: ids by verdicts, a string with one character for each of the demands.
        near: so many near misses are wanted, the nearest first; None for all.
    """

    slot: Slot
    demands: tuple[Demand, ...]
    people: Mapping[str, Sequence[int]]
    near: int | None

    @property
    def reach(self) -> int:
        """How many reasons near misses may have that are listed: one, if those are enough."""
        certain = sum(len(ids) for verdicts, ids in self.people.items() if _short(verdicts) == 1)
        return 1 if self.near is not None and self.near <= certain else NEAR

    def unsettled(self) -> dict[str, Sequence[int]]:
        """Who has to be judged: because a verdict is open, or to be listed with reasons."""
        reach = self.reach
        return {
            verdicts: ids
            for verdicts, ids in self.people.items()
            if Verdict.OPEN in verdicts or 1 <= _short(verdicts) <= reach
        }

    def lacking_with(self, verdicts: str) -> list[Demand]:
        """The demands that people with these verdicts do not meet for certain."""
        return [
            demand
            for demand, verdict in zip(self.demands, verdicts, strict=True)
            if verdict != Verdict.MET
        ]

    def lacking(self) -> Iterator[tuple[Demand, Sequence[int]]]:
        """Of which demand it has to be read what which of the unsettled have."""
        for verdicts, ids in self.unsettled().items():
            for demand in self.lacking_with(verdicts):
                yield demand, ids


def judged(sieve: Sieve, people: Mapping[int, Person]) -> tuple[list[int], Ranking]:
    """Who qualifies, and the ranking of everybody but for its candidates.

    Args:
        people: the unsettled by id, with what they have of the demands that they lack.
    """
    failed: Counter[Rule] = Counter()
    qualified: list[int] = []
    near: list[NearMiss] = []
    unlisted = 0
    unsettled, reach = sieve.unsettled(), sieve.reach
    for verdicts, ids in sieve.people.items():
        lacking = sieve.lacking_with(verdicts)
        if verdicts in unsettled:
            group = [people[key] for key in ids]
            for key, found in zip(ids, unmet(group, lacking, failed), strict=True):
                if not found:
                    qualified.append(key)
                elif len(found) <= NEAR:
                    near.append(NearMiss(key, found))
        elif lacking:
            for demand in lacking:
                failed[demand.rule] += len(ids)
            unlisted += len(ids) if len(lacking) <= NEAR else 0
        else:
            qualified.extend(ids)
    listed = [miss for miss in near if len(miss.reasons) <= reach]
    considered = sum(map(len, sieve.people.values()))
    return qualified, Ranking(
        (),
        by_nearness(sieve.slot, listed),
        by_number(failed),
        considered,
        len(near) + unlisted,
    )


def _short(verdicts: str) -> int:
    """How many demands are not met for certain; none as long as a verdict is open."""
    return 0 if Verdict.OPEN in verdicts else verdicts.count(Verdict.SHORT)
