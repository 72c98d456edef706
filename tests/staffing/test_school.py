"""Courses on the way to a role: order, hours, days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.values import Duration, Period, Unit
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.eligibility import is_eligible
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.portfolio.school import Pool, School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught

TODAY = date(2027, 1, 4)
ROLE = Period(date(2027, 3, 1), date(2027, 6, 30))
RISK, PLANNING = Need(Kind.COMPETENCY, "risk", 3), Need(Kind.COMPETENCY, "planning", 2)
CERTIFIED = Need(Kind.CERTIFICATION, "prince2")
BASICS = Course("basics", 8, 100, awards=(Taught("risk", 3),))
NOVICE = Student(Person(1, study_hours=4))


def a_slot(*musts: Need, period: Period = ROLE) -> Slot:
    return Slot(7, period, 60, musts=musts or (RISK,))


def test_a_route_says_what_it_takes_when_it_ends_and_how_long_it_can_wait():
    route = School([BASICS]).route(NOVICE, a_slot(), TODAY)

    assert (route.courses, route.hours, route.fee) == (("basics",), 8, 100)
    assert route.ready == date(2027, 1, 18)
    assert route.start_by == date(2027, 2, 14)
    assert route.due == (date(2027, 2, 28),)


def test_of_several_ways_the_one_with_the_fewest_hours_then_the_least_fee_is_taken():
    longer = replace(BASICS, id="longer", hours=9, fee=0.0)
    cheaper = replace(BASICS, id="cheaper", fee=50.0)

    assert School([BASICS, longer, cheaper]).route(NOVICE, a_slot(), TODAY).courses == ("cheaper",)


def test_what_a_course_asks_for_comes_before_it_unless_it_is_there():
    mastery = Course("mastery", 4, requires=("basics",), awards=(Taught("planning", 2),))
    advanced = Course("advanced", 4, needs=(RISK,), awards=(Taught("planning", 2),))
    done = replace(NOVICE, finished=frozenset({"basics"}))
    knows = Student(Person(2, attested={"risk": (Attestation(3, TODAY, None),)}))
    slot = a_slot(PLANNING)

    assert School([mastery, BASICS]).route(NOVICE, slot, TODAY).courses == ("basics", "mastery")
    assert School([mastery, BASICS]).route(done, slot, TODAY).courses == ("mastery",)
    assert School([advanced, BASICS]).route(NOVICE, slot, TODAY).courses == ("basics", "advanced")
    assert School([advanced, BASICS]).route(knows, slot, TODAY).courses == ("advanced",)


def test_a_course_for_holders_of_a_certification_is_not_for_others():
    course = replace(BASICS, needs=(CERTIFIED,))
    holder = Student(Person(2, held={"prince2": (Held(TODAY, None),)}))

    assert School([course]).route(NOVICE, a_slot(), TODAY) is None
    assert School([course]).route(holder, a_slot(), TODAY).courses == ("basics",)


def test_courses_in_a_circle_teach_nothing():
    circle = [
        replace(BASICS, requires=("other",)),
        Course("other", 1, requires=("basics",)),
    ]
    assert School(circle).route(NOVICE, a_slot(), TODAY) is None


def test_what_a_course_asks_for_is_taught_by_whichever_takes_least_with_all_before_it():
    advanced = Course("advanced", 4, needs=(RISK,), awards=(Taught("planning", 2),))
    short = Course("short", 3, requires=("primer",), awards=(Taught("risk", 3),))
    school = School([advanced, BASICS, short, Course("primer", 20)])

    assert school.route(NOVICE, a_slot(PLANNING), TODAY).courses == ("basics", "advanced")


def test_a_course_that_teaches_two_things_is_taken_once():
    both = Course("both", 9, awards=(Taught("risk", 3), Taught("planning", 2)))
    plan = Course("plan", 2, awards=(Taught("planning", 2),))

    assert School([BASICS, plan, both]).route(NOVICE, a_slot(RISK, PLANNING), TODAY).hours == 9


def test_the_exam_that_closes_first_is_passed_first_and_the_rest_may_wait():
    soon = Course("soon", 4, awards=(Taught("planning", 2),), exam_to=date(2027, 1, 14))
    route = School([BASICS, soon]).route(NOVICE, a_slot(RISK, PLANNING), TODAY)

    assert [(step.course, step.passed) for step in route.steps] == [
        ("soon", date(2027, 1, 11)),
        ("basics", date(2027, 1, 25)),
    ]
    assert route.due == (date(2027, 1, 14), date(2027, 2, 28))
    assert route.start_by == date(2027, 1, 7)


def test_while_an_exam_is_not_open_yet_something_else_is_learnt():
    waits = replace(BASICS, exam_from=date(2027, 2, 1))
    after = Course("after", 2, requires=("basics",), awards=(Taught("agile", 1),))
    plan = Course("plan", 4, awards=(Taught("planning", 2),))
    slot = a_slot(RISK, PLANNING, Need(Kind.COMPETENCY, "agile", 1))
    route = School([waits, after, plan]).route(NOVICE, slot, TODAY)

    assert [step.course for step in route.steps] == ["basics", "plan", "after"]
    assert route.ready == date(2027, 2, 5)


def test_nothing_is_learnt_in_no_time():
    assert School([BASICS]).route(Student(Person(1, study_hours=0)), a_slot(), TODAY) is None
    free = School([replace(BASICS, hours=0)])
    assert free.route(Student(Person(1, study_hours=0)), a_slot(), TODAY).ready == TODAY


def test_an_exam_is_passed_while_it_is_open():
    later = replace(BASICS, exam_from=date(2027, 2, 10), exam_to=date(2027, 2, 12))
    route = School([later]).route(NOVICE, a_slot(), TODAY)
    assert route.ready == date(2027, 2, 10)
    assert route.start_by == date(2027, 1, 29)
    assert route.due == (date(2027, 2, 12),)

    over = replace(BASICS, exam_to=date(2027, 1, 10))
    assert School([over]).route(NOVICE, a_slot(), TODAY) is None


def test_who_waits_for_an_exam_goes_on_after_it():
    first = replace(BASICS, exam_from=date(2027, 2, 1))
    second = Course("second", 4, requires=("basics",), awards=(Taught("planning", 2),))
    route = School([first, second]).route(NOVICE, a_slot(PLANNING), TODAY)

    assert [(step.begins, step.passed) for step in route.steps] == [
        (TODAY, date(2027, 2, 1)),
        (date(2027, 2, 1), date(2027, 2, 8)),
    ]


def test_courses_that_somebody_has_to_do_already_come_first():
    school = School([BASICS, Course("other", 4)])
    again = replace(NOVICE, assigned=frozenset({"other", "basics", "gone"}))

    assert school.route(again, a_slot(), TODAY).ready == date(2027, 1, 25)


def test_too_late_is_told_with_the_day_and_who_is_first_wins():
    soon = a_slot(period=Period(date(2027, 1, 11), date(2027, 6, 30)))
    route = School([BASICS]).route(NOVICE, soon, TODAY)

    assert (route.start_by, route.ready) == (None, date(2027, 1, 18))


def test_what_would_lapse_inside_the_role_is_not_learnt_too_early():
    short = replace(BASICS, awards=(Taught("risk", 3, Duration(125, Unit.DAYS)),))
    route = School([short]).route(NOVICE, a_slot(), TODAY)
    assert route.ready == date(2027, 2, 28)

    shorter = replace(BASICS, awards=(Taught("risk", 3, Duration(100, Unit.DAYS)),))
    assert School([shorter]).route(NOVICE, a_slot(), TODAY) is None


def test_whoever_lacks_something_that_is_not_taught_or_has_no_time_is_left_out():
    busy = Student(Person(3, booked=(Load(ROLE, 80),)))

    assert School([BASICS]).route(NOVICE, a_slot(RISK, CERTIFIED), TODAY) is None
    assert School([BASICS]).route(busy, a_slot(), TODAY) is None


def test_a_pool_shows_the_shortest_ways_first_and_leaves_out_whom_no_course_helps():
    school = School([BASICS, Course("plan", 2, awards=(Taught("planning", 2),))])
    both = Student(Person(1))
    one = Student(Person(2, attested={"risk": (Attestation(3, TODAY, None),)}))
    fit = Student(
        Person(3, attested={"risk": one.person.attested["risk"], "planning": ()}, languages={"en"})
    )
    pool = Pool([both, one, fit])

    assert [found.person.id for found in pool.trainable(a_slot(RISK, PLANNING), school)][-1] == 1
    assert {found.id for found in pool.qualified(a_slot())} == {2, 3}
    assert list(pool.trainable(a_slot(CERTIFIED), school)) == []
    english = a_slot(Need(Kind.LANGUAGE, "en"), RISK)
    assert [found.person.id for found in pool.trainable(english, school)] == [3]


@settings(max_examples=60)
@given(st.data())
def test_whoever_passes_on_the_days_told_qualifies(data: st.DataObject):
    competencies = ["a", "b", "c"]
    courses = [
        Course(
            f"c{number}",
            data.draw(st.integers(0, 20)),
            requires=tuple(data.draw(st.lists(st.sampled_from(["c0", "c1"]), max_size=1))),
            awards=(
                Taught(
                    data.draw(st.sampled_from(competencies)),
                    data.draw(st.integers(1, 4)),
                    data.draw(st.sampled_from([None, Duration(150, Unit.DAYS)])),
                ),
            ),
            exam_from=data.draw(st.sampled_from([None, date(2027, 2, 1)])),
        )
        for number in range(4)
    ]
    slot = a_slot(*(Need(Kind.COMPETENCY, code, data.draw(st.integers(1, 3))) for code in "ab"))
    student = Student(Person(1, study_hours=data.draw(st.integers(1, 8))))
    school = School(courses)
    route = school.route(student, slot, TODAY)
    if route is None:
        return
    by_id = {course.id: course for course in courses}
    assert route.hours == sum(by_id[id].hours for id in route.courses)
    for number, id in enumerate(route.courses):
        assert set(by_id[id].requires) <= set(route.courses[:number])
    if route.start_by is None:
        assert route.ready >= slot.period.first
        return
    for days in (route.due, [step.passed for step in route.steps]):
        assert max(days) < slot.period.first
        assert is_eligible(_taught(student.person, route.courses, days, by_id), slot)
    assert TODAY <= route.start_by < slot.period.first
    assert route.start_by - TODAY >= timedelta(0)


def _taught(person: Person, ids: tuple[str, ...], days: object, by_id: dict[str, Course]) -> Person:
    attested: dict[str, tuple[Attestation, ...]] = {}
    for id, day in zip(ids, days, strict=True):
        for one in by_id[id].awards:
            last = one.lasts.after(day) if one.lasts else None
            given = Attestation(one.level, day, last)
            attested[one.competency] = (*attested.get(one.competency, ()), given)
    return replace(person, attested=attested)
