"""Somebody leaves a role before it is over: what was worked stays, the rest is open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Person
from app.core import db, jobs
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.policy import Role
from app.core.values import Period
from app.projects.dividing.rules import cut
from app.projects.models import RoleShare, RoleSlot
from app.projects.rules import Share
from app.staffing import queries, services
from app.staffing.models import BookingStep
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.test_services import at_once
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
from tests.visitor import Visitor

S = BookingState
LAST = date(2031, 4, 6)
NEXT = LAST + timedelta(days=1)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    make_framework()
    return make_slot(make_project(), must=[("risk-management", 3)])


@pytest.fixture
def ada(slot: RoleSlot) -> Person:
    person = make_person("Ada Lovelace")
    attest(person)
    return person


def parts() -> list[tuple[date, date]]:
    rows = db.session.scalars(select(RoleSlot).order_by(RoleSlot.start_date))
    return [(row.start_date, row.end_date) for row in rows]


def test_the_days_up_to_it_stay_booked_and_the_rest_is_a_role_of_its_own(slot, ada):
    booking = book(ada, slot, S.CONFIRMED)

    services.end_early(booking.id, LAST, by=PMO, base_url=BASE, reason="On leave")

    db.session.expire_all()
    (kept,) = queries.live_bookings([slot.id])
    assert (kept.state, kept.start_date, kept.end_date) == (S.CONFIRMED, SPRING.first, LAST)
    assert parts() == [(SPRING.first, LAST), (NEXT, SPRING.last)]
    assert queries.open_roles_count() == 1
    step = db.session.scalars(select(BookingStep).order_by(BookingStep.id.desc())).first()
    assert step.reason == "Ends on 6 Apr 2031 instead of 29 Jun 2031. On leave"
    # Their time is free again from the day after: they could even take what is left.
    rest = db.session.scalars(select(RoleSlot.id).where(RoleSlot.start_date == NEXT)).one()
    services.propose(rest, ada.id, by=PMO)


def test_days_with_a_smaller_share_go_with_their_part(slot, ada):
    with db.transaction() as session:
        first, last = LAST - timedelta(days=3), LAST + timedelta(days=3)
        session.add(RoleShare(slot_id=slot.id, first=first, last=last, percent=20))
    booking = book(ada, slot, S.CONFIRMED)

    services.end_early(booking.id, LAST, by=PMO, base_url=BASE)

    db.session.expire_all()
    rows = db.session.scalars(select(RoleShare).order_by(RoleShare.first)).all()
    assert [(row.slot_id == slot.id, row.first, row.last, row.percent) for row in rows] == [
        (True, first, LAST, 20),
        (False, NEXT, last, 20),
    ]


days = st.dates(date(2031, 1, 1), date(2031, 2, 1))
shares = st.lists(
    st.builds(lambda a, b, n: Share(Period(min(a, b), max(a, b)), n), days, days, st.integers(0, 9))
)


@given(shares, days)
def test_a_cut_loses_no_day_and_adds_none(whole: list[Share], rest_from: date):
    before, after = cut(whole, rest_from)
    told = [(day, one.percent) for one in (*before, *after) for day in one.period.days()]
    assert sorted(told) == sorted((day, one.percent) for one in whole for day in one.period.days())
    assert all(one.period.last < rest_from for one in before)
    assert all(one.period.first >= rest_from for one in after)


@pytest.mark.parametrize("last", [SPRING.first - timedelta(days=1), SPRING.last, date(2032, 1, 1)])
def test_a_day_outside_the_booking_is_refused(slot, ada, last):
    booking = book(ada, slot, S.CONFIRMED)
    with pytest.raises(Invalid):
        services.end_early(booking.id, last, by=PMO, base_url=BASE)
    assert parts() == [(SPRING.first, SPRING.last)]


def test_only_what_was_agreed_ends_early_and_only_the_pmo_ends_it(slot, ada):
    booking = book(ada, slot, S.REQUESTED)
    with pytest.raises(Conflict):
        services.end_early(booking.id, LAST, by=PMO, base_url=BASE)
    with pytest.raises(NotAllowed):
        services.end_early(booking.id, LAST, by=actor_of(ada), base_url=BASE)


def test_nothing_is_changed_while_somebody_else_is_noted_for_the_whole_role(slot, ada):
    booking = book(ada, slot, S.CONFIRMED)
    book(make_person("Ben Okri"), slot, S.PROPOSED)

    with pytest.raises(Conflict, match="Ben Okri"):
        services.end_early(booking.id, LAST, by=PMO, base_url=BASE)

    db.session.rollback()
    assert parts() == [(SPRING.first, SPRING.last)]
    assert {one.end_date for one in queries.live_bookings([slot.id])} == {SPRING.last}


def test_two_last_days_at_once_leave_no_day_twice_and_none_out(app: Flask, slot, ada):
    booking = book(ada, slot, S.CONFIRMED)
    earlier = LAST - timedelta(days=17)

    refused = at_once(
        app,
        lambda: services.end_early(booking.id, LAST, by=PMO, base_url=BASE),
        lambda: services.end_early(booking.id, earlier, by=PMO, base_url=BASE),
    )

    # The earlier day holds; the later one is refused if it comes second.
    db.session.expire_all()
    days = sorted(day for first, last in parts() for day in Period(first, last).days())
    assert days == list(SPRING.days())
    (kept,) = queries.live_bookings([slot.id])
    assert (kept.end_date, len(parts()) + len(refused)) == (earlier, 3)


def test_the_pmo_gives_a_last_day_and_everybody_hears_of_it(slot, ada, visitor: Visitor, outbox):
    make_person("Petra Osei", Role.PMO)
    booking = book(ada, slot, S.CONFIRMED)
    visitor.log_in("petra@example.com", PASSWORD)
    address = f"/projects/CRM-1/roles/{slot.id}"
    assert visitor.open(address).soup.select_one(".dialog-host input[name=last_day]")

    steps = f"{address}/bookings/{booking.id}/state"
    refused = visitor.send(steps, state="released", last_day="2030-01-01")
    assert (refused.status, "Choose a day of this booking" in refused.text) == (422, True)
    assert visitor.send(steps, state="released", last_day="in spring").status == 422
    assert visitor.send(steps, state="released", last_day=LAST.isoformat()).status == 302

    assert "Ends on 6 Apr 2031 instead of 29 Jun 2031." in visitor.open(address).text
    jobs.run_due()
    (letter,) = outbox.glob("*.eml")
    assert "ends on 6 April 2031" in letter.read_text()
