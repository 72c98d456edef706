"""Pages of certifications, as their owner, the PMO and a stranger meet them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.competence.certifications import queries, services
from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.competence.certifications import hold, publish
from tests.statements import counted
from tests.visitor import Page, Visitor

DUE = "2027-03-01T12:00:00+00:00"


@pytest.fixture(autouse=True)
def in_the_window():
    with time_machine.travel(DUE, tick=False):
        yield


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    return make_person("Ada Lovelace")


def visit(app: Flask, name: str, *roles: Role) -> Visitor:
    if name != "Ada Lovelace":
        make_person(name, *roles)
    visitor = Visitor(app)
    visitor.log_in(f"{name.split()[0].lower()}@example.com", PASSWORD)
    return visitor


@pytest.fixture
def own(app: Flask, ada: Person) -> Visitor:
    return visit(app, "Ada Lovelace")


def upload(visitor: Visitor, address: str, name: str, data: bytes, **fields: str) -> Page:
    return visitor.send(address, proof=(BytesIO(data), name), **fields)


def test_a_certification_says_how_it_is_renewed_and_until_when_it_would_hold(
    own: Visitor, ada: Person
):
    page = own.open(f"/certifications/{hold(ada)}")
    assert "Due for renewal" in page.text
    assert "It counts until 31 March 2027" in page.text
    assert "Renewed today, it would hold until 1 March 2030." in page.text
    assert "Grace until 30 April 2027" in page.text


def test_renewing_leads_to_the_new_one_with_its_history(own: Visitor, ada: Person):
    address = f"/certifications/{hold(ada)}"
    own.open(address)
    sent = own.send(f"{address}/renewal", way="exam", completed_on="2027-02-20", number="N-2")

    assert sent.status == 302 and sent.location != address
    page = own.open(sent.location or "")
    assert "N-2" in page.text and "20 February 2030" in page.text
    assert "Renewed" in page.soup.find(id="history").text
    assert "Renewed or withdrawn" in own.open("/certifications").text


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"way": "exam"}, 422, "Say when it was passed."),
        ({"way": "exam", "completed_on": "2027-03-02"}, 422, "This day is still to come."),
        ({"way": "points"}, 422, "Not a valid choice."),
        ({"way": "magic"}, 422, "Invalid Choice"),
        ({"way": "exam", "completed_on": "never"}, 422, "Not a valid date value."),
    ],
)
def test_a_renewal_that_cannot_be_is_refused_on_the_page(
    own: Visitor, ada: Person, fields: dict[str, str], status: int, said: str
):
    address = f"/certifications/{hold(ada)}"
    own.open(address)
    page = own.send(f"{address}/renewal", **fields)
    assert page.status == status
    assert said in page.text


def test_proof_is_only_ever_a_download(own: Visitor, ada: Person):
    address = f"/certifications/{hold(ada)}"
    own.open(address)
    hostile = b"<script>alert(1)</script>"
    sent = upload(own, f"{address}/proofs", "..\\evil/pass;x=ü.html", hostile)
    assert sent.status == 302

    link = own.open(address).soup.find(id="proofs").find("a")
    answer = own.client.get(link["href"])
    assert answer.data == hostile
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "pass_x_" in answer.headers["Content-Disposition"]
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_proof_that_is_missing_or_too_large_is_refused(
    own: Visitor, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "MOST_BYTES", 1000)
    address = f"/certifications/{hold(ada)}"
    own.open(address)
    assert own.send(f"{address}/proofs").status == 422
    assert upload(own, f"{address}/proofs", "a.pdf", b"").status == 422
    page = upload(own, f"{address}/proofs", "a.pdf", b"x" * 1001)
    assert page.status == 413
    assert "A file may have 3 MB." in page.text


def test_the_pmo_sees_what_waits_and_verifies_it(app: Flask, own: Visitor, ada: Person):
    held = hold(ada)
    pmo = visit(app, "Petra Osei", Role.PMO)
    assert "Ada Lovelace" in pmo.open("/certifications/everybody?state=unverified").text
    pmo.open(f"/certifications/{held}")
    assert pmo.send(f"/certifications/{held}/verification", note="").status == 422
    pmo.send(f"/certifications/{held}/verification", note="The register")

    assert "Verified" in own.open(f"/certifications/{held}").text
    assert (
        "No certification is in this state."
        in pmo.open("/certifications/everybody?state=unverified").text
    )
    assert "Ada Lovelace" in pmo.open("/certifications/everybody?state=due&kind=exam-only").text
    assert own.open("/certifications/everybody").status == 403
    assert own.send(f"/certifications/{held}/verification", note="Me").status == 403


def test_points_are_logged_with_proof_and_show_how_far_they_carry(own: Visitor, ada: Person):
    held = hold(ada, "by-points")
    own.open("/certifications/points")
    fields = {"title": "Conference", "done_on": "2026-05-01", "points": "12.5"}
    sent = upload(own, "/certifications/points", "badge.png", b"png", **fields)
    assert sent.status == 302

    text = own.open("/certifications/points").text
    assert "12.5 of 60 until 30 Apr 2027" in text
    assert "badge.png" in text
    assert "Conference" in own.open(f"/certifications/{held}").soup.find(id="points").text


@pytest.mark.parametrize(
    "changes",
    [
        {"points": "0"},
        {"points": "x"},
        {"points": "1.234"},
        {"done_on": "2027-03-02"},
        {"title": ""},
    ],
)
def test_points_that_cannot_be_are_refused(own: Visitor, ada: Person, changes: dict[str, str]):
    own.open("/certifications/points")
    fields = {"title": "Talk", "done_on": "2026-05-01", "points": "3", **changes}
    assert own.send("/certifications/points", **fields).status == 422
    assert queries.points_of(ada.id) == []


def test_an_entry_is_withdrawn_with_a_reason(own: Visitor, ada: Person):
    own.open("/certifications/points")
    own.send("/certifications/points", title="Talk", done_on="2026-05-01", points="3")
    (entry,) = queries.points_of(ada.id)
    own.send(f"/certifications/points/{entry.id}/withdrawal", reason="")
    assert "Nothing was withdrawn" in own.open("/certifications/points").text
    own.send(f"/certifications/points/{entry.id}/withdrawal", reason="Entered twice")
    assert "Entered twice" in own.open("/certifications/points").text


def test_the_types_say_what_each_needs(own: Visitor):
    text = own.open("/certifications/types").text
    assert "Points for continuing development (20 a year)" in text
    assert "Another exam of the suite (Suite Two)" in text
    assert "in a fixed rhythm" in text
    assert "It never lapses." in text


def test_a_stranger_finds_none_of_it(app: Flask, ada: Person):
    held = hold(ada)
    stranger = visit(app, "Eve Stranger")
    assert stranger.open(f"/certifications/{held}").status == 404
    stranger.open("/certifications")
    assert stranger.send(f"/certifications/{held}/renewal", way="exam").status == 404
    assert upload(stranger, f"/certifications/{held}/proofs", "a.pdf", b"x").status == 404


@pytest.mark.parametrize(
    "address", ["/certifications", "/certifications/everybody", "/certifications/points"]
)
def test_the_number_of_statements_does_not_grow_with_the_rows(
    app: Flask, ada: Person, address: str
):
    pmo = visit(app, "Petra Osei", Role.PMO)
    hold(ada)

    def statements() -> int:
        with counted() as sent:
            assert pmo.open(address).status == 200
        return len(sent)

    few = statements()
    for n in range(4):
        hold(ada, "by-points", number=f"N{n}", expires_on=date(2028, 1, n + 1))
        hold(make_person(f"Person{n} Other"))
    assert statements() == few
