"""Say how much somebody works from which day on, and when they are not there."""

from __future__ import annotations

from datetime import date

from app.accounts import queries as accounts
from app.core import audit, clock
from app.core.errors import NotAllowed, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.core.values import Period
from app.staffing.calendars import queries
from app.staffing.calendars.models import CapacityChange, ParallelLimit, WorkingWeek
from app.staffing.models import Absence
from app.staffing.rules.hours import Week


def change_capacity(person_id: int, from_on: date, percent: int, *, by: Actor) -> None:
    """From a day on, somebody has `percent` of full time. Said again for a day, the last counts.

    Raises:
        NotAllowed: it is neither one of their people nor the PMO who says it.
    """
    _managers_only(person_id, by)
    target = f"person:{person_id}"
    with audit.act(
        by, "capacity.change", target, from_on=from_on.isoformat(), percent=percent
    ) as session:
        accounts.person(person_id, lock=True)
        row = session.get(CapacityChange, (person_id, from_on))
        if row is None:
            row = CapacityChange(person_id=person_id, from_on=from_on)
            session.add(row)
        row.percent = percent
        row.recorded_by_id, row.recorded_at = by.person_id, clock.now()


def withdraw_change(person_id: int, from_on: date, *, by: Actor) -> None:
    """Take a change back: what stood before it goes on."""
    _managers_only(person_id, by)
    target = f"person:{person_id}"
    with audit.act(by, "capacity.withdraw", target, from_on=from_on.isoformat()) as session:
        accounts.person(person_id, lock=True)
        row = session.get(CapacityChange, (person_id, from_on))
        if row is None:
            raise NotVisible(_("There is no such change."))
        session.delete(row)


def limit_roles(person_id: int, most: int | None, *, by: Actor) -> None:
    """Say how many roles plans may give somebody on a day.

    Args:
        most: None for as many as their time allows.

    Raises:
        NotAllowed: it is neither their line manager nor the PMO who says it.
    """
    _managers_only(person_id, by)
    with audit.act(by, "roles.limit", f"person:{person_id}", most=most) as session:
        accounts.person(person_id, lock=True)
        row = session.get(ParallelLimit, person_id)
        if most is None:
            if row is not None:
                session.delete(row)
            return
        if row is None:
            row = ParallelLimit(person_id=person_id)
            session.add(row)
        row.most = most
        row.recorded_by_id, row.recorded_at = by.person_id, clock.now()


def _managers_only(person_id: int, by: Actor) -> None:
    if not queries.manages(by, queries.subject_for(by, person_id)):
        raise NotAllowed(_("Your line manager and the PMO say how much you work."))


def record_absence(person_id: int, period: Period, percent: int, *, by: Actor) -> None:
    """Note days on which somebody is not there, or less. Why is nobody's business.

    Args:
        percent: of full time that is missing; 100 if they are not there at all.
    """
    queries.subject_for(by, person_id)
    with audit.act(by, "absence.record", f"person:{person_id}", percent=percent) as session:
        accounts.person(person_id, lock=True)
        session.add(
            Absence(
                person_id=person_id,
                start_date=period.first,
                end_date=period.last,
                percent=percent,
                recorded_by_id=by.person_id,
                recorded_at=clock.now(),
            )
        )


def withdraw_absence(person_id: int, absence_id: int, *, by: Actor) -> None:
    """They are there after all."""
    queries.subject_for(by, person_id)
    with audit.act(by, "absence.withdraw", f"person:{person_id}") as session:
        session.delete(queries.absence_for(person_id, absence_id))


def change_week(person_id: int, week: Week, *, by: Actor) -> None:
    """From a day on, somebody works at these hours. Said again for a day, the last counts."""
    queries.subject_for(by, person_id)
    values = {
        "zone": week.zone,
        "days": "".join(map(str, sorted(set(week.days)))),
        "begins": week.begins,
        "ends": week.ends,
    }
    target = f"person:{person_id}"
    with audit.act(by, "week.change", target, from_on=week.first.isoformat(), **values) as session:
        accounts.person(person_id, lock=True)
        row = session.get(WorkingWeek, (person_id, week.first))
        if row is None:
            row = WorkingWeek(person_id=person_id, from_on=week.first)
            session.add(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.recorded_by_id, row.recorded_at = by.person_id, clock.now()


def withdraw_week(person_id: int, from_on: date, *, by: Actor) -> None:
    """Take working hours back: what was said before them goes on."""
    queries.subject_for(by, person_id)
    target = f"person:{person_id}"
    with audit.act(by, "week.withdraw", target, from_on=from_on.isoformat()) as session:
        accounts.person(person_id, lock=True)
        row = session.get(WorkingWeek, (person_id, from_on))
        if row is None:
            raise NotVisible(_("There are no such working hours."))
        session.delete(row)
