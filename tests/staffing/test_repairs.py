"""What would mend a reason: the cheapest repair, and that it really clears what it mends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.core.values import Duration, Money, Period, Unit
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.advice import repair_texts
from app.staffing.rules.matcher.eligibility import NoCapacity, reasons
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.matcher.repair import (
    Courses,
    FewerPercent,
    FreeTime,
    Judgement,
    LaterStart,
    LessMeanwhile,
    Repair,
    repairs,
    tried,
)
from app.staffing.rules.portfolio.school import School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught
from tests.staffing.test_rules import (
    FIRST,
    GOOD,
    LAST,
    RISK,
    SLOT,
    TITLES,
    load,
)

TODAY = date(2026, 12, 1)
PLANNING = Need(Kind.COMPETENCY, "planning", 2)
RISKS = Course("risk", 8, awards=(Taught(RISK.code, 3),))
PLANS = Course("plan", 4, requires=("risk",), awards=(Taught(PLANNING.code, 2),))
COURSES = {"risk": "Risk management essentials", "plan": "Plans that hold"}
NAMED = replace(TITLES, courses=COURSES, fees={"plan": Money(30000, "EUR")})


def mended(
    person: Person,
    slot: Slot = SLOT,
    *courses: Course,
    finished: frozenset[str] = frozenset(),
    assigned: frozenset[str] = frozenset(),
) -> tuple[Repair, ...]:
    """What mends each reason, where these courses are to be had."""
    school = School(courses)

    def teach(person: Person, slot: Slot, needs: tuple[Need, ...]):
        return school.mending(Student(person, finished, assigned), slot, needs, TODAY)

    return repairs(reasons(person, slot), person, slot, teach)


def words(person: Person, slot: Slot = SLOT, *courses: Course) -> list[str]:
    return repair_texts(mended(person, slot, *(courses or (RISKS,))), NAMED)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"attested": {}},
            "Course Risk management essentials, 8 h: ready by 15 Dec 2026.",
        ),
        (
            {"attested": {}, "study_hours": 0.5},
            "Course Risk management essentials, 8 h: ready only by 23 Mar 2027,"
            " start on 24 Mar 2027.",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2024, 1, 1), date(2027, 4, 14), True),)}},
            "Renew PRINCE2 Practitioner by 15 Apr 2027.",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2024, 1, 1), date(2027, 4, 14)),)}},
            "Get PRINCE2 Practitioner by 15 Apr 2027.",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2027, 2, 10), None),)}},
            "Start on 10 Feb 2027.",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2027, 2, 10), date(2027, 3, 1)),)}},
            "Get PRINCE2 Practitioner by 1 Feb 2027.",
        ),
        (
            {"away": (load("2027-03-01", "2027-03-14", 100),)},
            "Ask for less meanwhile: 0 % from 1 Mar 2027 to 14 Mar 2027.",
        ),
        (
            {"capacity": 50, "booked": (load("2027-01-01", "2027-12-31", 50),)},
            "Release other work in 2027-W05 to 2027-W26, and ask for 50 %.",
        ),
        ({"capacity": 0}, "Agree on working time first: it takes 60 %."),
        ({"held": {}}, "Get PRINCE2 Practitioner by 1 Feb 2027."),
        ({"capacity": 50}, "Ask for 50 % instead."),
        ({"employed_to": date(2027, 6, 1)}, "End on 1 Jun 2027."),
        ({"employed_from": date(2027, 2, 10)}, "Start on 10 Feb 2027."),
        (
            {"employed_from": date(2027, 6, 20)},
            "Extend the employment to all days of the role.",
        ),
    ],
)
def test_a_repair_is_something_to_do(changed: dict, text: str):
    assert words(replace(GOOD, **changed)) == [text]


def test_rate_place_and_language():
    slot = replace(SLOT, rate_cap=Money(10000, "EUR"))
    assert words(replace(GOOD, rate=Money(12000, "EUR")), slot) == [
        "Raise the highest rate to €120.00."
    ]
    assert words(GOOD, slot) == ["Record their rate in EUR."]


def test_whoever_stays_out_of_plans_may_still_say_yes():
    assert words(replace(GOOD, consents=False)) == ["Ask them yourself, on the page of the role."]


def test_time_is_mended_by_whichever_loses_less_of_the_work():
    busy_at_first = replace(GOOD, booked=(load("2027-01-01", "2027-02-14", 100),))
    (short,) = reasons(busy_at_first, SLOT)
    assert isinstance(short, NoCapacity)
    assert mended(busy_at_first) == (LaterStart(date(2027, 2, 15)),)
    half_taken = replace(GOOD, booked=(load("2027-01-01", "2027-02-14", 45),))
    (short,) = reasons(half_taken, SLOT)
    first_weeks = Load(Period(FIRST, date(2027, 2, 14)), 55)
    assert mended(half_taken) == (LessMeanwhile((first_weeks,)),)
    always = replace(GOOD, booked=(load("2027-01-01", "2027-12-31", 45),))
    (short,) = reasons(always, SLOT)
    assert mended(always) == (FewerPercent(55),)
    full = replace(GOOD, booked=(load("2026-01-01", "2028-01-01", 100),))
    (short,) = reasons(full, SLOT)
    assert mended(full) == (FreeTime(short.weeks),)


def test_a_level_that_no_course_reaches_is_for_an_assessor():
    expert = replace(SLOT, musts=(replace(RISK, level=5),))
    assert mended(GOOD, expert, RISKS) == (Judgement(replace(RISK, level=5)),)
    too_late = Slot(1, Period(date(2026, 12, 2), date(2026, 12, 8)), 10, musts=(RISK,))
    assert mended(Person(1), too_late, RISKS) == (Judgement(RISK),)
    assert mended(replace(GOOD, attested={}, study_hours=0), SLOT, RISKS) == (Judgement(RISK),)


# --- Courses -------------------------------------------------------------------------------

BOTH = replace(SLOT, musts=(RISK, PLANNING))
NOVICE = replace(GOOD, attested={})


def test_two_levels_are_learnt_on_one_way_that_is_named_once():
    assert words(NOVICE, BOTH, RISKS, PLANS) == [
        "Courses Risk management essentials, then Plans that hold, 12 h, €300.00:"
        " ready by 22 Dec 2026.",
        "The same courses teach it.",
    ]
    first, second = mended(NOVICE, BOTH, RISKS, PLANS)
    assert first is second
    assert isinstance(first, Courses)
    assert first.needs == (RISK, PLANNING)
    assert reasons(*tried(first, NOVICE, BOTH)) == ()


def test_what_a_course_asks_for_before_it_is_on_the_way_unless_it_was_passed():
    planner = replace(SLOT, musts=(PLANNING,))
    (made,) = mended(NOVICE, planner, RISKS, PLANS)
    assert isinstance(made, Courses)
    assert made.route.courses == ("risk", "plan")
    (made,) = mended(NOVICE, planner, RISKS, PLANS, finished=frozenset({"risk"}))
    assert isinstance(made, Courses)
    assert made.route.courses == ("plan",)
    assert mended(NOVICE, planner, PLANS) == (Judgement(PLANNING),)


def test_courses_that_were_given_before_come_first():
    other = Course("other", 4)
    (made,) = mended(NOVICE, SLOT, RISKS, other, assigned=frozenset({"other"}))
    assert isinstance(made, Courses)
    assert made.route.ready == date(2026, 12, 22)


def test_one_level_of_two_that_is_taught_is_learnt_and_the_other_judged():
    first, second = mended(NOVICE, BOTH, RISKS)
    assert isinstance(first, Courses)
    assert first.needs == (RISK,)
    assert second == Judgement(PLANNING)


def test_whatever_else_is_missing_a_level_is_taught_all_the_same():
    busy = replace(NOVICE, capacity=50, consents=False, employed_from=date(2027, 2, 10))
    slot = replace(BOTH, rate_cap=Money(1, "EUR"))
    ways = {one for one in mended(busy, slot, RISKS, PLANS) if isinstance(one, Courses)}
    assert [(one.needs, one.route.ready) for one in ways] == [
        ((RISK, PLANNING), date(2026, 12, 22))
    ]


def test_an_exam_that_is_open_too_late_lets_the_role_begin_after_it():
    later = replace(RISKS, exam_from=date(2027, 2, 20))
    assert words(NOVICE, SLOT, later) == [
        "Course Risk management essentials, 8 h: ready only by 20 Feb 2027, start on 21 Feb 2027."
    ]
    over = replace(RISKS, exam_to=date(2026, 12, 10))
    assert mended(NOVICE, SLOT, over) == (Judgement(RISK),)


def test_what_lapses_before_the_role_is_over_is_not_believed():
    days = (LAST - FIRST).days
    brief = replace(RISKS, awards=(Taught(RISK.code, 3, Duration(days - 1, Unit.DAYS)),))
    assert mended(NOVICE, SLOT, brief) == (Judgement(RISK),)
    just = replace(RISKS, awards=(Taught(RISK.code, 3, Duration(days + 1, Unit.DAYS)),))
    (made,) = mended(NOVICE, SLOT, just)
    assert isinstance(made, Courses)
    assert (made.in_time, made.route.ready) == (True, date(2027, 1, 31))


def test_a_level_that_comes_of_itself_sooner_than_courses_is_waited_for():
    slow = replace(RISKS, hours=40)  # ready on 9 February
    soon = replace(NOVICE, attested={RISK.code: (Attestation(3, date(2027, 2, 5), None),)})
    assert mended(soon, SLOT, slow) == (LaterStart(date(2027, 2, 5)),)
    assert isinstance(mended(soon, SLOT, RISKS)[0], Courses)
    waits, learns = mended(soon, BOTH, slow, replace(PLANS, requires=()))
    assert waits == LaterStart(date(2027, 2, 5))
    assert isinstance(learns, Courses)
    assert learns.route.courses == ("plan",)


def test_a_lapse_inside_the_role_is_mended_by_a_course_that_ends_before_it():
    lapsing = replace(GOOD, attested={RISK.code: (Attestation(3, FIRST, date(2027, 4, 30)),)})
    (made,) = mended(lapsing, SLOT, RISKS)
    assert isinstance(made, Courses)
    assert made.in_time
    assert reasons(*tried(made, lapsing, SLOT)) == ()
