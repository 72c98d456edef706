"""Administration, as an administrator meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import queries as accounts
from app.core import db, jobs
from app.core.audit import AuditEntry
from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.statements import counted
from tests.visitor import Visitor

PROFILE = {"name": "Grace Hopper", "capacity": "80", "currency": "EUR", "roles": ["learner", "pmo"]}


@pytest.fixture
def admin(app: Flask) -> Visitor:
    make_person("Root Admin", Role.ADMIN)
    visitor = Visitor(app)
    visitor.log_in("root@example.com", PASSWORD)
    return visitor


def verbs() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    "address",
    ["", "/people", "/people?q=root&role=admin", "/people/new", "/people/1", "/audit", "/jobs"],
)
def test_every_page_opens(admin: Visitor, address: str):
    assert admin.open(f"/admin{address}").status == 200


def test_somebody_invited_sets_a_password_and_logs_in(admin: Visitor, outbox: Path, app: Flask):
    admin.open("/admin/people/new")
    page = admin.send("/admin/people/new", email="Grace@Example.com", rate="95.50", **PROFILE)
    jobs.run_due()

    grace = accounts.person_by_email("grace@example.com")
    assert page.status == 302
    assert grace is not None
    assert {row.role for row in grace.roles} == {Role.LEARNER, Role.PMO}
    assert (grace.capacity, grace.rate_minor, grace.rate_currency) == (80, 9550, "EUR")
    assert len(list(outbox.glob("*.eml"))) == 1
    assert "account.create" in verbs()


def test_an_address_that_is_taken_is_said_at_the_field(admin: Visitor):
    admin.open("/admin/people/new")
    page = admin.send("/admin/people/new", email="root@example.com", **PROFILE)
    assert page.status == 422
    assert "There is a person with this address already" in page.text


def test_roles_are_granted_and_taken_with_an_audit_row(admin: Visitor):
    grace = make_person("Grace Hopper", Role.LEARNER, Role.AUTHOR)
    admin.open(f"/admin/people/{grace.id}")

    page = admin.send(f"/admin/people/{grace.id}", active="y", **PROFILE)

    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "account.roles"))
    assert page.status == 302
    assert entry is not None
    assert entry.details == {"granted": ["pmo"], "taken": ["author"]}


def test_the_form_shows_the_person_as_they_stand(admin: Visitor):
    grace = make_person("Grace Hopper", Role.PMO, Role.AUTHOR, unit="Navy")
    page = admin.open(f"/admin/people/{grace.id}")
    ticked = page.soup.select("input[name=roles][checked]")
    assert {box["value"] for box in ticked} == {"pmo", "author"}
    assert page.soup.select_one("[name=unit]")["value"] == "Navy"
    assert page.soup.select_one("[name=spoken]")["value"] == ""


def test_closing_an_account_logs_the_person_out(admin: Visitor, app: Flask):
    grace = make_person("Grace Hopper")
    visitor = Visitor(app)
    visitor.log_in("grace@example.com", PASSWORD)

    admin.open(f"/admin/people/{grace.id}")
    admin.send(f"/admin/people/{grace.id}", **PROFILE)

    assert visitor.open("/account").status == 302
    visitor.open("/login")
    assert visitor.send("/login", email="grace@example.com", password=PASSWORD).status == 401


def test_the_last_administrator_cannot_step_down(admin: Visitor):
    root = accounts.person_by_email("root@example.com")
    assert root is not None
    admin.open(f"/admin/people/{root.id}")

    page = admin.send(
        f"/admin/people/{root.id}", name="Root Admin", capacity="100", active="y", roles=["pmo"]
    )

    assert page.status == 422
    assert "Somebody has to administer" in page.text
    assert admin.open("/admin/people").status == 200


def test_a_list_asks_as_often_for_thirty_people_as_for_one(admin: Visitor):
    with counted() as few:
        admin.open("/admin/people")
    for number in range(30):
        make_person(f"Person{number} Example")
    with counted() as many:
        admin.open("/admin/people")
    assert len(many) == len(few)


def test_the_trail_pages_backwards(admin: Visitor):
    for number in range(60):
        make_person(f"Person{number} Example")
        person = accounts.person_by_email(f"person{number}@example.com")
        assert person is not None
        admin.open(f"/admin/people/{person.id}")
        admin.send(f"/admin/people/{person.id}/sessions/end")

    first = admin.open("/admin/audit")
    older = first.soup.select_one('a[href*="before="]')

    assert "account.end_sessions" in first.text
    assert older is not None
    assert "account.login" in admin.open(older["href"]).text
