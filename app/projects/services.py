"""Acts of the PMO on projects and their roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select

from app.accounts import queries as accounts
from app.core import audit, clock, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import announce
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Money, Period
from app.projects import queries
from app.projects.announcements import ProjectEnded, RoleChanged, RoleClosed
from app.projects.models import (
    Demand,
    Holds,
    Project,
    ProjectState,
    Requirement,
    RoleShare,
    RoleSlot,
    Strength,
)
from app.projects.rules import (
    LEVELS,
    MOST_HOURS,
    Demanded,
    Share,
    Wrong,
    asked_twice,
    within,
    written,
    wrong_share,
)

_ENDED = (ProjectState.CLOSED, ProjectState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project as entered. `manager` is the e-mail address of its project manager."""

    code: str
    title: str
    unit: str
    period: Period
    summary: str = ""
    priority: int = 3
    budget: Money | None = None
    state: ProjectState = ProjectState.PLANNED
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One demand of a role as entered. `weight` counts among the wants."""

    strength: Strength
    demand: Demand
    code: str
    level: int | None = None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as entered."""

    title: str
    period: Period
    allocation: int
    asked: tuple[Asked, ...] = ()
    holds: Holds = Holds.THROUGHOUT
    rate_cap: Money | None = None
    profile: str | None = None
    """The code of the role profile it is of."""
    shares: tuple[Share, ...] = ()
    """Days on which it takes less than `allocation`."""


# --- Projects ------------------------------------------------------------------------------


def create_project(facts: ProjectFacts, *, by: Actor) -> Project:
    """Enter a project in the register.

    Raises:
        Conflict: the code is taken.
        Invalid: nobody has the manager's address.
    """
    _pmo_only(by)
    with db.transaction() as session:
        values = {
            **_project_values(facts),
            "created_at": clock.now(),
            "created_by_id": by.person_id,
        }
        if not db.insert_once(Project, **values):
            message = _("There is a project with this code already. Choose another.")
            raise Conflict(message, field="code")
        audit.record(by, "project.create", f"project:{facts.code}", title=facts.title)
        return session.scalars(select(Project).where(Project.code == facts.code)).one()


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO changes projects and their roles."))


def _project_values(facts: ProjectFacts) -> dict[str, Any]:
    return {
        "code": facts.code,
        "title": facts.title,
        "summary": facts.summary,
        "unit": facts.unit,
        "start_date": facts.period.first,
        "end_date": facts.period.last,
        "priority": facts.priority,
        "budget_minor": facts.budget.minor if facts.budget else None,
        "currency": facts.budget.currency if facts.budget else None,
        "state": facts.state,
        "manager_id": _manager_id(facts.manager),
    }


def _manager_id(email: str | None) -> int | None:
    if not email:
        return None
    manager = accounts.person_by_email(email)
    if manager is None or not manager.active:
        raise Invalid(_("Nobody active has this address. Check it."), field="manager")
    return manager.id


def change_project(code: str, facts: ProjectFacts, *, by: Actor) -> Project:
    """Change a project; its code stays. Ending it ends what is asked for it and not yet agreed.

    Raises:
        Conflict: a role that is not closed would lie outside the new dates.
    """
    _pmo_only(by)
    with db.transaction():
        project = queries.project_for(by, code, lock=True)
        _keep_roles_inside(project, facts.period)
        ended = facts.state in _ENDED and project.state not in _ENDED
        changed = _set(project, {**_project_values(facts), "code": project.code})
        audit.record(by, "project.change", f"project:{code}", changed=changed)
        if ended:
            announce(ProjectEnded(project.id, by))
    return project


def _keep_roles_inside(project: Project, period: Period) -> None:
    for slot in project.slots:
        if slot.closed_at is None and not within(_period_of(slot), period):
            raise Conflict(
                _(
                    "The role “%(title)s” lies outside these dates. Change or close it first.",
                    title=slot.title,
                ),
                field="end",
            )


def _period_of(row: Project | RoleSlot) -> Period:
    return Period(row.start_date, row.end_date)


def _set(row: Project | RoleSlot, values: dict[str, Any]) -> dict[str, list[str | None]]:
    """Set what differs; returns it as [before, after] in words for the audit trail."""
    changed: dict[str, list[str | None]] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changed[name] = [None if one is None else str(one) for one in (before, value)]
            setattr(row, name, value)
    return changed


# --- Roles ---------------------------------------------------------------------------------


def add_role(code: str, facts: RoleFacts, *, by: Actor) -> RoleSlot:
    """Add a role to a project.

    Raises:
        Invalid: dates outside the project's, or a demand that is unknown or stands twice.
        Conflict: the project has ended.
    """
    _pmo_only(by)
    with db.transaction() as session:
        project = queries.project_for(by, code, lock=True)
        if project.state in _ENDED:
            raise Conflict(_("This project has ended. Open it again before adding roles."))
        _check(facts, project)
        slot = RoleSlot(project_id=project.id, **_role_values(facts))
        session.add(slot)
        session.flush()
        session.add_all(_requirements(slot.id, facts.asked))
        session.add_all(share_rows(slot.id, facts.shares))
        audit.record(by, "role.create", f"role:{slot.id}", project=code, title=facts.title)
    return slot


