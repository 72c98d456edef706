"""One's bookings in one's own calendar program, under an address that can be closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from app.accounts.models import Person
from app.core import db
from app.projects.models import RoleSlot
from app.staffing.feeds import queries as feeds
from app.staffing.feeds import services as addresses
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import book, make_project, make_slot
from tests.visitor import Visitor

S = BookingState


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person("Ada Lovelace")


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    return make_slot(make_project())


# --- Calendars -----------------------------------------------------------------------------


def events_of(visitor: Visitor, address: str) -> dict[str, dict]:
    answer = visitor.open(address)
    assert answer.status == 200
    assert answer.response.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.response.get_data())
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_ones_bookings_stand_in_ones_own_calendar(app, ada, slot, visitor: Visitor):
    asked = book(ada, slot, S.REQUESTED)
    agreed = book(ada, make_slot(make_project("ERP-2"), "Scheduler"), S.CONFIRMED)
    book(ada, make_slot(make_project("NEW-3")), S.PROPOSED)
    book(make_person("Ben Other"), slot, S.REQUESTED)
    visitor.log_in(ada.email, PASSWORD)
    visitor.open("/bookings/calendar")
    page = visitor.send("/bookings/calendar")
    address = page.soup.select_one("code").text
    assert address not in visitor.open("/bookings/calendar").text
    path = address.partition("localhost")[2] or address.partition("cadre.test")[2]
    found = events_of(Visitor(app), path)
    assert set(found) == {f"booking-{asked.id}@cadre", f"booking-{agreed.id}@cadre"}
    event = found[f"booking-{agreed.id}@cadre"]
    assert str(event["summary"]) == "Scheduler, Customer portal (60 %)"
    assert event.decoded("dtstart") == agreed.start_date
    assert event.decoded("dtend") == agreed.end_date + timedelta(days=1)
    assert str(event["status"]) == "CONFIRMED"
    assert str(found[f"booking-{asked.id}@cadre"]["status"]) == "TENTATIVE"


def test_a_closed_address_tells_nothing(app, ada, visitor: Visitor):
    first = addresses.make(by=actor_of(ada))
    second = addresses.make(by=actor_of(ada))
    stranger = Visitor(app)
    assert stranger.open(f"/calendars/bookings/{first}.ics").status == 404
    assert stranger.open(f"/calendars/bookings/{second}.ics").status == 200
    (feed,) = feeds.feeds_of(ada.id)
    visitor.log_in(make_person("Ben Other").email, PASSWORD)
    visitor.open("/bookings/calendar")
    assert visitor.send(f"/bookings/calendar/{feed.id}/revocation").status == 404
    owner = Visitor(app)
    owner.log_in(ada.email, PASSWORD)
    owner.open("/bookings/calendar")
    assert owner.send(f"/bookings/calendar/{feed.id}/revocation").status == 302
    assert stranger.open(f"/calendars/bookings/{second}.ics").status == 404


def test_the_address_of_somebody_who_left_tells_nothing(app, ada):
    token = addresses.make(by=actor_of(ada))
    with db.transaction() as session:
        session.get_one(Person, ada.id).active = False
    assert Visitor(app).open(f"/calendars/bookings/{token}.ics").status == 404
    assert Visitor(app).open("/calendars/bookings/nothing.ics").status == 404
