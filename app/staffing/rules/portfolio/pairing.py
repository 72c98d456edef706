"""From a problem file to a portfolio: who qualifies for which role, at which score and cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher import problem as matcher
from app.staffing.rules.matcher.eligibility import demands, meets
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Slot
from app.staffing.rules.matcher.rank import lot, turn
from app.staffing.rules.matcher.score import among, parts, score
from app.staffing.rules.portfolio.document import (
    Demand,
    Document,
    OpenRole,
    Someone,
    TeamCompetency,
    TeamNumbers,
    TeamPair,
    WantedAttribute,
    WantedCompetency,
    pair_key,
)
from app.staffing.rules.portfolio.limits import fits
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Shared, Taken, Worker
from app.staffing.rules.portfolio.teams import Team, team_limits
from app.staffing.rules.team import TeamRule, meets_throughout

HOURS_A_DAY = 8
_CURRENCY = "XXX"  # a problem file names none: all its amounts are in the same


@dataclass(frozen=True, slots=True)
class Matched:
    """A portfolio with what it was made from. People and slots stand in the order of the file."""

    portfolio: Portfolio
    people: tuple[matcher.Person, ...]
    slots: tuple[Slot, ...]
    candidates: Candidates
    parts: Mapping[tuple[str, str], tuple[tuple[str, float], ...]]
    """Of the score of each pair, by worker and role; empty where the file gives the scores."""


def match(document: Document) -> Matched:
    """Everybody against every role; a role that is fixed to somebody is not open."""
    taken = {one.role for one in document.fixed}
    roles = [one for one in document.roles if one.id not in taken]
    people = tuple(_people(document))
    slots = tuple(_slot(number, role) for number, role in enumerate(roles))
    workers = tuple(_workers(document))
    index = Candidates(people)
    found = _given if document.values is not None else _computed
    pairs: list[Pair] = []
    printed: dict[tuple[str, str], tuple[tuple[str, float], ...]] = {}
    for pair, score_parts in found(document, roles, index, slots, workers):
        pairs.append(pair)
        if score_parts:
            printed[pair.worker, pair.role] = score_parts
    portfolio = Portfolio(
        [Role(one.id, one.project, Period(one.start, one.end), one.priority) for one in roles],
        workers,
        pairs,
        document.budgets,
        _team_limits(document, roles, pairs, people),
    )
    return Matched(portfolio, people, slots, index, printed)


def _team_limits(
    document: Document,
    roles: Sequence[OpenRole],
    pairs: Sequence[Pair],
    people: Sequence[matcher.Person],
) -> list[Shared]:
    """Team needs of the file. Who is fixed to a role of a project counts among its team."""
    if not document.teams:
        return []
    projects = {one.id: one.project for one in document.roles}
    fixed = [one for one in document.fixed if one.role in projects]
    already: dict[str, list[str]] = defaultdict(list)
    for one in fixed:
        already[projects[one.role]].append(one.person)
    known = {one.id: person for one, person in zip(document.people, people, strict=True)}
    periods = {one.id: Period(one.start, one.end) for one in document.roles}

    def team(need: TeamNumbers | TeamPair) -> Team:
        rule = TeamRule(need.rule)
        if isinstance(need, TeamPair):
            return Team(need.project, rule, pair=need.people)
        demand = _team_demand(need)

        def able(worker: str, role: str) -> bool:
            return meets_throughout(known[worker], demand, periods[role])

        there = sum(
            able(one.person, one.role) for one in fixed if projects[one.role] == need.project
        )
        return Team(need.project, rule, need.amount, able=able, able_already=there)

    open_roles = [_role(one) for one in roles]
    return team_limits(map(team, document.teams), open_roles, pairs, already)


def _team_demand(need: TeamNumbers) -> Need:
    if isinstance(need.need, TeamCompetency):
        return Need(Kind.COMPETENCY, need.need.competency, need.need.level)
    return Need(Kind.CERTIFICATION, need.need.certification)


_Found = Iterator[tuple[Pair, tuple[tuple[str, float], ...]]]


def _given(
    document: Document,
    roles: list[OpenRole],
    _index: Candidates,
    _slots: tuple[Slot, ...],
    workers: tuple[Worker, ...],
) -> _Found:
    """Pairs with the values of the file; they alone are eligible, as far as their time allows."""
    values = document.values or {}
    for role in roles:
        for someone, worker in zip(document.people, workers, strict=True):
            value = values.get(pair_key(someone.id, role.id))
            if value is None:
                continue
            pair = _pair(document, someone, role, value)
            if fits(pair, _role(role), worker):
                yield pair, ()


def _computed(
    document: Document,
    roles: list[OpenRole],
    index: Candidates,
    slots: tuple[Slot, ...],
    workers: tuple[Worker, ...],
) -> _Found:
    for role, slot in zip(roles, slots, strict=True):
        asked, untimed = demands(slot), demands(replace(slot, allocation=0))
        qualified = [
            person
            for person in index.candidates(slot)
            if meets(person, untimed if _has_own_time(document, person, role) else asked)
        ]
        compared = among(qualified, slot)
        for person in qualified:
            someone, worker = document.people[person.id], workers[person.id]
            found = parts(person, slot, compared)
            load, last, _lot = turn(slot, person)  # whose numbers are places in the file
            first = (load, last, lot(role.id, someone.id))
            pair = replace(_pair(document, someone, role, score(found)), turn=first)
            if fits(pair, _role(role), worker):
                yield pair, tuple((part.name.value, part.points) for part in found)


def _has_own_time(document: Document, person: matcher.Person, role: OpenRole) -> bool:
    """Whether the time of a pair is judged with an allocation of its own."""
    return pair_key(document.people[person.id].id, role.id) in document.allocations


def _pair(document: Document, someone: Someone, role: OpenRole, value: float) -> Pair:
    allocation = document.allocations.get(pair_key(someone.id, role.id), role.allocation)
    cost = (someone.rate or 0.0) * hours(Period(role.start, role.end), allocation)
    return Pair(someone.id, role.id, allocation, value, cost)


def hours(period: Period, percent: float) -> float:
    """Working hours: eight on each weekday, by the allocation in percent."""
    return HOURS_A_DAY * weekdays(period) * percent / 100


def weekdays(period: Period) -> int:
    """Mondays to Fridays of a period."""
    days = (period.last - period.first).days + 1
    whole, rest = divmod(days, 7)
    first = period.first.weekday()
    return 5 * whole + sum((first + day) % 7 < 5 for day in range(rest))


# --- Values of the matcher -------------------------------------------------------------------


def _role(role: OpenRole) -> Role:
    return Role(role.id, role.project, Period(role.start, role.end), role.priority)


def _workers(document: Document) -> Iterator[Worker]:
    taken: dict[str, list[Taken]] = defaultdict(list)
    for one in document.fixed:
        taken[one.person].append(Taken(Period(one.start, one.end), one.allocation, True))
    for someone in document.people:
        away = [Taken(Period(one.first, one.last), one.percent) for one in someone.unavailable]
        yield Worker(
            someone.id, someone.capacity, someone.max_parallel, (*taken[someone.id], *away)
        )


def _people(document: Document) -> Iterator[matcher.Person]:
    booked: dict[str, list[Load]] = defaultdict(list)
    for one in document.fixed:
        booked[one.person].append(Load(Period(one.start, one.end), one.allocation))
    for number, someone in enumerate(document.people):
        yield _person(number, someone, tuple(booked[someone.id]), document.first)


def _person(number: int, someone: Someone, booked: tuple[Load, ...], today: date) -> matcher.Person:
    # A file says from when to when a level holds, and not how old its evidence is: then none is
    # fresher than another, and a claim that holds since an earlier day lowers nobody.
    attested: dict[str, list[Attestation]] = defaultdict(list)
    for claim in someone.claims:
        held_since = Attestation(claim.level, claim.first, claim.last, proven=today)
        attested[claim.competency].append(held_since)
    held: dict[str, list[Held]] = defaultdict(list)
    for one in someone.certifications:
        held[one.code].append(Held(one.first, one.last, one.renewable))
    return matcher.Person(
        number,
        capacity=someone.capacity,
        rate=_money(someone.rate),
        attested={code: tuple(found) for code, found in attested.items()},
        held={code: tuple(found) for code, found in held.items()},
        booked=booked,
        away=tuple(Load(Period(one.first, one.last), one.percent) for one in someone.unavailable),
        attributes={name: frozenset(values) for name, values in someone.attributes.items()},
        last_booked_to=max((load.period.last for load in booked), default=None),
    )


def _slot(number: int, role: OpenRole) -> Slot:
    return Slot(
        number,
        Period(role.start, role.end),
        role.allocation,
        musts=tuple(_needs(role.must)),
        wants=tuple(_needs(role.want)),
        throughout=role.holds != "start",
        renewals=role.holds == "renewal",
        rate_cap=_money(role.rate_cap),
    )


def _needs(demands: Iterable[Demand]) -> Iterator[Need]:
    for one in demands:
        if isinstance(one, WantedCompetency):
            if one.level:  # everybody reaches level 0
                yield Need(Kind.COMPETENCY, one.competency, one.level, one.weight)
        elif isinstance(one, WantedAttribute):
            yield Need(Kind.ATTRIBUTE, one.attribute, 0, one.weight, one.any)
        else:
            yield Need(Kind.CERTIFICATION, one.certification, 0, one.weight)


def _money(amount: float | None) -> Money | None:
    return None if amount is None else Money(round(amount * 100), _CURRENCY)


# --- Finding candidates ----------------------------------------------------------------------


class Candidates:
    """People by what they have, so that a role is held against those alone who may qualify."""

    def __init__(self, people: tuple[matcher.Person, ...]) -> None:
        self.people = people
        self._having: dict[Need, frozenset[int]] = {}
        self._levels: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._holders: dict[str, set[int]] = defaultdict(set)
        for person in people:
            for code, attested in person.attested.items():
                self._levels[code].append((max(one.level for one in attested), person.id))
            for code in person.held:
                self._holders[code].add(person.id)

    def candidates(self, slot: Slot) -> list[matcher.Person]:
        """Those who have, at some time, everything that the role must have."""
        if not slot.musts:
            return list(self.people)
        found = [self._with(need) for need in slot.musts]
        found.sort(key=len)
        return [self.people[number] for number in sorted(found[0].intersection(*found[1:]))]

    def _with(self, need: Need) -> frozenset[int]:
        if need not in self._having:
            self._having[need] = frozenset(self._look(need))
        return self._having[need]

    def _look(self, need: Need) -> Iterable[int]:
        match need.kind:
            case Kind.COMPETENCY:
                return (number for level, number in self._levels[need.code] if level >= need.level)
            case Kind.CERTIFICATION:
                return self._holders[need.code]
            case _:
                return (
                    person.id
                    for person in self.people
                    if not person.attributes.get(need.code, frozenset()).isdisjoint(need.any)
                )
