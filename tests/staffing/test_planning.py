"""Planning every open role: asked for once, worked out in the background, proposed on one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.errors import Conflict, NotAllowed, NotVisible
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import Project, RoleSlot
from app.staffing.deciding.models import Decision
from app.staffing.deciding.rules import Choice
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.own import services as own
from app.staffing.planning import queries, services
from app.staffing.rules.booking import BookingState
from app.staffing.rules.portfolio import Plan, Portfolio, Stage, solve
from app.staffing.rules.portfolio.scenario import Scenario
from app.staffing.rules.portfolio.solve import Progress
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import (
    PMO,
    absent,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
    states_of,
)
from tests.statements import counted
from tests.visitor import Page, Visitor

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


def test_who_has_left_plans_since_is_not_proposed_by_one(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    own.stay_out(True, by=actor_of(people[0]))

    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert done.proposed == 1
    assert done.refused == {slots[1].id: "They stay out of plans now. You can still ask them."}
    assert states_of(slots[1]) == []


def test_a_plan_that_is_worked_out_again_stays_as_it_is(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    attest(make_person("Cem Aydin"), level=5)
    services.work_out({"plan_id": plan.id})

    assert given(queries.plan(plan.id)) == given(plan)


def test_a_search_that_goes_on_tells_how_far_it_has_come(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot], visitor: Visitor, monkeypatch
):
    plan_id = services.ask(by=PMO)
    seen: list[str] = []
    make_person("Petra Osei", Role.PMO)
    visitor.log_in("petra@example.com", PASSWORD)

    def searched(portfolio: Portfolio, *_rest: object, watch: Callable, **_options: object) -> Plan:
        for gap in (None, 0.0123):
            watch(Progress(Stage.SCORE, 2, 4, gap, 12.4))
            seen.append(visitor.open(f"/staffing/plans/{plan_id}").text)
        return solve(portfolio)

    monkeypatch.setattr(services, "solve", searched)
    jobs.run_due()

    assert "Step 2 of 4 after 12 seconds: who fits best." in seen[0]
    assert "No plan can be more than 1.23% better in this." in seen[1]
    done = visitor.open(f"/staffing/plans/{plan_id}").text
    assert "Step 2" not in done
    assert "No plan is better" in done


def test_applying_proposes_everybody_once(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert (done.proposed, done.refused) == (2, {})
    assert [states_of(slot) for slot in slots] == [[BookingState.PROPOSED]] * 2
    with pytest.raises(Conflict):
        services.apply(plan.id, by=PMO, now=clock.now())


def test_what_a_plan_chose_stands_in_the_ledger_with_each_list(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    services.apply(plan.id, by=PMO, now=clock.now())

    made = {one.slot_id: one for one in db.session.scalars(select(Decision))}
    assert {key: one.person_id for key, one in made.items()} == given(plan)
    scarce, other = made[slots[1].id], made[slots[0].id]
    assert (scarce.choice, scarce.place, scarce.qualified) == (Choice.FIRST, 1, 1)
    assert (other.choice, other.place, other.qualified) == (Choice.DEPARTURE, 2, 2)
    assert [one["name"] for one in other.shown] == [people[0].name, people[1].name]
    assert other.reason == f"Plan {plan.id}, As today: the best for all roles together."
    assert other.by_name == PMO.name


def test_a_plan_of_two_roles_reads_the_facts_for_its_ledger_once(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    with counted() as sent:
        services.apply(plan.id, by=PMO, now=clock.now())

    facts = [one for one in sent if "person.employed_from, person.employed_to" in one]
    of_everybody = [one for one in facts if "person.id =" not in one]
    assert len(of_everybody) == 1


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


# --- Scenarios and questions -----------------------------------------------------------------


@pytest.fixture
def petra(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    return visitor


def said(page: Page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


def test_a_scenario_is_worked_out_and_compared_with_today(
    petra: Visitor, slots: tuple[RoleSlot, RoleSlot]
):
    attest(make_person("Ben Okri"), level=3)
    today = planned()
    petra.open("/staffing/plans/new")
    sent = petra.send(
        "/staffing/plans/new",
        title="With an expert",
        within_budgets="y",
        hire=f"role:{slots[1].id}",
        hires="1",
        hire_capacity="100",
    )
    assert sent.status == 302
    jobs.run_due()
    page = petra.open(sent.location)
    assert "New colleague 1 (Hard)" in said(page)
    assert "A new colleague as Hard, 100 %" in said(page)
    beside = petra.open(f"/staffing/plans/comparison?first={today.id}&second={today.id + 1}")
    assert "Roles filled 1 2" in said(beside)
    assert "Hard Customer portal nobody New colleague 1 (Hard)" in said(beside)
    petra.open(sent.location)
    applied = petra.send(f"{sent.location}/application")
    assert applied.status == 302
    assert "Nobody like this is hired yet." in petra.open(sent.location).text
    assert [states_of(slot) for slot in slots] == [[BookingState.PROPOSED], []]


def test_a_project_is_moved_and_a_role_left_out(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    absent(people[0], Period(slots[1].start_date, slots[1].start_date + timedelta(days=6)))
    assert given(planned()) == {slots[0].id: people[1].id}
    petra.open("/staffing/plans/new")
    sent = petra.send("/staffing/plans/new", moved="CRM-1", days="7", within_budgets="y")
    jobs.run_due()
    db.session.remove()
    plan = queries.plan(int(sent.location.rpartition("/")[2]))
    assert given(plan) == {slots[0].id: people[1].id, slots[1].id: people[0].id}
    assert "CRM-1 begins 7 days later" in said(petra.open("/staffing/plans"))
    done = services.apply(plan.id, by=PMO, now=clock.now())
    assert (done.proposed, len(done.refused)) == (0, 2)

    petra.open("/staffing/plans/new")
    sent = petra.send("/staffing/plans/new", without=[str(slots[1].id)], within_budgets="y")
    jobs.run_due()
    db.session.remove()
    left_out = queries.plan(int(sent.location.rpartition("/")[2]))
    assert left_out.outcome["empty"] == []
    copied = petra.open(f"/staffing/plans/new?like={left_out.id}")
    assert copied.soup.select_one(f'#without option[value="{slots[1].id}"]').has_attr("selected")


@pytest.mark.parametrize(
    "wrong",
    [
        {"most_parallel": "0"},
        {"days": "9999"},
        {"hire": "role:99999"},
        {"hire": "kind:nobody"},
        {"moved": "NOWHERE"},
        {"without": ["99999"]},
        {"hires": "6"},
    ],
)
def test_what_cannot_be_supposed_is_refused(petra: Visitor, slots, wrong: dict):
    petra.open("/staffing/plans/new")
    assert petra.send("/staffing/plans/new", **wrong).status == 422
    assert queries.plans() == []


def test_budgets_and_roles_at_a_time_are_kept_unless_supposed_otherwise(
    project: Project, people: tuple[Person, Person]
):
    with db.transaction() as session:
        for one in people:
            row = session.get_one(Person, one.id)
            row.rate_minor, row.rate_currency = 10_000, "EUR"
        session.get_one(Project, project.id).budget_minor = 5_000_00
        session.get_one(Project, project.id).currency = "EUR"
    one, two = (make_slot(project, title, must=[RISK], allocation=10) for title in "AB")
    assert given(planned()) == {}
    free = services.ask(by=PMO, scenario=Scenario(within_budgets=False, most_parallel=1))
    jobs.run_due()
    db.session.remove()
    assert len(set(given(queries.plan(free)).values())) == 2
    assert {one.id, two.id} == set(given(queries.plan(free)))


def test_who_is_proposed_stays_where_nothing_better_is_lost(
    project: Project, people: tuple[Person, Person]
):
    slot = make_slot(project, allocation=100)  # nothing to tell the two apart
    first = given(planned())[slot.id]
    other = next(one for one in people if one.id != first)
    book(other, slot, BookingState.PROPOSED)
    assert given(planned())[slot.id] == other.id


def test_what_it_would_take_to_fill_a_role(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    with db.transaction() as session:
        for person in people:
            session.get_one(Person, person.id).capacity = 80
    book(people[1], make_slot(make_project("OTHER"), allocation=80), BookingState.CONFIRMED)
    plan = planned()
    ((role, person),) = given(plan).items()
    empty = next(slot for slot in slots if slot.id != role)
    petra.open(f"/staffing/plans/{plan.id}")
    asked = petra.send(f"/staffing/plans/{plan.id}/questions", role=empty.id)
    assert "Being worked out" in said(petra.open(asked.location))
    jobs.run_due()
    text = said(petra.open(asked.location))
    assert "It is possible, at this price" in text
    assert "Ada Lovelace nobody" in text
    again = petra.send(f"/staffing/plans/{plan.id}/questions", role=empty.id)
    assert again.location == asked.location
    petra.open(f"/staffing/plans/{plan.id}")
    assert petra.send(f"/staffing/plans/{plan.id}/questions", role="x").status == 302
    assert petra.open(f"/staffing/plans/{plan.id}/questions/999").status == 404
    assert person == people[0].id


def test_the_fewest_demands_to_give_up_are_named(petra: Visitor, slots: tuple[RoleSlot, RoleSlot]):
    ben = make_person("Ben Okri")
    attest(ben, level=3)
    plan = planned()
    petra.open(f"/staffing/plans/{plan.id}")
    asked = petra.send(f"/staffing/plans/{plan.id}/questions", role=slots[1].id)
    jobs.run_due()
    text = said(petra.open(asked.location))
    assert "No plan can: not every demand is met" in text
    assert "Risk management below 5 on some day" in text
    assert "Ben Okri" in text
