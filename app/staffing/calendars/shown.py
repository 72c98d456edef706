"""Working hours in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from app.core.i18n import clock_time, enumeration, locale
from app.core.i18n import gettext as _
from app.staffing.rules.hours import MONDAY_TO_FRIDAY, Week
from app.staffing.rules.matcher.explain import zone_name


@dataclass(frozen=True, slots=True)
class ShownWeek:
    """Working hours from a day on."""

    first: date
    text: str


def shown(week: Week) -> ShownWeek:
    """`Monday to Friday, 9:00 to 17:00, Europe/Berlin`."""
    text = _(
        "%(days)s, %(begins)s to %(ends)s, %(zone)s",
        days=_days(week.days),
        begins=_clock(week.begins),
        ends=_clock(week.ends),
        zone=zone_name(week.zone),
    )
    return ShownWeek(week.first, text)


def _days(days: tuple[int, ...]) -> str:
    if tuple(days) == MONDAY_TO_FRIDAY:
        return _("Monday to Friday")
    names = locale().days["format"]["abbreviated"]
    return enumeration([names[day - 1] for day in days])


def _clock(minutes: int) -> str:
    return clock_time(time(minutes // 60 % 24, minutes % 60))
