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
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _


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
