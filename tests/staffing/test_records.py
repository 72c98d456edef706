"""What sponsors say of work that has ended: once, for evidence, never of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.competence import queries as competence
from app.competence.models import Evidence
from app.competence.rules import EvidenceKind
from app.core import clock, db
from app.core.errors import Conflict, Invalid, NotVisible, Refusal
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import Project
from app.staffing.models import Booking
from app.staffing.records import queries, services
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import book, make_framework, make_project, make_slot
from tests.statements import counted
from tests.visitor import Visitor

ENDED = Period(date(2026, 1, 5), date(2026, 3, 27))
AFTER = date(2026, 4, 1)


@pytest.fixture
def ada(app: Flask) -> Person:
    make_framework()
    return make_person("Ada Lovelace")


@pytest.fixture
def sponsor(app: Flask) -> Person:
    return make_person("Sam Sponsor")


@pytest.fixture
def booking(ada: Person, sponsor: Person) -> Booking:
    return _book(ada, sponsor)


def _book(person: Person, sponsor: Person, code: str = "CRM") -> Booking:
    project = make_project(code)
    slot = make_slot(project, **_days(ENDED), must=(("risk-management", 2), ("planning", 3)))
    made = book(person, slot, BookingState.CONFIRMED)
    with db.transaction() as session:
        kept = session.get(Project, project.id)
        assert kept is not None
        kept.manager_id = sponsor.id
    return made


def _days(period: Period) -> dict[str, date]:
    return {"start_date": period.first, "end_date": period.last}


def say(booking: Booking, by: Person, today: date = AFTER, **levels: int) -> None:
    found = {code.replace("_", "-"): level for code, level in levels.items()}
    services.record_work(booking.id, found, "Kept the register", by=actor_of(by), today=today)


def test_the_levels_seen_are_evidence_from_the_last_day_of_the_work(
    booking: Booking, ada: Person, sponsor: Person
):
    say(booking, sponsor, risk_management=3, planning=0)

    claims = competence.claims_on([ada.id], ENDED.last)[ada.id]
    assert {code: claim.level for code, claim in claims.items()} == {"risk-management": 3}
    (piece,) = competence.evidence_of(ada.id)
    assert (piece.kind, piece.note) == (EvidenceKind.PROJECT, "Kept the register")
    assert (piece.valid_from, piece.valid_to) == (ENDED.last, date(2029, 3, 27))
    assert (
        piece.title == "Risk manager on CRM, said by Sam Sponsor" or "Risk manager" in piece.title
    )
    assert queries.waiting_for(actor_of(sponsor), AFTER, 10) == []


def test_once_and_only_after_the_end(booking: Booking, sponsor: Person):
    with pytest.raises(Conflict, match="not ended"):
        say(booking, sponsor, ENDED.last)
    say(booking, sponsor)
    with pytest.raises(Conflict, match="already"):
        say(booking, sponsor, planning=2)
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0


def test_many_at_once_are_one(booking: Booking, sponsor: Person):
    def send(_n: int) -> bool:
        try:
            say(booking, sponsor, planning=2)
        except Refusal:
            return False
        finally:
            db.session.remove()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(4))) == 1
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 1


def test_what_the_role_did_not_ask_for_and_levels_that_do_not_exist_are_refused(
    booking: Booking, sponsor: Person
):
    for levels in ({"leadership": 2}, {"planning": 6}, {"planning": -1}):
        with pytest.raises(Invalid):
            say(booking, sponsor, **levels)
    with pytest.raises(Invalid):
        services.record_work(booking.id, {}, " ", by=actor_of(sponsor), today=AFTER)


def test_only_the_sponsor_and_the_pmo_and_never_of_oneself(
    booking: Booking, ada: Person, sponsor: Person
):
    for who in (ada, make_person("Eve Stranger")):
        with pytest.raises(NotVisible):
            say(booking, who)
    own = _book(sponsor, sponsor, "OWN")
    with pytest.raises(NotVisible):
        say(own, sponsor)
    pmo = make_person("Petra Osei", Role.PMO)
    actor = actor_of(pmo, Role.PMO)
    services.record_work(booking.id, {}, "Fine", by=actor, today=AFTER)


def test_from_the_list_to_the_word_in_the_browser(
    booking: Booking, ada: Person, sponsor: Person, visitor: Visitor
):
    visitor.log_in(sponsor.email, PASSWORD)
    assert "Ada Lovelace" in visitor.open("/bookings/records").text
    address = f"/bookings/{booking.id}/record"
    visitor.open(address)
    assert visitor.send(address, level_planning="2").status == 422
    fields = {"level_planning": "2", "level_risk_management": "0", "note": "Planned well"}
    assert visitor.send(address, **fields).status == 302
    assert "Planned well" in visitor.open(address).text
    assert competence.claims_on([ada.id], clock.today())[ada.id]["planning"].level == 2
    assert visitor.open("/bookings/999999/record").status == 404


def test_work_that_goes_on_is_not_asked_about(ada: Person, sponsor: Person, visitor: Visitor):
    project = make_project("NOW")
    ahead = Period(clock.today(), clock.today() + timedelta(30))
    going_on = book(ada, make_slot(project, **_days(ahead)), BookingState.CONFIRMED)
    pmo = make_person("Petra Osei", Role.PMO)
    visitor.log_in(pmo.email, PASSWORD)
    assert "has not ended yet" in visitor.open(f"/bookings/{going_on.id}/record").text


def test_as_many_statements_for_three_as_for_one(ada: Person, sponsor: Person, visitor: Visitor):
    visitor.log_in(sponsor.email, PASSWORD)
    numbers = []
    for code in ("A", "B", "C"):
        _book(ada, sponsor, code)
        with counted() as statements:
            visitor.open("/bookings/records")
        numbers.append(len(statements))
    assert numbers[0] == numbers[-1]
