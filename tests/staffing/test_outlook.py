"""Capacity and demand: who can do which kind of work, week by week, and what is short."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Person as PersonRow
from app.competence.models import Evidence, RoleProfile
from app.core import clock, db
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleShare, RoleSlot
from app.staffing.calendars.models import CapacityChange
from app.staffing.models import Absence, Booking
from app.staffing.outlook import queries
from app.staffing.outlook.rules import Calendar, Supply, Work, kinds_of
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Band, Load, mondays
from app.staffing.rules.matcher.problem import Attestation, Kind, Person, Slot
from tests.cast import PASSWORD, make_person
from tests.staffing.strategies import people
from tests.staffing.test_rules import PRINCE2, RISK, loads
from tests.staffing.world import absent, attest, book, make_framework, make_project, make_slot
from tests.statements import counted
from tests.visitor import Visitor

FIRST = date(2027, 2, 1)  # a Monday
WEEKS = mondays(Period(FIRST, FIRST + timedelta(weeks=8, days=-1)))
PROOF = {RISK.code: (Attestation(3, date(2026, 1, 1), None),)}
RISK_WORK = Work("risk-manager", frozenset({frozenset({RISK})}), ())


# --- Pure ----------------------------------------------------------------------------------


def holds_on(person: Person, day: date) -> bool:
    """Whether somebody meets both demands on a day."""
    attested = [one for one in person.attested.get(RISK.code, ()) if one.level >= RISK.level]
    return all(
        any(one.first <= day and (one.last is None or day <= one.last) for one in proofs)
        for proofs in (attested, person.held.get(PRINCE2.code, ()))
    )


def time_on(person: Person, day: date) -> tuple[float, float]:
    """What somebody has on a day, and what is booked of it."""
    away = sum(load.percent for load in person.away if day in load.period)
    employed = (person.employed_from or day) <= day <= (person.employed_to or day)
    used = sum(load.percent for load in person.booked if day in load.period)
    return max(0, person.capacity - away) if employed else 0, used


def counted_by_day(people: list[Person], asked: list[Load], monday: date) -> Supply:
    """What a week comes to when every working day is looked at by itself."""
    seen, have, booked, free, wanted, short = set(), 0.0, 0.0, 0.0, 0.0, 0.0
    for day in (monday + timedelta(days=number) for number in range(5)):
        able = [person for person in people if holds_on(person, day)]
        times = [time_on(person, day) for person in able]
        seen |= {one.id for one, (has, _used) in zip(able, times, strict=True) if has}
        left = sum(max(0, has - used) for has, used in times)
        open_on = sum(load.percent for load in asked if day in load.period)
        have += sum(has for has, _used in times)
        booked += sum(used for _has, used in times)
        free += left
        wanted += open_on
        short += max(0, open_on - left)
    return Supply(len(seen), *(figure / 500 for figure in (have, booked, free, wanted, short)))


@settings(max_examples=200)
@given(
    st.lists(people, max_size=6, unique_by=lambda one: one.id),
    st.lists(loads, max_size=4),
)
def test_a_week_comes_to_what_its_days_come_to(several: list[Person], asked: list[Load]):
    work = Work("x", frozenset({frozenset({RISK, PRINCE2})}), tuple(asked))
    calendar = Calendar(several, WEEKS)
    for monday, one in zip(WEEKS, calendar.supply(work), strict=True):
        expected = counted_by_day(several, asked, monday)
        assert astuple(one) == pytest.approx(astuple(expected))
    days = [monday + timedelta(days=number) for monday in WEEKS for number in range(5)]
    assert calendar.able(work) == {
        one.id for one in several if any(holds_on(one, day) for day in days)
    }


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
    assert (first.have, first.booked, first.free) == pytest.approx((0.6, 0.5, 0.3))
    assert (second.have, second.booked, second.free) == pytest.approx((1.0, 0.5, 0.5))
    assert third.free == 1.0


def test_a_day_off_takes_no_more_than_the_day_has():
    off = Load(Period(FIRST, FIRST + timedelta(days=1)), 100)
    half = Person(1, capacity=50, attested=PROOF, away=(off,))
    assert Calendar([half], WEEKS).supply(RISK_WORK)[0].have == pytest.approx(0.3)


def test_what_is_free_on_monday_helps_nobody_on_friday():
    until = FIRST + timedelta(days=1)
    early = Person(1, attested={RISK.code: (Attestation(3, date(2026, 1, 1), until),)})
    late = Load(Period(FIRST + timedelta(days=2), FIRST + timedelta(days=4)), 100)
    one = Calendar([early], WEEKS).supply(Work("x", RISK_WORK.ways, (late,)))[0]
    assert (one.free, one.asked, one.short) == pytest.approx((0.4, 0.6, 0.6))


def test_a_smaller_share_on_some_days_asks_for_less():
    whole = Period(WEEKS[0], WEEKS[1] + timedelta(days=6))
    less = Load(Period(WEEKS[1], WEEKS[1] + timedelta(days=6)), -60)
    kinds = kinds_of([("pm", Slot(1, whole, 80, musts=(RISK,), relief=(less,)), True)])
    assert [one.asked for one in Calendar([], WEEKS).supply(kinds["pm"])[:3]] == [0.8, 0.2, 0]


def test_one_persons_full_week_does_not_hide_that_another_is_free():
    span = Period(WEEKS[0], WEEKS[-1])
    over = Person(1, attested=PROOF, booked=(Load(span, 100), Load(span, 50)))
    idle = Person(2, attested=PROOF)
    one = Calendar([over, idle], WEEKS).supply(RISK_WORK)[0]
    assert (one.have, one.booked, one.free) == pytest.approx((2.0, 1.5, 1.0))


def test_short_is_what_is_asked_beyond_what_is_free():
    proof = {RISK.code: (Attestation(3, date(2026, 1, 1), WEEKS[3] + timedelta(days=4)),)}
    asked = (Load(Period(WEEKS[2], WEEKS[5] + timedelta(days=6)), 60),)
    work = Work("x", RISK_WORK.ways, asked)
    supply = Calendar([Person(1, attested=proof, capacity=50)], WEEKS).supply(work)
    assert [round(one.short, 2) for one in supply] == [0, 0, 0.1, 0.1, 0.6, 0.6, 0, 0]
    assert [one.people for one in supply] == [1, 1, 1, 1, 0, 0, 0, 0]


def test_bands_count_everybody_as_people_by_week_show_them():
    span = Period(WEEKS[0], WEEKS[0] + timedelta(days=6))
    several = [
        Person(1),
        Person(2, capacity=0),
        Person(3, capacity=60, booked=(Load(span, 30),)),
        Person(4, capacity=60, booked=(Load(span, 60),)),
        Person(5, booked=(Load(span, 60), Load(span, 60))),
        Person(6, employed_from=WEEKS[1]),
    ]
    first, second = Calendar(several, WEEKS).bands()[:2]
    assert first == {Band.FREE: 1, Band.AWAY: 2, Band.LIGHT: 1, Band.FULL: 1, Band.OVER: 1}
    assert second == {Band.FREE: 5, Band.AWAY: 1}


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


def test_the_glance_leads_to_the_kind_and_its_weeks(pmo, slot):
    page = pmo.open("/staffing/capacity")
    row = page.soup.select_one("#glance tbody tr")
    assert row.th.a["href"] == "#kind-1"
    assert page.soup.select_one("#kind-1 h2").text == "Risk manager"
    assert {cell.text for cell in row.select("td")} == {"−0.8"}
    attest(make_person("Ada Lovelace"), level=3)
    row = pmo.open("/staffing/capacity").soup.select_one("#glance tbody tr")
    assert {cell.text for cell in row.select("td")} == {"0.2"}


def test_who_comes_free_is_told_with_what_is_left_of_their_time(pmo, slot):
    ada = make_person("Ada Lovelace", capacity=80)
    other = make_slot(make_project("CRM-2"), "Scheduler", allocation=30)
    book(ada, slot, BookingState.CONFIRMED, percent=50, end_date=date(2031, 4, 10))
    book(ada, other, BookingState.CONFIRMED)
    row = pmo.open("/staffing/capacity").soup.select_one("#free tbody tr")
    assert [cell.text.strip() for cell in row.select("td.num")] == ["50 %", "50 %"]


def test_each_number_of_a_band_leads_to_exactly_these_people(pmo, slot):
    busy, half, idle = (make_person(f"{name} Example") for name in ("Busy", "Half", "Idle"))
    book(busy, slot, BookingState.CONFIRMED, percent=100)
    book(half, make_slot(make_project("CRM-2"), allocation=50), BookingState.CONFIRMED)
    absent(idle, Period(date(2031, 3, 10), date(2031, 3, 16)))
    page = pmo.open("/staffing/capacity")
    links = page.soup.select("#bands td a")
    assert len(links) > 13
    for link in links:
        people = pmo.open(link["href"].partition("#")[0]).soup.select(".load-grid tbody tr")
        assert len(people) == int(link.text)


# --- Against the rows themselves -----------------------------------------------------------


def shares_by_day(day: date) -> dict[str, float]:
    """What a day comes to, from nothing but rows: percent of full time for the risk managers."""
    have = booked = free = asked = 0.0
    for person in db.session.scalars(select(PersonRow)):
        evidence = db.session.scalars(select(Evidence).where(Evidence.person_id == person.id))
        if not any(
            one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
            for one in evidence
        ):
            continue
        capacity = person.capacity
        changes = select(CapacityChange).where(CapacityChange.person_id == person.id)
        for change in db.session.scalars(changes.order_by(CapacityChange.from_on)):
            capacity = change.percent if change.from_on <= day else capacity
        absences = select(Absence).where(Absence.person_id == person.id)
        for one in db.session.scalars(absences):
            capacity -= one.percent if one.start_date <= day <= one.end_date else 0
        if person.employed_to and day > person.employed_to:
            capacity = 0
        used = sum(
            share_on(booking.slot_id, booking.percent, day)
            for booking in db.session.scalars(
                select(Booking).where(
                    Booking.person_id == person.id, Booking.state == BookingState.CONFIRMED
                )
            )
            if booking.start_date <= day <= booking.end_date
        )
        have += max(0, capacity)
        booked += used
        free += max(0, max(0, capacity) - used)
    for row in db.session.scalars(select(RoleSlot)):
        states = db.session.scalars(select(Booking.state).where(Booking.slot_id == row.id)).all()
        if BookingState.CONFIRMED not in states and row.start_date <= day <= row.end_date:
            asked += share_on(row.id, row.allocation, day)
    return {"have": have, "booked": booked, "free": free, "asked": asked}


def share_on(slot_id: int, percent: int, day: date) -> int:
    """What a role takes on a day, with its smaller shares."""
    for one in db.session.scalars(select(RoleShare).where(RoleShare.slot_id == slot_id)):
        if one.first <= day <= one.last:
            return one.percent
    return percent


def test_a_quarter_adds_up_day_by_day(slot, pmo):
    """Part-time that changes, absences, an end of employment, a proof that lapses, smaller shares,
    bookings agreed and asked: each figure is the mean of its working days."""
    ada, ben = make_person("Ada Lovelace"), make_person("Ben Part", capacity=50)
    eve = make_person("Eve Leaving", employed_to=date(2031, 4, 16))
    for person in (ada, ben, eve):
        attest(person, level=3, valid_to=date(2031, 5, 14) if person is ada else None)
    agreed, asked = (
        make_slot(
            make_project(code),
            must=[("risk-management", 3)],
            profile_code="risk-manager",
            allocation=40,
        )
        for code in ("A-1", "A-2")
    )
    book(ada, agreed, BookingState.CONFIRMED)
    book(ben, asked, BookingState.REQUESTED)
    with db.transaction() as session:
        for row, first, last, percent in (
            (agreed, date(2031, 3, 12), date(2031, 3, 25), 10),
            (asked, date(2031, 4, 3), date(2031, 4, 9), 0),
        ):
            session.add(RoleShare(slot_id=row.id, first=first, last=last, percent=percent))
        for person, day, percent in ((ada, date(2031, 4, 2), 60), (ben, date(2031, 3, 20), 90)):
            session.add(
                CapacityChange(
                    person_id=person.id, from_on=day, percent=percent, recorded_at=clock.now()
                )
            )
    absent(ada, Period(date(2031, 4, 1), date(2031, 4, 10)))
    absent(ben, Period(date(2031, 3, 18), date(2031, 3, 21)), 60)

    answer = pmo.open("/staffing/capacity.csv?weeks=13")
    rows = list(csv.DictReader(io.StringIO(answer.response.get_data(as_text=True))))

    assert len(rows) == 13
    for number, row in enumerate(rows):
        monday = date(2031, 3, 3) + timedelta(weeks=number)
        days = [shares_by_day(monday + timedelta(days=place)) for place in range(5)]
        for figure in ("have", "booked", "free", "asked"):
            assert float(row[figure]) == round(sum(day[figure] for day in days) / 500, 2), row
        short = sum(max(0, day["asked"] - day["free"]) for day in days) / 500
        assert float(row["short"]) == round(short, 2), row
    assert {row["asked"] for row in rows} == {"1.20", "1.04", "0.96"}


# --- People by week ------------------------------------------------------------------------


def names_on(page) -> list[str]:
    return [one.text for one in page.soup.select(".load-grid tbody .person-name")]


def test_people_are_found_by_what_they_can_do_where_they_are_and_how_full(pmo, slot):
    ada = make_person("Ada Lovelace", location="London")
    make_person("Ben Idle", location="Berlin")
    cem = make_person("Cem Busy", location="Berlin")
    for person in (ada, cem):
        attest(person, level=3)
    book(cem, make_slot(make_project("CRM-2"), allocation=100), BookingState.CONFIRMED)
    assert names_on(pmo.open("/staffing?kind=risk-manager")) == ["Ada Lovelace", "Cem Busy"]
    assert names_on(pmo.open("/staffing?place=Berlin")) == ["Ben Idle", "Cem Busy"]
    assert names_on(pmo.open("/staffing?place=Berlin&band=full")) == ["Cem Busy"]
    assert names_on(pmo.open("/staffing?band=over")) == []
    freest = names_on(pmo.open("/staffing?order=free"))
    assert (freest[-1], freest[0]) == ("Cem Busy", "Ada Lovelace")
    assert names_on(pmo.open("/staffing?kind=nothing-like-it")) == []


def test_a_band_can_be_asked_for_one_week_alone(pmo, slot):
    ada = make_person("Ada Lovelace")
    book(ada, slot, BookingState.CONFIRMED, percent=100, end_date=date(2031, 3, 9))
    first, second = "2031-03-03", "2031-03-10"
    assert names_on(pmo.open(f"/staffing?band=full&week={first}")) == ["Ada Lovelace"]
    assert names_on(pmo.open(f"/staffing?band=full&week={second}")) == []
    assert names_on(pmo.open("/staffing?band=full&week=2040-01-02")) == ["Ada Lovelace"]
    assert pmo.open("/staffing?band=x&order=x&week=x&kind=x").status == 200


def test_filters_stay_from_page_to_page(pmo, slot):
    for number in range(45):
        make_person(f"Person{number:02} Example", location="Berlin")
    page = pmo.open("/staffing?place=Berlin&order=free&band=free")
    assert len(names_on(page)) == 40
    following = pmo.open(page.soup.select_one(".pagination a[rel=next]")["href"])
    assert len(names_on(following)) == 5
    assert not set(names_on(page)) & set(names_on(following))
    assert following.soup.select_one("select[name=band] option[selected]")["value"] == "free"


def test_a_filter_by_weeks_asks_as_often_for_many_as_for_one(pmo, slot):
    address = "/staffing?band=free&order=free&kind=risk-manager"
    attest(make_person("Ada Lovelace"))
    with counted() as few:
        pmo.open(address)
    for number in range(10):
        attest(make_person(f"Person{number} More"))
    with counted() as many:
        pmo.open(address)
    assert len(many) == len(few)
