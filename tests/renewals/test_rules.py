"""Which mark has been reached on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.renewals.rules import MARKS, mark_due

LAST = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("left", "mark"),
    [
        (91, None),
        (90, 90),
        (89, 90),
        (31, 90),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 0),
        (-1, 0),
        (-6, 0),
        (-7, None),
    ],
)
def test_the_latest_mark_reached_is_due_even_if_nobody_told_it_on_its_day(left, mark):
    assert mark_due(LAST, LAST - timedelta(left)) == mark


@given(st.sets(st.integers(-10, 120)))
def test_whatever_days_a_worker_runs_each_mark_is_told_once_and_in_order(days):
    """Told marks are kept; a worker that runs daily tells all four."""
    told: list[int] = []
    for left in sorted(days, reverse=True):
        mark = mark_due(LAST, LAST - timedelta(left))
        if mark is not None and mark not in told:
            told.append(mark)
    assert told == sorted(told, reverse=True)
    assert set(told) <= set(MARKS)
    if days >= set(range(91)):
        assert told == list(MARKS)
