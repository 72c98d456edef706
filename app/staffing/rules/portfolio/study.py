"""What people learn on their ways to roles: each course once, within the hours that they have.

A course that somebody needs for two roles is taken once. It is a pair of its own in the program,
one for each day by which it may have to be passed: whoever is chosen for a role is chosen for its
courses by their days, and until each day there are hours for all that is due by then. That is
enough for an order in which all of it can be done (the earliest day first: Jackson, 1955).
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values import Period
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.problem import Pair, Role, Shared, Worker
from app.staffing.rules.portfolio.school import School

MOST_DAYS = 12
"""So many days are told apart for one person; of more, those that lie close count as the first."""
_APART = "study of "
_WHENEVER = Period(date(1, 1, 1), date(1, 1, 1))
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A route of somebody to a role, and what it takes if they take the role."""

    pair: Pair
    route: Route
    weekly: float
    """Hours a week that they can learn."""
    given: frozenset[str] = frozenset()
    """Courses that they are to pass already."""

    @property
    def key(self) -> Key:
        return self.pair.worker, self.pair.role


@dataclass(frozen=True, slots=True)
class Effort:
    """What a pair of the program takes: hours of study, and fees."""

    hours: float
    fee: float


@dataclass(frozen=True, slots=True)
class Study:
    """Ways as a program knows them: courses that several ways share stand apart."""

    roles: list[Role]
    workers: list[Worker]
    pairs: list[Pair]
    shared: list[Shared]
    effort: Mapping[Key, Effort]
    """Of each way without the courses that stand apart, and of each of those."""


def study(ways: Sequence[Way], school: School, today: date) -> Study:
    """The courses of all ways, and the hours that there are for them."""
    found = Study([], [], [], [], {})
    by_worker: dict[str, list[Way]] = {}
    for way in ways:
        by_worker.setdefault(way.pair.worker, []).append(way)
    effort: dict[Key, Effort] = {}
    for worker, several in by_worker.items():
        one = _Desk(worker, several, school, today)
        effort |= one.efforts()
        found.roles.extend(Role(role, "", _WHENEVER, 0.0) for _worker, role in one.apart)
        found.pairs.extend(Pair(name, role, 0.0) for name, role in one.apart)
        found.workers.extend([Worker(one.name)] if one.apart else [])
        found.shared.extend([*one.links(), *one.limits()])
    return Study(found.roles, found.workers, found.pairs, found.shared, effort)


class _Desk:
    """Somebody's ways, with their courses by the day on which each is due."""

    def __init__(self, worker: str, ways: Sequence[Way], school: School, today: date) -> None:
        self.name, self.ways, self.school, self.today = _APART + worker, ways, school, today
        count = Counter(id for way in ways for id in way.route.courses)
        self.common = {id for id, number in count.items() if number > 1}
        self.days = self._days()
        due: dict[str, set[date]] = {}
        for way in ways:
            for id, day in self._due(way):
                due.setdefault(id, set()).add(day)
        self.due = {id: sorted(days) for id, days in due.items()}
        self.apart = [
            self._key(id, day) for id in sorted(self.common) for day in self.due[id]
        ]  # in order of days: the last of each course is what it costs

    def efforts(self) -> dict[Key, Effort]:
        found = {self._key(id, self.due[id][-1]): self._effort([id]) for id in self.common}
        for way in self.ways:
            found[way.key] = self._effort(set(way.route.courses) - self.common)
        return found

    def links(self) -> Iterator[Shared]:
        """A way takes its courses by their days, and what is due by a day is by each later one."""
        for way in self.ways:
            for id, day in self._due(way):
                if id in self.common:
                    yield Shared({way.key: 1.0, self._key(id, day): -1.0}, 0.0)
        for id in sorted(self.common):
            for day, later in zip(self.due[id], self.due[id][1:], strict=False):
                yield Shared({self._key(id, day): 1.0, self._key(id, later): -1.0}, 0.0)

    def limits(self) -> Iterator[Shared]:
        """Until each day: the hours of all that is due by then."""
        given = self.ways[0].given & self.school.courses.keys()
        for day in sorted({day for days in self.due.values() for day in days}):
            before = [id for id in given if id not in self.due or self.due[id][0] <= day]
            uses: dict[Key, float] = {}
            for way in self.ways:
                own = [
                    id
                    for id, due in self._due(way)
                    if due <= day and id not in self.common and id not in given
                ]
                if own:
                    uses[way.key] = self.school.hours(own)
            for id in self.common - given:
                by_then = bisect.bisect_right(self.due[id], day)
                if by_then:
                    uses[self._key(id, self.due[id][by_then - 1])] = self.school.courses[id].hours
            yield Shared(uses, self._hours_until(day) - self.school.hours(before))

    def _due(self, way: Way) -> Iterator[tuple[str, date]]:
        for id, day in zip(way.route.courses, way.route.due, strict=True):
            yield id, self.days[bisect.bisect_right(self.days, day) - 1]

    def _days(self) -> list[date]:
        """The days that are told apart: all, or so many that each way alone still fits."""
        needed: dict[date, float] = {}
        for way in self.ways:
            spent = self.school.hours(way.given - set(way.route.courses) & self._known)
            for id, day in sorted(
                zip(way.route.courses, way.route.due, strict=True), key=lambda one: one[1]
            ):
                spent += self.school.courses[id].hours
                needed[day] = max(needed.get(day, 0.0), spent)
        days = sorted(needed)
        if len(days) <= MOST_DAYS:
            return days
        apart = (days[-1] - days[0]) / MOST_DAYS
        kept = [days[0]]
        for day in days[1:]:
            if day - kept[-1] >= max(apart, timedelta(days=1)) or (
                needed[day] > self._hours_until(kept[-1])
            ):
                kept.append(day)
        return kept

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(self.school.courses)

    def _hours_until(self, day: date) -> float:
        return self.ways[0].weekly * (day - self.today).days / 7 + 1e-6

    def _effort(self, courses: set[str] | list[str]) -> Effort:
        return Effort(self.school.hours(courses), self.school.fee(courses))

    def _key(self, id: str, day: date) -> Key:
        return self.name, f"{self.name}/{id}/{day.isoformat()}"
