"""The page of capacity and demand, and the same as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import number
from app.core.policy import Role
from app.core.values import Period
from app.staffing.models import Booking
from app.staffing.outlook import queries
from app.staffing.outlook.rules import Calendar, Supply
from app.staffing.rules.capacity import DAY, Band, week_name
from app.staffing.shown_weeks import band_title, week_heads
from app.web.access import requires

bp = Blueprint("outlook", __name__, template_folder="templates")
CHOICES = (13, 26, 52)
COMING_FREE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    tone: str | None
    hint: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a kind of work: have, booked, free, asked or short."""

    label: str
    cells: list[Cell]
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ShownWork:
    title: str
    anchor: str
    summary: str
    tone: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ComingFree:
    """A booking that ends, and the percent of full time that the person has left the day after."""

    booking: Booking
    left: str


@bp.get("/staffing/capacity")
@requires(Role.PMO)
def capacity() -> ResponseReturnValue:
    """By kind of work and week: what there is, what is booked, what is asked for, what is short."""
    weeks = _weeks()
    span = _span(weeks)
    found = queries.outlook(span)
    starts = found.calendar.mondays
    supplies = [(title, found.calendar.supply(work)) for title, work in found.work]
    return render_template(
        "outlook/capacity.html",
        span=span,
        weeks=week_heads(starts),
        chosen=weeks,
        choices=[(str(one), _("%(weeks)s weeks", weeks=one)) for one in CHOICES],
        work=[
            _shown(place, title, supply, starts)
            for place, (title, supply) in enumerate(supplies, start=1)
        ],
        totals=[
            _total(place, title, supply, starts)
            for place, (title, supply) in enumerate(supplies, start=1)
        ],
        bands=_band_lines(found.calendar.bands(), starts, span),
        people=len(found.calendar.people),
        free=_coming_free(found.calendar, span),
        most_free=COMING_FREE,
        table=url_for(".capacity_table", weeks=weeks),
    )


@bp.get("/staffing/capacity.csv")
@requires(Role.PMO)
def capacity_table() -> ResponseReturnValue:
    """The same numbers for a spreadsheet: a row for each kind of work and week."""
    found = queries.outlook(_span(_weeks()))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["kind", "week", "people", "have", "booked", "free", "asked", "short"])
    for title, work in found.work:
        for monday, one in zip(found.calendar.mondays, found.calendar.supply(work), strict=True):
            figures = (one.have, one.booked, one.free, one.asked, one.short)
            table.writerow(
                [
                    _cell_text(title or "-"),
                    week_name(monday),
                    one.people,
                    *(f"{figure:.2f}" for figure in figures),
                ]
            )
    return Response(
        text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=capacity.csv"},
    )


def _cell_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text != "-" else text


def _weeks() -> int:
    chosen = request.args.get("weeks", CHOICES[0], type=int)
    return chosen if chosen in CHOICES else CHOICES[0]


def _span(weeks: int) -> Period:
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    return Period(monday, monday + timedelta(weeks=weeks, days=-1))


def _coming_free(calendar: Calendar, span: Period) -> list[ComingFree]:
    """Whose bookings end while these weeks show what comes after."""
    ending = queries.coming_free(clock.today(), span.last - DAY, COMING_FREE)
    return [
        ComingFree(one, number(calendar.free_on(one.person_id, one.end_date + DAY)))
        for one in ending
    ]


def _shown(
    place: int, title: str | None, supply: Sequence[Supply], mondays: Sequence[date]
) -> ShownWork:
    worst = max(supply, key=lambda one: one.short)
    short_weeks = sum(one.short > 0 for one in supply)
    if short_weeks:
        summary = _(
            "Short in %(weeks)s of %(all)s weeks, by %(most)s at the most.",
            weeks=short_weeks,
            all=len(supply),
            most=_amount(worst.short),
        )
    elif any(one.asked for one in supply):
        summary = _("Enough people are free for what is asked.")
    else:
        summary = _("Nothing is asked for beyond what is filled.")
    return ShownWork(
        title=title or _("Roles of no kind"),
        anchor=f"kind-{place}",
        summary=summary,
        tone="bad" if short_weeks else "good",
        lines=[
            _line(_("Have"), supply, mondays, lambda one: one.have),
            _line(_("Booked"), supply, mondays, lambda one: one.booked),
            _line(_("Free"), supply, mondays, lambda one: one.free),
            _line(_("Asked"), supply, mondays, lambda one: one.asked),
            _line(_("Short"), supply, mondays, lambda one: one.short, bad=True),
        ],
    )


def _total(
    place: int, title: str | None, supply: Sequence[Supply], mondays: Sequence[date]
) -> Line:
    """One kind of work in one row, which leads to its figures."""
    cells = [_balance(one, monday) for one, monday in zip(supply, mondays, strict=True)]
    return Line(title or _("Roles of no kind"), cells, f"#kind-{place}")


def _balance(one: Supply, monday: date) -> Cell:
    """How a kind of work stands in a week: what is short, else what is left."""
    week, short = week_name(monday), round(one.short, 1)
    if one.short > 0:
        return Cell(
            f"−{_amount(short)}",
            "over",
            _("%(week)s: short by %(amount)s", week=week, amount=_amount(one.short)),
        )
    left = max(0.0, one.free - one.asked)
    tone = "light" if one.asked else "free"
    return Cell(
        _amount(left), tone, _("%(week)s: %(amount)s left", week=week, amount=_amount(left))
    )


def _line(
    label: str,
    supply: Sequence[Supply],
    mondays: Sequence[date],
    read: Callable[[Supply], float],
    *,
    bad: bool = False,
) -> Line:
    return Line(
        label,
        [
            Cell(
                _amount(read(one)) if read(one) else "",
                "over" if bad and read(one) > 0 else None,
                _("%(week)s: %(amount)s", week=week_name(monday), amount=_amount(read(one))),
            )
            for monday, one in zip(mondays, supply, strict=True)
        ],
    )


def _amount(value: float) -> str:
    return number(round(value, 1))


def _band_lines(
    counts: Sequence[Mapping[Band, int]], mondays: Sequence[date], span: Period
) -> list[Line]:
    """How many people are how full; each number leads to who they are."""
    return [
        Line(
            band_title(band),
            [
                _band_cell(band, count.get(band, 0), monday, span)
                for count, monday in zip(counts, mondays, strict=True)
            ],
        )
        for band in Band
    ]


def _band_cell(band: Band, people: int, monday: date, span: Period) -> Cell:
    hint = _(
        "%(week)s, %(band)s: %(amount)s",
        week=week_name(monday),
        band=band_title(band),
        amount=people,
    )
    if not people:
        return Cell("", None, hint)
    dates = {"from": span.first.isoformat(), "to": span.last.isoformat()}
    who = url_for("staffing.portfolio", band=band, week=monday.isoformat(), **dates)  # type: ignore[arg-type]
    return Cell(str(people), band, hint, f"{who}#page")