def _check(facts: RoleFacts, project: Project) -> None:
    if not within(facts.period, _period_of(project)):
        message = _("A role lies within its project's dates. Choose dates inside them.")
        raise Invalid(message, field="start")
    demands = [Demanded(one.strength is Strength.MUST, one.demand, one.code) for one in facts.asked]
    if asked_twice(demands):
        message = _("The same demand stands twice. Remove one of the two.")
        raise Invalid(message, field="requirements")
    competencies = _codes(facts.asked, Demand.COMPETENCY)
    if queries.unknown_codes(competencies, _codes(facts.asked, Demand.CERTIFICATION)):
        message = _("There is no such competency or certification. Choose one from the list.")
        raise Invalid(message, field="requirements")
    if any(one.level and one.level > _HIGHEST.get(one.demand, 0) for one in facts.asked):
        message = _("A competency has a level from 1 to 5, hours in common are 1 to 40 a week.")
        raise Invalid(message, field="requirements")
    if not {*_codes(facts.asked, Demand.HOURS)} <= available_timezones():
        message = _("There is no such time zone. Choose one from the list.")
        raise Invalid(message, field="requirements")
    if wrong := wrong_share(facts.shares, facts.period, facts.allocation):
        raise Invalid(_WRONG_SHARES[wrong], field="shares")
    if facts.profile is not None and not queries.profile_exists(facts.profile):
        raise Invalid(
            _("There is no such kind of role. Choose one from the list."), field="profile"
        )


_HIGHEST = {Demand.COMPETENCY: max(LEVELS), Demand.HOURS: MOST_HOURS}
_WRONG_SHARES = {
    Wrong.MANY: _("Twenty times another share is the most. Divide the role instead."),
    Wrong.OUTSIDE: _("These days lie outside the role. Choose days inside it."),
    Wrong.NOT_SMALLER: _("A smaller share is less than that of the role, and not below 0."),
    Wrong.TWICE: _("A day has two shares. Let each line begin after the one before has ended."),
}


def _codes(asked: Iterable[Asked], demand: Demand) -> set[str]:
    return {one.code for one in asked if one.demand is demand}


def _role_values(facts: RoleFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "start_date": facts.period.first,
        "end_date": facts.period.last,
        "allocation": facts.allocation,
        "holds": facts.holds,
        "rate_cap_minor": facts.rate_cap.minor if facts.rate_cap else None,
        "rate_currency": facts.rate_cap.currency if facts.rate_cap else None,
        "profile_code": facts.profile,
    }


def _requirements(slot_id: int, asked: Iterable[Asked]) -> list[Requirement]:
    return [
        Requirement(
            slot_id=slot_id,
            strength=one.strength,
            demand=one.demand,
            code=one.code,
            level=one.level,
            weight=one.weight,
        )
        for one in asked
    ]


def shares_of(slot: RoleSlot) -> tuple[Share, ...]:
    """The days on which a role takes a smaller share."""
    return tuple(Share(Period(row.first, row.last), row.percent) for row in slot.shares)


def share_rows(slot_id: int, shares: Iterable[Share]) -> list[RoleShare]:
    """The same as rows of a role."""
    return [
        RoleShare(
            slot_id=slot_id, first=one.period.first, last=one.period.last, percent=one.percent
        )
        for one in shares
    ]


def change_role(code: str, slot_id: int, facts: RoleFacts, *, by: Actor) -> RoleSlot:
    """Change a role and its demands. Bookings that stand are not judged again.

    Raises:
        Invalid: as for a new role.
        Conflict: somebody is booked for other dates, or another share of their time.
    """
    _pmo_only(by)
    with db.transaction() as session:
        project = queries.project_for(by, code, lock=True)
        slot = queries.slot_for(by, slot_id, code=code, lock=True)
        _check(facts, project)
        changed = _set(slot, _role_values(facts))
        if {_as_asked(row) for row in slot.requirements} != set(facts.asked):
            changed["demands"] = [
                _written(map(_as_asked, slot.requirements)),
                _written(facts.asked),
            ]
            for row in slot.requirements:
                session.delete(row)
            session.add_all(_requirements(slot.id, facts.asked))
        reshared = shares_of(slot) != facts.shares
        if reshared:
            changed["shares"] = [written(shares_of(slot)), written(facts.shares)]
            for share in slot.shares:
                session.delete(share)
            session.flush()
            session.add_all(share_rows(slot.id, facts.shares))
        audit.record(by, "role.change", f"role:{slot_id}", project=code, changed=changed)
        announce(RoleChanged(slot_id, facts.period, facts.allocation, by, reshared))
    return slot


def _as_asked(row: Requirement) -> Asked:
    return Asked(row.strength, row.demand, row.code, row.level, row.weight)


def _written(asked: Iterable[Asked]) -> str:
    """The demands in one line, for the audit trail."""
    return "; ".join(
        f"{one.strength} {one.demand}:{one.code}{f' {one.level}' if one.level else ''}"
        for one in asked
    )


def close_role(code: str, slot_id: int, *, by: Actor) -> RoleSlot:
    """Say that a role is no longer to be filled; what was asked for it and not agreed, ends."""
    _pmo_only(by)
    with audit.act(by, "role.close", f"role:{slot_id}", project=code):
        slot = queries.slot_for(by, slot_id, code=code, lock=True)
        if slot.closed_at is not None:
            raise Conflict(_("This role is closed already."))
        slot.closed_at = clock.now()
        announce(RoleClosed(slot_id, by))
    return slot


def open_role(code: str, slot_id: int, *, by: Actor) -> RoleSlot:
    """Open a closed role again."""
    _pmo_only(by)
    with audit.act(by, "role.open", f"role:{slot_id}", project=code):
        slot = queries.slot_for(by, slot_id, code=code, lock=True)
        if slot.closed_at is None:
            raise Conflict(_("This role is open."))
        slot.closed_at = None
    return slot
