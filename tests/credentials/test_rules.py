"""When a certificate is issued, what its number looks like, what it is worth on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.document import CertificateTerms
from app.core.values import Duration, Unit
from app.credentials.rules import (
    Dates,
    Standing,
    State,
    dates,
    is_earned,
    may_issue,
    new_serial,
    read_serial,
    renews,
    state_on,
)

TERMS = CertificateTerms(
    title="Risk practitioner",
    requires=("exam", "practical"),
    valid_for=Duration(24, Unit.MONTHS),
    renew_from=Duration(90, Unit.DAYS),
    grace=Duration(30, Unit.DAYS),
    renewal="exam",
)
STANDING = Standing(date(2027, 1, 31), date(2029, 1, 31), date(2028, 11, 2), False, False)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2027, 1, 31), State.VALID),
        (date(2028, 11, 1), State.VALID),
        (date(2028, 11, 2), State.DUE),
        (date(2029, 1, 31), State.DUE),
        (date(2029, 2, 1), State.EXPIRED),
    ],
)
def test_the_state_follows_the_day(day: date, state: State):
    assert state_on(STANDING, day) is state


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2029, 1, 31), State.DUE),
        (date(2029, 2, 1), State.IN_GRACE),
        (date(2029, 3, 2), State.IN_GRACE),
        (date(2029, 3, 3), State.EXPIRED),
    ],
)
def test_in_grace_it_is_not_in_force_and_can_still_be_renewed(day: date, state: State):
    graceful = replace(STANDING, grace_to=date(2029, 3, 2))
    assert state_on(graceful, day) is state


@pytest.mark.parametrize(
    ("quiz_id", "day", "renewed"),
    [
        ("exam", date(2028, 11, 1), False),
        ("exam", date(2028, 11, 2), True),
        ("practical", date(2028, 11, 2), False),
        ("exam", date(2029, 3, 2), True),
        ("exam", date(2029, 3, 3), False),
    ],
)
def test_the_quiz_of_renewal_is_enough_in_the_window_and_in_grace(quiz_id, day, renewed):
    graceful = replace(STANDING, grace_to=date(2029, 3, 2))
    assert renews(TERMS, quiz_id, graceful, day) is renewed
    assert not renews(TERMS, quiz_id, None, day)


def test_what_was_revoked_stays_revoked_and_what_was_renewed_is_told_so():
    revoked = Standing(date(2027, 1, 31), None, None, True, True)
    renewed = Standing(date(2027, 1, 31), None, None, False, True)
    assert state_on(revoked, date(2099, 1, 1)) is State.REVOKED
    assert state_on(renewed, date(2099, 1, 1)) is State.SUPERSEDED


def test_it_is_earned_by_every_quiz_it_requires():
    assert not is_earned(TERMS, {"exam"})
    assert is_earned(TERMS, {"exam", "practical", "another"})


def test_dates_count_from_the_day_of_issue():
    wanted = Dates(date(2029, 1, 31), date(2028, 11, 2), date(2029, 3, 2))
    assert dates(TERMS, date(2027, 1, 31)) == wanted


@pytest.mark.parametrize(
    ("standing", "day", "issued"),
    [
        (None, date(2027, 2, 1), True),
        (STANDING, date(2027, 2, 1), False),
        (STANDING, date(2028, 12, 1), True),
        (STANDING, date(2029, 6, 1), True),
        (Standing(date(2027, 1, 31), None, None, True, False), date(2027, 2, 1), True),
    ],
    ids=["first", "in force", "due", "expired", "revoked"],
)
def test_another_is_issued_once_the_last_one_is_due(
    standing: Standing | None, day: date, issued: bool
):
    assert may_issue(standing, day) is issued


def test_numbers_have_more_than_128_random_bits_and_never_repeat():
    serials = {new_serial() for _ in range(500)}
    assert len(serials) == 500
    assert all(len(serial.replace("-", "")) * 5 >= 128 for serial in serials)


def test_a_number_is_read_as_people_type_it():
    serial = new_serial()
    typed = " " + serial.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert read_serial(typed) == serial


@given(st.text(max_size=60))
def test_anything_else_is_no_number(text: str):
    read = read_serial(text)
    assert read is None or read_serial(read) == read
