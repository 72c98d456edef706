"""What would clear a reason, at the least cost: a course, a renewal, another share or start.

Each repair can be tried out (`tried`): what it changes is changed, and the matcher asked again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.values import Money, Period
from app.staffing.rules.capacity import DAY, Load, totals
from app.staffing.rules.hours import Week
from app.staffing.rules.matcher.eligibility import (
    AttributeMissing,
    Elsewhere,
    HoursShort,
    LanguageMissing,
    Lapsed,
    Lapses,
    LevelLapses,
    LevelShort,
    NeverHeld,
    NoCapacity,
    NotEmployed,
    NotYetHeld,
    RateUnknown,
    Reason,
    TooExpensive,
    Withheld,
    free_where_short,
    unmet,
)
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.matcher.route import Route

Teach = Callable[[Person, Slot, tuple[Need, ...]], Route | None]
"""Finds the courses that give somebody levels, for what a role lasts; None if there are none."""

HALF = 2
"""A role may begin late, or take less for a while, as long as at least half of it is left."""
MOST_STRETCHES = 3
"""Nobody agrees on more smaller shares than these for the sake of one person."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that clears a reason."""


@dataclass(frozen=True, slots=True)
class Courses(Repair):
    """Pass courses: one way to all of `needs`. If it is too late, the role begins after it."""

    needs: tuple[Need, ...]
    route: Route

    @property
    def in_time(self) -> bool:
        return self.route.start_by is not None

    @property
    def start(self) -> date:
        """The day after all of it is passed."""
        return self.route.ready + DAY


@dataclass(frozen=True, slots=True)
class Judgement(Repair):
    """No course reaches the level before the role ends: an assessor would have to judge it."""

    need: Need


@dataclass(frozen=True, slots=True)
class Renewal(Repair):
    """Renew a certification so that it is in force from `by` on."""

    need: Need
    by: date


@dataclass(frozen=True, slots=True)
class Certify(Repair):
    """Get a certification by the day on which the role begins."""

    need: Need
    by: date


@dataclass(frozen=True, slots=True)
class FewerPercent(Repair):
    """Ask for less of their time."""

    percent: int


@dataclass(frozen=True, slots=True)
class FewerHours(Repair):
    """Ask for fewer hours in common."""

    need: Need
    hours: int


@dataclass(frozen=True, slots=True)
class LaterStart(Repair):
    start: date


@dataclass(frozen=True, slots=True)
class EarlierEnd(Repair):
    end: date


@dataclass(frozen=True, slots=True)
class FreeTime(Repair):
    """Other work of theirs has to give way in these weeks: nothing smaller helps.

    Without it `percent` are free on every day; None if that is all that the role takes.
    """

    weeks: tuple[str, ...]
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class LessMeanwhile(Repair):
    """Ask for a smaller share on some days: they are in order, each with what it takes then."""

    shares: tuple[Load, ...]


@dataclass(frozen=True, slots=True)
class MoreTime(Repair):
    """They have hardly any time of their own: agree with them on `percent` of full time."""

    percent: float


@dataclass(frozen=True, slots=True)
class RaiseCap(Repair):
    """Allow their rate."""

    to: Money


@dataclass(frozen=True, slots=True)
class RecordRate(Repair):
    currency: str


@dataclass(frozen=True, slots=True)
class Correct(Repair):
    """If it is so, and only not on record: a language, a place, another fact about the person."""

    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Extend(Repair):
    """Employ them on the days of the role."""

    period: Period


@dataclass(frozen=True, slots=True)
class AskThem(Repair):
    """Nobody plans them, but they may say yes if somebody asks."""


@dataclass(frozen=True, slots=True)
class Relax(Repair):
    """Ask for something else: no more is known to help."""

    need: Need | None


def repairs(
    found: Sequence[Reason], person: Person, slot: Slot, teach: Teach
) -> tuple[Repair, ...]:
    """The cheapest repair of each reason, in their order.

    Levels that courses teach have one way in common, and so the same repair.
    """
    levels = _levels(found, person, slot, teach)
    return tuple(_repair(one, person, slot, levels) for one in found)


def _repair(reason: Reason, person: Person, slot: Slot, levels: Mapping[Need, Repair]) -> Repair:
    match reason:
        case LevelShort() | LevelLapses():
            return levels[reason.need]
        case Lapses():
            return _renewed(reason.need, person, reason.fails_on)
        case Lapsed() | NotYetHeld() | NeverHeld():
            later = _proven_from(person, slot, reason.need)
            return later or _renewed(reason.need, person, slot.period.first)
        case NoCapacity():
            return _time(reason, person, slot)
        case NotEmployed():
            return _employment(reason, slot)
        case TooExpensive():
            return RaiseCap(reason.rate)
        case RateUnknown():
            return RecordRate(reason.cap.currency)
        case LanguageMissing() | AttributeMissing():
            return Correct((reason.need,))
        case Elsewhere():
            return Correct(reason.needs)
        case Withheld():
            return AskThem()
        case HoursShort():
            return _hours(reason)
        case _:
            return Relax(getattr(reason, "need", None))


