"""A portfolio as it might be: without a role, with a project moved, with somebody hired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load
from app.staffing.rules.hours import MINUTES_OF_DAY, Week
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.portfolio.organisation import Open

MOST_DAYS, MOST_HIRES = 730, 10


@dataclass(frozen=True, slots=True)
class Hire:
    """Somebody who meets what a role or a kind of role demands, and nothing else."""

    title: str
    """What they are called in the plan: of which role or kind they are."""
    needs: tuple[Need, ...]
    capacity: int = 100
    rate: Money | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is different from today. The default is today as it is."""

    most_parallel: int | None = None
    """How many roles somebody may have on a day; None for as many as their time allows."""
    within_budgets: bool = True
    without: frozenset[int] = frozenset()
    """Roles that are not filled."""
    moved: Mapping[str, int] = field(default_factory=dict)
    """Days by which the roles of a project are moved, by its code."""
    hires: tuple[Hire, ...] = ()

    def roles(self, roles: Sequence[Open]) -> list[Open]:
        """The open roles as they would be."""
        return [self._moved(one) for one in roles if one.slot.id not in self.without]

    def period_of(self, project: str, period: Period) -> Period:
        """The days of a role as they would be."""
        return _later(period, timedelta(days=self.moved.get(project, 0)))

    def _moved(self, one: Open) -> Open:
        days = timedelta(days=self.moved.get(one.project, 0))
        if not days:
            return one
        relief = tuple(Load(_later(load.period, days), load.percent) for load in one.slot.relief)
        # Mentors who are booked stay where they are: the plan has to find others.
        moved = _later(one.slot.period, days)
        slot = replace(one.slot, period=moved, relief=relief, stretch=frozenset())
        return replace(one, slot=slot)

    def hired(self) -> list[Person]:
        """The people who would be there; their numbers are below 0."""
        return [_person(-number, hire) for number, hire in enumerate(self.hires, 1)]


def _later(period: Period, days: timedelta) -> Period:
    return Period(period.first + days, period.last + days)


def _person(number: int, hire: Hire) -> Person:
    def codes(kind: Kind) -> list[Need]:
        return [need for need in hire.needs if need.kind is kind]

    places = codes(Kind.LOCATION)
    return Person(
        number,
        capacity=hire.capacity,
        rate=hire.rate,
        location=places[0].code if places else None,
        languages=frozenset(need.code for need in codes(Kind.LANGUAGE)),
        attested={
            need.code: (Attestation(need.level, date.min, None),) for need in codes(Kind.COMPETENCY)
        },
        weeks=tuple(
            Week(date.min, need.code, tuple(range(1, 8)), 0, MINUTES_OF_DAY)
            for need in codes(Kind.HOURS)[:1]
        ),
        held={need.code: (Held(date.min, None),) for need in codes(Kind.CERTIFICATION)},
    )


def hire_like(slot: Slot, title: str, capacity: int) -> Hire:
    """Somebody who meets what a role demands, at its highest rate."""
    return Hire(title, slot.musts, capacity, slot.rate_cap)


# --- As plain data ---------------------------------------------------------------------------


def written(scenario: Scenario) -> dict[str, Any]:
    """A scenario as JSON."""
    return {
        "most_parallel": scenario.most_parallel,
        "within_budgets": scenario.within_budgets,
        "without": sorted(scenario.without),
        "moved": dict(scenario.moved),
        "hires": [
            {
                "title": hire.title,
                "needs": [[need.kind.value, need.code, need.level] for need in hire.needs],
                "capacity": hire.capacity,
                "rate": [hire.rate.minor, hire.rate.currency] if hire.rate else None,
            }
            for hire in scenario.hires
        ],
    }


def read(data: Mapping[str, Any] | None) -> Scenario:
    """What `written` wrote; today as it is for None."""
    if data is None:
        return Scenario()
    return Scenario(
        data["most_parallel"],
        data["within_budgets"],
        frozenset(data["without"]),
        data["moved"],
        tuple(
            Hire(
                one["title"],
                tuple(Need(Kind(kind), code, level) for kind, code, level in one["needs"]),
                one["capacity"],
                Money(*one["rate"]) if one["rate"] else None,
            )
            for one in data["hires"]
        ),
    )
