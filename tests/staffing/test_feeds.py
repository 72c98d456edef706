"""One's bookings in one's own calendar program, under an address that can be closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from app.accounts.models import Person
from app.core import db
from app.projects.models import RoleShare, RoleSlot
from app.staffing import services
from app.staffing.feeds import queries as feeds
from app.staffing.feeds import services as addresses
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, book, make_project, make_slot
from tests.statements import counted
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


def test_a_calendar_is_whole_and_says_what_a_day_cannot(app, ada):
    slot = make_slot(make_project(title="Portal; phase 2, \\ “new”"), "Risk manager")
    with db.transaction() as session:
        day = slot.start_date
        session.add(RoleShare(slot_id=slot.id, first=day, last=day, percent=20))
    booking = book(ada, slot, S.REQUESTED, answer_by=date(2031, 2, 20))
    token = addresses.make(by=actor_of(ada))
    answer = Visitor(app).open(f"/calendars/bookings/{token}.ics")
    raw = answer.response.get_data()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    calendar = Calendar.from_ical(raw)
    assert (str(calendar["version"]), str(calendar["prodid"])) == ("2.0", "-//Cadre//Bookings//EN")
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    assert str(event["uid"]) == f"booking-{booking.id}@cadre"
    assert event.decoded("dtstamp").tzinfo is not None
    assert event["dtstart"].params["value"] == "DATE"
    assert str(event["summary"]) == "Asked: Risk manager, Portal; phase 2, \\ “new” (60 %)"
    assert str(event["description"]) == (
        "On some days less: 20 % from 3 Mar 2031 to 3 Mar 2031.\nPlease answer by 20 February 2031."
    )


def test_what_is_over_leaves_the_calendar(app, ada, slot):
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    path = f"/calendars/bookings/{addresses.make(by=actor_of(ada))}.ics"
    assert set(events_of(Visitor(app), path)) == {f"booking-{booking.id}@cadre"}
    services.release(booking.id, by=PMO, base_url=BASE)
    assert events_of(Visitor(app), path) == {}


def test_a_calendar_asks_as_often_for_many_as_for_one(app, ada, slot):
    book(ada, slot, S.CONFIRMED)
    path = f"/calendars/bookings/{addresses.make(by=actor_of(ada))}.ics"
    with counted() as few:
        Visitor(app).open(path)
    for number in range(6):
        book(ada, make_slot(make_project(f"P-{number}")), S.CONFIRMED)
    with counted() as many:
        assert len(events_of(Visitor(app), path)) == 7
    assert len(many) == len(few)


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
