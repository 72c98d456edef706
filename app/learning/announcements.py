"""What learning tells those above it, inside the transaction in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CheckAnswered:
    """A question inside a lesson was answered."""

    person_id: int
    course_id: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class LessonCompleted:
    """A lesson was read, or the last of its questions answered right."""

    person_id: int
    course_id: str
    lesson_id: str
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionReplaced:
    """Another revision of a course is served from here on."""

    course_id: str
    before_id: int
    """The revision that was served until now."""
    revision_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RevisionServed:
    """Another revision is what learners of a course read from here on."""

    course_id: str
    revision_id: int
