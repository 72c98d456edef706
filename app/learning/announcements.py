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
