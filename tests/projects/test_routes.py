"""The register, projects and role forms, as a browser meets them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_email
from app.competence.models import RoleProfile, RoleProfileNeed
from app.core import db
from app.core.policy import Role
from app.projects.models import Project, RoleSlot
from app.projects.queries import slot_for
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, make_person
from tests.staffing.world import (
    PMO,
    SPRING,
    book,
    make_certification,
    make_framework,
    make_project,
    make_slot,
)
from tests.statements import counted
from tests.visitor import Visitor

PROJECT = {
    "code": "crm-7",
    "title": "Customer portal",
    "unit": "Retail",
    "start": "2031-01-01",
    "end": "2031-12-31",
    "priority": "4",
    "state": "active",
    "budget": "250000.50",
    "currency": "EUR",
}
ROLE = {
    "title": "Risk manager",
    "start": "2031-03-03",
    "end": "2031-06-29",
    "allocation": "60",
    "holds": "throughout",
    "rate_cap": "120",
    "currency": "EUR",
}


def row(number: int, what: str, strength: str = "must", **values: str) -> dict[str, str]:
    filled = {"what": what, "strength": strength, "level": "3", "weight": "1", **values}
    return {f"requirements-{number}-{name}": value for name, value in filled.items()}


@pytest.fixture
def pmo(app: Flask) -> Visitor:
    make_person("Petra Osei", Role.PMO)
    visitor = Visitor(app)
    visitor.log_in("petra@example.com", PASSWORD)
    return visitor


def logged_in(app: Flask, name: str, *roles: Role) -> Visitor:
    make_person(name, *roles)
    visitor = Visitor(app)
    visitor.log_in(f"{name.split()[0].lower()}@example.com", PASSWORD)
    return visitor


def test_a_project_and_its_first_role_are_entered(pmo: Visitor):
    make_framework()
    make_certification()
    assert "No projects yet" in pmo.open("/projects").text
    pmo.open("/projects/new")
    entered = pmo.send("/projects/new", **PROJECT)
    assert (entered.status, entered.location) == (302, "/projects/CRM-7")
    page = pmo.open("/projects/CRM-7")
    assert "€250,000.50" in page.text
    assert "No roles yet" in page.text

    pmo.open("/projects/CRM-7/roles/new")
    added = pmo.send(
        "/projects/CRM-7/roles/new",
        **ROLE,
        **row(0, "competency:risk-management", level="4"),
        **row(1, "certification:prince2-practitioner"),
        **row(2, "language:de", "want", weight="2.5"),
        **row(3, ""),
    )

    slot = db.session.scalars(select(RoleSlot)).one()
    assert (added.status, added.location) == (302, f"/projects/CRM-7/roles/{slot.id}")
    assert (slot.allocation, slot.rate_cap_minor, slot.rate_currency) == (60, 12000, "EUR")
    demands = slot_for(PMO, slot.id).requirements
    assert [(one.strength, one.demand, one.code, one.level) for one in demands] == [
        ("must", "competency", "risk-management", 4),
        ("must", "certification", "prince2-practitioner", None),
        ("want", "language", "de", None),
    ]
    assert float(demands[2].weight) == 2.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"code": "no spaces"}, "Letters, digits and hyphens"),
        ({"title": ""}, "This field is required"),
        ({"end": "2030-01-01"}, "before the first day"),
        ({"end": "soon"}, "Not a valid date"),
        ({"priority": "9"}, "Not a valid choice"),
        ({"currency": "euro"}, "Three capital letters"),
        ({"manager": "nobody@example.com"}, "Nobody active has this address"),
        ({"budget": "-1"}, "Number must be between"),
    ],
)
def test_a_wrong_project_is_shown_again_with_what_is_wrong(
    pmo: Visitor, wrong: dict[str, str], message: str
):
    pmo.open("/projects/new")
    page = pmo.send("/projects/new", **{**PROJECT, **wrong})
    assert page.status == 422
    assert message in page.text
    assert db.session.scalar(select(Project)) is None


def test_a_code_that_is_taken_is_said_at_the_field(pmo: Visitor):
    make_project("CRM-7")
    pmo.open("/projects/new")
    page = pmo.send("/projects/new", **PROJECT)
    assert page.status == 422
    assert "There is a project with this code already" in page.text


def test_a_project_is_changed_and_keeps_its_code(pmo: Visitor):
    make_project("CRM-7")
    form = pmo.open("/projects/CRM-7/edit")
    assert form.soup.select_one("[name=title]")["value"] == "Customer portal"
    page = pmo.send("/projects/CRM-7/edit", **{**PROJECT, "code": "XX", "title": "Portal"})
    assert page.status == 302
    db.session.rollback()
    assert db.session.scalars(select(Project)).one().title == "Portal"


def test_rows_of_demands_are_added_and_removed_without_script(pmo: Visitor):
    make_framework()
    make_project("CRM-7")
    form = pmo.open("/projects/CRM-7/roles/new")
    assert len(form.soup.select("[data-demand]")) == 3
    sent = {
        **ROLE,
        **row(0, "competency:planning", level="2"),
        **row(1, "competency:risk-management"),
        **row(2, ""),
    }
    more = pmo.send("/projects/CRM-7/roles/new", **sent, add_row="1")
    assert more.status == 200
    assert len(more.soup.select("[data-demand]")) == 4
    assert more.soup.select_one("[name=title]")["value"] == "Risk manager"

    fewer = pmo.send("/projects/CRM-7/roles/new", **sent, remove_row="0")
    first = fewer.soup.select_one("[name=requirements-0-what] option[selected]")
    assert first["value"] == "competency:risk-management"
    assert len(fewer.soup.select("[data-demand]")) == 2
    assert db.session.scalar(select(RoleSlot)) is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"allocation": "101"}, "Number must be between"),
        ({"start": "2020-01-01"}, "within its project"),
        (row(0, "competency:juggling"), "There is no such competency"),
        (row(1, "competency:risk-management"), "stands twice"),
        (row(1, "language:de", "want", weight="-1"), "Number must be"),
        (row(1, "language:de", "want", weight="heavy"), "Not a valid decimal"),
    ],
)
def test_a_wrong_role_is_shown_again_with_what_is_wrong(
    pmo: Visitor, wrong: dict[str, str], message: str
):
    make_framework()
    make_project("CRM-7", start_date=SPRING.first, end_date=SPRING.last)
    pmo.open("/projects/CRM-7/roles/new")
    sent = {**ROLE, **row(0, "competency:risk-management"), **wrong}
    page = pmo.send("/projects/CRM-7/roles/new", **sent)
    assert page.status == 422
    assert message in page.text
    assert db.session.scalar(select(RoleSlot)) is None


def test_a_role_is_shown_as_it_stands_and_changed(pmo: Visitor):
    make_framework()
    slot = make_slot(make_project("CRM-7"), must=[("risk-management", 4)])
    address = f"/projects/CRM-7/roles/{slot.id}/edit"
    form = pmo.open(address)
    chosen = form.soup.select_one("[name=requirements-0-level] option[selected]")
    assert chosen["value"] == "4"
    page = pmo.send(address, **{**ROLE, "title": "Lead"}, **row(0, "competency:planning"))
    assert page.status == 302
    db.session.rollback()
    kept = slot_for(PMO, slot.id)
    assert (kept.title, [one.code for one in kept.requirements]) == ("Lead", ["planning"])


def test_what_is_no_longer_offered_stays_chosen(pmo: Visitor):
    slot = make_slot(make_project("CRM-7"), must=[("location:Atlantis", None)])
    address = f"/projects/CRM-7/roles/{slot.id}/edit"
    form = pmo.open(address)
    chosen = form.soup.select_one("[name=requirements-0-what] option[selected]")
    assert chosen["value"] == "location:Atlantis"


def test_a_role_is_closed_and_opened(pmo: Visitor):
    slot = make_slot(make_project("CRM-7"))
    pmo.open(f"/projects/CRM-7/roles/{slot.id}")
    assert pmo.send(f"/projects/CRM-7/roles/{slot.id}/closure").status == 302
    assert "Closed" in pmo.open("/projects/CRM-7").text
    assert pmo.send(f"/projects/CRM-7/roles/{slot.id}/closure").status == 409
    pmo.open(f"/projects/CRM-7/roles/{slot.id}")
    assert pmo.send(f"/projects/CRM-7/roles/{slot.id}/opening").status == 302


# --- Who sees what -------------------------------------------------------------------------


def test_somebody_sees_the_projects_they_are_on_and_no_money(app: Flask):
    visitor = logged_in(app, "Ada Lovelace")
    grace = make_person("Grace Hopper")
    me = person_by_email("ada@example.com")
    project = make_project("CRM-7", budget_minor=12345600, currency="EUR")
    make_project("OTHER-1")
    slot = make_slot(project, "Mine", rate_cap_minor=12000, rate_currency="EUR")
    proposed = make_slot(project, "Proposed only")
    book(me, slot, BookingState.REQUESTED)
    book(grace, proposed, BookingState.PROPOSED)

    register = visitor.open("/projects")
    page = visitor.open("/projects/CRM-7")

    assert "Customer portal" in register.text
    assert "OTHER-1" not in register.text
    assert "123,456" not in register.text + page.text
    assert "120.00" not in page.text
    assert "Ada Lovelace" in page.text
    assert "Grace Hopper" not in page.text
    assert visitor.open("/projects/OTHER-1").status == 404
    assert visitor.open("/projects/NONE-1").status == 404


def test_who_is_asked_is_told_to_the_project_manager_and_not_to_everybody(app: Flask):
    ada, manager = logged_in(app, "Ada Lovelace"), logged_in(app, "Max Manager")
    chief = person_by_email("max@example.com")
    project = make_project("CRM-7", manager_id=chief.id)
    book(person_by_email("ada@example.com"), make_slot(project, "Hers"), BookingState.CONFIRMED)
    book(make_person("Grace Hopper"), make_slot(project, "Asked for"), BookingState.REQUESTED)
    assert "Grace Hopper" not in ada.open("/projects/CRM-7").text
    assert "Grace Hopper" in manager.open("/projects/CRM-7").text


def test_a_proposal_opens_no_project_to_its_person(app: Flask):
    visitor = logged_in(app, "Ada Lovelace")
    slot = make_slot(make_project("CRM-7"))
    booking = book(person_by_email("ada@example.com"), slot, BookingState.PROPOSED)
    assert visitor.open("/projects/CRM-7").status == 404
    with db.transaction() as session:
        session.merge(booking).state = BookingState.REQUESTED
    assert visitor.open("/projects/CRM-7").status == 200


def test_the_project_manager_sees_the_project_with_its_budget(app: Flask):
    visitor = logged_in(app, "Max Manager")
    manager = person_by_email("max@example.com")
    make_project("CRM-7", manager_id=manager.id, budget_minor=12345600, currency="EUR")
    page = visitor.open("/projects/CRM-7")
    assert "€123,456.00" in page.text
    assert page.soup.find("a", href="/projects/CRM-7/edit") is None


@pytest.mark.parametrize(
    "address",
    [
        "/projects/new",
        "/projects/CRM-7/edit",
        "/projects/CRM-7/roles/new",
        "/projects/CRM-7/roles/1",
        "/projects/CRM-7/roles/1/edit",
        "/staffing",
    ],
)
def test_the_pages_of_the_pmo_are_its_own(app: Flask, address: str):
    make_slot(make_project("CRM-7"))
    assert logged_in(app, "Ada Lovelace").open(address).status == 403
    assert logged_in(app, "An Admin", Role.ADMIN).open(address).status == 200
    assert Visitor(app).open(address).status == 302


def test_a_role_of_another_project_is_not_there(pmo: Visitor):
    slot = make_slot(make_project("CRM-7"))
    make_project("CRM-8")
    assert pmo.open(f"/projects/CRM-8/roles/{slot.id}").status == 404
    assert pmo.open(f"/projects/CRM-8/roles/{slot.id}/edit").status == 404
    assert pmo.open("/projects/CRM-7/roles/999").status == 404


# --- As often for many as for one ----------------------------------------------------------


def test_the_register_asks_as_often_for_twenty_projects_as_for_one(pmo: Visitor):
    make_slot(make_project("CRM-0"))
    with counted() as few:
        pmo.open("/projects")
    for number in range(1, 20):
        make_slot(make_project(f"CRM-{number}"))
    with counted() as many:
        pmo.open("/projects")
    assert len(many) == len(few)


def test_a_project_asks_as_often_for_ten_roles_as_for_one(pmo: Visitor):
    project = make_project("CRM-7")
    ada = make_person("Ada Lovelace")
    book(ada, make_slot(project), BookingState.CONFIRMED)
    with counted() as few:
        pmo.open("/projects/CRM-7")
    for number in range(10):
        book(ada, make_slot(project, f"Role {number}"), BookingState.REQUESTED)
    with counted() as many:
        pmo.open("/projects/CRM-7")
    assert len(many) == len(few)


def test_the_register_is_searched_and_paged(pmo: Visitor):
    for number in range(30):
        make_project(f"CRM-{number}", title=f"Portal {number}")
    first = pmo.open("/projects")
    onward = first.soup.select_one("a[rel=next]")
    assert len(pmo.open(onward["href"]).soup.select("tbody tr")) == 5
    assert "Portal 17" in pmo.open("/projects?q=portal+17&state=active&unit=Retail").text
    assert "No project fits" in pmo.open("/projects?q=nothing&state=what").text
    for address in ("/projects?page=0", "/projects?page=-1", "/projects?page=x"):
        assert pmo.open(address).status == 200


# --- Kinds of roles ------------------------------------------------------------------------


def test_a_role_begins_from_what_its_kind_asks_for(pmo: Visitor):
    make_framework()
    with db.transaction() as session:
        session.add(
            RoleProfile(code="risk-manager", title="Risk manager", description="", position=1)
        )
        session.flush()
        session.add(
            RoleProfileNeed(
                profile_code="risk-manager",
                competency_code="risk-management",
                level=4,
                position=1,
            )
        )
    make_project()
    page = pmo.open("/projects/CRM-1/roles/new?profile=risk-manager")
    assert page.soup.select_one("#title")["value"] == "Risk manager"
    chosen = page.soup.select_one('select[name="requirements-0-what"] option[selected]')
    assert chosen["value"] == "competency:risk-management"
    level = page.soup.select_one('select[name="requirements-0-level"] option[selected]')
    assert level["value"] == "4"
    fields = {
        "title": "Risk manager",
        "profile": "risk-manager",
        "start": "2031-03-03",
        "end": "2031-06-29",
        "allocation": "50",
        "currency": "EUR",
        "holds": "throughout",
        "requirements-0-what": "competency:risk-management",
        "requirements-0-strength": "must",
        "requirements-0-level": "4",
        "requirements-0-weight": "1",
    }
    assert pmo.send("/projects/CRM-1/roles/new", **fields).status == 302
    assert db.session.scalars(select(RoleSlot)).one().profile_code == "risk-manager"
    pmo.open("/projects/CRM-1/roles/new")
    wrong = pmo.send("/projects/CRM-1/roles/new", **{**fields, "profile": "nobody"})
    assert wrong.status == 422
    assert pmo.open("/projects/CRM-1/roles/new?profile=nobody").status == 200
