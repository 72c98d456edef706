"""Reads of what projects need of their teams, and who is on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import db
from app.core.values import Period
from app.projects.models import Project, RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Kind, Need, Slot
from app.staffing.rules.portfolio.teams import OnProject
from app.staffing.rules.team import (
    Member,
    TeamNeed,
    TeamRule,
    meets_throughout,
    mentored,
    stretches,
)
from app.staffing.teams.models import TeamNeedRow


def rows_of(project_id: int) -> Sequence[TeamNeedRow]:
    """The needs of a project as they were entered, with people and roles."""
    query = (
        select(TeamNeedRow)
        .where(TeamNeedRow.project_id == project_id)
        .options(
            joinedload(TeamNeedRow.first),
            joinedload(TeamNeedRow.second),
            joinedload(TeamNeedRow.slot),
        )
    )
    return db.session.scalars(query.order_by(TeamNeedRow.id)).all()


def rows_by_id(project_ids: Collection[int]) -> dict[int, TeamNeedRow]:
    """The needs of several projects as they were entered, by id."""
    query = (
        select(TeamNeedRow)
        .where(TeamNeedRow.project_id.in_(project_ids))
        .options(
            joinedload(TeamNeedRow.first),
            joinedload(TeamNeedRow.second),
            joinedload(TeamNeedRow.slot),
        )
    )
    return {row.id: row for row in db.session.scalars(query)}


def needs_by_project(codes: Collection[str]) -> dict[str, list[TeamNeed]]:
    """The needs of projects, by the project's code."""
    query = (
        select(Project.code, TeamNeedRow)
        .join(TeamNeedRow, TeamNeedRow.project_id == Project.id)
        .where(Project.code.in_(codes))
        .order_by(TeamNeedRow.id)
    )
    found: dict[str, list[TeamNeed]] = defaultdict(list)
    for code, row in db.session.execute(query):
        found[code].append(as_need(row))
    return found


def as_slots(
    rows: Sequence[RoleSlot], states: Collection[BookingState] = (BookingState.CONFIRMED,)
) -> list[Slot]:
    """Roles as the matcher sees them, with what mentors on their projects make up for.

    One statement more than without, and a few more if a project lets people learn beside others.

    Args:
        states: of bookings by which a mentor is on a project.
    """
    slots = [staffing.as_slot(row) for row in rows]
    needs = mentors_of({row.project_id for row in rows})
    if not needs:
        return slots
    span = Period(min(one.period.first for one in slots), max(one.period.last for one in slots))
    demands = [one.need for several in needs.values() for one in several if one.need]
    asked = {need.code: need for slot in slots for need in slot.musts}
    # A mentor has at least what the role asks for: so that counts as well.
    demands += [asked[need.code] for need in demands if need.code in asked]
    members = _members(needs, demands, span, states)
    return [
        replace(slot, stretch=mentored(slot, needs[row.project_id], members[row.project_id]))
        if row.project_id in needs
        else slot
        for row, slot in zip(rows, slots, strict=True)
    ]


def as_slot(row: RoleSlot, states: Collection[BookingState] = (BookingState.CONFIRMED,)) -> Slot:
    """One role, as `as_slots` sees it."""
    return as_slots([row], states)[0]


def mentors_of(project_ids: Collection[int]) -> dict[int, list[TeamNeed]]:
    """In what people may learn beside a mentor, by project; without projects that allow none."""
    query = select(TeamNeedRow).where(
        TeamNeedRow.project_id.in_(project_ids), TeamNeedRow.rule == TeamRule.STRETCH
    )
    found: dict[int, list[TeamNeed]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(TeamNeedRow.id)):
        found[row.project_id].append(as_need(row))
    return dict(found)


def asking(needs: Mapping[str, Sequence[TeamNeed]], days: Period) -> list[Slot]:
    """A role that nobody takes, so that what teams need is read of people too."""
    demands = [one.need for several in needs.values() for one in several if one.need is not None]
    return [Slot(0, days, 1, musts=tuple(demands))] if demands else []


def on_projects(codes: Collection[str]) -> list[OnProject]:
    """Who is confirmed on these projects."""
    query = (
        select(Project.code, Booking.person_id, Booking.start_date, Booking.end_date)
        .join(RoleSlot, RoleSlot.id == Booking.slot_id)
        .join(Project, Project.id == RoleSlot.project_id)
        .where(Project.code.in_(codes), Booking.state == BookingState.CONFIRMED)
        .order_by(Booking.id)
    )
    return [
        OnProject(code, person_id, Period(first, last))
        for code, person_id, first, last in db.session.execute(query)
    ]


def as_need(row: TeamNeedRow) -> TeamNeed:
    """A need as the rules see it."""
    demand = None
    if row.code is not None:
        kind = Kind.CERTIFICATION if row.level is None else Kind.COMPETENCY
        demand = Need(kind, row.code, row.level or 0)
    pair = frozenset(one for one in (row.first_id, row.second_id) if one is not None)
    return TeamNeed(row.rule, row.amount or 0, demand, pair, row.slot_id, row.id)


def members_of(project: Project, needs: Collection[TeamNeed]) -> list[Member]:
    """Who is confirmed on a project, with what counts for its needs."""
    demands = [one.need for one in needs if one.need is not None]
    days = Period(project.start_date, project.end_date)
    return _members([project.id], demands, days, (BookingState.CONFIRMED,))[project.id]


def _members(
    project_ids: Iterable[int],
    demands: Iterable[Need],
    span: Period,
    states: Collection[BookingState],
) -> dict[int, list[Member]]:
    """Who is on projects by bookings in these states, with what they have of the demands."""
    query = (
        select(
            RoleSlot.project_id,
            Booking.person_id,
            Booking.slot_id,
            Booking.start_date,
            Booking.end_date,
        )
        .join(RoleSlot, RoleSlot.id == Booking.slot_id)
        .where(RoleSlot.project_id.in_(list(project_ids)), Booking.state.in_(states))
        .order_by(Booking.id)
    )
    booked = db.session.execute(query).all()
    people = staffing.proven_among(demands, span, {row.person_id for row in booked})
    found: dict[int, list[Member]] = defaultdict(list)
    for project_id, person_id, slot_id, first, last in booked:
        found[project_id].append(Member(people[person_id], slot_id, Period(first, last)))
    return found


def helped_by(row: RoleSlot, person_ids: Collection[int]) -> dict[int, list[TeamNeedRow]]:
    """Which needs of a role's project people would help with on every day of the role.

    Only needs that are missing somebody on a day of the role are among them.
    """
    wanted = [one for one in rows_of(row.project_id) if one.amount is not None]
    if not wanted or not person_ids:
        return {}
    days = Period(row.start_date, row.end_date)
    needs = [as_need(one) for one in wanted]
    members = members_of(row.project, needs)
    missing = [
        (one, need)
        for one, need in zip(wanted, needs, strict=True)
        if any(stretch.missing for stretch in stretches(need, members, days))
    ]
    demands = [need.need for _one, need in missing if need.need]
    people = staffing.proven_among(demands, days, person_ids)
    return {
        key: [
            one for one, need in missing if need.need and meets_throughout(person, need.need, days)
        ]
        for key, person in people.items()
    }
