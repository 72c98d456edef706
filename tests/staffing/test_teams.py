"""Needs of a project that its team meets as a whole."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import NotAllowed
from app.core.policy import Role
from app.core.values import Period
from app.projects import queries as projects
from app.projects.models import Project
from app.staffing.planning import queries as planning
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person
from app.staffing.rules.portfolio import solve
from app.staffing.rules.team import Member, Stretch, TeamNeed, TeamRule, stretches
from app.staffing.teams import queries, services
from app.staffing.teams.models import TeamNeedRow
from app.staffing.teams.services import Entered
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import (
    PMO,
    attest,
    book,
    make_certification,
    make_framework,
    make_project,
    make_slot,
)
from tests.staffing.world import (
    SPRING as SPRING_OF_ROLE,
)
from tests.statements import counted
from tests.visitor import Visitor

R = TeamRule
SPRING = Period(date(2031, 3, 1), date(2031, 5, 31))
APRIL = Period(date(2031, 4, 1), date(2031, 4, 30))
RISK = Need(Kind.COMPETENCY, "risk-management", 3)
NOBODY: frozenset[int] = frozenset()


def somebody(id: int, level: int = 3, last: date | None = None) -> Person:
    shown = Attestation(level, date(2030, 1, 1), last)
    return Person(id, attested={"risk-management": (shown,)})


def on(person: Person, period: Period = SPRING, slot_id: int = 1) -> Member:
    return Member(person, slot_id, period)


def test_at_least_two_with_a_level_names_who_and_when():
    team = [on(somebody(1)), on(somebody(2), APRIL), on(somebody(3, level=2))]

    found = stretches(TeamNeed(R.AT_LEAST, 2, RISK), team, SPRING)

    assert found == [
        Stretch(Period(SPRING.first, date(2031, 3, 31)), frozenset({1}), 1),
        Stretch(APRIL, frozenset({1, 2}), 0),
        Stretch(Period(date(2031, 5, 1), SPRING.last), frozenset({1}), 1),
    ]


def test_a_lapse_inside_the_project_opens_a_gap():
    team = [on(somebody(1, last=date(2031, 4, 30)))]

    found = stretches(TeamNeed(R.AT_LEAST, 1, RISK), team, SPRING)

    assert [(one.period.first, one.missing) for one in found] == [
        (SPRING.first, 0),
        (date(2031, 5, 1), 1),
    ]


def test_half_of_three_are_two():
    team = [on(somebody(1)), on(somebody(2, 1)), on(somebody(3, 1))]

    assert stretches(TeamNeed(R.SHARE, 50, RISK), team, SPRING) == [
        Stretch(SPRING, frozenset({1}), 1)
    ]
    assert stretches(TeamNeed(R.SHARE, 50, RISK), [], SPRING) == [Stretch(SPRING, NOBODY, 0)]


def test_an_essential_role_stands_empty_on_some_days():
    found = stretches(TeamNeed(R.ESSENTIAL, slot_id=1), [on(somebody(1), APRIL)], SPRING)

    assert [one.missing for one in found] == [1, 0, 1]


def test_two_people_together_or_apart():
    pair = frozenset({1, 2})
    one, both = [on(somebody(1))], [on(somebody(1)), on(somebody(2))]

    def missing(rule: TeamRule, team: list[Member]) -> int:
        return stretches(TeamNeed(rule, pair=pair), team, SPRING)[0].missing

    assert (missing(R.TOGETHER, []), missing(R.TOGETHER, one), missing(R.TOGETHER, both)) == (
        0,
        1,
        0,
    )
    assert (missing(R.APART, one), missing(R.APART, both)) == (0, 1)


_DAYS = st.integers(0, 91).map(lambda days: SPRING.first + days * DAY)
_PERIODS = st.tuples(_DAYS, _DAYS).map(lambda two: Period(min(two), max(two)))
_MEMBERS = st.lists(
    st.builds(
        lambda id, level, last, period: on(somebody(id, level, last), period),
        st.integers(1, 4),
        st.integers(1, 5),
        st.none() | _DAYS,
        _PERIODS,
    ),
    max_size=5,
    unique_by=lambda member: member.person.id,
)


@given(members=_MEMBERS, amount=st.integers(1, 4))
def test_stretches_cover_every_day_once_and_order_makes_no_difference(
    members: list[Member], amount: int
):
    need = TeamNeed(R.AT_LEAST, amount, RISK)

    found = stretches(need, members, SPRING)

    assert [day for one in found for day in one.period.days()] == list(SPRING.days())
    assert found == stretches(need, members[::-1], SPRING)
    assert all(one.missing == max(0, amount - len(one.met_by)) for one in found)


@given(members=_MEMBERS, level=st.integers(3, 5))
def test_one_more_who_meets_it_on_every_day_never_makes_it_worse(members: list[Member], level: int):
    for need in (TeamNeed(R.AT_LEAST, 2, RISK), TeamNeed(R.SHARE, 60, RISK)):
        before = stretches(need, members, SPRING)
        after = stretches(need, [*members, on(somebody(9, level))], SPRING)

        for day in SPRING.days():
            was = next(one.missing for one in before if day in one.period)
            assert next(one.missing for one in after if day in one.period) <= was


# --- On a page -----------------------------------------------------------------------------


@pytest.fixture
def office(app: Flask) -> Visitor:
    make_framework()
    make_certification()
    make_project(start_date=SPRING_OF_ROLE.first, end_date=SPRING_OF_ROLE.last)
    petra = make_person("Petra Osei", Role.PMO)
    visitor = Visitor(app)
    visitor.log_in(petra.email, PASSWORD)
    return visitor


def project() -> Project:
    return db.session.scalars(select(Project)).one()


def text_of(page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


TEAM = "/projects/CRM-1/team"
TWO_OF_RISK = {
    "about": "numbers",
    "numbers-rule": "at-least",
    "numbers-amount": "2",
    "numbers-what": "competency:risk-management",
    "numbers-level": "3",
}


def test_a_need_is_entered_and_shows_who_meets_it_and_what_is_missing(office):
    slot, ada = make_slot(project()), make_person("Ada Brandt")
    attest(ada, "risk-management", 4)
    book(ada, slot, BookingState.CONFIRMED)
    assert "needs nothing beyond its roles" in text_of(office.open(TEAM))

    assert office.send(TEAM, **TWO_OF_RISK).status == 302

    shown = text_of(office.open(TEAM))
    assert "This team is not whole" in shown
    assert "At least 2 people have Risk management, level 3" in shown
    assert "Ada Brandt; 1 missing" in shown
    assert office.send(TEAM, **TWO_OF_RISK).status == 409


def test_a_whole_team_is_told_so_and_needs_are_taken_back(office):
    slot, ada = make_slot(project()), make_person("Ada Brandt")
    book(ada, slot, BookingState.CONFIRMED)
    office.open(TEAM)

    sent = office.send(TEAM, about="essential", **{"role-slot": str(slot.id)})

    assert sent.status == 302
    assert "This team is whole" in text_of(office.open(TEAM))
    need = db.session.scalars(select(TeamNeedRow)).one()
    assert office.send(f"{TEAM}/removal", need=str(need.id)).status == 302
    assert office.send(f"{TEAM}/removal", need=str(need.id)).status == 404
    assert db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()[-2:] == [
        "team_need.add",
        "team_need.remove",
    ]


def test_two_people_have_to_be_two_and_known(office):
    ada = make_person("Ada Brandt")
    office.open(TEAM)

    def send(first: str, second: str) -> int:
        sent = {"pair-rule": "apart", "pair-first": first, "pair-second": second}
        return office.send(TEAM, about="pair", **sent).status

    assert send(ada.email, ada.email) == 422
    assert send(ada.email, "nobody@example.com") == 422
    assert send(ada.email, make_person("Jonas Weber").email) == 302
    assert "Ada Brandt and Jonas Weber are not on it together" in text_of(office.open(TEAM))


def test_the_page_asks_as_often_for_three_needs_as_for_one(office):
    slot, ada = make_slot(project()), make_person("Ada Brandt")
    book(ada, slot, BookingState.CONFIRMED)
    office.open(TEAM)
    office.send(TEAM, **TWO_OF_RISK)
    with counted() as once:
        office.open(TEAM)
    for amount in ("1", "3"):
        office.send(TEAM, **{**TWO_OF_RISK, "numbers-amount": amount})
    with counted() as thrice:
        office.open(TEAM)

    assert len(thrice) == len(once)


def test_only_the_pmo_says_what_a_team_needs(app):
    make_project()
    ada = make_person("Ada Brandt")

    with pytest.raises(NotAllowed):
        services.add_need("CRM-1", Entered(R.ESSENTIAL, slot_id=1), by=actor_of(ada))


def test_the_ranking_of_a_role_says_who_helps_the_team(office):
    ada, jonas = make_person("Ada Brandt"), make_person("Jonas Weber")
    attest(ada, "risk-management", 2)
    attest(jonas, "risk-management", 5)
    slot = make_slot(project())
    entered = Entered(R.AT_LEAST, 1, code="risk-management", level=4)
    services.add_need("CRM-1", entered, by=PMO)

    shown = text_of(office.open(f"/projects/CRM-1/roles/{slot.id}"))

    assert shown.count("Helps the team At least 1 person has Risk management, level 4") == 1
    helped = queries.helped_by(projects.slot_for(PMO, slot.id), [ada.id, jonas.id])
    assert [key for key, rows in helped.items() if rows] == [jonas.id]


# --- In a plan -----------------------------------------------------------------------------


def test_a_plan_of_the_organisation_keeps_a_place_for_who_meets_the_need(office):
    ada, jonas = make_person("Ada Brandt"), make_person("Jonas Weber")
    for person, level in ((ada, 3), (jonas, 5)):
        attest(person, "risk-management", level)
    slots = [make_slot(project()) for _number in range(2)]
    book(ada, slots[0], BookingState.CONFIRMED)
    services.add_need("CRM-1", Entered(R.AT_LEAST, 1, code="risk-management", level=5), by=PMO)
    other = make_person("Mira Stein")

    facts = planning.facts()
    plan = solve(facts.portfolio())

    assert {pair.worker for pair in facts.portfolio().pairs} >= {str(other.id), str(jonas.id)}
    assert [pair.worker for pair in plan.pairs] == [str(jonas.id)]


def test_a_plan_of_the_organisation_keeps_two_people_apart(office):
    ada, jonas = make_person("Ada Brandt"), make_person("Jonas Weber")
    slots = [make_slot(project(), allocation=100) for _number in range(2)]
    book(ada, slots[0], BookingState.CONFIRMED)
    entered = Entered(R.APART, people=(ada.email, jonas.email))
    services.add_need("CRM-1", entered, by=PMO)

    plan = solve(planning.facts().portfolio())

    assert str(jonas.id) not in {pair.worker for pair in plan.pairs}
