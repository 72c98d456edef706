"""The geometry of charts: literal points, and what holds for any values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.charts import RadarAxis, Row, Span, bar, radar, schedule


def test_bar_stays_in_its_track_and_keeps_its_words():
    over = bar("Scope", 120, 100, "120 %")

    assert (over.value, over.maximum, over.text) == (100, 100, "120 %")
    assert bar("Cost", -3, 20).value == 0
    assert bar("Cost", 12.5, 20).text == "12.5"


def test_radar_puts_the_first_axis_at_the_top_and_full_values_on_the_outer_ring():
    chart = radar([RadarAxis(name, 5) for name in ("A", "B", "C", "D")], size=262)

    assert (chart.centre.x, chart.centre.y) == (196.5, 131)
    assert (chart.axes[0].end.x, chart.axes[0].end.y) == (196.5, 31)
    assert chart.value == chart.rings[-1]
    assert [axis.anchor for axis in chart.axes] == ["middle", "start", "middle", "end"]


def test_radar_without_any_target_draws_none():
    assert radar([RadarAxis(name, 2) for name in "ABC"]).target is None
    asked = radar([RadarAxis("A", 2, 3), RadarAxis("B", 2), RadarAxis("C", 2)])
    assert asked.target is not None
    assert [axis.target for axis in asked.axes] == ["3", None, None]


def test_radar_breaks_long_labels_between_words():
    chart = radar(
        [RadarAxis("Stakeholder engagement", 1), RadarAxis("Risk", 1), RadarAxis("Cost", 1)]
    )

    assert chart.axes[0].lines == ("Stakeholder", "engagement")


def test_radar_refuses_fewer_than_three_axes():
    with pytest.raises(ValueError, match="three axes"):
        radar([RadarAxis("A", 1), RadarAxis("B", 2)])


@given(st.lists(st.floats(-10, 20), min_size=3, max_size=12))
def test_radar_never_leaves_its_drawing(values):
    chart = radar([RadarAxis("Axis", value) for value in values])

    for axis in chart.axes:
        assert 0 <= axis.at.x <= chart.width
        assert 0 <= axis.at.y <= chart.height


def test_schedule_cuts_spans_to_the_period_and_leaves_out_what_lies_outside():
    rows = [
        Row(
            "Risk lead",
            (
                Span(date(2026, 12, 1), date(2027, 1, 15), "into January"),
                Span(date(2027, 1, 30), date(2027, 1, 30), "a single day"),
                Span(date(2027, 5, 1), date(2027, 5, 31), "outside"),
            ),
        )
    ]

    chart = schedule(rows, date(2027, 1, 1), date(2027, 1, 30), today=date(2027, 1, 16))

    assert [(span.x, span.width, span.text) for span in chart.rows[0].spans] == [
        (0, 360, "into January"),
        (696, 24, "a single day"),
    ]
    assert chart.today == 360
    assert [(tick.x, tick.label) for tick in chart.ticks] == [(0, "1")]


def test_schedule_has_no_today_outside_and_thins_the_months_of_years():
    chart = schedule([], date(2027, 1, 10), date(2029, 12, 31), today=date(2026, 1, 1))

    assert chart.today is None
    assert len(chart.ticks) <= 14
