"""Keeping who finished which revision."""

from __future__ import annotations

from datetime import datetime

from app.core import audit, db
from app.core.policy import SYSTEM
from app.learning.models import CourseCompletion


def complete(person_id: int, course_id: str, revision_id: int, at: datetime) -> bool:
    """Write down that somebody finished a revision, once.

    Returns:
        Whether it was new.
    """
    with db.transaction():
        new = db.insert_once(
            CourseCompletion,
            person_id=person_id,
            course_id=course_id,
            revision_id=revision_id,
            completed_at=at,
        )
        if new:
            target = f"course:{course_id}"
            audit.record(SYSTEM, "course.complete", target, person=person_id, revision=revision_id)
    return new
