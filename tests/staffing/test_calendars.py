"""Working time that changes on a day, and absences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Person
from app.core import db
from app.core.errors import NotAllowed, NotVisible
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing import queries, services
from app.staffing.calendars import queries as calendar_queries
from app.staffing.calendars import services as calendars
from app.staffing.calendars.rules import Change, differences, from_highest, stretches
from app.staffing.models import Absence
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load, weeks_beyond
from app.staffing.rules.hours import Week
from app.staffing.services import Overbooked
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, SPRING, make_project, make_slot, states_of
from tests.visitor import Visitor

JUNE = Period(date(2031, 6, 1), date(2031, 6, 30))
days_of_june = st.dates(JUNE.first, JUNE.last)
loads_of_june = st.builds(
    lambda one, other, percent: Load(Period(min(one, other), max(one, other)), percent),
    days_of_june,
    days_of_june,
    st.integers(1, 100),
)


@pytest.fixture
def maria(app: Flask) -> Person:
    return make_person("Maria Manager")


@pytest.fixture
def ada(maria: Person) -> Person:
    return make_person("Ada Lovelace", line_manager_id=maria.id, capacity=50)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    return make_slot(make_project(), allocation=60)


def test_stretches_follow_the_changes_and_begin_with_what_was_before():
    changes = [Change(date(2031, 6, 11), 80), Change(date(2031, 5, 1), 40)]

    assert list(stretches(100, changes, JUNE)) == [
        (Period(date(2031, 6, 1), date(2031, 6, 10)), 40),
        (Period(date(2031, 6, 11), date(2031, 6, 30)), 80),
    ]
    assert list(stretches(100, [Change(date(2031, 7, 1), 10)], JUNE)) == [(JUNE, 100)]


def test_less_than_the_most_is_an_absence():
    changes = [Change(date(2031, 6, 11), 80)]
    before = Load(Period(date(2031, 6, 1), date(2031, 6, 10)), 30)

    assert from_highest(50, changes, JUNE) == (80, [before])
    after = Load(Period(date(2031, 6, 11), date(2031, 6, 30)), -30)
    assert differences(50, changes, JUNE) == [after]


@given(
    st.integers(0, 100),
    st.dictionaries(st.dates(date(2031, 5, 1), date(2031, 7, 31)), st.integers(0, 100)),
)
def test_each_day_has_what_the_latest_change_says(base: int, said: dict[date, int]):
    changes = [Change(first, percent) for first, percent in said.items()]
    highest, missing = from_highest(base, changes, JUNE)
    for day in JUNE.days():
        earlier = [first for first in said if first <= day]
        wanted = said[max(earlier)] if earlier else base
        absent = sum(load.percent for load in missing if day in load.period)
        assert highest - absent == wanted
    assert all(load.percent > 0 for load in missing)


def test_who_works_more_from_a_day_on_can_be_booked_from_then(ada, maria, slot):
    with pytest.raises(Overbooked):
        services.propose(slot.id, ada.id, by=PMO)

    calendars.change_capacity(ada.id, SPRING.first, 80, by=actor_of(maria))
    services.ask(slot.id, ada.id, by=PMO, base_url=BASE)

    assert states_of(slot) == [BookingState.REQUESTED]


def test_who_works_less_in_the_middle_of_a_role_does_not_fit(ada, maria, slot):
    calendars.change_capacity(ada.id, date(2030, 1, 1), 100, by=actor_of(maria))
    calendars.change_capacity(ada.id, date(2031, 5, 5), 40, by=actor_of(maria))

    with pytest.raises(Overbooked) as refused:
        services.propose(slot.id, ada.id, by=PMO)

    assert refused.value.weeks[0] == "2031-W19"
    calendars.withdraw_change(ada.id, date(2031, 5, 5), by=actor_of(maria))
    services.propose(slot.id, ada.id, by=PMO)


def test_one_does_not_say_oneself_how_much_one_works(ada):
    with pytest.raises(NotAllowed):
        calendars.change_capacity(ada.id, SPRING.first, 10, by=actor_of(ada))
    with pytest.raises(NotVisible):
        calendars.record_absence(ada.id, SPRING, 100, by=actor_of(make_person("Omar Other")))


def test_loads_by_week_reckon_with_the_change(ada, maria):
    calendars.change_capacity(ada.id, SPRING.first, 80, by=actor_of(maria))

    _booked, away = queries.standing_loads([ada.id], SPRING)

    assert away == {ada.id: [Load(SPRING, -30)]}


def test_the_line_manager_changes_it_on_the_page(ada, visitor: Visitor):
    visitor.log_in("maria@example.com", PASSWORD)
    address = f"/people/{ada.id}/working-time"
    visitor.open(address)

    assert visitor.send(address, from_on="2031-01-01", percent="130").status == 422
    visitor.send(address, from_on="2031-01-01", percent="80")
    assert "80%" in visitor.open(address).text
    visitor.send(f"{address}/2031-01-01/withdrawal")
    assert "80%" not in visitor.open(address).text
    assert visitor.send(f"{address}/tomorrow/withdrawal").status == 404


@given(
    st.integers(0, 100),
    st.lists(loads_of_june, max_size=4),
    st.lists(loads_of_june, max_size=4),
)
def test_weeks_beyond_ones_time_are_those_of_days_on_which_work_does_not_fit(
    capacity: int, booked: list[Load], away: list[Load]
):
    full = {
        day.strftime("%G-W%V")
        for day in JUNE.days()
        if any(day in load.period for load in booked)
        and sum(load.percent for load in (*booked, *away) if day in load.period) > capacity
    }
    assert weeks_beyond(capacity, booked, away, JUNE) == sorted(full)


def test_time_that_is_booked_already_is_missed_where_everybody_sees_it(
    ada, maria, slot, visitor: Visitor
):
    easter = SPRING.first + timedelta(days=42)
    calendars.change_capacity(ada.id, SPRING.first, 60, by=actor_of(maria))
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    services.confirm(booking.id, by=PMO, base_url=BASE)
    visitor.log_in(ada.email, PASSWORD)
    address = f"/people/{ada.id}/working-time"
    assert "More is booked" not in visitor.open(address).text
    day = easter.isoformat()
    sent = visitor.send(f"/people/{ada.id}/absences", first=day, last=day, missing="100")
    assert sent.status == 302
    assert "In 2031-W16." in visitor.open(address).text
    assert states_of(slot) == [BookingState.CONFIRMED]
    manager = Visitor(visitor.app)
    manager.log_in(maria.email, PASSWORD)
    assert "More is booked than there is time for" in manager.open(address).text


def test_one_notes_ones_own_absences_and_takes_them_back(ada, visitor: Visitor):
    visitor.log_in("ada@example.com", PASSWORD)
    visitor.open(f"/people/{ada.id}/working-time")
    address = f"/people/{ada.id}/absences"

    wrong = visitor.send(address, first="2031-05-02", last="2031-05-01", missing="100")
    assert wrong.status == 422
    visitor.send(address, first="2031-05-01", last="2031-05-02", missing="100")
    (absence,) = db.session.scalars(select(Absence)).all()
    assert absence.end_date - absence.start_date == timedelta(days=1)
    visitor.send(f"{address}/{absence.id}/withdrawal")
    assert db.session.scalars(select(Absence)).all() == []


def test_the_pmo_opens_anybodys_and_a_stranger_nobodys(ada, visitor: Visitor):
    make_person("Petra Osei", Role.PMO)
    make_person("Omar Other")
    visitor.log_in("petra@example.com", PASSWORD)
    assert visitor.open(f"/people/{ada.id}/working-time").status == 200
    visitor.log_in("omar@example.com", PASSWORD)
    assert visitor.open(f"/people/{ada.id}/working-time").status == 404


def test_working_hours_are_given_for_a_day_on_and_taken_back(ada, visitor: Visitor):
    visitor.log_in("ada@example.com", PASSWORD)
    page = f"/people/{ada.id}/working-time"
    visitor.open(page)
    address = f"/people/{ada.id}/working-hours"
    hours = {"week_from": "2031-01-01", "zone": "Asia/Kolkata", "begins": "10:00", "ends": "18:30"}

    assert visitor.send(address, **hours).status == 422
    assert visitor.send(address, **{**hours, "ends": "09:00"}, days=["1"]).status == 422
    assert visitor.send(address, **{**hours, "zone": "Mars/Base"}, days=["1"]).status == 422
    visitor.send(address, **hours, days=["1", "2", "4"])
    assert "Mon, Tue and Thu, 10:00 to 18:30, Asia/Kolkata" in visitor.open(page).text
    assert calendar_queries.weeks_of([ada.id]) == {
        ada.id: (Week(date(2031, 1, 1), "Asia/Kolkata", (1, 2, 4), 600, 1110),)
    }

    visitor.send(f"{address}/2031-01-01/withdrawal")
    assert calendar_queries.weeks_of(None) == {}
    assert visitor.send(f"{address}/2031-01-01/withdrawal").status == 404


def test_hours_to_midnight_are_kept(ada):
    week = Week(date(2031, 1, 1), "Europe/Berlin", (5,), 20 * 60, 24 * 60)
    calendars.change_week(ada.id, week, by=actor_of(ada))
    calendars.change_week(ada.id, week, by=actor_of(ada))

    assert calendar_queries.weeks_of([ada.id]) == {ada.id: (week,)}


def test_a_stranger_changes_nobodys_hours(ada):
    week = Week(date(2031, 1, 1), "Europe/Berlin")
    with pytest.raises(NotVisible):
        calendars.change_week(ada.id, week, by=actor_of(make_person("Omar Other")))
