"""Filled roles that one resignation would break, and the cheapest training that mends it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.core.values import Period
from app.staffing.rules.matcher.problem import Slot
from app.staffing.rules.portfolio.school import Pool, Route, School
from app.staffing.rules.portfolio.training import MOST_ROUTES, MOST_TRIED

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fragile:
    """A filled role that nobody else could take over tomorrow.

    Attributes:
        spare: who could learn it in the fewest hours; None if no course makes anybody fit.
    """

    slot_id: int
    holder: int
    spare: int | None = None
    route: Route | None = None


def fragile(
    filled: Iterable[tuple[Slot, int]],
    pool: Pool,
    school: School,
    today: date,
    unplanned: Collection[int] = (),
) -> list[Fragile]:
    """The roles without a spare: nobody but the holder qualifies and has the time.

    Args:
        filled: roles with the person who is confirmed for each; none of them is over.
        pool: everybody with all their bookings, also those for these roles.
        unplanned: those whom no plan may give a course; as they are, they count.
    """
    found = []
    for slot, holder in filled:
        rest = _rest(slot, today)
        if not any(person.id != holder for person in pool.qualified(rest)):
            without = {holder, *unplanned}
            spare = _cheapest(rest, pool, school, today, without)
            found.append(Fragile(slot.id, holder, *(spare or (None, None))))
    return found


def _rest(slot: Slot, today: date) -> Slot:
    """What is left of a role for somebody who takes over tomorrow at the earliest."""
    first = min(max(slot.period.first, today + _DAY), slot.period.last)
    return replace(slot, period=Period(first, slot.period.last))


def _cheapest(
    rest: Slot, pool: Pool, school: School, today: date, without: Collection[int]
) -> tuple[int, Route] | None:
    """Who could be fit in the fewest hours, before the role is over."""
    ways = (
        (student.person.id, route)
        for student in itertools.islice(pool.trainable(rest, school), MOST_TRIED)
        if student.person.id not in without
        if (route := school.route(student, rest, today)) is not None
        if route.ready < rest.period.last
    )
    return min(
        itertools.islice(ways, MOST_ROUTES),
        key=lambda way: (way[1].hours, way[1].fee, way[1].ready),
        default=None,
    )
