"""People one level short whom a plan places beside a mentor: the one only with the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.staffing.rules.matcher.eligibility import Rule, leans_on
from app.staffing.rules.matcher.problem import Need, Person
from app.staffing.rules.portfolio.organisation import Open
from app.staffing.rules.portfolio.problem import MENTOR, Pair, Shared
from app.staffing.rules.team import meets_throughout


def mentor_limits(
    roles: Iterable[Open], people: Iterable[Person], pairs: Sequence[Pair]
) -> list[Shared]:
    """Whoever needs a mentor is placed only if one is, in the same project for all of their days.

    Those who have a mentor on the project already are free.
    """
    by_id = {str(one.slot.id): one for one in roles}
    known = {str(person.id): person for person in people}
    by_project: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_project[by_id[pair.role].project].append(pair)
    return [
        limit
        for pair in pairs
        if by_id[pair.role].mentors
        for limit in _beside(pair, by_id, known, by_project[by_id[pair.role].project])
    ]


def _beside(
    pair: Pair, roles: Mapping[str, Open], known: Mapping[str, Person], offered: Sequence[Pair]
) -> Iterator[Shared]:
    one, person = roles[pair.role], known[pair.worker]
    for short in leans_on(person, one.slot):
        if short.code in one.slot.stretch:
            continue
        mentors = [
            (other.worker, other.role)
            for other in offered
            if other.worker != pair.worker
            and _covers(roles[other.role], one)
            and any(
                meets_throughout(known[other.worker], need, one.slot.period)
                for need in enough(one.mentors, short)
            )
        ]
        amounts = {(pair.worker, pair.role): 1.0, **dict.fromkeys(mentors, -1.0)}
        yield Shared(amounts, 0.0, Rule(MENTOR, short.code, short.level))


def _covers(other: Open, one: Open) -> bool:
    outer, inner = other.slot.period, one.slot.period
    return other is not one and outer.first <= inner.first and inner.last <= outer.last


def enough(mentors: Iterable[Need], short: Need) -> Iterator[Need]:
    """What a mentor has to have for somebody who is short of a demand: never less than it."""
    for need in mentors:
        if need.code == short.code:
            yield need if need.level >= short.level else short
