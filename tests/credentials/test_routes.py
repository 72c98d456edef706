"""Certificates, as their owner, the PMO and a stranger meet them."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.core import jobs
from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.credentials.test_services import NOW, TERMS, certificates, issue, passed
from tests.learning.courses import make_course, publish
from tests.statements import counted
from tests.visitor import Visitor


@pytest.fixture
def ada(app: Flask) -> Person:
    publish(make_course(certificate=TERMS))
    ada = make_person("Ada Lovelace")
    issue(passed(ada))
    return ada


@pytest.fixture
def serial(ada: Person) -> str:
    return certificates()[0].serial


def test_the_owner_finds_and_downloads_it(visitor: Visitor, ada: Person, serial: str):
    visitor.log_in("ada@example.com", PASSWORD)
    waiting = visitor.open(f"/certificates/{serial}.pdf")
    jobs.run_due()
    ready = visitor.client.get(f"/certificates/{serial}.pdf")

    assert "Risk practitioner" in visitor.open("/certificates").text
    assert serial in visitor.open(f"/certificates/{serial}").text
    assert (waiting.status, waiting.response.headers["Retry-After"]) == (202, "5")
    assert ready.data.startswith(b"%PDF-")
    assert ready.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("end", ["", ".pdf"])
def test_somebody_else_finds_nothing(visitor: Visitor, serial: str, end: str):
    make_person("Eve Stranger")
    visitor.log_in("eve@example.com", PASSWORD)
    assert visitor.open(f"/certificates/{serial}{end}").status == 404


def test_anybody_verifies_it_and_learns_no_more_than_stands_on_it(visitor: Visitor, serial: str):
    with time_machine.travel(NOW, tick=False):
        page = visitor.open(f"/verify/{serial.lower().replace('-', '')}")
    text = page.soup.main.get_text(" ")

    assert page.status == 200
    assert "In force" in text
    assert "Ada Lovelace" in text
    assert "ada@example.com" not in page.response.get_data(as_text=True)
    assert "/people" not in page.response.get_data(as_text=True)
    assert "noindex" in page.response.headers["X-Robots-Tag"]


def test_the_form_leads_to_the_page(visitor: Visitor, serial: str):
    found = visitor.open("/verify", query_string={"number": f" {serial} "})
    assert found.location == f"/verify/{serial}"
    assert visitor.open("/verify?number=").status == 422


@pytest.mark.parametrize(
    "number", ["0000-0000-0000-0000-0000-0000-0000", "x", "\u00fc", "' OR 1=1"]
)
def test_unknown_and_malformed_numbers_are_answered_alike(
    visitor: Visitor, number: str, app: Flask
):
    page = visitor.open(f"/verify/{number}")
    assert page.status == 404
    assert "No certificate with this number" in page.text


def test_the_pmo_revokes_it_and_the_public_page_says_so(visitor: Visitor, serial: str):
    make_person("Grace Hopper", Role.PMO)
    visitor.log_in("grace@example.com", PASSWORD)
    visitor.open(f"/certificates/{serial}")

    empty = visitor.send(f"/certificates/{serial}/revocation", reason="")
    done = visitor.send(f"/certificates/{serial}/revocation", reason="Somebody else sat the exam")
    again = visitor.send(f"/certificates/{serial}/revocation", reason="Once more")
    public = visitor.open(f"/verify/{serial}")

    assert (empty.status, done.status, again.status) == (422, 302, 409)
    assert "Revoked" in public.text
    assert "Somebody else sat" not in public.text


def test_lists_ask_as_often_for_ten_as_for_one(visitor: Visitor, ada: Person):
    make_person("Grace Hopper", Role.PMO)
    visitor.log_in("grace@example.com", PASSWORD)
    with counted() as few:
        visitor.open("/certificates/all")
    for number in range(9):
        issue(passed(make_person(f"Person{number} Example")))
    with counted() as many:
        visitor.open("/certificates/all")
    assert len(many) == len(few)


def test_a_name_that_cannot_be_drawn_is_told_on_the_page(visitor: Visitor, app: Flask):
    publish(make_course(certificate=TERMS))
    issue(passed(make_person("Ada \U00012000", email="ada@example.com")))
    jobs.run_due()
    visitor.log_in("ada@example.com", PASSWORD)
    page = visitor.open(f"/certificates/{certificates()[0].serial}")
    assert "could not be drawn" in page.text
    assert "U+12000" in page.text
