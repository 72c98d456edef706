"""Acts on training: assign courses with days, withdraw them, set study time and fees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import audit, clock, db, mail
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import day, gettext, ngettext, speaking
from app.core.i18n import lazy_gettext as _
from app.core.policy import SYSTEM, Actor, Role
from app.core.values import Money
from app.learning import queries as learning
from app.learning import services as courses
from app.projects import queries as projects
from app.projects.announcements import ProjectEnded, RoleChanged, RoleClosed
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.rules.booking import SEEN_BY_PERSON
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.repair import Courses, repairs
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import School, rest_of
from app.staffing.services import refuse_unless_open
from app.staffing.teams import queries as teams
from app.staffing.training import queries
from app.staffing.training.models import (
    CourseFee,
    StepKind,
    StudyTime,
    TrainingAssignment,
    TrainingStep,
)

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Due:
    """A course with the last day to pass it."""

    course_id: str
    on: date


# --- Assigning -------------------------------------------------------------------------------


def assign(slot_id: int, person_id: int, *, by: Actor, base_url: str) -> list[Due]:
    """Give somebody the courses that make them fit for a role, each with its day, and tell them.

    Assigned again, what stands stays as it is, and courses that are due on another day move.

    Raises:
        Conflict: the role is closed, or no courses would make them fit.
    """
    _pmo_only(by)
    with db.transaction():
        slot = projects.slot_for(by, slot_id, lock=True)
        person = accounts.person(person_id, lock=True)
        refuse_unless_open(slot)
        due = due_of(route_for(slot, person_id, queries.school(clock.today())))
        give(slot, person, due, by=by, base_url=base_url)
    return due


def route_for(slot: RoleSlot, person_id: int, school: School) -> Route:
    """The courses that make somebody fit for what is left of a role.

    Whoever is on it, or asked, gets those that the watch names, whatever else fails: they have
    until the day on which the first of their levels lapses.

    Raises:
        Conflict: none do, or they qualify already.
    """
    role, today = teams.as_slot(slot), clock.today()
    role = rest_of(role, today)
    known = staffing.person_for(role, person_id)
    if known is None:
        raise Conflict(_("This person is not active."))
    if not (found := reasons(known, role)):
        raise Conflict(_("This person qualifies already."))
    (student,) = queries.pool([known], school, today).students
    if _is_on(slot, person_id):
        made = repairs(
            found, known, role, lambda _, part, needs: school.keeping(student, part, needs, today)
        )
        route = next((one.route for one in made if isinstance(one, Courses)), None)
    else:
        route = school.route(student, role, today)
    if route is None:
        raise Conflict(_("No courses would make this person fit for the role as things stand now."))
    return route


def _is_on(slot: RoleSlot, person_id: int) -> bool:
    """Whether somebody has agreed to a role or is asked for it."""
    return any(
        one.person_id == person_id and one.state in SEEN_BY_PERSON
        for one in staffing.live_bookings([slot.id])
    )


def due_of(route: Route) -> list[Due]:
    """The courses of a route with the last day to pass each."""
    return [Due(*one) for one in zip(route.courses, route.due, strict=True)]


def give(slot: RoleSlot, person: Person, due: Sequence[Due], *, by: Actor, base_url: str) -> bool:
    """Assign courses to somebody whose row is locked, enrol them and write to them.

    Returns:
        Whether anything is new or due on another day.
    """
    before = {row.course_id: row for row in queries.standing(slot.id, person.id)}
    changed = [one for one in due if _keep(slot, person, one, before.get(one.course_id), by)]
    if not changed:
        return False
    learner = Actor(person.id, frozenset({Role.LEARNER}), person.name)
    for one in changed:
        courses.enrol(one.course_id, by=learner)
    audit.record(
        by,
        "training.assign",
        f"person:{person.id}",
        role=slot.id,
        courses={one.course_id: one.on.isoformat() for one in changed},
    )
    _write_of_courses(slot, person, changed, base_url)
    return True


def _keep(
    slot: RoleSlot, person: Person, due: Due, before: TrainingAssignment | None, by: Actor
) -> bool:
    if before is None:
        before = TrainingAssignment(
            person_id=person.id,
            course_id=due.course_id,
            slot_id=slot.id,
            due_on=due.on,
            assigned_at=clock.now(),
        )
        db.session.add(before)
        db.session.flush()
        _step(before, StepKind.ASSIGNED, by)
        return True
    if before.due_on == due.on:
        return False
    before.due_on = due.on
    _step(before, StepKind.MOVED, by)
    return True


def _step(row: TrainingAssignment, kind: StepKind, by: Actor, reason: str = "") -> None:
    db.session.add(
        TrainingStep(
            assignment_id=row.id,
            kind=kind,
            due_on=row.due_on,
            reason=reason,
            by_id=by.person_id,
            by_name=by.name,
            at=clock.now(),
        )
    )


def withdraw(slot_id: int, person_id: int, reason: str, *, by: Actor, base_url: str) -> None:
    """Take back what somebody was to pass for a role. They stay enrolled.

    Raises:
        Invalid: no reason. Conflict: nothing is assigned to them for this role.
    """
    _pmo_only(by)
    if not reason.strip():
        raise Invalid(_("Say in a word or two why, so that they understand it."), field="reason")
    with db.transaction():
        slot = projects.slot_for(by, slot_id, lock=True)
        if not _withdraw(slot, person_id, reason.strip()[:LONGEST_REASON], by, base_url):
            raise Conflict(_("Nothing is assigned to this person for this role any more."))


def _withdraw(slot: RoleSlot, person_id: int, reason: str, by: Actor, base_url: str) -> bool:
    person = accounts.person(person_id, lock=True)
    rows = queries.standing(slot.id, person_id)
    for row in rows:
        row.withdrawn_at = clock.now()
        _step(row, StepKind.WITHDRAWN, by, reason)
    if rows:
        ids = [row.course_id for row in rows]
        target = f"person:{person_id}"
        audit.record(by, "training.withdraw", target, role=slot.id, courses=ids)
        _write_of_withdrawal(slot, person, ids, reason, base_url)
    return bool(rows)


def move_days(changed: RoleChanged) -> None:
    """Whoever learns for a role that begins on another day, or asks for more, learns for that."""
    for slot_id, person_id in queries.people_of([changed.slot_id]):
        slot = projects.slot_for(SYSTEM, slot_id, lock=True)
        person = accounts.person(person_id, lock=True)
        try:
            route = route_for(slot, person_id, queries.school(clock.today()))
        except Conflict:
            continue  # no courses help any more: the PMO sees it on the page of the role
        give(slot, person, due_of(route), by=changed.by, base_url="")


def end_for_role(closed: RoleClosed) -> None:
    """A closed role asks nobody to learn for it any more."""
    _end([closed.slot_id], closed.by, _("The role was closed."))


def end_for_project(ended: ProjectEnded) -> None:
    """Nor does a role of a project that has ended."""
    _end(queries.roles_of_project(ended.project_id), ended.by, _("The project has ended."))


def _end(slot_ids: Sequence[int], by: Actor, reason: str) -> None:
    for slot_id, person_id in queries.people_of(slot_ids):
        slot = projects.slot_for(SYSTEM, slot_id, lock=True)
        with speaking(accounts.person(person_id).language):
            _withdraw(slot, person_id, str(reason), by, "")


# --- Settings --------------------------------------------------------------------------------


def set_study_hours(person_id: int, hours: int, *, by: Actor) -> None:
    """Say how many hours a week somebody can learn: they themselves, or the PMO.

    Args:
        hours: 1 to 40.
    """
    if not (by.is_(person_id) or by.has(Role.PMO)):
        raise NotAllowed(_("Only they themselves and the PMO can change it."))
    with audit.act(by, "study_time.set", f"person:{person_id}", hours=hours) as session:
        accounts.person(person_id, lock=True)
        row = session.get(StudyTime, person_id)
        if row is None:
            session.add(StudyTime(person_id=person_id, hours=hours, changed_at=clock.now()))
        else:
            row.hours, row.changed_at = hours, clock.now()


def set_fee(course_id: str, fee: Money | None, *, by: Actor) -> None:
    """Say what it costs when one person takes a course; None or nothing means that it is free."""
    _pmo_only(by)
    minor = fee.minor if fee else 0
    with audit.act(by, "course.fee", f"course:{course_id}", minor=minor) as session:
        learning.any_course(course_id)
        row = session.get(CourseFee, course_id)
        if fee is None or not fee.minor:
            if row is not None:
                session.delete(row)
        elif row is None:
            values = {"minor": fee.minor, "currency": fee.currency, "changed_at": clock.now()}
            session.add(CourseFee(course_id=course_id, **values))
        else:
            row.minor, row.currency, row.changed_at = fee.minor, fee.currency, clock.now()


def _pmo_only(by: Actor) -> None:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO assigns training."))


# --- Letters ---------------------------------------------------------------------------------


def _write_of_courses(slot: RoleSlot, person: Person, due: Sequence[Due], base_url: str) -> None:
    titles = learning.titles([one.course_id for one in due])
    with speaking(person.language):
        lines = [
            gettext(
                "- %(course)s, to be passed by %(day)s",
                course=titles[one.course_id],
                day=day(one.on, "long"),
            )
            for one in due
        ]
        text = ngettext(
            "Hello %(name)s,\n\nthe PMO gives you a course, so that you can work as “%(role)s” on"
            " “%(project)s” from %(first)s on:\n\n%(lines)s\n\n%(address)s\n",
            "Hello %(name)s,\n\nthe PMO gives you these courses, so that you can work as"
            " “%(role)s” on “%(project)s” from %(first)s on:\n\n%(lines)s\n\n%(address)s\n",
            len(due),
            name=person.name,
            role=slot.title,
            project=slot.project.title,
            first=day(slot.start_date, "long"),
            lines="\n".join(lines),
            address=f"{base_url}/courses" if base_url else "",
        )
        subject = gettext("To learn for a role: %(role)s", role=slot.title)
        mail.enqueue(person.email, subject, text)


def _write_of_withdrawal(
    slot: RoleSlot, person: Person, course_ids: Sequence[str], reason: str, base_url: str
) -> None:
    titles = learning.titles(course_ids)
    with speaking(person.language):
        text = gettext(
            "Hello %(name)s,\n\nyou need no longer pass this for the role “%(role)s” on"
            " “%(project)s”:\n\n%(lines)s\n\nWhy: %(reason)s\n\nYou stay enrolled, and may go on"
            " if you like. %(address)s\n",
            name=person.name,
            role=slot.title,
            project=slot.project.title,
            lines="\n".join(f"- {titles[one]}" for one in course_ids),
            reason=reason,
            address=f"{base_url}/courses" if base_url else "",
        )
        subject = gettext("No longer to learn for a role: %(role)s", role=slot.title)
        mail.enqueue(person.email, subject, text)
