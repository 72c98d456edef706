"""What a project needs of its team, in words: who meets it on which days, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.i18n import day, enumeration, ngettext
from app.core.i18n import gettext as _
from app.core.values import Period
from app.projects.models import Project
from app.staffing.rules.matcher.eligibility import leans_on
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import Kind, Person, Slot
from app.staffing.rules.team import Member, Stretch, TeamRule, stretches
from app.staffing.teams.models import TeamNeedRow
from app.staffing.teams.queries import as_need


@dataclass(frozen=True, slots=True)
class ShownStretch:
    first: str
    last: str
    text: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need with its days; `met` if nothing is missing on any of them."""

    id: int
    text: str
    met: bool
    stretches: list[ShownStretch]
    note: str = ""
    """What follows from it, where it is nothing that a team could miss."""


def shown_needs(
    project: Project,
    rows: Sequence[TeamNeedRow],
    members: Sequence[Member],
    names: Mapping[int, str],
    titles: Titles,
) -> list[ShownNeed]:
    """Every need of a project with how it is met."""
    found = []
    for row in rows:
        days = Period(project.start_date, project.end_date)
        if row.slot is not None:
            days = Period(row.slot.start_date, row.slot.end_date)
        parts = stretches(as_need(row), members, days)
        found.append(
            ShownNeed(
                row.id,
                need_text(row, titles),
                not any(one.missing for one in parts),
                [_stretch(one, row.rule, names) for one in parts],
                _note(row.rule),
            )
        )
    return found


def help_texts(helped: Mapping[int, Sequence[TeamNeedRow]], titles: Titles) -> dict[int, list[str]]:
    """What people would bring that the team still needs, by person."""
    return {key: [need_text(row, titles) for row in rows] for key, rows in helped.items() if rows}


def learning_texts(people: Iterable[Person], slot: Slot, titles: Titles) -> dict[int, list[str]]:
    """What those who qualify would still learn from a mentor on the project, by person."""
    return {
        person.id: [
            _("%(title)s, level %(level)s", title=titles.of_need(need), level=need.level)
            for need in leans_on(person, slot)
        ]
        for person in people
    }


def need_text(row: TeamNeedRow, titles: Titles) -> str:
    """A need as a sentence without a stop."""
    match row.rule:
        case TeamRule.ESSENTIAL:
            return _("The role “%(title)s” is filled", title=row.slot.title if row.slot else "")
        case TeamRule.TOGETHER:
            return _("%(first)s and %(second)s are on it both, or neither", **_two(row))
        case TeamRule.APART:
            return _("%(first)s and %(second)s are not on it together", **_two(row))
    what = titles.of(Kind.COMPETENCY if row.level else Kind.CERTIFICATION, row.code or "")
    if row.level:
        what = _("%(title)s, level %(level)s", title=what, level=row.level)
    if row.rule is TeamRule.STRETCH:
        return _("One level less will do beside a mentor: %(what)s", what=what)
    if row.rule is TeamRule.SHARE:
        return _("At least %(amount)s %% of the team have %(what)s", amount=row.amount, what=what)
    return ngettext(
        "At least %(num)s person has %(what)s",
        "At least %(num)s people have %(what)s",
        row.amount or 0,
        what=what,
    )


def _note(rule: TeamRule) -> str:
    if rule is not TeamRule.STRETCH:
        return ""
    return _(
        "Whoever is one level short qualifies for a role while a mentor is there on all its days."
    )


def _two(row: TeamNeedRow) -> dict[str, str]:
    return {
        "first": row.first.name if row.first else "",
        "second": row.second.name if row.second else "",
    }


def _stretch(one: Stretch, rule: TeamRule, names: Mapping[int, str]) -> ShownStretch:
    days = (day(one.period.first), day(one.period.last))
    return ShownStretch(*days, _text(one, rule, names), *_state(one, rule))


def _state(one: Stretch, rule: TeamRule) -> tuple[str, str]:
    if rule is TeamRule.STRETCH:
        return (_("Mentor there"), "good") if one.met_by else (_("No mentor"), "neutral")
    return (_("Not met"), "warn") if one.missing else (_("Met"), "good")


def _text(one: Stretch, rule: TeamRule, names: Mapping[int, str]) -> str:
    who = enumeration(sorted(names[key] for key in one.met_by))
    if rule is TeamRule.STRETCH and not one.met_by:
        return _("nobody")
    if rule is TeamRule.APART and one.missing:
        return _("%(who)s are on it at the same time", who=who)
    if not one.missing:
        return who or _("nothing is asked yet")
    missing = ngettext("%(num)s missing", "%(num)s missing", one.missing)
    return _("%(who)s; %(missing)s", who=who, missing=missing) if who else missing
