"""Acts on looks at training: ask for one, work it out, give what it names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.accounts import queries as accounts
from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, NotAllowed, Refusal
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.projects import queries as projects
from app.staffing import queries as staffing
from app.staffing.own import queries as own
from app.staffing.planning import queries as planning
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio import solve
from app.staffing.rules.portfolio.bench import Fragile, fragile
from app.staffing.rules.portfolio.organisation import Open
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Worker
from app.staffing.rules.portfolio.school import School
from app.staffing.rules.portfolio.study import Way
from app.staffing.rules.portfolio.training import (
    busy,
    jointly,
    left,
    pair_of,
    together,
    ways_to,
)
from app.staffing.services import refuse_unless_open
from app.staffing.teams import queries as teams
from app.staffing.training import queries, services
from app.staffing.training.models import LookKind, TrainingLook

WORK = "staffing.training"
SECONDS = 40.0
"""How long each of the two searches may last: together far below the lease of a job."""
GAP = 1e-4
LOST = timedelta(minutes=15)
"""A look that is not ready by then is not waited for any more."""

Chosen = tuple[int, int]
"""A line of a look: role and person."""


@dataclass(frozen=True, slots=True)
class Given:
    """To how many people courses were given, and why others could not have them, by role."""

    people: int
    refused: dict[int, str]


def ask(kind: LookKind, *, by: Actor, together: bool = False) -> int:
    """Have training looked for in the background.

    Args:
        together: whether those who qualify may be moved so that training fills more roles.

    Returns:
        The look's id.

    Raises:
        Conflict: it is being looked for already.
    """
    _pmo_only(by)
    with db.transaction() as session:
        now = clock.now()
        before = queries.newest_look(kind)
        if before and before.finished_at is None and now - before.asked_at < LOST:
            raise Conflict(_("It is being worked out already. It stands here in a moment."))
        asked = TrainingLook(kind=kind, asked_by_id=by.person_id, asked_at=now)
        session.add(asked)
        session.flush()
        audit.record(by, "training.look", f"look:{asked.id}", kind=kind.value)
        payload = {"look_id": asked.id, "together": together}
        jobs.enqueue(WORK, payload, key=f"{WORK}:{asked.id}")
    return asked.id


def work_out(payload: dict[str, Any]) -> None:
    """The job. Run again it changes nothing."""
    look = queries.look(int(payload["look_id"]))
    if look.finished_at is not None:
        return
    in_one_step = bool(payload.get("together"))
    told = _portfolio(in_one_step=in_one_step) if look.kind is LookKind.PORTFOLIO else _bench()
    with db.transaction():
        kept = queries.look(look.id, lock=True)
        kept.outcome, kept.finished_at = told, clock.now()


# --- The portfolio ---------------------------------------------------------------------------


def _portfolio(*, in_one_step: bool) -> dict[str, Any]:
    facts = planning.facts()
    portfolio = facts.portfolio()
    learning = _learning(facts, queries.people_in_training(clock.today()))
    taken = {pair.role for pair in learning}
    school = queries.school(clock.today())
    open_now = [one for one in facts.roles if str(one.slot.id) not in taken]
    free = _without(portfolio, taken, learning)
    work = _in_one_step if in_one_step else _in_two_steps
    planned, chosen = work(free, open_now, facts.people, school)
    # Somebody who needs a course for two roles takes it once.
    taught = {(way.pair.worker, id) for way in chosen for id in way.route.courses}
    return {
        "together": in_one_step,
        "hours": school.hours(id for _person, id in taught),
        "open": len(facts.roles),
        "qualified": len(planned),
        "learning": len(taken),
        "planned": sorted([int(pair.role), int(pair.worker)] for pair in planned),
        "lines": [_line(way) for way in _best_first(chosen, facts.roles)],
    }


Found = tuple[Sequence[Pair], Sequence[Way]]
"""Who qualifies and takes what, and who learns for what."""


def _in_two_steps(
    portfolio: Portfolio, roles: Sequence[Open], people: Sequence[Person], school: School
) -> Found:
    """Those who qualify take what they can; courses open the rest."""
    planned = solve(portfolio, time_limit=SECONDS, gap=GAP).pairs
    filled = {pair.role for pair in planned}
    empty = [one for one in roles if str(one.slot.id) not in filled]
    workers = busy(portfolio.workers, portfolio.roles, planned)
    ways = _ways(portfolio, workers, empty, people, school)
    chosen = jointly(
        portfolio.roles,
        workers,
        ways,
        school,
        clock.today(),
        budgets=left(portfolio, planned),
        seconds=SECONDS,
    )
    return planned, chosen


def _in_one_step(
    portfolio: Portfolio, roles: Sequence[Open], people: Sequence[Person], school: School
) -> Found:
    """Those who qualify go where nobody else could be."""
    workers = {worker.id: worker for worker in portfolio.workers}
    ways = _ways(portfolio, workers, roles, people, school)
    return together(portfolio, ways, school, clock.today(), seconds=2 * SECONDS)


def _ways(
    portfolio: Portfolio,
    workers: Mapping[str, Worker],
    roles: Sequence[Open],
    people: Sequence[Person],
    school: School,
) -> list[Way]:
    pool, today = queries.pool(people, school, clock.today()), clock.today()
    by_id = {role.id: role for role in portfolio.roles}
    return [
        way
        for one in roles
        for way in ways_to(by_id[str(one.slot.id)], one.slot, pool, school, workers, today)
    ]


def _learning(facts: planning.Facts, in_training: Mapping[int, set[int]]) -> list[Pair]:
    """Who learns for an open role counts as being on it, one for each role."""
    people = {person.id: person for person in facts.people}
    return [
        pair_of(people[person_id], one.slot)
        for one in facts.roles
        for person_id in sorted(in_training.get(one.slot.id, set()) & people.keys())[:1]
    ]


def _without(portfolio: Portfolio, taken: Collection[str], learning: Iterable[Pair]) -> Portfolio:
    workers = busy(portfolio.workers, portfolio.roles, learning)
    return replace(
        portfolio,
        roles=[role for role in portfolio.roles if role.id not in taken],
        workers=list(workers.values()),
        pairs=[pair for pair in portfolio.pairs if pair.role not in taken],
        budgets=left(portfolio, learning),
    )


def _best_first(chosen: Iterable[Way], roles: Iterable[Open]) -> list[Way]:
    """What opens most in an hour comes first."""
    priority = {str(one.slot.id): one.priority for one in roles}
    return sorted(
        chosen,
        key=lambda way: (-priority[way.pair.role] / way.route.hours, int(way.pair.role)),
    )


def _line(way: Way) -> dict[str, Any]:
    role, person = int(way.pair.role), int(way.pair.worker)
    return {"role": role, "person": person, **_told(way.route)}


def _told(route: Route) -> dict[str, Any]:
    return {
        "courses": [
            [id, due.isoformat()] for id, due in zip(route.courses, route.due, strict=True)
        ],
        "hours": route.hours,
        "start_by": route.start_by.isoformat() if route.start_by else None,
        "ready": route.ready.isoformat(),
    }


# --- The bench -------------------------------------------------------------------------------


def _bench() -> dict[str, Any]:
    """Filled roles without a spare. As a role of its own: every booking takes its time."""
    today = clock.today()
    filled = queries.filled_roles(today)
    if not filled:
        return {"filled": 0, "lines": []}
    school = queries.school(today)
    # Under another number: the bookings for these very roles take their people's time too.
    places = teams.as_slots([row for row, _holder in filled])
    slots = [(slot, holder) for slot, (_row, holder) in zip(places, filled, strict=True)]
    people = staffing.people_for([replace(slot, id=0) for slot, _holder in slots])
    out = own.everybody_staying_out()
    found = fragile(slots, queries.pool(people, school, today), school, today, out)
    return {"filled": len(filled), "lines": [_weak(one) for one in found]}


def _weak(one: Fragile) -> dict[str, Any]:
    told = _told(one.route) if one.route else {"courses": []}
    return {"role": one.slot_id, "holder": one.holder, "person": one.spare, **told}


# --- Giving ----------------------------------------------------------------------------------


def give_chosen(look_id: int, chosen: Collection[Chosen], *, by: Actor, base_url: str) -> Given:
    """Give the courses of lines of a look, in one act; what fits no more is told and left out.

    Raises:
        Conflict: the look is not ready, or nothing of it was chosen.
    """
    _pmo_only(by)
    refused: dict[int, str] = {}
    people = 0
    with audit.act(by, "training.give", f"look:{look_id}"):
        look = queries.look(look_id, lock=True)
        if look.outcome is None or look.kind is not LookKind.PORTFOLIO:
            raise Conflict(_("This is still being worked out."))
        lines = [one for one in look.outcome["lines"] if (one["role"], one["person"]) in chosen]
        if not lines:
            raise Conflict(_("Choose at least one line."))
        school = queries.school(clock.today())
        for line in sorted(lines, key=lambda one: (one["role"], one["person"])):
            try:
                people += _give(line, school, by, base_url)
            except Refusal as refusal:
                refused[line["role"]] = str(refusal)
    return Given(people, refused)


def _give(line: dict[str, Any], school: School, by: Actor, base_url: str) -> bool:
    slot = projects.slot_for(by, line["role"], lock=True)
    person = accounts.person(line["person"], lock=True)
    refuse_unless_open(slot)
    live = staffing.live_bookings([slot.id])
    if any(booking.state is BookingState.CONFIRMED for booking in live):
        raise Conflict(_("This role is filled by now."))
    # Since the look they may have been booked elsewhere, and courses may have changed.
    route = services.route_for(slot, person.id, school)
    if route.start_by is None:
        raise Conflict(_("It is too late for these days by now. Look for training again."))
    if set(route.courses) != {course_id for course_id, _on in line["courses"]}:
        raise Conflict(_("Other courses are needed by now. Look for training again."))
    return services.give(slot, person, services.due_of(route), by=by, base_url=base_url)


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO looks for training."))
