"""Training for the whole portfolio, and how strong the bench is: worked out, given, looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.core import db, jobs
from app.core.errors import Conflict, NotAllowed
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import Project, RoleSlot
from app.staffing.own.models import PlanOptOut
from app.staffing.rules.booking import BookingState
from app.staffing.training import looking, queries, services
from app.staffing.training.models import LookKind, TrainingAssignment, TrainingLook
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, publish
from tests.staffing.test_training import NOW, RISK, SMALL, rows, sit
from tests.staffing.world import (
    BASE,
    PMO,
    SPRING,
    absent,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
)
from tests.statements import counted
from tests.visitor import Visitor


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def project(app: Flask) -> Project:
    make_framework()
    publish(make_course("risk", estimated_minutes=480, **SMALL))
    return make_project()


def looked(kind: LookKind = LookKind.PORTFOLIO, *, together: bool = False) -> TrainingLook:
    look_id = looking.ask(kind, by=PMO, together=together)
    jobs.run_due()
    db.session.remove()
    found = queries.look(look_id)
    db.session.remove()
    return found


def lines(look: TrainingLook) -> list[tuple[int, int]]:
    return [(one["role"], one["person"]) for one in look.outcome["lines"]]


# --- The portfolio ---------------------------------------------------------------------------


def test_who_qualifies_comes_first_and_training_fills_the_rest(project: Project):
    roles = [make_slot(project, title, must=[RISK]) for title in ("One", "Two")]
    fit, novice = make_person("Fit Already"), make_person("Ben Okri")
    attest(fit, level=3)
    look = looked()

    assert (look.outcome["open"], look.outcome["qualified"]) == (2, 1)
    ((role, person),) = lines(look)
    assert person == novice.id
    assert role in {one.id for one in roles}
    assert look.outcome["lines"][0]["courses"] == [["risk", "2031-03-02"]]
    assert look.outcome["hours"] == 8


def test_the_most_urgent_role_gets_the_only_person_who_has_time_to_learn(project: Project):
    urgent = make_slot(make_project("NOW", priority=5), must=[RISK])
    make_slot(project, must=[RISK])
    make_person("Ben Okri")

    assert [role for role, _person in lines(looked())] == [urgent.id]


def test_nobody_is_named_who_is_away_stays_out_of_plans_or_would_be_late(project: Project):
    make_slot(project, must=[RISK])
    away, out, slow = (make_person(name) for name in ("Away One", "Out Two", "Slow Three"))
    absent(away, SPRING)
    with db.transaction() as session:
        session.add(PlanOptOut(person_id=out.id, since=NOW))
    services.set_study_hours(slow.id, 1, by=PMO)
    publish(make_course("risk", estimated_minutes=600, **SMALL))

    assert lines(looked()) == []


@pytest.mark.parametrize("in_one_step", [False, True])
def test_no_project_is_trained_for_beyond_its_budget(project: Project, *, in_one_step: bool):
    poor = make_project("POOR", budget_minor=100_00, currency="EUR")
    make_slot(poor, must=[RISK])
    make_person("Ben Okri", rate_minor=90_00, rate_currency="EUR")

    assert lines(looked(together=in_one_step)) == []


def test_who_learns_for_a_role_already_is_not_asked_again(project: Project):
    slot = make_slot(project, must=[RISK])
    other = make_slot(project, "Other", must=[RISK])
    ben = make_person("Ben Okri")
    services.assign(slot.id, ben.id, by=PMO, base_url=BASE)
    look = looked()

    assert (look.outcome["learning"], lines(look)) == (1, [])
    cem = make_person("Cem Aydin")
    assert lines(looked()) == [(other.id, cem.id)]


def test_the_chosen_lines_are_given_in_one_act_once(project: Project):
    first, second = (make_slot(project, title, must=[RISK]) for title in ("One", "Two"))
    make_person("Ben Okri"), make_person("Cem Aydin")
    look = looked()
    chosen = [pair for pair in lines(look) if pair[0] == first.id]
    done = looking.give_chosen(look.id, chosen, by=PMO, base_url=BASE)

    assert (done.people, done.refused) == (1, {})
    assert rows() == [("risk", date(2031, 3, 2), True)]
    db.session.rollback()
    everything = looking.give_chosen(look.id, lines(look), by=PMO, base_url=BASE)
    assert (everything.people, len(rows())) == (1, 2)
    assert second.id in queries.people_in_training()


def test_what_fits_no_more_is_told_and_the_rest_is_given(project: Project):
    first, second = (make_slot(project, title, must=[RISK]) for title in ("One", "Two"))
    make_person("Ben Okri"), make_person("Cem Aydin")
    look = looked()
    with db.transaction() as session:
        session.get(RoleSlot, first.id).closed_at = NOW
    done = looking.give_chosen(look.id, lines(look), by=PMO, base_url=BASE)

    assert (done.people, list(done.refused)) == (1, [first.id])
    assert list(queries.people_in_training()) == [second.id]


def test_nobody_is_given_what_they_could_not_take_by_now(project: Project):
    filled, taken = (make_slot(project, title, must=[RISK]) for title in ("One", "Two"))
    make_person("Ben Okri"), make_person("Cem Aydin")
    look = looked()
    for role, person_id in lines(look):
        other = make_slot(project, "Elsewhere")
        if role == taken.id:
            book(db.session.get(Person, person_id), other, BookingState.CONFIRMED)
    book(make_person("Ada Lovelace"), filled, BookingState.CONFIRMED)
    done = looking.give_chosen(look.id, lines(look), by=PMO, base_url=BASE)

    assert (done.people, set(done.refused)) == (0, {filled.id, taken.id})
    assert done.refused[filled.id] == "This role is filled by now."
    assert rows() == []


def test_who_did_not_pass_in_time_holds_no_role_any_more(project: Project):
    slot = make_slot(project, must=[RISK])
    ben, cem = make_person("Ben Okri"), make_person("Cem Aydin")
    services.assign(slot.id, ben.id, by=PMO, base_url=BASE)
    with db.transaction() as session:
        (row,) = session.scalars(select(TrainingAssignment))
        row.due_on = NOW.date() - timedelta(days=1)
    look = looked()

    assert look.outcome["learning"] == 0
    assert lines(look) in ([(slot.id, ben.id)], [(slot.id, cem.id)])


def test_only_the_pmo_looks_and_gives_and_not_twice_at_once(project: Project):
    make_slot(project, must=[RISK])
    ben = make_person("Ben Okri")
    with pytest.raises(NotAllowed):
        looking.ask(LookKind.PORTFOLIO, by=actor_of(ben))
    look_id = looking.ask(LookKind.PORTFOLIO, by=PMO)
    with pytest.raises(Conflict):
        looking.ask(LookKind.PORTFOLIO, by=PMO)
    with pytest.raises(Conflict):
        looking.give_chosen(look_id, [(1, 1)], by=PMO, base_url=BASE)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert looking.ask(LookKind.PORTFOLIO, by=PMO) != look_id


def test_a_look_that_is_worked_out_again_stays_as_it_is(project: Project):
    make_slot(project, must=[RISK])
    look = looked()
    make_person("Ben Okri")
    looking.work_out({"look_id": look.id})

    assert lines(queries.look(look.id)) == []


def test_in_one_step_who_qualifies_goes_where_nobody_could_learn_to_be(project: Project):
    urgent = make_slot(make_project("NOW", priority=5), must=[RISK])
    rare = make_slot(project, must=[("planning", 3)])
    able, novice = make_person("Able Both"), make_person("Ben Okri")
    attest(able, level=3)
    attest(able, "planning", level=3)
    two_steps = looked().outcome
    one_step = looked(together=True).outcome

    assert (two_steps["planned"], two_steps["lines"]) == ([[urgent.id, able.id]], [])
    assert one_step["planned"] == [[rare.id, able.id]]
    assert [(one["role"], one["person"]) for one in one_step["lines"]] == [(urgent.id, novice.id)]


# --- The bench -------------------------------------------------------------------------------


def test_a_role_that_nobody_else_could_take_is_weak_and_its_cheapest_training_is_named(
    project: Project,
):
    slot = make_slot(project, must=[RISK])
    holder, novice = make_person("Ada Lovelace"), make_person("Ben Okri")
    attest(holder, level=3)
    book(holder, slot, BookingState.CONFIRMED)
    (line,) = looked(LookKind.BENCH).outcome["lines"]

    assert (line["role"], line["holder"], line["person"]) == (slot.id, holder.id, novice.id)
    assert (line["courses"], line["hours"]) == ([["risk", "2031-03-02"]], 8)


def test_passing_the_course_restores_the_spare(project: Project):
    slot = make_slot(project, must=[RISK])
    holder, novice = make_person("Ada Lovelace"), make_person("Ben Okri")
    attest(holder, level=3)
    book(holder, slot, BookingState.CONFIRMED)
    services.assign(slot.id, novice.id, by=PMO, base_url=BASE)
    sit(novice)

    assert looked(LookKind.BENCH).outcome == {"filled": 1, "lines": []}


def test_who_is_booked_elsewhere_is_no_spare(project: Project):
    slot = make_slot(project, must=[RISK])
    elsewhere = make_slot(make_project("OTHER"))
    holder, busy = make_person("Ada Lovelace"), make_person("Ben Okri")
    for person, role in ((holder, slot), (busy, elsewhere)):
        attest(person, level=3)
        book(person, role, BookingState.CONFIRMED)
    found = {one["role"]: one["person"] for one in looked(LookKind.BENCH).outcome["lines"]}

    # Each holds a role of 60 %, and has no time for the other.
    assert found == {slot.id: None, elsewhere.id: None}


def test_of_a_role_that_has_begun_what_is_left_counts(project: Project):
    begun = Period(date(2030, 12, 1), date(2031, 6, 30))
    slot = make_slot(project, must=[RISK], start_date=begun.first, end_date=begun.last)
    holder, spare = make_person("Ada Lovelace"), make_person("Ben Okri")
    for person in (holder, spare):
        attest(person, level=3)
    absent(spare, Period(date(2030, 12, 1), date(2031, 1, 5)))
    book(holder, slot, BookingState.CONFIRMED)

    assert looked(LookKind.BENCH).outcome["lines"] == []


# --- Pages -----------------------------------------------------------------------------------


@pytest.fixture
def pmo(visitor: Visitor, project: Project) -> Visitor:
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    services.set_study_hours(1, 1, by=PMO)
    return visitor


def test_the_pmo_looks_chooses_and_gives(pmo: Visitor, project: Project):
    slot = make_slot(project, "Risk manager", must=[RISK])
    ben = make_person("Ben Okri")
    slot_id, ben_id = slot.id, ben.id
    pmo.open("/staffing/training")
    assert pmo.send("/staffing/training", together="y").location == "/staffing/training"
    assert "Being worked out" in pmo.open("/staffing/training").text
    jobs.run_due()
    page = pmo.open("/staffing/training").text
    assert "Ben Okri" in page
    assert "In one step" in page

    look_id = queries.newest_outcome(LookKind.PORTFOLIO).id
    db.session.rollback()
    address = f"/staffing/training/looks/{look_id}/assignments"
    assert pmo.send(address).status == 422
    assert pmo.send(address, line="1-x").status == 422
    assert pmo.send(address, line="999-999").status == 409
    assert pmo.send(address, line=f"{slot_id}-{ben_id}").status == 302
    assert "given" in pmo.open("/staffing/training").text


def test_the_bench_page_gives_on_one_click(pmo: Visitor, project: Project):
    slot = make_slot(project, "Risk manager", must=[RISK])
    ada, ben = make_person("Ada Lovelace"), make_person("Ben Okri")
    attest(ada, level=3)
    book(ada, slot, BookingState.CONFIRMED)
    address, ben_id = f"/projects/CRM-1/roles/{slot.id}/training", ben.id
    pmo.open("/staffing/bench")
    assert pmo.send("/staffing/bench").location == "/staffing/bench"
    jobs.run_due()
    page = pmo.open("/staffing/bench").text
    assert "Ada Lovelace" in page
    assert "Ben Okri" in page
    assert pmo.send(address, person=ben_id).status == 302
    assert "given" in pmo.open("/staffing/bench").text


@pytest.mark.parametrize("kind", list(LookKind))
def test_pages_ask_as_much_for_three_lines_as_for_one(
    pmo: Visitor, project: Project, kind: LookKind
):
    address = "/staffing/training" if kind is LookKind.PORTFOLIO else "/staffing/bench"
    one = _statements(pmo, project, kind, address, 1)
    three = _statements(pmo, project, kind, address, 3)
    assert one == three


def _statements(pmo: Visitor, project: Project, kind: LookKind, address: str, number: int) -> int:
    make: Callable[..., Any] = make_slot
    for place in range(number):
        slot = make(project, f"Role {number}/{place}", must=[RISK])
        person = make_person(f"N{number}{place} Novice")
        if kind is LookKind.BENCH:
            attest(person, level=3)
            book(person, slot, BookingState.CONFIRMED)
    looked(kind)
    pmo.open(address)
    with counted() as statements:
        pmo.open(address)
    return len(statements)
