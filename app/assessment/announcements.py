"""What assessment tells those above it, inside the transaction in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.core.policy import Actor


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """An attempt has its result. `score` is 0 to 1.

    A `short` one asked what is new in a course, and nothing else: it earns nothing by itself.
    """

    attempt_id: int
    person_id: int
    course_id: str
    quiz_id: str
    revision_id: int
    score: Decimal
    passed: bool
    graded_at: datetime
    short: bool = False


@dataclass(frozen=True, slots=True)
class AttemptVoided:
    """An attempt was taken back; what it earned needs a decision."""

    attempt_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class PassWithdrawn:
    """The PMO decided that what an attempt earned counts no more."""

    attempt_id: int
    reason: str
    by: Actor
