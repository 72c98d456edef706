"""Capacity and demand: who can do which kind of work, week by week, and what is short."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.competence.models import RoleProfile
from app.core import clock, db
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing.outlook import queries
from app.staffing.outlook.rules import Bands, Calendar, Work, band, kinds_of, share
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load, mondays
from app.staffing.rules.matcher.problem import Attestation, Kind, Person, Slot
from tests.cast import PASSWORD, make_person
from tests.staffing.strategies import people
from tests.staffing.test_rules import PRINCE2, RISK
from tests.staffing.world import attest, book, make_framework, make_project, make_slot
from tests.statements import counted
from tests.visitor import Visitor

FIRST = date(2027, 2, 1)  # a Monday
WEEKS = mondays(Period(FIRST, FIRST + timedelta(weeks=8, days=-1)))
RISK_WORK = Work("risk-manager", frozenset({frozenset({RISK})}), ())


# --- Pure ----------------------------------------------------------------------------------


def qualifies_each_workday(person: Person, monday: date) -> bool:
    days = [monday + timedelta(days=number) for number in range(5)]
    attested = person.attested.get(RISK.code, ())
    held = person.held.get(PRINCE2.code, ())
    return all(
        any(
            one.level >= RISK.level and one.first <= day and (one.last is None or day <= one.last)
            for one in attested
        )
        and any(one.first <= day and (one.last is None or day <= one.last) for one in held)
        for day in days
    )


@settings(max_examples=150)
@given(st.lists(people, max_size=6, unique_by=lambda one: one.id))
def test_who_can_do_the_work_agrees_with_looking_at_every_day(several: list[Person]):
    calendar = Calendar(several, WEEKS)
    supply = calendar.supply(Work("x", frozenset({frozenset({RISK, PRINCE2})}), ()))
    for monday, one in zip(WEEKS, supply, strict=True):
        capable = [person for person in several if qualifies_each_workday(person, monday)]
        times = [time_of(person, monday) for person in capable]
        assert one.people == sum(has > 0 for has, _booked in times)
        assert one.have == pytest.approx(sum(has for has, _booked in times) / 100)
        assert one.booked == pytest.approx(sum(booked for _has, booked in times) / 100)
        assert one.free == pytest.approx(sum(max(0, has - used) for has, used in times) / 100)


def time_of(person: Person, monday: date) -> tuple[float, float]:
    """What somebody has and what is booked of it, as the mean of five working days."""
    days = [monday + timedelta(days=number) for number in range(5)]
    away = sum(load.percent for day in days for load in person.away if day in load.period) / 5
    used = sum(load.percent for day in days for load in person.booked if day in load.period) / 5
    employed = sum(
        (person.employed_from or day) <= day <= (person.employed_to or day) for day in days
    )
    return max(0.0, person.capacity - away) * employed / 5, used


def test_time_is_counted_by_working_days():
    absent = Load(Period(FIRST, FIRST + timedelta(days=1)), 100)
    booked = Load(Period(FIRST, FIRST + timedelta(days=13)), 50)
    half = Person(
        1,
        capacity=100,
        attested={RISK.code: (Attestation(3, date(2026, 1, 1), None),)},
        booked=(booked,),
        away=(absent,),
    )
    first, second, third = Calendar([half], WEEKS).supply(RISK_WORK)[:3]
    assert (first.have, first.booked, first.free) == pytest.approx((0.6, 0.5, 0.1))
    assert (second.have, second.booked, second.free) == pytest.approx((1.0, 0.5, 0.5))
    assert third.free == 1.0
    assert (
        share(Load(Period(FIRST + timedelta(days=5), FIRST + timedelta(days=6)), 100), FIRST) == 0
    )


def test_one_persons_full_week_does_not_hide_that_another_is_free():
    proof = {RISK.code: (Attestation(3, date(2026, 1, 1), None),)}
    span = Period(WEEKS[0], WEEKS[-1])
    over = Person(1, attested=proof, booked=(Load(span, 100), Load(span, 50)))
    idle = Person(2, attested=proof)
    one = Calendar([over, idle], WEEKS).supply(RISK_WORK)[0]
    assert (one.have, one.booked, one.free) == pytest.approx((2.0, 1.5, 1.0))


def test_short_is_what_is_asked_beyond_what_is_free():
    proof = {RISK.code: (Attestation(3, date(2026, 1, 1), WEEKS[3] + timedelta(days=4)),)}
    asked = (Load(Period(WEEKS[2], WEEKS[5] + timedelta(days=6)), 60),)
    work = Work("x", RISK_WORK.ways, asked)
    supply = Calendar([Person(1, attested=proof, capacity=50)], WEEKS).supply(work)
    assert [round(one.short, 2) for one in supply] == [0, 0, 0.1, 0.1, 0.6, 0.6, 0, 0]
    assert [one.people for one in supply] == [1, 1, 1, 1, 0, 0, 0, 0]


def test_bands_add_up_to_everybody():
    assert [band(100, used) for used in (0, 25, 26, 75, 76, 100, 101)] == [
        "idle",
        "idle",
        "part",
        "part",
        "well",
        "well",
        "over",
    ]
    assert (band(0, 0), band(0, 10)) == ("away", "over")
    week = Calendar([Person(1), Person(2, capacity=0)], WEEKS).bands()[0]
    assert week == Bands(away=1, idle=1, part=0, well=0, over=0)


def test_any_way_of_a_kind_is_enough():
    slots = [
        Slot(1, Period(WEEKS[0], WEEKS[1]), 50, musts=(RISK,)),
        Slot(2, Period(WEEKS[0], WEEKS[1]), 50, musts=(PRINCE2,)),
    ]
    kinds = kinds_of([("pm", slots[0], True), ("pm", slots[1], False)])
    proof = {RISK.code: (Attestation(5, date(2026, 1, 1), None),)}
    supply = Calendar([Person(1, attested=proof)], WEEKS).supply(kinds["pm"])
    assert supply[0].people == 1
    assert [load.percent for load in kinds["pm"].open] == [50]
    assert Kind.COMPETENCY in {need.kind for way in kinds["pm"].ways for need in way}


# --- The page ------------------------------------------------------------------------------

TODAY = date(2031, 3, 5)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    with db.transaction() as session:
        session.add(
            RoleProfile(code="risk-manager", title="Risk manager", description="", position=1)
        )
    return make_slot(
        make_project(), must=[("risk-management", 3)], profile_code="risk-manager", allocation=80
    )


@pytest.fixture
def pmo(visitor: Visitor, slot: RoleSlot, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    return visitor


def text_of(page) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


def test_the_page_says_where_people_are_short(pmo, slot):
    assert "Short in 13 of 13 weeks, by 0.8 at the most." in text_of(pmo.open("/staffing/capacity"))
    ada = make_person("Ada Lovelace")
    attest(ada, level=3)
    assert "Enough people are free" in text_of(pmo.open("/staffing/capacity"))
    book(ada, slot, BookingState.CONFIRMED, end_date=date(2031, 4, 10))
    text = text_of(pmo.open("/staffing/capacity?weeks=26"))
    assert "Nothing is asked for beyond what is filled." in text
    assert "Ada Lovelace" in text
    assert pmo.open("/staffing/capacity?weeks=x").status == 200


def test_the_same_numbers_come_as_a_table(pmo, slot):
    answer = pmo.open("/staffing/capacity.csv?weeks=13")
    rows = list(csv.DictReader(io.StringIO(answer.response.get_data(as_text=True))))
    assert len(rows) == 13
    assert rows[0] == {
        "kind": "Risk manager",
        "week": "2031-W10",
        "people": "0",
        "have": "0.00",
        "booked": "0.00",
        "free": "0.00",
        "asked": "0.80",
        "short": "0.80",
    }


def test_it_asks_as_often_for_many_as_for_one(pmo, slot):
    with counted() as few:
        pmo.open("/staffing/capacity")
    for number in range(10):
        ada = make_person(f"Person{number} More")
        attest(ada, level=3)
        other = make_slot(make_project(f"P-{number}"), must=[("planning", 2)])
        book(ada, other, BookingState.CONFIRMED)
    with counted() as many:
        pmo.open("/staffing/capacity")
    assert len(many) == len(few)
    found = queries.outlook(Period(date(2031, 3, 3), date(2031, 3, 30)))
    assert [title for title, _work in found.work] == ["Risk manager", None]
