"""Capacity and demand by kind of work and week, in full-time equivalents of working days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.core.values import Period
from app.staffing.rules.capacity import (
    DAY,
    WORKDAYS,
    Band,
    Load,
    not_employed,
    weeks_over,
    weeks_touched,
)
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot

Way = frozenset[Need]
"""Competencies and certifications of which somebody needs all to do a kind of work."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work: what its roles ask for, and those of them that nobody fills yet."""

    code: str | None
    """Of the role profile; None for roles of no kind."""
    ways: frozenset[Way]
    open: tuple[Load, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """One kind of work in one week, in full-time equivalents: means over its working days."""

    people: int
    """Who can do it on some day of the week, and has any time."""
    have: float
    booked: float
    """Of their time, on whatever role."""
    free: float
    asked: float
    """By roles that nobody fills yet."""
    short: float
    """What is asked beyond what is free, day by day: Monday's free time helps nobody on Friday."""


@dataclass(frozen=True, slots=True)
class _Time:
    """One week of somebody, in percent of full time: what they have, is booked and is free."""

    has: float
    booked: float
    free: float
    days: tuple[tuple[float, float, float], ...]
    """The same for each working day."""


def way_of(slot: Slot) -> Way:
    """What a role asks for that people prove; the rest is about the place, not the work."""
    proven = (Kind.COMPETENCY, Kind.CERTIFICATION)
    return frozenset(need for need in slot.musts if need.kind in proven)


def asked_on(loads: Iterable[Load], day: date) -> float:
    """Percent of full time that loads take on a day, together."""
    return sum(load.percent for load in loads if load.period.first <= day <= load.period.last)


class Calendar:
    """Everybody's time and proofs over the same weeks, looked at once for each question."""

    def __init__(self, people: Sequence[Person], mondays: Sequence[date]) -> None:
        self.people, self.mondays = people, mondays
        self._by_id = {person.id: person for person in people}
        self._span = Period(mondays[0], mondays[-1] + 6 * DAY)
        self._days = [[monday + number * DAY for number in range(WORKDAYS)] for monday in mondays]
        self._all = (1 << len(mondays) * WORKDAYS) - 1
        self._time = [self._of(person) for person in people]
        self._proven: dict[Need, list[int]] = {}

    def _of(self, person: Person) -> list[_Time]:
        """Their time in each week."""
        times = [_same_all_week(person.capacity, 0)] * len(self.mondays)
        away = [*person.away, *_outside(person, self._span)]
        touched: dict[int, tuple[list[Load], list[Load]]] = {}
        for kind, loads in enumerate((away, person.booked)):
            for load in loads:
                for week in weeks_touched(self.mondays, load.period):
                    touched.setdefault(week, ([], []))[kind].append(load)
        for week, (less, booked) in touched.items():
            times[week] = _time_in(self._days[week], person.capacity, less, booked)
        return times

    def supply(self, work: Work) -> list[Supply]:
        """A kind of work, week by week."""
        capable = self._capable(work)
        return [self._supply(work, week, capable) for week in range(len(self.mondays))]

    def _supply(self, work: Work, week: int, capable: Sequence[int]) -> Supply:
        whole = (1 << WORKDAYS) - 1
        times = []
        for place, days in enumerate(capable):
            if able := days >> week * WORKDAYS & whole:
                time = self._time[place][week]
                times.append(time if able == whole else _only(time, able))
        asked = [asked_on(work.open, day) for day in self._days[week]]
        short = 0.0
        if any(asked):
            free = [sum(time.days[number][2] for time in times) for number in range(WORKDAYS)]
            short = sum(max(0.0, one - other) for one, other in zip(asked, free, strict=True))
        return Supply(
            people=sum(time.has > 0 for time in times),
            have=sum(time.has for time in times) / 100,
            booked=sum(time.booked for time in times) / 100,
            free=sum(time.free for time in times) / 100,
            asked=sum(asked) / WORKDAYS / 100,
            short=short / WORKDAYS / 100,
        )

    def able(self, work: Work) -> frozenset[int]:
        """Who can do a kind of work on some day of these weeks, by id."""
        capable = self._capable(work)
        return frozenset(
            person.id for person, days in zip(self.people, capable, strict=True) if days
        )

    def _capable(self, work: Work) -> list[int]:
        """For each person the working days, as bits, on which they can do some way of the work."""
        capable = [0] * len(self.people)
        for way in work.ways:
            rows = [self._proven_days(need) for need in way]
            for place in range(len(capable)):
                bits = self._all
                for row in rows:
                    bits &= row[place]
                capable[place] |= bits
        return capable

    def _proven_days(self, need: Need) -> list[int]:
        """For each person the working days on which they meet a demand."""
        if need not in self._proven:
            self._proven[need] = [self._bits(_stretches(person, need)) for person in self.people]
        return self._proven[need]

    def _bits(self, stretches: Iterable[Attestation | Held]) -> int:
        """The working days on which one of these holds."""
        bits = 0
        for one in stretches:
            first = max(0, self._place(one.first))
            last = self._place(one.last + DAY) if one.last and one.last < self._span.last else None
            upto = self._all if last is None else (1 << max(0, last)) - 1
            bits |= upto >> first << first
        return bits

    def _place(self, day: date) -> int:
        """How many working days lie before a day, from the first Monday on."""
        weeks, rest = divmod((day - self.mondays[0]).days, 7)
        return weeks * WORKDAYS + min(rest, WORKDAYS)

    def free_on(self, person_id: int, day: date) -> float:
        """Percent of full time that somebody of these people has left on a day of these weeks."""
        person = self._by_id[person_id]
        missing = asked_on((*person.away, *_outside(person, self._span)), day)
        return _day(max(0.0, person.capacity - missing), asked_on(person.booked, day))[2]

    def bands(self) -> list[Mapping[Band, int]]:
        """How many people are how full, week by week: as people by week show it."""
        counts: list[Counter[Band]] = [Counter() for _monday in self.mondays]
        for person in self.people:
            away = [*person.away, *_outside(person, self._span)]
            weeks = weeks_over(self.mondays, person.capacity, person.booked, away)
            for count, week in zip(counts, weeks, strict=True):
                count[week.band] += 1
        return list(counts)


def _outside(person: Person, span: Period) -> list[Load]:
    return not_employed(person.employed_from, person.employed_to, span)


def _time_in(
    days: Sequence[date], capacity: float, away: Collection[Load], booked: Collection[Load]
) -> _Time:
    """The time of somebody on the working days of a week that these loads touch."""
    first, last = days[0], days[-1]
    if all(one.period.first <= first and last <= one.period.last for one in (*away, *booked)):
        return _same_all_week(
            max(0.0, capacity - sum(load.percent for load in away)),
            sum(load.percent for load in booked),
        )
    return _mean(
        [_day(max(0.0, capacity - asked_on(away, day)), asked_on(booked, day)) for day in days]
    )


@lru_cache(maxsize=4096)
def _same_all_week(has: float, booked: float) -> _Time:
    return _mean([_day(has, booked)] * WORKDAYS)


def _day(has: float, booked: float) -> tuple[float, float, float]:
    return has, booked, max(0.0, has - booked)


def _only(time: _Time, able: int) -> _Time:
    """The time on some of the working days alone, as bits."""
    nothing = (0.0, 0.0, 0.0)
    return _mean([day if able >> number & 1 else nothing for number, day in enumerate(time.days)])


def _mean(days: Sequence[tuple[float, float, float]]) -> _Time:
    has, booked, free = (sum(column) / WORKDAYS for column in zip(*days, strict=True))
    return _Time(has, booked, free, tuple(days))


def _stretches(person: Person, need: Need) -> Sequence[Attestation | Held]:
    if need.kind is Kind.COMPETENCY:
        return [one for one in person.attested.get(need.code, ()) if one.level >= need.level]
    return person.held.get(need.code, ())


def kinds_of(
    roles: Iterable[tuple[str | None, Slot, bool]],
) -> dict[str | None, Work]:
    """Kinds of work from roles: the code of their profile, the role, whether it is open."""
    ways: dict[str | None, set[Way]] = {}
    loads: dict[str | None, list[Load]] = {}
    for code, slot, is_open in roles:
        ways.setdefault(code, set()).add(way_of(slot))
        if is_open:
            loads.setdefault(code, []).extend((slot.load, *slot.relief))
    return {
        code: Work(code, frozenset(found), tuple(loads.get(code, ())))
        for code, found in ways.items()
    }
