"""Who may be asked for a role, and every reason why somebody may not.

Each must is met or it is a reason; none is ever traded against another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load, totals, weeks_named
from app.staffing.rules.hours import hours_shared
from app.staffing.rules.matcher.claims import (
    first_day_below,
    lapses_on,
    level_on,
    level_throughout,
)
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot


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


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand that people fail: a need of the role, or capacity, rate, employment."""

    name: str
    code: str = ""
    level: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.code}" if self.code else self.name


PLACE, EMPLOYMENT, RATE, CAPACITY, CONSENT = (
    Rule(name) for name in (Kind.LOCATION, "employment", "rate", "capacity", "consent")
)

Check = Callable[[Person], Reason | None]
"""Why somebody does not meet a demand; None if they do."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a role demands, ready to be held against many people."""

    rule: Rule
    check: Check
    need: Need | None = None
    """The must that it is; None for a place, which may be one of several, time, rate and such."""


def demands(slot: Slot) -> tuple[Demand, ...]:
    """Everything that a role demands. Whoever meets all of it, all days counted, may be asked."""
    places = tuple(need for need in slot.musts if need.kind is Kind.LOCATION)
    return (
        *(
            Demand(rule_of_need(need), _need(need, slot), need)
            for need in slot.musts
            if need.kind is not Kind.LOCATION
        ),
        *([Demand(PLACE, _place(places))] if places else []),
        Demand(EMPLOYMENT, _employment(slot.period)),
        *([Demand(RATE, _rate(slot.rate_cap))] if slot.rate_cap else []),
        Demand(CAPACITY, _capacity(slot)),
        Demand(CONSENT, _consent),
    )


def rule_of_need(need: Need) -> Rule:
    """The rule that a must is."""
    return Rule(need.kind, need.code, need.level)


def meets(person: Person, asked: Iterable[Demand]) -> bool:
    """Whether somebody meets all of these demands."""
    return all(demand.check(person) is None for demand in asked)


def unmet_by(person: Person, asked: Iterable[Demand]) -> tuple[Reason, ...]:
    """Why somebody does not meet these demands; empty if they do."""
    found = [demand.check(person) for demand in asked]
    return tuple([reason for reason in found if reason is not None])


def is_eligible(person: Person, slot: Slot) -> bool:
    """Whether every must is met. For many people, `demands` once and `meets` for each."""
    return meets(person, demands(slot))


def reasons(person: Person, slot: Slot) -> tuple[Reason, ...]:
    """Every reason why the person may not be asked; empty if they qualify."""
    return unmet_by(person, demands(slot))


def unmet(person: Person, need: Need, slot: Slot) -> Reason | None:
    """Why one must is not met; None if it is. Of places any will do: they are judged together."""
    return None if need.kind is Kind.LOCATION else _need(need, slot)(person)


def leans_on(person: Person, slot: Slot) -> list[Need]:
    """Musts of which somebody who qualifies is a level short, so that they need a mentor."""
    return [
        need
        for need in slot.musts
        if need.kind is Kind.COMPETENCY
        and first_day_below(person.attested.get(need.code, ()), need.level, slot.proven)
    ]


def has_any(person: Person, need: Need) -> bool:
    """Whether somebody has one of the values that an attribute may have."""
    return not person.attributes.get(need.code, frozenset()).isdisjoint(need.any)


# --- Checks: what they need of the role is looked up once, not for each person ----------------


def _need(need: Need, slot: Slot) -> Check:
    match need.kind:
        case Kind.COMPETENCY:
            return _competency(need, slot)
        case Kind.CERTIFICATION:
            return _certification(need, slot)
        case Kind.LANGUAGE:
            missing = LanguageMissing(1.0, need)
            return lambda person: None if need.code in person.languages else missing
        case Kind.HOURS:
            return lambda person: _hours(person, need, slot.period)
        case _:
            lacking = AttributeMissing(1.0, need)
            return lambda person: None if has_any(person, need) else lacking


