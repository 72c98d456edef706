"""Pages of plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core import clock
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.i18n import money, ngettext
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.planning import queries, services
from app.staffing.routes import bp
from app.staffing.rules.matcher.explain import Titles, rule_text
from app.staffing.rules.matcher.rank import Rule
from app.web.access import current_actor, requires


@bp.get("/staffing/plans")
@requires(Role.PMO)
def plans() -> ResponseReturnValue:
    """Plans worked out so far, and the way to another."""
    return render_template(
        "staffing/plans.html", plans=queries.plans(), open_roles=staffing.open_roles_count()
    )


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


@bp.get("/staffing/plans/<int:plan_id>")
@requires(Role.PMO)
def plan(plan_id: int) -> ResponseReturnValue:
    """Who would take which role, what stays empty and why, and how good it is."""
    found = queries.plan(plan_id)
    told: dict[str, Any] = found.outcome or {"assignments": [], "empty": [], "stages": []}
    roles = queries.roles_of([one["role"] for one in (*told["assignments"], *told["empty"])])
    names = accounts.names_of({one["person"] for one in told["assignments"]})
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
        cost=_cost(told),
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
