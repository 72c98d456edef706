"""How much of somebody's time is taken, day by day and named by ISO week."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
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
        taken: what stands, cut into stretches by `totals`.
        wanted: percent of full time, on every day of the stretches.

    Returns:
        ISO 8601 week names such as `2027-W05`, in order; empty if it fits.
    """
    return sorted(
        {
            week
            for stretch, percent in taken
            if wanted + percent > capacity
            for week in _weeks(stretch.first, stretch.last)
        }
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


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week of somebody: what is booked and what there is, on the fullest day."""

    name: str
    percent: float
    capacity: float
    """What absences leave of their time."""
    away: bool
    """Whether they are not there on any working day."""


def week_of(
    monday: date, capacity: float, booked: Collection[Load], away: Collection[Load]
) -> Week:
    """How full the week from `monday` is. Weekends count for bookings, not for being away."""
    days = Period(monday, monday + 6 * DAY)
    working = Period(monday, monday + 4 * DAY)
    least_away = min(percent for _, percent in totals(away, working))
    return Week(
        name=week_name(monday),
        percent=peak(booked, days),
        capacity=max(0, capacity - peak(away, working)),
        away=least_away > 0 and least_away >= capacity,
    )


def not_employed(first: date | None, last: date | None, span: Period) -> list[Load]:
    """The days of `span` outside an employment, as time that is taken whole."""
    outside: list[Load] = []
    if first is not None and first > span.first:
        outside.append(Load(Period(span.first, min(span.last, first - DAY)), 100))
    if last is not None and last < span.last:
        outside.append(Load(Period(max(span.first, last + DAY), span.last), 100))
    return outside
