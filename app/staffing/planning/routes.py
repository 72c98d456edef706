"""Pages of plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.competence import queries as competence
from app.core import clock
from app.core.errors import Conflict, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import instant, money, ngettext
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.deciding import services as decisions
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.planning import queries, services
from app.staffing.planning.forms import QuestionForm, ScenarioForm
from app.staffing.planning.shown import (
    changes_in,
    differences,
    figures,
    names_in,
    progress_text,
)
from app.staffing.routes import bp
from app.staffing.rules.matcher.explain import Titles, rule_text
from app.staffing.rules.matcher.rank import Rule
from app.staffing.rules.portfolio.scenario import read
from app.web.access import current_actor, requires
from app.web.forms import given

MOST_OTHERS = 30
"""People of whom one can ask why not they."""


@bp.get("/staffing/plans")
@requires(Role.PMO)
def plans() -> ResponseReturnValue:
    """Plans worked out so far, and the way to another."""
    found = queries.plans()
    roles = queries.roles_of([role for one in found for role in read(one.scenario).without])
    return render_template(
        "staffing/plans.html",
        plans=[(one, changes_in(read(one.scenario), roles)) for one in found],
        ready=[(str(one.id), _named(one)) for one in found if one.state is PlanState.DONE],
        open_roles=staffing.open_roles_count(),
    )


def _named(plan: StaffingPlan) -> str:
    when = instant(plan.asked_at, "short")
    return _("%(title)s, %(when)s", title=plan.title or _("As today"), when=when)


@bp.post("/staffing/plans")
@requires(Role.PMO)
def ask_for_plan() -> ResponseReturnValue:
    """Have one worked out."""
    try:
        plan_id = services.ask(by=current_actor())
    except Conflict as refusal:
        flash(str(refusal), "info")
        return redirect(url_for(".plans"))
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.get("/staffing/plans/new")
@requires(Role.PMO)
def new_scenario() -> ResponseReturnValue:
    """Describe what might be different; `like` copies what another plan supposed."""
    form = ScenarioForm(formdata=None, data=_copied(request.args.get("like", type=int)))
    return _scenario_page(form)


def _copied(plan_id: int | None) -> dict[str, Any]:
    """What a plan supposed, for the form. Of new colleagues only their number is known again."""
    if plan_id is None:
        return {}
    plan = queries.plan(plan_id)
    supposed = read(plan.scenario)
    moved = next(iter(supposed.moved.items()), ("", None))
    return {
        "title": _("%(title)s, changed", title=plan.title or _("As today")),
        "most_parallel": supposed.most_parallel,
        "within_budgets": supposed.within_budgets,
        "moved": moved[0],
        "days": moved[1],
        "without": sorted(supposed.without),
    }


@bp.post("/staffing/plans/new")
@requires(Role.PMO)
def add_scenario() -> ResponseReturnValue:
    """Have the scenario worked out."""
    form = ScenarioForm()
    form.offer(queries.open_roles(), competence.profiles())
    if not form.validate():
        return _scenario_page(form), 422
    try:
        plan_id = services.ask(
            by=current_actor(), scenario=form.scenario(), title=form.title.data or ""
        )
    except Conflict as refusal:
        form.refuse(refusal.field, refusal)
        return _scenario_page(form), refusal.status
    return redirect(url_for(".plan", plan_id=plan_id))


def _scenario_page(form: ScenarioForm) -> str:
    form.offer(queries.open_roles(), competence.profiles())
    return render_template("staffing/scenario.html", form=form)


@bp.get("/staffing/plans/comparison")
@requires(Role.PMO)
def compare_plans() -> ResponseReturnValue:
    """Two plans side by side."""
    first = queries.plan(request.args.get("first", 0, type=int))
    second = queries.plan(request.args.get("second", 0, type=int))
    return render_template(
        "staffing/comparison.html",
        first=first,
        second=second,
        names=(_named(first), _named(second)),
        figures=figures(first, second),
        differences=differences(first, second),
    )


@bp.get("/staffing/plans/<int:plan_id>")
@requires(Role.PMO)
def plan(plan_id: int) -> ResponseReturnValue:
    """Who would take which role, what stays empty and why, and how good it is."""
    found = queries.plan(plan_id)
    told: dict[str, Any] = found.outcome or {"assignments": [], "empty": [], "stages": []}
    roles = queries.roles_of([one["role"] for one in (*told["assignments"], *told["empty"])])
    names = names_in(found, {one["person"] for one in told["assignments"]})
    supposed = read(found.scenario)
    titles = staffing.titles()
    return render_template(
        "staffing/plan.html",
        plan=found,
        ready=found.state is PlanState.DONE,
        assignments=[
            {**one, "slot": roles[one["role"]], "name": names.get(one["person"], "")}
            for one in told["assignments"]
            if one["role"] in roles
        ],
        left=[
            {**one, "slot": roles[one["role"]], "why": _why(one, roles[one["role"]], titles)}
            for one in told["empty"]
            if one["role"] in roles
        ],
        proven=bool(told["stages"]) and all(one["proven"] for one in told["stages"]),
        gap=_gap(found),
        progress=progress_text(told),
        cost=_cost(told),
        changes=changes_in(supposed, queries.roles_of(sorted(supposed.without))),
    )


@bp.post("/staffing/plans/<int:plan_id>/application")
@requires(Role.PMO)
def apply_plan(plan_id: int) -> ResponseReturnValue:
    """Propose everybody whom it names."""
    done = services.apply(plan_id, by=current_actor(), now=clock.now())
    flash(ngettext("%(num)s person proposed.", "%(num)s people proposed.", done.proposed), "good")
    roles = queries.roles_of(list(done.refused))
    for role_id, reason in done.refused.items():
        title = roles[role_id].title if role_id in roles else str(role_id)
        flash(_("%(role)s: %(reason)s", role=title, reason=reason), "bad")
    return redirect(url_for(".plan", plan_id=plan_id))


# --- Questions -------------------------------------------------------------------------------


@bp.post("/staffing/plans/<int:plan_id>/questions")
@requires(Role.PMO)
def ask_about_plan(plan_id: int) -> ResponseReturnValue:
    """Ask what it would take to fill a role, or to have one person in it."""
    form = QuestionForm()
    queries.plan(plan_id)
    if not form.validate():
        flash(_("Choose a role of this plan."), "bad")
        return redirect(url_for(".plan", plan_id=plan_id))
    role, person = given(form.role.data), form.person.data or 0
    try:
        asked_id = services.ask_question(plan_id, role, person, by=current_actor())
    except Conflict as refusal:
        flash(str(refusal), "info")
        return redirect(url_for(".plan", plan_id=plan_id))
    return redirect(url_for(".plan_question", plan_id=plan_id, asked_id=asked_id))


@bp.get("/staffing/plans/<int:plan_id>/questions/<int:asked_id>")
@requires(Role.PMO)
def plan_question(plan_id: int, asked_id: int) -> ResponseReturnValue:
    """What it would take."""
    asked = queries.question_by_id(asked_id)
    plan = queries.plan(plan_id)
    row = queries.roles_of([asked.role]).get(asked.role)
    if asked.plan_id != plan.id or row is None:
        raise NotVisible(_("There is no such question."))
    told = asked.answer or {}
    moved = told.get("moved", [])
    roles = queries.roles_of([one[0] for one in moved])
    people = {int(one) for _role, before, after in moved for one in (before, after) if one}
    near = {one for found in told.get("sets", []) for one in found["people"]}
    names = names_in(plan, people | near | ({asked.person} if asked.person else set()))
    titles = staffing.titles()
    slot = staffing.as_slot(row)
    return render_template(
        "staffing/question.html",
        plan=plan,
        asked=asked,
        slot=row,
        told=told,
        who=names.get(asked.person),
        cost=_extra(told, plan),
        moved=[
            {
                "slot": roles[role_id],
                "before": names.get(int(before)) if before else None,
                "after": names.get(int(after)) if after else None,
            }
            for role_id, before, after in moved
            if role_id in roles
        ],
        sets=[
            {
                "rules": [
                    rule_text(Rule(name, code, level), slot, titles)
                    for name, code, level in one["rules"]
                ],
                "people": [(key, names.get(key, "")) for key in one["people"]],
                "count": one["count"],
            }
            for one in told.get("sets", [])
        ],
        candidates=_others(row, plan),
    )


def _others(row: RoleSlot, plan: StaffingPlan) -> list[tuple[str, str]]:
    """Who qualifies for a role today: to be asked about one by one."""
    found = decisions.ranked(row).ranking.candidates[:MOST_OTHERS]
    names = names_in(plan, [one.person_id for one in found])
    return [(str(one.person_id), names[one.person_id]) for one in found if one.person_id in names]


def _extra(told: Mapping[str, Any], plan: StaffingPlan) -> str | None:
    currency = (plan.outcome or {}).get("currency")
    if not currency or not told.get("cost"):
        return None
    return money(round(100 * told["cost"]), currency)


def _why(one: Mapping[str, Any], row: RoleSlot, titles: Titles) -> list[tuple[str, int]]:
    slot = staffing.as_slot(row)
    return [
        (rule_text(Rule(name, code, level), slot, titles), count)
        for name, code, level, count in one["failed"]
    ]


def _cost(told: Mapping[str, Any]) -> str | None:
    """What the assignments cost; None before that is known, or in several currencies."""
    currency = told.get("currency")
    for one in told["stages"]:
        if one["name"] == "cost" and currency:
            return money(round(100 * one["value"]), currency)
    return None


def _gap(plan: StaffingPlan) -> float | None:
    """How far the score may be below the best, as a share; None before there is a bound."""
    for one in (plan.outcome or {}).get("stages", ()):
        if one["name"] == "score" and one["bound"]:
            return max(0.0, float(one["bound"] - one["value"]) / float(one["bound"]))
    return None
