"""Planning every open role: asked for once, worked out in the background, proposed on one click."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.errors import Conflict, NotAllowed, NotVisible
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import Project, RoleShare, RoleSlot
from app.staffing.calendars import services as calendars
from app.staffing.deciding.models import Decision
from app.staffing.deciding.rules import Choice
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.own import services as own
from app.staffing.own.models import PlanOptOut
from app.staffing.planning import queries, questions, services
from app.staffing.rules.booking import BookingState
from app.staffing.rules.portfolio import Plan, Portfolio, Stage, solve
from app.staffing.rules.portfolio.scenario import Scenario, read
from app.staffing.rules.portfolio.solve import Progress, Stopped
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


@pytest.fixture
def petra(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    return visitor


def said(page: Page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


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
            assert watch(Progress(Stage.SCORE, 2, 4, gap, 12.4))
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


def test_what_was_left_out_stays_on_the_page(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    elsewhere = make_slot(make_project("OTHER"), "Elsewhere", allocation=60)
    book(people[0], elsewhere, BookingState.CONFIRMED)
    with db.transaction() as session:
        session.get_one(RoleSlot, slots[0].id).allocation = 90
    petra.open(f"/staffing/plans/{plan.id}")
    petra.send(f"/staffing/plans/{plan.id}/application")
    for _ in range(2):
        page = petra.open(f"/staffing/plans/{plan.id}")
        text = page.soup.select_one(".callout-warn").get_text(" ", strip=True)
        assert "1 person proposed." in text
        assert "Left out: Hard" in text
        assert "2031-W10" in text
    assert [states_of(slot) for slot in slots] == [[BookingState.PROPOSED], []]


def test_who_is_proposed_already_is_not_left_out_but_stands(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    book(people[0], slots[1], BookingState.REQUESTED)
    plan = planned()
    assert plan.outcome["changed"] == 0
    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert (done.proposed, done.stood, done.refused) == (1, 1, {})
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert "1 person proposed. 1 was proposed or asked before." in text


def test_a_plan_of_people_who_are_all_gone_proposes_nobody(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    with db.transaction() as session:
        for one in people:
            session.get_one(Person, one.id).active = False
    done = services.apply(plan.id, by=PMO, now=clock.now())

    assert (done.proposed, set(done.refused)) == (0, {slot.id for slot in slots})
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert "Ask the people on the page of each role." not in text


# --- How a plan ends -------------------------------------------------------------------------


def test_a_plan_can_be_stopped_and_asked_for_again(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    first = services.ask(by=PMO, scenario=Scenario(most_parallel=1), title="One each")
    petra.open(f"/staffing/plans/{first}")
    petra.send(f"/staffing/plans/{first}/end")
    jobs.run_due()
    text = said(petra.open(f"/staffing/plans/{first}"))
    assert "This plan was stopped" in text
    assert queries.plan(first).outcome is None
    again = petra.send(f"/staffing/plans/{first}/again")
    jobs.run_due()
    db.session.remove()
    second = queries.plan(int(again.location.rpartition("/")[2]))
    assert (second.state, second.title) == (PlanState.DONE, "One each")
    assert second.scenario == queries.plan(first).scenario
    assert "stopped" in said(petra.open("/staffing/plans"))
    with pytest.raises(Conflict):
        services.stop(second.id, by=PMO)
    with pytest.raises(Conflict):
        services.apply(first, by=PMO, now=clock.now())


def test_a_search_that_is_stopped_ends_and_leaves_its_preview(
    people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot], monkeypatch
):
    plan_id = services.ask(by=PMO)

    def searched(_portfolio: Portfolio, *_rest: object, watch: Callable, **_options: object):
        assert watch(Progress(Stage.SCORE, 2, 4, 0.1, 3.0))
        services.stop(plan_id, by=PMO)
        assert not watch(Progress(Stage.SCORE, 2, 4, 0.1, 5.0))
        raise Stopped

    monkeypatch.setattr(services, "solve", searched)
    jobs.run_due()
    db.session.remove()

    plan = queries.plan(plan_id)
    assert (plan.state, plan.finished_at) == (PlanState.STOPPED, None)
    assert given(plan) != {}
    assert services.ask(by=PMO) != plan_id


def test_a_plan_whose_worker_was_killed_is_taken_up_again(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot], monkeypatch
):
    plan_id = services.ask(by=PMO)

    def killed(_portfolio: Portfolio, *_rest: object, watch: Callable, **_options: object):
        watch(Progress(Stage.SCORE, 2, 4, 0.1, 3.0))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, "solve", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.run_due()
    db.session.remove()
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        petra.log_in("petra@example.com", PASSWORD)
        text = said(petra.open(f"/staffing/plans/{plan_id}"))
        assert "Nothing was heard of the search since" in text
        assert jobs.run_due() == 0
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(minutes=1), tick=False):
        assert jobs.run_due() == 1
    db.session.remove()
    assert queries.plan(plan_id).state is PlanState.DONE


def test_what_fails_every_time_says_so_and_can_be_asked_for_again(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot], monkeypatch
):
    ready = planned()
    asked_id = questions.ask(ready.id, slots[0].id, 0, by=PMO)
    plan_id = services.ask(by=PMO)

    def broken(*_rest: object, **_options: object):
        raise RuntimeError("no solver")

    with monkeypatch.context() as patched:
        patched.setattr(services, "solve", broken)
        patched.setattr(questions, "solve", broken)
        for day in range(jobs.MOST_TRIES):
            with time_machine.travel(clock.now() + timedelta(days=day), tick=False):
                jobs.run_due()
    assert services.give_up(clock.now()) == 2
    assert services.give_up(clock.now()) == 0
    db.session.remove()

    assert queries.plan(plan_id).state is PlanState.FAILED
    assert "This plan could not be worked out" in said(petra.open(f"/staffing/plans/{plan_id}"))
    address = f"/staffing/plans/{ready.id}/questions"
    assert "This could not be worked out" in said(petra.open(f"{address}/{asked_id}"))
    again = petra.send(address, role=slots[0].id)
    assert again.location == f"{address}/{asked_id}"
    jobs.run_due()
    assert "It costs nothing" in said(petra.open(again.location))
    assert services.ask_again(plan_id, by=PMO) > plan_id


def test_without_a_role_or_a_person_nothing_is_planned_or_everything_stays_empty(petra: Visitor):
    with pytest.raises(Conflict):
        services.ask(by=PMO)
    assert "there is nothing to plan" in said(petra.open("/staffing/plans"))
    make_framework()
    slot = make_slot(make_project(), "Hard", must=[EXPERT])
    with db.transaction() as session:
        for one in session.scalars(select(Person)):
            session.add(PlanOptOut(person_id=one.id, since=clock.now()))
    plan = planned()
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert "No open role can be filled as things are." in text
    assert "stay out of plans" in text
    petra.send(f"/staffing/plans/{plan.id}/questions", role=slot.id)
    jobs.run_due()
    text = said(petra.open(f"/staffing/plans/{plan.id}/questions/1"))
    assert "That they stay out of plans, which is theirs to say" in text


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([("filled", 4, 4, True), ("score", 90.1, 90.1, True)], "No plan is better"),
        (
            [("filled", 4, 4, True), ("score", 90.0, 90.0045, True)],
            "No plan is better by more than 0.005%",
        ),
        (
            [("filled", 4, 5, False), ("score", 90.0, 99.0, False), ("cost", 50, 50, True)],
            "Which roles are filled: another plan could be up to 25% better."
            " Who fits best: another plan could be up to 10% better.",
        ),
        ([("filled", 4, 4, True), ("cost", 100, 80, False)], "up to 20% better"),
    ],
)
def test_what_was_not_proven_is_not_said_to_be(
    petra: Visitor,
    people: tuple[Person, Person],
    slots: tuple[RoleSlot, RoleSlot],
    stages: list[tuple],
    words: str,
):
    plan = planned()
    names = ("name", "value", "bound", "proven")
    with db.transaction():
        kept = queries.plan(plan.id)
        told = [dict(zip(names, one, strict=True)) for one in stages]
        kept.outcome = {**kept.outcome, "stages": told}
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert words in text
    exact = all(value == bound for _name, value, bound, _proven in stages)
    assert ("No plan is better Filled" in text) is exact


def test_one_at_a_time_but_a_lost_one_keeps_nobody_waiting(slots: tuple[RoleSlot, RoleSlot]):
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
    assert "10 Mar 2031 – 6 Jul 2031" in said(petra.open(sent.location))
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


def test_a_copy_takes_everything_over_and_each_of_it_can_be_undone(
    petra: Visitor, slots: tuple[RoleSlot, RoleSlot]
):
    make_slot(make_project("OTHER", title="Depot"), "Planner", must=[RISK])
    petra.open("/staffing/plans/new")
    first = petra.send(
        "/staffing/plans/new",
        title="Autumn",
        moved="CRM-1",
        days="7",
        hire=f"role:{slots[1].id}",
        hires="2",
        hire_capacity="80",
        without=[str(slots[0].id)],
        most_parallel="2",
    )
    jobs.run_due()
    number = int(first.location.rpartition("/")[2])
    address = f"/staffing/plans/new?like={number}"
    page = petra.open(address)
    ticked = [box["value"] for box in page.soup.select("#carried input[checked]")]
    assert ticked == ["move:CRM-1", "hire:0", "hire:1"]
    assert page.soup.select_one("#title")["value"] == "Autumn, changed"
    assert page.soup.select_one("#within_budgets").get("checked") is None

    second = petra.send(
        address,
        title="Without one of them",
        carried=["move:CRM-1", "hire:1"],
        moved="OTHER",
        days="-3",
        within_budgets="y",
    )
    jobs.run_due()
    db.session.remove()
    plan = queries.plan(int(second.location.rpartition("/")[2]))
    supposed = read(plan.scenario)
    assert supposed.moved == {"CRM-1": 7, "OTHER": -3}
    assert [(hire.title, hire.capacity) for hire in supposed.hires] == [("Hard", 80)]
    assert (supposed.without, supposed.most_parallel) == (frozenset(), None)
    assert supposed.within_budgets

    beside = said(petra.open(f"/staffing/plans/comparison?first={number}&second={plan.id}"))
    assert "Not both of them are ready" not in beside
    for line in ("Roles filled 2 1", "Score", "Cost", "Changes to what is proposed", "Time of"):
        assert line in beside
    assert "Hard Customer portal New colleague 1 (Hard) nobody" in beside


def test_no_more_than_ten_are_supposed_to_be_hired(
    petra: Visitor, slots: tuple[RoleSlot, RoleSlot]
):
    hire = f"role:{slots[1].id}"
    petra.open("/staffing/plans/new")
    for _ in range(2):
        like = queries.plans(1)
        address = "/staffing/plans/new" + (f"?like={like[0].id}" if like else "")
        carried = [f"hire:{place}" for place in range(5)] if like else []
        assert petra.send(address, hire=hire, hires="5", carried=carried).status == 302
        jobs.run_due()
        db.session.remove()
    plan = queries.plans(1)[0]
    carried = [f"hire:{place}" for place in range(10)]
    address = f"/staffing/plans/new?like={plan.id}"
    refused = petra.send(address, hire=hire, hires="1", carried=carried)
    assert refused.status == 422
    assert "Suppose no more than 10 new colleagues in all." in refused.text


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
        {"moved": "CRM-1"},
        {"days": "5"},
        {"carried": ["hire:0"]},
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
    assert "No plan can" in text
    page = petra.open(asked.location)
    row = page.soup.select_one("#against tbody tr")
    assert row.get_text("|", strip=True) == "Risk management, level 5|Ben Okri|,|Petra Osei|2"


# --- Limits ----------------------------------------------------------------------------------


def test_nobody_gets_more_roles_at_a_time_than_was_said_of_them(
    petra: Visitor, project: Project, people: tuple[Person, Person]
):
    one, two = (make_slot(project, title, must=[EXPERT], allocation=10) for title in "AB")
    assert len(given(planned())) == 2
    address = f"/people/{people[0].id}"
    petra.open(f"{address}/working-time")
    assert petra.send(f"{address}/roles-at-a-time", most="21").status == 422
    petra.send(f"{address}/roles-at-a-time", most="1")
    assert petra.open(f"{address}/working-time").soup.select_one("#most")["value"] == "1"
    plan = planned()
    ((filled, person),) = given(plan).items()
    assert (filled in (one.id, two.id), person) == (True, people[0].id)

    # Somebody who has their number by agreed bookings gets none, and the plan says why.
    book(people[0], make_slot(make_project("OTHER"), allocation=10), BookingState.CONFIRMED)
    plan = planned()
    assert given(plan) == {}
    assert [empty["limits"] for empty in plan.outcome["empty"]] == [[["parallel", "", 0]]] * 2
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert "1 person qualifies. What keeps them out: The number of roles that they may" in text
    petra.open(f"{address}/working-time")
    petra.send(f"{address}/roles-at-a-time", most="")
    assert len(given(planned())) == 2


def test_only_the_line_manager_and_the_pmo_limit_roles(app: Flask, people: tuple[Person, Person]):
    ada = actor_of(people[0])
    with pytest.raises(NotAllowed):
        calendars.limit_roles(people[0].id, 1, by=ada)
    with pytest.raises(NotVisible):
        calendars.limit_roles(people[1].id, 1, by=ada)
    own = Visitor(app)
    own.log_in(people[0].email, PASSWORD)
    calendars.limit_roles(people[0].id, 2, by=PMO)
    assert "At most 2 roles at a time" in said(own.open(f"/people/{people[0].id}/working-time"))


def test_agreed_bookings_use_up_the_budget_with_what_they_take_less(
    project: Project, people: tuple[Person, Person]
):
    slot = make_slot(project, must=[EXPERT], allocation=50)
    half = Period(slot.start_date, slot.start_date + timedelta(days=27))
    with db.transaction() as session:
        row = session.get_one(Person, people[0].id)
        row.rate_minor, row.rate_currency = 10_000, "EUR"
        found = session.get_one(Project, project.id)
        found.budget_minor, found.currency = 5_000_000, "EUR"
        session.add(RoleShare(slot_id=slot.id, first=half.first, last=half.last, percent=20))
    book(people[0], slot, BookingState.CONFIRMED)
    make_slot(project, "Open", must=[RISK], allocation=10)
    weeks = ((slot.end_date - slot.start_date).days + 1) // 7
    spent = 100 * 40 * (weeks * 0.5 - 4 * 0.3)

    facts = queries.facts()

    assert facts.budgets == {"CRM-1": pytest.approx(50_000 - spent)}
    assert facts.not_reckoned == []


def test_a_budget_that_cannot_be_reckoned_is_said_not_to_be_kept(
    petra: Visitor, project: Project, people: tuple[Person, Person]
):
    make_slot(project, must=[RISK])
    with db.transaction() as session:
        for one, currency in zip(people, ("EUR", "GBP"), strict=True):
            row = session.get_one(Person, one.id)
            row.rate_minor, row.rate_currency = 10_000, currency
        found = session.get_one(Project, project.id)
        found.budget_minor, found.currency = 100, "EUR"
    plan = planned()
    assert len(given(plan)) == 1
    text = said(petra.open(f"/staffing/plans/{plan.id}"))
    assert "The budgets of CRM-1 are not kept to: there are rates in another currency." in text


def test_a_role_that_a_limit_keeps_empty_names_the_limit(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    with db.transaction() as session:
        for one in people:
            row = session.get_one(Person, one.id)
            row.rate_minor, row.rate_currency = 10_000, "EUR"
        found = session.get_one(Project, slots[0].project_id)
        found.budget_minor, found.currency = 100, "EUR"
    plan = planned()
    petra.open(f"/staffing/plans/{plan.id}")
    asked = petra.send(f"/staffing/plans/{plan.id}/questions", role=slots[1].id)
    jobs.run_due()
    row = petra.open(asked.location).soup.select_one("#against tbody tr")
    assert row.get_text("|", strip=True) == "The budget of Customer portal|Ada Lovelace|1"


def test_it_is_asked_of_anybody_why_not_they(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    address = f"/staffing/plans/{plan.id}"
    page = petra.open(f"{address}/roles/{slots[1].id}")
    assert "The plan gives this role to Ada Lovelace." in said(page)
    names = {box.get_text(): box["value"] for box in page.soup.select("#person option")}
    assert set(names) == {"Ben Okri (misses 1 demand)", "Petra Osei (misses 1 demand)"}
    asked = petra.send(f"{address}/questions", role=slots[1].id, person=str(people[1].id))
    jobs.run_due()
    text = said(petra.open(asked.location))
    assert "What if Ben Okri took “Hard”?" in text
    assert "What stands against it Risk management, level 5" in text

    asked = petra.send(f"{address}/questions", role=slots[0].id, person=str(people[0].id))
    jobs.run_due()
    text = said(petra.open(asked.location))
    assert "It is possible, at this price Other roles change hands. No plan loses less." in text
    assert "Hard Customer portal Ada Lovelace nobody" in text
    assert petra.open(f"{address}/roles/999").status == 404
    assert petra.send(f"{address}/questions", role="999").status == 404


def test_an_answer_says_that_the_plan_is_not_todays_any_more(
    petra: Visitor, people: tuple[Person, Person], slots: tuple[RoleSlot, RoleSlot]
):
    plan = planned()
    book(people[1], slots[0], BookingState.CONFIRMED)
    make_slot(make_project("OTHER"), "Third", must=[RISK], allocation=10)
    petra.open(f"/staffing/plans/{plan.id}")
    asked = petra.send(f"/staffing/plans/{plan.id}/questions", role=slots[1].id)
    jobs.run_due()
    text = said(petra.open(asked.location))
    assert "Things have changed since this plan was made" in text
    gone = petra.send(f"/staffing/plans/{plan.id}/questions", role=slots[0].id)
    jobs.run_due()
    assert "This role is not open any more" in said(petra.open(gone.location))


def test_a_page_of_a_plan_costs_the_same_for_many_roles(
    petra: Visitor,
    project: Project,
    people: tuple[Person, Person],
    slots: tuple[RoleSlot, RoleSlot],
):
    def statements(address: str) -> int:
        db.session.remove()
        with counted() as seen:
            assert petra.open(address).status == 200
        return len(seen)

    make_slot(project, "Nobody", must=[("planning", 5)])
    few = planned()
    before = [statements(f"/staffing/plans/{few.id}"), statements("/staffing/plans")]
    for number in range(6):
        more = make_project(f"MORE-{number}")
        make_slot(more, must=[RISK])
        make_slot(more, must=[("planning", 5)])
        attest(make_person(f"More{number} People"))
    many = planned()
    assert len(many.outcome["empty"]) == 7
    assert [statements(f"/staffing/plans/{many.id}"), statements("/staffing/plans")] == before


def test_two_who_ask_at_once_get_one_plan(app: Flask, slots: tuple[RoleSlot, RoleSlot]):
    pmo = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    start = Barrier(2)

    def ask() -> str:
        start.wait()
        try:
            services.ask(by=pmo)
        except Conflict:
            return "refused"
        finally:
            db.session.remove()
        return "asked"

    with ThreadPoolExecutor(2) as threads:
        answers = [one.result() for one in [threads.submit(ask) for _ in range(2)]]
    assert sorted(answers) == ["asked", "refused"]
    assert len(queries.plans()) == 1
