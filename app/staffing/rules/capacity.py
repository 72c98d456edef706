"""How much of somebody's time is taken, day by day and named by ISO week."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from app.core.values import Period

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Load:
    """A share of full time, in percent, on every day of a period."""

    period: Period
    percent: float


def overbooked_weeks(
    capacity: float, taken: Iterable[tuple[Period, float]], wanted: float
) -> list[str]:
    """Name the weeks in which `wanted` does not fit beside what is already `taken`.

    Args:
        capacity: time the person has, in percent of full time (a half-timer has 50).
        taken: what stands, cut into stretches by `totals`, in order.
        wanted: percent of full time, on every day of the stretches.

    Returns:
        ISO 8601 week names such as `2027-W05`, in order; empty if it fits.
    """
    return weeks_named(stretch for stretch, percent in taken if wanted + percent > capacity)


def weeks_named(stretches: Iterable[Period]) -> list[str]:
    """The ISO weeks of stretches that are in order, each named once."""
    return list(
        dict.fromkeys(week for stretch in stretches for week in _weeks(stretch.first, stretch.last))
    )


def weeks_beyond(
    capacity: float, booked: Collection[Load], away: Collection[Load], period: Period
) -> list[str]:
    """Name the weeks in which more is booked than absences leave of somebody's time.

    Days on which nothing is booked are never too full, even if more is away than they have.
    """
    return overbooked_weeks(
        capacity,
        (
            (stretch, percent)
            for stretch, percent in totals((*booked, *away), period)
            if peak(booked, stretch) > 0
        ),
        0,
    )


def totals(taken: Collection[Load], period: Period) -> Iterator[tuple[Period, float]]:
    """Cut `period` into stretches on which the sum of the loads is the same, in order."""
    standing = [load for load in taken if load.period.overlaps(period)]
    if not standing:
        yield period, 0
        return
    starts = {period.first}
    for load in standing:
        if load.period.first > period.first:
            starts.add(load.period.first)
        if load.period.last < period.last:
            starts.add(load.period.last + DAY)
    firsts = sorted(starts)
    lasts = [*(first - DAY for first in firsts[1:]), period.last]
    for first, last in zip(firsts, lasts, strict=True):
        yield Period(first, last), sum(load.percent for load in standing if first in load.period)


def peak(taken: Collection[Load], period: Period) -> float:
    """The largest sum of the loads on any day of the period."""
    return max(percent for _, percent in totals(taken, period))


def mean(taken: Collection[Load], period: Period) -> float:
    """The sum of the loads on an average day of the period."""
    days = (period.last - period.first).days + 1
    return sum(percent * _length(stretch) for stretch, percent in totals(taken, period)) / days


def _length(period: Period) -> int:
    return (period.last - period.first).days + 1


@lru_cache(maxsize=4096)  # everybody is asked about the same few weeks
def week_name(day: date) -> str:
    """The ISO 8601 week that the day lies in, such as `2027-W05`."""
    return day.strftime("%G-W%V")


def monday_of(week: str) -> date:
    """The first day of an ISO week such as `2027-W05`."""
    return date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)


def weeks_of(period: Period) -> list[str]:
    """The ISO weeks that a period touches, in order."""
    return [week_name(monday) for monday in mondays(period)]


@lru_cache(maxsize=4096)
def _weeks(first: date, last: date) -> tuple[str, ...]:
    return tuple(weeks_of(Period(first, last)))


def mondays(period: Period) -> list[date]:
    """The Mondays of the ISO weeks that a period touches, in order."""
    monday = period.first - period.first.weekday() * DAY
    return [monday + 7 * number * DAY for number in range((period.last - monday).days // 7 + 1)]


class Band(StrEnum):
    """How full a week of somebody is, by the share that is booked of the time they have."""

    FREE = "free"
    LIGHT = "light"
    """Up to half."""
    BUSY = "busy"
    """More than half."""
    FULL = "full"
    """All of it."""
    OVER = "over"
    AWAY = "away"
    """Nothing is booked, and they are not there on any working day."""


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week of somebody, as it is on its fullest day: what is booked, what there is."""

    name: str
    percent: float
    capacity: float
    """What absences leave of their time on that day."""
    away: bool
    """Whether they are not there on any working day."""

    @property
    def left(self) -> float:
        """What is left on that day; below 0 where more is booked than there is."""
        return self.capacity - self.percent

    @property
    def band(self) -> Band:
        if self.percent <= 0:
            return Band.AWAY if self.away else Band.FREE
        if self.percent > self.capacity:
            return Band.OVER
        if self.percent == self.capacity:
            return Band.FULL
        return Band.LIGHT if self.percent * 2 <= self.capacity else Band.BUSY


WORKDAYS = 5


def weeks_over(
    mondays: Sequence[date], capacity: float, booked: Collection[Load], away: Collection[Load]
) -> list[Week]:
    """How full each week of somebody is. Bookings and absences on weekends do not show.

    Args:
        mondays: of weeks that follow one another.
        capacity: in percent of full time, as are the loads.
    """
    touched: dict[int, tuple[list[Load], list[Load]]] = {}
    for kind, loads in enumerate((booked, away)):
        for load in loads:
            for place in weeks_touched(mondays, load.period):
                touched.setdefault(place, ([], []))[kind].append(load)
    return [
        _week(monday, capacity, *touched[place])
        if place in touched
        else _same_all_week(week_name(monday), 0, max(0, capacity))
        for place, monday in enumerate(mondays)
    ]


def weeks_touched(mondays: Sequence[date], period: Period) -> range:
    """Which of the weeks that follow one another a period touches, by their place."""
    first = max(0, (period.first - mondays[0]).days // 7)
    last = min(len(mondays) - 1, (period.last - mondays[0]).days // 7)
    return range(first, last + 1)


def _week(monday: date, capacity: float, booked: Collection[Load], away: Collection[Load]) -> Week:
    name, friday = week_name(monday), monday + (WORKDAYS - 1) * DAY
    if all(one.period.first <= monday and friday <= one.period.last for one in (*booked, *away)):
        return _same_all_week(name, *_day_of(monday, capacity, booked, away))
    days = [_day_of(monday + number * DAY, capacity, booked, away) for number in range(WORKDAYS)]
    percent, left = max(days, key=_fullness)
    return Week(name, percent, left, away=all(has <= 0 for _percent, has in days))


@lru_cache(maxsize=4096)
def _same_all_week(name: str, percent: float, capacity: float) -> Week:
    return Week(name, percent, capacity, away=capacity <= 0)


def _day_of(
    day: date, capacity: float, booked: Collection[Load], away: Collection[Load]
) -> tuple[float, float]:
    """What is booked on a day, and what there is."""
    used = sum(load.percent for load in booked if load.period.first <= day <= load.period.last)
    less = sum(load.percent for load in away if load.period.first <= day <= load.period.last)
    return used, max(0, capacity - less)


def _fullness(day: tuple[float, float]) -> tuple[float, float, float]:
    """Days beyond the time that there is, by how far; then by share; then by what is left."""
    percent, has = day
    return max(0, percent - has), percent / has if has else 0, -has


def not_employed(first: date | None, last: date | None, span: Period) -> list[Load]:
    """The days of `span` outside an employment, as time that is taken whole."""
    outside: list[Load] = []
    if first is not None and first > span.first:
        outside.append(Load(Period(span.first, min(span.last, first - DAY)), 100))
    if last is not None and last < span.last:
        outside.append(Load(Period(max(span.first, last + DAY), span.last), 100))
    return outside
