"""Roles that ask for working hours in common."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.policy import Role
from app.core.values import Period
from app.projects import queries as projects
from app.staffing import queries
from app.staffing.calendars import services as calendars
from app.staffing.rules.hours import Week, hours_shared, zones
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.eligibility import HoursShort, is_eligible, reasons
from app.staffing.rules.matcher.explain import Titles, part_text, reason_text
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot
from app.staffing.rules.matcher.rank import rank
from app.staffing.rules.matcher.repair import repairs
from app.staffing.rules.portfolio.scenario import Hire, Scenario
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.strategies import nobody_teaches
from tests.staffing.world import PMO, SPRING, make_project, make_slot
from tests.statements import counted
from tests.visitor import Visitor

LONG_AGO = date(2020, 1, 1)
TITLES = Titles({}, {})
BERLIN = Week(LONG_AGO, "Europe/Berlin")
MARCH = Period(date(2031, 3, 3), date(2031, 3, 28))
NEED = Need(Kind.HOURS, "Europe/Berlin", 20)
SLOT = Slot(1, SPRING, 60, musts=(NEED,))


def test_the_same_hours_are_all_in_common():
    assert hours_shared([BERLIN], "Europe/Berlin", SPRING) == 40


def test_clocks_that_differ_leave_less():
    assert hours_shared([Week(LONG_AGO, "Europe/Lisbon")], "Europe/Berlin", SPRING) == 35
    assert hours_shared([Week(LONG_AGO, "Asia/Kolkata")], "Europe/Berlin", MARCH) == 17.5
    assert hours_shared([Week(LONG_AGO, "Asia/Tokyo")], "Europe/Berlin", MARCH) == 0


def test_summer_time_that_begins_elsewhere_earlier_counts():
    new_york = [Week(LONG_AGO, "America/New_York")]
    before = Period(date(2031, 3, 3), date(2031, 3, 8))
    between = Period(date(2031, 3, 10), date(2031, 3, 29))

    assert hours_shared(new_york, "Europe/Berlin", before) == 10
    assert hours_shared(new_york, "Europe/Berlin", between) == 15
    assert hours_shared(new_york, "Europe/Berlin", MARCH) == 10


def test_a_day_over_the_date_line_is_another_day():
    """Sunday in Honolulu is Monday in Auckland, and Friday there Saturday here."""
    sunday = [Week(LONG_AGO, "Pacific/Honolulu", (7,), 10 * 60, 18 * 60)]
    friday = [Week(LONG_AGO, "Pacific/Honolulu", (5,), 10 * 60, 18 * 60)]
    june = Period(date(2031, 6, 2), date(2031, 6, 29))

    assert hours_shared(sunday, "Pacific/Auckland", june) == 7
    assert hours_shared(friday, "Pacific/Auckland", june) == 0


def test_only_days_that_are_worked_count():
    assert hours_shared([replace(BERLIN, days=(1, 2, 6, 7))], "Europe/Berlin", SPRING) == 16


def test_nothing_is_known_before_the_first_week_and_the_latest_counts_after_it():
    later = replace(BERLIN, first=date(2031, 3, 10))
    shorter = replace(BERLIN, first=date(2031, 6, 1), ends=13 * 60)

    assert hours_shared([], "Europe/Berlin", SPRING) is None
    assert hours_shared([later], "Europe/Berlin", SPRING) is None
    assert hours_shared([shorter, BERLIN], "Europe/Berlin", SPRING) == 20
    assert hours_shared([shorter, BERLIN], "Europe/Berlin", MARCH) == 40


def minutes_by_the_clock(week: Week, zone: str, monday: date) -> int:
    """Counted quarter by quarter through a week that has no change of summer time in it."""
    mine, theirs = ZoneInfo(week.zone), ZoneInfo(zone)
    found = 0
    for quarter in range(7 * 96):
        at = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(
            minutes=15 * quarter
        )
        here, there = at.astimezone(mine), at.astimezone(theirs)
        works = (
            here.isoweekday() in week.days
            and week.begins <= here.hour * 60 + here.minute < week.ends
        )
        found += 15 * (works and there.isoweekday() < 6 and 9 <= there.hour < 17)
    return found


@settings(max_examples=60)
@given(
    st.sampled_from(
        ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns", "Etc/GMT+12"]
    ),
    st.sampled_from(["Europe/London", "Australia/Adelaide", "Pacific/Honolulu"]),
    st.sets(st.integers(1, 7), min_size=1),
    st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True),
    st.sampled_from([date(2031, 1, 13), date(2031, 7, 7)]),
)
def test_hours_in_common_are_those_of_a_clock(zone, other, days, quarters, monday):
    begins, ends = sorted(quarters)
    week = Week(LONG_AGO, zone, tuple(sorted(days)), begins * 15, ends * 15)

    shared = hours_shared([week], other, Period(monday, monday + timedelta(days=6)))

    assert shared == minutes_by_the_clock(week, other, monday) / 60


def test_zones_are_those_of_places():
    assert "Europe/Berlin" in zones()
    assert not any(name.startswith("Etc/") for name in zones())


def test_whoever_shares_too_few_hours_is_refused_with_what_they_share(app: Flask):
    person = Person(1, weeks=(Week(LONG_AGO, "America/New_York"),))
    (reason,) = reasons(person, SLOT)

    assert reason == HoursShort(0.5, NEED, 10)
    assert reason_text(reason, TITLES) == "10 hours a week in common with Europe/Berlin, needs 20"
    (made,) = repairs((reason,), person, SLOT, nobody_teaches)
    assert repair_text(made, TITLES) == (
        "Ask for less: 10 hours a week in common with Europe/Berlin."
    )
    assert is_eligible(Person(2, weeks=(BERLIN,)), SLOT)


def test_hours_that_nobody_said_may_only_be_missing_on_record(app: Flask):
    (reason,) = reasons(Person(1), SLOT)

    assert reason_text(reason, TITLES) == (
        "working hours not known, needs 20 in common with Europe/Berlin"
    )
    (made,) = repairs((reason,), Person(1), SLOT, nobody_teaches)
    assert repair_text(made, TITLES) == (
        "If it is so, put it on record: 20 hours a week in common with Europe/Berlin."
    )


def test_hours_that_are_wanted_order_people(app: Flask):
    wanting = replace(SLOT, musts=(), wants=(replace(NEED, level=30),))
    near, far = Person(1, weeks=(BERLIN,)), Person(2, weeks=(Week(LONG_AGO, "Asia/Kolkata"),))

    ranked = rank(wanting, [far, near])

    assert [one.person_id for one in ranked.candidates] == [1, 2]
    wants = ranked.candidates[1].parts[0]
    assert part_text(wants, wanting, TITLES) == (
        "30 hours a week in common with Europe/Berlin: has 17"
    )


def test_a_supposed_hire_has_the_hours():
    (hired,) = Scenario(hires=(Hire("Somebody", (NEED,)),)).hired()
    assert is_eligible(hired, SLOT)


@pytest.fixture
def ada(app: Flask):
    return make_person("Ada Lovelace")


def test_facts_hold_the_weeks_of_everybody_in_one_statement_only_where_a_role_asks(ada):
    project = make_project()
    asking = make_slot(project, must=[("hours:Europe/Berlin", 20)])
    plain = make_slot(project)
    calendars.change_week(ada.id, BERLIN, by=actor_of(ada))
    asking, plain = (projects.slot_for(PMO, one.id) for one in (asking, plain))

    with counted() as without:
        (person,) = queries.people_for([queries.as_slot(plain)])
    assert person.weeks == ()
    with counted() as asked:
        (person,) = queries.people_for([queries.as_slot(asking)])
    assert person.weeks == (BERLIN,)
    assert len(asked) == len(without) + 1


def test_one_sees_that_hours_are_missing_and_where_to_give_them(ada, visitor: Visitor):
    make_slot(make_project(), must=[("hours:Europe/Berlin", 20)])
    visitor.log_in("ada@example.com", PASSWORD)

    page = visitor.open("/matches")

    assert "working hours not known, needs 20 in common with Europe/Berlin" in page.text
    link = page.soup.select_one(f"main a[href='/people/{ada.id}/working-time']")
    assert link is not None
    assert visitor.open(link["href"]).status == 200


def test_the_pmo_asks_for_hours_on_the_form_and_sees_who_has_them(ada, visitor: Visitor):
    make_person("Petra Osei", Role.PMO)
    make_project("CRM")
    calendars.change_week(ada.id, Week(LONG_AGO, "Europe/Lisbon"), by=actor_of(ada))
    visitor.log_in("petra@example.com", PASSWORD)
    visitor.open("/projects/CRM/roles/new")
    role = {
        "title": "Analyst",
        "start": SPRING.first.isoformat(),
        "end": SPRING.last.isoformat(),
        "allocation": "50",
        "holds": "throughout",
        "requirements-0-what": "hours:Europe/Berlin",
        "requirements-0-strength": "must",
    }
    address = "/projects/CRM/roles/new"

    assert visitor.send(address, **role, **{"requirements-0-hours": "41"}).status == 422
    sent = visitor.send(address, **role, **{"requirements-0-hours": "36"})
    page = visitor.open(sent.location)
    assert "35 hours a week in common with Europe/Berlin, needs 36" in page.text
    edit = visitor.open(f"{sent.location}".replace("/staffing", "") + "/edit")
    assert edit.soup.select_one("[name=requirements-0-hours]")["value"] == "36"
    assert "36 hours a week in common with Europe/Berlin" in page.text
