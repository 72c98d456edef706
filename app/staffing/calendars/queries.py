"""Reads of capacity that changes, and of absences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Period
from app.staffing.calendars.models import CapacityChange, ParallelLimit, WorkingWeek
from app.staffing.calendars.rules import Change, differences
from app.staffing.models import Absence
from app.staffing.rules.capacity import Load
from app.staffing.rules.hours import Week


def changes_of(person_ids: Collection[int] | None, span: Period) -> dict[int, list[Change]]:
    """Changes that count within a span, by person; of everybody if none are named."""
    query = select(CapacityChange.person_id, CapacityChange.from_on, CapacityChange.percent)
    query = query.where(CapacityChange.from_on <= span.last)
    if person_ids is not None:
        query = query.where(db.one_of(CapacityChange.person_id, person_ids))
    found: dict[int, list[Change]] = defaultdict(list)
    for owner, first, percent in db.rows(query):
        found[owner].append(Change(first, percent))
    return found


def differences_of(person_ids: Collection[int], span: Period) -> dict[int, list[Load]]:
    """What is missing from the capacity that stands with each person, or comes on top of it."""
    changes = changes_of(person_ids, span)
    query = select(Person.id, Person.capacity).where(Person.id.in_(list(changes)))
    return {
        owner: differences(capacity, changes[owner], span) for owner, capacity in db.rows(query)
    }


def roles_at_a_time() -> dict[int, int]:
    """How many roles on a day plans may give those of whom that was said, by person."""
    query = select(ParallelLimit.person_id, ParallelLimit.most)
    return dict(db.session.execute(query).all())


def roles_at_a_time_of(person_id: int) -> int | None:
    """The same of one person; None if nothing was said."""
    row = db.session.get(ParallelLimit, person_id)
    return row.most if row else None


def weeks_of(person_ids: Collection[int] | None) -> dict[int, tuple[Week, ...]]:
    """When people work, by person; of everybody if none are named."""
    query = select(WorkingWeek)
    if person_ids is not None:
        query = query.where(db.one_of(WorkingWeek.person_id, person_ids))
    found: dict[int, list[Week]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.person_id].append(week_of(row))
    return {owner: tuple(weeks) for owner, weeks in found.items()}


def week_of(row: WorkingWeek) -> Week:
    """A row as rules read it."""
    return Week(row.from_on, row.zone, tuple(map(int, row.days)), row.begins, row.ends)


def zones() -> Sequence[str]:
    """The time zones in which people of the organisation work, by name."""
    query = select(WorkingWeek.zone).distinct().order_by(WorkingWeek.zone)
    return db.session.scalars(query).all()


def working_weeks_of(person_id: int) -> Sequence[WorkingWeek]:
    """Every working week that somebody gave, in order."""
    query = select(WorkingWeek).where(WorkingWeek.person_id == person_id)
    return db.session.scalars(query.order_by(WorkingWeek.from_on)).all()


def subject_for(actor: Actor, person_id: int) -> Person:
    """Somebody whose working time the actor may read: their own, of their people, as the PMO."""
    person = accounts.person(person_id)
    if not (actor.is_(person_id) or manages(actor, person)):
        raise NotVisible(_("There is no such person."))
    return person


def manages(actor: Actor, person: Person) -> bool:
    """Whether somebody may say how much a person works: their line manager, and the PMO."""
    above = person.line_manager_id
    return actor.has(Role.PMO) or (above is not None and actor.is_(above))


def changes_for(person_id: int) -> Sequence[CapacityChange]:
    """Every change of somebody, in order."""
    query = select(CapacityChange).where(CapacityChange.person_id == person_id)
    return db.session.scalars(query.order_by(CapacityChange.from_on)).all()


def absences_of(person_id: int) -> Sequence[Absence]:
    """Every absence of somebody, latest first."""
    query = select(Absence).where(Absence.person_id == person_id)
    return db.session.scalars(query.order_by(Absence.start_date.desc(), Absence.id.desc())).all()


def absence_for(person_id: int, absence_id: int) -> Absence:
    """An absence of this person."""
    query = select(Absence).where(Absence.id == absence_id, Absence.person_id == person_id)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such absence."))
    return found
