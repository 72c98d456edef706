"""The role page, the portfolio and one's own bookings, as a browser meets them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import Person
from app.accounts.queries import person_by_email
from app.core import clock
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing import queries, services
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, make_person
from tests.staffing.world import (
    BASE,
    PMO,
    absent,
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
    make_training,
    speak,
    states_of,
)
from tests.statements import counted
from tests.visitor import Visitor

S = BookingState


@pytest.fixture
def pmo(app: Flask) -> Visitor:
    make_person("Petra Osei", Role.PMO, capacity=0)
    visitor = Visitor(app)
    visitor.log_in("petra@example.com", PASSWORD)
    return visitor


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    make_certification()
    return make_slot(
        make_project(),
        must=[("risk-management", 3), ("prince2-practitioner", None)],
        want=[("planning", 4), ("language:de", None)],
    )


def qualified(name: str) -> Person:
    person = make_person(name)
    attest(person)
    hold(person)
    return person


def address_of(slot: RoleSlot) -> str:
    return f"/projects/CRM-1/roles/{slot.id}"


# --- The role page -------------------------------------------------------------------------


def test_a_role_ranks_who_qualifies_with_parts_in_words_and_bars(pmo: Visitor, slot: RoleSlot):
    good, better = qualified("Good Enough"), qualified("Better Still")
    attest(better, "planning", level=4)
    speak(better, "de")

    page = pmo.open(address_of(slot))

    names = [one.text for one in page.soup.select(".ranked .person-name")]
    assert names == [better.name, good.name]
    first = page.soup.select_one(".ranked")
    labels = [one.text for one in first.select(".bar-label")]
    assert labels == ["Wanted", "Margin", "Evidence", "Time to spare"]
    assert "50 of 50" in first.text
    assert "Planning 4, wanted 4; German: yes" in " ".join(first.text.split())


def test_near_misses_name_every_reason_and_the_training(pmo: Visitor, slot: RoleSlot):
    make_training()
    ada = make_person("Ada Lovelace")
    attest(ada, level=2)
    hold(ada, until=date(2031, 5, 14))
    text = pmo.open(address_of(slot)).text
    assert "Nobody qualifies on every day" in text
    assert "Risk management 2, needs 3" in text
    assert "Course Risk management essentials, 1 h 35 min: ready by" in text
    assert "Renew PRINCE2 Practitioner by 15 May 2031." in text
    assert "PRINCE2 Practitioner lapses after 14 May 2031, inside the role" in text
    assert "2 reasons short" in text
    assert "2 people no PRINCE2 Practitioner, or not throughout" in text


def test_the_whole_way_of_a_booking_from_the_list(pmo: Visitor, slot: RoleSlot, app: Flask):
    ada = qualified("Ada Lovelace")
    page = pmo.open(address_of(slot))
    form = page.soup.select_one(".ranked-actions form")
    assert form["action"] == f"{address_of(slot)}/bookings"

    assert pmo.send(form["action"], person=ada.id, state="proposed").status == 302
    assert "Proposed" in pmo.open(address_of(slot)).text
    steps = f"{address_of(slot)}/bookings/1/state"
    assert pmo.send(steps, state="requested").status == 302
    assert pmo.send(steps, state="confirmed").status == 302
    filled = pmo.open(address_of(slot))
    assert "Filled" in filled.text
    assert filled.soup.select('.ranked-actions form[action$="bookings"]') == []
    assert pmo.send(steps, state="released", reason="Postponed").status == 302
    assert states_of(slot) == [S.RELEASED]
    history = pmo.open(address_of(slot)).soup.select("#history .timeline-title")
    assert [one.text for one in history] == [
        "Ada Lovelace: Released",
        "Ada Lovelace: Confirmed",
        "Ada Lovelace: Asked",
        "Ada Lovelace: Proposed",
    ]


def test_whoever_is_on_a_role_and_does_not_fit_any_more_is_marked(
    pmo: Visitor, slot: RoleSlot, app: Flask
):
    ada = qualified("Ada Lovelace")
    address = f"/projects/CRM-1/roles/{slot.id}"
    book(ada, slot, S.CONFIRMED)
    assert "Not met as things are now" not in pmo.open(address).text
    absent(ada, Period(slot.start_date, slot.start_date), percent=80)
    row = pmo.open(address).soup.select_one("#bookings li")
    assert "Not met as things are now" in row.text
    assert "20 % free in 2031-W10, needs 60 %" in row.text


def test_whoever_is_on_a_role_and_is_far_off_is_told_with_every_reason(
    pmo: Visitor, slot: RoleSlot, app: Flask
):
    """Further than those who are listed, and all the same not simply gone."""
    stranger = make_person("Far Off", capacity=20)
    book(stranger, slot, S.CONFIRMED)
    row = pmo.open(address_of(slot)).soup.select_one("#bookings li")
    assert "not active any more" not in row.text
    assert len(row.select(".reason")) >= 3


def test_over_booking_is_refused_409_with_the_weeks_named(pmo: Visitor, slot: RoleSlot):
    ada = qualified("Ada Lovelace")
    absent(ada, Period(date(2031, 3, 17), date(2031, 3, 17)))
    pmo.open(address_of(slot))
    page = pmo.send(f"{address_of(slot)}/bookings", person=ada.id, state="requested")
    assert page.status == 409
    assert "2031-W12" in page.soup.select_one("[role=alert]").text
    assert states_of(slot) == []


def test_who_does_not_qualify_is_refused_with_the_reason(pmo: Visitor, slot: RoleSlot):
    ada = make_person("Ada Lovelace")
    hold(ada)
    pmo.open(address_of(slot))
    page = pmo.send(f"{address_of(slot)}/bookings", person=ada.id, state="proposed")
    assert page.status == 409
    assert "Risk management 0, needs 3" in page.soup.select_one("[role=alert]").text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"person": "x", "state": "proposed"}, 422),
        ({"person": "99999999999999999999", "state": "proposed"}, 422),
        ({"person": "1", "state": "confirmed"}, 422),
        ({"person": "4711", "state": "proposed"}, 404),
    ],
)
def test_what_no_list_offers_is_refused(
    pmo: Visitor, slot: RoleSlot, fields: dict[str, str], status: int
):
    pmo.open(address_of(slot))
    assert pmo.send(f"{address_of(slot)}/bookings", **fields).status == status


def test_a_step_of_no_booking_or_no_state_is_refused(pmo: Visitor, slot: RoleSlot):
    ada = qualified("Ada Lovelace")
    booking = services.propose(slot.id, ada.id, by=PMO)
    pmo.open(address_of(slot))
    assert pmo.send(f"{address_of(slot)}/bookings/77/state", state="requested").status == 404
    steps = f"{address_of(slot)}/bookings/{booking.id}/state"
    assert pmo.send(steps, state="declined").status == 422
    assert pmo.send(steps, state="confirmed").status == 409


def test_the_role_page_asks_as_often_for_thirty_people_as_for_two(pmo: Visitor, slot: RoleSlot):
    make_training()
    ada = qualified("Ada Lovelace")
    hold(make_person("Ben Okri"))
    pmo.open(address_of(slot))  # reads the courses, which are kept
    services.propose(slot.id, ada.id, by=PMO)
    with counted() as few:
        pmo.open(address_of(slot))
    for number in range(30):
        person = qualified(f"Person{number} Example") if number % 2 else None
        person = person or make_person(f"Person{number} Example")
        if number % 4 == 1:
            services.propose(slot.id, person.id, by=PMO)
    with counted() as many:
        pmo.open(address_of(slot))
    assert len(many) == len(few)


def test_long_lists_are_paged_each_by_itself(pmo: Visitor, slot: RoleSlot):
    for number in range(20):
        qualified(f"Good{number} Example")
        make_person(f"Bad{number} Example")
    first = pmo.open(address_of(slot))
    assert len(first.soup.select(".ranked")) == 15
    second = pmo.open(f"{address_of(slot)}?page=2&near=2")
    assert len(second.soup.select(".ranked")) == 5
    assert second.soup.select_one(".ranked-place").text == "16"
    for address in ("?page=99", "?page=x&near=-4", "?endpoint=1&code=2&_external=3"):
        assert pmo.open(address_of(slot) + address).status == 200


# --- One's own bookings --------------------------------------------------------------------


@pytest.fixture
def ada(app: Flask) -> Visitor:
    make_person("Ada Lovelace")
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    return visitor


def ask_ada(title: str = "Risk manager") -> tuple[RoleSlot, int]:
    person = person_by_email("ada@example.com")
    slot = make_slot(make_project(f"P-{title[:8]}"), title, allocation=60)
    return slot, services.ask(slot.id, person.id, by=PMO, base_url=BASE).id


def test_a_request_is_accepted(ada: Visitor):
    assert "You are booked on nothing" in ada.open("/bookings").text
    slot, booking_id = ask_ada()
    assert "Risk manager" in ada.open("/bookings").text
    assert ada.send(f"/bookings/{booking_id}/answer", state="confirmed").status == 302
    assert states_of(slot) == [S.CONFIRMED]
    page = ada.open("/bookings")
    assert "Booked" in page.text
    assert page.soup.select_one("#asked") is None


def test_a_request_is_declined_with_a_reason(ada: Visitor):
    slot, booking_id = ask_ada()
    ada.open("/bookings")
    silent = ada.send(f"/bookings/{booking_id}/answer", state="declined")
    assert silent.status == 422
    assert "Say in a word or two why" in silent.text
    sent = ada.send(f"/bookings/{booking_id}/answer", state="declined", reason="On leave")
    assert sent.status == 302
    assert states_of(slot) == [S.DECLINED]
    assert "On leave" in ada.open("/bookings").text


def test_accepting_what_no_longer_fits_is_refused_with_the_weeks(ada: Visitor):
    first_slot, first = ask_ada("First")
    second_slot, second = ask_ada("Second")
    ada.open("/bookings")
    ada.send(f"/bookings/{first}/answer", state="confirmed")
    page = ada.send(f"/bookings/{second}/answer", state="confirmed")
    assert page.status == 409
    assert "2031-W10 to 2031-W26" in page.text
    assert (states_of(first_slot), states_of(second_slot)) == ([S.CONFIRMED], [S.REQUESTED])


def test_nobody_answers_for_somebody_else_not_even_the_pmo(ada: Visitor, pmo: Visitor):
    slot, booking_id = ask_ada()
    pmo.open("/bookings")
    assert pmo.send(f"/bookings/{booking_id}/answer", state="confirmed").status == 404
    assert states_of(slot) == [S.REQUESTED]
    assert "Risk manager" not in pmo.open("/bookings").text


def test_ones_bookings_ask_as_often_for_five_as_for_one(ada: Visitor):
    ask_ada("One")
    with counted() as few:
        ada.open("/bookings")
    for number in range(5):
        ask_ada(f"{number} more")
    with counted() as many:
        ada.open("/bookings")
    assert len(many) == len(few)


# --- The portfolio -------------------------------------------------------------------------


def test_the_portfolio_shows_loads_and_open_roles(pmo: Visitor, slot: RoleSlot):
    ada = qualified("Ada Lovelace")
    other = make_slot(make_project("CRM-2"), "Scheduler", allocation=40)
    book(ada, other, S.CONFIRMED, percent=40)
    absent(ada, Period(date(2031, 3, 17), date(2031, 3, 23)))

    page = pmo.open("/staffing?from=2031-03-03&to=2031-03-30&q=ada")

    row = page.soup.select_one(".load-grid tbody tr")
    assert [cell.text.strip() for cell in row.select("td")] == [
        "40",
        "40",
        "!40 over capacity",
        "40",
    ]
    assert "load-over" in row.select("td")[2]["class"]
    assert row.select("td")[0]["title"] == "2031-W10: 40 % of 100 % booked"
    roles = page.soup.select("#roles tbody tr")
    assert [one.select_one("th").text.strip() for one in roles] == ["Risk manager"]
    assert "nobody" in roles[0].text


def test_open_roles_count_who_qualifies(pmo: Visitor, slot: RoleSlot):
    qualified("Ada Lovelace")
    qualified("Grace Hopper")
    make_person("Eve Stranger")
    page = pmo.open("/staffing")
    assert "2 people" in page.soup.select_one("#roles tbody tr").text
    assert queries.open_roles_count() == 1


def test_over_filled_closed_and_ended_roles_are_not_open(app: Flask):
    ada = make_person("Ada Lovelace")
    project = make_project()
    past = clock.today() - timedelta(days=10)
    make_slot(project, "Over", start_date=past, end_date=past)
    make_slot(project, "Closed", closed_at=clock.now())
    book(ada, make_slot(project, "Filled"), S.CONFIRMED)
    make_slot(make_project("OLD-1", state="cancelled"), "Ended")
    asked = make_slot(project, "Asked")
    book(ada, asked, S.REQUESTED)
    assert queries.open_roles_count() == 1
    assert queries.open_roles_by_project([project.id]) == {project.id: 1}


def test_weeks_somebody_is_not_employed_show_as_not_available(pmo: Visitor):
    make_person("Temp Person", employed_to=date(2031, 3, 9))
    page = pmo.open("/staffing?from=2031-03-03&to=2031-03-16&q=temp")
    classes = [cell["class"][1] for cell in page.soup.select(".load-grid tbody td")]
    assert classes == ["load-free", "load-away"]


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y",
        "from=2031-03-30&to=2031-03-01",
        "from=0001-01-01",
        "from=2031-01-01&to=2199-01-01",
        "page=9&roles=9",
        "endpoint=x&_anchor=y&values=z",
    ],
)
def test_strange_weeks_and_pages_are_no_fault(pmo: Visitor, query: str):
    page = pmo.open(f"/staffing?{query}")
    assert page.status == 200
    assert len(page.soup.select(".load-grid thead th")) <= 54


def test_the_portfolio_asks_as_often_for_many_as_for_one(pmo: Visitor, slot: RoleSlot):
    ada = qualified("Ada Lovelace")
    book(ada, make_slot(make_project("X-0")), S.CONFIRMED)
    with counted() as few:
        pmo.open("/staffing")
    for number in range(12):
        person = qualified(f"Person{number} Example")
        make_slot(make_project(f"Y-{number}"), must=[("planning", number % 5 + 1)])
        book(person, make_slot(make_project(f"X-{number + 1}")), S.CONFIRMED)
    with counted() as many:
        pmo.open("/staffing")
    assert len(many) == len(few)


def test_a_request_is_between_the_person_their_line_manager_and_the_pmo(app: Flask):
    maria = make_person("Maria Manager", Role.MENTOR)
    ada = make_person("Ada Lovelace", line_manager_id=maria.id)
    make_person("Ruth Mentor", Role.MENTOR)
    make_person("Petra Osei", Role.PMO)
    project = make_project("CRM-2", title="Ledger")
    book(ada, make_slot(project, "Agreed"), S.CONFIRMED)
    book(ada, make_slot(project, "Waited for"), S.REQUESTED)
    book(ada, make_slot(project, "Thought of"), S.PROPOSED)

    def told(name: str) -> list[str]:
        reader = Visitor(app)
        reader.log_in(f"{name}@example.com", PASSWORD)
        page = reader.open(f"/people/{ada.id}")
        return [one.text for one in page.soup.select("#bookings strong")]

    assert told("ruth") == ["Agreed"]
    assert sorted(told("maria")) == sorted(told("petra")) == ["Agreed", "Waited for"]


def test_other_features_read_bookings(app: Flask):
    ada = make_person("Ada Lovelace")
    slot = make_slot(make_project())
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    assert [one.id for one in queries.open_requests_for(ada.id)] == [booking.id]
    (found,) = queries.bookings_of(ada.id)
    assert (found.slot.title, found.slot.project.code) == ("Risk manager", "CRM-1")
    assert [step.state for step in found.steps] == [S.REQUESTED]
