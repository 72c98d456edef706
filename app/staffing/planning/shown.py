"""Plans as pages show them: names of people, also of those who would be hired; scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.accounts import queries as accounts
from app.core.i18n import gettext as _
from app.core.i18n import money, ngettext, number, percent
from app.projects.models import RoleSlot
from app.staffing.models import StaffingPlan
from app.staffing.planning import queries
from app.staffing.rules.portfolio import Stage
from app.staffing.rules.portfolio.scenario import Scenario, read

NOTHING: Mapping[str, Any] = {"assignments": [], "empty": [], "stages": []}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a comparison."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A role that the two plans give to different people; None where nobody has it."""

    role: str
    project: str
    first: str | None
    second: str | None


def names_in(plan: StaffingPlan, ids: Iterable[int]) -> dict[int, str]:
    """Names by number; those below 0 would be hired."""
    wanted = set(ids)
    names = accounts.names_of([one for one in wanted if one > 0])
    for place, hire in enumerate(read(plan.scenario).hires, 1):
        if -place in wanted:
            names[-place] = _("New colleague %(number)s (%(role)s)", number=place, role=hire.title)
    return names


def changes_in(scenario: Scenario, roles: Mapping[int, RoleSlot]) -> list[str]:
    """What is different from today, line by line."""
    lines = []
    for code, days in scenario.moved.items():
        if days > 0:
            text = ngettext(
                "%(project)s begins %(num)s day later",
                "%(project)s begins %(num)s days later",
                days,
                project=code,
            )
        else:
            text = ngettext(
                "%(project)s begins %(num)s day earlier",
                "%(project)s begins %(num)s days earlier",
                -days,
                project=code,
            )
        lines.append(text)
    for role_id in sorted(scenario.without):
        title = roles[role_id].title if role_id in roles else str(role_id)
        lines.append(_("Without the role %(role)s", role=title))
    for hire in scenario.hires:
        text = _(
            "A new colleague as %(role)s, %(capacity)s %%", role=hire.title, capacity=hire.capacity
        )
        lines.append(text)
    if scenario.most_parallel:
        text = ngettext(
            "At most %(num)s role at a time",
            "At most %(num)s roles at a time",
            scenario.most_parallel,
        )
        lines.append(text)
    if not scenario.within_budgets:
        lines.append(_("Budgets are not kept to"))
    return lines


# --- Two plans side by side ------------------------------------------------------------------


def figures(first: StaffingPlan, second: StaffingPlan) -> list[Figure]:
    """What two plans come to."""
    one, two = first.outcome or NOTHING, second.outcome or NOTHING
    lines = [
        Figure(_("Roles filled"), *(number(len(plan["assignments"])) for plan in (one, two))),
        Figure(_("Roles left empty"), *(number(len(plan["empty"])) for plan in (one, two))),
        Figure(_("Priorities filled"), _stage(one, "filled"), _stage(two, "filled")),
        Figure(_("Score"), _stage(one, "score"), _stage(two, "score")),
        Figure(_("Cost"), _cost(one), _cost(two)),
        Figure(_("Kept from what is proposed today"), _stage(one, "kept"), _stage(two, "kept")),
        Figure(_("Time of everybody that is used"), _used(one), _used(two)),
    ]
    return [line for line in lines if (line.first, line.second) != ("–", "–")]


def progress_text(told: Mapping[str, Any]) -> str:
    """How far the search has come, in a sentence; empty before that is known."""
    if (now := told.get("progress")) is None:
        return ""
    step = _(
        "Step %(number)s of %(of)s after %(seconds)s seconds: %(stage)s.",
        number=now["number"],
        of=now["of"],
        seconds=now["seconds"],
        stage=_stage_name(Stage(now["stage"])),
    )
    if now["gap"] is None:
        return step
    gap = percent(now["gap"], "#,##0.##")
    return step + " " + _("No plan can be more than %(gap)s better in this.", gap=gap)


def _stage_name(stage: Stage) -> str:
    match stage:
        case Stage.FILLED:
            return _("which roles are filled")
        case Stage.SCORE:
            return _("who fits best")
        case Stage.COST:
            return _("what costs least")
        case Stage.KEPT:
            return _("what changes least")


def _stage(told: Mapping[str, Any], name: str) -> str:
    found = next((one["value"] for one in told["stages"] if one["name"] == name), None)
    return "–" if found is None else number(round(found, 1))


def _cost(told: Mapping[str, Any]) -> str:
    found = next((one["value"] for one in told["stages"] if one["name"] == "cost"), None)
    currency = told.get("currency")
    return "–" if found is None or not currency else money(round(100 * found), currency)


def _used(told: Mapping[str, Any]) -> str:
    share = told.get("utilisation")
    return "–" if share is None else percent(share)


def differences(first: StaffingPlan, second: StaffingPlan) -> list[Difference]:
    """Roles that the plans give to different people."""
    one, two = _given(first), _given(second)
    changed = sorted(key for key in {*one, *two} if one.get(key) != two.get(key))
    roles = queries.roles_of(changed)
    before, after = names_in(first, one.values()), names_in(second, two.values())
    return [
        Difference(
            roles[key].title,
            roles[key].project.title,
            before.get(one[key]) if key in one else None,
            after.get(two[key]) if key in two else None,
        )
        for key in changed
        if key in roles
    ]


def _given(plan: StaffingPlan) -> dict[int, int]:
    told = plan.outcome or NOTHING
    return {one["role"]: one["person"] for one in told["assignments"]}
