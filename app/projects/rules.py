"""What a project and its roles may look like."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.values import Period

LEVELS = range(1, 6)
PRIORITIES = range(1, 6)
MOST_HOURS = 40
"""Hours a week that two can have in common, nine to five from Monday to Friday."""
ZONES = (
    "Africa/Cairo Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Anchorage"
    " America/Argentina/Buenos_Aires America/Bogota America/Chicago America/Denver America/Halifax"
    " America/Lima America/Los_Angeles America/Mexico_City America/New_York America/Santiago"
    " America/Sao_Paulo America/Toronto America/Vancouver Asia/Bangkok Asia/Dhaka Asia/Dubai"
    " Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Karachi Asia/Kolkata Asia/Manila Asia/Riyadh"
    " Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tokyo Australia/Perth Australia/Sydney"
    " Europe/Athens Europe/Berlin Europe/Helsinki Europe/Istanbul Europe/Lisbon Europe/London"
    " Europe/Madrid Europe/Paris Europe/Warsaw Europe/Zurich Pacific/Auckland Pacific/Honolulu"
).split()
"""Time zones to ask for hours of: of each difference to UTC where many work, some well known."""


@dataclass(frozen=True, slots=True)
class Demanded:
    """One demand as entered: what kind, of what, and whether it must be."""

    must: bool
    kind: str
    code: str


def within(inner: Period, outer: Period) -> bool:
    """Whether every day of `inner` lies in `outer`."""
    return outer.first <= inner.first and inner.last <= outer.last


def asked_twice(demands: Iterable[Demanded]) -> set[tuple[str, str]]:
    """Kinds and codes that stand twice among the musts, or twice among the wants.

    A must of level 3 beside a want of level 5 is meant: enough, and better.
    """
    seen: set[Demanded] = set()
    twice: set[tuple[str, str]] = set()
    for demand in demands:
        if demand in seen:
            twice.add((demand.kind, demand.code))
        seen.add(demand)
    return twice


@dataclass(frozen=True, slots=True)
class Share:
    """Days on which a role takes a smaller share of full time, in percent."""

    period: Period
    percent: int


class BadLine(ValueError):
    """A line that says no days and share. `number` counts from 1."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__(f"line {number}: {line}")
        self.number, self.line = number, line


_LINE = re.compile(r"(\d{4}-\d\d-\d\d)\s*(?:to|–|-|\s)\s*(\d{4}-\d\d-\d\d)\s*:?\s*(\d{1,3})\s*%?")
MOST_SHARES = 20


def read_shares(text: str) -> tuple[Share, ...]:
    """Shares from lines such as `2027-02-01 to 2027-02-28: 30`, in the order of their days.

    Raises:
        BadLine: a line says something else, or its days are none.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError
            period = Period(date.fromisoformat(match[1]), date.fromisoformat(match[2]))
        except ValueError as wrong:
            raise BadLine(number, line.strip()) from wrong
        found.append(Share(period, int(match[3])))
    return tuple(sorted(found, key=lambda one: one.period.first))


def written(shares: Iterable[Share]) -> str:
    """Lines that `read_shares` reads."""
    return "\n".join(f"{one.period.first} to {one.period.last}: {one.percent}" for one in shares)


class Wrong(StrEnum):
    """What can be wrong with the days of a smaller share."""

    MANY = "many"
    OUTSIDE = "outside"
    NOT_SMALLER = "not-smaller"
    TWICE = "twice"


def wrong_share(shares: Sequence[Share], whole: Period, allocation: int) -> Wrong | None:
    """What is wrong with shares of a role on the days of `whole`; None if nothing is."""
    if len(shares) > MOST_SHARES:
        return Wrong.MANY
    if not all(within(one.period, whole) for one in shares):
        return Wrong.OUTSIDE
    if not all(0 <= one.percent < allocation for one in shares):
        return Wrong.NOT_SMALLER
    in_order = sorted(shares, key=lambda one: one.period.first)
    if any(one.period.overlaps(other.period) for one, other in itertools.pairwise(in_order)):
        return Wrong.TWICE
    return None
