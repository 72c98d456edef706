"""Geometry of the charts that templates draw as SVG. Pure: numbers in, points out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Anchor = Literal["start", "middle", "end"]

_LINE = 16  # characters of a radar label before it breaks
_MARGIN = 0.62  # share of the radius kept free at each side for labels


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a sum; `text` is what a person reads beside it."""

    label: str
    value: float
    maximum: float
    text: str
    tone: str | None = None


def bar(
    label: str,
    value: float,
    maximum: float,
    text: str | None = None,
    tone: str | None = None,
) -> Bar:
    """A bar that never leaves its track, whatever the value."""
    shown = min(max(value, 0.0), maximum)
    return Bar(label, shown, maximum, f"{value:g}" if text is None else text, tone)


# --- Radar -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RadarAxis:
    """What to draw on one axis; `target` None means that nothing is asked for there."""

    label: str
    value: float
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


@dataclass(frozen=True, slots=True)
class DrawnAxis:
    """An axis with its place: its outer end, the dot of its value, its label in `lines`."""

    label: str
    value: str
    target: str | None
    end: Point
    at: Point
    label_at: Point
    anchor: Anchor
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RadarChart:
    """Polygons are texts for the `points` attribute; `target` is None if no axis has one."""

    width: int
    height: int
    centre: Point
    rings: tuple[str, ...]
    axes: tuple[DrawnAxis, ...]
    value: str
    target: str | None


def radar(axes: Sequence[RadarAxis], maximum: float = 5, size: int = 320) -> RadarChart:
    """Lay out three axes or more clockwise from the top; values beyond `maximum` are cut to it.

    Args:
        size: height of the drawing in its own units; it is wider, for the labels.
    """
    if len(axes) < 3:
        raise ValueError("a radar needs at least three axes")
    width = round(size * 1.5)
    centre = Point(width / 2, size / 2)
    radius = size / (2 + _MARGIN)
    wheel = _Wheel(centre, radius, maximum, len(axes))
    has_target = any(axis.target is not None for axis in axes)
    return RadarChart(
        width=width,
        height=size,
        centre=centre,
        rings=tuple(wheel.polygon([step] * len(axes)) for step in range(1, round(maximum) + 1)),
        axes=tuple(_drawn(axis, number, wheel) for number, axis in enumerate(axes)),
        value=wheel.polygon([axis.value for axis in axes]),
        target=wheel.polygon([axis.target or 0 for axis in axes]) if has_target else None,
    )


@dataclass(frozen=True, slots=True)
class _Wheel:
    centre: Point
    radius: float
    maximum: float
    spokes: int

    def point(self, number: int, value: float, beyond: float = 0) -> Point:
        """The place of `value` on a spoke, moved outwards by `beyond`."""
        angle = 2 * math.pi * number / self.spokes - math.pi / 2
        share = min(max(value, 0.0), self.maximum) / self.maximum
        reach = self.radius * share + beyond
        return Point(
            round(self.centre.x + reach * math.cos(angle), 1),
            round(self.centre.y + reach * math.sin(angle), 1),
        )

    def polygon(self, values: Sequence[float]) -> str:
        return " ".join(str(self.point(number, value)) for number, value in enumerate(values))


def _drawn(axis: RadarAxis, number: int, wheel: _Wheel) -> DrawnAxis:
    lines = _broken(axis.label)
    place = wheel.point(number, wheel.maximum, beyond=14)
    above = 13 * (len(lines) - 1) if place.y < wheel.centre.y - wheel.radius else 0
    return DrawnAxis(
        label=axis.label,
        value=f"{axis.value:g}",
        target=None if axis.target is None else f"{axis.target:g}",
        end=wheel.point(number, wheel.maximum),
        at=wheel.point(number, axis.value),
        label_at=Point(place.x, round(place.y + 4 - above, 1)),
        anchor=_anchor(place.x - wheel.centre.x),
        lines=lines,
    )


def _anchor(offset: float) -> Anchor:
    if abs(offset) < 8:
        return "middle"
    return "start" if offset > 0 else "end"


def _broken(label: str) -> tuple[str, ...]:
    """The label in lines of some sixteen characters; a long word keeps a line of its own."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + 1 + len(word) <= _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


# --- Schedule ----------------------------------------------------------------------------

_WIDTH = 720


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included; `text` says the same in words."""

    first: date
    last: date
    text: str
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    spans: tuple[Span, ...]
    detail: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    x: float
    width: float
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    label: str
    detail: str | None
    url: str | None
    spans: tuple[DrawnSpan, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """`today` is None if it lies outside."""

    width: int
    ticks: tuple[Tick, ...]
    rows: tuple[DrawnRow, ...]
    today: float | None


def schedule(
    rows: Sequence[Row],
    first: date,
    last: date,
    today: date | None = None,
    month_names: Sequence[str] | None = None,
) -> Schedule:
    """Lay spans out over the days from `first` to `last`, both included.

    Args:
        month_names: the twelve short names in the reader's language; numbers if not given.
    """
    days = (last - first).days + 1
    scale = _WIDTH / days

    def x(day: date) -> float:
        return round(min(max((day - first).days, 0), days) * scale, 1)

    def drawn(span: Span) -> DrawnSpan:
        start, end = x(span.first), x(span.last + timedelta(days=1))
        return DrawnSpan(start, round(max(end - start, 2.0), 1), span.text, span.tone)

    return Schedule(
        width=_WIDTH,
        ticks=tuple(Tick(x(day), _month(day, month_names)) for day in _month_starts(first, last)),
        rows=tuple(
            DrawnRow(
                row.label,
                row.detail,
                row.url,
                tuple(drawn(span) for span in row.spans if _inside(span, first, last)),
            )
            for row in rows
        ),
        today=x(today) if today and first <= today <= last else None,
    )


def _inside(span: Span, first: date, last: date) -> bool:
    return span.last >= first and span.first <= last


def _month(day: date, names: Sequence[str] | None) -> str:
    return names[day.month - 1] if names else str(day.month)


def _month_starts(first: date, last: date) -> list[date]:
    """The first days of months within the period, thinned so that their names have room."""
    months = []
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            months.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months[:: max(1, math.ceil(len(months) / 14))]
