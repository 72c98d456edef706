"""Roles that take less on some days: written as lines, judged on every day, freed for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import db
from app.core.errors import Conflict, Invalid
from app.core.policy import Role
from app.core.values import Period
from app.projects import services as projects
from app.projects.models import RoleShare
from app.projects.rules import BadLine, Share, Wrong, read_shares, written, wrong_share
from app.staffing import queries, services
from app.staffing.planning import queries as planning
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.eligibility import NoCapacity, is_eligible, reasons
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.portfolio.organisation import Open, portfolio_of
from app.staffing.rules.portfolio.solve import solve
from tests.cast import PASSWORD, make_person
from tests.projects.facts import role_facts
from tests.staffing.strategies import people, slots
from tests.staffing.world import BASE, PMO, SPRING, book, make_project, make_slot
from tests.visitor import Visitor

S = BookingState
APRIL = Period(date(2031, 4, 1), date(2031, 4, 30))


# --- Lines ---------------------------------------------------------------------------------


@given(
    st.lists(
        st.builds(
            lambda first, days, percent: Share(
                Period(first, first + timedelta(days=days)), percent
            ),
            st.dates(date(2026, 1, 1), date(2030, 1, 1)),
            st.integers(0, 60),
            st.integers(0, 99),
        ),
        max_size=5,
        unique_by=lambda one: one.period.first,
    )
)
def test_what_is_written_is_read_again(shares: list[Share]):
    in_order = tuple(sorted(shares, key=lambda one: one.period.first))
    assert read_shares(written(shares)) == in_order


@pytest.mark.parametrize(
    "line",
    ["April: 30", "2031-04-01: 30", "2031-04-30 to 2031-04-01: 30", "2031-02-30 to 2031-03-01: 5"],
)
def test_a_line_that_says_no_days_is_named(line: str):
    with pytest.raises(BadLine) as bad:
        read_shares(f"2031-01-01 to 2031-01-05: 20\n\n{line}")
    assert (bad.value.number, bad.value.line) == (3, line)


def test_shares_lie_inside_are_smaller_and_do_not_overlap():
    share = Share(APRIL, 30)
    later = Share(Period(APRIL.last, APRIL.last + timedelta(days=3)), 10)
    assert wrong_share([share], SPRING, 60) is None
    assert wrong_share([share], Period(APRIL.first, APRIL.first), 60) is Wrong.OUTSIDE
    assert wrong_share([share], SPRING, 30) is Wrong.NOT_SMALLER
    assert wrong_share([later, share], SPRING, 60) is Wrong.TWICE
    assert wrong_share([share] * 21, SPRING, 60) is Wrong.MANY


# --- Judged --------------------------------------------------------------------------------


@given(people, slots(), st.integers(0, 60), st.integers(1, 40), st.integers(0, 99))
def test_somebody_fits_if_and_only_if_they_fit_on_every_day(
    person: Person, slot: Slot, skipped: int, days: int, share: int
):
    bare = replace(slot, musts=(), rate_cap=None)
    first = min(slot.period.first + timedelta(days=skipped), slot.period.last)
    period = Period(first, min(first + timedelta(days=days), slot.period.last))
    less = min(0, share - slot.allocation)
    eased = replace(bare, relief=(Load(period, less),))
    free = replace(person, employed_from=None, employed_to=None, consents=True)
    fits = all(
        sum(load.percent for load in free.taken if day in load.period) + takes <= free.capacity
        for day in slot.period.days()
        if (takes := slot.allocation + (less if day in period else 0)) > 0
    )
    assert is_eligible(free, eased) == fits


def test_a_role_that_takes_nothing_in_the_weeks_of_a_leave_is_in_nobodys_way():
    """Half-timers on leave are away with more than they have."""
    march = Period(date(2027, 3, 1), date(2027, 3, 14))
    half = Person(1, capacity=50, away=(Load(march, 100),))
    steady = Slot(1, Period(date(2027, 2, 1), date(2027, 3, 31)), 40)
    paused = replace(steady, relief=(Load(march, -40),))

    (short,) = reasons(half, steady)
    assert isinstance(short, NoCapacity)
    assert (short.weeks, short.free, short.needs) == (("2027-W09", "2027-W10"), 0, 40)
    assert is_eligible(half, paused)
    plan = solve(portfolio_of([Open(paused, "P", 1)], [half]))
    assert [pair.role for pair in plan.pairs] == ["1"]


def test_what_is_free_and_needed_is_that_of_the_day_that_leaves_least():
    """On its day of a smaller share the role does not fit either; that share is named."""
    day = Period(date(2027, 3, 1), date(2027, 3, 1))
    busy = Person(1, booked=(Load(day, 90),))
    eased = Slot(1, Period(date(2027, 2, 1), date(2027, 3, 31)), 60, relief=(Load(day, -40),))

    (short,) = reasons(busy, eased)
    assert isinstance(short, NoCapacity)
    assert (short.weeks, short.free, short.needs) == (("2027-W09",), 10, 20)


def test_a_plan_uses_the_days_that_a_role_leaves():
    whole = Period(date(2027, 2, 1), date(2027, 3, 31))
    march = Period(date(2027, 3, 1), date(2027, 3, 31))
    long = Slot(1, whole, 80, relief=(Load(march, -60),))
    short = Slot(2, march, 70)
    plan = solve(portfolio_of([Open(long, "P", 1), Open(short, "P", 1)], [Person(1)]))
    assert {pair.role for pair in plan.pairs} == {"1", "2"}
    steady = replace(long, relief=())
    full = solve(portfolio_of([Open(steady, "P", 1), Open(short, "P", 1)], [Person(1)]))
    assert len(full.pairs) == 1
    costs = portfolio_of([Open(long, "P", 1)], [replace(Person(1), rate=None)]).pairs
    assert costs[0].allocation == 80


# --- Kept ----------------------------------------------------------------------------------


@pytest.fixture
def slot(app: Flask):
    made = make_slot(make_project(), allocation=80)
    with db.transaction() as session:
        session.add(RoleShare(slot_id=made.id, first=APRIL.first, last=APRIL.last, percent=20))
    return made


def test_the_days_that_are_left_can_be_booked_beside_it(slot):
    ada = make_person("Ada Lovelace")
    book(ada, slot, S.CONFIRMED)
    beside = make_slot(
        make_project("ERP-2"), start_date=APRIL.first, end_date=APRIL.last, allocation=80
    )
    longer = make_slot(
        make_project("ERP-3"),
        start_date=APRIL.first,
        end_date=APRIL.last + timedelta(days=1),
        allocation=80,
    )
    with pytest.raises(services.Overbooked):
        services.ask(longer.id, ada.id, by=PMO, base_url=BASE)
    booking = services.ask(beside.id, ada.id, by=PMO, base_url=BASE)
    services.confirm(booking.id, by=PMO, base_url=BASE)
    booked, _away = queries.standing_loads([ada.id], SPRING)
    assert sum(load.percent for load in booked[ada.id] if APRIL.first in load.period) == 100
    assert planning.facts().portfolio().pairs == []


def test_shares_are_entered_on_the_form_and_changed_under_nobody(slot, visitor: Visitor):
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    address = f"/projects/CRM-1/roles/{slot.id}"
    page = visitor.open(f"{address}/edit")
    assert page.soup.select_one("#shares").text.strip() == "2031-04-01 to 2031-04-30: 20"
    fields = {
        "title": slot.title,
        "start": slot.start_date.isoformat(),
        "end": slot.end_date.isoformat(),
        "allocation": "80",
        "holds": "throughout",
        "currency": "EUR",
    }
    wrong = visitor.send(f"{address}/edit", **fields, shares="in April: 20")
    assert wrong.status == 422
    assert "Line 1 says no days with a share" in wrong.text
    outside = visitor.send(f"{address}/edit", **fields, shares="2030-04-01 to 2030-04-02: 5")
    assert outside.status == 422
    assert "outside the role" in outside.text
    changed = "2031-05-01 to 2031-05-31: 40\n2031-04-01 to 2031-04-30: 20 %"
    assert visitor.send(f"{address}/edit", **fields, shares=changed).status == 302
    assert "40 %" in visitor.open(address).text
    book(make_person("Ada Lovelace"), slot, S.REQUESTED)
    visitor.open(f"{address}/edit")
    refused = visitor.send(f"{address}/edit", **fields, shares="")
    assert refused.status == 422
    assert "Release the booking first" in refused.text


def test_shares_outlast_other_changes_of_a_role(slot):
    facts = role_facts(title=slot.title, allocation=80, shares=(Share(APRIL, 20),))
    projects.change_role("CRM-1", slot.id, replace(facts, title="Renamed"), by=PMO)
    db.session.rollback()
    assert projects.shares_of(projects.queries.slot_for(PMO, slot.id)) == (Share(APRIL, 20),)
    with pytest.raises(Invalid):
        projects.change_role("CRM-1", slot.id, replace(facts, allocation=20), by=PMO)


def test_a_role_with_smaller_shares_is_not_divided(slot):
    from app.projects.dividing import services as dividing

    with pytest.raises(Conflict, match="smaller share"):
        dividing.divide_by_share("CRM-1", slot.id, 40, by=PMO)
