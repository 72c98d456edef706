"""The parts of a role that is divided: together they ask for what the whole asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values import Period
from app.projects.rules import Share


@dataclass(frozen=True, slots=True)
class Part:
    """Dates and share of full time, in percent."""

    period: Period
    allocation: int


def by_time(whole: Part, rest_from: date) -> tuple[Part, Part] | None:
    """The days before `rest_from`, and those from then on; None if one would have none."""
    if not whole.period.first < rest_from <= whole.period.last:
        return None
    before = Period(whole.period.first, rest_from - timedelta(days=1))
    return Part(before, whole.allocation), Part(
        Period(rest_from, whole.period.last), whole.allocation
    )


def by_share(whole: Part, percent: int) -> tuple[Part, Part] | None:
    """`percent` of full time, and the rest beside it; None if nothing would be left."""
    if not 0 < percent < whole.allocation:
        return None
    return Part(whole.period, percent), Part(whole.period, whole.allocation - percent)


def cut(shares: Iterable[Share], rest_from: date) -> tuple[list[Share], list[Share]]:
    """Smaller shares on the days before `rest_from`, and on those from then on."""
    day_before = rest_from - timedelta(days=1)
    before, after = list[Share](), list[Share]()
    for share in shares:
        first, last = share.period.first, share.period.last
        if first < rest_from:
            before.append(Share(Period(first, min(last, day_before)), share.percent))
        if last >= rest_from:
            after.append(Share(Period(max(first, rest_from), last), share.percent))
    return before, after
