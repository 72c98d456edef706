"""What staff see around an exam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from app.accounts.models import Person
from app.assessment.models import (
    OPEN,
    Accommodation,
    Attempt,
    AttemptSlot,
    AttemptState,
    QuizWindow,
)
from app.assessment.queries.offers import at
from app.authoring.document import Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.learning.models import Enrolment


@dataclass(frozen=True, slots=True)
class Seat:
    """An attempt as whoever supervises sees it: no answer and no score."""

    attempt_id: int
    person_id: int
    name: str
    number: int
    state: AttemptState
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    last_seen_at: datetime | None
    answered: int
    questions: int


def seats(course_id: str, quiz_id: str, *, limit: int = 500) -> list[Seat]:
    """Who sits a quiz or has sat it lately: those at work first, then the newest."""
    answered = func.coalesce(func.sum(case((AttemptSlot.answered_at.is_not(None), 1), else_=0)), 0)
    columns = (
        Attempt.id,
        Attempt.person_id,
        Person.name,
        Attempt.number,
        Attempt.state,
        Attempt.started_at,
        Attempt.deadline,
        Attempt.submitted_at,
        Attempt.last_seen_at,
    )
    query = (
        select(*columns, answered, func.count(AttemptSlot.id))
        .join(Person, Person.id == Attempt.person_id)
        .join(AttemptSlot, AttemptSlot.attempt_id == Attempt.id)
        .where(at(course_id, quiz_id))
        .group_by(*columns)
        .order_by(case((Attempt.state.in_(OPEN), 0), else_=1), Attempt.started_at.desc())
        .limit(limit)
    )
    return [Seat(*row) for row in db.session.execute(query)]


def without_paper(course_id: str, quiz: Quiz) -> dict[int, int]:
    """Who takes a course, may still sit a quiz of it and has no attempt open or drawn.

    Returns:
        The number of their last attempt, by person; 0 where there is none.
    """
    ready = Attempt.state.in_((AttemptState.CREATED, *OPEN))
    attempts = (
        select(
            Attempt.person_id,
            func.max(Attempt.number).label("last"),
            func.count().filter(ready).label("ready"),
            func.count().filter(Attempt.passed.is_(True)).label("passed"),
            func.count().filter(Attempt.state != AttemptState.VOID).label("used"),
        )
        .where(at(course_id, quiz.id))
        .group_by(Attempt.person_id)
        .subquery()
    )
    query = (
        select(Enrolment.person_id, func.coalesce(attempts.c.last, 0))
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(attempts, attempts.c.person_id == Enrolment.person_id)
        .where(
            Enrolment.course_id == course_id,
            Person.active,
            func.coalesce(attempts.c.ready, 0) == 0,
            func.coalesce(attempts.c.passed, 0) == 0,
        )
    )
    if quiz.attempts is not None:
        query = query.where(func.coalesce(attempts.c.used, 0) < quiz.attempts)
    return {row[0]: row[1] for row in db.session.execute(query.order_by(Enrolment.person_id))}


def check_seat(course_id: str, quiz_id: str, attempt_id: int) -> None:
    """Raise NotVisible unless the attempt is one at this quiz."""
    found = select(Attempt.id).where(Attempt.id == attempt_id, at(course_id, quiz_id))
    if db.session.scalar(found) is None:
        raise NotVisible(_("There is no such attempt."))


def window_of(course_id: str, quiz_id: str) -> QuizWindow | None:
    """The window of a quiz, if staff set one."""
    return db.session.get(QuizWindow, (course_id, quiz_id))


def accommodations_of(person_id: int) -> Sequence[Accommodation]:
    """What somebody was granted, newest first, also what was withdrawn."""
    query = select(Accommodation).where(Accommodation.person_id == person_id)
    return db.session.scalars(query.order_by(Accommodation.id.desc())).all()
