"""What a project needs of its team, in words: who meets it on which days, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.i18n import day, enumeration, ngettext
from app.core.i18n import gettext as _
from app.core.values import Period
from app.projects.models import Project
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import Kind
from app.staffing.rules.team import Member, Stretch, TeamRule, stretches
from app.staffing.teams.models import TeamNeedRow
from app.staffing.teams.queries import as_need


@dataclass(frozen=True, slots=True)
class ShownStretch:
    first: str
    last: str
    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need with its days; `met` if nothing is missing on any of them."""

    id: int
    text: str
    met: bool
    stretches: list[ShownStretch]


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
            )
        )
    return found


def help_texts(helped: Mapping[int, Sequence[TeamNeedRow]], titles: Titles) -> dict[int, list[str]]:
    """What people would bring that the team still needs, by person."""
    return {key: [need_text(row, titles) for row in rows] for key, rows in helped.items() if rows}


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
    if row.rule is TeamRule.SHARE:
        return _("At least %(amount)s %% of the team have %(what)s", amount=row.amount, what=what)
    return ngettext(
        "At least %(num)s person has %(what)s",
        "At least %(num)s people have %(what)s",
        row.amount or 0,
        what=what,
    )


def _two(row: TeamNeedRow) -> dict[str, str]:
    return {
        "first": row.first.name if row.first else "",
        "second": row.second.name if row.second else "",
    }


def _stretch(one: Stretch, rule: TeamRule, names: Mapping[int, str]) -> ShownStretch:
    return ShownStretch(
        day(one.period.first), day(one.period.last), _text(one, rule, names), not one.missing
    )


def _text(one: Stretch, rule: TeamRule, names: Mapping[int, str]) -> str:
    who = enumeration(sorted(names[key] for key in one.met_by))
    if rule is TeamRule.APART and one.missing:
        return _("%(who)s are on it at the same time", who=who)
    if not one.missing:
        return who or _("nothing is asked yet")
    missing = ngettext("%(num)s missing", "%(num)s missing", one.missing)
    return _("%(who)s; %(missing)s", who=who, missing=missing) if who else missing
