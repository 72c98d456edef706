"""Capacity and demand by kind of work and week, in full-time equivalents of working days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values import Period
from app.staffing.rules.capacity import DAY, Load
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot

WORKDAYS = 5
BANDS = (25, 75, 100)
"""Utilisation in percent of the time somebody has: up to a quarter, three quarters, all of it."""

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
    """One kind of work in one week, in full-time equivalents."""

    people: int
    """Who can do it."""
    have: float
    booked: float
    """Of their time, on whatever role."""
    free: float
    asked: float
    """By roles that nobody fills yet."""

    @property
    def short(self) -> float:
        return max(0.0, self.asked - self.free)


@dataclass(frozen=True, slots=True)
class Bands:
    """How many people are how full in one week. `away` have no time at all."""

    away: int
    idle: int
    part: int
    well: int
    over: int


def way_of(slot: Slot) -> Way:
    """What a role asks for that people prove; the rest is about the place, not the work."""
    proven = (Kind.COMPETENCY, Kind.CERTIFICATION)
    return frozenset(need for need in slot.musts if need.kind in proven)


def share(load: Load, monday: date) -> float:
    """Percent of the working days from a Monday that a load takes, on average."""
    first = max(load.period.first, monday)
    last = min(load.period.last, monday + (WORKDAYS - 1) * DAY)
    return load.percent * max(0, (last - first).days + 1) / WORKDAYS


class Calendar:
    """Everybody's time and proofs over the same weeks, looked at once for each question."""

    def __init__(self, people: Sequence[Person], mondays: Sequence[date]) -> None:
        self.people, self.mondays = people, mondays
        self._all = (1 << len(mondays)) - 1
        self._time = [self._of(person) for person in people]
        self._proven: dict[Need, list[int]] = {}

    def _of(self, person: Person) -> list[tuple[float, float]]:
        """Time they have and time that is booked, for each week, in percent."""
        has = [float(person.capacity)] * len(self.mondays)
        booked = [0.0] * len(self.mondays)
        for loads, row, sign in ((person.away, has, -1), (person.booked, booked, 1)):
            for load in loads:
                for week in self._weeks(load.period):
                    row[week] += sign * share(load, self.mondays[week])
        for week, monday in enumerate(self.mondays):
            has[week] = max(0.0, has[week]) * _employed(person, monday)
        return list(zip(has, booked, strict=True))

    def _weeks(self, period: Period) -> range:
        """The weeks that a period touches."""
        start = self.mondays[0]
        first = max(0, (period.first - start).days // 7)
        last = min(len(self.mondays) - 1, (period.last - start).days // 7)
        return range(first, last + 1)

    def supply(self, work: Work) -> list[Supply]:
        """A kind of work, week by week."""
        capable = self._capable(work)
        return [self._supply(work, week, capable) for week in range(len(self.mondays))]

    def _supply(self, work: Work, week: int, capable: Sequence[int]) -> Supply:
        times = [
            self._time[place][week] for place, weeks in enumerate(capable) if weeks >> week & 1
        ]
        asked = sum(share(load, self.mondays[week]) for load in work.open)
        return Supply(
            people=sum(has > 0 for has, _booked in times),
            have=sum(has for has, _booked in times) / 100,
            booked=sum(booked for _has, booked in times) / 100,
            free=sum(max(0.0, has - booked) for has, booked in times) / 100,
            asked=asked / 100,
        )

    def _capable(self, work: Work) -> list[int]:
        """For each person the weeks, as bits, in which they can do at least one way of the work."""
        capable = [0] * len(self.people)
        for way in work.ways:
            rows = [self._proven_weeks(need) for need in way]
            for place in range(len(capable)):
                bits = self._all
                for row in rows:
                    bits &= row[place]
                capable[place] |= bits
        return capable

    def _proven_weeks(self, need: Need) -> list[int]:
        """For each person the weeks in which they meet a demand."""
        if need not in self._proven:
            self._proven[need] = [self._bits(_stretches(person, need)) for person in self.people]
        return self._proven[need]

    def _bits(self, stretches: Iterable[Attestation | Held]) -> int:
        """The weeks that lie wholly inside what holds one after another."""
        bits = 0
        for first, last in _merged(stretches):
            for week, monday in enumerate(self.mondays):
                if first <= monday and monday + (WORKDAYS - 1) * DAY <= last:
                    bits |= 1 << week
        return bits

    def bands(self) -> list[Bands]:
        """How many people are how full, week by week."""
        return [_bands([row[week] for row in self._time]) for week in range(len(self.mondays))]


def _stretches(person: Person, need: Need) -> Sequence[Attestation | Held]:
    if need.kind is Kind.COMPETENCY:
        return [one for one in person.attested.get(need.code, ()) if one.level >= need.level]
    return person.held.get(need.code, ())


def _employed(person: Person, monday: date) -> float:
    """The share of the week's working days on which they are employed."""
    first = max(person.employed_from or monday, monday)
    friday = monday + (WORKDAYS - 1) * DAY
    last = min(person.employed_to or friday, friday)
    return max(0, (last - first).days + 1) / WORKDAYS


def _merged(stretches: Iterable[Attestation | Held]) -> list[tuple[date, date]]:
    """Stretches that overlap or follow without a gap, as one."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted((one.first, one.last or date.max) for one in stretches):
        if merged and first <= _after(merged[-1][1]):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _bands(times: Sequence[tuple[float, float]]) -> Bands:
    counts = {"away": 0, "idle": 0, "part": 0, "well": 0, "over": 0}
    for has, booked in times:
        counts[band(has, booked)] += 1
    return Bands(**counts)


def band(has: float, booked: float) -> str:
    """How full somebody is who has and is booked so much: a field of `Bands`."""
    if has <= 0:
        return "over" if booked > 0 else "away"
    used = 100 * booked / has
    for name, limit in zip(("idle", "part", "well"), BANDS, strict=True):
        if used <= limit:
            return name
    return "over"


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
