"""One level less will do beside a mentor on the same project."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts.models import Person as PersonRow
from app.core import db
from app.core.policy import Role
from app.core.values import Period
from app.projects import queries as projects
from app.projects.models import Project, RoleSlot
from app.staffing import services as bookings
from app.staffing.planning import queries as planning
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import LevelShort, is_eligible, leans_on, reasons
from app.staffing.rules.matcher.explain import Titles, reason_text
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person, Slot
from app.staffing.rules.matcher.rank import rank
from app.staffing.rules.matcher.score import parts, score
from app.staffing.rules.matcher.weights import PartName
from app.staffing.rules.portfolio import solve
from app.staffing.rules.portfolio.mentoring import mentor_limits
from app.staffing.rules.portfolio.organisation import Open, portfolio_of
from app.staffing.rules.team import Member, TeamNeed, TeamRule, mentored
from app.staffing.services import NotQualified
from app.staffing.teams import queries, services
from app.staffing.teams.services import Entered
from app.staffing.watch import queries as watch
from tests.cast import PASSWORD, make_person
from tests.staffing.strategies import people, slots
from tests.staffing.world import (
    BASE,
    PMO,
    SPRING,
    attest,
    book,
    make_framework,
    make_project,
    make_slot,
)
from tests.statements import counted
from tests.visitor import Visitor

RISK = Need(Kind.COMPETENCY, "risk-management", 3)
ROLE = Slot(7, SPRING, 50, musts=(RISK,))
STRETCH = TeamNeed(TeamRule.STRETCH, need=replace(RISK, level=4))


def somebody(id: int, level: int, last: date | None = None) -> Person:
    shown = Attestation(level, date(2030, 1, 1), last)
    return Person(id, attested={"risk-management": (shown,)})


def on(person: Person, period: Period = SPRING, slot_id: int = 1) -> Member:
    return Member(person, slot_id, period)


# --- Who qualifies -------------------------------------------------------------------------


def test_a_mentor_makes_up_for_one_level_and_no_more():
    beside = replace(ROLE, stretch=frozenset({"risk-management"}))

    assert not is_eligible(somebody(1, 2), ROLE)
    assert is_eligible(somebody(1, 2), beside)
    assert leans_on(somebody(1, 2), beside) == [RISK]
    assert leans_on(somebody(1, 3), beside) == []
    assert reasons(somebody(1, 1), beside) == (LevelShort(2 / 3, RISK, 1),)


def test_a_must_of_level_1_is_never_waived():
    first = replace(ROLE, musts=(replace(RISK, level=1),), stretch=frozenset({"risk-management"}))
    assert not is_eligible(Person(1), first)


def test_a_mentor_is_somebody_else_with_enough_on_every_day():
    needs = [STRETCH]
    allowed = frozenset({"risk-management"})
    march = Period(SPRING.first, date(2031, 3, 31))
    april = Period(date(2031, 4, 1), SPRING.last)

    assert mentored(ROLE, needs, [on(somebody(1, 4))]) == allowed
    assert mentored(ROLE, needs, [on(somebody(1, 3))]) == frozenset()
    assert mentored(ROLE, needs, [on(somebody(1, 4), slot_id=ROLE.id)]) == frozenset()
    assert mentored(ROLE, needs, [on(somebody(1, 4, last=date(2031, 5, 1)))]) == frozenset()
    assert mentored(ROLE, needs, [on(somebody(1, 4), march)]) == frozenset()
    assert mentored(ROLE, needs, [on(somebody(1, 4), march), on(somebody(2, 5), april)]) == allowed
    assert mentored(ROLE, [], [on(somebody(1, 4))]) == frozenset()


def test_a_mentor_never_has_less_than_the_role_asks_for():
    demanding = replace(ROLE, musts=(replace(RISK, level=5),))
    assert mentored(demanding, [STRETCH], [on(somebody(1, 4))]) == frozenset()
    assert mentored(demanding, [STRETCH], [on(somebody(1, 5))]) == frozenset({"risk-management"})


def test_a_level_that_only_a_mentor_makes_do_lapses_by_its_own_name(app: Flask):
    beside = replace(ROLE, stretch=frozenset({"risk-management"}))
    (reason,) = reasons(somebody(1, 2, last=date(2031, 4, 30)), beside)

    text = reason_text(reason, Titles({"risk-management": "Risk management"}, {}))

    assert text == "Risk management 2 lapses after 30 Apr 2031, inside the role"


def missed(person: Person, slot: Slot) -> set[object]:
    """The demands that somebody misses, and what else is in the way."""
    return {getattr(one, "need", type(one)) for one in reasons(person, slot)}


@settings(max_examples=200)
@given(people, slots(), st.lists(people, max_size=4))
def test_mentors_never_lower_anybody(person: Person, slot: Slot, others: list[Person]):
    beside = replace(slot, stretch=frozenset({"risk-management"}))
    assert is_eligible(person, beside) >= is_eligible(person, slot)
    assert missed(person, beside) <= missed(person, slot)
    ranking = rank(beside, [person, *others])
    for one in ranking.candidates:
        assert 0 <= one.score <= 100
        assert all(0 <= part.value <= 1 for part in one.parts)


def test_whoever_needs_a_mentor_has_no_margin():
    beside = replace(ROLE, stretch=frozenset({"risk-management"}))
    margin = {
        level: next(
            one.value for one in parts(somebody(1, level), beside) if one.name is PartName.MARGIN
        )
        for level in (2, 3, 4)
    }
    assert margin == {2: 0.0, 3: 0.0, 4: 0.5}
    assert score(parts(somebody(1, 2), beside)) <= score(parts(somebody(1, 3), beside))


# --- In a plan -----------------------------------------------------------------------------


def planned(roles: list[Open], staff: list[Person]) -> dict[str, str]:
    found = portfolio_of(roles, staff)
    shared = mentor_limits(roles, staff, found.pairs)
    plan = solve(replace(found, shared=shared))
    assert plan.proven
    return {pair.role: pair.worker for pair in plan.pairs}


def opened(id: int, level: int, **changes: object) -> Open:
    slot = replace(ROLE, id=id, allocation=100, musts=(replace(RISK, level=level),), **changes)
    return Open(slot, "P", 3, mentors=(replace(RISK, level=4),))


def test_a_plan_places_the_mentor_with_whoever_needs_one():
    staff = [somebody(1, 4), somebody(2, 2)]
    assert planned([opened(1, 3), opened(2, 4)], staff) == {"1": "2", "2": "1"}


def test_a_plan_without_a_mentor_places_nobody_who_needs_one():
    assert planned([opened(1, 3), opened(2, 4)], [somebody(2, 2)]) == {}
    april = Period(date(2031, 4, 1), SPRING.last)
    late = [opened(1, 3), opened(2, 4, period=april)]
    assert planned(late, [somebody(1, 4), somebody(2, 2)]) == {"1": "1"}


def test_a_mentor_of_another_project_helps_nobody():
    elsewhere = replace(opened(2, 4), project="Q")
    found = planned([opened(1, 3), elsewhere], [somebody(1, 4), somebody(2, 2)])
    assert found in ({"1": "1"}, {"2": "1"})


# --- In the organisation -------------------------------------------------------------------


@pytest.fixture
def office(app: Flask) -> Visitor:
    make_framework()
    make_project(start_date=SPRING.first, end_date=SPRING.last)
    petra = make_person("Petra Osei", Role.PMO)
    visitor = Visitor(app)
    visitor.log_in(petra.email, PASSWORD)
    return visitor


@pytest.fixture
def ada(office: Visitor) -> PersonRow:
    ada = make_person("Ada Brandt")
    attest(ada, "risk-management", 4)
    return ada


@pytest.fixture
def jonas(office: Visitor) -> PersonRow:
    jonas = make_person("Jonas Weber")
    attest(jonas, "risk-management", 2)
    return jonas


def a_project() -> Project:
    return db.session.query(Project).one()


def a_role(level: int = 3) -> RoleSlot:
    return make_slot(a_project(), must=[("risk-management", level)])


def let_learn() -> None:
    entered = Entered(TeamRule.STRETCH, code="risk-management", level=4)
    services.add_need("CRM-1", entered, by=PMO)


def test_the_list_of_a_role_says_who_learns_beside_a_mentor(office, ada, jonas):
    lead, learner = a_role(), a_role()
    let_learn()
    address = f"/projects/CRM-1/roles/{learner.id}"
    assert "Beside a mentor" not in office.open(address).text

    book(ada, lead, BookingState.CONFIRMED)

    page = office.open(address)
    assert "Beside a mentor Risk management, level 3" in page.text
    assert "Risk management 2, needs 3: learns beside a mentor" in page.text
    bookings.ask(learner.id, jonas.id, by=PMO, base_url=BASE)


def test_the_team_page_lets_people_learn_and_says_who_is_a_mentor(office, ada):
    book(ada, a_role(), BookingState.CONFIRMED)
    office.open("/projects/CRM-1/team")

    sent = office.send(
        "/projects/CRM-1/team",
        about="stretch",
        **{"stretch-what": "risk-management", "stretch-level": "4"},
    )

    assert sent.status == 302
    shown = office.open("/projects/CRM-1/team").text
    assert "One level less will do beside a mentor: Risk management, level 4" in shown
    assert "Mentor there Ada Brandt" in shown


def test_without_the_mentor_it_is_refused_and_the_watch_finds_it(office, ada, jonas):
    lead, learner = a_role(), a_role()
    let_learn()
    with pytest.raises(NotQualified):
        bookings.ask(learner.id, jonas.id, by=PMO, base_url=BASE)
    standing = book(ada, lead, BookingState.CONFIRMED)
    asked = bookings.ask(learner.id, jonas.id, by=PMO, base_url=BASE)
    bookings.confirm(asked.id, by=PMO, base_url=BASE)
    today = date(2031, 2, 1)
    assert [one.booking.id for one in watch.endangered(today)] == []

    bookings.release(standing.id, by=PMO, base_url=BASE, reason="Elsewhere")

    assert [one.booking.id for one in watch.endangered(today)] == [asked.id]


def test_a_plan_proposes_both_and_the_learner_is_confirmed_after_the_mentor(office, ada, jonas):
    lead, learner = a_role(4), a_role(3)
    let_learn()
    facts = planning.facts()
    plan = solve(facts.portfolio())
    assert {(int(one.role), int(one.worker)) for one in plan.pairs} == {
        (lead.id, ada.id),
        (learner.id, jonas.id),
    }
    first = bookings.propose(lead.id, ada.id, by=PMO)
    second = bookings.propose(learner.id, jonas.id, by=PMO)
    assert second.state is BookingState.PROPOSED
    bookings.request(second.id, by=PMO, base_url=BASE)
    with pytest.raises(NotQualified):
        bookings.confirm(second.id, by=PMO, base_url=BASE)
    bookings.request(first.id, by=PMO, base_url=BASE)
    bookings.confirm(first.id, by=PMO, base_url=BASE)
    bookings.confirm(second.id, by=PMO, base_url=BASE)


def test_an_essential_role_is_filled_before_another_of_its_project(office, ada):
    first, second = a_role(), a_role()
    services.add_need("CRM-1", Entered(TeamRule.ESSENTIAL, slot_id=second.id), by=PMO)

    plan = solve(planning.facts().portfolio())

    assert [int(one.role) for one in plan.pairs] == [second.id]
    assert first.id != second.id


def test_mentors_of_many_roles_are_read_at_once(office, ada, jonas):
    book(ada, a_role(), BookingState.CONFIRMED)
    let_learn()
    ids = [a_role().id for _number in range(4)]
    rows = [projects.slot_for(PMO, one) for one in ids]
    with counted() as one:
        queries.as_slots(rows[:1])
    with counted() as four:
        found = queries.as_slots(rows)
    assert len(one) == len(four)
    assert {slot.stretch for slot in found} == {frozenset({"risk-management"})}
