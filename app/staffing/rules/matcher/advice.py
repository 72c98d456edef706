"""Repairs as sentences, in the language being written."""

from __future__ import annotations

from dataclasses import replace

from app.core.i18n import day, enumeration, money, ngettext, number
from app.core.i18n import gettext as _
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.explain import Titles, weeks_text
from app.staffing.rules.matcher.problem import Kind
from app.staffing.rules.matcher.repair import (
    AskThem,
    Certify,
    Correct,
    Course,
    EarlierEnd,
    Extend,
    FewerHours,
    FewerPercent,
    FreeTime,
    Judgement,
    LaterStart,
    LessMeanwhile,
    MoreTime,
    RaiseCap,
    RecordRate,
    Relax,
    Renewal,
    Repair,
)


def repair_text(made: Repair, titles: Titles) -> str:
    """What would clear a reason, as something to do."""
    match made:
        case Course():
            return _course(made)
        case Judgement():
            title = titles.of_need(made.need)
            return _("No course gets there in time: have an assessor judge %(title)s.", title=title)
        case Renewal():
            title = titles.of_need(made.need)
            return _("Renew %(title)s by %(day)s.", title=title, day=day(made.by))
        case Certify():
            title = titles.of_need(made.need)
            return _("Get %(title)s by %(day)s.", title=title, day=day(made.by))
        case Correct():
            return _correct(made, titles)
        case FewerHours():
            title = titles.of_need(replace(made.need, level=made.hours))
            return _("Ask for less: %(hours)s.", hours=title)
        case _:
            return _terms(made)


def _course(made: Course) -> str:
    values = {
        "course": made.training.title,
        "minutes": ngettext("%(num)s minute", "%(num)s minutes", made.training.minutes),
        "day": day(made.ready),
    }
    if made.in_time:
        return _("Course %(course)s, %(minutes)s: ready by %(day)s.", **values)
    return _("Course %(course)s, %(minutes)s: ready only by %(day)s, start then.", **values)


def _correct(made: Correct, titles: Titles) -> str:
    what = enumeration([titles.of_need(need) for need in made.needs])
    if made.needs[0].kind is Kind.LANGUAGE:
        return _("If they do work in %(language)s, put it into their profile.", language=what)
    if made.needs[0].kind is Kind.LOCATION:
        return _("Let them work in %(places)s, or ask for another place.", places=what)
    return _("If it is so, put it on record: %(what)s.", what=what)


def _terms(made: Repair) -> str:
    match made:
        case FewerPercent():
            return _("Ask for %(percent)s %% instead.", percent=number(made.percent))
        case LaterStart():
            return _("Start on %(day)s.", day=day(made.start))
        case EarlierEnd():
            return _("End on %(day)s.", day=day(made.end))
        case FreeTime():
            return _free_time(made)
        case LessMeanwhile():
            shares = enumeration([_share(one) for one in made.shares])
            return _("Ask for less meanwhile: %(shares)s.", shares=shares)
        case MoreTime():
            percent = number(made.percent)
            return _(
                "Agree on working time with them first: it takes %(percent)s %%.", percent=percent
            )
        case RaiseCap():
            rate = money(made.to.minor, made.to.currency)
            return _("Raise the highest rate to %(rate)s.", rate=rate)
        case RecordRate():
            return _("Record their rate in %(currency)s.", currency=made.currency)
        case Extend():
            return _("Extend their employment to all days of the role.")
        case AskThem():
            return _("Ask them yourself, on the page of the role.")
        case Relax():
            return _("Ask for something else.")
    raise AssertionError(made)


def _free_time(made: FreeTime) -> str:
    weeks = weeks_text(made.weeks)
    if made.percent is None:
        return _("Release other work of theirs in %(weeks)s.", weeks=weeks)
    return _(
        "Release other work of theirs in %(weeks)s, and ask for %(percent)s %%.",
        weeks=weeks,
        percent=number(made.percent),
    )


def _share(one: Load) -> str:
    first, last = one.period.first, one.period.last
    percent = number(one.percent)
    if first == last:
        return _("%(percent)s %% on %(day)s", percent=percent, day=day(first))
    return _(
        "%(percent)s %% from %(first)s to %(last)s",
        percent=percent,
        first=day(first),
        last=day(last),
    )
