"""Who learns for what, for many roles at once: held against every choice there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.problem import Portfolio, Role, Taken, Worker
from app.staffing.rules.portfolio.school import Pool, School, Student
from app.staffing.rules.portfolio.study import Way, study
from app.staffing.rules.portfolio.timetable import Course, Taught
from app.staffing.rules.portfolio.training import busy, jointly, together, ways_to

TODAY = date(2027, 1, 4)
SPRING = Period(date(2027, 2, 1), date(2027, 3, 31))
SUMMER = Period(date(2027, 4, 5), date(2027, 6, 30))
RISK, PLANNING = Need(Kind.COMPETENCY, "risk", 3), Need(Kind.COMPETENCY, "planning", 2)
PRIMER = Course("primer", 8, 10)
RISKS = Course("risks", 4, 20, requires=("primer",), awards=(Taught("risk", 3),))
PLANS = Course("plans", 4, 30, requires=("primer",), awards=(Taught("planning", 2),))


def a_role(
    id: int, *musts: Need, period: Period = SPRING, priority: float = 1
) -> tuple[Role, Slot]:
    return (
        Role(str(id), f"P-{id}", period, priority),
        Slot(id, period, 60, musts=musts),
    )


def ways_of(
    students: Sequence[Student], roles: Sequence[tuple[Role, Slot]], school: School
) -> tuple[list[Way], dict[str, Worker]]:
    workers = {str(one.person.id): Worker(str(one.person.id)) for one in students}
    pool = Pool(students)
    ways = [
        way for role, slot in roles for way in ways_to(role, slot, pool, school, workers, TODAY)
    ]
    return ways, workers


def chosen(
    students: Sequence[Student], roles: Sequence[tuple[Role, Slot]], school: School
) -> list[tuple[str, str]]:
    ways, workers = ways_of(students, roles, school)
    found = jointly([role for role, _slot in roles], workers, ways, school, TODAY)
    return sorted(way.key for way in found)


def test_what_two_roles_of_somebody_require_is_learnt_once():
    school = School([PRIMER, RISKS, PLANS])
    roles = [a_role(1, RISK), a_role(2, PLANNING, period=SUMMER)]
    # 4 hours a week are 21 until 12 February: enough for 16 hours, but not for the primer twice.
    tight = [a_role(1, RISK), a_role(2, PLANNING, period=Period(date(2027, 2, 12), SUMMER.last))]
    ada = Student(Person(1, study_hours=4))

    assert chosen([ada], roles, school) == [("1", "1"), ("1", "2")]
    small = [(role, replace(slot, allocation=40)) for role, slot in tight]
    assert chosen([ada], small, school) == [("1", "1"), ("1", "2")]


def test_nobody_learns_for_two_roles_that_they_could_not_both_take():
    school = School([PRIMER, RISKS, PLANS])
    roles = [a_role(1, RISK), a_role(2, PLANNING, priority=2)]

    assert chosen([Student(Person(1, study_hours=40))], roles, school) == [("1", "2")]


def test_what_somebody_has_to_learn_already_takes_its_hours_once():
    school = School([RISKS, PLANS, PRIMER, Course("other", 8)])
    ada = Student(Person(1, study_hours=7), frozenset({"primer"}))
    roles = [a_role(1, RISK), a_role(2, PLANNING, period=SUMMER)]
    soon = Period(date(2027, 1, 17), date(2027, 3, 31))
    near = [a_role(1, RISK, period=soon), a_role(2, PLANNING, period=soon)]
    near = [(role, replace(slot, allocation=30)) for role, slot in near]

    assert len(chosen([replace(ada, assigned=frozenset({"other"}))], roles, school)) == 2
    assert len(chosen([ada], near, school)) == 2
    assert len(chosen([replace(ada, assigned=frozenset({"other"}))], near, school)) == 1


def test_two_exams_that_close_on_the_same_day_may_be_too_much_for_one():
    closes = date(2027, 1, 18)
    school = School(
        [
            replace(RISKS, hours=6, requires=(), exam_to=closes),
            replace(PLANS, hours=6, requires=(), exam_to=closes),
        ]
    )
    roles = [a_role(1, RISK), a_role(2, PLANNING, period=SUMMER)]

    assert len(chosen([Student(Person(1, study_hours=4))], roles, school)) == 1
    assert len(chosen([Student(Person(1, study_hours=6))], roles, school)) == 2


def test_a_course_that_two_people_need_costs_two_fees_and_of_equal_hours_the_least_fee_wins():
    school = School([PRIMER, RISKS])
    knows = Student(Person(1), frozenset({"primer"}))
    ways, _workers = ways_of([knows, Student(Person(2))], [a_role(1, RISK)], school)

    assert sorted((way.route.hours, way.route.fee) for way in ways) == [(4, 20), (12, 30)]
    two = [a_role(1, RISK), a_role(2, RISK)]
    assert len(chosen([knows, Student(Person(2))], two, school)) == 2


@st.composite
def problems(
    draw: st.DrawFn,
) -> tuple[list[Student], list[tuple[Role, Slot]], School]:
    hours = st.integers(1, 8)
    closing = st.sampled_from([None, None, date(2027, 1, 25)])
    courses = [
        replace(PRIMER, hours=draw(hours)),
        replace(RISKS, hours=draw(hours), fee=draw(st.integers(0, 3)), exam_to=draw(closing)),
        replace(PLANS, hours=draw(hours), fee=draw(st.integers(0, 3)), exam_to=draw(closing)),
    ]
    students = [
        Student(
            Person(number, study_hours=draw(st.integers(2, 6))),
            draw(st.sampled_from([frozenset(), frozenset({"primer"})])),
        )
        for number in range(1, draw(st.integers(2, 4)))
    ]
    roles = [
        a_role(
            number,
            *draw(st.sampled_from([(RISK,), (PLANNING,), (RISK, PLANNING)])),
            period=draw(st.sampled_from([SPRING, SUMMER])),
            priority=draw(st.integers(1, 2)),
        )
        for number in range(1, draw(st.integers(3, 5)))
    ]
    return students, roles, School(courses)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_choice_fills_more_or_as_much_in_fewer_hours_or_for_less(
    problem: tuple[list[Student], list[tuple[Role, Slot]], School],
):
    students, roles, school = problem
    ways, workers = ways_of(students, roles, school)
    found = jointly([role for role, _slot in roles], workers, ways, school, TODAY)

    by_id = {role.id: role for role, _slot in roles}
    assert _allowed(found, by_id, workers, school)
    every = list(_choices(ways, by_id, workers, school))
    assert _worth(found, by_id, school) == min(_worth(one, by_id, school) for one in every)
    empty = Portfolio([role for role, _slot in roles], list(workers.values()), [])
    planned, at_once = together(empty, ways, school, TODAY)
    assert planned == []
    assert _worth(at_once, by_id, school)[:2] == _worth(found, by_id, school)[:2]


def _choices(
    ways: Sequence[Way], roles: Mapping[str, Role], workers: Mapping[str, Worker], school: School
) -> Iterator[list[Way]]:
    by_role = [[None, *(way for way in ways if way.pair.role == id)] for id in roles]
    for several in itertools.product(*by_role):
        choice = [way for way in several if way is not None]
        if _allowed(choice, roles, workers, school):
            yield choice


def _allowed(
    choice: Sequence[Way], roles: Mapping[str, Role], workers: Mapping[str, Worker], school: School
) -> bool:
    held = dict(workers)
    for way in choice:
        role = roles[way.pair.role]
        if not fits(way.pair, role, held[way.pair.worker]):
            return False
        held = busy(held.values(), roles.values(), [way.pair])
    for worker in workers:
        mine = [way for way in choice if way.pair.worker == worker]
        due: dict[str, date] = {}
        for way in mine:
            for id, day in zip(way.route.courses, way.route.due, strict=True):
                due[id] = min(day, due.get(id, day))
        for day in due.values():
            hours = school.hours(id for id, by in due.items() if by <= day)
            if 7 * hours > mine[0].weekly * (day - TODAY).days + 1e-6:
                return False
    return True


def _worth(
    choice: Sequence[Way], roles: Mapping[str, Role], school: School
) -> tuple[float, float, float]:
    """The less the better: priorities that stay empty, hours and fees, each course taken once."""
    taken = {(way.pair.worker, id) for way in choice for id in way.route.courses}
    filled = sum(roles[way.pair.role].priority for way in choice)
    return -filled, school.hours(id for _who, id in taken), school.fee(id for _who, id in taken)


def test_of_many_days_those_that_lie_close_count_as_the_first_and_each_way_still_fits():
    school = School([PRIMER, RISKS])
    ada = Student(Person(1, study_hours=4))
    first = date(2027, 1, 26)
    roles = [
        a_role(
            number, RISK, period=Period(date.fromordinal(first.toordinal() + number), SPRING.last)
        )
        for number in range(40)
    ]
    ways, workers = ways_of([ada], roles, school)
    rows = study(ways, school, TODAY).shared
    for way in ways:
        alone = jointly([roles[int(way.pair.role)][0]], workers, [way], school, TODAY)
        assert alone == [way]
    assert len(jointly([role for role, _slot in roles], workers, ways, school, TODAY)) == 1
    assert len({one.most for one in rows if one.most}) <= 30
    away = {"1": replace(workers["1"], taken=(Taken(SPRING, 100),))}
    assert ways_to(*roles[10], Pool([ada]), school, away, TODAY) == []
