"""Courses that make somebody fit for a role: in which order, in how many hours, ready when.

A route is believed only if the matcher accepts the person with what its courses award.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256

from app.core.values import Duration, Period
from app.staffing.rules.matcher.eligibility import (
    LevelLapses,
    LevelShort,
    is_eligible,
    reasons,
)
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person, Slot

_DAY = timedelta(days=1)
MOST_WAYS = 2_000
"""How many combinations of courses are tried for one person and role."""
MOST_LATE = 20
"""How many of them are looked at once it is clear that the shortest does not end in time."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A level that whoever passes a course has; without `lasts` for good."""

    competency: str
    level: int
    lasts: Duration | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course that can be taken.

    Attributes:
        hours: of study, its exam included.
        requires: courses to be passed before.
        needs: levels and certifications that it asks for.
        exam_from: the first day on which it can be passed; None is any.
        exam_to: the last such day.
    """

    id: str
    hours: float
    fee: float = 0.0
    requires: tuple[str, ...] = ()
    awards: tuple[Taught, ...] = ()
    needs: tuple[Need, ...] = ()
    exam_from: date | None = None
    exam_to: date | None = None


@dataclass(frozen=True, slots=True)
class Student:
    """A person with the courses they have passed, and those that they are to pass already."""

    person: Person
    finished: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """A course as it is taken: begun on a day, passed on another."""

    course: str
    begins: date
    passed: date


@dataclass(frozen=True, slots=True)
class Route:
    """Courses, in the order in which they are taken, that make somebody fit for a role.

    Attributes:
        steps: as early as they can be.
        due: the last day to pass each, in the same order.
        start_by: the last day to begin; None if it is too late for the role's first day.
    """

    steps: tuple[Step, ...]
    due: tuple[date, ...]
    hours: float
    fee: float
    start_by: date | None

    @property
    def courses(self) -> tuple[str, ...]:
        return tuple(step.course for step in self.steps)

    @property
    def ready(self) -> date:
        """The day on which all of them are passed, at the earliest."""
        return _over(self.steps)


@dataclass
class School:
    """The courses there are. It remembers what it has worked out for people who stand alike."""

    offered: Iterable[Course]
    courses: dict[str, Course] = field(init=False)

    def __post_init__(self) -> None:
        self.courses = {course.id: course for course in self.offered}
        self._required = {one for course in self.courses.values() for one in course.requires}
        self._asked = {need for course in self.courses.values() for need in course.needs}
        self._teachers: dict[tuple[str, int], list[str]] = {}
        self._ways: dict[object, list[tuple[str, ...]]] = {}
        self._timetables: dict[object, tuple[Step, ...] | None] = {}
        self._latest: dict[object, date] = {}

    def teaches(self, need: Need) -> bool:
        """Whether some course can be passed that awards the level."""
        return need.kind is Kind.COMPETENCY and any(
            self._with_required([id], frozenset(), frozenset()) for id in self._teaching(need)
        )

    def hours(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].hours for id in courses)

    def fee(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].fee for id in courses)

    def route(self, student: Student, slot: Slot, today: date) -> Route | None:
        """The shortest route in time; else the one that ends first; None if no course helps."""
        found = reasons(student.person, slot)
        lacking = tuple(one.need for one in found if isinstance(one, LevelShort | LevelLapses))
        if not lacking or len(lacking) < len(found):
            return None
        late: list[Route] = []
        for number, courses in enumerate(self.ways(lacking, student)):
            if (route := self._in_time(student, slot, courses, today)) is not None:
                return route
            if number < MOST_LATE:
                late += self._late(student, slot, courses, today)
        return min(late, key=lambda one: (one.ready, one.hours, one.courses), default=None)

    # --- Which courses -------------------------------------------------------------------

    def ways(self, lacking: tuple[Need, ...], student: Student) -> list[tuple[str, ...]]:
        """Sets of courses that award all that is lacking, in order; the fewest hours first."""
        finished = student.finished & self._required
        unmet = frozenset(need for need in self._asked if not _may_have(student.person, need))
        key = (lacking, finished, unmet)
        if key not in self._ways:
            picks = itertools.product(*(self._teaching(need) for need in lacking))
            sets = {
                courses
                for pick in itertools.islice(picks, MOST_WAYS)
                if (courses := self._with_required(pick, finished, unmet)) is not None
            }
            self._ways[key] = sorted(sets, key=lambda one: (self.hours(one), self.fee(one), one))
        return self._ways[key]

    def shortest(self, lacking: Iterable[Need]) -> float:
        """About how many hours it takes to learn all of it, from nothing."""
        found = self.ways(tuple(lacking), Student(Person(0)))
        return self.hours(found[0]) if found else math.inf

    def _teaching(self, need: Need) -> list[str]:
        key = (need.code, need.level)
        if key not in self._teachers:
            found = [
                course
                for course in self.courses.values()
                if any(
                    one.competency == need.code and one.level >= need.level for one in course.awards
                )
            ]
            found.sort(key=lambda course: (course.hours, course.fee, course.id))
            self._teachers[key] = [course.id for course in found]
        return self._teachers[key]

    def _with_required(
        self, wanted: Iterable[str], finished: frozenset[str], unmet: frozenset[Need]
    ) -> tuple[str, ...] | None:
        """Courses behind all that they ask for; None if that runs in a circle or is not taught."""
        order: list[str] = []
        on_the_way: set[str] = set()

        def visit(id: str) -> bool:
            if id in order:
                return True
            course = self.courses.get(id)
            if course is None or id in on_the_way:
                return False
            on_the_way.add(id)
            before = all(one in finished or visit(one) for one in course.requires)
            if not before or not all(fulfil(need) for need in course.needs if need in unmet):
                return False
            order.append(id)
            return True

        def fulfil(need: Need) -> bool:
            teaching = self._teaching(need) if need.kind is Kind.COMPETENCY else []
            return any(id in order for id in teaching) or any(visit(id) for id in teaching)

        return tuple(order) if all(visit(id) for id in wanted) else None

    # --- When ----------------------------------------------------------------------------

    def _in_time(
        self, student: Student, slot: Slot, courses: tuple[str, ...], today: date
    ) -> Route | None:
        """The route if it can be over on the day before the role begins."""
        if slot.period.first <= today:
            return None
        first = self._free_from(student, courses, today)
        weekly, last = student.person.study_hours, slot.period.first - _DAY
        early = self._timetable(courses, weekly, first)
        if early is None or _over(early) > last:
            return None
        start_by = self._latest_start(courses, weekly, first, last)
        late = self._timetable(courses, weekly, start_by)
        assert late is not None
        if not is_eligible(self._taught(student.person, late), slot):
            return None
        # What is learnt too early may lapse inside the role: then it is not begun before.
        steps = early if is_eligible(self._taught(student.person, early), slot) else late
        due = tuple(step.passed for step in late)
        return Route(steps, due, self.hours(courses), self.fee(courses), start_by)

    def _late(
        self, student: Student, slot: Slot, courses: tuple[str, ...], today: date
    ) -> Iterator[Route]:
        """The route if they could take over what is left of the role."""
        first = self._free_from(student, courses, today)
        steps = self._timetable(courses, student.person.study_hours, first)
        if steps is None or _over(steps) == date.max:
            return
        start = max(slot.period.first, _over(steps) + _DAY)
        rest = replace(slot, period=Period(start, max(start, slot.period.last)))
        if is_eligible(self._taught(student.person, steps), rest):
            due = tuple(step.passed for step in steps)
            yield Route(steps, due, self.hours(courses), self.fee(courses), None)

    def _free_from(self, student: Student, courses: tuple[str, ...], today: date) -> date:
        """The day after the courses that they are to pass already."""
        weekly = student.person.study_hours
        before = self.hours(student.assigned.intersection(self.courses).difference(courses))
        return _days_on(today, 7 * before / weekly if weekly else 0.0) or date.max

    def _latest_start(
        self, courses: tuple[str, ...], weekly: float, first: date, last: date
    ) -> date:
        """The last day from `first` on to begin and be done by `last`; `first` itself is one."""
        key = (courses, weekly, first, last)
        if key not in self._latest:
            days = range((last - first).days + 2)
            too_late = bisect_left(
                days, True, key=lambda day: self._ends_after(courses, weekly, first, day, last)
            )
            self._latest[key] = first + (too_late - 1) * _DAY
        return self._latest[key]

    def _ends_after(
        self, courses: tuple[str, ...], weekly: float, first: date, day: int, last: date
    ) -> bool:
        steps = self._timetable(courses, weekly, first + day * _DAY)
        return steps is None or _over(steps) > last

    def _timetable(
        self, courses: tuple[str, ...], weekly: float, first: date
    ) -> tuple[Step, ...] | None:
        """One course after the other from a day on; None if an exam is over by then."""
        key = (courses, weekly, first)
        if key not in self._timetables:
            self._timetables[key] = self._planned(courses, weekly, first)
        return self._timetables[key]

    def _planned(
        self, courses: tuple[str, ...], weekly: float, first: date
    ) -> tuple[Step, ...] | None:
        steps: list[Step] = []
        spent = 0.0  # days since the first, with fractions: hours do not end at midnight
        for id in courses:
            course = self.courses[id]
            if course.hours and not weekly:
                return None
            # Whoever has to pass one course before the next waits for its exam.
            waited = max(
                (step.passed for step in steps if self._before(course, step)), default=first
            )
            spent = max(spent, float((waited - first).days))
            begins = first + timedelta(days=math.floor(round(spent, 6)))
            spent += 7 * course.hours / weekly if course.hours else 0.0
            over = _days_on(first, spent)
            if over is None:
                return None
            passed = max(over, course.exam_from or over)
            if course.exam_to is not None and passed > course.exam_to:
                return None
            steps.append(Step(id, begins, passed))
        return tuple(steps)

    def _before(self, course: Course, step: Step) -> bool:
        earlier = self.courses[step.course]
        asked = {need.code for need in course.needs}
        return step.course in course.requires or any(
            one.competency in asked for one in earlier.awards
        )

    def _taught(self, person: Person, steps: Sequence[Step]) -> Person:
        attested = dict(person.attested)
        for step in steps:
            for one in self.courses[step.course].awards:
                last = _lasting(one, step.passed)
                given = Attestation(one.level, step.passed, last)
                attested[one.competency] = (*attested.get(one.competency, ()), given)
        return replace(person, attested=attested)


def _days_on(day: date, days: float) -> date | None:
    """The day so many days later, begun ones counted whole; None beyond the last there is."""
    left = (date.max - day).days
    return day + timedelta(days=math.ceil(round(days, 6))) if days <= left else None


def _lasting(taught: Taught, passed: date) -> date | None:
    """The last day of what an award is worth; None is for good, as far as the calendar goes."""
    try:
        return taught.lasts.after(passed) if taught.lasts else None
    except (ValueError, OverflowError):
        return None


def _over(steps: Iterable[Step]) -> date:
    """An exam may lie after that of a later course: over is what has all of them passed."""
    return max(step.passed for step in steps)


def _may_have(person: Person, need: Need) -> bool:
    """Whether they have it at some time."""
    if need.kind is Kind.COMPETENCY:
        return any(one.level >= need.level for one in person.attested.get(need.code, ()))
    return bool(person.held.get(need.code))


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
        for number in sorted(self._with_all(slot.musts)):
            person = self.students[number].person
            if is_eligible(person, slot):
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
