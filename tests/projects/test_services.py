"""Entering and changing projects and roles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import Role
from app.core.values import Money, Period
from app.projects import queries, services
from app.projects.models import Demand, Holds, Project, ProjectState, Strength
from app.projects.queries import Filters
from app.projects.services import Asked
from tests.cast import actor_of, make_person
from tests.projects.facts import project_facts, role_facts
from tests.staffing.world import PMO, make_framework, make_project, make_slot

MUST_RISK = Asked(Strength.MUST, Demand.COMPETENCY, "risk-management", 3)
WANT_GERMAN = Asked(Strength.WANT, Demand.LANGUAGE, "de", None, Decimal(2))


def trail() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(select(AuditEntry.verb, AuditEntry.target).order_by(AuditEntry.id))
    return [(verb, target) for verb, target in rows]


def test_a_project_is_entered_with_its_manager_and_an_audit_row(app: Flask):
    grace = make_person("Grace Hopper")
    facts = project_facts(manager="grace@example.com", budget=Money(1250050, "EUR"))
    services.create_project(facts, by=PMO)
    project = queries.project_for(PMO, "CRM-1")
    assert (project.manager_id, project.budget_minor, project.currency) == (
        grace.id,
        1250050,
        "EUR",
    )
    assert trail() == [("project.create", "project:CRM-1")]


def test_a_code_is_given_once(app: Flask):
    services.create_project(project_facts(), by=PMO)
    with pytest.raises(Conflict) as refused:
        services.create_project(project_facts(title="Another"), by=PMO)
    assert refused.value.field == "code"
    assert len(trail()) == 1


def test_a_manager_who_is_not_there_is_said_at_the_field(app: Flask):
    with pytest.raises(Invalid) as refused:
        services.create_project(project_facts(manager="nobody@example.com"), by=PMO)
    assert refused.value.field == "manager"


def test_what_changed_stands_in_the_audit_trail(app: Flask):
    services.create_project(project_facts(), by=PMO)
    services.change_project("CRM-1", project_facts(title="Portal", priority=5), by=PMO)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.verb == "project.change"
    assert entry.details["changed"] == {
        "title": ["Customer portal", "Portal"],
        "priority": ["3", "5"],
    }


def test_a_project_is_not_made_shorter_than_its_open_roles(app: Flask):
    services.create_project(project_facts(), by=PMO)
    slot = services.add_role("CRM-1", role_facts(), by=PMO)
    shorter = project_facts(period=Period(date(2031, 1, 1), date(2031, 6, 28)))
    with pytest.raises(Conflict, match="Risk manager"):
        services.change_project("CRM-1", shorter, by=PMO)
    services.close_role("CRM-1", slot.id, by=PMO)
    services.change_project("CRM-1", shorter, by=PMO)


def test_a_role_is_added_changed_closed_and_opened_with_audit_rows(app: Flask):
    make_framework()
    services.create_project(project_facts(), by=PMO)
    slot = services.add_role("CRM-1", role_facts(asked=(MUST_RISK,)), by=PMO)
    changed = role_facts(asked=(MUST_RISK, WANT_GERMAN), holds=Holds.START)
    services.change_role("CRM-1", slot.id, changed, by=PMO)
    services.close_role("CRM-1", slot.id, by=PMO)
    with pytest.raises(Conflict):
        services.close_role("CRM-1", slot.id, by=PMO)
    services.open_role("CRM-1", slot.id, by=PMO)

    kept = queries.slot_for(PMO, slot.id, code="CRM-1")
    assert [(row.strength, row.code, row.level) for row in kept.requirements] == [
        (Strength.MUST, "risk-management", 3),
        (Strength.WANT, "de", None),
    ]
    assert (kept.holds, kept.closed_at) == (Holds.START, None)
    assert [verb for verb, _ in trail()] == [
        "framework.publish",
        "project.create",
        "role.create",
        "role.change",
        "role.close",
        "role.open",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"period": Period(date(2030, 12, 31), date(2031, 2, 1))}, "start"),
        ({"asked": (MUST_RISK, MUST_RISK)}, "requirements"),
        (
            {"asked": (Asked(Strength.MUST, Demand.COMPETENCY, "juggling", 3),)},
            "requirements",
        ),
        ({"asked": (Asked(Strength.WANT, Demand.CERTIFICATION, "none"),)}, "requirements"),
    ],
)
def test_a_role_that_cannot_be_meant_is_refused_at_its_field(app: Flask, values: dict, field: str):
    make_framework()
    services.create_project(project_facts(), by=PMO)
    with pytest.raises(Invalid) as refused:
        services.add_role("CRM-1", role_facts(**values), by=PMO)
    assert refused.value.field == field


def test_a_must_and_a_better_want_of_the_same_competency_are_meant(app: Flask):
    make_framework()
    services.create_project(project_facts(), by=PMO)
    want = Asked(Strength.WANT, Demand.COMPETENCY, "risk-management", 5)
    slot = services.add_role("CRM-1", role_facts(asked=(MUST_RISK, want)), by=PMO)
    assert len(queries.slot_for(PMO, slot.id).requirements) == 2


def test_an_ended_project_gets_no_more_roles(app: Flask):
    services.create_project(project_facts(state=ProjectState.CLOSED), by=PMO)
    with pytest.raises(Conflict, match="ended"):
        services.add_role("CRM-1", role_facts(), by=PMO)


def test_only_the_pmo_writes(app: Flask):
    project = make_project()
    slot = make_slot(project)
    author = actor_of(make_person("An Author", Role.AUTHOR), Role.AUTHOR, Role.MENTOR)
    for act in (
        lambda: services.create_project(project_facts(code="X-1"), by=author),
        lambda: services.change_project("CRM-1", project_facts(), by=author),
        lambda: services.add_role("CRM-1", role_facts(), by=author),
        lambda: services.change_role("CRM-1", slot.id, role_facts(), by=author),
        lambda: services.close_role("CRM-1", slot.id, by=author),
        lambda: services.open_role("CRM-1", slot.id, by=author),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert trail() == []


def test_who_sees_which_projects(app: Flask):
    manager, booked, stranger = (make_person(f"{name} Example") for name in ("Max", "Bea", "Sam"))
    mine = make_project("MINE-1", manager_id=manager.id)
    make_project("OTHER-1")

    def seen(person, booked_on=frozenset()):
        page = queries.register(actor_of(person), Filters(), page=1, booked=booked_on)
        return [project.code for project in page.projects]

    assert seen(manager) == ["MINE-1"]
    assert seen(booked, frozenset({mine.id})) == ["MINE-1"]
    assert seen(stranger) == []
    assert queries.register(PMO, Filters(), page=1).total == 2
    for code in ("MINE-1", "NONE-1"):
        with pytest.raises(NotVisible):
            queries.project_for(actor_of(stranger), code)


def test_the_register_is_filtered_ordered_and_paged(app: Flask):
    for number in range(30):
        make_project(f"P-{number:02}", priority=number % 5 + 1, unit="IT" if number % 2 else "HR")
    make_project("DONE-1", title="Closed one", state=ProjectState.CLOSED, priority=5)

    def found(page=1, **filters) -> list[Project]:
        return list(queries.register(PMO, Filters(**filters), page=page).projects)

    assert [len(found(page)) for page in (1, 2, 3)] == [25, 6, 0]
    assert found(2)[-1].code == "DONE-1"
    assert [one.priority for one in found()][:7] == [5] * 6 + [4]
    assert {one.unit for one in found(unit="IT")} == {"IT"}
    assert [one.code for one in found(state=ProjectState.CLOSED)] == ["DONE-1"]
    assert [one.code for one in found(text="closed ON")] == ["DONE-1"]
    assert found(text="100%") == []
