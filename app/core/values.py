"""Values that every feature speaks of: periods of days, lengths of time, money."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"period ends {self.last} before it starts {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last

    def days(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)


class Unit(StrEnum):
    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


_SECONDS = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86400}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a person wrote it; months and years are calendar ones."""

    count: int
    unit: Unit

    def seconds(self) -> int:
        """Length in seconds.

        Raises:
            ValueError: months and years have no fixed length.
        """
        if self.unit not in _SECONDS:
            raise ValueError(f"{self.unit} have no fixed length")
        return self.count * _SECONDS[self.unit]

    def after(self, day: date) -> date:
        """The day this long after `day`; the 31st becomes the last day of a shorter month."""
        if self.unit in (Unit.MONTHS, Unit.YEARS):
            return add_months(day, self.count * (12 if self.unit is Unit.YEARS else 1))
        return day + timedelta(days=self._whole_days())

    def before(self, day: date) -> date:
        """The day this long before `day`."""
        if self.unit in (Unit.MONTHS, Unit.YEARS):
            return add_months(day, -self.count * (12 if self.unit is Unit.YEARS else 1))
        return day - timedelta(days=self._whole_days())

    def _whole_days(self) -> int:
        return -(-self.seconds() // 86400)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor unit of its currency (cents of EUR)."""

    minor: int
    currency: str
