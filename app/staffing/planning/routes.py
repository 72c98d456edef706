"""Pages of plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.competence import queries as competence
from app.core import clock
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.i18n import instant, ngettext
from app.core.policy import Role
from app.core.values import Period
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import GOING_ON, PlanState, StaffingPlan
from app.staffing.planning import queries, services
from app.staffing.planning.forms import ScenarioForm
from app.staffing.planning.shown import (
    NOTHING,
    applied_to,
    carried_by,
    changes_in,
    cost_text,
    differences,
    figures,
    names_in,
    progress_text,
    quality,
    title_of,
    unheard_since,
    used_text,
)
from app.staffing.planning.shown_question import as_rules, words_for_all
from app.staffing.routes import bp
from app.staffing.rules.matcher.eligibility import Rule
from app.staffing.rules.matcher.explain import Titles, rule_text
from app.staffing.rules.matcher.problem import Slot
from app.staffing.rules.portfolio.scenario import Scenario, read
from app.web.access import current_actor, requires


@bp.get("/staffing/plans")
@requires(Role.PMO)
def plans() -> ResponseReturnValue:
    """Plans worked out so far, and the way to another."""
    found = queries.plans()
    roles = queries.roles_of([role for one in found for role in read(one.scenario).without])
    return render_template(
        "staffing/plans.html",
        plans=[(one, title_of(one), changes_in(read(one.scenario), roles)) for one in found],
        ready=[(str(one.id), _named(one)) for one in found if one.state is PlanState.DONE],
        open_roles=staffing.open_roles_count(),
    )


def _named(plan: StaffingPlan) -> str:
    when = instant(plan.asked_at, "short")
    return _("%(title)s, %(when)s", title=title_of(plan), when=when)


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
    like = _like()
    return _scenario_page(ScenarioForm(like, formdata=None, data=_copied(like)), like)


def _like() -> StaffingPlan | None:
    """The plan that is copied, if one is."""
    plan_id = request.args.get("like", type=int)
    return None if plan_id is None else queries.plan(plan_id)


def _copied(plan: StaffingPlan | None) -> dict[str, Any]:
    """What a plan supposed, for the form."""
    if plan is None:
        return {}
    supposed = read(plan.scenario)
    return {
        "title": _("%(title)s, changed", title=title_of(plan))[:120],
        "most_parallel": supposed.most_parallel,
        "within_budgets": supposed.within_budgets,
        "carried": [key for key, _text in carried_by(supposed)],
        "without": sorted(supposed.without),
    }


@bp.post("/staffing/plans/new")
@requires(Role.PMO)
def add_scenario() -> ResponseReturnValue:
    """Have the scenario worked out."""
    like = _like()
    form = ScenarioForm(like)
    form.offer(queries.open_roles(), competence.profiles())
    if not form.validate():
        return _scenario_page(form, like), 422
    try:
        plan_id = services.ask(
            by=current_actor(), scenario=form.scenario(), title=form.title.data or ""
        )
    except Conflict as refusal:
        form.refuse(refusal.field, refusal)
        return _scenario_page(form, like), refusal.status
    return redirect(url_for(".plan", plan_id=plan_id))


def _scenario_page(form: ScenarioForm, like: StaffingPlan | None) -> str:
    form.offer(queries.open_roles(), competence.profiles())
    return render_template("staffing/scenario.html", form=form, like=like)


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
        ready=all(one.state is PlanState.DONE for one in (first, second)),
        figures=figures(first, second),
        differences=differences(first, second),
    )


@bp.get("/staffing/plans/<int:plan_id>")
@requires(Role.PMO)
def plan(plan_id: int) -> ResponseReturnValue:
    """Who would take which role, what stays empty and why, and how good it is."""
    found = queries.plan(plan_id)
    told: dict[str, Any] = found.outcome or NOTHING
    supposed, applied = read(found.scenario), told.get("applied", {})
    named = [one["role"] for one in (*told["assignments"], *told["empty"])]
    roles = queries.roles_of([*named, *supposed.without, *(one for one, _r in applied_to(told))])
    names = names_in(found, {one["person"] for one in told["assignments"]})
    return render_template(
        "staffing/plan.html",
        plan=found,
        title=title_of(found),
        going_on=found.state in GOING_ON,
        ready=found.state is PlanState.DONE,
        assignments=[
            {
                **one,
                "slot": roles[one["role"]],
                "period": _days(supposed, roles[one["role"]]),
                "name": names.get(one["person"], ""),
            }
            for one in told["assignments"]
            if one["role"] in roles
        ],
        left=_left(told, roles),
        quality=quality(told),
        progress=progress_text(told),
        unheard=unheard_since(told, clock.now()) if found.state in GOING_ON else None,
        cost=cost_text(told),
        used=used_text(told),
        applied=applied,
        refused=[(roles[role], reason) for role, reason in applied_to(told) if role in roles],
        changes=changes_in(supposed, roles),
    )


def _days(supposed: Scenario, row: RoleSlot) -> Period:
    """When a role would be."""
    return supposed.period_of(row.project.code, Period(row.start_date, row.end_date))


def _left(told: Mapping[str, Any], roles: Mapping[int, RoleSlot]) -> list[dict[str, Any]]:
    """Roles that stay empty, with why in words."""
    empty = [one for one in told["empty"] if one["role"] in roles]
    if not empty:
        return []
    titles = staffing.titles()
    words = words_for_all([roles[one["role"]] for one in empty], titles)
    return [
        {
            **one,
            "slot": roles[one["role"]],
            "why": _why(one, words[one["role"]].slot, titles),
            "limits": [words[one["role"]].of(rule) for rule in as_rules(one.get("limits", ()))],
        }
        for one in empty
    ]


def _why(one: Mapping[str, Any], slot: Slot, titles: Titles) -> list[tuple[str, int]]:
    return [
        (rule_text(Rule(name, code, level), slot, titles), count)
        for name, code, level, count in one["failed"]
    ]


@bp.post("/staffing/plans/<int:plan_id>/end")
@requires(Role.PMO)
def stop_plan(plan_id: int) -> ResponseReturnValue:
    """End the search."""
    try:
        services.stop(plan_id, by=current_actor())
    except Conflict as refusal:
        flash(str(refusal), "info")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/staffing/plans/<int:plan_id>/again")
@requires(Role.PMO)
def ask_for_plan_again(plan_id: int) -> ResponseReturnValue:
    """Have it worked out once more, as things are now."""
    try:
        plan_id = services.ask_again(plan_id, by=current_actor())
    except Conflict as refusal:
        flash(str(refusal), "info")
        return redirect(url_for(".plans"))
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/staffing/plans/<int:plan_id>/application")
@requires(Role.PMO)
def apply_plan(plan_id: int) -> ResponseReturnValue:
    """Propose everybody whom it names; the page says who could not be."""
    done = services.apply(plan_id, by=current_actor(), now=clock.now())
    flash(
        ngettext("%(num)s person proposed.", "%(num)s people proposed.", done.proposed),
        "good" if done.proposed else "info",
    )
    return redirect(url_for(".plan", plan_id=plan_id))