def tried(made: Repair, person: Person, slot: Slot) -> tuple[Person, Slot]:
    """The person and the role as they would be."""
    match made:
        case LaterStart():
            return person, _within(slot, Period(made.start, slot.period.last))
        case EarlierEnd():
            return person, _within(slot, Period(slot.period.first, made.end))
        case FewerPercent():
            return person, _smaller(slot, made.percent)
        case FreeTime():
            free = replace(person, booked=())
            return free, slot if made.percent is None else _smaller(slot, made.percent)
        case LessMeanwhile():
            less = (
                Load(one.period, one.percent - slot.share_on(one.period.first))
                for one in made.shares
            )
            return person, replace(slot, relief=(*slot.relief, *less))
        case FewerHours():
            return person, replace(slot, musts=tuple(_with_hours(slot.musts, made)))
        case RaiseCap():
            return person, replace(slot, rate_cap=made.to)
        case Courses():
            first = slot.period.first if made.in_time else max(slot.period.first, made.start)
            return made.route.passed_by(person), _within(slot, Period(first, slot.period.last))
        case Relax():
            return person, replace(slot, musts=tuple(n for n in slot.musts if n != made.need))
        case _:
            return _changed(made, person, slot), slot


def _changed(made: Repair, person: Person, slot: Slot) -> Person:
    match made:
        case Judgement():
            judged = Attestation(made.need.level, slot.period.first, None)
            attested = (*person.attested.get(made.need.code, ()), judged)
            return replace(person, attested={**person.attested, made.need.code: attested})
        case Renewal() | Certify():
            held = (*person.held.get(made.need.code, ()), Held(made.by, None))
            return replace(person, held={**person.held, made.need.code: held})
        case MoreTime():
            return replace(person, capacity=made.percent, booked=(), away=())
        case AskThem():
            return replace(person, consents=True)
        case RecordRate():
            return replace(person, rate=slot.rate_cap)
        case Extend():
            return replace(person, employed_from=None, employed_to=None)
        case Correct():
            return _corrected(person, made.needs)
    raise AssertionError(made)


def _corrected(person: Person, needs: tuple[Need, ...]) -> Person:
    need = needs[0]
    if need.kind is Kind.LANGUAGE:
        return replace(person, languages=person.languages | {need.code})
    if need.kind is Kind.LOCATION:
        return replace(person, location=need.code)
    if need.kind is Kind.HOURS:
        return replace(person, weeks=(Week(date.min, need.code),))
    values = person.attributes.get(need.code, frozenset()) | set(need.any[:1])
    return replace(person, attributes={**person.attributes, need.code: values})


def _within(slot: Slot, period: Period) -> Slot:
    return replace(slot, period=period)


def _smaller(slot: Slot, percent: float) -> Slot:
    """With less on every day; days that take less already keep what they take, up to that."""
    relief = tuple(
        Load(load.period, min(0.0, slot.allocation + load.percent - percent))
        for load in slot.relief
    )
    return replace(slot, allocation=percent, relief=relief)


# --- Courses ---------------------------------------------------------------------------------


def _levels(
    found: Iterable[Reason], person: Person, slot: Slot, teach: Teach
) -> dict[Need, Repair]:
    """What mends each level: one way for all that courses teach, or to wait, or an assessor."""
    lacking = [one.need for one in found if isinstance(one, LevelShort | LevelLapses)]
    taught = _taught(lacking, person, slot, teach)
    waiting = {
        need: later
        for need in lacking
        if not (taught and taught.in_time and need in taught.needs)
        and (later := _proven_from(person, slot, need))
        and not (taught and need in taught.needs and taught.start <= later.start)
    }
    if waiting:
        left = [need for need in lacking if need not in waiting]
        taught = _taught(left, person, slot, teach)
    made: dict[Need, Repair] = {need: Judgement(need) for need in lacking}
    made.update(waiting)
    if taught:
        made.update(dict.fromkeys(taught.needs, taught))
    return made


def _taught(lacking: Iterable[Need], person: Person, slot: Slot, teach: Teach) -> Courses | None:
    """One way to as many of the levels as can be had together, in the order of the role."""
    needs: tuple[Need, ...] = ()
    route: Route | None = None
    for need in lacking:
        if longer := teach(person, slot, (*needs, need)):
            needs, route = (*needs, need), longer
    return Courses(needs, route) if route else None


