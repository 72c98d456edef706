"""Who may be asked for a role, and every reason why somebody may not.

Each must is met or it is a reason; none is ever traded against another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load, overbooked_weeks, totals
from app.staffing.rules.hours import hours_shared
from app.staffing.rules.matcher.claims import (
    first_day_below,
    lapses_on,
    level_on,
    level_throughout,
)
from app.staffing.rules.matcher.problem import Held, Kind, Need, Person, Slot


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a must is not met. `gap` says how far off, from just over 0 to 1: only for order."""

    gap: float


@dataclass(frozen=True, slots=True)
class LevelShort(Reason):
    """The level does not suffice on the first day."""

    need: Need
    has: int


@dataclass(frozen=True, slots=True)
class LevelLapses(Reason):
    """The level suffices at first; `fails_on` is the first day on which it does not.

    `lapsing` is the level that lapses, where a mentor makes it do; else 0.
    """

    need: Need
    fails_on: date
    lapsing: int = 0


@dataclass(frozen=True, slots=True)
class NeverHeld(Reason):
    need: Need


@dataclass(frozen=True, slots=True)
class Lapsed(Reason):
    """The certification was in force until `last`, before the role begins."""

    need: Need
    last: date


@dataclass(frozen=True, slots=True)
class NotYetHeld(Reason):
    """The certification is in force from `first`, after the role begins."""

    need: Need
    first: date


@dataclass(frozen=True, slots=True)
class Lapses(Reason):
    """The certification is in force at first; `fails_on` is the first day on which it is not."""

    need: Need
    fails_on: date


@dataclass(frozen=True, slots=True)
class LanguageMissing(Reason):
    need: Need


@dataclass(frozen=True, slots=True)
class AttributeMissing(Reason):
    need: Need


@dataclass(frozen=True, slots=True)
class HoursShort(Reason):
    """Fewer hours a week in common than asked for at some time; `has` is None if not known."""

    need: Need
    has: float | None


@dataclass(frozen=True, slots=True)
class Elsewhere(Reason):
    """They work at `has` (None: not known) and none of the places that must be."""

    needs: tuple[Need, ...]
    has: str | None


