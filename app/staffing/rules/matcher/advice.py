"""Repairs as sentences, in the language being written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.core.i18n import day, duration, enumeration, money, ngettext, number
from app.core.i18n import gettext as _
from app.core.values import Money
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.explain import Titles, weeks_text
from app.staffing.rules.matcher.problem import Kind
from app.staffing.rules.matcher.repair import (
    AskThem,
    Certify,
    Correct,
    Courses,
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


def repair_texts(made: Sequence[Repair], titles: Titles) -> list[str]:
    """What would clear each reason of one person; courses that clear several are named once."""
    return [
        _("The same courses teach it.")
        if isinstance(one, Courses) and one in made[:place]
        else repair_text(one, titles)
        for place, one in enumerate(made)
    ]


def repair_text(made: Repair, titles: Titles) -> str:
    """What would clear a reason, as something to do."""
    match made:
        case Courses():
            return _courses(made, titles)
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


def _courses(made: Courses, titles: Titles) -> str:
    ids = made.route.courses
    takes = [duration(round(60 * made.route.hours)), fees_text(ids, titles.fees)]
    values = {
        "what": ngettext(
            "Course %(courses)s",
            "Courses %(courses)s",
            len(ids),
            courses=_(", then ").join(titles.courses.get(id, id) for id in ids),
        ),
        "takes": ", ".join(one for one in takes if one),
        "day": day(made.route.ready),
    }
    if made.in_time:
        return _("%(what)s, %(takes)s: ready by %(day)s.", **values)
    start = day(made.start)
    return _(
        "%(what)s, %(takes)s: ready only by %(day)s, start on %(start)s.", start=start, **values
    )


def fees_text(course_ids: Iterable[str], fees: Mapping[str, Money]) -> str:
    """What courses cost together; amounts of several currencies are told one by one."""
    sums: dict[str, int] = {}
    for fee in (fees[id] for id in course_ids if id in fees):
        sums[fee.currency] = sums.get(fee.currency, 0) + fee.minor
    return " + ".join(money(minor, currency) for currency, minor in sorted(sums.items()))


def _correct(made: Correct, titles: Titles) -> str:
    what = enumeration([titles.of_need(need) for need in made.needs])
    if made.needs[0].kind is Kind.LANGUAGE:
        return _("If it is so after all, put %(language)s into the profile.", language=what)
    if made.needs[0].kind is Kind.LOCATION:
        return _("Working in %(places)s would do, or the role asks for another place.", places=what)
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
            return _("Agree on working time first: it takes %(percent)s %%.", percent=percent)
        case RaiseCap():
            rate = money(made.to.minor, made.to.currency)
            return _("Raise the highest rate to %(rate)s.", rate=rate)
        case RecordRate():
            return _("Record their rate in %(currency)s.", currency=made.currency)
        case Extend():
            return _("Extend the employment to all days of the role.")
        case AskThem():
            return _("Ask them yourself, on the page of the role.")
        case Relax():
            return _("Ask for something else.")
    raise AssertionError(made)


def _free_time(made: FreeTime) -> str:
    weeks = weeks_text(made.weeks)
    if made.percent is None:
        return _("Release other work in %(weeks)s.", weeks=weeks)
    return _(
        "Release other work in %(weeks)s, and ask for %(percent)s %%.",
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
