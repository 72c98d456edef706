"""The page of capacity and demand, and the same as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.i18n import day, number
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.core.values import Period
from app.staffing.outlook import queries
from app.staffing.outlook.rules import BANDS, Bands, Supply
from app.staffing.rules.capacity import week_name
from app.web.access import requires

bp = Blueprint("outlook", __name__, template_folder="templates")
CHOICES = (13, 26, 52)


@dataclass(frozen=True, slots=True)
class ShownWeek:
    label: str
    month: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    tone: str | None
    hint: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a kind of work: have, booked, free, asked or short."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class ShownWork:
    title: str
    summary: str
    tone: str
    lines: list[Line]


@bp.get("/staffing/capacity")
@requires(Role.PMO)
def capacity() -> ResponseReturnValue:
    """By kind of work and week: what there is, what is booked, what is asked for, what is short."""
    weeks = _weeks()
    span = _span(weeks)
    found = queries.outlook(span)
    return render_template(
        "outlook/capacity.html",
        span=span,
        weeks=_headers(found.calendar.mondays),
        chosen=weeks,
        choices=[(str(one), _("%(weeks)s weeks", weeks=one)) for one in CHOICES],
        work=[
            _shown(title, found.calendar.supply(work), found.calendar.mondays)
            for title, work in found.work
        ],
        bands=_band_lines(found.calendar.bands(), found.calendar.mondays),
        people=len(found.calendar.people),
        free=queries.coming_free(clock.today(), span.last),
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


def _headers(mondays: Sequence[date]) -> list[ShownWeek]:
    shown: list[ShownWeek] = []
    month = 0
    for monday in mondays:
        name = day(monday, "LLL") if monday.month != month else ""
        month = monday.month
        shown.append(ShownWeek(label=monday.strftime("%V"), month=name))
    return shown


def _shown(title: str | None, supply: Sequence[Supply], mondays: Sequence[date]) -> ShownWork:
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


def _band_lines(bands: Sequence[Bands], mondays: Sequence[date]) -> list[Line]:
    low, middle, high = BANDS
    reads: list[tuple[str, Callable[[Bands], int], str | None]] = [
        (_("Over their time"), lambda one: one.over, "over"),
        (_("%(low)s to %(high)s %%", low=middle, high=high), lambda one: one.well, "full"),
        (_("%(low)s to %(high)s %%", low=low, high=middle), lambda one: one.part, "busy"),
        (_("Up to %(high)s %%", high=low), lambda one: one.idle, "light"),
        (_("Not available"), lambda one: one.away, "away"),
    ]
    return [
        Line(
            label,
            [
                Cell(
                    str(read(one)) if read(one) else "",
                    tone if read(one) else None,
                    _("%(week)s: %(amount)s", week=week_name(monday), amount=read(one)),
                )
                for monday, one in zip(mondays, bands, strict=True)
            ],
        )
        for label, read, tone in reads
    ]
