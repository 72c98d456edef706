"""The order of those who qualify, the near misses behind them, and counts of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app.staffing.rules.capacity import mean
from app.staffing.rules.matcher.eligibility import (
    CAPACITY,
    CONSENT,
    EMPLOYMENT,
    PLACE,
    RATE,
    Demand,
    Elsewhere,
    NotEmployed,
    RateUnknown,
    Reason,
    Rule,
    TooExpensive,
    Withheld,
    demands,
    meets,
    rule_of_need,
)
from app.staffing.rules.matcher.problem import Need, Person, Slot
from app.staffing.rules.matcher.score import Among, Part, among, parts, score
from app.staffing.rules.matcher.weights import BALANCED, Weights

NEAR = 2
"""Somebody who is further off than this many reasons is counted, not listed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who qualifies, with the score and what it is made of."""

    person_id: int
    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Somebody who does not qualify, with every reason."""

    person_id: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody considered for a role. `failed` counts all who fail a rule, listed or not.

    `near` is the nearest of `near_total` near misses, as many as were asked for or all.
    """

    candidates: tuple[Candidate, ...]
    near: tuple[NearMiss, ...]
    failed: Mapping[Rule, int]
    considered: int
    near_total: int


def rank(slot: Slot, people: Sequence[Person], weights: Weights = BALANCED) -> Ranking:
    """Order `people` for a role; the order they come in makes no difference."""
    failed: Counter[Rule] = Counter()
    qualified: list[Person] = []
    near: list[NearMiss] = []
    for person, found in zip(people, unmet(people, demands(slot), failed), strict=True):
        if not found:
            qualified.append(person)
        elif len(found) <= NEAR:
            near.append(NearMiss(person.id, found))
    candidates = _in_order(slot, qualified, weights)
    return Ranking(candidates, by_nearness(slot, near), by_number(failed), len(people), len(near))


def unmet(
    people: Sequence[Person], asked: Sequence[Demand], failed: Counter[Rule]
) -> Iterator[tuple[Reason, ...]]:
    """The reasons of each of the people, demand by demand, and in `failed` how many fail which."""
    columns = [[demand.check(person) for person in people] for demand in asked]
    for demand, column in zip(asked, columns, strict=True):
        failed[demand.rule] += sum(map(bool, column))
    for row in zip(*columns, strict=True):
        yield tuple([reason for reason in row if reason is not None])


def by_nearness(slot: Slot, near: Iterable[NearMiss]) -> tuple[NearMiss, ...]:
    """Near misses in order: fewer reasons first, then who is less far off, then by lot."""
    return tuple(sorted(near, key=lambda miss: _nearness(slot, miss)))


def by_number(failed: Mapping[Rule, int]) -> dict[Rule, int]:
    """What people fail, the most frequent first."""
    some = [(rule, people) for rule, people in failed.items() if people]
    return dict(sorted(some, key=lambda item: (-item[1], str(item[0]))))


def order(slot: Slot, people: Sequence[Person], weights: Weights = BALANCED) -> Ranking:
    """Those who qualify as `rank` orders them, without a word on the others: much faster."""
    asked = demands(slot)
    qualified = [person for person in people if meets(person, asked)]
    return Ranking(_in_order(slot, qualified, weights), (), {}, len(people), 0)


def qualified_ids(slot: Slot, people: Iterable[Person]) -> frozenset[int]:
    """Who qualifies, without order: for counting."""
    asked = demands(slot)
    return frozenset(person.id for person in people if meets(person, asked))


def rule_of(reason: Reason) -> Rule:
    """Which demand a reason is about."""
    need: Need | None = getattr(reason, "need", None)
    if need is not None:
        return rule_of_need(need)
    if isinstance(reason, Elsewhere):
        return PLACE
    if isinstance(reason, NotEmployed):
        return EMPLOYMENT
    if isinstance(reason, Withheld):
        return CONSENT
    if isinstance(reason, TooExpensive | RateUnknown):
        return RATE
    return CAPACITY


def _in_order(slot: Slot, qualified: Sequence[Person], weights: Weights) -> tuple[Candidate, ...]:
    compared = among(qualified, slot)
    judged = [(_judged(person, slot, compared, weights), person) for person in qualified]
    judged.sort(key=lambda pair: _place(slot, *pair))
    return tuple(candidate for candidate, _ in judged)


def _judged(person: Person, slot: Slot, compared: Among, weights: Weights) -> Candidate:
    found = parts(person, slot, compared, weights)
    return Candidate(person.id, score(found), found)


def _place(slot: Slot, candidate: Candidate, person: Person) -> tuple[float, _Turn]:
    """Best score first; then whose turn it is."""
    return -candidate.score, turn(slot, person)


_Turn = tuple[float, date, bytes]


def turn(slot: Slot, person: Person) -> _Turn:
    """Among equals: who has less to do, then who has waited longest, then by lot; lowest first."""
    load = mean(person.booked, slot.period)
    return load, person.last_booked_to or date.min, lot(slot.id, person.id)


def _nearness(slot: Slot, miss: NearMiss) -> tuple[int, float, bytes]:
    gap = round(sum(reason.gap for reason in miss.reasons), 6)
    return len(miss.reasons), gap, lot(slot.id, miss.person_id)


def lot(role: object, person: object) -> bytes:
    """The same lot every time, and another one for each role.

    It is drawn from their numbers, because nothing else tells equals apart and the same question
    must have the same answer. But a digest is in no order: over many roles it favours nobody.
    """
    return sha256(f"{role}/{person}".encode()).digest()
