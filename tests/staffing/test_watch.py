"""Bookings that fall out of qualification: seen 90 days ahead, told once, with the remedy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings

from app.accounts.models import Person
from app.core import clock, db, jobs
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import Requirement, RoleSlot
from app.staffing.calendars import services as calendars
from app.staffing.deciding import services as deciding
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import NoCapacity, RateUnknown, TooExpensive, reasons
from app.staffing.rules.matcher.problem import Attestation, Need, Slot
from app.staffing.rules.matcher.problem import Person as Matched
from app.staffing.rules.matcher.rank import rule_of
from app.staffing.rules.matcher.repair import Courses, Judgement, Renewal, tried
from app.staffing.rules.portfolio.school import School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught
from app.staffing.training import queries as training
from app.staffing.training import services as giving
from app.staffing.watch import queries, services
from app.staffing.watch.rules import AHEAD, Booked, Finding, failing, findings
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, publish
from tests.staffing.strategies import days, nobody_teaches, people, schools, slots, student_of
from tests.staffing.test_rules import GOOD, RISK
from tests.staffing.test_training import SMALL, sit
from tests.staffing.world import (
    BASE,
    PMO,
    absent,
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
    make_training,
    withdraw,
)
from tests.statements import counted
from tests.visitor import Visitor

S = BookingState
NOW = datetime(2031, 3, 10, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    make_certification()
    return make_slot(make_project(), must=[("risk-management", 3), ("prince2-practitioner", None)])


@pytest.fixture
def ada(slot: RoleSlot) -> Person:
    person = make_person("Ada Lovelace")
    attest(person, level=3)
    hold(person, until=date(2031, 5, 14))
    book(person, slot, S.CONFIRMED)
    return person


def found() -> list[tuple[str, date]]:
    db.session.rollback()
    return [(one.booking.person.name, one.finding.fails_on) for one in queries.endangered(TODAY)]


# --- What is found -------------------------------------------------------------------------


def test_a_lapse_inside_a_booking_is_found(slot, ada):
    assert found() == [("Ada Lovelace", date(2031, 5, 15))]


def test_a_renewal_takes_it_away(slot, ada):
    hold(ada, until=None)
    assert found() == []


def test_withdrawn_evidence_and_a_raised_demand_fail_today(slot, ada):
    hold(ada, until=None)
    with db.transaction() as session:
        for row in session.query(Requirement).filter_by(code="risk-management"):
            row.level = 4
    assert found() == [("Ada Lovelace", TODAY)]
    attest(ada, level=4)
    assert found() == []
    withdraw(ada, 4)
    assert found() == [("Ada Lovelace", TODAY)]


def test_what_fails_later_than_90_days_can_wait(slot, ada):
    hold(ada, until=date(2031, 6, 9))
    assert found() == []
    assert date(2031, 6, 8) == TODAY + AHEAD


@pytest.mark.parametrize("state", [S.PROPOSED, S.RELEASED, S.DECLINED])
def test_only_who_is_asked_or_booked_is_watched(slot, state):
    ben = make_person("Ben Other")
    book(ben, slot, state)
    assert found() == []


def test_what_two_members_passed_over_is_not_a_danger(slot):
    ben = make_person("Ben Other")
    attest(ben, level=3)
    asker = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    other = actor_of(make_person("Paul Adeyemi", Role.PMO), Role.PMO)
    asked = deciding.ask_override(slot.id, ben.id, reason="Why", by=asker, base_url=BASE)
    deciding.grant(asked.id, note="", by=other, base_url=BASE)
    (live,) = deciding.bookings.queries.live_bookings([slot.id])
    deciding.bookings.request(live.id, by=asker, base_url=BASE)
    assert found() == []


# --- More booked than there is time for ----------------------------------------------------


def test_less_time_than_is_booked_is_found_at_once_however_far_ahead(slot, ada):
    hold(ada, until=None)
    may = Period(date(2031, 5, 6), date(2031, 5, 7))
    absent(ada, may, percent=40)
    assert found() == []
    absent(ada, may, percent=10)
    assert found() == [("Ada Lovelace", date(2031, 5, 5))]
    (one,) = queries.endangered(date(2030, 1, 7))
    assert one.finding.overbooked
    assert one.finding.reason.weeks == ("2031-W19",)


def test_less_capacity_from_a_day_on_names_each_booking_that_it_takes(slot, ada):
    hold(ada, until=None)
    book(ada, make_slot(make_project("ERP-2"), allocation=40), S.CONFIRMED)
    book(ada, make_slot(make_project("NEW-3"), allocation=90), S.REQUESTED)
    assert found() == []
    calendars.change_capacity(ada.id, date(2031, 6, 2), 80, by=PMO)
    assert found() == [("Ada Lovelace", date(2031, 6, 2))] * 2


def test_more_than_their_time_that_two_members_agreed_to_is_no_danger(slot, ada):
    hold(ada, until=None)
    other = make_slot(make_project("ERP-2"), allocation=80)
    petra = actor_of(make_person("Petra Osei", Role.PMO), Role.PMO)
    paul = actor_of(make_person("Paul Adeyemi", Role.PMO), Role.PMO)
    asked = deciding.ask_override(other.id, ada.id, reason="Why", by=petra, base_url=BASE)
    deciding.grant(asked.id, note="", by=paul, base_url=BASE)
    (live,) = deciding.bookings.queries.live_bookings([other.id])
    deciding.bookings.request(live.id, by=petra, base_url=BASE)
    deciding.bookings.confirm(live.id, by=petra, base_url=BASE)
    assert found() == []
    absent(ada, Period(date(2031, 5, 6), date(2031, 5, 7)))
    assert found() == [("Ada Lovelace", TODAY)]


# --- Telling -------------------------------------------------------------------------------


def test_the_pmo_is_told_once_for_each_finding(slot, ada, outbox):
    petra = make_person("Petra Osei", Role.PMO)
    assert services.look(NOW, BASE) == 1
    assert services.look(NOW + timedelta(minutes=5), BASE) == 0
    assert services.look(NOW + timedelta(hours=2), BASE) == 0
    assert queries.last_round().found == 1
    ben = make_person("Ben Other")
    book(ben, make_slot(make_project("ERP-2"), must=[("risk-management", 3)]), S.REQUESTED)
    assert services.look(NOW + timedelta(hours=4), BASE) == 1
    jobs.run_due()
    letters = [letter.read_text() for letter in sorted(outbox.glob("*.eml"))]
    assert len(letters) == 2
    assert all(petra.email in letter for letter in letters)
    assert sum("Ada Lovelace" in letter for letter in letters) == 1
    assert sum("Ben Other" in letter for letter in letters) == 1


def test_what_fails_already_is_not_told_again_the_next_day_but_if_it_comes_back(slot, outbox):
    make_person("Petra Osei", Role.PMO)
    ben = make_person("Ben Other")
    hold(ben, until=None)
    begun = make_slot(make_project("ERP-2"), must=[("risk-management", 3)], start_date=TODAY)
    book(ben, begun, S.CONFIRMED)
    days = [services.look(NOW + timedelta(days=number), BASE) for number in range(4)]
    attest(ben, level=3)
    days.append(services.look(NOW + timedelta(days=4), BASE))
    withdraw(ben, 3)
    days += [services.look(NOW + timedelta(days=number), BASE) for number in (5, 6)]

    assert days == [1, 0, 0, 0, 0, 1, 0]


def test_a_lapse_that_was_told_ahead_is_not_told_again_once_it_is_there(slot, ada):
    lapse = datetime(2031, 5, 15, 9, tzinfo=UTC)
    assert services.look(NOW, BASE) == 1
    assert services.look(lapse - timedelta(days=1), BASE) == 0
    assert [services.look(lapse + timedelta(days=number), BASE) for number in range(3)] == [0, 0, 0]
    hold(ada, until=date(2031, 6, 1))
    assert services.look(lapse + timedelta(days=3), BASE) == 1


def test_the_worker_looks_once_an_hour(slot, ada):
    each_minute = services.rounds(BASE)
    assert each_minute(NOW) == 1
    book(make_person("Ben Other"), slot, S.REQUESTED)
    assert each_minute(NOW + timedelta(minutes=59)) == 0
    assert each_minute(NOW + timedelta(minutes=61)) == 2


# --- The page ------------------------------------------------------------------------------


def test_the_page_says_who_when_why_and_what_prevents_it(
    visitor: Visitor, app, slot, ada, monkeypatch
):
    make_training(level=3)
    book(make_person("Ben Other"), slot, S.REQUESTED)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    page = visitor.open("/staffing/watch")
    text = " ".join(page.soup.find("main").get_text(" ").split())
    assert "2 bookings in danger" in text
    assert "Renew PRINCE2 Practitioner by 15 May 2031." in text
    assert "Risk management 0, needs 3" in text
    assert page.soup.select_one(f'main a[href="/people/{ada.id}/certifications"]')
    with counted() as few:
        visitor.open("/staffing/watch")
    for number in range(8):
        book(make_person(f"Person{number} More"), slot, S.REQUESTED)
    with counted() as many:
        visitor.open("/staffing/watch")
    assert len(many) == len(few)


def test_one_click_gives_the_course_that_prevents_it_and_passing_it_ends_it(
    visitor: Visitor, app, monkeypatch
):
    make_framework()
    publish(make_course("risk", estimated_minutes=480, **SMALL))
    ada = make_person("Ada Lovelace")
    role = make_slot(make_project(), must=[("risk-management", 3)], start_date=TODAY)
    attest(ada, level=3, valid_to=date(2031, 4, 30))
    book(ada, role, S.CONFIRMED)
    with time_machine.travel(NOW, tick=False):
        visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
        page = visitor.open("/staffing/watch")
        form = page.soup.find("button", string=re.compile("Give the course")).find_parent("form")
        assert visitor.send(form["action"], person=ada.id).status == 302
        assert training.due_days(ada.id) == {"risk": date(2031, 4, 30)}
        assert "given" in visitor.open("/staffing/watch").text
        sit(ada)
        assert "Nothing in danger" in visitor.open("/staffing/watch").text


def test_the_course_is_given_though_a_certification_lapses_too(app):
    make_framework()
    make_certification()
    publish(make_course("risk", estimated_minutes=480, **SMALL))
    ada = make_person("Ada Lovelace")
    must = [("risk-management", 3), ("prince2-practitioner", None), ("planning", 4)]
    role = make_slot(make_project(), must=must, start_date=TODAY)
    attest(ada, level=3, valid_to=date(2031, 4, 30))
    attest(ada, "planning", level=4, valid_to=date(2031, 5, 10))
    hold(ada, until=date(2031, 5, 20))
    book(ada, role, S.CONFIRMED)
    with time_machine.travel(NOW, tick=False):
        made = [one.finding.repair for one in queries.endangered(TODAY)]
        assert [type(one) for one in made] == [Courses, Judgement, Renewal]
        db.session.rollback()
        due = giving.assign(role.id, ada.id, by=PMO, base_url=BASE)
        assert due == [giving.Due("risk", date(2031, 4, 30))]


def test_nothing_in_danger_is_said(visitor: Visitor, app):
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    assert "Nothing in danger" in visitor.open("/staffing/watch").text


# --- Pure ----------------------------------------------------------------------------------


def found_among(booked: list[Booked], today: date) -> list[Finding]:
    return findings(failing(booked, today), nobody_teaches, today)


@settings(max_examples=200)
@given(people, slots())
def test_whoever_meets_everything_until_the_end_is_never_found(person: Matched, slot: Slot):
    today = date(2027, 2, 20)
    told = found_among([Booked(1, person, slot)], today)
    serious = [
        one
        for one in reasons(person, slot)
        if not isinstance(one, NoCapacity | TooExpensive | RateUnknown)
    ]
    if not serious:
        assert told == []
    for one in told:
        assert today <= one.fails_on <= today + AHEAD
        assert one.fails_on <= slot.period.last


def test_employment_that_begins_late_fails_on_the_first_day_however_it_ends():
    slot = Slot(1, Period(date(2027, 3, 1), date(2027, 3, 20)), 50)
    late = Matched(1, employed_from=date(2027, 3, 10), employed_to=date(2027, 4, 1))
    brief = Matched(2, employed_to=date(2027, 3, 9))
    found = found_among([Booked(1, late, slot), Booked(2, brief, slot)], date(2027, 2, 1))
    assert [one.fails_on for one in found] == [date(2027, 3, 1), date(2027, 3, 10)]


def test_a_role_that_asks_at_its_start_has_asked_once_it_began():
    slot = Slot(1, Period(date(2027, 2, 1), date(2027, 6, 30)), 50, musts=(RISK,), throughout=False)
    novice = Matched(2)
    assert found_among([Booked(1, novice, slot)], date(2027, 2, 2)) == []
    assert len(found_among([Booked(1, novice, slot)], date(2027, 1, 20))) == 1
    assert found_among([Booked(1, GOOD, slot)], date(2027, 1, 20)) == []
    assert found_among([Booked(1, novice, slot)], date(2027, 7, 1)) == []


@settings(max_examples=200, deadline=None)
@given(people, slots(), schools(), days)
def test_what_prevents_it_really_does(person: Matched, slot: Slot, school: School, today: date):
    def teach(one: Matched, slot: Slot, needs: tuple[Need, ...]):
        return school.keeping(student_of(one), slot, needs, today)

    booked = Booked(1, person, slot, agreed=True)
    left = {one.booked.booking_id: one.slot for one in failing([booked], today)}
    for one in findings(failing([booked], today), teach, today):
        after = reasons(*tried(one.repair, person, left[1]))
        assert rule_of(one.reason) not in {rule_of(reason) for reason in after}, one.repair


def test_whoever_is_on_a_role_has_until_their_level_lapses():
    lapse = Attestation(3, date(2026, 1, 1), date(2027, 4, 30))
    on_it = Matched(1, attested={RISK.code: (lapse,)})
    slot = Slot(1, Period(date(2027, 2, 1), date(2027, 6, 30)), 50, musts=(RISK,))
    school = School([Course("risk", 8, awards=(Taught(RISK.code, 3),))])
    today = date(2027, 3, 1)

    kept = school.keeping(Student(on_it), slot, (RISK,), today)
    assert kept is not None
    assert (kept.ready, kept.due, kept.start_by) == (
        date(2027, 3, 15),
        (date(2027, 4, 30),),
        date(2027, 4, 16),
    )
    late = school.mending(Student(on_it), slot, (RISK,), today)
    assert late is not None
    assert (late.ready, late.start_by) == (date(2027, 3, 15), None)
