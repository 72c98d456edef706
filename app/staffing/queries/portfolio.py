"""People and their loads, and the roles that are still to be filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from app.accounts.models import Person
from app.core import db
from app.core.values import Period
from app.projects.models import Project, RoleSlot
from app.staffing.queries.bookings import open_slots
from app.staffing.queries.facts import standing_loads
from app.staffing.rules.capacity import (
    Band,
    Week,
    mondays,
    not_employed,
    week_name,
    weeks_over,
)

PEOPLE, ROLES = 40, 12
"""Rows of one page."""


class Order(StrEnum):
    """In which order people are listed."""

    NAME = "name"
    FREE = "free"
    """Who has most time left over the weeks comes first."""


@dataclass(frozen=True, slots=True)
class PortfolioFilters:
    """Whom to list, and in which order; empty means everybody."""

    text: str = ""
    unit: str = ""
    place: str = ""
    among: frozenset[int] | None = None
    band: Band | None = None
    """Only who has such a week."""
    week: date | None = None
    """The Monday of the week that `band` speaks of; without it, any of the weeks."""
    order: Order = Order.NAME

    @property
    def looks_at_weeks(self) -> bool:
        """Whether everybody's weeks have to be known to say who is on a page."""
        return self.band is not None or self.order is not Order.NAME


@dataclass(frozen=True, slots=True)
class Loads:
    """One page of people, how many there are in all, and how full their weeks are."""

    people: Sequence[Person]
    total: int
    weeks: Mapping[int, Sequence[Week]]


@dataclass(frozen=True, slots=True)
class OpenRoles:
    """One page of open roles with projects and demands, and how many there are in all."""

    slots: Sequence[RoleSlot]
    total: int


def loads_page(filters: PortfolioFilters, span: Period, *, page: int) -> Loads:
    """Active people with their weeks within `span`; from page 1."""
    columns = (Person.id, Person.capacity, Person.employed_from, Person.employed_to)
    query = select(*columns).where(Person.active, *_conditions(filters))
    rows = db.session.execute(query.order_by(Person.name, Person.id)).all()
    start = (page - 1) * PEOPLE
    if not filters.looks_at_weeks:
        total, rows = len(rows), rows[start : start + PEOPLE]
    booked, away = standing_loads([row.id for row in rows], span)
    weeks = {
        row.id: weeks_over(
            mondays(span),
            row.capacity,
            booked.get(row.id, ()),
            [*away.get(row.id, ()), *not_employed(row.employed_from, row.employed_to, span)],
        )
        for row in rows
    }
    if filters.looks_at_weeks:
        chosen = _chosen(weeks, filters)
        total, weeks = len(chosen), {key: weeks[key] for key in chosen[start : start + PEOPLE]}
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(weeks)))}
    return Loads([people[key] for key in weeks], total, weeks)


def _chosen(weeks: Mapping[int, Sequence[Week]], filters: PortfolioFilters) -> list[int]:
    """Who has a week of the band, in the order asked for; by name where that says nothing."""
    name = None if filters.week is None else week_name(filters.week)
    chosen = [
        key
        for key, own in weeks.items()
        if filters.band is None
        or any(one.band is filters.band for one in own if name in (None, one.name))
    ]
    if filters.order is Order.FREE:
        chosen.sort(key=lambda key: -sum(max(0, one.left) for one in weeks[key]))
    return chosen


def _conditions(filters: PortfolioFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := filters.text.strip():
        columns = (Person.name, Person.title, Person.location)
        found.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if filters.unit:
        found.append(Person.unit == filters.unit)
    if filters.place:
        found.append(Person.location == filters.place)
    if filters.among is not None:
        found.append(Person.id.in_(filters.among))
    return found


def units() -> Sequence[str]:
    """Units that active people belong to."""
    return _values(Person.unit)


def places() -> Sequence[str]:
    """Places where active people work."""
    return _values(Person.location)


def _values(column: InstrumentedAttribute[str | None]) -> Sequence[str]:
    query = select(column).where(Person.active, column.is_not(None)).distinct()
    return [value for value in db.session.scalars(query.order_by(column)) if value]


def open_roles_page(*, page: int) -> OpenRoles:
    """Roles still to be filled, the most urgent project first; from page 1."""
    query = open_slots()
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    in_order = query.options(
        contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements)
    ).order_by(Project.priority.desc(), RoleSlot.start_date, RoleSlot.id)
    return OpenRoles(
        db.session.scalars(in_order.limit(ROLES).offset((page - 1) * ROLES)).all(), total
    )
