"""Training that fills empty roles in time: who learns what, in the fewest hours.

Two steps: the plan of those who qualify today stands, and what it leaves empty is filled with
people whom courses make fit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.authoring.numbers import parse_duration
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.document import Course as CourseOfFile
from app.staffing.rules.portfolio.document import Document, pair_key
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.pairing import Matched, hours
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Shared, Stage, Taken, Worker
from app.staffing.rules.portfolio.school import Pool, School, Student
from app.staffing.rules.portfolio.solve import Plan, solve
from app.staffing.rules.portfolio.study import Effort, Study, Way, study
from app.staffing.rules.portfolio.timetable import Course, Taught

MOST_ROUTES = 40
"""How many people are considered for one role: those with the shortest routes."""
MOST_TRIED = 1_000
"""How many are looked at for them: of a role that nobody has time for, not everybody is asked."""
TOGETHER_GAP = 1e-4
"""A plan in one step that is at most this share below the best is good enough."""


def ways_to(
    role: Role,
    slot: Slot,
    pool: Pool,
    school: School,
    workers: Mapping[str, Worker],
    today: date,
) -> list[Way]:
    """People who can be fit for a role on its first day, the shortest routes first.

    Args:
        workers: people with the time that is taken already, by their id as text.
    """
    found: list[Way] = []
    for student in itertools.islice(pool.trainable(slot, school), MOST_TRIED):
        worker = workers[str(student.person.id)]
        pair = replace(pair_of(student.person, slot), worker=worker.id, role=role.id)
        if not fits(pair, role, worker):
            continue
        route = school.route(student, slot, today)
        if route is not None and route.start_by is not None:
            found.append(Way(pair, route, student.person.study_hours, student.assigned))
        if len(found) == MOST_ROUTES:
            break
    return sorted(found, key=lambda one: (one.route.hours, one.route.fee, one.pair.worker))


def pair_of(person: Person, slot: Slot) -> Pair:
    """Somebody on a role, with what that costs."""
    rate = person.rate.minor / 100 if person.rate else 0.0
    cost = rate * hours(slot.period, slot.allocation)
    return Pair(str(person.id), str(slot.id), slot.allocation, cost=cost)


def jointly(
    roles: Iterable[Role],
    workers: Mapping[str, Worker],
    ways: Sequence[Way],
    school: School,
    today: date,
    *,
    budgets: Mapping[str, float] | None = None,
    seconds: float = 20.0,
) -> list[Way]:
    """The ways that fill the most, then in the fewest hours, then for the least fees.

    Nobody is in two places at once, or studies more than they have time; whoever needs a course
    for two roles takes it once.
    """
    by_key = {way.key: way for way in ways}
    wanted = {way.pair.role for way in ways}
    open_now = [role for role in roles if role.id in wanted]
    learnt = study(ways, school, today)
    portfolio = Portfolio(
        [*open_now, *learnt.roles],
        [*(workers[id] for id in sorted({way.pair.worker for way in ways})), *learnt.workers],
        # Hours take the place of scores and fees that of costs; budgets become rows.
        [
            replace(pair, score=-effort.hours, cost=effort.fee)
            for pair, effort in _efforts(ways, learnt)
        ],
        shared=[*learnt.shared, *_budgets(open_now, [way.pair for way in ways], budgets or {})],
    )
    found = solve(portfolio, (Stage.FILLED, Stage.SCORE, Stage.COST), time_limit=seconds)
    return [by_key[key] for pair in found.pairs if (key := (pair.worker, pair.role)) in by_key]


def together(
    portfolio: Portfolio,
    ways: Sequence[Way],
    school: School,
    today: date,
    *,
    seconds: float = 20.0,
) -> tuple[list[Pair], list[Way]]:
    """Those who qualify and those who could learn, in one plan instead of two steps.

    It may move somebody who qualifies to where nobody else could be, and so fills as many roles
    as two steps do, or more. Then come the fewest hours, then the best scores.
    """
    by_key = {way.key: way for way in ways}
    learnt = study(ways, school, today)
    # Hours take the place of costs as a stage, of fees a last little; budgets become rows.
    offered = [replace(pair, cost=0.0) for pair in portfolio.pairs]
    offered += [
        replace(pair, score=0.0, cost=effort.hours + 1e-6 * effort.fee)
        for pair, effort in _efforts(ways, learnt)
    ]
    spending = [*portfolio.pairs, *(way.pair for way in ways)]
    whole = replace(
        portfolio,
        roles=[*portfolio.roles, *learnt.roles],
        workers=[*portfolio.workers, *learnt.workers],
        pairs=offered,
        budgets={},
        shared=[
            *portfolio.shared,
            *learnt.shared,
            *_budgets(portfolio.roles, spending, portfolio.budgets),
        ],
    )
    found = solve(
        whole, (Stage.FILLED, Stage.COST, Stage.SCORE), time_limit=seconds, gap=TOGETHER_GAP
    ).pairs
    keys = [(pair.worker, pair.role) for pair in found]
    apart = {(pair.worker, pair.role) for pair in learnt.pairs}
    as_they_are = [
        pair
        for pair, key in zip(found, keys, strict=True)
        if key not in by_key and key not in apart
    ]
    return as_they_are, [by_key[key] for key in keys if key in by_key]


def _efforts(ways: Sequence[Way], learnt: Study) -> Iterator[tuple[Pair, Effort]]:
    for pair in (*(way.pair for way in ways), *learnt.pairs):
        yield pair, learnt.effort.get((pair.worker, pair.role), Effort(0.0, 0.0))


def left(portfolio: Portfolio, planned: Iterable[Pair]) -> dict[str, float]:
    """What a plan leaves of the budgets."""
    project = {role.id: role.project for role in portfolio.roles}
    rest = dict(portfolio.budgets)
    for pair in planned:
        if project[pair.role] in rest:
            rest[project[pair.role]] -= pair.cost
    return rest


def _budgets(
    roles: Iterable[Role], pairs: Sequence[Pair], budgets: Mapping[str, float]
) -> Iterator[Shared]:
    project = {role.id: role.project for role in roles}
    for name, most in budgets.items():
        spent = {(one.worker, one.role): one.cost for one in pairs if project[one.role] == name}
        yield Shared(spent, most)


def busy(
    workers: Iterable[Worker], roles: Iterable[Role], pairs: Iterable[Pair]
) -> dict[str, Worker]:
    """People with the time that a plan takes, by id."""
    by_id = {role.id: role for role in roles}
    found = {worker.id: worker for worker in workers}
    for pair in pairs:
        worker = found[pair.worker]
        taken = Taken(by_id[pair.role].period, pair.allocation, True)
        found[pair.worker] = replace(worker, taken=(*worker.taken, taken))
    return found


# --- Of a problem file -----------------------------------------------------------------------


def unlock(document: Document, matched: Matched, plan: Plan, seconds: float = 20.0) -> list[Any]:
    """The routes that fill the most of what a plan leaves empty, in the fewest hours, as JSON."""
    if document.values is not None:
        return []  # the file says itself who is eligible
    roles = matched.portfolio.roles
    workers = busy(matched.portfolio.workers, roles, plan.pairs)
    school = school_of(document)
    ways = every_way(document, matched, school, plan.pairs)
    rest = left(matched.portfolio, plan.pairs)
    chosen = jointly(roles, workers, ways, school, document.first, budgets=rest, seconds=seconds)
    return [_told(way) for way in chosen]


def every_way(
    document: Document, matched: Matched, school: School, planned: Iterable[Pair] = ()
) -> list[Way]:
    """The ways to each role that a plan leaves empty, beside the time that it takes."""
    taken = list(planned)
    workers = busy(matched.portfolio.workers, matched.portfolio.roles, taken)
    filled = {pair.role for pair in taken}
    pool = _pool(document, matched)
    return [
        way
        for role, slot in zip(matched.portfolio.roles, matched.slots, strict=True)
        if role.id not in filled
        for way in _ways(document, role, slot, pool, school, workers)
    ]


def routes_to(document: Document, matched: Matched, role_id: str) -> list[tuple[int, Route]]:
    """Every route in time to one role, by the place of its person, the shortest first."""
    school, pool = school_of(document), _pool(document, matched)
    place = [role.id for role in matched.portfolio.roles].index(role_id)
    slot = matched.slots[place]
    found = [
        (student.person.id, route)
        for student in pool.trainable(slot, school)
        if (route := school.route(student, slot, document.first)) is not None
        and route.start_by is not None
    ]
    return sorted(found, key=lambda one: (one[1].hours, one[1].fee, one[0]))


def _ways(
    document: Document,
    role: Role,
    slot: Slot,
    pool: Pool,
    school: School,
    workers: Mapping[str, Worker],
) -> Iterator[Way]:
    """The ways to a role of the file, each with the names and the allocation that it gives."""
    by_place = {str(place): workers[someone.id] for place, someone in enumerate(document.people)}
    for way in ways_to(role, slot, pool, school, by_place, document.first):
        key = pair_key(way.pair.worker, role.id)
        allocation = document.allocations.get(key, slot.allocation)
        cost = way.pair.cost * allocation / slot.allocation
        pair = replace(way.pair, allocation=allocation, cost=cost)
        if fits(pair, role, workers[pair.worker]):
            yield replace(way, pair=pair)


def _told(way: Way) -> dict[str, Any]:
    route = way.route
    assert route.start_by is not None
    return {
        "role": way.pair.role,
        "person": way.pair.worker,
        "courses": list(route.courses),
        "hours": route.hours,
        "start_by": route.start_by.isoformat(),
        "ready": max(route.due).isoformat(),
    }


def school_of(document: Document) -> School:
    """The courses of a file."""
    return School(_course(course) for course in document.courses)


def _course(course: CourseOfFile) -> Course:
    awards = tuple(
        Taught(one.competency, one.level, parse_duration(one.valid_for) if one.valid_for else None)
        for one in course.awards
    )
    return Course(course.id, course.hours, course.fee, course.requires, awards)


def _pool(document: Document, matched: Matched) -> Pool:
    return Pool(
        Student(replace(person, study_hours=someone.study_hours))
        for person, someone in zip(matched.people, document.people, strict=True)
    )
