"""Acts on plans: ask for one, work it out, propose what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, Refusal
from app.core.i18n import gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.staffing import queries as staffing
from app.staffing import services as bookings
from app.staffing.deciding import queries as deciding
from app.staffing.deciding import services as decisions
from app.staffing.deciding.services import Ranked
from app.staffing.models import GOING_ON, Booking, PlanState, StaffingPlan
from app.staffing.own import queries as own
from app.staffing.planning import queries, questions
from app.staffing.planning.rights import pmo_only
from app.staffing.rules.booking import LIVE
from app.staffing.rules.matcher.rank import order
from app.staffing.rules.matcher.weights import BALANCED
from app.staffing.rules.portfolio import greedy, solve
from app.staffing.rules.portfolio.forced import STAGES
from app.staffing.rules.portfolio.organisation import outcome
from app.staffing.rules.portfolio.relax import held_back_in
from app.staffing.rules.portfolio.scenario import Scenario, read, written
from app.staffing.rules.portfolio.solve import Progress, Stopped
from app.staffing.teams import queries as teams

WORK = "staffing.plan"
SECONDS = 60.0
"""How long the search may last: far below the lease of a job."""
GAP = 1e-4
LOST = timedelta(minutes=15)
"""A plan that is not ready by then is not waited for any more."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many were proposed, how many stood already, and why others could not be any more, by
    role."""

    proposed: int
    refused: dict[int, str]
    stood: int = 0


def ask(*, by: Actor, scenario: Scenario | None = None, title: str = "") -> int:
    """Have a plan of every open role worked out in the background.

    Args:
        scenario: what is different from today; None if nothing.

    Returns:
        The plan's id.

    Raises:
        Conflict: one is being worked out already, or no role is open.
    """
    pmo_only(by)
    with db.transaction() as session:
        if by.person_id is not None:
            accounts.person(by.person_id, lock=True)  # a button pressed twice asks once
        now = clock.now()
        if any(one.state in GOING_ON and now - one.asked_at < LOST for one in queries.plans(1)):
            raise Conflict(_("A plan is being worked out already. Look at it, or stop it first."))
        if not staffing.open_roles_count():
            raise Conflict(_("Every role is filled or closed: there is nothing to plan."))
        asked = StaffingPlan(
            title=title.strip()[:120],
            scenario=written(scenario) if scenario else None,
            state=PlanState.WAITING,
            asked_by_id=by.person_id,
            asked_at=now,
        )
        session.add(asked)
        session.flush()
        audit.record(by, "plan.ask", f"plan:{asked.id}")
        jobs.enqueue(WORK, {"plan_id": asked.id}, key=_key(asked))
    return asked.id


def _key(plan: StaffingPlan) -> str:
    return f"{WORK}:{plan.id}"


def work_out(payload: dict[str, Any]) -> None:
    """The job: a preview at once, then the best plan. Run again it begins anew and ends alike."""
    plan_id = int(payload["plan_id"])
    asked = queries.plan(plan_id)
    if asked.state not in GOING_ON:
        return
    facts = queries.facts(read(asked.scenario))
    portfolio = facts.portfolio()
    preview = outcome(greedy(portfolio), facts.roles, facts.people)
    preview["not_reckoned"] = facts.not_reckoned

    def tell(progress: Progress) -> bool:
        return _keep(plan_id, PlanState.SEARCHING, {**preview, "progress": _told(progress)})

    if not _keep(plan_id, PlanState.SEARCHING, preview):
        return
    try:
        found = solve(portfolio, STAGES, time_limit=SECONDS, gap=GAP, watch=tell)
    except Stopped:
        return
    filled = {pair.role for pair in found.pairs}
    empty = [one.slot.id for one in facts.roles if str(one.slot.id) not in filled]
    held_back = held_back_in(portfolio, [str(role) for role in empty])
    best = outcome(found.pairs, facts.roles, facts.people, found.stages, held_back)
    best["not_reckoned"] = facts.not_reckoned
    _keep(plan_id, PlanState.DONE, best)


def _keep(plan_id: int, state: PlanState, told: dict[str, Any]) -> bool:
    """Whether the plan is still wanted: one that was stopped stays as it is."""
    with db.transaction():
        kept = queries.plan(plan_id, lock=True)
        if kept.state not in GOING_ON:
            return False
        kept.state, kept.outcome = state, told
        kept.finished_at = clock.now() if state is PlanState.DONE else None
    return True


def _told(progress: Progress) -> dict[str, Any]:
    return {
        "stage": progress.stage.value,
        "number": progress.number,
        "of": progress.of,
        "gap": progress.gap,
        "seconds": round(progress.seconds),
        "at": clock.now().isoformat(),
    }


def stop(plan_id: int, *, by: Actor) -> None:
    """End the search for a plan; stopped again it stays so.

    Raises:
        Conflict: it is ready.
    """
    pmo_only(by)
    with audit.act(by, "plan.stop", f"plan:{plan_id}"):
        plan = queries.plan(plan_id, lock=True)
        if plan.state is PlanState.DONE:
            raise Conflict(_("This plan is ready already."))
        if plan.state in GOING_ON:
            plan.state = PlanState.STOPPED


def ask_again(plan_id: int, *, by: Actor) -> int:
    """Ask for a plan with what this one supposed, as things are now; returns the new one's id.

    Raises what `ask` raises.
    """
    pmo_only(by)
    plan = queries.plan(plan_id)
    scenario = None if plan.scenario is None else read(plan.scenario)
    return ask(by=by, scenario=scenario, title=plan.title)


def give_up(now: datetime) -> int:
    """Say of plans and questions that they failed, where the work was tried as often as it may be.

    Returns:
        How many.
    """
    with db.transaction():
        plans = queries.plans_that_failed(WORK)
        for plan in plans:
            plan.state = PlanState.FAILED
        asked = queries.questions_that_failed(questions.WORK)
        for one in asked:
            one.answer = {"kind": "failed"}
    return len(plans) + len(asked)


# --- Applying --------------------------------------------------------------------------------


def apply(plan_id: int, *, by: Actor, now: datetime) -> Applied:
    """Propose everybody whom a plan names, each as the rules are now; who fits no more is left out.

    What was left out, and why, is kept with the plan.

    Raises:
        Conflict: the plan is not ready, or was applied already.
    """
    pmo_only(by)
    with audit.act(by, "plan.apply", f"plan:{plan_id}"):
        plan = queries.plan(plan_id, lock=True)
        if plan.state is not PlanState.DONE or plan.outcome is None:
            raise Conflict(_("This plan is not ready."))
        if plan.applied_at is not None:
            raise Conflict(_("This plan was applied already."))
        plan.applied_at, plan.applied_by_id = now, by.person_id
        supposed = _supposed(plan)
        refused: dict[int, str] = {}
        chosen: dict[int, int] = {}
        for one in plan.outcome["assignments"]:
            if one["person"] in supposed or one["role"] in supposed:
                refused[one["role"]] = str(supposed.get(one["person"]) or supposed[one["role"]])
            else:
                chosen[one["role"]] = one["person"]
        standing = queries.noted([*chosen])
        stood = [role for role, person in chosen.items() if person in standing[role]]
        for role in stood:
            del chosen[role]
        for role in _of_those_who_stay_out(chosen):
            refused[role] = gettext("They stay out of plans now. You can still ask them.")
            del chosen[role]
        proposed = _propose(chosen, refused, by)
        # Who learns beside a mentor fits as soon as the mentor is proposed.
        again = {role: person for role, person in chosen.items() if role in refused}
        if proposed and again:
            proposed += _propose(again, refused, by)
        _keep_decisions(proposed, plan, by)
        plan.outcome = {
            **plan.outcome,
            "applied": {
                "proposed": len(proposed),
                "stood": len(stood),
                "refused": [[role, reason] for role, reason in refused.items()],
            },
        }
    return Applied(len(proposed), refused, len(stood))


def _of_those_who_stay_out(chosen: Mapping[int, int]) -> list[int]:
    """Roles for which a plan chose somebody who has left plans since it was made."""
    out = own.staying_out(set(chosen.values()))
    return [role for role, person in chosen.items() if person in out]


def _propose(chosen: Mapping[int, int], refused: dict[int, str], by: Actor) -> list[Booking]:
    """Propose each person for their role; who does not fit is told in `refused`, by role."""
    proposed = []
    for role, person in chosen.items():
        try:
            proposed.append(bookings.propose(role, person, by=by))
            refused.pop(role, None)
        except Refusal as refusal:
            refused[role] = str(refusal)
    return proposed


def _keep_decisions(made: Sequence[Booking], plan: StaffingPlan, by: Actor) -> None:
    """Write every choice of the plan into the ledger, all lists from one reading of the facts."""
    if not made:
        return
    rows = queries.roles_of([booking.slot_id for booking in made])
    slots = {slot.id: slot for slot in teams.as_slots([*rows.values()], LIVE)}
    people = staffing.people_for([*slots.values()])
    weights = deciding.weights_by_slot([*slots])
    name = gettext("Plan %(number)s, %(title)s", number=plan.id, title=plan.title or _("As today"))
    for booking in made:
        slot, own = slots[booking.slot_id], weights.get(booking.slot_id, BALANCED)
        found = Ranked(rows[slot.id], slot, own, order(slot, people, own), {})
        decisions.keep_planned(found, booking, name, by=by)


def _supposed(plan: StaffingPlan) -> dict[int, object]:
    """People (below 0) and roles that a plan only supposes, with what has to happen first."""
    scenario = read(plan.scenario)
    waiting: dict[int, object] = {
        -number: _("Nobody like this is hired yet.") for number in range(1, len(scenario.hires) + 1)
    }
    for row in queries.open_roles() if scenario.moved else ():
        if row.project.code in scenario.moved:
            waiting[row.id] = _("The plan moves this project: change its dates first.")
    return waiting
