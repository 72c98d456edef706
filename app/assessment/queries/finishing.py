"""Which quizzes people passed, as far as it decides whether they finished a course."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.assessment.models import Attempt, AttemptState
from app.assessment.queries.offers import BEGUN
from app.core import db


@dataclass(slots=True)
class Reached:
    """What somebody did with the quizzes of a course: ids, and when the last of it happened."""

    passed: set[str] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    last_at: datetime | None = None


def reached(course_id: str, person_ids: Collection[int]) -> dict[int, Reached]:
    """What people reached in whole attempts at the quizzes of a course, by person."""
    query = select(Attempt.person_id, Attempt.quiz_id, Attempt.passed, Attempt.submitted_at).where(
        Attempt.course_id == course_id,
        Attempt.person_id.in_(person_ids),
        Attempt.state != AttemptState.VOID,
        Attempt.submitted_at.is_not(None),
        Attempt.short.is_(False),
        BEGUN,
    )
    found: dict[int, Reached] = defaultdict(Reached)
    for person_id, quiz_id, passed, submitted_at in db.session.execute(query):
        one = found[person_id]
        one.attempted.add(quiz_id)
        if passed:
            one.passed.add(quiz_id)
        one.last_at = max(filter(None, (one.last_at, submitted_at)), default=None)
    return dict(found)


def passed_since(
    course_id: str, revision_id: int, person_ids: Collection[int]
) -> dict[int, set[str]]:
    """Quizzes that people passed as they stand in a revision or a later one, short ones too."""
    query = select(Attempt.person_id, Attempt.quiz_id).where(
        Attempt.course_id == course_id,
        Attempt.person_id.in_(person_ids),
        Attempt.revision_id >= revision_id,
        Attempt.passed.is_(True),
        Attempt.state != AttemptState.VOID,
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, quiz_id in db.session.execute(query):
        found[person_id].add(quiz_id)
    return dict(found)
