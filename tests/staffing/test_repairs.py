"""What would mend a reason: the cheapest repair, and that it really clears what it mends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.eligibility import NoCapacity, reasons
from app.staffing.rules.matcher.problem import Attestation, Held, Person, Slot, Training
from app.staffing.rules.matcher.repair import (
    Course,
    FewerPercent,
    FreeTime,
    Judgement,
    LaterStart,
    LessMeanwhile,
    days_of_study,
    repair,
    tried,
)
from tests.staffing.test_rules import (
    FIRST,
    GOOD,
    LAST,
    RISK,
    ROLE,
    SLOT,
    TITLES,
    load,
)

TODAY = date(2026, 12, 1)
SHELF = {RISK.code: [Training("risk", "Risk management essentials", 480, RISK.code, 3)]}


def words(person: Person, slot: Slot = SLOT) -> list[str]:
    return [
        repair_text(repair(one, person, slot, SHELF, TODAY), TITLES)
        for one in reasons(person, slot)
    ]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"attested": {}},
            "Course Risk management essentials, 480 minutes: ready by 15 Dec 2026.",
        ),
        (
            {"attested": {}, "study_hours": 0.5},
            "Course Risk management essentials, 480 minutes: ready only by 23 Mar 2027,"
            " start then.",
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
            "Release other work of theirs in 2027-W05 to 2027-W26, and ask for 50 %.",
        ),
        ({"capacity": 0}, "Agree on working time with them first: it takes 60 %."),
        ({"held": {}}, "Get PRINCE2 Practitioner by 1 Feb 2027."),
        ({"capacity": 50}, "Ask for 50 % instead."),
        ({"employed_to": date(2027, 6, 1)}, "End on 1 Jun 2027."),
        ({"employed_from": date(2027, 2, 10)}, "Start on 10 Feb 2027."),
        (
            {"employed_from": date(2027, 6, 20)},
            "Extend their employment to all days of the role.",
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
    assert repair(short, busy_at_first, SLOT, {}, TODAY) == LaterStart(date(2027, 2, 15))
    half_taken = replace(GOOD, booked=(load("2027-01-01", "2027-02-14", 45),))
    (short,) = reasons(half_taken, SLOT)
    first_weeks = Load(Period(FIRST, date(2027, 2, 14)), 55)
    assert repair(short, half_taken, SLOT, {}, TODAY) == LessMeanwhile((first_weeks,))
    always = replace(GOOD, booked=(load("2027-01-01", "2027-12-31", 45),))
    (short,) = reasons(always, SLOT)
    assert repair(short, always, SLOT, {}, TODAY) == FewerPercent(55)
    full = replace(GOOD, booked=(load("2026-01-01", "2028-01-01", 100),))
    (short,) = reasons(full, SLOT)
    assert repair(short, full, SLOT, {}, TODAY) == FreeTime(short.weeks)


def test_a_level_that_no_course_reaches_is_for_an_assessor():
    expert = replace(SLOT, musts=(replace(RISK, level=5),))
    (short,) = reasons(GOOD, expert)
    assert repair(short, GOOD, expert, SHELF, TODAY) == Judgement(replace(RISK, level=5))
    too_late = Slot(1, Period(date(2026, 12, 2), date(2026, 12, 8)), 10, musts=(RISK,))
    novice = Person(1)
    (short,) = reasons(novice, too_late)
    assert repair(short, novice, too_late, SHELF, TODAY) == Judgement(RISK)


def test_a_lapse_inside_the_role_is_mended_by_a_course_that_ends_before_it():
    lapsing = replace(GOOD, attested={RISK.code: (Attestation(3, FIRST, date(2027, 4, 30)),)})
    (lapse,) = reasons(lapsing, SLOT)
    made = repair(lapse, lapsing, SLOT, SHELF, TODAY)
    assert isinstance(made, Course)
    assert made.in_time
    assert reasons(*tried(made, lapsing, SLOT)) == ()


def test_study_takes_calendar_days_beside_work():
    assert days_of_study(480, 4) == 14
    assert days_of_study(30, 4) == 1
    assert days_of_study(481, 4) == 15
    assert ROLE.first < LAST
