"""Reads of who finished which revision, and what the versions after it ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Person
from app.core import db
from app.learning import queries as learning
from app.learning.models import Course, CourseCompletion, Enrolment, LessonCompletion, Revision
from app.learning.queries import Completed, Served
from app.learning.updates.rules import Update, Version, update_of


def versions(course_id: str) -> list[Version]:
    """Every revision of a course in the order in which they were published."""
    query = select(Revision.id, Revision.content_hash).where(Revision.course_id == course_id)
    found = [Served(*row) for row in db.session.execute(query.order_by(Revision.id))]
    documents = learning.documents(found)
    return [Version(one.id, documents[one.id]) for one in found]


@dataclass(frozen=True, slots=True)
class Published:
    """A version with the instant at which it was published."""

    version: Version
    published_at: datetime


def history(course_id: str) -> list[Published]:
    """Every version of a course with its instant, oldest first."""
    query = select(Revision.id, Revision.published_at).where(Revision.course_id == course_id)
    instants = {row[0]: row[1] for row in db.session.execute(query)}
    return [Published(one, instants[one.revision_id]) for one in versions(course_id)]


def completed_revision(person_id: int, course_id: str) -> int | None:
    """The newest revision of a course that somebody finished."""
    query = select(func.max(CourseCompletion.revision_id)).where(
        CourseCompletion.person_id == person_id, CourseCompletion.course_id == course_id
    )
    return db.session.scalar(query)


def update(course_id: str, completed: int | None, served: int) -> Update | None:
    """What is asked of somebody who finished the revision `completed`; None if nothing is."""
    if completed is None or completed >= served:
        return None
    return update_of(versions(course_id), completed, served)


def update_for(person_id: int, course_id: str, served: int) -> Update | None:
    """What the served revision asks of a person; one statement if they are up to date."""
    return update(course_id, completed_revision(person_id, course_id), served)


def served_revision(course_id: str) -> Served | None:
    """The revision that a course serves now, whoever may see it."""
    row = db.session.execute(_served(course_id)).first()
    return Served(row[0], row[1]) if row else None


def served_and_completed(course_id: str, person_id: int) -> tuple[Served, int | None] | None:
    """The revision that a course serves now, and the newest that somebody finished."""
    completed = select(func.max(CourseCompletion.revision_id)).where(
        CourseCompletion.person_id == person_id, CourseCompletion.course_id == course_id
    )
    query = _served(course_id).add_columns(completed.scalar_subquery())
    row = db.session.execute(query).first()
    return (Served(row[0], row[1]), row[2]) if row else None


def _served(course_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Revision.id, Revision.content_hash)
        .join(Course, Course.revision_id == Revision.id)
        .where(Course.id == course_id)
    )


def completed_lessons(course_id: str, person_ids: Collection[int]) -> dict[int, Completed]:
    """Content hashes of the lessons that people completed, by person and lesson."""
    query = select(
        LessonCompletion.person_id, LessonCompletion.lesson_id, LessonCompletion.content_hash
    ).where(LessonCompletion.course_id == course_id, LessonCompletion.person_id.in_(person_ids))
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person_id, lesson_id, content_hash in db.session.execute(query):
        found[person_id][lesson_id].add(content_hash)
    return dict(found)


def enrolled_without_completion(course_id: str) -> list[int]:
    """Who takes a course and is not known to have finished any of its revisions."""
    finished = select(CourseCompletion.person_id).where(CourseCompletion.course_id == course_id)
    query = select(Enrolment.person_id).where(
        Enrolment.course_id == course_id, Enrolment.person_id.not_in(finished)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class Finisher:
    """Somebody still here who finished a course, and the newest revision of it they finished."""

    person_id: int
    name: str
    revision_id: int
    completed_at: datetime


def finishers(course_id: str, *, before: int) -> list[Finisher]:
    """Who finished a revision older than `before`, and none since; by name."""
    newest = (
        select(
            CourseCompletion.person_id.label("person_id"),
            func.max(CourseCompletion.revision_id).label("revision_id"),
        )
        .where(CourseCompletion.course_id == course_id)
        .group_by(CourseCompletion.person_id)
        .subquery()
    )
    query = (
        select(Person.id, Person.name, CourseCompletion.revision_id, CourseCompletion.completed_at)
        .join(newest, newest.c.person_id == Person.id)
        .join(
            CourseCompletion,
            (CourseCompletion.person_id == Person.id)
            & (CourseCompletion.revision_id == newest.c.revision_id),
        )
        .where(newest.c.revision_id < before, Person.active)
        .order_by(Person.name, Person.id)
    )
    return [Finisher(*row) for row in db.session.execute(query)]


def courses_with_older_completions() -> Sequence[Course]:
    """Courses of which somebody finished a revision older than the one that is served."""
    older = select(CourseCompletion.id).where(
        CourseCompletion.course_id == Course.id, CourseCompletion.revision_id < Course.revision_id
    )
    query = select(Course).where(older.exists()).order_by(Course.title, Course.id)
    return db.session.scalars(query).all()
