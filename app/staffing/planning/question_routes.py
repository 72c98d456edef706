"""Pages of questions about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import money
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import PlanQuestion, PlanState, StaffingPlan
from app.staffing.planning import queries, questions
from app.staffing.planning.forms import QuestionForm
from app.staffing.planning.shown import names_in, title_of
from app.staffing.planning.shown_question import as_rules, others, words_for
from app.staffing.routes import bp
from app.web.access import current_actor, requires
from app.web.forms import given


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
        asked_id = questions.ask(plan_id, role, person, by=current_actor())
    except Conflict as refusal:
        flash(str(refusal), "info")
        return redirect(url_for(".plan", plan_id=plan_id))
    return redirect(url_for(".plan_question", plan_id=plan_id, asked_id=asked_id))


@bp.get("/staffing/plans/<int:plan_id>/roles/<int:slot_id>")
@requires(Role.PMO)
def plan_role(plan_id: int, slot_id: int) -> ResponseReturnValue:
    """Why not somebody else? Of whom that can be asked."""
    plan = queries.plan(plan_id)
    row = queries.roles_of([slot_id]).get(slot_id)
    if row is None or plan.state is not PlanState.DONE or slot_id not in questions.roles_in(plan):
        raise NotVisible(_("There is no such role in this plan."))
    holder = next(
        (one["person"] for one in _assignments(plan) if one["role"] == slot_id),
        None,
    )
    return render_template(
        "staffing/plan_role.html",
        plan=plan,
        title=title_of(plan),
        slot=row,
        holder=names_in(plan, [holder]).get(holder) if holder else None,
        candidates=[one for one in others(row, plan) if one[0] != str(holder)],
    )


def _assignments(plan: StaffingPlan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (plan.outcome or {}).get("assignments", [])
    return found


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
    names = names_in(plan, _people_in(asked, told))
    return render_template(
        "staffing/question.html",
        plan=plan,
        title=title_of(plan),
        asked=asked,
        slot=row,
        told=told,
        who=names.get(asked.person),
        cost=_extra(told, plan),
        moved=_moved(told, names),
        sets=_sets(told, row, names),
        candidates=others(row, plan) if told else [],
    )


def _people_in(asked: PlanQuestion, told: Mapping[str, Any]) -> set[int]:
    moved = {int(one) for _r, *both in told.get("moved", []) for one in both if one}
    near = {one for found in told.get("sets", []) for one in found["people"]}
    return moved | near | ({asked.person} if asked.person else set())


def _moved(told: Mapping[str, Any], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Roles that change hands."""
    moved = told.get("moved", [])
    roles = queries.roles_of([one[0] for one in moved])
    return [
        {
            "slot": roles[role_id],
            "before": names.get(int(before)) if before else None,
            "after": names.get(int(after)) if after else None,
        }
        for role_id, before, after in moved
        if role_id in roles
    ]


def _sets(told: Mapping[str, Any], row: RoleSlot, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Rules that would have to give way, in words, with those who could then."""
    if not (sets := told.get("sets", [])):
        return []
    words = words_for(row, staffing.titles())
    return [
        {
            "rules": [words.of(rule) for rule in as_rules(one["rules"])],
            "people": [(key, names.get(key, "")) for key in one["people"]],
            "count": one["count"],
        }
        for one in sets
    ]


def _extra(told: Mapping[str, Any], plan: StaffingPlan) -> str | None:
    currency = (plan.outcome or {}).get("currency")
    if not currency or not told.get("cost"):
        return None
    return money(round(100 * abs(told["cost"])), currency)
