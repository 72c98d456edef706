"""What evidence amounts to on the days of a role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.core.values import Period
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.problem import Attestation, Held, Slot


def level_on(attested: Iterable[Attestation], day: date) -> int:
    """The highest level in force on a day; 0 without any."""
    return max((one.level for one in attested if in_force(one, day)), default=0)


def level_throughout(attested: Sequence[Attestation], days: Period) -> int:
    """The highest level that holds on every day; 0 without any."""
    for level in sorted({one.level for one in attested}, reverse=True):
        if first_day_below(attested, level, days) is None:
            return level
    return 0


def first_day_below(attested: Iterable[Attestation], level: int, days: Period) -> date | None:
    """The first day on which `level` is not reached; None if it is on every day."""
    enough = []
    for one in attested:
        if one.level >= level:
            if one.first <= days.first and (one.last is None or one.last >= days.last):
                return None  # nearly always one piece does for all days
            enough.append(one)
    return first_gap(enough, days)


def lapses_on(held: Sequence[Held], slot: Slot) -> date | None:
    """The first day of the role on which a certification is not in force, as far as that counts.

    Where renewals are promised, what is in force on the first day and can be renewed counts on.
    """
    fails_on = first_gap(held, slot.proven)
    return None if promised_until(held, slot) else fails_on


def promised_until(held: Sequence[Held], slot: Slot) -> date | None:
    """The last day before which a promised renewal has to come; None if none is needed."""
    if not slot.renewals:
        return None
    fails_on = first_gap(held, slot.proven)
    if fails_on is None or fails_on <= slot.period.first:
        return None
    last = fails_on - DAY
    return last if any(one.renewable for one in held) else None


def first_gap(stretches: Sequence[Attestation | Held], days: Period) -> date | None:
    """The first of `days` on which nothing is in force; None if something is on each."""
    day = days.first
    while day <= days.last:
        longest = None
        for one in stretches:
            if in_force(one, day):
                last = one.last or date.max
                if longest is None or last > longest:
                    longest = last
        if longest is None:
            return day
        if longest >= days.last:
            return None
        day = longest + DAY
    return None


def in_force(one: Attestation | Held, day: date) -> bool:
    """Whether it holds on a day."""
    return one.first <= day and (one.last is None or day <= one.last)
