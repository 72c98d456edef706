"""People by weeks as a page shows them: `load_grid` of the components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.i18n import day, number
from app.core.i18n import gettext as _
from app.staffing.rules.capacity import Band, Week


@dataclass(frozen=True, slots=True)
class ShownWeek:
    label: str
    month: str


@dataclass(frozen=True, slots=True)
class Cell:
    percent: int | str
    band: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    url: str
    detail: str | None
    cells: list[Cell]


def band_title(band: Band) -> str:
    """What a shade means."""
    return {
        Band.FREE: _("free"),
        Band.LIGHT: _("up to half"),
        Band.BUSY: _("more than half"),
        Band.FULL: _("fully booked"),
        Band.OVER: _("over capacity"),
        Band.AWAY: _("not available"),
    }[band]


def week_heads(starts: Sequence[date]) -> list[ShownWeek]:
    """The heads of the columns; each new month is named once."""
    shown: list[ShownWeek] = []
    month = 0
    for monday in starts:
        name = day(monday, "LLL") if monday.month != month else ""
        month = monday.month
        shown.append(ShownWeek(label=monday.strftime("%V"), month=name))
    return shown


def cell(week: Week) -> Cell:
    """How full a week is, as a shade and in words."""
    if week.band is Band.AWAY:
        return Cell("–", "away", _("%(week)s: not available", week=week.name))
    text = _(
        "%(week)s: %(percent)s %% of %(capacity)s %% booked",
        week=week.name,
        percent=number(week.percent),
        capacity=number(week.capacity),
    )
    return Cell(round(week.percent), week.band, text)
