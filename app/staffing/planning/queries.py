"""Reads of plans, and of what a plan is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import StaffingPlan
from app.staffing.own import queries as own
from app.staffing.queries.bookings import open_slots
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.portfolio.organisation import Open


@dataclass(frozen=True, slots=True)
class Facts:
    """The open roles and everybody who may be asked, as they are now."""

    roles: Sequence[Open]
    people: Sequence[Person]


def facts() -> Facts:
    """In the same few statements for one role and for a thousand."""
    query = open_slots().options(
        contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements)
    )
    rows = db.session.scalars(query.order_by(RoleSlot.id)).unique().all()
    roles = [Open(staffing.as_slot(row), row.project.code, row.project.priority) for row in rows]
    out = own.everybody_staying_out()
    people = [
        person
        for person in (staffing.people_for([one.slot for one in roles]) if roles else [])
        if person.id not in out
    ]
    return Facts(roles, sorted(people, key=lambda person: person.id))


def plan(plan_id: int, *, lock: bool = False) -> StaffingPlan:
    """A plan, or NotVisible."""
    query = select(StaffingPlan).where(StaffingPlan.id == plan_id)
    query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible(_("There is no such plan."))
    return found


def plans(limit: int = 20) -> Sequence[StaffingPlan]:
    """The newest."""
    query = select(StaffingPlan).order_by(StaffingPlan.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def roles_of(ids: Sequence[int]) -> dict[int, RoleSlot]:
    """Roles with their projects and demands, by id."""
    query = (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.id.in_(ids))
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
    )
    return {row.id: row for row in db.session.scalars(query).unique()}
