"""When courses are passed: one after the other, at so many hours a week, in exams that are open.

Whoever studies one thing at a time with days to keep does best by what is most urgent first, where
a course is as urgent as what waits for it (Lawler, 1973). Days are those of the calendar: seven of
them hold the hours of a week.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.values import Duration
from app.staffing.rules.matcher.problem import Need
from app.staffing.rules.matcher.route import Step, over


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

    def teaches(self, need: Need) -> bool:
        """Whether it awards the level."""
        return any(one.competency == need.code and one.level >= need.level for one in self.awards)

    def days(self, weekly: float) -> float:
        """Days of the calendar that it takes, at so many hours a week; with fractions."""
        if not self.hours:
            return 0.0
        return 7 * self.hours / weekly if weekly else math.inf


@dataclass(frozen=True, slots=True)
class Timetable:
    """The same courses as early as they can be passed, and as late as will still do."""

    early: tuple[Step, ...]
    late: tuple[Step, ...]


def timetable(
    courses: Sequence[Course], weekly: float, first: date, last: date
) -> Timetable | None:
    """The days on which to take courses between `first` and `last`; None if that is too short.

    Args:
        courses: each behind those that it waits for.
        weekly: hours of study a week.
    """
    early = as_early(courses, weekly, first, last)
    if early is None or over(early) > last:
        return None
    before = _before(courses)
    urgent = _urgency(courses, before, weekly, last)
    by_id = {course.id: course for course in courses}
    depth: dict[str, int] = {}
    for course in courses:
        depth[course.id] = 1 + max((depth[id] for id in before[course.id]), default=0)
    # Of equally urgent courses, that whose award lapses first is passed last.
    by_urgency = sorted(
        courses, key=lambda one: (urgent[one.id], depth[one.id], -_lasts(one), one.id)
    )
    as_taken = [by_id[step.course] for step in early]
    found = (_as_late(order, before, weekly, first, last) for order in (by_urgency, as_taken))
    late = max((one for one in found if one), key=lambda one: one[0].begins, default=early)
    return Timetable(early, late)


def days_on(day: date, days: float) -> date | None:
    """The day so many days later, begun ones counted whole; None beyond the last there is."""
    left = (date.max - day).days
    return day + timedelta(days=math.ceil(round(days, 6))) if days <= left else None


def lasting(taught: Taught, passed: date) -> date | None:
    """The last day of what an award is worth; None is for good, as far as the calendar goes."""
    try:
        return taught.lasts.after(passed) if taught.lasts else None
    except (ValueError, OverflowError):
        return None


def as_early(
    courses: Sequence[Course], weekly: float, first: date, last: date
) -> tuple[Step, ...] | None:
    """As early as they can be passed, the urgent first; None if an exam is over by then.

    Args:
        last: the day by which all should be passed; only what is urgent depends on it.
    """
    before = _before(courses)
    urgent = _urgency(courses, before, weekly, last)
    waiting, passed, steps = list(courses), dict[str, date](), list[Step]()
    spent = 0.0  # days since the first, with fractions: hours do not end at midnight
    while waiting:
        # Whoever has to pass one course before the next waits for its exam, and learns another.
        could = {
            one.id: max([spent, *(float((passed[id] - first).days) for id in before[one.id])])
            for one in waiting
            if before[one.id] <= passed.keys()
        }
        course = min(
            (one for one in waiting if one.id in could),
            key=lambda one: (math.ceil(round(could[one.id], 6)), urgent[one.id]),
        )
        spent = could[course.id] + course.days(weekly)
        ends = days_on(first, spent)
        if ends is None:
            return None
        passed[course.id] = max(ends, course.exam_from or ends)
        if course.exam_to is not None and passed[course.id] > course.exam_to:
            return None
        begins = first + timedelta(days=math.floor(round(could[course.id], 6)))
        steps.append(Step(course.id, begins, passed[course.id]))
        waiting.remove(course)
    return tuple(steps)


def _as_late(
    order: Sequence[Course],
    before: Mapping[str, frozenset[str]],
    weekly: float,
    first: date,
    last: date,
) -> tuple[Step, ...] | None:
    """As late as they can be passed in this order; None if they cannot."""
    begins, steps = dict[str, float](), list[Step]()
    free = float((last - first).days)  # what follows is studied from then on
    for course in reversed(order):
        closes = float((min(last, course.exam_to or last) - first).days)
        due = min([closes, *(begins[one] for one in begins if course.id in before[one])])
        opens = float((course.exam_from - first).days) if course.exam_from else 0.0
        passed = math.floor(round(max(opens, min(math.ceil(round(free, 6)), due)), 6))
        free = begins[course.id] = min(free, passed) - course.days(weekly)
        if passed > round(due, 6) or round(free, 6) < 0:
            return None
        steps.append(
            Step(
                course.id,
                first + timedelta(days=math.floor(round(free, 6))),
                first + timedelta(days=passed),
            )
        )
    return tuple(reversed(steps))


def _before(courses: Sequence[Course]) -> dict[str, frozenset[str]]:
    """What each course waits for: those that it requires, and one that teaches what it asks for."""
    found: dict[str, frozenset[str]] = {}
    for place, course in enumerate(courses):
        earlier = courses[:place]
        teachers = (next((one.id for one in earlier if one.teaches(n)), None) for n in course.needs)
        required = (one.id for one in earlier if one.id in course.requires)
        found[course.id] = frozenset(one for one in (*required, *teachers) if one)
    return found


def _lasts(course: Course) -> float:
    """About how many days something of what it awards lasts at the least."""
    start = date(2000, 1, 1)
    lasts = (lasting(one, start) for one in course.awards)
    return min((float((last - start).days) for last in lasts if last), default=math.inf)


def _urgency(
    courses: Sequence[Course], before: Mapping[str, frozenset[str]], weekly: float, last: date
) -> dict[str, float]:
    """The last day to pass each, in days before `last`, below 0: what waits for it comes after."""
    found: dict[str, float] = {}
    for course in reversed(courses):
        closes = float((min(last, course.exam_to or last) - last).days)
        after = (one for one in courses if course.id in before[one.id])
        found[course.id] = min([closes, *(found[one.id] - one.days(weekly) for one in after)])
    return found
