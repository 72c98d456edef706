"""Training that fills empty roles in time: who learns what, in the fewest hours.

Two steps: the plan of those who qualify today stands, and what it leaves empty is filled with
people whom courses make fit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.authoring.numbers import parse_duration
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.portfolio.document import Course as CourseOfFile
from app.staffing.rules.portfolio.document import Document, pair_key
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.pairing import Matched, hours
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Shared, Stage, Taken, Worker
from app.staffing.rules.portfolio.school import Course, Pool, Route, School, Student, Taught
from app.staffing.rules.portfolio.solve import Plan, solve

MOST_ROUTES = 40
"""How many people are considered for one role: those with the shortest routes."""
MOST_TRIED = 1_000
"""How many are looked at for them: of a role that nobody has time for, not everybody is asked."""
TOGETHER_GAP = 1e-4
"""A plan in one step that is at most this share below the best is good enough."""


@dataclass(frozen=True, slots=True)
class Way:
    """A route of somebody to a role, and what it takes if they take the role."""

    pair: Pair
    route: Route
    start: date
    """The first day of the role."""
    weekly: float
    """Hours a week that they can learn."""


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
            found.append(Way(pair, route, slot.period.first, student.person.study_hours))
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
    today: date,
    *,
    budgets: Mapping[str, float] | None = None,
    seconds: float = 20.0,
) -> list[Way]:
    """The ways that fill the most, then in the fewest hours, then for the least fees.

    Nobody is in two places at once, or studies more than they have time.
    """
    by_pair = {(way.pair.worker, way.pair.role): way for way in ways}
    wanted = {way.pair.role for way in ways}
    portfolio = Portfolio(
        [role for role in roles if role.id in wanted],
        [workers[id] for id in sorted({way.pair.worker for way in ways})],
        # Hours take the place of scores, so that costs stay free for budgets.
        [replace(way.pair, score=-_weight(way.route)) for way in ways],
        budgets or {},
        list(_study(ways, today)),
    )
    found = solve(portfolio, (Stage.FILLED, Stage.SCORE), time_limit=seconds)
    return [by_pair[pair.worker, pair.role] for pair in found.pairs]


def together(
    portfolio: Portfolio, ways: Sequence[Way], today: date, *, seconds: float = 20.0
) -> tuple[list[Pair], list[Way]]:
    """Those who qualify and those who could learn, in one plan instead of two steps.

    It may move somebody who qualifies to where nobody else could be, and so fills as many roles
    as two steps do, or more. Then come the fewest hours, then the best scores.
    """
    by_pair = {(way.pair.worker, way.pair.role): way for way in ways}
    # Hours take the place of costs as a stage; budgets, which are about costs, become rows.
    offered = [replace(pair, cost=0.0) for pair in portfolio.pairs]
    offered += [replace(way.pair, score=0.0, cost=_weight(way.route)) for way in ways]
    shared = [*portfolio.shared, *_study(ways, today), *_budgets(portfolio, ways)]
    whole = replace(portfolio, pairs=offered, budgets={}, shared=shared)
    found = solve(
        whole, (Stage.FILLED, Stage.COST, Stage.SCORE), time_limit=seconds, gap=TOGETHER_GAP
    ).pairs
    chosen = [by_pair[key] for pair in found if (key := (pair.worker, pair.role)) in by_pair]
    return [pair for pair in found if (pair.worker, pair.role) not in by_pair], chosen


def left(portfolio: Portfolio, planned: Iterable[Pair]) -> dict[str, float]:
    """What a plan leaves of the budgets."""
    project = {role.id: role.project for role in portfolio.roles}
    rest = dict(portfolio.budgets)
    for pair in planned:
        if project[pair.role] in rest:
            rest[project[pair.role]] -= pair.cost
    return rest


def _weight(route: Route) -> float:
    """Hours; of fees a last little, so that of two routes that take as long the cheaper wins."""
    return route.hours + 1e-6 * route.fee


def _budgets(portfolio: Portfolio, ways: Iterable[Way]) -> Iterator[Shared]:
    project = {role.id: role.project for role in portfolio.roles}
    pairs = [*portfolio.pairs, *(way.pair for way in ways)]
    for name, most in portfolio.budgets.items():
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


def _study(ways: Sequence[Way], today: date) -> Iterator[Shared]:
    """The hours that somebody has until the start of each of the roles they could be fit for."""
    by_worker: dict[str, list[Way]] = {}
    for way in ways:
        by_worker.setdefault(way.pair.worker, []).append(way)
    for found in by_worker.values():
        for last in sorted({way.start for way in found}):
            until = {
                (way.pair.worker, way.pair.role): way.route.hours
                for way in found
                if way.start <= last
            }
            yield Shared(until, found[0].weekly * ((last - today).days - 1) / 7)


# --- Of a problem file -----------------------------------------------------------------------


def unlock(document: Document, matched: Matched, plan: Plan, seconds: float = 20.0) -> list[Any]:
    """The routes that fill the most of what a plan leaves empty, in the fewest hours, as JSON."""
    if document.values is not None:
        return []  # the file says itself who is eligible
    roles = matched.portfolio.roles
    workers = busy(matched.portfolio.workers, roles, plan.pairs)
    ways = every_way(document, matched, plan.pairs)
    rest = left(matched.portfolio, plan.pairs)
    chosen = jointly(roles, workers, ways, document.first, budgets=rest, seconds=seconds)
    return [_told(way) for way in chosen]


def every_way(document: Document, matched: Matched, planned: Iterable[Pair] = ()) -> list[Way]:
    """The ways to each role that a plan leaves empty, beside the time that it takes."""
    taken = list(planned)
    workers = busy(matched.portfolio.workers, matched.portfolio.roles, taken)
    filled = {pair.role for pair in taken}
    school, pool = _school(document), _pool(document, matched)
    return [
        way
        for role, slot in zip(matched.portfolio.roles, matched.slots, strict=True)
        if role.id not in filled
        for way in _ways(document, role, slot, pool, school, workers)
    ]


def routes_to(document: Document, matched: Matched, role_id: str) -> list[tuple[int, Route]]:
    """Every route in time to one role, by the place of its person, the shortest first."""
    school, pool = _school(document), _pool(document, matched)
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


def _school(document: Document) -> School:
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
