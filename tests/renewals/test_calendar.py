"""The calendar of what lapses, its feed, and certificates beside certifications."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from app.accounts.models import Person, PersonRole
from app.core import db
from app.core.policy import Role
from app.core.values import Duration, Period, Unit
from app.renewals import queries, services
from app.renewals.rules import Kind
from tests.cast import PASSWORD, actor_of, make_person
from tests.competence.certifications import hold, publish
from tests.credentials.test_services import TERMS, certificates, issue, passed
from tests.learning import courses
from tests.learning.courses import make_course
from tests.statements import counted
from tests.visitor import Visitor

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_february():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    courses.publish(make_course(certificate=TERMS))
    return make_person("Ada Lovelace")


@pytest.fixture
def own(app: Flask, ada: Person) -> Visitor:
    return logged_in(app, "ada@example.com")


def logged_in(app: Flask, address: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(address, PASSWORD)
    return visitor


def make_certificate(person: Person) -> None:
    """Issued on 10 March 2025, in force until 10 March 2027."""
    issue(passed(person, datetime(2025, 3, 10, 9, tzinfo=UTC)))


def test_certificates_of_ours_lapse_beside_certifications_of_others(ada: Person):
    hold(ada)
    make_certificate(ada)
    found = queries.lapses(Period(date(2027, 2, 1), date(2027, 12, 31)))
    assert [(one.kind, one.title, one.last) for one in found] == [
        (Kind.CERTIFICATE, "Risk practitioner (internal)", date(2027, 3, 10)),
        (Kind.CERTIFICATION, "Exam Only", date(2027, 3, 31)),
    ]


def test_a_certificate_is_reminded_of_too_and_no_more_once_it_was_renewed(ada: Person):
    make_certificate(ada)
    assert services.remind(datetime(2027, 2, 10, tzinfo=UTC), "http://x") == 1
    issue(passed(ada, datetime(2027, 2, 20, 9, tzinfo=UTC)))
    assert services.remind(datetime(2027, 3, 10, tzinfo=UTC), "http://x") == 0


def test_the_calendar_shows_ones_own_by_month_and_the_pmo_everybodys(
    app: Flask, own: Visitor, ada: Person
):
    hold(ada)
    make_certificate(ada)
    hold(ada, "by-points", expires_on=date(2027, 1, 20))
    page = own.open("/certifications/calendar?whose=everybody")
    assert "Wednesday, 31 March 2027" in page.soup.find(id="month-2027-03-01").get_text(" ")
    assert "In grace until 19 Feb 2027" in page.soup.find(id="lapsed").text
    assert "Ada Lovelace," not in page.text

    make_person("Petra Osei", Role.PMO)
    pmo = logged_in(app, "petra@example.com")
    assert "Nothing lapses in the next twelve months." in pmo.open("/certifications/calendar").text
    assert "Ada Lovelace," in pmo.open("/certifications/calendar?whose=everybody").text


def feed_of(visitor: Visitor, **fields: str) -> str:
    """The path of a new secret address."""
    visitor.open("/certifications/calendar")
    page = visitor.send("/certifications/calendar/addresses", **fields)
    assert page.status == 200
    address = page.soup.find("code").text
    assert address not in visitor.open("/certifications/calendar").text
    return address.removeprefix("http://localhost")


def test_a_feed_is_read_by_whoever_has_its_address(app: Flask, own: Visitor, ada: Person):
    held = hold(ada)
    make_certificate(ada)
    answer = Visitor(app).client.get(feed_of(own))

    assert answer.content_type == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == [
        "Lapses: Risk practitioner (internal), Ada Lovelace",
        "Lapses: Exam Only, Ada Lovelace",
    ]
    last = events[1]
    assert (last.start, last.end) == (date(2027, 3, 31), date(2027, 4, 1))
    assert str(last["url"]).endswith(f"/certifications/{held}")
    assert last.walk("VALARM")[0]["trigger"].dt == timedelta(days=-30)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_feed_ends_when_it_is_closed_and_with_its_owner(app: Flask, own: Visitor, ada: Person):
    first, second = feed_of(own), feed_of(own)
    stranger = Visitor(app)
    assert [stranger.client.get(path).status_code for path in (first, second)] == [200, 200]

    (newest, _oldest) = queries.feeds_of(actor_of(ada))
    own.open("/certifications/calendar")
    own.send(f"/certifications/calendar/addresses/{newest.id}/revocation")
    assert [stranger.client.get(path).status_code for path in (first, second)] == [200, 404]
    with db.transaction() as session:
        session.get(Person, ada.id).active = False
    assert stranger.client.get(first).status_code == 404
    assert stranger.client.get("/calendars/guess.ics").status_code == 404


def test_everybodys_feed_is_the_pmos_as_long_as_they_are_of_it(app: Flask, ada: Person):
    hold(ada)
    petra = make_person("Petra Osei", Role.PMO)
    pmo = logged_in(app, "petra@example.com")
    path = feed_of(pmo, whose="everybody")
    assert b"Ada Lovelace" in Visitor(app).client.get(path).data

    with db.transaction() as session:
        session.delete(session.get(PersonRole, (petra.id, Role.PMO)))
    assert Visitor(app).client.get(path).status_code == 404


def test_nobody_else_makes_everybodys_feed_and_ten_are_enough(own: Visitor, ada: Person):
    own.open("/certifications/calendar")
    refused = own.send("/certifications/calendar/addresses", whose="everybody")
    assert refused.status == 403
    for _n in range(10):
        feed_of(own)
    assert own.send("/certifications/calendar/addresses").status == 409


def test_the_calendar_takes_as_many_statements_for_many_as_for_one(app: Flask, ada: Person):
    make_person("Petra Osei", Role.PMO)
    pmo = logged_in(app, "petra@example.com")

    def statements() -> int:
        with counted() as sent:
            assert pmo.open("/certifications/calendar?whose=everybody").status == 200
        return len(sent)

    hold(ada)
    few = statements()
    for n in range(4):
        hold(make_person(f"Person{n} Other"))
    make_certificate(ada)
    assert statements() == few


@pytest.mark.parametrize(
    ("day", "certification", "certificate"),
    [
        (date(2026, 12, 1), "In force", "In force"),
        (date(2027, 1, 15), "In force, due for renewal", "In force, due for renewal"),
        (date(2027, 3, 10), "In force, due for renewal", "In force, due for renewal"),
        (date(2027, 3, 11), "In force, due for renewal", "Expired, in grace"),
        (date(2027, 4, 9), "Expired, in grace", "Expired, in grace"),
        (date(2027, 4, 10), "Expired, in grace", "Expired"),
        (date(2027, 5, 1), "Expired", "Expired"),
    ],
)
def test_what_somebody_meets_over_a_renewal_window(
    app: Flask, day: date, certification: str, certificate: str
):
    """Logged in on each day anew: a session does not last from one to the next."""
    publish()
    courses.publish(make_course(certificate=replace(TERMS, grace=Duration(30, Unit.DAYS))))
    ada = make_person("Ada Lovelace")
    hold(ada)
    make_certificate(ada)
    with time_machine.travel(datetime.combine(day, time(12), UTC), tick=False):
        own = logged_in(app, "ada@example.com")
        page = own.open(f"/certificates/{certificates()[0].serial}")
        assert ("To the course" in page.text) is (certificate != "In force")
        badges = [
            own.open(address).soup.select_one("tbody .badge").get_text(" ", strip=True)
            for address in ("/certifications", "/certificates")
        ]
    assert badges == [certification, certificate]
