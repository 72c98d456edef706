"""Dividing a role: the parts together ask for the whole, and each is filled alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.policy import Role
from app.core.values import Period
from app.projects import queries
from app.projects.dividing import services
from app.projects.dividing.rules import Part, by_share, by_time
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing import services as bookings
from app.staffing.deciding import queries as decided
from app.staffing.deciding import services as deciding
from app.staffing.own import services as own
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Wish
from app.staffing.rules.matcher.weights import PartName
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import PMO, SPRING, attest, book, make_framework, make_project, make_slot
from tests.visitor import Visitor

APRIL = date(2031, 4, 7)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    return make_slot(make_project(), must=[("risk-management", 3)])


@given(st.integers(-5, 200), st.integers(-5, 110), st.integers(1, 100))
def test_the_parts_ask_for_what_the_whole_asked_for(days: int, percent: int, allocation: int):
    whole = Part(SPRING, allocation)
    if parts := by_time(whole, SPRING.first + timedelta(days=days)):
        first, rest = parts
        assert first.period.last + timedelta(days=1) == rest.period.first
        assert (first.period.first, rest.period.last) == (SPRING.first, SPRING.last)
        assert first.allocation == rest.allocation == allocation
    if parts := by_share(whole, percent):
        assert parts[0].allocation + parts[1].allocation == allocation
        assert {part.period for part in parts} == {SPRING}
        assert min(part.allocation for part in parts) >= 1


def test_divided_by_time_the_rest_stays_open_when_the_first_part_is_filled(slot):
    ada = make_person("Ada Lovelace")
    attest(ada)

    rest = services.divide_by_time("CRM-1", slot.id, APRIL, by=PMO)
    bookings.propose(slot.id, ada.id, by=PMO)

    (booking,) = staffing.live_bookings([slot.id])
    assert (booking.start_date, booking.end_date) == (SPRING.first, APRIL - timedelta(days=1))
    other = queries.slot_for(PMO, rest.id)
    assert Period(other.start_date, other.end_date) == Period(APRIL, SPRING.last)
    assert [(row.code, row.level) for row in other.requirements] == [("risk-management", 3)]
    assert staffing.open_roles_count() == 2


def test_divided_by_share_both_parts_last_as_long(slot):
    services.divide_by_share("CRM-1", slot.id, 40, by=PMO)

    db.session.expire_all()
    rows = db.session.scalars(select(RoleSlot).order_by(RoleSlot.id)).all()
    assert [row.allocation for row in rows] == [40, 20]
    assert {(row.start_date, row.end_date) for row in rows} == {(SPRING.first, SPRING.last)}


@pytest.mark.parametrize("day", [SPRING.first, SPRING.last + timedelta(days=1)])
def test_a_part_without_days_is_refused(slot, day):
    with pytest.raises(Invalid):
        services.divide_by_time("CRM-1", slot.id, day, by=PMO)


def test_a_part_without_share_and_a_stranger_are_refused(slot):
    with pytest.raises(Invalid):
        services.divide_by_share("CRM-1", slot.id, 60, by=PMO)
    with pytest.raises(NotAllowed):
        services.divide_by_share("CRM-1", slot.id, 30, by=actor_of(make_person("Ada Lovelace")))


def test_weights_shortlist_and_wishes_hold_for_both_parts(slot):
    ada = make_person("Ada Lovelace")
    deciding.set_weights(slot.id, {"margin": 7}, by=PMO)
    deciding.shortlist(slot.id, ada.id, by=PMO)
    own.wish(slot.id, Wish.GLADLY, by=actor_of(ada))

    rest = services.divide_by_share("CRM-1", slot.id, 40, by=PMO)

    db.session.rollback()
    for part in (slot.id, rest.id):
        assert decided.weights_of(part)[PartName.MARGIN] == 7
        assert [one.person_id for one in decided.shortlist(part)] == [ada.id]
    assert set(own.queries.wishes_of(ada.id)) == {slot.id, rest.id}


def test_who_has_less_time_is_offered_a_part_and_the_rest_stays_open(slot, visitor: Visitor):
    attest(make_person("Ada Lovelace", capacity=40))
    make_person("Petra Osei", Role.PMO, capacity=0)
    visitor.log_in("petra@example.com", PASSWORD)
    page = visitor.open(f"/projects/CRM-1/roles/{slot.id}")
    (link,) = page.soup.select("#near a[href*='/division']")
    form = visitor.open(link["href"])
    assert form.soup.select_one("input[name=percent]")["value"] == "40"
    visitor.send(f"/projects/CRM-1/roles/{slot.id}/division/share", percent="40")
    first = visitor.open(f"/projects/CRM-1/roles/{slot.id}")
    assert "Ada Lovelace" in first.soup.select_one(".ranked").text
    assert staffing.open_roles_count() == 2
    odd = visitor.open(f"/projects/CRM-1/roles/{slot.id}/division?percent=x&rest_from=never")
    assert odd.status == 200


def test_a_role_that_somebody_is_asked_for_is_not_divided(slot):
    book(make_person("Ada Lovelace"), slot, BookingState.REQUESTED)

    with pytest.raises(Conflict, match="booked or asked"):
        services.divide_by_share("CRM-1", slot.id, 30, by=PMO)

    db.session.rollback()
    assert db.session.scalars(select(RoleSlot.allocation)).all() == [60]


def test_the_pmo_divides_on_a_page(slot, visitor: Visitor):
    make_person("Petra Osei", Role.PMO)
    visitor.log_in("petra@example.com", PASSWORD)
    address = f"/projects/CRM-1/roles/{slot.id}/division"
    assert visitor.open(f"/projects/CRM-1/roles/{slot.id}/edit").soup.select_one(
        f"a[href='{address}']"
    )
    visitor.open(address)

    assert visitor.send(f"{address}/share", percent="60").status == 422
    assert visitor.send(f"{address}/time", rest_from="2020-01-01").status == 422
    visitor.send(f"{address}/time", rest_from=APRIL.isoformat())
    visitor.send(f"{address}/share", percent="20")
    assert visitor.open("/projects/CRM-1").text.count("Risk manager") >= 3
