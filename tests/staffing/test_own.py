"""What staffing says of oneself: one's matches and reasons, wishes, objections, staying out."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import Role
from app.projects.models import RoleShare, RoleSlot
from app.staffing import services as bookings
from app.staffing.deciding import services as deciding
from app.staffing.deciding.services import ranked
from app.staffing.own import queries, routes, services
from app.staffing.own.models import Objection
from app.staffing.planning import queries as planning
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Wish
from app.staffing.rules.portfolio.organisation import outcome
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import (
    BASE,
    PMO,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
    make_training,
)
from tests.statements import counted
from tests.visitor import Visitor

S = BookingState


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    return make_slot(make_project(), must=[("risk-management", 3)])


@pytest.fixture
def ada(slot: RoleSlot) -> Person:
    person = make_person("Ada Lovelace")
    attest(person, level=3)
    return person


@pytest.fixture
def reader(visitor: Visitor, ada: Person) -> Visitor:
    visitor.log_in(ada.email, PASSWORD)
    return visitor


def text_of(page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


def row_of(slot: RoleSlot) -> RoleSlot:
    from app.projects import queries as projects

    db.session.rollback()
    return projects.slot_for(PMO, slot.id)


# --- Matches -------------------------------------------------------------------------------


def test_one_sees_the_roles_that_fit_and_what_is_missing_for_others(reader, slot, ada):
    make_training(level=4)
    short = make_slot(make_project("ERP-2", title="New ledger"), must=[("risk-management", 4)])
    far = make_slot(
        make_project("FAR-3"),
        must=[("planning", 4), ("risk-management", 5), ("language:de", None)],
    )
    page = reader.open("/matches")
    text = text_of(page)
    assert "Customer portal Risk manager" in text
    assert "Risk management: passed an exam" in text
    assert "Risk management 3, needs 4 Course Risk management essentials" in text
    assert text.index("Just short") < text.index("Further off")
    assert "Planning 0, needs 4" in page.soup.select_one(f"#role-{far.id}").text
    assert page.soup.select_one(f"#role-{short.id} a")["href"] == "/courses/risk-essentials"


def test_nobody_reads_the_highest_rate_or_what_others_are_like(reader, slot, ada):
    dear = make_slot(make_project("ERP-2"), rate_cap_minor=9900, rate_currency="EUR")
    with db.transaction():
        db.session.get_one(Person, ada.id).rate_minor = 15000
        db.session.get_one(Person, ada.id).rate_currency = "EUR"
    make_person("Someone Else")
    text = text_of(reader.open("/matches"))
    assert "Your rate is not known, or higher than the role allows." in text
    assert "99" not in text
    assert "Someone Else" not in text
    assert dear.title in text


def test_roles_one_is_on_and_roles_that_are_filled_are_not_offered(reader, slot, ada):
    book(ada, slot, S.REQUESTED)
    filled = make_slot(make_project("ERP-2"))
    book(make_person("Ben Other"), filled, S.CONFIRMED)
    assert "No open role fits on every day" in text_of(reader.open("/matches"))


def test_that_one_is_proposed_changes_nothing_that_one_sees(reader, slot, ada):
    before = text_of(reader.open("/matches"))
    book(ada, slot, S.PROPOSED)
    assert text_of(reader.open("/matches")) == before
    assert "Customer portal Risk manager" in before


def test_the_page_asks_as_often_for_many_roles_as_for_two(reader, slot, ada):
    make_training(level=5)
    make_slot(make_project("P-00"), must=[("risk-management", 5)])
    reader.open("/matches")  # reads the courses, which are kept
    with counted() as few:
        reader.open("/matches")
    for number in range(12):
        make_slot(make_project(f"P-{number}"), must=[("risk-management", 3 + number % 3)])
    with counted() as many:
        reader.open("/matches")
    assert len(many) == len(few)


def test_no_open_role_is_left_out_and_what_is_said_on_a_page_stays_there(
    reader, slot, ada, monkeypatch
):
    monkeypatch.setattr(routes, "PAGE", 2)
    project = make_project("ERP-2")
    later = [make_slot(project, f"Role {number}", must=[("planning", 4)]) for number in range(2)]
    first, second = reader.open("/matches"), reader.open("/matches?page=2")
    assert first.soup.select_one(f"#role-{slot.id}") and first.soup.select_one(
        f"#role-{later[0].id}"
    )
    (card,) = second.soup.select("[id^=role-]")
    assert card["id"] == f"role-{later[1].id}"
    assert "3 to 3 of 3" in second.text
    wish, objection = (form["action"] for form in card.select("form"))
    assert reader.send(wish, wish="gladly").location.endswith(f"page=2#role-{later[1].id}")
    refused = reader.send(objection, message="")
    assert refused.status == 422
    assert refused.soup.select_one(f"#role-{later[1].id} .field-wrong")


def test_days_with_a_smaller_share_are_told_before_and_after_one_is_asked(
    reader, slot, ada, outbox
):
    with db.transaction() as session:
        first = slot.start_date
        session.add(RoleShare(slot_id=slot.id, first=first, last=first, percent=20))
    told = "On some days less: 20 % from 3 Mar 2031 to 3 Mar 2031."
    assert told in text_of(reader.open("/matches"))
    bookings.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    assert told in text_of(reader.open("/bookings"))
    jobs.run_due()
    (letter,) = [
        message_from_bytes(one.read_bytes(), policy=default) for one in outbox.glob("*.eml")
    ]
    assert told in " ".join(letter.get_content().split())


# --- Wishes --------------------------------------------------------------------------------


def test_a_wish_counts_in_the_list_and_can_be_taken_back(reader, slot, ada):
    ben = make_person("Ben Other")
    attest(ben, level=3)
    reader.open("/matches")
    assert reader.send(f"/matches/{slot.id}/wish", wish="gladly").status == 302
    assert "You would gladly do this" in text_of(reader.open("/matches"))
    assert ranked(row_of(slot)).ranking.candidates[0].person_id == ada.id
    assert reader.send(f"/matches/{slot.id}/wish", wish="rather-not").status == 302
    assert ranked(row_of(slot)).ranking.candidates[0].person_id == ben.id
    assert reader.send(f"/matches/{slot.id}/wish", wish="").status == 302
    assert queries.wishes_of(ada.id) == {}
    assert reader.send(f"/matches/{slot.id}/wish", wish="perhaps").status == 422
    said = select(AuditEntry.details).where(AuditEntry.verb == "wish.say").order_by(AuditEntry.id)
    assert [one["wish"] for one in db.session.scalars(said)] == ["gladly", "rather-not", None]


def test_a_wish_is_for_open_roles_only(reader, slot, ada):
    book(make_person("Ben Other"), slot, S.CONFIRMED)
    reader.open("/matches")
    assert reader.send(f"/matches/{slot.id}/wish", wish="gladly").status == 404
    with pytest.raises(NotVisible):
        services.wish(slot.id, Wish.GLADLY, by=actor_of(ada))


# --- Plans ---------------------------------------------------------------------------------


def test_who_stays_out_is_in_no_plan_but_still_on_the_list(reader, slot, ada):
    reader.open("/matches")
    assert reader.send("/matches/plans", out="1").status == 302
    assert "You stay out" in text_of(reader.open("/matches"))
    facts = planning.facts()
    assert str(ada.id) not in {pair.worker for pair in facts.portfolio().pairs}
    (empty,) = outcome([], facts.roles, facts.people)["empty"]
    assert ["consent", "", 0, 1] in empty["failed"]
    assert ada.id in [one.person_id for one in ranked(row_of(slot)).ranking.candidates]
    services.stay_out(True, by=actor_of(ada))
    reader.open("/matches")
    assert reader.send("/matches/plans", out="0").status == 302
    assert str(ada.id) in {pair.worker for pair in planning.facts().portfolio().pairs}
    assert reader.send("/matches/plans", out="x").status == 422


# --- Objections ----------------------------------------------------------------------------


def test_an_objection_is_answered_by_the_pmo_and_the_person_hears_of_it(
    app, reader, slot, ada, outbox
):
    petra = make_person("Petra Osei", Role.PMO)
    reader.open("/matches")
    assert reader.send(f"/matches/{slot.id}/objections", message="").status == 422
    sent = reader.send(f"/matches/{slot.id}/objections", message="I left risk work in 2024.")
    assert sent.status == 302
    assert "Waiting for the PMO" in text_of(reader.open("/matches"))

    office = Visitor(app)
    office.log_in(petra.email, PASSWORD)
    assert "I left risk work in 2024." in text_of(office.open("/staffing/objections"))
    assert office.send("/staffing/objections/1", answer="").status == 422
    assert office.send("/staffing/objections/1", answer="Withdrawn.").status == 302
    again = office.send("/staffing/objections/1", answer="Again.")
    assert again.status == 409
    assert "is answered already" in again.soup.select_one("[role=alert]").text
    assert "Nobody waits" in text_of(office.open("/staffing/objections"))
    assert "Answered by Petra Osei Withdrawn." in text_of(reader.open("/matches"))
    jobs.run_due()
    letters = "".join(letter.read_text() for letter in outbox.glob("*.eml"))
    assert petra.email in letters
    assert "Your objection is answered" in letters


def test_a_role_that_was_filled_lately_can_still_be_objected_to(reader, slot, ada, app: Flask):
    best = make_person("Best Placed")
    attest(best, level=5)
    decided = deciding.book(slot.id, best.id, S.REQUESTED, by=PMO, base_url=BASE)
    assert "Filled lately" not in text_of(reader.open("/matches"))
    bookings.confirm(decided.id, by=PMO, base_url=BASE)

    told = text_of(reader.open("/matches"))
    assert "Filled lately" in told
    assert "You qualified, too." in told
    assert best.name not in told
    assert reader.send(f"/matches/{slot.id}/objections", message="Ask me first.").status == 302
    assert len(queries.unanswered()) == 1
    chosen = Visitor(app)
    chosen.log_in(best.email, PASSWORD)
    assert "Filled lately" not in text_of(chosen.open("/matches"))


def test_after_a_month_a_decision_is_no_longer_contested(slot, ada):
    best = make_person("Best Placed")
    attest(best, level=5)
    with time_machine.travel(clock.now() - services.CONTESTED_FOR - timedelta(hours=1)):
        decided = deciding.book(slot.id, best.id, S.REQUESTED, by=PMO, base_url=BASE)
        bookings.confirm(decided.id, by=PMO, base_url=BASE)
    since = clock.now() - services.CONTESTED_FOR
    assert queries.lately_decided(ada.id, since) == []
    with pytest.raises(NotVisible):
        services.object_to(slot.id, "Too late", by=actor_of(ada), base_url=BASE)


def test_objections_have_words_and_an_open_role_and_another_judge(slot, ada):
    with pytest.raises(Invalid):
        services.object_to(slot.id, "  ", by=actor_of(ada), base_url=BASE)
    with pytest.raises(NotVisible):
        services.object_to(4711, "Wrong", by=actor_of(ada), base_url=BASE)
    said = services.object_to(slot.id, "Wrong", by=actor_of(ada), base_url=BASE)
    with pytest.raises(NotAllowed):
        services.answer(said.id, "No", by=actor_of(ada), base_url=BASE)
    with pytest.raises(Conflict, match="Somebody else"):
        services.answer(said.id, "No", by=actor_of(ada, Role.PMO), base_url=BASE)
    assert db.session.scalar(select(func.count()).select_from(Objection)) == 1
    assert len(queries.unanswered()) == 1
