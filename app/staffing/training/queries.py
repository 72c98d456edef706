"""Reads of training: what courses teach and cost, who could take them, what is assigned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from app.accounts.models import Person as PersonRow
from app.assessment.models import Attempt, AttemptState, QuizWindow
from app.authoring import document
from app.authoring.document import (
    CertificationPrerequisite,
    CompetencyPrerequisite,
    CoursePrerequisite,
)
from app.competence import queries as competence
from app.competence.rules import EvidenceKind, Piece
from app.competence.rules.book import Book
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.values import Duration, Period, Unit
from app.learning import queries as learning
from app.learning.models import Course as CourseRow
from app.learning.models import CourseAward, CourseCompletion
from app.projects.models import Project, ProjectState, RoleSlot
from app.staffing import queries as staffing
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import STUDY_HOURS, Kind, Need, Person
from app.staffing.rules.portfolio.school import Pool, School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught
from app.staffing.training.models import (
    CourseFee,
    LookKind,
    StudyTime,
    TrainingAssignment,
    TrainingLook,
)

# --- Courses ---------------------------------------------------------------------------------


def school(today: date) -> School:
    """Every published course with what it teaches, asks for and costs, and when its exam is."""
    outlines = learning.published_outlines()
    windows = _windows()
    fees = {row.course_id: row.minor / 100 for row in fees_of_courses()}
    teaching = _Teaching(outlines, today)
    return School(
        _course(one, fees.get(one.id, 0.0), windows.get(one.id, {}), teaching) for one in outlines
    )


def _course(
    course: learning.Outline,
    fee: float,
    windows: Mapping[str, tuple[date | None, date | None]],
    teaching: _Teaching,
) -> Course:
    exams = [windows[award.evidence] for award in course.awards if award.evidence in windows]
    return Course(
        course.id,
        max(1, course.estimated_minutes) / 60,
        fee,
        tuple(one.course for one in course.prerequisites if isinstance(one, CoursePrerequisite)),
        tuple(taught for award in course.awards for taught in teaching.of(award)),
        tuple(_needs(course)),
        max((first for first, _last in exams if first), default=None),
        min((last for _first, last in exams if last), default=None),
    )


def _needs(course: learning.Outline) -> Iterator[Need]:
    for one in course.prerequisites:
        if isinstance(one, CompetencyPrerequisite):
            yield Need(Kind.COMPETENCY, one.competency, one.level)
        elif isinstance(one, CertificationPrerequisite):
            yield Need(Kind.CERTIFICATION, one.certification)


class _Teaching:
    """What awards amount to: up to the ceiling of a framework, as they fade, across crosswalks."""

    def __init__(self, courses: Sequence[learning.Outline], today: date) -> None:
        codes = {award.competency for course in courses for award in course.awards}
        self.today = today
        self.ceilings = competence.ceilings(codes)
        self.book: Book = competence.book()
        across = {bridge.source for bridges in self.book.bridges.values() for bridge in bridges}
        self.special = self.book.special | across

    def of(self, award: document.Award) -> Iterator[Taught]:
        level = min(award.level, self.ceilings.get(award.competency, award.level))
        if award.competency not in self.special:
            yield Taught(award.competency, level, award.valid_for)
            return
        last = award.valid_for.after(self.today) if award.valid_for else None
        piece = Piece(0, award.competency, EvidenceKind.ASSESSED, level, self.today, last, "")
        for code, counted in self.book.counted({award.competency: [piece]}).items():
            for one in counted:
                yield Taught(code, one.level, self._lasting(one.last))

    def _lasting(self, last: date | None) -> Duration | None:
        return Duration((last - self.today).days, Unit.DAYS) if last else None


def _windows() -> dict[str, dict[str, tuple[date | None, date | None]]]:
    """The days between which quizzes are open, by course and quiz."""
    found: dict[str, dict[str, tuple[date | None, date | None]]] = defaultdict(dict)
    for row in db.session.scalars(select(QuizWindow)):
        first = row.opens_at.date() if row.opens_at else None
        last = row.closes_at.date() if row.closes_at else None
        found[row.course_id][row.quiz_id] = (first, last)
    return found


def fees_of_courses() -> Sequence[CourseFee]:
    """What courses cost, of those that cost something."""
    return db.session.scalars(select(CourseFee).order_by(CourseFee.course_id)).all()


def priced_courses() -> list[tuple[CourseRow, CourseFee | None]]:
    """Published courses by title, each with its fee if it has one."""
    query = (
        select(CourseRow, CourseFee)
        .outerjoin(CourseFee, CourseFee.course_id == CourseRow.id)
        .where(CourseRow.visibility == document.Visibility.PUBLISHED)
        .order_by(CourseRow.title, CourseRow.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def study_hours(person_id: int) -> int:
    """Hours a week that somebody can learn."""
    query = select(StudyTime.hours).where(StudyTime.person_id == person_id)
    return db.session.scalar(query) or int(STUDY_HOURS)


MOST_NAMED = 500
"""Of more people than these everybody's rows are read."""

