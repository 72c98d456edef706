"""Training that fills empty roles in time: who learns what, in the fewest hours.

Two steps: the plan of those who qualify today stands, and what it leaves empty is filled with
people whom courses make fit. A route is believed only if the matcher accepts its awards.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.authoring.numbers import parse_duration
from app.staffing.rules.matcher import problem as matcher
from app.staffing.rules.matcher.eligibility import (
    LevelLapses,
    LevelShort,
    is_eligible,
    reasons,
)
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Slot
from app.staffing.rules.portfolio.document import Course, Document, pair_key
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.pairing import Matched, hours
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Shared, Stage, Taken, Worker
from app.staffing.rules.portfolio.solve import Plan, solve

_DAY = timedelta(days=1)
MOST_WAYS = 2_000
"""How many combinations of courses are tried for one person and role."""
MOST_ROUTES = 40
"""How many people are considered for one role: those with the shortest routes."""


@dataclass(frozen=True, slots=True)
class Route:
    """Courses, in the order in which they are taken, that make somebody fit for a role.

    Args:
        start_by: the last day to begin, at the person's hours a week.
        ready: the day on which they have passed, if they begin then.
    """

    person: int
    role: str
    courses: tuple[str, ...]
    hours: float
    fee: float
    start_by: date
    ready: date


def unlock(document: Document, matched: Matched, plan: Plan, seconds: float = 20.0) -> list[Any]:
    """The routes that fill the most of what a plan leaves empty, in the fewest hours, as JSON."""
    if document.values is not None:
        return []  # the file says itself who is eligible
    workers = _busy(matched, plan)
    routes = _routes(document, matched, plan, workers)
    chosen = _jointly(document, matched, plan, workers, routes, seconds)
    return [
        {
            "role": route.role,
            "person": document.people[route.person].id,
            "courses": list(route.courses),
            "hours": route.hours,
            "start_by": route.start_by.isoformat(),
            "ready": route.ready.isoformat(),
        }
        for route in chosen
    ]


def routes_to(
    document: Document, matched: Matched, role_id: str, *, people: Iterable[int] | None = None
) -> list[Route]:
    """Every route to one role, the shortest first; the plan of today is not looked at."""
    place = [role.id for role in matched.portfolio.roles].index(role_id)
    school = _School(document)
    slot = matched.slots[place]
    found = [
        route
        for person in _trainable(matched, slot, school)
        if people is None or person.id in set(people)
        if (route := school.route(person, slot, role_id)) is not None
    ]
    return sorted(found, key=lambda one: (one.hours, one.fee, one.person))


# --- Together --------------------------------------------------------------------------------


def _busy(matched: Matched, plan: Plan) -> dict[str, Worker]:
    """People with the time that the plan takes."""
    roles = {role.id: role for role in matched.portfolio.roles}
    workers = {worker.id: worker for worker in matched.portfolio.workers}
    for pair in plan.pairs:
        worker = workers[pair.worker]
        taken = Taken(roles[pair.role].period, pair.allocation, True)
        workers[pair.worker] = replace(worker, taken=(*worker.taken, taken))
    return workers


def _routes(
    document: Document, matched: Matched, plan: Plan, workers: Mapping[str, Worker]
) -> list[tuple[Route, Pair]]:
    school = _School(document)
    filled = {pair.role for pair in plan.pairs}
    found: list[tuple[Route, Pair]] = []
    for role, slot in zip(matched.portfolio.roles, matched.slots, strict=True):
        if role.id not in filled:
            found += itertools.islice(
                _routes_of(document, matched, school, role, slot, workers), MOST_ROUTES
            )
    return found


def _routes_of(
    document: Document,
    matched: Matched,
    school: _School,
    role: Role,
    slot: Slot,
    workers: Mapping[str, Worker],
) -> Iterator[tuple[Route, Pair]]:
    offered = []
    for person in _trainable(matched, slot, school):
        someone = document.people[person.id]
        allocation = document.allocations.get(pair_key(someone.id, role.id), slot.allocation)
        pair = Pair(someone.id, role.id, allocation)
        if not fits(pair, role, workers[someone.id]):
            continue
        if (route := school.route(person, slot, role.id)) is not None:
            cost = (someone.rate or 0.0) * hours(role.period, allocation)
            offered.append((route, replace(pair, cost=cost)))
    return iter(sorted(offered, key=lambda one: (one[0].hours, one[0].fee, one[1].worker)))


def _jointly(
    document: Document,
    matched: Matched,
    plan: Plan,
    workers: Mapping[str, Worker],
    routes: Sequence[tuple[Route, Pair]],
    seconds: float,
) -> list[Route]:
    """Most is filled first, then in the fewest hours; nobody studies more than they have time."""
    spent: dict[str, float] = {}
    project = {role.id: role.project for role in matched.portfolio.roles}
    for pair in plan.pairs:
        spent[project[pair.role]] = spent.get(project[pair.role], 0.0) + pair.cost
    by_pair = {(pair.worker, pair.role): route for route, pair in routes}
    open_roles = {route.role for route, _pair in routes}
    portfolio = Portfolio(
        [role for role in matched.portfolio.roles if role.id in open_roles],
        list(workers.values()),
        [replace(pair, score=-route.hours) for route, pair in routes],
        {name: most - spent.get(name, 0.0) for name, most in document.budgets.items()},
        list(_study(document, routes)),
    )
    found = solve(portfolio, (Stage.FILLED, Stage.SCORE), time_limit=seconds)
    return [by_pair[pair.worker, pair.role] for pair in found.pairs]


def _study(document: Document, routes: Sequence[tuple[Route, Pair]]) -> Iterator[Shared]:
    """The hours that somebody has until each day by which a route of theirs has to be over."""
    by_person: dict[int, list[tuple[Route, Pair]]] = {}
    for route, pair in routes:
        by_person.setdefault(route.person, []).append((route, pair))
    for person, found in by_person.items():
        weekly = document.people[person].study_hours
        for last in sorted({route.ready for route, _pair in found}):
            until = {
                (pair.worker, pair.role): route.hours
                for route, pair in found
                if route.ready <= last
            }
            yield Shared(until, weekly * ((last - document.first).days) / 7)


# --- One person, one role --------------------------------------------------------------------


def _trainable(matched: Matched, slot: Slot, school: _School) -> Iterator[matcher.Person]:
    """Those who lack levels alone, each of which some course teaches."""
    others = replace(
        slot, musts=tuple(need for need in slot.musts if need.kind is not Kind.COMPETENCY)
    )
    taught = [need for need in slot.musts if need.kind is Kind.COMPETENCY]
    for person in matched.candidates.candidates(others):
        missing = [need for need in taught if not _may_have(person, need)]
        if all(school.teaches(need) for need in missing):
            yield person


def _may_have(person: matcher.Person, need: Need) -> bool:
    return any(one.level >= need.level for one in person.attested.get(need.code, ()))


class _School:
    """The courses of a problem and how long they take."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.courses = {course.id: course for course in document.courses}
        self.closure = {id: self._with_required(id) for id in self.courses}

    def teaches(self, need: Need) -> bool:
        return bool(self._teaching(need))

    def _teaching(self, need: Need) -> list[str]:
        return sorted(
            course.id
            for course in self.courses.values()
            if self.closure[course.id] is not None
            and any(
                one.competency == need.code and one.level >= need.level for one in course.awards
            )
        )

    def _with_required(self, course_id: str) -> tuple[str, ...] | None:
        """A course behind everything it requires; None if that runs in a circle."""
        order: list[str] = []
        on_the_way: set[str] = set()

        def visit(id: str) -> bool:
            if id in order:
                return True
            if id in on_the_way:
                return False
            on_the_way.add(id)
            done = all(visit(one) for one in self.courses[id].requires)
            order.append(id)
            return done

        return tuple(order) if visit(course_id) else None

    def route(self, person: matcher.Person, slot: Slot, role_id: str) -> Route | None:
        """The shortest route that makes a person fit for a role, in time; None if there is none."""
        found = reasons(person, slot)
        lacking = [one.need for one in found if isinstance(one, LevelShort | LevelLapses)]
        if not lacking or len(lacking) < len(found):
            return None
        ways = itertools.product(*(self._teaching(need) for need in lacking))
        sets = {self._together(way) for way in itertools.islice(ways, MOST_WAYS)}
        for courses in sorted(sets, key=lambda one: (self._hours(one), self._fee(one), one)):
            if (route := self._in_time(person, slot, role_id, courses)) is not None:
                return route
        return None

    def _together(self, way: Iterable[str]) -> tuple[str, ...]:
        order: dict[str, None] = {}
        for id in way:
            order.update(dict.fromkeys(self.closure[id] or ()))
        return tuple(order)

    def _hours(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].hours for id in courses)

    def _fee(self, courses: Iterable[str]) -> float:
        return math.fsum(self.courses[id].fee for id in courses)

    def _in_time(
        self, person: matcher.Person, slot: Slot, role_id: str, courses: tuple[str, ...]
    ) -> Route | None:
        """The route as late as it may be, if that is not too early for today."""
        weekly = self.document.people[person.id].study_hours
        whole = self._hours(courses)
        if whole and not weekly:
            return None
        ready = slot.period.first - _DAY
        days = [
            self._days(math.fsum(self.courses[id].hours for id in courses[place:]), weekly)
            for place in range(len(courses))
        ]
        start_by = ready - timedelta(days=days[0])
        passed = [ready - timedelta(days=rest) for rest in [*days[1:], 0]]
        if start_by < self.document.first:
            return None
        if not is_eligible(self._taught(person, courses, passed), slot):
            return None
        return Route(person.id, role_id, courses, whole, self._fee(courses), start_by, ready)

    def _days(self, amount: float, weekly: float) -> int:
        return math.ceil(round(7 * amount / weekly, 6)) if amount else 0

    def _taught(
        self, person: matcher.Person, courses: Sequence[str], passed: Sequence[date]
    ) -> matcher.Person:
        attested = dict(person.attested)
        for id, day in zip(courses, passed, strict=True):
            for code, one in _awards(self.courses[id], day):
                attested[code] = (*attested.get(code, ()), one)
        return replace(person, attested=attested)


def _awards(course: Course, day: date) -> Iterator[tuple[str, Attestation]]:
    for award in course.awards:
        lasts = parse_duration(award.valid_for) if award.valid_for else None
        last = lasts.after(day) if lasts else None
        yield award.competency, Attestation(award.level, day, last)
