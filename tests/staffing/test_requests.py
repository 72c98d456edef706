"""Requests that nobody answers end by themselves, and both sides hear of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import Person
from app.core import jobs
from app.core.errors import Conflict
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing import services
from app.staffing.rules.booking import ANSWER_DAYS, LEAST_DAYS, BookingState, answer_by
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, book, make_project, make_slot, states_of
from tests.visitor import Visitor

S = BookingState


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person("Ada Lovelace")


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    return make_slot(make_project())


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(-30, 400))
def test_the_last_day_lies_before_the_role_and_never_too_near(today: date, ahead: int):
    start = today + timedelta(days=ahead)
    last = answer_by(today, start)
    assert today + timedelta(days=LEAST_DAYS) <= last <= today + timedelta(days=ANSWER_DAYS)
    assert last < start or ahead <= LEAST_DAYS


def test_a_request_ends_the_day_after_its_last_and_both_sides_hear_of_it(ada, slot, outbox):
    petra = make_person("Petra Osei", Role.PMO)
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    last = booking.answer_by
    assert last is not None
    morning = datetime(last.year, last.month, last.day, 8, tzinfo=UTC)
    assert services.expire(morning, BASE) == 0
    assert services.expire(morning + timedelta(days=1), BASE) == 1
    assert services.expire(morning + timedelta(days=2), BASE) == 0
    assert states_of(slot) == [S.RELEASED]
    steps = services.queries.steps_of_slot(slot.id)
    assert (steps[0].reason, steps[0].by_name) == ("Nobody answered in time.", "system")
    jobs.run_due()
    addressees = [letter.read_text().partition("To: ")[2] for letter in outbox.glob("*.eml")]
    assert sum(one.startswith(ada.email) for one in addressees) == 2
    assert sum(one.startswith(petra.email) for one in addressees) == 1


def test_what_was_answered_does_not_expire(ada, slot):
    booking = services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    services.confirm(booking.id, by=actor_of(ada), base_url=BASE)
    assert services.expire(datetime(2040, 1, 1, tzinfo=UTC), BASE) == 0
    assert states_of(slot) == [S.CONFIRMED]


def test_the_page_names_the_last_day(ada, slot, visitor: Visitor):
    services.ask(slot.id, ada.id, by=PMO, base_url=BASE)
    visitor.log_in(ada.email, PASSWORD)
    assert "Please answer by" in visitor.open("/bookings").text


def test_who_answers_too_late_is_refused_even_before_the_request_is_ended(ada, slot):
    booking = book(ada, slot, S.REQUESTED, answer_by=date(2026, 1, 2))

    with pytest.raises(Conflict, match="expired"):
        services.confirm(booking.id, by=actor_of(ada), base_url=BASE)

    services.confirm(booking.id, by=PMO, base_url=BASE)
    assert states_of(slot) == [S.CONFIRMED]
