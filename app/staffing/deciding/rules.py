"""Who is first, what a departure is, and which musts an override passes over."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from app.staffing.rules.matcher.eligibility import (
    Lapses,
    LevelLapses,
    NoCapacity,
    NotEmployed,
    Reason,
)
from app.staffing.rules.matcher.rank import Candidate, Ranking, rule_of
from app.staffing.rules.matcher.weights import Weights

KEPT, MOST_KEPT = 20, 500
"""So much of the list is kept with a decision: its head, and everybody above whoever was chosen, so
that whom they were preferred to can be read later; of very long lists the head and them alone."""


class Choice(StrEnum):
    FIRST = "first"
    """The best placed of those who were still to be had."""
    DEPARTURE = "departure"
    """Somebody behind them, with a reason."""
    OVERRIDE = "override"
    """Somebody who misses a must, seconded."""


def keys_of(reason: Reason) -> list[str]:
    """What exactly is not met, to be passed over and nothing else: a level, or each full week."""
    if isinstance(reason, NoCapacity):
        return [f"{_WEEK}{week}" for week in reason.weeks]
    rule = rule_of(reason)
    return [f"{rule}:{rule.level}" if rule.level else str(rule)]


_WEEK = "capacity:"


def is_week(key: str) -> bool:
    """Whether a key speaks of a week in which there is no time."""
    return key.startswith(_WEEK)


def broken(found: Iterable[Reason]) -> dict[str, float]:
    """The keys of all reasons, in order and each once, with how far off they are."""
    return {key: _severity(reason) for reason in found for key in keys_of(reason)}


def _severity(reason: Reason) -> float:
    """How far off somebody is: what fails only inside the role is less than what never holds."""
    return reason.gap if isinstance(reason, Lapses | LevelLapses) else 1 + reason.gap


def passed_over(kept: Iterable[Collection[str]]) -> dict[str, float]:
    """What several overrides pass over together, from what was kept of each.

    Of the first overrides only the keys were kept: they pass over it however far off it is.
    """
    found: dict[str, float] = {}
    for one in kept:
        for key in one:
            severity = one[key] if isinstance(one, Mapping) else math.inf
            found[key] = max(severity, found.get(key, 0))
    return found


def can_be_passed_over(found: Iterable[Reason]) -> bool:
    """Whether somebody may decide against these reasons; not to be employed is no opinion."""
    return not any(isinstance(reason, NotEmployed) for reason in found)


def uncovered(found: Iterable[Reason], granted: Mapping[str, float]) -> tuple[Reason, ...]:
    """The reasons that an override does not pass over, not wholly, or not as far off as they are.

    Args:
        granted: what `passed_over` tells.
    """
    return tuple(reason for reason in found if not _covered(reason, granted))


def _covered(reason: Reason, granted: Mapping[str, float]) -> bool:
    severity = _severity(reason)
    return all(severity <= granted.get(key, 0) + _ROUNDING for key in keys_of(reason))


_ROUNDING = 1e-9


def choice(
    candidates: Sequence[Candidate], chosen: int, gone: Collection[int]
) -> tuple[Choice, int | None]:
    """Whether the person chosen is the first who was still to be had, and their place from 1.

    Args:
        candidates: those who qualify, the best first.
        chosen: the person's id.
        gone: people who are on the role already, or declined it.
    """
    place = next(
        (number for number, one in enumerate(candidates, 1) if one.person_id == chosen), None
    )
    if place is None:
        return Choice.OVERRIDE, None
    passed = [one for one in candidates[: place - 1] if one.person_id not in gone]
    return (Choice.DEPARTURE if passed else Choice.FIRST), place


def kept(candidates: Sequence[Candidate], place: int | None) -> dict[int, Candidate]:
    """What of a list is kept, by place from 1; `place` is where whoever was chosen stood."""
    head = min(max(KEPT, place or 0), MOST_KEPT)
    found = dict(enumerate(candidates[:head], 1))
    if place:
        found[place] = candidates[place - 1]
    return found


def digest(ranking: Ranking, weights: Weights) -> str:
    """The same for the same list: tells whether it changed since somebody looked."""
    shown = [(one.person_id, one.score) for one in ranking.candidates[:KEPT]]
    return sha256(repr((shown, sorted(weights.items()))).encode()).hexdigest()[:16]


def mask(slot_id: int, person_id: int) -> str:
    """A name for a person in forms of a blind list: it says nothing to whoever reads it."""
    return sha256(f"blind/{slot_id}/{person_id}".encode()).hexdigest()[:12]
