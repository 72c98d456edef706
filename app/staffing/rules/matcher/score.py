"""How well a qualified person fits: a weighted mean of parts, each from 0 to 1.

A part that says nothing about a role (no wants, no rate cap, a weight of 0) is left out, and the
others share its weight. What the weights are is written in `weights` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.core.values import Period
from app.staffing.rules.capacity import peak
from app.staffing.rules.hours import hours_shared
from app.staffing.rules.matcher.claims import (
    first_gap,
    in_force,
    lapses_on,
    level_throughout,
    promised_until,
)
from app.staffing.rules.matcher.eligibility import has_any
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person, Slot, Source, Wish
from app.staffing.rules.matcher.weights import BALANCED, PartName, Weights

STRENGTH = {
    Source.JUDGED: 1.0,
    Source.ASSESSED: 0.9,
    Source.CERTIFICATE: 0.9,
    Source.PROJECT: 0.8,
}

FRESH_DAYS, OLD_DAYS, OLD_IS_WORTH = 183, 1096, 0.5
"""Evidence counts in full for half a year, then less and less until three years, then half."""
COMFORT_DAYS = 365
"""A certification that lasts a year beyond the role has all the margin there is."""
SIMILAR_ROLES = 2
"""Two earlier roles that asked for a competency are all the practice in it that counts."""
WISH_IS_WORTH = {Wish.GLADLY: 1.0, None: 0.5, Wish.RATHER_NOT: 0.0}


@dataclass(frozen=True, slots=True)
class Fact:
    """What a part was read from: a level reached of a target, percent free, days beyond the end."""

    reached: int
    target: int
    need: Need | None = None
    source: Source | None = None
    renew_by: date | None = None
    """The day after which a certification lapses inside the role, its renewal being promised."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `value` from 0 to 1, worth `most` of 100 points, to one decimal."""

    name: PartName
    value: float
    most: float
    facts: tuple[Fact, ...]

    @property
    def points(self) -> float:
        """To one decimal, as printed: wherever a score is shown, it is the sum of these."""
        return round(self.value * self.most, 1)


@dataclass(frozen=True, slots=True)
class Among:
    """What a person is compared with: those who qualify, taken together."""

    cheapest: int | None = None
    """The lowest rate, in minor units, where the role has a cap; `dearest` is the highest."""
    dearest: int | None = None
    worked: bool = False
    """Whether any of them had a role before that asked for the same; `wished`, a wish about it."""
    wished: bool = False


ALONE = Among()


def among(qualified: Iterable[Person], slot: Slot) -> Among:
    """What there is to compare those who qualify with."""
    people = list(qualified)
    rates = [person.rate.minor for person in people if person.rate] if slot.rate_cap else []
    asked = {need.code for need in _competencies(slot)}
    return Among(
        min(rates, default=None),
        max(rates, default=None),
        any(not asked.isdisjoint(person.similar) for person in people),
        any(slot.id in person.wishes for person in people),
    )


def parts(
    person: Person, slot: Slot, among: Among = ALONE, weights: Weights = BALANCED
) -> tuple[Part, ...]:
    """The parts of a qualified person's score that say something about this role."""
    found = (
        _wants(person, slot),
        _margin(person, slot),
        _evidence(person, slot),
        _slack(person, slot),
        _similar(person, slot) if among.worked else None,
        _wish(person, slot) if among.wished else None,
        _cost(person, among),
        _place(person, slot),
    )
    read = [
        (name, part)
        for name, part in zip(PartName, found, strict=True)
        if part is not None and weights[name]
    ]
    most = _shares(tuple(weights[name] for name, _ in read))
    return tuple(
        Part(name, value, share, facts)
        for (name, (value, facts)), share in zip(read, most, strict=True)
    )


def score(found: Sequence[Part]) -> float:
    """Points of 100: the sum of the printed parts, so that what looks equal is equal."""
    return round(sum(part.points for part in found), 1)


