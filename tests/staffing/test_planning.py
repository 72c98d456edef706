"""Planning every open role: asked for once, worked out in the background, proposed on one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.errors import Conflict, NotAllowed, NotVisible
from app.core.policy import Role
from app.projects.models import Project, RoleSlot
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.planning import queries, services
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import (
    PMO,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
    states_of,
)
from tests.statements import counted
from tests.visitor import Visitor

RISK = ("risk-management", 3)
EXPERT = ("risk-management", 5)


@pytest.fixture
def project(app: Flask) -> Project:
    make_framework()
    return make_project()


@pytest.fixture
def people(project: Project) -> tuple[Person, Person]:
    """An expert, who could take either role, and somebody who could take the easy one alone."""
    expert, novice = make_person("Ada Lovelace"), make_person("Ben Okri")
    attest(expert, level=5)
    attest(novice, level=3)
    return expert, novice


@pytest.fixture
def slots(project: Project) -> tuple[RoleSlot, RoleSlot]:
    return (
        make_slot(project, "Easy", must=[RISK], allocation=80),
        make_slot(project, "Hard", must=[EXPERT], allocation=80),
    )


def planned() -> StaffingPlan:
    plan_id = services.ask(by=PMO)
    jobs.run_due()
    db.session.remove()
    found = queries.plan(plan_id)
    db.session.remove()
    return found


def given(plan: StaffingPlan) -> dict[int, int]:
    return {one["role"]: one["person"] for one in plan.outcome["assignments"]}


def test_the_scarce_person_goes_where_nobody_else_can(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()

    assert plan.state is PlanState.DONE
    assert given(plan) == {slots[0].id: people[1].id, slots[1].id: people[0].id}
    assert all(one["proven"] for one in plan.outcome["stages"])
    assert plan.outcome["empty"] == []
    assert states_of(slots[0]) == []


def test_what_stays_empty_says_why(project: Project, slots: tuple[RoleSlot, RoleSlot]):
    attest(make_person("Ben Okri"), level=3)
    plan = planned()

    (empty,) = plan.outcome["empty"]
    assert (empty["role"], empty["qualified"]) == (slots[1].id, 0)
    assert empty["failed"] == [["competency", "risk-management", 5, 1]]


def test_confirmed_time_is_taken(people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]):
    other = make_slot(make_project("OTHER"), "Elsewhere", allocation=40)
    book(people[0], other, BookingState.CONFIRMED)

    assert given(planned()) == {slots[0].id: people[1].id}


def test_a_plan_that_is_worked_out_again_stays_as_it_is(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    attest(make_person("Cem Aydin"), level=5)
    services.work_out({"plan_id": plan.id})

    assert given(queries.plan(plan.id)) == given(plan)


def test_applying_proposes_everybody_once(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert (done.proposed, done.refused) == (2, {})
    assert [states_of(slot) for slot in slots] == [[BookingState.PROPOSED]] * 2
    with pytest.raises(Conflict):
        services.apply(plan.id, by=PMO, now=clock.now())


def test_who_fits_no_more_is_left_out_and_told(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    book(people[0], slots[1], BookingState.CONFIRMED)
    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert done.proposed == 1
    assert list(done.refused) == [slots[1].id]


def test_one_at_a_time_but_a_lost_one_keeps_nobody_waiting(project: Project):
    first = services.ask(by=PMO)
    with pytest.raises(Conflict):
        services.ask(by=PMO)
    with time_machine.travel(clock.now() + services.LOST + timedelta(minutes=1), tick=False):
        assert services.ask(by=PMO) != first
    with pytest.raises(Conflict):
        services.apply(first, by=PMO, now=clock.now())


def test_only_the_pmo_plans(app: Flask):
    ada = actor_of(make_person("Ada Lovelace", Role.MENTOR), Role.MENTOR)
    with pytest.raises(NotAllowed):
        services.ask(by=ada)
    with pytest.raises(NotAllowed):
        services.apply(1, by=ada, now=clock.now())
    with pytest.raises(NotVisible):
        services.apply(99, by=PMO, now=clock.now())


def test_reading_what_a_plan_is_made_of_costs_the_same_for_many_roles(
    project: Project, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    def statements() -> int:
        db.session.remove()
        with counted() as seen:
            queries.facts()
        return len(seen)

    before = statements()
    for number in range(5):
        make_slot(make_project(f"MORE-{number}"), must=[RISK])
        attest(make_person(f"More{number} People"))
    assert statements() == before


# --- Pages -----------------------------------------------------------------------------------


def test_from_the_question_to_the_proposals(
    app: Flask, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    make_person("Petra Osei", Role.PMO)
    pmo = Visitor(app)
    pmo.log_in("petra@example.com", PASSWORD)
    assert "Plan 2 open roles" in pmo.open("/staffing/plans").text
    address = pmo.send("/staffing/plans").location
    assert "Being worked out" in pmo.open(address).text
    again = pmo.send("/staffing/plans")
    assert again.location == "/staffing/plans"

    jobs.run_due()
    page = pmo.open(address)
    assert "No plan is better" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("#filled tbody tr")]
    assert any("Hard" in row and "Ada Lovelace" in row for row in rows)
    pmo.send(f"{address}/application")
    assert "2 people proposed." in pmo.open(address).text
    assert pmo.send(f"{address}/application").status == 409
    assert pmo.open("/staffing/plans/99").status == 404
