"""Working hours in common across time zones, in hours of a week; summer time included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from app.core.values import Period
from app.staffing.rules.capacity import DAY

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
NINE, FIVE = 9 * 60, 17 * 60
"""Whoever asks for hours of a zone asks for hours between these, from Monday to Friday."""


@dataclass(frozen=True, slots=True)
class Week:
    """When somebody works, from `first` on, until another week counts.

    `days` are numbered from 1 for Monday; `begins` and `ends` are minutes after midnight in `zone`.
    """

    first: date
    zone: str
    days: tuple[int, ...] = MONDAY_TO_FRIDAY
    begins: int = NINE
    ends: int = FIVE


@lru_cache
def zones() -> tuple[str, ...]:
    """Names of time zones as people choose them, such as `Europe/Berlin`: no older names."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(sorted(row[2].strip() for row in rows))


def hours_shared(weeks: Sequence[Week], zone: str, days: Period) -> float | None:
    """The hours a week that somebody works between nine and five, Monday to Friday, of a zone.

    Where that changes within `days`, by another week or by summer time, the fewest. None if it
    is not known for every day.
    """
    in_order = sorted(weeks, key=lambda week: week.first)
    if not in_order or in_order[0].first > days.first:
        return None
    minutes = min(
        _minutes_shared(week, difference)
        for week, stretch in _in_force(in_order, days)
        for difference in _differences(week.zone, zone, stretch.first, stretch.last)
    )
    return minutes / 60


def _in_force(weeks: Sequence[Week], days: Period) -> Iterator[tuple[Week, Period]]:
    """Which week counts on which of the days; `weeks` are in order, the first begins before."""
    ends = [*(week.first - DAY for week in weeks[1:]), date.max]
    for week, end in zip(weeks, ends, strict=True):
        first, last = max(week.first, days.first), min(end, days.last)
        if first <= last:
            yield week, Period(first, last)


@lru_cache(maxsize=4096)
def _differences(zone: str, other: str, first: date, last: date) -> frozenset[int]:
    """By how many minutes the clocks of `other` are ahead of those of `zone` on these days."""
    mine, theirs = ZoneInfo(zone), ZoneInfo(other)
    noons = (
        datetime.combine(date.fromordinal(day), time(12), UTC)
        for day in range(first.toordinal(), last.toordinal() + 1)
    )
    return frozenset(_offset(noon, theirs) - _offset(noon, mine) for noon in noons)


def _offset(at: datetime, zone: ZoneInfo) -> int:
    ahead = at.astimezone(zone).utcoffset()
    assert ahead is not None
    return round(ahead.total_seconds() / 60)


def _minutes_shared(week: Week, difference: int) -> int:
    return _overlap(week.days, week.begins, week.ends, difference)


@lru_cache(maxsize=4096)
def _overlap(days: tuple[int, ...], begins: int, ends: int, difference: int) -> int:
    asked = [*_stretches(MONDAY_TO_FRIDAY, NINE, FIVE, 0)]
    worked = [*_stretches(days, begins, ends, difference)]
    return sum(
        max(0, min(end, to) - max(start, since)) for start, end in worked for since, to in asked
    )


def _stretches(
    days: Iterable[int], begins: int, ends: int, difference: int
) -> Iterator[tuple[int, int]]:
    """Minutes of the week, in the week itself and in those before and after it."""
    for day in set(days):
        start = (day - 1) * MINUTES_OF_DAY + difference
        around = (-MINUTES_OF_WEEK, 0, MINUTES_OF_WEEK) if difference else (0,)
        for week in around:
            yield start + begins + week, start + ends + week
