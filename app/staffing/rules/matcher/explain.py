"""The matcher's reasons and score parts as sentences, in the language being written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.core.i18n import day, enumeration, locale, money, ngettext, number
from app.core.i18n import gettext as _
from app.core.values import Money
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.eligibility import (
    AttributeMissing,
    Elsewhere,
    HoursShort,
    LanguageMissing,
    Lapsed,
    Lapses,
    LevelLapses,
    LevelShort,
    NeverHeld,
    NoCapacity,
    NotEmployed,
    NotYetHeld,
    RateUnknown,
    Reason,
    Rule,
    TooExpensive,
    Withheld,
)
from app.staffing.rules.matcher.problem import Kind, Need, Slot, Source
from app.staffing.rules.matcher.score import COMFORT_DAYS, Fact, Part
from app.staffing.rules.matcher.weights import PartName, Preset


@dataclass(frozen=True, slots=True)
class Titles:
    """What competencies and certifications are called by code, and courses by id."""

    competencies: Mapping[str, str]
    certifications: Mapping[str, str]
    courses: Mapping[str, str] = field(default_factory=dict)
    fees: Mapping[str, Money] = field(default_factory=dict)
    """What courses cost, of those that cost something."""

    def of(self, kind: str, code: str) -> str:
        """The title for people; the code itself where none is known."""
        if kind == Kind.COMPETENCY:
            return self.competencies.get(code, code)
        if kind == Kind.CERTIFICATION:
            return self.certifications.get(code, code)
        if kind == Kind.LANGUAGE:
            return language_name(code)
        return code

    def of_need(self, need: Need) -> str:
        if need.kind is Kind.ATTRIBUTE:
            values = enumeration(list(need.any))
            return _("%(attribute)s %(values)s", attribute=need.code, values=values)
        if need.kind is Kind.HOURS:
            return _hours_of(need)
        return self.of(need.kind, need.code)


def _hours_of(need: Need) -> str:
    return ngettext(
        "%(num)s hour a week in common with %(zone)s",
        "%(num)s hours a week in common with %(zone)s",
        need.level,
        zone=zone_name(need.code),
    )


def zone_name(code: str) -> str:
    """`Europe/Berlin` as people read it."""
    return code.replace("_", " ")


def language_name(code: str) -> str:
    """`German` for `de`, in the language being written."""
    return str(locale().languages.get(code, code))


# --- Reasons -------------------------------------------------------------------------------


def reason_text(reason: Reason, titles: Titles) -> str:
    """Why somebody does not qualify."""
    match reason:
        case LevelShort() | LevelLapses():
            return _level(reason, titles)
        case NeverHeld() | Lapsed() | NotYetHeld() | Lapses():
            return _certification(reason, titles)
        case NoCapacity():
            return _capacity(reason)
        case _:
            return _rest(reason, titles)


def _level(reason: LevelShort | LevelLapses, titles: Titles) -> str:
    title = titles.of_need(reason.need)
    if isinstance(reason, LevelShort):
        values = {"title": title, "has": reason.has, "needs": reason.need.level}
        return _("%(title)s %(has)s, needs %(needs)s", **values)
    level = reason.lapsing or reason.need.level
    lapse = {"title": title, "level": level, "day": day(reason.fails_on - DAY)}
    return _("%(title)s %(level)s lapses after %(day)s, inside the role", **lapse)


def _certification(reason: NeverHeld | Lapsed | NotYetHeld | Lapses, titles: Titles) -> str:
    title = titles.of_need(reason.need)
    match reason:
        case NeverHeld():
            return _("no %(title)s", title=title)
        case Lapsed():
            return _("%(title)s lapsed after %(day)s", title=title, day=day(reason.last))
        case NotYetHeld():
            return _("%(title)s in force only from %(day)s", title=title, day=day(reason.first))
        case Lapses():
            last = day(reason.fails_on - DAY)
            return _("%(title)s lapses after %(day)s, inside the role", title=title, day=last)


def _capacity(reason: NoCapacity) -> str:
    return ngettext(
        "%(free)s %% free in %(weeks)s, needs %(needs)s %%",
        "as little as %(free)s %% free in %(weeks)s, needs %(needs)s %%",
        len(reason.weeks),
        free=number(reason.free),
        needs=number(reason.needs),
        weeks=weeks_text(reason.weeks),
    )


def weeks_text(weeks: Sequence[str]) -> str:
    """Week names for a sentence, in order; more than two in a row as the first to the last."""
    return enumeration([_run_text(run) for run in _runs(weeks)])


def _run_text(run: Sequence[str]) -> str:
    if len(run) == 1:
        return run[0]
    return _("%(first)s to %(last)s", first=run[0], last=run[-1])


def _runs(weeks: Sequence[str]) -> list[list[str]]:
    """Weeks that follow one another, together if there are three or more."""
    runs: list[list[str]] = []
    for week in weeks:
        if runs and _monday(week) - _monday(runs[-1][-1]) == 7 * DAY:
            runs[-1].append(week)
        else:
            runs.append([week])
    return [part for run in runs for part in ([run] if len(run) > 2 else [[one] for one in run])]


def _monday(week: str) -> date:
    return date.fromisoformat(f"{week}-1")


def _rest(reason: Reason, titles: Titles) -> str:
    match reason:
        case AttributeMissing():
            return _("not %(attribute)s", attribute=titles.of_need(reason.need))
        case LanguageMissing():
            return _("does not work in %(language)s", language=titles.of_need(reason.need))
        case HoursShort():
            return _hours(reason)
        case Elsewhere():
            places = enumeration([need.code for need in reason.needs])
            if reason.has is None:
                return _("place not known, needs %(places)s", places=places)
            return _("works in %(has)s, needs %(places)s", has=reason.has, places=places)
        case NotEmployed():
            return _employment(reason)
        case TooExpensive():
            cap, rate = _money(reason.cap), _money(reason.rate)
            return _("%(rate)s an hour, the cap is %(cap)s", rate=rate, cap=cap)
        case Withheld():
            return _("stays out of plans")
        case RateUnknown():
            return _("no rate in %(currency)s is known", currency=reason.cap.currency)
    raise AssertionError(reason)


def _hours(reason: HoursShort) -> str:
    needs, zone = number(reason.need.level), zone_name(reason.need.code)
    if reason.has is None:
        return _(
            "working hours not known, needs %(needs)s in common with %(zone)s",
            needs=needs,
            zone=zone,
        )
    return ngettext(
        "%(has)s hour a week in common with %(zone)s, needs %(needs)s",
        "%(has)s hours a week in common with %(zone)s, needs %(needs)s",
        math.ceil(reason.has),
        has=number(round(reason.has, 1)),
        zone=zone,
        needs=needs,
    )


def _employment(reason: NotEmployed) -> str:
    if reason.first and reason.last:
        return _(
            "employed from %(first)s to %(last)s only",
            first=day(reason.first),
            last=day(reason.last),
        )
    if reason.first:
        return _("employed only from %(first)s", first=day(reason.first))
    return _("employed only until %(last)s", last=day(reason.last) if reason.last else "")


def _money(amount: Money) -> str:
    return money(amount.minor, amount.currency)


def rule_text(rule: Rule, slot: Slot, titles: Titles) -> str:
    """What those have in common who fail a rule, for a count of people."""
    match rule.name:
        case Kind.COMPETENCY:
            title = titles.of(Kind.COMPETENCY, rule.code)
            level = slot.enough(Need(Kind.COMPETENCY, rule.code, rule.level))
            if slot.throughout:
                return _("%(title)s below %(level)s on some day", title=title, level=level)
            return _("%(title)s below %(level)s at the start", title=title, level=level)
        case Kind.CERTIFICATION:
            title = titles.of(Kind.CERTIFICATION, rule.code)
            if slot.throughout:
                return _("no %(title)s, or not throughout", title=title)
            return _("no %(title)s at the start", title=title)
        case Kind.LANGUAGE:
            language = titles.of(Kind.LANGUAGE, rule.code)
            return _("do not work in %(language)s", language=language)
        case Kind.LOCATION:
            return _("work elsewhere")
        case Kind.HOURS:
            return _("too few hours in common with %(zone)s", zone=zone_name(rule.code))
        case Kind.ATTRIBUTE:
            return _("without the %(attribute)s", attribute=rule.code)
        case "consent":
            return _("stay out of plans")
        case "employment":
            return _("not employed throughout")
        case "rate":
            return _("dearer than the cap, or rate not known")
        case _:
            return _("less than %(needs)s %% free in some week", needs=number(slot.allocation))


# --- Parts of the score --------------------------------------------------------------------


def part_title(name: PartName) -> str:
    """A part of the score, as its bar is called."""
    match name:
        case PartName.WANTS:
            return _("Wanted")
        case PartName.MARGIN:
            return _("Margin")
        case PartName.EVIDENCE:
            return _("Evidence")
        case PartName.SLACK:
            return _("Time to spare")
        case PartName.SIMILAR:
            return _("Similar work")
        case PartName.WISH:
            return _("Wish")
        case PartName.COST:
            return _("Cost")
        case PartName.PLACE:
            return _("Place")


def preset_title(preset: Preset | None) -> str:
    """What a set of weights is called; None is one that somebody made."""
    match preset:
        case Preset.BALANCED:
            return _("Balanced")
        case Preset.MASTERY:
            return _("Proven most")
        case Preset.GROWTH:
            return _("Wants to and has the time")
        case Preset.THRIFT:
            return _("Costs least")
        case None:
            return _("Own weights")


def part_meaning(name: PartName) -> str:
    """What a part of the score rewards."""
    match name:
        case PartName.WANTS:
            return _("What is wanted, by weight, each up to its target and no further.")
        case PartName.MARGIN:
            return _("Levels above what must be, and time that certifications last beyond the end.")
        case PartName.EVIDENCE:
            return _("Evidence that is strong and recent: judged, then examined, then on record.")
        case PartName.SLACK:
            return _("Time left free beside the role in the fullest week.")
        case PartName.SIMILAR:
            return _("Earlier roles that asked for the same competencies, up to two for each.")
        case PartName.WISH:
            return _("What they say themselves about this role; no word counts half.")
        case PartName.COST:
            return _("A lower rate among those who qualify, where the role has a cap.")
        case PartName.PLACE:
            return _("Working at a place that is wanted.")


def points_text(part: Part) -> str:
    """`32.5 of 40`: as the score adds them up."""
    points, most = number(part.points), number(part.most)
    return _("%(points)s of %(most)s", points=points, most=most)


def part_text(part: Part, slot: Slot, titles: Titles) -> str:
    """What a part was read from, in words."""
    match part.name:
        case PartName.SLACK:
            left = part.facts[0].reached
            return _("%(left)s %% still free beside this role", left=number(left))
        case PartName.WISH:
            return _wish(part.value)
        case PartName.COST:
            return _cost(part.facts[0], slot)
        case PartName.PLACE:
            places = enumeration([fact.need.code for fact in part.facts if fact.need])
            if part.value:
                return _("works in %(places)s", places=places)
            return _("does not work in %(places)s", places=places)
        case _:
            write = {
                PartName.WANTS: _want,
                PartName.MARGIN: _margin,
                PartName.EVIDENCE: _proof,
                PartName.SIMILAR: _earlier,
            }
            return "; ".join(write[part.name](fact, titles) for fact in part.facts)


def _wish(value: float) -> str:
    if value == 1:
        return _("would gladly do this")
    return _("has said nothing about it") if value else _("would rather not do this")


def _earlier(fact: Fact, titles: Titles) -> str:
    return (
        ngettext(
            "%(title)s: asked for in %(num)s earlier role",
            "%(title)s: asked for in %(num)s earlier roles or more",
            fact.reached,
            title=_title(fact, titles),
        )
        if fact.reached
        else _("%(title)s: in no earlier role", title=_title(fact, titles))
    )


def _cost(fact: Fact, slot: Slot) -> str:
    currency = slot.rate_cap.currency if slot.rate_cap else "EUR"
    rate, cheapest = money(fact.reached, currency), money(fact.target, currency)
    if fact.reached == fact.target:
        return _("%(rate)s an hour, the lowest among those who qualify", rate=rate)
    return _(
        "%(rate)s an hour, the lowest among those who qualify is %(cheapest)s",
        rate=rate,
        cheapest=cheapest,
    )


def _title(fact: Fact, titles: Titles) -> str:
    return titles.of_need(fact.need) if fact.need else ""


def _want(fact: Fact, titles: Titles) -> str:
    title = _title(fact, titles)
    if fact.need and fact.need.kind is Kind.COMPETENCY:
        return _(
            "%(title)s %(reached)s, wanted %(target)s",
            title=title,
            reached=fact.reached,
            target=fact.target,
        )
    if fact.need and fact.need.kind is Kind.HOURS:
        return _("%(title)s: has %(reached)s", title=title, reached=fact.reached)
    return _("%(title)s: yes", title=title) if fact.reached else _("%(title)s: no", title=title)


def _margin(fact: Fact, titles: Titles) -> str:
    title = _title(fact, titles)
    if fact.need and fact.need.kind is Kind.COMPETENCY:
        if fact.reached < fact.target:
            return _(
                "%(title)s %(reached)s, needs %(target)s: learns beside a mentor",
                title=title,
                reached=fact.reached,
                target=fact.target,
            )
        return _(
            "%(title)s %(reached)s, needs %(target)s",
            title=title,
            reached=fact.reached,
            target=fact.target,
        )
    if fact.renew_by is not None:
        return _(
            "%(title)s lapses after %(day)s, inside the role; a renewal is promised until then",
            title=title,
            day=day(fact.renew_by),
        )
    if fact.reached >= COMFORT_DAYS:
        return _("%(title)s in force for a year beyond the role, or more", title=title)
    return ngettext(
        "%(title)s in force for %(num)s day beyond the role",
        "%(title)s in force for %(num)s days beyond the role",
        fact.reached,
        title=title,
    )


def _proof(fact: Fact, titles: Titles) -> str:
    title = _title(fact, titles)
    if fact.source is None:
        return _("%(title)s: none that counts", title=title)
    months = fact.reached // 30
    return _(
        "%(title)s: %(source)s, %(age)s before the role begins",
        title=title,
        source=source_text(fact.source),
        age=ngettext("%(num)s month", "%(num)s months", months),
    )


def source_text(source: Source) -> str:
    """Where evidence comes from."""
    match source:
        case Source.ASSESSED:
            return _("passed an exam")
        case Source.JUDGED:
            return _("judged by an assessor")
        case Source.CERTIFICATE:
            return _("held certificate")
        case Source.PROJECT:
            return _("project record")