@lru_cache(maxsize=256)
def _shares(weights: tuple[int, ...]) -> tuple[float, ...]:
    """100 points by weight, in tenths that add up to them: those cut most get the tenths left."""
    whole = sum(weights)
    tenths = [1000 * weight // whole for weight in weights]
    most_cut = sorted(range(len(weights)), key=lambda one: -(1000 * weights[one] % whole))
    for one in most_cut[: 1000 - sum(tenths)]:
        tenths[one] += 1
    return tuple(tenth / 10 for tenth in tenths)


_Read = tuple[float, tuple[Fact, ...]]


def _wants(person: Person, slot: Slot) -> _Read | None:
    wants = [need for need in slot.wants if need.kind is not Kind.LOCATION and need.weight]
    if not wants:
        return None
    facts = tuple(_reached(person, need, slot) for need in wants)
    earned = sum(
        need.weight * min(fact.reached, fact.target) / fact.target
        for need, fact in zip(wants, facts, strict=True)
    )
    return earned / sum(need.weight for need in wants), facts


def _reached(person: Person, need: Need, slot: Slot) -> Fact:
    if need.kind is Kind.COMPETENCY:
        reached = level_throughout(person.attested.get(need.code, ()), slot.proven)
        return Fact(reached, need.level, need)
    if need.kind is Kind.CERTIFICATION:
        held = person.held.get(need.code, ())
        return Fact(int(lapses_on(held, slot) is None), 1, need)
    if need.kind is Kind.HOURS:
        hours = hours_shared(person.weeks, need.code, slot.period)
        return Fact(int(hours or 0), need.level, need)
    if need.kind is Kind.ATTRIBUTE:
        return Fact(int(has_any(person, need)), 1, need)
    return Fact(int(need.code in person.languages), 1, need)


def _margin(person: Person, slot: Slot) -> _Read | None:
    facts: list[Fact] = []
    values: list[float] = []
    for need in slot.musts:
        if need.kind is Kind.COMPETENCY:
            level = level_throughout(person.attested.get(need.code, ()), slot.proven)
            facts.append(Fact(level, need.level, need))
            values.append(_above(level, need.level))
        elif need.kind is Kind.CERTIFICATION:
            days = _days_beyond(person, need, slot.period.last)
            renew_by = promised_until(person.held.get(need.code, ()), slot)
            facts.append(Fact(days, COMFORT_DAYS, need, renew_by=renew_by))
            values.append(days / COMFORT_DAYS)
    return (sum(values) / len(values), tuple(facts)) if values else None


def _above(level: int, asked: int) -> float:
    """How much of what lies above a level is reached; nothing by those who need a mentor."""
    if level < asked:
        return 0.0
    return (level - asked) / (5 - asked) if asked < 5 else 1.0


def _days_beyond(person: Person, need: Need, end: date) -> int:
    """Days for which a certification stays in force after the role, up to `COMFORT_DAYS`."""
    held = person.held.get(need.code, ())
    comfort = min(end, date.max - timedelta(days=COMFORT_DAYS)) + timedelta(days=COMFORT_DAYS)
    gap = first_gap(held, Period(end, comfort))
    return COMFORT_DAYS if gap is None else max(0, (gap - end).days - 1)


def _evidence(person: Person, slot: Slot) -> _Read | None:
    facts: list[Fact] = []
    values: list[float] = []
    for need in _competencies(slot):
        value, fact = _best_evidence(person, need, slot)
        values.append(value)
        facts.append(fact)
    return (sum(values) / len(values), tuple(facts)) if values else None


def _best_evidence(person: Person, need: Need, slot: Slot) -> tuple[float, Fact]:
    """How strong and recent the best evidence is, for as much of the level as it carries.

    What carries less counts by its share of the level. Else a higher level, proven long ago,
    would push aside what was proven of a lower one lately, and lower whoever has both.
    """
    attested = person.attested.get(need.code, ())
    carried = min(level_throughout(attested, slot.proven), need.level)
    start = slot.period.first
    worth = [
        (_strength(one, start) * min(one.level, carried) / need.level, -one.age(start), one.source)
        for one in attested
        if carried and in_force(one, start)
    ]
    if not worth:
        return 0.0, Fact(0, 0, need)
    value, minus_days, source = max(worth)
    return value, Fact(-minus_days, 0, need, source)


def _strength(one: Attestation, start: date) -> float:
    lost = (one.age(start) - FRESH_DAYS) / (OLD_DAYS - FRESH_DAYS)
    return STRENGTH[one.source] * (1.0 - (1.0 - OLD_IS_WORTH) * min(1.0, max(0.0, lost)))


def _slack(person: Person, slot: Slot) -> _Read | None:
    if slot.allocation >= 100:
        return None  # nobody who fits has anything left
    fullest = peak((*person.taken, *slot.relief), slot.period) + slot.allocation
    left = max(0.0, person.capacity - fullest)
    most = 100 - slot.allocation
    return min(1.0, left / most), (Fact(round(left), round(most)),)


def _similar(person: Person, slot: Slot) -> _Read | None:
    """How often they had roles that asked for the same competencies."""
    facts = tuple(
        Fact(min(person.similar.get(need.code, 0), SIMILAR_ROLES), SIMILAR_ROLES, need)
        for need in _competencies(slot)
    )
    if not facts:
        return None
    return sum(fact.reached for fact in facts) / (SIMILAR_ROLES * len(facts)), facts


def _competencies(slot: Slot) -> list[Need]:
    """What the role asks for in competencies, each once."""
    needs = [need for need in (*slot.musts, *slot.wants) if need.kind is Kind.COMPETENCY]
    return list({need.code: need for need in reversed(needs)}.values())[::-1]


def _wish(person: Person, slot: Slot) -> _Read:
    wish = person.wishes.get(slot.id)
    return WISH_IS_WORTH[wish], (Fact(int(2 * WISH_IS_WORTH[wish]), 2),)


def _cost(person: Person, among: Among) -> _Read | None:
    if among.cheapest is None or among.dearest is None or person.rate is None:
        return None
    spread = among.dearest - among.cheapest
    value = (among.dearest - person.rate.minor) / spread if spread else 1.0
    return value, (Fact(person.rate.minor, among.cheapest),)


def _place(person: Person, slot: Slot) -> _Read | None:
    places = [need for need in slot.wants if need.kind is Kind.LOCATION]
    if not places:
        return None
    there = person.location in {need.code for need in places}
    return float(there), tuple(Fact(int(there), 1, need) for need in places)
