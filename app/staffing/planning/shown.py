"""Plans as pages show them: names of people, also of those who would be hired; scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.core.i18n import gettext as _
from app.core.i18n import money, ngettext, number, percent
from app.projects.models import RoleSlot
from app.staffing.models import StaffingPlan
from app.staffing.planning import queries
from app.staffing.rules.portfolio import Stage
from app.staffing.rules.portfolio.scenario import Scenario, read

NOTHING: dict[str, Any] = {"assignments": [], "empty": [], "stages": []}
SILENCE = timedelta(seconds=45)
"""A search that goes on says how far it is every few seconds."""


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


def title_of(plan: StaffingPlan) -> str:
    """What a plan is called."""
    if plan.title:
        return plan.title
    return _("As today") if plan.scenario is None else _("Something supposed")


def names_in(plan: StaffingPlan, ids: Iterable[int]) -> dict[int, str]:
    """Names by number; those below 0 would be hired."""
    wanted = set(ids)
    names = accounts.names_of([one for one in wanted if one > 0])
    for place, hire in enumerate(read(plan.scenario).hires, 1):
        if -place in wanted:
            names[-place] = _("New colleague %(number)s (%(role)s)", number=place, role=hire.title)
    return names


def carried_by(scenario: Scenario) -> list[tuple[str, str]]:
    """What a copy of a scenario takes over, each with a key: projects that move, people hired."""
    moves = zip(scenario.moved, _moves(scenario), strict=True)
    hires = enumerate(_hires(scenario))
    return [
        *((f"move:{code}", text) for code, text in moves),
        *((f"hire:{place}", text) for place, text in hires),
    ]


def changes_in(scenario: Scenario, roles: Mapping[int, RoleSlot]) -> list[str]:
    """What is different from today, line by line."""
    lines = _moves(scenario)
    for role_id in sorted(scenario.without):
        title = roles[role_id].title if role_id in roles else _("that is gone")
        lines.append(_("Without the role %(role)s", role=title))
    lines += _hires(scenario)
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


def _moves(scenario: Scenario) -> list[str]:
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
    return lines


def _hires(scenario: Scenario) -> list[str]:
    return [
        _("A new colleague as %(role)s, %(capacity)s %%", role=hire.title, capacity=hire.capacity)
        for hire in scenario.hires
    ]


# --- How good a plan is ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of better plans. `open` are steps of the search that came to no end."""

    exact: bool
    gap: str | None = None
    """The share by which another plan could be better, where that is as near as was asked for."""
    open: tuple[str, ...] = ()


def quality(told: Mapping[str, Any]) -> Quality:
    """How good a plan is, as far as that was proven."""
    gaps = {one["name"]: _gap(one) for one in told["stages"]}
    if all(one["proven"] for one in told["stages"]):
        worst = max(gaps.values(), default=0.0)
        return Quality(worst == 0, percent(worst, "#,##0.####") if worst else None)
    lines = [_open_step(one, gaps[one["name"]]) for one in told["stages"] if not one["proven"]]
    return Quality(False, None, tuple(lines))


def _gap(stage: Mapping[str, Any]) -> float:
    """How much better another plan could be, as a share of this one."""
    missing = abs(float(stage["bound"]) - float(stage["value"]))
    return missing / max(abs(float(stage["value"])), 1.0) if missing else 0.0


def _open_step(stage: Mapping[str, Any], gap: float) -> str:
    return _(
        "%(step)s: another plan could be up to %(gap)s better.",
        step=_stage_name(Stage(stage["name"])).capitalize(),
        gap=percent(gap, "#,##0.##"),
    )


def unheard_since(told: Mapping[str, Any], now: datetime) -> datetime | None:
    """Since when a search has not said how far it is, if that is longer than it should be."""
    at = told.get("progress", {}).get("at")
    last = datetime.fromisoformat(at) if at else None
    return last if last and now - last > SILENCE else None


def applied_to(told: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Roles for which nobody was proposed when the plan was applied, with the reasons."""
    return [(role, reason) for role, reason in told.get("applied", {}).get("refused", [])]


# --- Two plans side by side ------------------------------------------------------------------


def figures(first: StaffingPlan, second: StaffingPlan) -> list[Figure]:
    """What two plans come to."""
    one, two = first.outcome or NOTHING, second.outcome or NOTHING
    return [
        Figure(_("Roles filled"), *(number(len(plan["assignments"])) for plan in (one, two))),
        Figure(_("Roles left empty"), *(number(len(plan["empty"])) for plan in (one, two))),
        Figure(_("Priorities filled"), _stage(one, "filled"), _stage(two, "filled")),
        Figure(_("Score"), _stage(one, "score"), _stage(two, "score")),
        Figure(_("Cost"), cost_text(one) or "–", cost_text(two) or "–"),
        Figure(_("Changes to what is proposed or asked"), _changed(one), _changed(two)),
        Figure(_("Time of everybody that is used"), used_text(one) or "–", used_text(two) or "–"),
    ]


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


def _changed(told: Mapping[str, Any]) -> str:
    return number(told["changed"]) if "changed" in told else "–"


def cost_text(told: Mapping[str, Any]) -> str | None:
    """What the assignments cost; None before that is known, or in several currencies."""
    found = next((one["value"] for one in told["stages"] if one["name"] == "cost"), None)
    currency = told.get("currency")
    return None if found is None or not currency else money(round(100 * found), currency)


def used_text(told: Mapping[str, Any]) -> str | None:
    """The share of everybody's time that is booked or planned."""
    share = told.get("utilisation")
    return None if share is None else percent(share)


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
