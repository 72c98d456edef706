"""When somebody is reminded of what lapses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MARKS = (90, 30, 7, 0)
"""Days before the last day on which somebody is told, the last one being that day itself."""
AHEAD = timedelta(days=MARKS[0])
LATE = timedelta(days=6)
"""So long after the last day it is still told, if no worker ran on it."""


class Kind(StrEnum):
    CERTIFICATION = "certification"
    """Of others."""
    CERTIFICATE = "certificate"
    """Of ours."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that holds until `last`, that day included.

    Attributes:
        key: what its page is found by: the id of a holding, the serial of a certificate.
        subject: what reminders of it are kept under.
        grace_to: up to this day it can still be renewed; None without grace.
    """

    kind: Kind
    key: str
    subject: str
    title: str
    number: str
    last: date
    grace_to: date | None
    person_id: int
    person: str
    email: str
    language: str

    def days_left(self, today: date) -> int:
        """0 on the last day, negative after it."""
        return (self.last - today).days


def mark_due(last: date, today: date) -> int | None:
    """The mark that has been reached on a day; None before the first and long after the last.

    A mark that nobody told on its day, because no worker ran or the thing was recorded later, is
    told on the next; of several the latest alone.
    """
    left = last - today
    if left > AHEAD or left < -LATE:
        return None
    return min(mark for mark in MARKS if mark >= max(0, left.days))