# --- Students --------------------------------------------------------------------------------


def pool(people: Sequence[Person], school: School, today: date) -> Pool:
    """People with what they have finished, what courses ask for, and what they are to pass."""
    ids = [one.id for one in people] if len(people) <= MOST_NAMED else None
    finished, assigned = _finished(school, ids), _assigned(ids)
    nothing: frozenset[str] = frozenset()
    return Pool(
        Student(one, finished.get(one.id, nothing), assigned.get(one.id, nothing))
        for one in _proven(people, school, today)
    )


def _proven(people: Sequence[Person], school: School, today: date) -> Iterable[Person]:
    """Roles ask for less than courses do: what those ask for is read, too."""
    if not school.asked:
        return people
    ids = [one.id for one in people]
    proven = staffing.proven_among(school.asked, Period(today, today), ids)
    return [
        replace(
            one,
            attested={**proven[one.id].attested, **one.attested},
            held={**proven[one.id].held, **one.held},
        )
        for one in people
    ]


def _finished(school: School, person_ids: Collection[int] | None) -> dict[int, frozenset[str]]:
    required = {id for course in school.courses.values() for id in course.requires}
    if not required:
        return {}
    query = select(CourseCompletion.person_id, CourseCompletion.course_id).where(
        CourseCompletion.course_id.in_(required)
    )
    if person_ids is not None:
        query = query.where(CourseCompletion.person_id.in_(person_ids))
    return _gathered(query)


def _assigned(person_ids: Collection[int] | None) -> dict[int, frozenset[str]]:
    query = select(TrainingAssignment.person_id, TrainingAssignment.course_id).where(_open())
    if person_ids is not None:
        query = query.where(TrainingAssignment.person_id.in_(person_ids))
    return _gathered(query)


