"""Line managers: who may be one, what they see, and answers for their people."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask

from app.accounts import queries as accounts
from app.accounts import services as account_services
from app.accounts.models import Person
from app.accounts.rules import goes_in_a_circle
from app.accounts.services import Profile
from app.core import db, jobs
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import SYSTEM, Role
from app.projects.models import RoleSlot
from app.staffing import services
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, book, make_project, make_slot, states_of
from tests.statements import counted
from tests.visitor import Visitor

S = BookingState


@pytest.fixture
def maria(app: Flask) -> Person:
    return make_person("Maria Manager")


@pytest.fixture
def ada(maria: Person) -> Person:
    return make_person("Ada Lovelace", line_manager_id=maria.id)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    return make_slot(make_project())


@pytest.mark.parametrize(
    ("person", "manager", "managers", "circle"),
    [
        (1, 1, {}, True),
        (1, 2, {}, False),
        (1, 2, {2: 1}, True),
        (1, 2, {2: 3, 3: 1}, True),
        (1, 2, {2: 3, 3: 4}, False),
        (1, 2, {2: 3, 3: 2}, False),
    ],
)
def test_nobody_comes_to_manage_themselves(person, manager, managers, circle):
    assert goes_in_a_circle(person, manager, managers) is circle


def test_the_line_manager_is_named_by_address_and_kept(app: Flask, maria: Person):
    ben = make_person("Ben Other")

    profile = Profile(name="Ben Other", line_manager=" Maria@example.com")
    account_services.change_person(ben.id, profile, [Role.LEARNER], True, by=SYSTEM)

    assert accounts.person(ben.id).line_manager_id == maria.id


def test_a_circle_and_an_unknown_address_are_refused(ada: Person, maria: Person):
    below = Profile(name="Maria Manager", line_manager="ada@example.com")
    with pytest.raises(Conflict, match="own line manager"):
        account_services.change_person(maria.id, below, [Role.LEARNER], True, by=SYSTEM)
    unknown = Profile(name="Maria Manager", line_manager="nobody@example.com")
    with pytest.raises(Invalid, match="Nobody active"):
        account_services.change_person(maria.id, unknown, [Role.LEARNER], True, by=SYSTEM)
    db.session.rollback()
    assert accounts.line_managers() == {ada.id: maria.id}


def test_the_admin_enters_the_line_manager_with_the_person(ada, visitor: Visitor):
    make_person("Sofia Admin", Role.ADMIN)
    visitor.log_in("sofia@example.com", PASSWORD)

    page = visitor.open(f"/admin/people/{ada.id}")
    assert page.soup.select_one("[name=line_manager]")["value"] == "maria@example.com"


def test_the_line_manager_answers_for_their_person_and_nobody_elses(ada, maria, slot):
    other = make_person("Omar Other")
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    with pytest.raises(NotVisible):
        services.confirm(booking.id, by=actor_of(other), base_url=BASE)
    with pytest.raises(NotAllowed):
        services.release(booking.id, by=actor_of(maria), base_url=BASE)

    services.confirm(booking.id, by=actor_of(maria), base_url=BASE)

    assert states_of(slot) == [S.CONFIRMED]


def test_the_line_manager_does_not_learn_of_a_proposal(ada, maria, slot):
    booking = book(ada, slot, S.PROPOSED)
    with pytest.raises(NotVisible):
        services.decline(booking.id, by=actor_of(maria), reason="No")


def test_a_request_is_told_to_the_line_manager_and_their_refusal_to_the_person(
    ada, maria, slot, outbox
):
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    services.decline(booking.id, by=actor_of(maria), reason="She is needed here.")
    jobs.run_due()

    letters = [message_from_bytes(one.read_bytes(), policy=default) for one in outbox.glob("*.eml")]
    told = {(str(one["To"]), str(one["Subject"])): one.get_content() for one in letters}
    to_manager = told["maria@example.com", "Ada Lovelace is asked for: Risk manager"]
    assert f"{BASE}/desk" in to_manager and "expires at the end of" in to_manager
    asked = told["ada@example.com", "You are asked for: Risk manager"]
    assert "expires at the end of" in asked
    assert ("ada@example.com", "A request for you is declined: Risk manager") in told


def test_the_desk_shows_ones_people_and_takes_answers(ada, maria, slot, visitor: Visitor):
    make_person("Omar Other")
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    visitor.log_in("maria@example.com", PASSWORD)

    assert visitor.open("/").soup.select_one("a[href='/desk']")
    page = visitor.open("/desk")
    assert "Ada Lovelace" in page.text and "Omar Other" not in page.text
    assert visitor.send(f"/desk/bookings/{booking.id}/answer", state="declined").status == 422
    visitor.send(f"/desk/bookings/{booking.id}/answer", state="declined", reason="Holiday")
    assert states_of(slot) == [S.DECLINED]


def test_weeks_before_and_after_can_be_looked_at(ada, maria, slot, visitor: Visitor):
    book(ada, slot, S.CONFIRMED)
    visitor.log_in("maria@example.com", PASSWORD)
    page = visitor.open("/desk?from=2031-03-05")
    assert page.soup.select_one(".load-grid td")["title"] == "2031-W10: 60 % of 100 % booked"
    assert len(page.soup.select(".load-grid tbody td")) == 13
    _earlier, later = page.soup.select("#load a.button")
    assert later["href"] == "/desk?from=2031-06-02#load"
    assert visitor.open("/desk?from=never").status == 200
    assert visitor.open("/desk?from=9999-12-31").status == 200


def test_who_answers_what_was_answered_meanwhile_is_told_so(ada, maria, slot, app):
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    manager, owner = Visitor(app), Visitor(app)
    manager.log_in(maria.email, PASSWORD)
    owner.log_in(ada.email, PASSWORD)
    manager.open("/desk")
    owner.open("/bookings")
    assert manager.send(f"/desk/bookings/{booking.id}/answer", state="confirmed").status == 302
    for visitor, address in ((owner, "/bookings"), (manager, "/desk/bookings")):
        late = visitor.send(f"{address}/{booking.id}/answer", state="declined", reason="No")
        assert late.status == 409
        assert "moved on meanwhile" in late.soup.select_one("[role=alert]").text
    assert states_of(slot) == [S.CONFIRMED]


def test_the_desk_of_a_stranger_is_empty_and_not_linked(ada, slot, visitor: Visitor):
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    make_person("Omar Other")
    visitor.log_in("omar@example.com", PASSWORD)

    assert visitor.open("/").soup.select_one("a[href='/desk']") is None
    assert "Ada" not in visitor.open("/desk").text
    sent = visitor.send(f"/desk/bookings/{booking.id}/answer", state="confirmed")
    assert sent.status == 404


def test_the_desk_asks_as_often_for_one_as_for_three(ada, maria, slot, visitor: Visitor):
    book(ada, slot, S.REQUESTED)
    visitor.log_in("maria@example.com", PASSWORD)
    visitor.open("/desk")
    with counted() as one:
        visitor.open("/desk")
    for name in ("Cleo Third", "Dora Fourth"):
        more = make_person(name, line_manager_id=maria.id)
        book(more, make_slot(make_project(name[:3].upper())), S.REQUESTED)
    with counted() as three:
        visitor.open("/desk")
    assert len(one) == len(three)
