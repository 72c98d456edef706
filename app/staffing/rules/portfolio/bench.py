"""Filled roles that one resignation would break, and the cheapest training that mends it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from app.staffing.rules.matcher.problem import Slot
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import Pool, School, rest_of
from app.staffing.rules.portfolio.training import MOST_ROUTES, MOST_TRIED


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
        rest = rest_of(slot, today)
        if not any(person.id != holder for person in pool.qualified(rest)):
            without = {holder, *unplanned}
            spare = _cheapest(rest, pool, school, today, without)
            found.append(Fragile(slot.id, holder, *(spare or (None, None))))
    return found


def _cheapest(
    rest: Slot, pool: Pool, school: School, today: date, without: Collection[int]
) -> tuple[int, Route] | None:
    """Who could be fit in the fewest hours: by its first day, else before the role is over."""
    ways = (
        (student.person.id, route)
        for student in itertools.islice(pool.trainable(rest, school), MOST_TRIED)
        if student.person.id not in without
        if (route := _shortest(school.routes(student, rest, today))) is not None
    )
    return min(
        itertools.islice(ways, MOST_ROUTES),
        key=lambda way: (way[1].start_by is None, way[1].hours, way[1].fee, way[1].ready),
        default=None,
    )


def _shortest(routes: Iterable[Route]) -> Route | None:
    """The first that is in time, else the first of all: they come by their hours."""
    late = None
    for route in routes:
        if route.start_by is not None:
            return route
        late = late or route
    return late