def _competency(need: Need, slot: Slot) -> Check:
    code, level, enough, days = need.code, need.level, slot.enough(need), slot.proven
    lapsing = enough if enough < level else 0
    nothing = LevelShort(1.0, need, 0)

    def check(person: Person) -> Reason | None:
        if not (attested := person.attested.get(code)):
            return nothing
        fails_on = first_day_below(attested, enough, days)
        if fails_on is None:
            return None
        # By what holds throughout: then whoever has more, or longer, is never further off.
        gap = (level - level_throughout(attested, days)) / level
        if fails_on > days.first:
            return LevelLapses(min(gap, _share_left(fails_on, days) / 2), need, fails_on, lapsing)
        return LevelShort(gap, need, level_on(attested, days.first))

    return check


def _certification(need: Need, slot: Slot) -> Check:
    code, days = need.code, slot.proven
    never = NeverHeld(1.0, need)

    def check(person: Person) -> Reason | None:
        if not (held := person.held.get(code)):
            return never
        fails_on = lapses_on(held, slot)
        if fails_on is None:
            return None
        if fails_on > days.first:
            return Lapses(_share_left(fails_on, days) / 2, need, fails_on)
        before = [one.last for one in held if one.last and one.last < days.first]
        if before:
            return Lapsed(0.6, need, max(before))
        return NotYetHeld(0.6, need, min(one.first for one in held))

    return check


def _share_left(fails_on: date, days: Period) -> float:
    """The share of the days from `fails_on` to the end."""
    return ((days.last - fails_on).days + 1) / ((days.last - days.first).days + 1)


def _hours(person: Person, need: Need, days: Period) -> Reason | None:
    has = hours_shared(person.weeks, need.code, days)
    if has is not None and has >= need.level:
        return None
    return HoursShort(1.0 if has is None else (need.level - has) / need.level, need, has)


def _place(places: tuple[Need, ...]) -> Check:
    codes = {need.code for need in places}
    return lambda person: (
        None if person.location in codes else Elsewhere(1.0, places, person.location)
    )


def _employment(days: Period) -> Check:
    def check(person: Person) -> Reason | None:
        first, last = person.employed_from, person.employed_to
        if (first and first > days.first) or (last and last < days.last):
            return NotEmployed(1.0, first, last)
        return None

    return check


def _rate(cap: Money) -> Check:
    unknown = RateUnknown(1.0, cap)

    def check(person: Person) -> Reason | None:
        rate = person.rate
        if rate is None or rate.currency != cap.currency:
            return unknown
        if rate.minor <= cap.minor:
            return None
        return TooExpensive(min(1.0, (rate.minor - cap.minor) / max(cap.minor, 1)), rate, cap)

    return check


def _capacity(slot: Slot) -> Check:
    period, wanted = slot.period, slot.allocation
    at_leisure: dict[float, Reason | None] = {}

    def check(person: Person) -> Reason | None:
        standing = [load for load in (*person.booked, *person.away) if load.period.overlaps(period)]
        capacity = person.capacity
        if standing:
            # It fits if it did with all of it on the same day.
            most = wanted + sum([load.percent for load in standing if load.percent > 0])
            return None if most <= capacity else _too_little(capacity, standing, slot)
        if capacity not in at_leisure:  # those with nothing to do differ by nothing else
            at_leisure[capacity] = _too_little(capacity, (), slot)
        return at_leisure[capacity]

    return check


def _too_little(capacity: float, taken: Sequence[Load], slot: Slot) -> Reason | None:
    short = _short(capacity, taken, slot)
    if not short:
        return None
    free, needs = min((one.percent, slot.share_on(one.period.first)) for one in short)
    weeks = weeks_named(one.period for one in short)
    return NoCapacity((needs - free) / needs, tuple(weeks), free, needs)


def free_where_short(person: Person, slot: Slot) -> list[Load]:
    """What is free on days on which the role takes more than that, in order; never below 0.

    Where the role takes nothing it is in nobody's way, however much somebody is away.
    """
    return _short(person.capacity, person.taken, slot)


def _short(capacity: float, taken: Sequence[Load], slot: Slot) -> list[Load]:
    found = []
    for stretch, percent in totals((*taken, *slot.relief), slot.period):
        if percent + slot.allocation > capacity:
            share = slot.share_on(stretch.first)
            if share > 0:
                beside = percent + slot.allocation - share
                found.append(Load(stretch, max(0, capacity - beside)))
    return found


_WITHHELD = Withheld(1.0)


def _consent(person: Person) -> Reason | None:
    return None if person.consents else _WITHHELD