def _gathered(query: Select[int, str]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, course_id in db.session.execute(query):
        found[person_id].add(course_id)
    return {person_id: frozenset(courses) for person_id, courses in found.items()}


# --- What is assigned ------------------------------------------------------------------------


def _passed() -> ColumnElement[bool]:
    """Whether an assigned course was passed since: all its awards earned, or all of it done."""
    award, other = aliased(CourseAward), aliased(CourseAward)
    attempt = (
        select(Attempt.id)
        .where(
            Attempt.person_id == TrainingAssignment.person_id,
            Attempt.course_id == award.course_id,
            Attempt.quiz_id == award.quiz_id,
            Attempt.passed.is_(True),
            Attempt.short.is_(False),
            Attempt.score >= award.min_score,
            Attempt.state != AttemptState.VOID,
            Attempt.submitted_at >= TrainingAssignment.assigned_at,
        )
        .correlate(TrainingAssignment, award)
    )
    awards = select(other.quiz_id).where(other.course_id == TrainingAssignment.course_id)
    missing = select(award.quiz_id).where(
        award.course_id == TrainingAssignment.course_id, ~attempt.exists()
    )
    completed = select(CourseCompletion.id).where(
        CourseCompletion.person_id == TrainingAssignment.person_id,
        CourseCompletion.course_id == TrainingAssignment.course_id,
        CourseCompletion.completed_at >= TrainingAssignment.assigned_at,
    )
    earned = and_(
        awards.correlate(TrainingAssignment).exists(),
        ~missing.correlate(TrainingAssignment).exists(),
    )
    return or_(earned, completed.correlate(TrainingAssignment).exists())


def _open() -> ColumnElement[bool]:
    return and_(TrainingAssignment.withdrawn_at.is_(None), ~_passed())


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment with its person, course, role and project."""

    row: TrainingAssignment
    passed: bool

    def late(self, today: date) -> bool:
        return not self.passed and self.row.due_on < today


def assigned_for(slot_id: int) -> list[Assigned]:
    """What stands for a role with its history, the most urgent first."""
    return _whole(TrainingAssignment.slot_id == slot_id, history=True)


def given_for(slot_id: int) -> list[Assigned]:
    """What stands for a role in short, without history."""
    return _whole(TrainingAssignment.slot_id == slot_id)


def assigned_to(person_id: int) -> list[Assigned]:
    """What somebody has still to pass, the most urgent first."""
    return _whole(TrainingAssignment.person_id == person_id, ~_passed())


def _whole(*conditions: ColumnElement[bool], history: bool = False) -> list[Assigned]:
    query = (
        select(TrainingAssignment, _passed())
        .join(TrainingAssignment.person)
        .join(TrainingAssignment.course)
        .join(TrainingAssignment.slot)
        .join(RoleSlot.project)
        .where(TrainingAssignment.withdrawn_at.is_(None), *conditions)
        .options(
            contains_eager(TrainingAssignment.person),
            contains_eager(TrainingAssignment.course),
            contains_eager(TrainingAssignment.slot).contains_eager(RoleSlot.project),
        )
        .order_by(TrainingAssignment.due_on, PersonRow.name, TrainingAssignment.id)
    )
    if history:
        query = query.options(selectinload(TrainingAssignment.steps))
    return [Assigned(row, bool(passed)) for row, passed in db.session.execute(query)]


def due_days(person_id: int) -> dict[str, date]:
    """The day by which somebody is to pass each of the courses assigned to them."""
    query = (
        select(TrainingAssignment.course_id, func.min(TrainingAssignment.due_on))
        .where(TrainingAssignment.person_id == person_id, _open())
        .group_by(TrainingAssignment.course_id)
    )
    return dict(db.session.execute(query).all())


def standing(slot_id: int, person_id: int) -> Sequence[TrainingAssignment]:
    """What somebody is to pass for a role, passed or not."""
    query = select(TrainingAssignment).where(
        TrainingAssignment.slot_id == slot_id,
        TrainingAssignment.person_id == person_id,
        TrainingAssignment.withdrawn_at.is_(None),
    )
    return db.session.scalars(query.order_by(TrainingAssignment.id)).all()


def people_in_training(due_from: date | None = None) -> dict[int, set[int]]:
    """Who learns for which role and has not passed everything yet, by role.

    Args:
        due_from: without whom something was due before this day.
    """
    key = (TrainingAssignment.slot_id, TrainingAssignment.person_id)
    query = select(*key).where(_open()).group_by(*key)
    if due_from is not None:
        query = query.having(func.min(TrainingAssignment.due_on) >= due_from)
    found: dict[int, set[int]] = defaultdict(set)
    for slot_id, person_id in db.session.execute(query):
        found[slot_id].add(person_id)
    return found


def people_of(slot_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who learns for one of these roles, as pairs of role and person."""
    query = (
        select(TrainingAssignment.slot_id, TrainingAssignment.person_id)
        .where(TrainingAssignment.slot_id.in_(slot_ids), _open())
        .distinct()
    )
    return sorted((slot_id, person_id) for slot_id, person_id in db.session.execute(query))


def roles_of_project(project_id: int) -> Sequence[int]:
    query = select(RoleSlot.id).where(RoleSlot.project_id == project_id)
    return db.session.scalars(query.order_by(RoleSlot.id)).all()


def filled_roles(today: date) -> list[tuple[RoleSlot, int]]:
    """Roles that are not over, with the person who is confirmed for each."""
    query = (
        select(RoleSlot, Booking.person_id)
        .join(Booking, Booking.slot_id == RoleSlot.id)
        .join(RoleSlot.project)
        .where(
            Booking.state == BookingState.CONFIRMED,
            Booking.end_date > today,
            RoleSlot.end_date > today,
            Project.state.in_((ProjectState.PLANNED, ProjectState.ACTIVE)),
        )
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
        .order_by(Project.priority.desc(), RoleSlot.start_date, RoleSlot.id)
    )
    return [(slot, person_id) for slot, person_id in db.session.execute(query).unique()]


# --- Looks -----------------------------------------------------------------------------------


def newest_look(kind: LookKind) -> TrainingLook | None:
    """The newest look of a kind, finished or not."""
    query = select(TrainingLook).where(TrainingLook.kind == kind)
    return db.session.scalar(query.order_by(TrainingLook.id.desc()).limit(1))


def newest_outcome(kind: LookKind) -> TrainingLook | None:
    """The newest look of a kind that has come to an end."""
    query = select(TrainingLook).where(
        TrainingLook.kind == kind, TrainingLook.finished_at.is_not(None)
    )
    return db.session.scalar(query.order_by(TrainingLook.id.desc()).limit(1))


def look(look_id: int, *, lock: bool = False) -> TrainingLook:
    """A look, or NotVisible."""
    query = select(TrainingLook).where(TrainingLook.id == look_id)
    query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible(_("There is no such look at training."))
    return found


def roles_with_projects(ids: Collection[int]) -> dict[int, RoleSlot]:
    """Roles with their projects and demands, by id."""
    query = (
        select(RoleSlot)
        .join(RoleSlot.project)
        .where(RoleSlot.id.in_(ids))
        .options(contains_eager(RoleSlot.project), selectinload(RoleSlot.requirements))
        .order_by(Project.priority.desc(), RoleSlot.id)
    )
    return {row.id: row for row in db.session.scalars(query).unique()}
