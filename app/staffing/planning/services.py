"""Acts on plans: ask for one, work it out, propose what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, NotAllowed, Refusal
from app.core.i18n import gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.staffing import queries as staffing
from app.staffing import services as bookings
from app.staffing.deciding import queries as deciding
from app.staffing.deciding import services as decisions
from app.staffing.deciding.services import Ranked
from app.staffing.models import Booking, PlanQuestion, PlanState, StaffingPlan
from app.staffing.own import queries as own
from app.staffing.planning import queries
from app.staffing.planning.queries import Facts
from app.staffing.rules.booking import LIVE
from app.staffing.rules.matcher.rank import order
from app.staffing.rules.matcher.weights import BALANCED
from app.staffing.rules.portfolio import greedy, solve
from app.staffing.rules.portfolio.forced import STAGES, force, relaxations
from app.staffing.rules.portfolio.organisation import outcome
from app.staffing.rules.portfolio.scenario import Scenario, read, written
from app.staffing.rules.portfolio.solve import Progress
from app.staffing.teams import queries as teams

WORK = "staffing.plan"
ANSWER = "staffing.question"
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


def ask(*, by: Actor, scenario: Scenario | None = None, title: str = "") -> int:
    """Have a plan of every open role worked out in the background.

    Args:
        scenario: what is different from today; None if nothing.

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
        jobs.enqueue(WORK, {"plan_id": asked.id}, key=f"{WORK}:{asked.id}")
    return asked.id


def work_out(payload: dict[str, Any]) -> None:
    """The job: a preview at once, then the best plan. Run again it begins anew and ends alike."""
    plan_id = int(payload["plan_id"])
    asked = queries.plan(plan_id)
    if asked.state is PlanState.DONE:
        return
    facts = queries.facts(read(asked.scenario))
    portfolio = facts.portfolio()
    preview = outcome(greedy(portfolio), facts.roles, facts.people)
    _keep(plan_id, PlanState.SEARCHING, preview)

    def tell(progress: Progress) -> None:
        _keep(plan_id, PlanState.SEARCHING, {**preview, "progress": _told(progress)})

    found = solve(portfolio, STAGES, time_limit=SECONDS, gap=GAP, watch=tell)
    best = outcome(found.pairs, facts.roles, facts.people, found.stages)
    _keep(plan_id, PlanState.DONE, best)


def _keep(plan_id: int, state: PlanState, told: dict[str, Any]) -> None:
    with db.transaction():
        kept = queries.plan(plan_id, lock=True)
        kept.state, kept.outcome = state, told
        kept.finished_at = clock.now() if state is PlanState.DONE else None


def _told(progress: Progress) -> dict[str, Any]:
    return {
        "stage": progress.stage.value,
        "number": progress.number,
        "of": progress.of,
        "gap": progress.gap,
        "seconds": round(progress.seconds),
    }


def apply(plan_id: int, *, by: Actor, now: datetime) -> Applied:
    """Propose everybody whom a plan names, each as the rules are now; who fits no more is left out.

    Raises:
        Conflict: the plan is not ready, or was applied already.
    """
    _pmo_only(by)
    with audit.act(by, "plan.apply", f"plan:{plan_id}"):
        plan = queries.plan(plan_id, lock=True)
        if plan.state is not PlanState.DONE or plan.outcome is None:
            raise Conflict(_("This plan is still being worked out."))
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
        for role in _of_those_who_stay_out(chosen):
            refused[role] = gettext("They stay out of plans now. You can still ask them.")
            del chosen[role]
        proposed = _propose(chosen, refused, by)
        # Who learns beside a mentor fits as soon as the mentor is proposed.
        again = {role: person for role, person in chosen.items() if role in refused}
        if proposed and again:
            proposed += _propose(again, refused, by)
        _keep_decisions(proposed, plan, by)
    return Applied(len(proposed), refused)


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


# --- Questions -------------------------------------------------------------------------------


def ask_question(plan_id: int, role: int, person: int, *, by: Actor) -> int:
    """Have it worked out what it would take to fill a role, or to have one person in it.

    Args:
        person: 0 for anybody.

    Returns:
        The question's id; the same for the same question.

    Raises:
        Conflict: the plan is not ready.
    """
    _pmo_only(by)
    with db.transaction() as session:
        plan = queries.plan(plan_id, lock=True)
        if plan.state is not PlanState.DONE:
            raise Conflict(_("This plan is still being worked out."))
        if (before := queries.question(plan_id, role, person)) is not None:
            return before.id
        asked = PlanQuestion(plan_id=plan_id, role=role, person=person, asked_at=clock.now())
        session.add(asked)
        session.flush()
        jobs.enqueue(ANSWER, {"question_id": asked.id}, key=f"{ANSWER}:{asked.id}")
    return asked.id


def answer_question(payload: dict[str, Any]) -> None:
    """The job: work the plan out again, as things are now, with the role forced."""
    asked = queries.question_by_id(int(payload["question_id"]))
    if asked.answer is not None:
        return
    plan = queries.plan(asked.plan_id)
    facts = queries.facts(read(plan.scenario))
    told = _answer(facts, str(asked.role), str(asked.person) if asked.person else None)
    with db.transaction():
        queries.question_by_id(asked.id).answer = told


def _answer(facts: Facts, role: str, person: str | None) -> dict[str, Any]:
    mine = next((one for one in facts.roles if str(one.slot.id) == role), None)
    if mine is None:
        return {"kind": "gone"}
    portfolio = facts.portfolio()
    best = solve(portfolio, STAGES, time_limit=SECONDS / 2, gap=GAP)
    found = force(portfolio, best, role, person, time_limit=SECONDS / 2, gap=GAP)
    if found is not None:
        return {
            "kind": "price",
            "moved": [[int(one.role), one.before, one.after] for one in found.moved],
            "priority": round(found.priority, 2),
            "score": round(found.score, 1),
            "cost": round(found.cost, 2),
        }
    if any(pair.role == role and person in (None, pair.worker) for pair in portfolio.pairs):
        return {"kind": "limits"}
    among = [one for one in facts.people if person in (None, str(one.id))]
    return {
        "kind": "demands",
        "sets": [
            {
                "rules": sorted([rule.name, rule.code, rule.level] for rule in one.rules),
                "people": list(one.people[:5]),
                "count": len(one.people),
            }
            for one in relaxations(mine.slot, among)
        ],
    }


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO plans the portfolio."))
