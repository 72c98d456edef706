"""People and their loads, and the roles that are still to be filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.models import Person
from app.core import db
from app.core.values import Period
from app.projects.models import Project, RoleSlot
from app.staffing.queries.bookings import open_slots
from app.staffing.queries.facts import standing_loads
from app.staffing.rules.capacity import Load

PEOPLE, ROLES = 40, 12
"""Rows of one page."""


@dataclass(frozen=True, slots=True)
class PortfolioFilters:
    """Whom to list; empty means everybody."""

    text: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Loads:
    """One page of people, how many there are in all, and what takes their time."""

    people: Sequence[Person]
    total: int
    booked: Mapping[int, Sequence[Load]]
    away: Mapping[int, Sequence[Load]]


@dataclass(frozen=True, slots=True)
class OpenRoles:
    """One page of open roles with projects and demands, and how many there are in all."""

    slots: Sequence[RoleSlot]
    total: int


def loads_page(filters: PortfolioFilters, span: Period, *, page: int) -> Loads:
    """Active people by name with their loads within `span`; from page 1."""
    query = _matching(select(Person).where(Person.active), filters)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    in_order = query.order_by(Person.name, Person.id)
    people = db.session.scalars(in_order.limit(PEOPLE).offset((page - 1) * PEOPLE)).all()
    booked, away = standing_loads([person.id for person in people], span)
    return Loads(people, total, booked, away)


def _matching(query: Select[Person], filters: PortfolioFilters) -> Select[Person]:
    if text := filters.text.strip():
        columns = (Person.name, Person.title, Person.location)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if filters.unit:
        query = query.where(Person.unit == filters.unit)
    return query


def units() -> Sequence[str]:
    """Units that active people belong to."""
    query = select(Person.unit).where(Person.active, Person.unit.is_not(None)).distinct()
    return [unit for unit in db.session.scalars(query.order_by(Person.unit)) if unit]


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
