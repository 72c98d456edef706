"""Validity, window, grace and renewal of certifications: tables of days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competence.certifications.rules import (
    USUAL,
    CountsFrom,
    HoldingState,
    Points,
    Standing,
    Terms,
    Way,
    balance,
    first_expiry,
    kept_renewal,
    next_expiry,
    state_on,
    terms_of,
    ways_on,
)
from app.core.values import Duration, Period, Unit

YEAR = Duration(12, Unit.MONTHS)
THREE = Duration(3, Unit.YEARS)
ISSUED, LAST = date(2024, 3, 31), date(2027, 3, 31)


def terms(**values) -> Terms:
    usual = {"valid_for": THREE, "renew_from": YEAR, "grace": Duration(30, Unit.DAYS)}
    return Terms(**{**usual, **values})


# --- States ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2024, 3, 30), HoldingState.EXPIRED),
        (date(2024, 3, 31), HoldingState.VALID),
        (date(2026, 3, 30), HoldingState.VALID),
        (date(2026, 3, 31), HoldingState.DUE),
        (date(2027, 3, 31), HoldingState.DUE),
        (date(2027, 4, 1), HoldingState.IN_GRACE),
        (date(2027, 4, 30), HoldingState.IN_GRACE),
        (date(2027, 5, 1), HoldingState.EXPIRED),
    ],
)
def test_a_certification_is_valid_then_due_then_in_grace_then_expired(day, state):
    assert state_on(Standing.of(terms(), ISSUED, LAST), day) is state


def test_without_grace_it_is_expired_the_day_after():
    standing = Standing.of(terms(grace=None), ISSUED, LAST)
    assert state_on(standing, date(2027, 4, 1)) is HoldingState.EXPIRED


def test_what_never_lapses_is_never_due():
    standing = Standing.of(Terms(), ISSUED, None)
    assert state_on(standing, date(2199, 1, 1)) is HoldingState.VALID


def test_revoked_and_renewed_are_told_before_anything_else():
    day = date(2027, 4, 15)
    both = Standing.of(terms(), ISSUED, LAST, renewed=True, revoked=True)
    renewed = Standing.of(terms(), ISSUED, LAST, renewed=True)
    assert state_on(both, day) is HoldingState.REVOKED
    assert state_on(renewed, day) is HoldingState.RENEWED


def test_a_window_longer_than_the_validity_opens_on_the_day_of_issue():
    short = terms(valid_for=Duration(30, Unit.DAYS))
    standing = Standing.of(short, ISSUED, ISSUED + timedelta(30))
    assert state_on(standing, ISSUED) is HoldingState.DUE


# --- Renewing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts_from", "completed_on", "new_last"),
    [
        (CountsFrom.COMPLETION, date(2026, 12, 1), date(2029, 12, 1)),
        (CountsFrom.COMPLETION, date(2027, 4, 20), date(2030, 4, 20)),
        # In the window and in grace the old last day counts.
        (CountsFrom.EXPIRY, date(2026, 3, 31), date(2030, 3, 31)),
        (CountsFrom.EXPIRY, date(2027, 4, 30), date(2030, 3, 31)),
        # Before and after it does not: nobody gains time, nor loses any.
        (CountsFrom.EXPIRY, date(2026, 3, 30), date(2029, 3, 30)),
        (CountsFrom.EXPIRY, date(2027, 5, 1), date(2030, 5, 1)),
        # The rhythm stays, however late.
        (CountsFrom.FIXED, date(2026, 6, 1), date(2030, 3, 31)),
        (CountsFrom.FIXED, date(2029, 1, 1), date(2030, 3, 31)),
        (CountsFrom.FIXED, date(2030, 3, 31), date(2033, 3, 31)),
        (CountsFrom.FIXED, date(2031, 1, 1), date(2033, 3, 31)),
    ],
)
def test_the_new_last_day_is_as_the_type_says(counts_from, completed_on, new_last):
    assert next_expiry(terms(counts_from=counts_from), LAST, completed_on) == new_last


def test_a_rhythm_of_months_comes_back_to_the_31st():
    monthly = terms(valid_for=Duration(1, Unit.MONTHS), counts_from=CountsFrom.FIXED)
    assert next_expiry(monthly, date(2026, 1, 31), date(2026, 2, 28)) == date(2026, 3, 31)


def test_what_never_lapses_is_renewed_without_end():
    assert next_expiry(Terms(), None, ISSUED) is None
    assert first_expiry(Terms(), ISSUED) is None
    assert first_expiry(terms(), ISSUED) == LAST


@given(
    counts_from=st.sampled_from(CountsFrom),
    months=st.integers(1, 60),
    window=st.integers(0, 400),
    grace=st.integers(0, 400),
    late=st.integers(-900, 900),
)
def test_a_renewal_never_ends_before_it_was_completed(counts_from, months, window, grace, late):
    chosen = Terms(
        Duration(months, Unit.MONTHS),
        Duration(window, Unit.DAYS),
        Duration(grace, Unit.DAYS),
        counts_from,
    )
    completed_on = LAST + timedelta(late)
    new_last = next_expiry(chosen, LAST, completed_on)
    assert new_last is not None
    if counts_from is not CountsFrom.EXPIRY or grace <= months * 28:
        assert new_last >= completed_on


@pytest.mark.parametrize(
    ("day", "ways"),
    [
        (date(2025, 1, 1), (Way.EXAM, Way.SUITE)),
        (date(2026, 6, 1), (Way.EXAM, Way.SUITE, Way.POINTS)),
        (date(2027, 4, 15), (Way.EXAM, Way.SUITE, Way.POINTS)),
        (date(2027, 6, 1), (Way.EXAM,)),
    ],
)
def test_which_ways_are_open_on_a_day(day, ways):
    open_to_all = terms(suite=("other",), points_a_year=Decimal(20))
    assert ways_on(open_to_all, Standing.of(open_to_all, ISSUED, LAST), day) == ways


def test_nothing_renews_what_was_revoked_renewed_or_never_lapses():
    day = date(2027, 1, 1)
    assert ways_on(terms(), Standing.of(terms(), ISSUED, LAST, renewed=True), day) == ()
    assert ways_on(terms(), Standing.of(terms(), ISSUED, LAST, revoked=True), day) == ()
    assert ways_on(Terms(), Standing.of(Terms(), ISSUED, None), day) == ()


def test_where_only_points_renew_the_exam_opens_again_once_grace_is_over():
    points = terms(same_exam=False, points_a_year=Decimal(20))
    standing = Standing.of(points, ISSUED, LAST)
    assert ways_on(points, standing, date(2027, 4, 15)) == (Way.POINTS,)
    assert ways_on(points, standing, date(2027, 6, 1)) == (Way.EXAM,)


# --- Points ---------------------------------------------------------------------------------------


def test_points_count_from_issue_to_the_end_of_grace_against_so_many_a_year():
    entries = [
        Points(date(2024, 3, 30), Decimal(50)),
        Points(date(2024, 3, 31), Decimal("12.5")),
        Points(date(2027, 4, 30), Decimal(40)),
        Points(date(2027, 5, 1), Decimal(9)),
    ]
    found = balance(terms(points_a_year=Decimal(20)), ISSUED, LAST, entries)
    assert found is not None
    assert (found.earned, found.needed, found.missing) == (
        Decimal("52.5"),
        Decimal(60),
        Decimal("7.5"),
    )
    assert found.period == Period(ISSUED, date(2027, 4, 30))
    assert not found.enough


def test_types_without_points_have_no_balance():
    assert balance(terms(), ISSUED, LAST, []) is None
    assert balance(terms(points_a_year=Decimal(20)), ISSUED, None, []) is None


# --- Kept ----------------------------------------------------------------------------------------


def test_terms_are_kept_without_loss():
    full = terms(
        counts_from=CountsFrom.FIXED,
        same_exam=False,
        suite=("a", "b"),
        points_a_year=Decimal(20),
    )
    assert terms_of("3 years", kept_renewal(full)) == full
    assert terms_of(None, {}) == USUAL