# --- Waiting and renewing --------------------------------------------------------------------


def _proven_from(person: Person, slot: Slot, need: Need) -> LaterStart | None:
    """The first later start at which they have, of their own accord, what the role asks for."""
    attested, held = person.attested.get(need.code, ()), person.held.get(need.code, ())
    firsts = {one.first for one in attested} | {one.first for one in held}
    for first in sorted(first for first in firsts if first > slot.period.first):
        later = _later(slot, first)
        if later and unmet(person, need, _within(slot, Period(first, slot.period.last))) is None:
            return later
    return None


def _renewed(need: Need, person: Person, by: date) -> Renewal | Certify:
    """What can be renewed is; anything else has to be got anew."""
    renewable = any(one.renewable for one in person.held.get(need.code, ()))
    return Renewal(need, by) if renewable else Certify(need, by)


# --- Hours in common -------------------------------------------------------------------------


def _hours(reason: HoursShort) -> Repair:
    """Hours that nobody has said may only be missing on record; for few hours, ask for as few."""
    if reason.has is None:
        return Correct((reason.need,))
    fewer = math.floor(reason.has)
    return FewerHours(reason.need, fewer) if fewer else Relax(reason.need)


def _with_hours(needs: Sequence[Need], made: FewerHours) -> Iterator[Need]:
    for need in needs:
        yield replace(need, level=made.hours) if need == made.need else need


# --- Time ------------------------------------------------------------------------------------


def _time(reason: NoCapacity, person: Person, slot: Slot) -> Repair:
    """Whichever loses least of the work, the simplest first; else other work gives way."""
    ways: list[tuple[float, int, Repair]] = []
    percent = math.floor(reason.free)
    if percent >= 1:
        ways.append(((slot.allocation - percent) / slot.allocation, 0, FewerPercent(percent)))
    if later := _free_from(person, slot):
        lost = (later.start - slot.period.first).days / _days(slot.period)
        ways.append((lost, 1, later))
    less = _less_meanwhile(person, slot)
    if len(less.shares) <= MOST_STRETCHES and (lost := _lost(less, slot)) * HALF <= 1:
        ways.append((round(lost, 6), 2, less))
    if ways:
        return min(ways, key=lambda way: (round(way[0], 6), way[1]))[2]
    return _other_work(reason, person, slot)


def _other_work(reason: NoCapacity, person: Person, slot: Slot) -> Repair:
    """They give up other work; absences and a small capacity stay as they are."""
    short = free_where_short(replace(person, booked=()), slot)
    if not short:
        return FreeTime(reason.weeks)
    percent = math.floor(min(one.percent for one in short))
    return FreeTime(reason.weeks, percent) if percent >= 1 else MoreTime(slot.allocation)


def _less_meanwhile(person: Person, slot: Slot) -> LessMeanwhile:
    """As much as is free, on the days on which that is less than the role takes."""
    short = free_where_short(person, slot)
    return LessMeanwhile(tuple(Load(one.period, math.floor(one.percent)) for one in short))


def _lost(less: LessMeanwhile, slot: Slot) -> float:
    """The share of the work that smaller shares lose."""
    work = sum(
        (slot.allocation + percent) * _days(stretch)
        for stretch, percent in totals(slot.relief, slot.period)
    )
    lost = sum(
        (slot.share_on(one.period.first) - one.percent) * _days(one.period) for one in less.shares
    )
    return lost / work if work else 1.0


def _free_from(person: Person, slot: Slot) -> LaterStart | None:
    """The first day from which the whole share is free until the end, if it is not too late."""
    short = free_where_short(person, slot)
    last = short[-1].period.last
    return _later(slot, last + DAY) if last < slot.period.last else None


def _later(slot: Slot, start: date) -> LaterStart | None:
    """A later start, if enough of the role is left."""
    if not slot.period.first < start <= slot.period.last:
        return None
    left = _days(Period(start, slot.period.last))
    return LaterStart(start) if left * HALF >= _days(slot.period) else None


def _employment(reason: NotEmployed, slot: Slot) -> Repair:
    late = reason.first is not None and reason.first > slot.period.first
    early = reason.last is not None and reason.last < slot.period.last
    if late and not early and reason.first and (later := _later(slot, reason.first)):
        return later
    if early and not late and reason.last:
        left = max(0, (reason.last - slot.period.first).days + 1)
        if left * HALF >= _days(slot.period):
            return EarlierEnd(reason.last)
    return Extend(slot.period)


def _days(period: Period) -> int:
    return (period.last - period.first).days + 1
