"""The open roles of an organisation as a portfolio, and a plan as it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.values import Period
from app.staffing.rules.capacity import Load
from app.staffing.rules.matcher.eligibility import (
    NotEmployed,
    Rule,
    Withheld,
    demands,
    meets,
    unmet_by,
)
from app.staffing.rules.matcher.problem import Need, Person, Slot
from app.staffing.rules.matcher.rank import rule_of, turn
from app.staffing.rules.matcher.score import among, parts, score
from app.staffing.rules.matcher.weights import BALANCED, Weights
from app.staffing.rules.portfolio.pairing import hours
from app.staffing.rules.portfolio.problem import Pair, Portfolio, Role, Taken, Worker
from app.staffing.rules.portfolio.relax import Missing
from app.staffing.rules.portfolio.solve import Reached


@dataclass(frozen=True, slots=True)
class Open:
    """An open role with the project it belongs to and what it is worth to fill it."""

    slot: Slot
    project: str
    priority: float
    weights: Weights = field(default_factory=lambda: BALANCED)
    kept: frozenset[int] = frozenset()
    """Who is proposed or asked for it today: a plan changes that only for something better."""
    mentors: tuple[Need, ...] = ()
    """What makes somebody of its project a mentor, beside whom one level less will do."""

    @property
    def with_mentors(self) -> Slot:
        """The role as it is if there are mentors."""
        codes = {need.code for need in self.mentors}
        return replace(self.slot, stretch=self.slot.stretch | codes)


def portfolio_of(
    roles: Sequence[Open],
    people: Sequence[Person],
    budgets: Mapping[str, float] | None = None,
    most_parallel: int | None = None,
    own_parallel: Mapping[int, int] | None = None,
) -> Portfolio:
    """Everybody against every open role; what stands in calendars takes its time.

    Args:
        budgets: what is left to spend, by project.
        most_parallel: how many roles anybody may have on a day.
        own_parallel: how many some of them may have, by person.
    """
    own = own_parallel or {}
    pairs: list[Pair] = []
    for one in roles:
        slot = one.with_mentors
        asked = demands(slot)
        qualified = [person for person in people if meets(person, asked)]
        compared = among(qualified, one.slot)
        for person in qualified:
            fit = score(parts(person, one.slot, compared, one.weights))
            pairs.append(_pair(person, one, fit))
    return Portfolio(
        [_role(one) for one in roles],
        [_worker(person, _fewest(most_parallel, own.get(person.id))) for person in people],
        pairs,
        budgets or {},
    )


def _pair(person: Person, one: Open, score: float = 0.0) -> Pair:
    rate = person.rate.minor / 100 if person.rate else 0.0
    cost = rate * _hours(one.slot)
    kept = person.id in one.kept
    key = (str(person.id), str(one.slot.id))
    return Pair(*key, one.slot.allocation, score, cost, kept, turn(one.slot, person))


def _fewest(*limits: int | None) -> int | None:
    return min((one for one in limits if one is not None), default=None)


def everybody_for(one: Open, people: Iterable[Person]) -> tuple[list[Pair], dict[str, Missing]]:
    """A pair for everybody, whatever they miss, and what that is, by worker.

    Whom no decision could bring in is left out, unless there is nobody else: those who are not
    employed then, or stay out of plans.
    """
    asked = demands(one.with_mentors)
    found = [(person, unmet_by(person, asked)) for person in people]
    possible = [
        (person, missed)
        for person, missed in found
        if not any(isinstance(reason, NotEmployed | Withheld) for reason in missed)
    ]
    chosen = possible or found
    missing = {
        str(person.id): Missing(
            frozenset(map(rule_of, missed)), sum(reason.gap for reason in missed)
        )
        for person, missed in chosen
    }
    return [_pair(person, one) for person, _missed in chosen], missing


def _role(one: Open) -> Role:
    relief = tuple(Taken(load.period, load.percent) for load in one.slot.relief)
    return Role(str(one.slot.id), one.project, one.slot.period, one.priority, relief)


def _hours(slot: Slot) -> float:
    """Working hours of a role, with what it takes less on some days."""
    loads = (slot.load, *slot.relief)
    return sum(hours(load.period, load.percent) for load in loads)


def _worker(person: Person, most_parallel: int | None) -> Worker:
    # A load below 0 is what a booking takes less on some days, and no role of its own.
    booked = [Taken(load.period, load.percent, load.percent > 0) for load in person.booked]
    away = [Taken(load.period, load.percent) for load in person.away]
    return Worker(str(person.id), person.capacity, most_parallel, (*booked, *away))


def outcome(
    chosen: Sequence[Pair],
    roles: Sequence[Open],
    people: Sequence[Person],
    reached: Sequence[Reached] = (),
    held_back: Mapping[str, Iterable[Rule]] | None = None,
) -> dict[str, Any]:
    """A plan as plain JSON: assignments, roles left empty with why, and what was proven.

    Args:
        held_back: limits that keep everybody out who qualifies, by role.
    """
    filled = {pair.role: int(pair.worker) for pair in chosen}
    currencies = {person.rate.currency for person in people if person.rate}
    empty = [one for one in roles if str(one.slot.id) not in filled]
    return {
        "assignments": [
            {"role": int(pair.role), "person": int(pair.worker), "score": pair.score}
            for pair in sorted(chosen, key=lambda pair: int(pair.role))
        ],
        "empty": [
            {
                "role": one.slot.id,
                **_why(one.slot, people),
                "limits": as_lists((held_back or {}).get(str(one.slot.id), ())),
            }
            for one in empty
        ],
        # Roles for which somebody is proposed or asked today, and the plan wants somebody else.
        "changed": sum(
            bool(one.kept) and filled.get(str(one.slot.id)) not in one.kept for one in roles
        ),
        "utilisation": _utilisation(chosen, roles, people),
        # Costs in several currencies cannot be added up for people to read.
        "currency": currencies.pop() if len(currencies) == 1 else None,
        "stages": [
            {
                "name": one.stage.value,
                "value": round(one.value, 2),
                "bound": round(one.bound, 2),
                "proven": one.proven,
            }
            for one in reached
        ],
    }


def as_lists(rules: Iterable[Rule]) -> list[list[Any]]:
    """Rules as JSON."""
    return sorted([rule.name, rule.code, rule.level] for rule in rules)


def _utilisation(
    chosen: Sequence[Pair], roles: Sequence[Open], people: Sequence[Person]
) -> float | None:
    """The share of the time that is booked or planned, from the first day to the last; of those
    who may be planned."""
    if not roles or not people:
        return None
    span = Period(
        min(one.slot.period.first for one in roles), max(one.slot.period.last for one in roles)
    )
    takes = {str(one.slot.id): _hours(one.slot) for one in roles}
    planned = sum(takes[pair.role] for pair in chosen)
    has = booked = 0.0
    for person in people:
        if not person.consents:
            continue
        away = sum(_inside(load, span) for load in person.away)
        has += max(0.0, hours(span, person.capacity) - away)
        booked += sum(_inside(load, span) for load in person.booked)
    return round((planned + booked) / has, 4) if has else None


def _inside(load: Load, span: Period) -> float:
    """Hours of a load within a span."""
    first, last = max(load.period.first, span.first), min(load.period.last, span.last)
    return hours(Period(first, last), load.percent) if first <= last else 0.0


def _why(slot: Slot, people: Sequence[Person]) -> Mapping[str, Any]:
    """How many would qualify, and how many fail each rule."""
    failed: Counter[tuple[str, str, int]] = Counter()
    fit, asked = 0, demands(slot)
    for person in people:
        found = unmet_by(person, asked)
        fit += not found
        failed.update({(one.name, one.code, one.level) for one in map(rule_of, found)})
    ranked = sorted(failed.items(), key=lambda item: (-item[1], item[0]))
    return {"qualified": fit, "failed": [[*rule, count] for rule, count in ranked[:5]]}
