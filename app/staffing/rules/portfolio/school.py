"""Courses that make somebody fit for a role: in which order, in how many hours, ready when.

A route is believed only if the matcher accepts the person with what its courses award.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from app.core.values import Period
from app.staffing.rules.matcher.eligibility import (
    LevelLapses,
    LevelShort,
    Reason,
    demands,
    is_eligible,
    meets,
    reasons,
    unmet,
)
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person, Slot
from app.staffing.rules.matcher.route import Award, Route, Step, over, with_awards
from app.staffing.rules.portfolio.timetable import (
    Course,
    Timetable,
    as_early,
    days_on,
    lasting,
    timetable,
)

Item = TypeVar("Item")
_Reached = tuple[float, float, int, tuple[str, ...], frozenset[str]]
"""A set of courses behind its hours at the least, its fee, how many they are, and their ids."""
_DAY = timedelta(days=1)
MOST_WAYS = 2_000
"""How many sets of courses are looked at for one person and role, unfinished ones among them."""
MOST_LATE = 20
"""How many ways that end too late are compared."""


@dataclass(frozen=True, slots=True)
class Student:
    """A person with the courses they have passed, and those that they are to pass already."""

    person: Person
    finished: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()


@dataclass
class School:
    """The courses there are. It remembers what it has worked out for people who stand alike."""

    offered: Iterable[Course]
    courses: dict[str, Course] = field(init=False)

    def __post_init__(self) -> None:
        self.courses = {course.id: course for course in self.offered}
        self._required = {one for course in self.courses.values() for one in course.requires}
        self.asked = {need for course in self.courses.values() for need in course.needs}
        self._teachers: dict[tuple[str, int], list[str]] = {}
        self._ways: dict[object, Remembered[tuple[str, ...]]] = {}
        self._timetables: dict[object, Timetable | None] = {}
        self._early: dict[object, tuple[Step, ...] | None] = {}

    def teaches(self, need: Need) -> bool:
        """Whether some course awards the level to whoever may take it."""
        return need.kind is Kind.COMPETENCY and bool(self._teaching(need))

    def hours(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].hours for id in courses)

    def fee(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].fee for id in courses)

    def route(self, student: Student, slot: Slot, today: date) -> Route | None:
        """The shortest route in time; else the one that ends first; None if no course helps."""
        late: list[Route] = []
        for route in self.routes(student, slot, today):
            if route.start_by is not None:
                return route
            late.append(route)
        return min(late, key=lambda one: (one.ready, one.hours, one.courses), default=None)

    def routes(self, student: Student, slot: Slot, today: date) -> Iterator[Route]:
        """Routes in time, and others by which they could take over what is left of the role.

        Those with the fewest hours come first, of equals the cheapest.
        """
        found = reasons(student.person, slot)
        lacking = tuple(one.need for one in found if isinstance(one, LevelShort | LevelLapses))
        if not lacking or len(lacking) < len(found):
            return
        days = (slot.period.first - today).days - 1
        for number, courses in enumerate(self.ways(lacking, student)):
            soon = 7 * self.hours(courses) <= days * student.person.study_hours + 1e-6
            if not soon and number >= MOST_LATE:
                return  # those that follow take longer still
            route = self._in_time(student, slot, courses, today) if soon else None
            if route is None and number < MOST_LATE:
                route = self._late(student, slot, courses, today)
            if route is not None:
                yield route

    def mending(
        self, student: Student, slot: Slot, needs: Iterable[Need], today: date
    ) -> Route | None:
        """The route to some levels that somebody lacks for a role, whatever else they lack."""
        return self.route(*_alone(student, slot, needs, today), today)

    def keeping(
        self, student: Student, slot: Slot, needs: Iterable[Need], today: date
    ) -> Route | None:
        """The same for somebody who is on the role: they have until their levels lapse."""
        learner, bare = _alone(student, slot, needs, today)
        rest = rest_of(bare, today)
        return self.route(learner, _from_lapse(rest, reasons(learner.person, rest)), today)

    # --- Which courses -------------------------------------------------------------------

    def ways(self, lacking: tuple[Need, ...], student: Student) -> Iterable[tuple[str, ...]]:
        """Sets of courses that award all that is lacking, in order; the fewest hours first."""
        standing = self._standing(student)
        key = (lacking, standing)
        if key not in self._ways:
            self._ways[key] = Remembered(self._searched(lacking, *standing))
        return self._ways[key]

    def shortest(self, lacking: Iterable[Need]) -> float:
        """About how many hours it takes to learn all of it, from nothing."""
        found = next(iter(self.ways(tuple(lacking), Student(Person(0)))), None)
        return math.inf if found is None else self.hours(found)

    def _standing(self, student: Student) -> tuple[frozenset[str], frozenset[Need]]:
        """What somebody has finished of what courses require, and lacks of what they ask for."""
        unmet = frozenset(need for need in self.asked if not _may_have(student.person, need))
        return student.finished & self._required, unmet

    def _teaching(self, need: Need) -> list[str]:
        """Courses that award a level, the shortest first; none awards a certification."""
        key = (need.code, need.level)
        if need.kind is not Kind.COMPETENCY:
            return []
        if key not in self._teachers:
            found = [course for course in self.courses.values() if course.teaches(need)]
            found.sort(key=lambda course: (course.hours, course.fee, course.id))
            self._teachers[key] = [course.id for course in found]
        return self._teachers[key]

    def _searched(
        self, lacking: tuple[Need, ...], finished: frozenset[str], unmet: frozenset[Need]
    ) -> Iterator[tuple[str, ...]]:
        """Best first (A*: Hart, Nilsson and Raphael, 1968): no set that comes later is better.

        A set grows by one course for something that is still open; what that takes at the least
        counts already.
        """
        start: frozenset[str] = frozenset()
        queue: list[_Reached] = [(0.0, 0.0, 0, (), start)]
        seen = {start}
        for _tried in range(MOST_WAYS):
            if not queue:
                return
            chosen = heapq.heappop(queue)[-1]
            open_now = self._open(chosen, lacking, finished, unmet)
            order = self._in_order(chosen, finished, unmet) if not open_now else None
            if order is not None:
                yield order
                continue
            for id in open_now[0] if open_now else self._instead(chosen, unmet):
                more = chosen | {id}
                if id in self.courses and id not in chosen and more not in seen:
                    seen.add(more)
                    least = self._least(self._open(more, lacking, finished, unmet))
                    hours = round(self.hours(more) + least, 9)
                    if math.isfinite(hours):
                        reached = (hours, self.fee(more), len(more), tuple(sorted(more)), more)
                        heapq.heappush(queue, reached)

    def _open(
        self,
        chosen: frozenset[str],
        lacking: tuple[Need, ...],
        finished: frozenset[str],
        unmet: frozenset[Need],
    ) -> list[Sequence[str]]:
        """What is still to be had, each as the courses of which one will do."""
        courses = [self.courses[id] for id in sorted(chosen)]
        required = {one for course in courses for one in course.requires}
        found: list[Sequence[str]] = [(one,) for one in sorted(required - finished - chosen)]
        needs = dict.fromkeys([*lacking, *(n for one in courses for n in one.needs if n in unmet)])
        found += [
            self._teaching(need) for need in needs if not any(one.teaches(need) for one in courses)
        ]
        return found

    def _least(self, open_now: Iterable[Sequence[str]]) -> float:
        """The hours that it takes at the least: those of what takes longest."""
        return max(
            (
                min((self.courses[id].hours for id in one if id in self.courses), default=math.inf)
                for one in open_now
            ),
            default=0.0,
        )

    def _in_order(
        self, chosen: frozenset[str], finished: frozenset[str], unmet: frozenset[Need]
    ) -> tuple[str, ...] | None:
        """Each behind all that it asks for; None if that runs in a circle."""
        order: list[Course] = []
        waiting = [self.courses[id] for id in sorted(chosen)]
        while waiting:
            there = finished | {one.id for one in order}
            course = next(
                (
                    one
                    for one in waiting
                    if there.issuperset(one.requires)
                    and all(any(o.teaches(n) for o in order) for n in one.needs if n in unmet)
                ),
                None,
            )
            if course is None:
                return None
            order.append(course)
            waiting.remove(course)
        return tuple(one.id for one in order)

    def _instead(self, chosen: frozenset[str], unmet: frozenset[Need]) -> Iterator[str]:
        """Courses that may break a circle: others that teach what the chosen ask for."""
        for id in sorted(chosen):
            for need in self.courses[id].needs:
                if need in unmet:
                    yield from self._teaching(need)

    # --- When ----------------------------------------------------------------------------

    def _in_time(
        self, student: Student, slot: Slot, courses: tuple[str, ...], today: date
    ) -> Route | None:
        """The route if it can be over on the day before the role begins."""
        if slot.period.first <= today:
            return None
        first = self._free_from(student, courses, today)
        weekly, last = student.person.study_hours, slot.period.first - _DAY
        standing = self._standing(student)
        key = (courses, standing, weekly, first, last)
        if key not in self._timetables:
            self._timetables[key] = timetable(self._for(courses, *standing), weekly, first, last)
        days = self._timetables[key]
        if days is None or not is_eligible(self._taught(student.person, days.late), slot):
            return None
        # What is learnt too early may lapse inside the role: then it is not begun before.
        steps = (
            days.early if is_eligible(self._taught(student.person, days.early), slot) else days.late
        )
        passed = {step.course: step.passed for step in days.late}
        due = tuple(passed[step.course] for step in steps)
        return self._route(steps, due, days.late[0].begins)

    def _late(
        self, student: Student, slot: Slot, courses: tuple[str, ...], today: date
    ) -> Route | None:
        """The route if they could take over what is left of the role, before it is over."""
        first = self._free_from(student, courses, today)
        weekly, last = student.person.study_hours, slot.period.last
        standing = self._standing(student)
        key = (courses, standing, weekly, first, last)
        if key not in self._early:
            self._early[key] = as_early(self._for(courses, *standing), weekly, first, last)
        steps = self._early[key]
        if steps is None or over(steps) >= last:
            return None
        start = max(slot.period.first, over(steps) + _DAY)
        rest = replace(slot, period=Period(start, max(start, slot.period.last)))
        if not is_eligible(self._taught(student.person, steps), rest):
            return None
        due = tuple(step.passed for step in steps)
        return self._route(steps, due, None)

    def _route(
        self, steps: tuple[Step, ...], due: tuple[date, ...], start_by: date | None
    ) -> Route:
        ids = [step.course for step in steps]
        return Route(steps, due, self.hours(ids), self.fee(ids), start_by, self._awarded(steps))

    def _for(
        self, courses: Iterable[str], finished: frozenset[str], unmet: frozenset[Need]
    ) -> list[Course]:
        """Courses that wait for nothing that somebody has."""
        return [
            replace(
                course,
                requires=tuple(one for one in course.requires if one not in finished),
                needs=tuple(need for need in course.needs if need in unmet),
            )
            for course in map(self.courses.__getitem__, courses)
        ]

    def _free_from(self, student: Student, courses: tuple[str, ...], today: date) -> date:
        """The day after the courses that they are to pass already."""
        weekly = student.person.study_hours
        before = self.hours(student.assigned.intersection(self.courses).difference(courses))
        return days_on(today, 7 * before / weekly if weekly else 0.0) or date.max

    def _awarded(self, steps: Iterable[Step]) -> tuple[Award, ...]:
        return tuple(
            Award(
                step.course,
                one.competency,
                Attestation(one.level, step.passed, lasting(one, step.passed)),
            )
            for step in steps
            for one in self.courses[step.course].awards
        )

    def _taught(self, person: Person, steps: Sequence[Step]) -> Person:
        return with_awards(person, self._awarded(steps))


class Remembered(Generic[Item]):
    """What a search finds, found once and only as far as somebody asked."""

    def __init__(self, search: Iterator[Item]) -> None:
        self._search, self._found = search, list[Item]()

    def __iter__(self) -> Iterator[Item]:
        for place in itertools.count():
            if place == len(self._found):
                following = next(self._search, None)
                if following is None:
                    return
                self._found.append(following)
            yield self._found[place]


def _may_have(person: Person, need: Need) -> bool:
    """Whether they have it at some time."""
    if need.kind is Kind.COMPETENCY:
        return any(one.level >= need.level for one in person.attested.get(need.code, ()))
    return bool(person.held.get(need.code))


def rest_of(slot: Slot, today: date) -> Slot:
    """What is left of a role for somebody who takes it tomorrow at the earliest."""
    first = min(max(slot.period.first, today + _DAY), slot.period.last)
    return replace(slot, period=Period(first, slot.period.last))


def _from_lapse(slot: Slot, found: Sequence[Reason]) -> Slot:
    """A role from the day on which the first level lapses, if nothing but lapses is the matter."""
    lapses = [one.fails_on for one in found if isinstance(one, LevelLapses)]
    if not lapses or len(lapses) < len(found):
        return slot
    return replace(slot, period=Period(min(lapses), slot.period.last))


def _alone(
    student: Student, slot: Slot, needs: Iterable[Need], today: date
) -> tuple[Student, Slot]:
    """Somebody and a role that asks for nothing but these levels, as far as they lack them yet."""
    person = replace(student.person, employed_from=None, employed_to=None, consents=True)
    rest = rest_of(slot, today)
    lacking = tuple(need for need in needs if unmet(person, need, rest))
    bare = replace(slot, musts=lacking, allocation=0, relief=(), rate_cap=None)
    return replace(student, person=person), bare


# --- Many people -----------------------------------------------------------------------------


class Pool:
    """People by what they have at some time, so that a role is held against few of them."""

    def __init__(self, students: Iterable[Student]) -> None:
        # Who is looked at first among equals is a lot, the same each time: neither name nor id.
        self.students = sorted(students, key=lambda one: _lot(one.person.id))
        self._everybody = frozenset(range(len(self.students)))
        self._having: dict[tuple[Kind, str, int], frozenset[int]] = {}

    def qualified(self, slot: Slot) -> Iterator[Person]:
        """Those who may be asked for a role, as they are."""
        asked = demands(slot)
        for number in sorted(self._with_all(slot.musts)):
            person = self.students[number].person
            if meets(person, asked):
                yield person

    def trainable(self, slot: Slot, school: School) -> Iterator[Student]:
        """Those whom courses may make fit, about the shortest way first."""
        taught = [need for need in slot.musts if school.teaches(need)]
        others = self._with_all([need for need in slot.musts if need not in taught])
        having = [self._with(need) for need in taught]
        groups: dict[tuple[bool, ...], list[int]] = {}
        for number in others:
            lacks = tuple(number not in those for those in having)
            groups.setdefault(lacks, []).append(number)
        for _hours, _lacks, numbers in sorted(
            (_hours_of(lacks, taught, school), lacks, numbers) for lacks, numbers in groups.items()
        ):
            for number in sorted(numbers):
                yield self.students[number]

    def _with_all(self, needs: Iterable[Need]) -> frozenset[int]:
        found = sorted((self._with(need) for need in needs), key=len)
        return found[0].intersection(*found[1:]) if found else self._everybody

    def _with(self, need: Need) -> frozenset[int]:
        key = (need.kind, need.code, need.level)
        if need.kind not in (Kind.COMPETENCY, Kind.CERTIFICATION, Kind.LANGUAGE):
            return self._everybody  # the matcher looks at them one by one
        if key not in self._having:
            self._having[key] = frozenset(
                number
                for number, student in enumerate(self.students)
                if (
                    need.code in student.person.languages
                    if need.kind is Kind.LANGUAGE
                    else _may_have(student.person, need)
                )
            )
        return self._having[key]


def _lot(person_id: int) -> bytes:
    return sha256(str(person_id).encode()).digest()


def _hours_of(lacks: Sequence[bool], taught: Sequence[Need], school: School) -> float:
    """Of whoever lacks nothing at any time, some level lapses: one of the courses has to be."""
    lacking = [need for need, missing in zip(taught, lacks, strict=True) if missing]
    if lacking:
        return school.shortest(lacking)
    return min((school.shortest([need]) for need in taught), default=math.inf)