@dataclass(frozen=True, slots=True)
class NotEmployed(Reason):
    """Employment does not cover the role."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class NoCapacity(Reason):
    """In `weeks` less is free than the role takes.

    On the day that leaves least, `free` percent are, and the role takes `needs`.
    """

    weeks: tuple[str, ...]
    free: float
    needs: float


@dataclass(frozen=True, slots=True)
class TooExpensive(Reason):
    rate: Money
    cap: Money


@dataclass(frozen=True, slots=True)
class RateUnknown(Reason):
    """There is no rate in the currency of the cap, so that nobody can say it is kept."""

    cap: Money


@dataclass(frozen=True, slots=True)
class Withheld(Reason):
    """They do not want a program to plan them."""


def is_eligible(person: Person, slot: Slot) -> bool:
    """Whether every must is met, all days and weeks counted."""
    return next(_reasons(person, slot), None) is None


def reasons(person: Person, slot: Slot) -> tuple[Reason, ...]:
    """Every reason why the person may not be asked; empty if they qualify."""
    return tuple(_reasons(person, slot))


def _reasons(person: Person, slot: Slot) -> Iterator[Reason]:
    for need in slot.musts:
        reason = unmet(person, need, slot)
        if reason is not None:
            yield reason
    yield from _place(person, slot)
    yield from _employment(person, slot.period)
    yield from _rate(person, slot.rate_cap)
    yield from _capacity(person, slot)
    if not person.consents:
        yield Withheld(1.0)


def unmet(person: Person, need: Need, slot: Slot) -> Reason | None:
    """Why one must is not met; None if it is. Of places any will do: they are judged together."""
    match need.kind:
        case Kind.COMPETENCY:
            return _competency(person, need, slot)
        case Kind.CERTIFICATION:
            return _certification(person.held.get(need.code, ()), need, slot)
        case Kind.LANGUAGE:
            return None if need.code in person.languages else LanguageMissing(1.0, need)
        case Kind.LOCATION:
            return None  # any of several will do: see _place
        case Kind.HOURS:
            return _hours(person, need, slot.period)
        case Kind.ATTRIBUTE:
            return None if has_any(person, need) else AttributeMissing(1.0, need)


def has_any(person: Person, need: Need) -> bool:
    """Whether somebody has one of the values that an attribute may have."""
    return not person.attributes.get(need.code, frozenset()).isdisjoint(need.any)


def _hours(person: Person, need: Need, days: Period) -> Reason | None:
    has = hours_shared(person.weeks, need.code, days)
    if has is not None and has >= need.level:
        return None
    return HoursShort(1.0 if has is None else (need.level - has) / need.level, need, has)


def leans_on(person: Person, slot: Slot) -> list[Need]:
    """Musts of which somebody who qualifies is a level short, so that they need a mentor."""
    return [
        need
        for need in slot.musts
        if need.kind is Kind.COMPETENCY
        and first_day_below(person.attested.get(need.code, ()), need.level, slot.proven)
    ]


def _competency(person: Person, need: Need, slot: Slot) -> Reason | None:
    attested, days = person.attested.get(need.code), slot.proven
    if not attested:
        return LevelShort(1.0, need, 0)
    enough = slot.enough(need)
    fails_on = first_day_below(attested, enough, days)
    if fails_on is None:
        return None
    # By what holds throughout: then whoever has more, or longer, is never further off.
    gap = (need.level - level_throughout(attested, days)) / need.level
    if fails_on > days.first:
        lapsing = enough if enough < need.level else 0
        return LevelLapses(min(gap, _share_left(fails_on, days) / 2), need, fails_on, lapsing)
    return LevelShort(gap, need, level_on(attested, days.first))


def _certification(held: tuple[Held, ...], need: Need, slot: Slot) -> Reason | None:
    if not held:
        return NeverHeld(1.0, need)
    fails_on, days = lapses_on(held, slot), slot.proven
    if fails_on is None:
        return None
    if fails_on > days.first:
        return Lapses(_share_left(fails_on, days) / 2, need, fails_on)
    before = [one.last for one in held if one.last and one.last < days.first]
    if before:
        return Lapsed(0.6, need, max(before))
    return NotYetHeld(0.6, need, min(one.first for one in held))


def _share_left(fails_on: date, days: Period) -> float:
    """The share of the days from `fails_on` to the end."""
    return ((days.last - fails_on).days + 1) / ((days.last - days.first).days + 1)


def _place(person: Person, slot: Slot) -> Iterator[Reason]:
    places = tuple(need for need in slot.musts if need.kind is Kind.LOCATION)
    if places and person.location not in {need.code for need in places}:
        yield Elsewhere(1.0, places, person.location)


def _employment(person: Person, period: Period) -> Iterator[Reason]:
    first, last = person.employed_from, person.employed_to
    if (first and first > period.first) or (last and last < period.last):
        yield NotEmployed(1.0, first, last)


def _rate(person: Person, cap: Money | None) -> Iterator[Reason]:
    if cap is None:
        return
    if person.rate is None or person.rate.currency != cap.currency:
        yield RateUnknown(1.0, cap)
    elif person.rate.minor > cap.minor:
        yield TooExpensive(
            min(1.0, (person.rate.minor - cap.minor) / max(cap.minor, 1)), person.rate, cap
        )


def _capacity(person: Person, slot: Slot) -> Iterator[Reason]:
    taken = sum(max(0, load.percent) for load in person.taken if load.period.overlaps(slot.period))
    if taken + slot.allocation <= person.capacity:
        return  # it fits even if all of it fell on the same day
    stretches = list(_worked(person, slot))
    if weeks := overbooked_weeks(person.capacity, stretches, slot.allocation):
        short = free_where_short(person, slot)
        free, needs = min((one.percent, slot.share_on(one.period.first)) for one in short)
        yield NoCapacity((needs - free) / needs, tuple(weeks), free, needs)


def _worked(person: Person, slot: Slot) -> Iterator[tuple[Period, float]]:
    """Days of the role with what is taken then, less by what the role takes less.

    Where it takes nothing it is in nobody's way, however much somebody is away.
    """
    found = totals((*person.taken, *slot.relief), slot.period)
    return (one for one in found if slot.share_on(one[0].first) > 0)


def free_where_short(person: Person, slot: Slot) -> list[Load]:
    """What is free on days on which the role takes more than that, in order; never below 0."""
    found = []
    for stretch, percent in _worked(person, slot):
        if percent + slot.allocation > person.capacity:
            relieved = slot.share_on(stretch.first) - slot.allocation
            found.append(Load(stretch, max(0, person.capacity - (percent - relieved))))
    return found
