"""Acts on questions about a plan: what would it take to fill a role, or to have somebody in it?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.core import clock, db, jobs
from app.core.errors import Conflict, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.staffing.models import PlanQuestion, PlanState, StaffingPlan
from app.staffing.planning import queries
from app.staffing.planning.queries import Facts
from app.staffing.planning.rights import pmo_only
from app.staffing.rules.portfolio import Plan, solve
from app.staffing.rules.portfolio.forced import STAGES, Forced, force
from app.staffing.rules.portfolio.organisation import as_lists
from app.staffing.rules.portfolio.scenario import read

WORK = "staffing.question"
SECONDS = 30.0
"""How long each of the two searches may last."""
AGAIN = ("failed", "unknown")
"""Kinds of answers that are no answer: asked once more, it is tried once more."""


def ask(plan_id: int, role: int, person: int, *, by: Actor) -> int:
    """Have it worked out what it would take to fill a role, or to have one person in it.

    Args:
        person: 0 for anybody.

    Returns:
        The question's id; the same for the same question.

    Raises:
        Conflict: the plan is not ready.
        NotVisible: the role is none of the plan.
    """
    pmo_only(by)
    with db.transaction() as session:
        plan = queries.plan(plan_id, lock=True)
        if plan.state is not PlanState.DONE:
            raise Conflict(_("This plan is not ready."))
        if role not in roles_in(plan):
            raise NotVisible(_("There is no such role in this plan."))
        asked = queries.question(plan_id, role, person)
        if asked is None:
            asked = PlanQuestion(plan_id=plan_id, role=role, person=person, asked_at=clock.now())
            session.add(asked)
            session.flush()
        elif asked.answer is not None and asked.answer["kind"] in AGAIN:
            asked.answer, asked.asked_at = None, clock.now()
        else:
            return asked.id
        jobs.enqueue_again(WORK, {"question_id": asked.id}, key=f"{WORK}:{asked.id}")
    return asked.id


def roles_in(plan: StaffingPlan) -> Collection[int]:
    """The roles that a plan fills or leaves empty."""
    told = plan.outcome or {}
    return {one["role"] for one in (*told.get("assignments", ()), *told.get("empty", ()))}


def answer(payload: dict[str, Any]) -> None:
    """The job: work the plan out again, as things are now, with the role forced."""
    asked = queries.question_by_id(int(payload["question_id"]))
    if asked.answer is not None:
        return
    plan = queries.plan(asked.plan_id)
    facts = queries.facts(read(plan.scenario))
    told = _answer(facts, asked.role, asked.person or None, plan)
    with db.transaction():
        queries.question_by_id(asked.id).answer = told


def _answer(facts: Facts, role: int, person: int | None, plan: StaffingPlan) -> dict[str, Any]:
    if not any(one.slot.id == role for one in facts.roles):
        return {"kind": "gone"}
    portfolio = facts.portfolio()
    best = solve(portfolio, STAGES, time_limit=SECONDS)
    worker = str(person) if person else None
    found = force(portfolio, best, str(role), worker, time_limit=SECONDS)
    if found.price is None and found.proven:
        return _what_gives_way(facts, role, person)
    return {**_price(found), "stale": _is_stale(plan, best)}


def _is_stale(plan: StaffingPlan, best: Plan) -> bool:
    """Whether the best plan of today is another one; a plan that was not proven says nothing."""
    told = plan.outcome or {}
    if not all(one["value"] == one["bound"] for one in told.get("stages", ())):
        return False
    then = {one["role"]: one["person"] for one in told.get("assignments", ())}
    return then != {int(pair.role): int(pair.worker) for pair in best.pairs}


def _price(found: Forced) -> dict[str, Any]:
    if found.price is None:
        return {"kind": "unknown"}
    return {
        "kind": "price",
        "moved": [[int(one.role), one.before, one.after] for one in found.price.moved],
        "priority": round(found.price.priority, 2),
        "score": round(found.price.score, 1),
        "cost": round(found.price.cost, 2),
        "proven": found.proven,
    }


def _what_gives_way(facts: Facts, role: int, person: int | None) -> dict[str, Any]:
    return {
        "kind": "demands",
        "sets": [
            {
                "rules": as_lists(one.rules),
                "people": [int(worker) for worker in one.people[:5]],
                "count": len(one.people),
            }
            for one in facts.without_limits(role, person)
        ],
    }
