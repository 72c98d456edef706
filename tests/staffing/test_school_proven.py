"""Ways of training held against every set of courses in every order, in small catalogues."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Duration, Period, Unit
from app.staffing.rules.matcher.eligibility import is_eligible
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import Pool, School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught

TODAY = date(2027, 1, 4)
ROLE = Period(date(2027, 2, 15), date(2027, 4, 30))
LAST = ROLE.first - timedelta(days=1)
CERTIFIED = Need(Kind.CERTIFICATION, "prince2")
CODES = ["a", "b"]
taught = st.builds(
    Taught,
    st.sampled_from(CODES),
    st.integers(1, 3),
    st.sampled_from([None, None, None, Duration(80, Unit.DAYS), Duration(30, Unit.DAYS)]),
)
opens = st.sampled_from([None, None, None, None, date(2027, 1, 20), date(2027, 2, 3)])
closes = st.sampled_from([None, None, None, None, date(2027, 1, 12), date(2027, 2, 5)])


@st.composite
def catalogues(draw: st.DrawFn) -> list[Course]:
    ids = [f"c{number}" for number in range(draw(st.integers(3, 5)))]
    return [
        Course(
            id,
            draw(st.integers(0, 10)),
            draw(st.integers(0, 2)),
            draw(
                st.sampled_from(
                    [(), (), (ids[number - 1],), (ids[0],)] if number else [(), ("c2",)]
                )
            ),
            (draw(taught), *draw(st.lists(taught, max_size=1))),
            draw(st.sampled_from([(), (), (), (CERTIFIED,), (Need(Kind.COMPETENCY, "a", 2),)])),
            draw(opens),
            draw(closes),
        )
        for number, id in enumerate(ids)
    ]


@st.composite
def students(draw: st.DrawFn) -> Student:
    known = draw(st.sampled_from([{}, {}, {"a": (1, None)}, {"a": (3, date(2027, 3, 1))}]))
    attested = {
        code: (Attestation(level, date(2026, 1, 1), until),)
        for code, (level, until) in known.items()
    }
    held = draw(st.sampled_from([{}, {"prince2": (Held(date(2026, 1, 1), None),)}]))
    hours = draw(st.sampled_from([1, 4, 4, 7, 7, 0]))
    person = Person(1, study_hours=hours, attested=attested, held=held)
    return Student(person, draw(st.sampled_from([frozenset(), frozenset({"c0"})])))


@st.composite
def demands(draw: st.DrawFn) -> Slot:
    levels = draw(st.sampled_from([(2, 0), (1, 1), (2, 2), (3, 1), (0, 3), (2, 3)]))
    musts = [Need(Kind.COMPETENCY, *one) for one in zip(CODES, levels, strict=True) if one[1]]
    return Slot(7, ROLE, 60, musts=(*musts, *draw(st.sampled_from([(), (), (), (CERTIFIED,)]))))


@settings(max_examples=120, deadline=None)
@given(catalogues(), students(), demands())
def test_no_set_of_courses_in_any_order_is_shorter_or_as_short_and_cheaper(
    courses: list[Course], student: Student, slot: Slot
):
    found = School(courses).route(student, slot, TODAY)
    in_time = found if found and found.start_by else None
    tried = [] if is_eligible(student.person, slot) else list(_tried(courses, student, slot))
    if tried and _is_plain(courses):
        assert in_time is not None
        best = min((hours, fee) for hours, fee, _set, _start in tried)
        assert (in_time.hours, in_time.fee) == best
        same = [start for *_cost, ids, start in tried if ids == set(in_time.courses)]
        assert in_time.start_by == max(same)
    if in_time:
        _can_be_done(in_time, courses, student, slot)


@settings(max_examples=100, deadline=None)
@given(catalogues(), students(), demands())
def test_whoever_can_be_trained_is_looked_at(courses: list[Course], student: Student, slot: Slot):
    school = School(courses)
    if school.route(student, slot, TODAY) is not None:
        assert list(Pool([student]).trainable(slot, school)) == [student]


def _is_plain(courses: list[Course]) -> bool:
    """Where awards lapse, or exams open late, or close while another course would do as well, the
    order of courses is a puzzle of its own: there a way is right, but not always the best."""
    lapsing = any(one.lasts for course in courses for one in course.awards)
    late = any(course.exam_from for course in courses)
    closing = any(one.exam_to for one in courses) and any(one.needs for one in courses)
    return not (lapsing or late or closing)


def _tried(
    courses: list[Course], student: Student, slot: Slot
) -> Iterator[tuple[float, float, set[str], date]]:
    """Every order of every set that makes them fit: hours, fee, ids, the last day to begin."""
    for number in range(1, len(courses) + 1):
        for order in itertools.permutations(courses, number):
            for wait in range((LAST - TODAY).days, -1, -1):
                passed = _passed(order, student, TODAY + timedelta(days=wait))
                if passed and is_eligible(_with(student.person, order, passed), slot):
                    hours, fee = sum(c.hours for c in order), sum(c.fee for c in order)
                    yield hours, fee, {c.id for c in order}, TODAY + timedelta(days=wait)
                    break


def _passed(order: tuple[Course, ...], student: Student, first: date) -> list[date] | None:
    """The day on which each is passed, one after the other; None if it cannot be by the last."""
    spent, days = 0.0, list[date]()
    for place, course in enumerate(order):
        behind = dict(zip([one.id for one in order[:place]], days, strict=True))
        waits = []
        for id in course.requires:
            if id not in student.finished:
                waits.append([behind[id]] if id in behind else [])
        for need in course.needs:
            if not _may_have(student.person, need):
                waits.append([behind[o.id] for o in order[:place] if _teaches(o, need)])
        if not all(waits) or (course.hours and not student.person.study_hours):
            return None
        begins = max([spent, *((min(one) - first).days for one in waits)])
        spent = begins + (7 * course.hours / student.person.study_hours if course.hours else 0)
        day = first + timedelta(days=math.ceil(round(spent, 6)))
        day = max(day, course.exam_from or day)
        if day > min(LAST, course.exam_to or LAST):
            return None
        days.append(day)
    return days


def _teaches(course: Course, need: Need) -> bool:
    return any(one.competency == need.code and one.level >= need.level for one in course.awards)


def _may_have(person: Person, need: Need) -> bool:
    if need.kind is Kind.CERTIFICATION:
        return bool(person.held.get(need.code))
    return any(one.level >= need.level for one in person.attested.get(need.code, ()))


def _with(person: Person, courses: tuple[Course, ...], days: list[date]) -> Person:
    attested = dict(person.attested)
    for course, day in zip(courses, days, strict=True):
        for one in course.awards:
            last = one.lasts.after(day) if one.lasts else None
            given = Attestation(one.level, day, last)
            attested[one.competency] = (*attested.get(one.competency, ()), given)
    return replace(person, attested=attested)


def _can_be_done(route: Route, courses: list[Course], student: Student, slot: Slot) -> None:
    """By the days that are due there are hours enough, exams are open, and what comes first is."""
    by_id = {course.id: course for course in courses}
    taken = tuple(by_id[id] for id in route.courses)
    assert len(set(route.courses)) == len(route.courses)
    for days in (route.due, [step.passed for step in route.steps]):
        due = dict(zip(route.courses, days, strict=True))
        assert max(days) <= LAST
        assert is_eligible(_with(student.person, taken, list(days)), slot)
        for course in taken:
            assert (course.exam_from or TODAY) <= due[course.id] <= (course.exam_to or LAST)
            until = [one for one in taken if due[one.id] <= due[course.id]]
            hours = sum(one.hours for one in until)
            assert 7 * hours <= student.person.study_hours * (due[course.id] - TODAY).days + 1e-6
            for before in set(course.requires) - student.finished:
                assert due[before] <= due[course.id]
