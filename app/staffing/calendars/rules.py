"""How much time somebody has for projects, where it changes from one day to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.values import Period
from app.staffing.rules.capacity import DAY, Load


@dataclass(frozen=True, slots=True)
class Change:
    """From `first` on, somebody has `percent` of full time."""

    first: date
    percent: float


def stretches(
    base: float, changes: Collection[Change], span: Period
) -> Iterator[tuple[Period, float]]:
    """Cut `span` into stretches with the time somebody has in each, in order.

    Args:
        base: what they have before the first change.
    """
    first, percent = span.first, base
    for change in sorted(changes, key=lambda one: one.first):
        if change.first > span.last:
            break
        if change.first > first:
            yield Period(first, change.first - DAY), percent
            first = change.first
        percent = change.percent
    yield Period(first, span.last), percent


def differences(base: float, changes: Sequence[Change], span: Period) -> list[Load]:
    """What is missing from `base` on days after a change; below 0 where there is more than it."""
    return [
        Load(period, base - percent)
        for period, percent in stretches(base, changes, span)
        if percent != base
    ]


def from_highest(base: float, changes: Sequence[Change], span: Period) -> tuple[float, list[Load]]:
    """The most that somebody has on any day of the span, and what is missing from it on others."""
    highest = max(percent for _, percent in stretches(base, changes, span))
    return highest, [
        Load(period, highest - percent)
        for period, percent in stretches(base, changes, span)
        if percent < highest
    ]
