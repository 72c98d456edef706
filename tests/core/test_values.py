"""Periods and lengths of time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.values import Duration, Period, Unit, add_months

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, months: int, then: date):
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("length", "then"),
    [
        (Duration(24, Unit.HOURS), date(2027, 1, 2)),
        (Duration(90, Unit.DAYS), date(2027, 4, 1)),
        (Duration(24, Unit.MONTHS), date(2029, 1, 1)),
        (Duration(3, Unit.YEARS), date(2030, 1, 1)),
    ],
)
def test_a_length_of_time_after_a_day(length: Duration, then: date):
    assert length.after(date(2027, 1, 1)) == then


def test_months_have_no_fixed_length():
    with pytest.raises(ValueError, match="no fixed length"):
        Duration(1, Unit.MONTHS).seconds()


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
def test_two_periods_overlap_if_they_share_a_day(a: date, m: int, b: date, n: int):
    one = Period(a, date.fromordinal(a.toordinal() + m))
    two = Period(b, date.fromordinal(b.toordinal() + n))
    assert one.overlaps(two) == bool(set(one.days()) & set(two.days()))
    assert one.overlaps(two) == two.overlaps(one)


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2027, 1, 2), date(2027, 1, 1))
