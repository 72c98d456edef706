"""Questions about plans in words: rules that would have to give way, and who can be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.i18n import gettext as _
from app.core.i18n import money, ngettext
from app.core.values import Money
from app.projects.models import Project, RoleSlot
from app.staffing import queries as staffing
from app.staffing.deciding import services as decisions
from app.staffing.models import StaffingPlan
from app.staffing.planning.shown import names_in
from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import Kind, Need, Slot
from app.staffing.rules.portfolio.problem import BUDGET, MENTOR, PARALLEL, TEAM
from app.staffing.rules.portfolio.scenario import read
from app.staffing.teams import queries as teams
from app.staffing.teams.models import TeamNeedRow
from app.staffing.teams.shown import need_text

MOST_OTHERS = 30
"""People of whom one can ask why not they: so many who qualify, and as many who nearly do."""


@dataclass(frozen=True, slots=True)
class Words:
    """What rules are called, on the page of one role or of several roles of a project."""

    slot: Slot
    project: Project
    titles: Titles
    needs: Mapping[int, TeamNeedRow]

    def of(self, rule: Rule) -> str:
        """A rule that could give way, without a stop."""
        match rule.name:
            case Kind.COMPETENCY:
                title = self.titles.of(Kind.COMPETENCY, rule.code)
                return _("%(title)s, level %(level)s", title=title, level=rule.level)
            case Kind.LOCATION:
                return _("The place of work")
            case Kind.CERTIFICATION | Kind.LANGUAGE | Kind.HOURS:
                return self.titles.of_need(Need(Kind(rule.name), rule.code, rule.level))
            case "consent":
                return _("That they stay out of plans, which is theirs to say")
            case "employment":
                return _("That they are employed on all of its days")
            case "rate":
                return self._rate()
            case "capacity":
                return _("The time that they have beside what is agreed already")
            case _:
                return self._limit(rule)

    def _rate(self) -> str:
        if (cap := self.slot.rate_cap) is None:
            return _("The highest rate")
        return _("The highest rate of %(rate)s an hour", rate=_money(cap))

    def _limit(self, rule: Rule) -> str:
        if rule.name == BUDGET:
            return _("The budget of %(project)s", project=self.project.title)
        if rule.name == PARALLEL:
            return _("The number of roles that they may have at a time")
        if rule.name == MENTOR:
            title = self.titles.of(Kind.COMPETENCY, rule.code)
            return _("A mentor beside them for %(title)s", title=title)
        if rule.name == TEAM and rule.level in self.needs:
            need = need_text(self.needs[rule.level], self.titles)
            return _("What the team needs: %(need)s", need=need)
        return _("Something that the team needs")


def _money(amount: Money) -> str:
    return money(amount.minor, amount.currency)


def words_for(row: RoleSlot, titles: Titles) -> Words:
    """The words for the rules of one role."""
    return words_for_all([row], titles)[row.id]


def words_for_all(rows: Sequence[RoleSlot], titles: Titles) -> dict[int, Words]:
    """The words for the rules of each of several roles, in one statement for all."""
    needs = teams.rows_by_id({row.project_id for row in rows})
    return {row.id: Words(staffing.as_slot(row), row.project, titles, needs) for row in rows}


def as_rules(lists: Iterable[Sequence[Any]]) -> list[Rule]:
    """Rules as they are kept in JSON."""
    return [Rule(name, code, level) for name, code, level in lists]


def others(row: RoleSlot, plan: StaffingPlan) -> list[tuple[str, str]]:
    """Of whom it can be asked why not they: who qualifies today, would be hired, or comes near."""
    ranking = decisions.ranked(row).ranking
    fit = [one.person_id for one in ranking.candidates[:MOST_OTHERS]]
    hired = [-number for number in range(1, len(read(plan.scenario).hires) + 1)]
    near = {one.person_id: len(one.reasons) for one in ranking.near[:MOST_OTHERS]}
    names = names_in(plan, [*fit, *hired, *near])
    return [
        (str(key), _named(names[key], near.get(key, 0)))
        for key in (*fit, *hired, *near)
        if key in names
    ]


def _named(name: str, missed: int) -> str:
    if not missed:
        return name
    return ngettext(
        "%(name)s (misses %(num)s demand)", "%(name)s (misses %(num)s demands)", missed, name=name
    )
