"""Acts on plans: ask for one, work it out, propose what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, NotAllowed, Refusal
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.staffing import services as bookings
from app.staffing.models import PlanState, StaffingPlan
from app.staffing.planning import queries
from app.staffing.rules.portfolio import greedy, solve
from app.staffing.rules.portfolio.organisation import outcome, portfolio_of

WORK = "staffing.plan"
SECONDS = 60.0
"""How long the search may last: far below the lease of a job."""
GAP = 1e-4
LOST = timedelta(minutes=15)
"""A plan that is not ready by then is not waited for any more."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many were proposed, and why others could not be any more, by role."""

    proposed: int
    refused: dict[int, str]


def ask(*, by: Actor) -> int:
    """Have a plan of every open role worked out in the background.

    Returns:
        The plan's id.

    Raises:
        Conflict: one is being worked out already.
    """
    _pmo_only(by)
    with db.transaction() as session:
        now = clock.now()
        if any(
            one.state is not PlanState.DONE and now - one.asked_at < LOST
            for one in queries.plans(1)
        ):
            raise Conflict(_("A plan is being worked out already. Look at it first."))
        asked = StaffingPlan(state=PlanState.WAITING, asked_by_id=by.person_id, asked_at=now)
        session.add(asked)
        session.flush()
        audit.record(by, "plan.ask", f"plan:{asked.id}")
        jobs.enqueue(WORK, {"plan_id": asked.id}, key=f"{WORK}:{asked.id}")
    return asked.id


def work_out(payload: dict[str, Any]) -> None:
    """The job: a preview at once, then the best plan. Run again it begins anew and ends alike."""
    plan_id = int(payload["plan_id"])
    if queries.plan(plan_id).state is PlanState.DONE:
        return
    facts = queries.facts()
    portfolio = portfolio_of(facts.roles, facts.people)
    _keep(plan_id, PlanState.SEARCHING, outcome(greedy(portfolio), facts.roles, facts.people))
    found = solve(portfolio, time_limit=SECONDS, gap=GAP)
    best = outcome(found.pairs, facts.roles, facts.people, found.stages)
    _keep(plan_id, PlanState.DONE, best)


def _keep(plan_id: int, state: PlanState, told: dict[str, Any]) -> None:
    with db.transaction():
        kept = queries.plan(plan_id, lock=True)
        kept.state, kept.outcome = state, told
        kept.finished_at = clock.now() if state is PlanState.DONE else None


def apply(plan_id: int, *, by: Actor, now: datetime) -> Applied:
    """Propose everybody whom a plan names, each as the rules are now; who fits no more is left out.

    Raises:
        Conflict: the plan is not ready, or was applied already.
    """
    _pmo_only(by)
    refused: dict[int, str] = {}
    proposed = 0
    with audit.act(by, "plan.apply", f"plan:{plan_id}"):
        plan = queries.plan(plan_id, lock=True)
        if plan.state is not PlanState.DONE or plan.outcome is None:
            raise Conflict(_("This plan is still being worked out."))
        if plan.applied_at is not None:
            raise Conflict(_("This plan was applied already."))
        plan.applied_at, plan.applied_by_id = now, by.person_id
        for one in plan.outcome["assignments"]:
            try:
                bookings.propose(one["role"], one["person"], by=by)
                proposed += 1
            except Refusal as refusal:
                refused[one["role"]] = str(refusal)
    return Applied(proposed, refused)


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO plans the portfolio."))
