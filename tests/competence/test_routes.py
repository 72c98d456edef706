"""Profiles and records, as their owner, a mentor, the PMO and a stranger meet them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.competence import queries
from app.core.policy import Role
from tests.cast import PASSWORD, actor_of, make_person
from tests.competence.frameworks import publish
from tests.competence.test_services import TODAY, hold, record
from tests.statements import counted
from tests.visitor import Visitor

NOON = "2026-11-23T12:00:00+00:00"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    return make_person("Ada Lovelace")


def visit(app: Flask, name: str, *roles: Role) -> Visitor:
    make_person(name, *roles)
    visitor = Visitor(app)
    visitor.log_in(f"{name.split()[0].lower()}@example.com", PASSWORD)
    return visitor


@pytest.fixture
def own(app: Flask, ada: Person) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    return visitor


@pytest.fixture
def mentor(app: Flask, ada: Person) -> Visitor:
    return visit(app, "Ruth Okonkwo", Role.MENTOR)


# --- Profiles -------------------------------------------------------------------------------------


def test_ones_own_profile_says_level_evidence_and_when_it_lapses(own: Visitor, ada: Person):
    record(ada, valid_to=TODAY + timedelta(30))
    text = own.open("/competencies").soup.find(id="competencies").get_text(" ", strip=True)

    assert "Risk management" in text
    assert "3 Competent" in text
    assert "Final exam" in text
    assert "23 Dec 2026" in text
    assert "Lapses soon" in text
    assert "1 without evidence" in text


def test_a_profile_can_be_asked_for_a_day_and_for_every_day_of_a_period(own: Visitor, ada: Person):
    record(ada, valid_to=TODAY + timedelta(30))
    on = own.open("/competencies?first=2026-12-23").text
    throughout = own.open("/competencies?first=2026-12-20&last=2027-01-10").text

    assert "What holds on 23 Dec 2026." in on
    assert "3 Competent" in on
    assert "every day from 20 Dec 2026 to 10 Jan 2027" in throughout
    assert "No competency holds at that time." in throughout


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2027-01-10&last=2026-12-20", "This is before the first day. Choose a later one."),
        ("last=2026-12-20", "Say from which day on, too."),
        ("first=tomorrow", "Not a valid date value."),
    ],
)
def test_impossible_days_are_refused_with_what_to_mend(own: Visitor, query: str, said: str):
    page = own.open(f"/competencies?{query}")
    assert page.status == 422
    assert said in page.text


def test_an_empty_profile_says_what_to_do(own: Visitor):
    assert "Find a course" in own.open("/competencies").text


def test_a_profile_is_for_its_owner_the_pmo_and_mentors(app: Flask, own: Visitor, ada: Person):
    address = f"/people/{ada.id}"
    assert own.open(address).status == 200
    assert visit(app, "Ruth Okonkwo", Role.MENTOR).open(address).status == 200
    assert visit(app, "Petra Osei", Role.PMO).open(address).status == 200
    assert visit(app, "Eve Stranger").open(address).status == 404
    assert own.open("/people/999").status == 404


def test_an_element_says_what_its_levels_look_like(own: Visitor, ada: Person):
    record(ada)
    page = own.open("/competencies/risk-management")

    assert "Does it with help." in page.text
    assert "You are here" in page.text
    assert own.open("/competencies/nothing").status == 404


def test_people_are_found_with_what_they_do_best(mentor: Visitor, ada: Person):
    record(ada, valid_to=TODAY + timedelta(30))
    hold(ada, actor_of(ada), expires_on=TODAY)
    page = mentor.open("/people?q=lovelace")

    row = page.soup.find("tbody").get_text(" ", strip=True)
    assert "Risk management" in row
    assert "In force, due for renewal" in row
    assert "1 competency" in row
    assert "Nobody fits this search." in mentor.open("/people?q=zzz").text


# --- Evidence -------------------------------------------------------------------------------------


def judgement(**changes: str) -> dict[str, str]:
    fields = {
        "competency": "risk-management",
        "level": "4",
        "first": "2026-11-23",
        "last": "",
        "note": "Ran the risk workshop of the depot move.",
        "request_key": "0" * 32,
    }
    return {**fields, **changes}


def test_a_mentor_records_what_they_saw_and_the_person_reads_it(
    mentor: Visitor, own: Visitor, ada: Person
):
    mentor.open(f"/people/{ada.id}/evidence")
    sent = [mentor.send(f"/people/{ada.id}/evidence", **judgement()) for _ in range(2)]

    assert [page.location for page in sent] == [f"/people/{ada.id}"] * 2
    text = own.open("/competencies").text
    assert "4 Proficient" in text
    assert "Ran the risk workshop of the depot move." in text
    assert len(queries.evidence_of(ada.id)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"note": ""}, "This field is required."),
        ({"last": "2026-11-22"}, "This is before the first day."),
        ({"competency": "gardening"}, "Not a valid choice."),
        ({"level": "6"}, "Not a valid choice."),
        ({"request_key": "x"}, "Please look at this form again."),
    ],
)
def test_a_judgement_that_cannot_be_changes_nothing(
    mentor: Visitor, ada: Person, changes: dict[str, str], said: str
):
    mentor.open(f"/people/{ada.id}/evidence")
    page = mentor.send(f"/people/{ada.id}/evidence", **judgement(**changes))

    assert page.status == 422
    assert said in page.text
    assert queries.evidence_of(ada.id) == []


def test_a_mentor_cannot_judge_themselves(app: Flask, mentor: Visitor):
    me = accounts.person_by_email("ruth@example.com")
    assert me is not None
    mentor.open(f"/people/{me.id}/evidence")
    page = mentor.send(f"/people/{me.id}/evidence", **judgement())

    assert page.status == 403
    assert queries.evidence_of(me.id) == []


def test_evidence_is_taken_back_with_a_reason_only(mentor: Visitor, own: Visitor, ada: Person):
    record(ada)
    number = queries.evidence_of(ada.id)[0].id
    mentor.open(f"/people/{ada.id}")
    assert "say why" in _after(mentor, f"/people/{ada.id}/evidence/{number}/withdrawal", reason="")
    mentor.send(f"/people/{ada.id}/evidence/{number}/withdrawal", reason="Somebody else's work")

    text = own.open("/competencies").text
    assert "Somebody else's work" in text
    assert "No competency holds at that time." in text


def _after(visitor: Visitor, address: str, **fields: str) -> str:
    """The text of the page that an act leads to."""
    location = visitor.send(address, **fields).location
    assert location is not None
    return visitor.open(location).text


# --- Certifications of others ---------------------------------------------------------------------


def certification(**changes: str) -> dict[str, str]:
    fields = {
        "certification": "prince2-practitioner",
        "number": " GR 123 ",
        "issued_on": "2026-02-01",
        "expires_on": "",
    }
    return {**fields, **changes}


def test_one_records_ones_own_and_the_issuers_rule_says_until_when(own: Visitor, ada: Person):
    own.open("/certifications")
    assert own.send("/certifications", **certification()).location == "/certifications"

    (held,) = queries.holdings_of([ada.id])[ada.id]
    assert (held.number, held.last) == ("GR 123", date(2029, 2, 1))
    assert "1 Feb 2029" in own.open("/certifications").text


def test_without_a_rule_it_never_lapses(own: Visitor, ada: Person):
    own.open("/certifications")
    own.send("/certifications", **certification(certification="for-good"))

    (held,) = queries.holdings_of([ada.id])[ada.id]
    assert held.last is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "This field is required."),
        ({"expires_on": "2026-01-31"}, "It cannot lapse before it was issued."),
        ({"certification": "x"}, "Not a valid choice."),
        ({"issued_on": "2026-02-30"}, "Not a valid date value."),
    ],
)
def test_a_certification_that_cannot_be_is_refused(
    own: Visitor, ada: Person, changes: dict[str, str], said: str
):
    own.open("/certifications")
    page = own.send("/certifications", **certification(**changes))

    assert page.status == 422
    assert said in page.text
    assert queries.holdings_of([ada.id]) == {}


def test_a_mentor_records_one_for_somebody(mentor: Visitor, ada: Person):
    mentor.open(f"/people/{ada.id}/certifications")
    sent = mentor.send(f"/people/{ada.id}/certifications", **certification())

    assert sent.location == f"/people/{ada.id}"
    assert "GR 123" in mentor.open(f"/people/{ada.id}").text


def test_one_takes_back_ones_own_and_nobody_elses(app: Flask, own: Visitor, ada: Person):
    number = hold(ada, actor_of(ada))
    stranger = visit(app, "Eve Stranger")
    stranger.open("/certifications")
    assert stranger.send(f"/certifications/{number}/withdrawal", reason="Envy").status == 404

    own.open("/certifications")
    assert "Withdrawn." in _after(own, f"/certifications/{number}/withdrawal", reason="Typing")
    assert queries.holdings_of([ada.id]) == {}


def test_the_pmo_sees_whose_lapse_and_a_renewal_takes_them_off(app: Flask, ada: Person):
    pmo = visit(app, "Petra Osei", Role.PMO)
    hold(ada, actor_of(ada), number="OLD", expires_on=TODAY + timedelta(20))
    assert "Ada Lovelace" in pmo.open("/certifications").soup.find(id="lapsing").text

    hold(ada, actor_of(ada), number="NEW", expires_on=TODAY + timedelta(700))
    assert "Ada Lovelace" not in pmo.open("/certifications").soup.find(id="lapsing").text


# --- Cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/people", "/people/{id}", "/certifications"])
def test_the_number_of_statements_does_not_grow_with_the_rows(
    app: Flask, ada: Person, address: str
):
    pmo = visit(app, "Petra Osei", Role.PMO)
    path = address.format(id=ada.id)

    def statements() -> int:
        with counted() as sent:
            assert pmo.open(path).status == 200
        return len(sent)

    record(ada)
    hold(ada, actor_of(ada), expires_on=TODAY)
    few = statements()
    for n in range(5):
        other = make_person(f"Person{n} Other")
        for person in (ada, other):
            record(person, source_key=f"{person.id}/{n}", competency_code="planning")
            hold(person, actor_of(person), number=f"N{n}", expires_on=TODAY)

    assert statements() == few
