"""The order of those who qualify, the near misses behind them, and counts of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app.staffing.rules.capacity import mean
from app.staffing.rules.matcher.eligibility import (
    Elsewhere,
    NotEmployed,
    RateUnknown,
    Reason,
    TooExpensive,
    Withheld,
    is_eligible,
    reasons,
)
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot
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
class Rule:
    """A demand that people fail: a need of the role, or capacity, rate, employment."""

    name: str
    code: str = ""
    level: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.code}" if self.code else self.name


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody considered for a role. `failed` counts all who fail a rule, listed or not."""

    candidates: tuple[Candidate, ...]
    near: tuple[NearMiss, ...]
    failed: Mapping[Rule, int]
    considered: int


def rank(slot: Slot, people: Iterable[Person], weights: Weights = BALANCED) -> Ranking:
    """Order `people` for a role; the order they come in makes no difference."""
    qualified: list[Person] = []
    near: list[NearMiss] = []
    counts: Counter[int] = Counter()
    examples: dict[int, Reason] = {}
    considered = 0
    for person in people:
        considered += 1
        if found := reasons(person, slot):
            for key in {_subject(reason) for reason in found}:
                counts[key] += 1
                if key not in examples:
                    examples[key] = next(one for one in found if _subject(one) == key)
            if len(found) <= NEAR:
                near.append(NearMiss(person.id, found))
        else:
            qualified.append(person)
    failed: Counter[Rule] = Counter()
    for key, number in counts.items():
        failed[rule_of(examples[key])] += number
    return Ranking(
        _in_order(slot, qualified, weights),
        tuple(sorted(near, key=lambda miss: _nearness(slot, miss))),
        dict(sorted(failed.items(), key=lambda item: (-item[1], str(item[0])))),
        considered,
    )


def order(slot: Slot, people: Sequence[Person], weights: Weights = BALANCED) -> Ranking:
    """Those who qualify as `rank` orders them, without a word on the others: much faster."""
    qualified = [person for person in people if is_eligible(person, slot)]
    return Ranking(_in_order(slot, qualified, weights), (), {}, len(people))


def qualified_ids(slot: Slot, people: Iterable[Person]) -> frozenset[int]:
    """Who qualifies, without order: for counting."""
    return frozenset(person.id for person in people if is_eligible(person, slot))


def _subject(reason: Reason) -> int:
    """The same for reasons about the same demand of a role: to count them without reading them."""
    need = getattr(reason, "need", None)
    return id(type(reason)) if need is None else id(need)


def rule_of(reason: Reason) -> Rule:
    """Which demand a reason is about, for counting people who fail it."""
    need: Need | None = getattr(reason, "need", None)
    if need is not None:
        return Rule(need.kind, need.code, need.level)
    if isinstance(reason, Elsewhere):
        return Rule(Kind.LOCATION)
    if isinstance(reason, NotEmployed):
        return Rule("employment")
    if isinstance(reason, Withheld):
        return Rule("consent")
    if isinstance(reason, TooExpensive | RateUnknown):
        return Rule("rate")
    return Rule("capacity")


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
