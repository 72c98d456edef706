"""What lapses, in order."""

from __future__ import annotations

from datetime import date

from app.insight.rules import Kind, Lapse, in_order

TODAY = date(2027, 2, 1)


def test_the_most_urgent_comes_first():
    late = Lapse(Kind.CERTIFICATE, "B", date(2027, 3, 1))
    soon = Lapse(Kind.COMPETENCY, "A", date(2027, 2, 2))
    over = Lapse(Kind.CERTIFICATION, "C", date(2027, 1, 1))

    assert in_order([late, soon, over]) == [over, soon, late]


def test_the_last_day_is_not_over():
    assert Lapse(Kind.CERTIFICATE, "A", TODAY).is_over(TODAY) is False
    assert Lapse(Kind.CERTIFICATE, "A", date(2027, 1, 31)).is_over(TODAY) is True
