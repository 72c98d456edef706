"""A way through courses that makes somebody fit for a role, as the school finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.staffing.rules.matcher.problem import Attestation, Need, Person


@dataclass(frozen=True, slots=True)
class Step:
    """A course as it is taken: begun on a day, passed on another."""

    course: str
    begins: date
    passed: date


@dataclass(frozen=True, slots=True)
class Award:
    """A level that a course gives, from the day on which it is passed."""

    course: str
    competency: str
    given: Attestation


@dataclass(frozen=True, slots=True)
class Route:
    """Courses, in the order in which they are taken, that make somebody fit for a role.

    Attributes:
        steps: as early as they can be.
        due: the last day to pass each, in the same order.
        start_by: the last day to begin; None if it is too late for the role's first day.
        awards: what whoever passes them on the days of `steps` has.
    """

    steps: tuple[Step, ...]
    due: tuple[date, ...]
    hours: float
    fee: float
    start_by: date | None
    awards: tuple[Award, ...] = ()

    @property
    def courses(self) -> tuple[str, ...]:
        return tuple(step.course for step in self.steps)

    @property
    def ready(self) -> date:
        """The day on which all of them are passed, at the earliest."""
        return over(self.steps)

    def passed_by(self, person: Person) -> Person:
        """Somebody as they are once they have passed all of it."""
        return with_awards(person, self.awards)

    def teaching(self, need: Need) -> str:
        """The course that teaches a level; of a level that falls to nobody here, the last one."""
        teachers = (
            one.course
            for one in self.awards
            if one.competency == need.code and one.given.level >= need.level
        )
        return next(teachers, self.courses[-1])


def with_awards(person: Person, awards: Sequence[Award]) -> Person:
    """Somebody with what courses give them beside what they have."""
    attested = dict(person.attested)
    for one in awards:
        attested[one.competency] = (*attested.get(one.competency, ()), one.given)
    return replace(person, attested=attested)


def over(steps: Sequence[Step]) -> date:
    """An exam may lie after that of a later course: over is what has all of them passed."""
    return max(step.passed for step in steps)
