"""Reads of plans, and of what a plan is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from app.accounts.models import Person as PersonRow
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.jobs import Job, JobState
from app.core.values import Period
from app.projects.models import Project, RoleShare, RoleSlot
from app.staffing import queries as staffing
from app.staffing.calendars import queries as calendars
from app.staffing.deciding import queries as deciding
from app.staffing.models import GOING_ON, Booking, PlanQuestion, StaffingPlan
from app.staffing.own import queries as own
from app.staffing.queries.bookings import open_slots
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Person
from app.staffing.rules.matcher.weights import BALANCED
from app.staffing.rules.portfolio.mentoring import mentor_limits
from app.staffing.rules.portfolio.organisation import Open, everybody_for, portfolio_of
from app.staffing.rules.portfolio.pairing import hours
from app.staffing.rules.portfolio.problem import Portfolio
from app.staffing.rules.portfolio.relax import Relaxation, relaxations
from app.staffing.rules.portfolio.scenario import Scenario
from app.staffing.rules.portfolio.teams import OnProject, Team, team_limits, teams_of
from app.staffing.rules.team import TeamNeed, mentors
from app.staffing.teams import queries as teams

TODAY = Scenario()


@dataclass(frozen=True, slots=True)
class Facts:
    """The open roles and everybody who may be asked, as they are, or would be in a scenario."""

    roles: Sequence[Open]
    people: Sequence[Person]
    budgets: Mapping[str, float]
    """What is left to spend, by project; empty where a scenario does not keep to budgets."""
    most_parallel: int | None = None

    teams: Sequence[Team] = ()
    """What projects need of their teams as a whole."""
    on_projects: Sequence[OnProject] = ()
    own_parallel: Mapping[int, int] = field(default_factory=dict)
    """How many roles at a time some people may have, by person."""
    not_reckoned: Sequence[str] = ()
    """Projects whose budgets cannot be kept to, since rates are in several currencies."""

    def portfolio(self) -> Portfolio:
        return self._limited(self._alone())

    def without_limits(self, role_id: int, person_id: int | None = None) -> list[Relaxation]:
        """The fewest rules that would have to give way so that somebody could take a role."""
        mine = next(one for one in self.roles if one.slot.id == role_id)
        found = self._alone()
        among = [one for one in self.people if person_id in (None, one.id)]
        asked, missing = everybody_for(mine, among)
        others = [pair for pair in found.pairs if pair.role != str(role_id)]
        return relaxations(
            self._limited(replace(found, pairs=[*others, *asked])), str(role_id), missing
        )

    def _alone(self) -> Portfolio:
        return portfolio_of(
            self.roles, self.people, self.budgets, self.most_parallel, self.own_parallel
        )

    def _limited(self, found: Portfolio) -> Portfolio:
        """With what projects need of their teams."""
        already: dict[str, list[str]] = defaultdict(list)
        for one in self.on_projects:
            already[one.project].append(str(one.person_id))
        shared = team_limits(self.teams, found.roles, found.pairs, already)
        shared += mentor_limits(self.roles, self.people, found.pairs)
        return replace(found, shared=shared)


def facts(scenario: Scenario = TODAY) -> Facts:
    """In the same few statements for one role and for a thousand."""
    rows = open_roles()
    weights = deciding.weights_by_slot([row.id for row in rows])
    notes = noted([row.id for row in rows])
    needs = teams.needs_by_project({row.project.code for row in rows})
    today = [
        Open(
            slot,
            row.project.code,
            _worth(row, needs.get(row.project.code, ())),
            weights.get(row.id, BALANCED),
            frozenset(notes[row.id]),
            mentors(needs.get(row.project.code, ())),
        )
        for row, slot in zip(rows, teams.as_slots(rows), strict=True)
    ]
    roles = scenario.roles(today)
    out = own.everybody_staying_out()
    periods = {str(one.slot.id): one.slot.period for one in roles}
    asked_of = [one.slot for one in roles]
    asked_of += teams.asking(needs, roles[0].slot.period) if roles else []
    anybody = staffing.people_for(asked_of) if asked_of else []
    people = [replace(person, consents=False) if person.id in out else person for person in anybody]
    everybody = [*people, *scenario.hired()]
    on_projects = teams.on_projects(needs.keys())
    reckoned = _in_one_currency(rows, everybody) if scenario.within_budgets else []
    return Facts(
        roles,
        sorted(everybody, key=lambda person: person.id),
        _budgets(reckoned),
        scenario.most_parallel,
        teams_of(needs, periods, [*anybody, *scenario.hired()], on_projects),
        on_projects,
        calendars.roles_at_a_time(),
        _not_reckoned(rows, reckoned) if scenario.within_budgets else (),
    )


def _worth(row: RoleSlot, needs: Iterable[TeamNeed]) -> int:
    """What it is worth to fill a role: the priority of its project, twice if it is essential."""
    essential = any(need.slot_id == row.id for need in needs)
    return row.project.priority * (2 if essential else 1)


def open_roles() -> Sequence[RoleSlot]:
    """Roles still to be filled, with projects and demands."""
    query = open_slots().options(
        contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements)
    )
    return db.session.scalars(query.order_by(RoleSlot.id)).unique().all()


def noted(slot_ids: Sequence[int]) -> dict[int, set[int]]:
    """Who is proposed or asked for each role today."""
    query = select(Booking.slot_id, Booking.person_id).where(
        Booking.slot_id.in_(slot_ids),
        Booking.state.in_((BookingState.PROPOSED, BookingState.REQUESTED)),
    )
    found: dict[int, set[int]] = defaultdict(set)
    for slot_id, person_id in db.session.execute(query):
        found[slot_id].add(person_id)
    return found


def _in_one_currency(rows: Sequence[RoleSlot], people: Sequence[Person]) -> list[Project]:
    """Projects whose budgets can be kept to: money of several currencies is not added up."""
    currencies = {person.rate.currency for person in people if person.rate}
    projects = {row.project.id: row.project for row in rows}
    return [
        one
        for one in projects.values()
        if one.budget_minor is not None and currencies <= {one.currency}
    ]


def _not_reckoned(rows: Sequence[RoleSlot], reckoned: Sequence[Project]) -> list[str]:
    with_budget = {row.project.code for row in rows if row.project.budget_minor is not None}
    return sorted(with_budget - {one.code for one in reckoned})


def _budgets(projects: Sequence[Project]) -> dict[str, float]:
    """What agreed bookings leave of each budget, with what they take less on some days."""
    if not projects:
        return {}
    left = {one.id: (one.budget_minor or 0) / 100 for one in projects}
    booked = (
        select(
            Booking.id,
            RoleSlot.project_id,
            Booking.start_date,
            Booking.end_date,
            Booking.percent,
            PersonRow.rate_minor,
            RoleShare.first,
            RoleShare.last,
            RoleShare.percent,
        )
        .join(Booking.slot)
        .join(Booking.person)
        .outerjoin(RoleShare, RoleShare.slot_id == Booking.slot_id)
        .where(Booking.state == BookingState.CONFIRMED, RoleSlot.project_id.in_(left))
        .where(PersonRow.rate_minor.is_not(None))
    )
    seen: set[int] = set()
    for key, project, first, last, share, rate, less_from, less_to, less in db.session.execute(
        booked
    ):
        worked = 0.0
        if key not in seen:
            seen.add(key)
            worked += hours(Period(first, last), share)
        if less is not None:
            worked -= hours(Period(less_from, less_to), share - less)
        left[project] -= worked * (rate or 0) / 100
    return {one.code: max(0.0, left[one.id]) for one in projects}


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


def plans_that_failed(work: str) -> Sequence[StaffingPlan]:
    """Plans that are being worked out by a job that has failed for good; `work` begins its key."""
    keys = [f"{work}:{one}" for one in _ids(StaffingPlan.id, StaffingPlan.state.in_(GOING_ON))]
    failed = _failed(keys)
    if not failed:
        return []
    query = select(StaffingPlan).where(StaffingPlan.id.in_(failed)).with_for_update()
    return db.session.scalars(query.where(StaffingPlan.state.in_(GOING_ON))).all()


def questions_that_failed(work: str) -> Sequence[PlanQuestion]:
    """Questions without an answer whose job has failed for good."""
    keys = [f"{work}:{one}" for one in _ids(PlanQuestion.id, PlanQuestion.answer.is_(None))]
    failed = _failed(keys)
    if not failed:
        return []
    return db.session.scalars(select(PlanQuestion).where(PlanQuestion.id.in_(failed))).all()


def _ids(column: InstrumentedAttribute[int], which: ColumnElement[bool]) -> Sequence[int]:
    return db.session.scalars(select(column).where(which)).all()


def _failed(keys: Sequence[str]) -> list[int]:
    """The numbers at the end of those keys whose jobs have failed for good."""
    if not keys:
        return []
    query = select(Job.key).where(Job.key.in_(keys), Job.state == JobState.FAILED)
    return [int(key.rpartition(":")[2]) for key in db.session.scalars(query) if key]


def roles_of(ids: Sequence[int]) -> dict[int, RoleSlot]:
    """Roles with their projects and demands, by id."""
    query = (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.id.in_(ids))
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
    )
    return {row.id: row for row in db.session.scalars(query).unique()}


def question(plan_id: int, role: int, person: int) -> PlanQuestion | None:
    """A question about a plan with its answer, if it was asked."""
    query = select(PlanQuestion).where(
        PlanQuestion.plan_id == plan_id, PlanQuestion.role == role, PlanQuestion.person == person
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def question_by_id(question_id: int) -> PlanQuestion:
    """A question about a plan, or NotVisible."""
    if (found := db.session.get(PlanQuestion, question_id, populate_existing=True)) is None:
        raise NotVisible(_("There is no such question."))
    return found
