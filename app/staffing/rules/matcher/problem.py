"""What the matcher knows of a role and of a person. Nothing of how somebody practises is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.core.values import Money, Period
from app.staffing.rules.capacity import Load
from app.staffing.rules.hours import Week

STUDY_HOURS = 4.0
"""Hours a week that people can learn beside their work, unless they say otherwise."""


class Kind(StrEnum):
    """What a role can ask for."""

    COMPETENCY = "competency"
    CERTIFICATION = "certification"
    LANGUAGE = "language"
    LOCATION = "location"
    HOURS = "hours"
    """Working hours in common with a time zone."""
    ATTRIBUTE = "attribute"
    """Anything else that people have or have not; any of the values named will do."""


class Source(StrEnum):
    """Where evidence that counts comes from. What people say of themselves is not among it."""

    ASSESSED = "assessed"
    JUDGED = "judged"
    CERTIFICATE = "certificate"
    PROJECT = "project"


class Wish(StrEnum):
    """What somebody says of a role they could be asked for."""

    GLADLY = "gladly"
    RATHER_NOT = "rather-not"


@dataclass(frozen=True, slots=True)
class Need:
    """One demand of a role. `weight` counts among the wants.

    `level` is that of a competency; of hours in common with the zone `code`, how many a week.
    """

    kind: Kind
    code: str
    level: int = 0
    weight: float = 1.0
    any: tuple[str, ...] = ()
    """The values of an attribute of which one will do."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A role to fill.

    A person has one place, so of several places that must be, any one will do; each of the
    other demands has to be met.
    """

    id: int
    period: Period
    allocation: float
    musts: tuple[Need, ...] = ()
    wants: tuple[Need, ...] = ()
    throughout: bool = True
    """Whether competencies and certifications have to hold on every day, or on the first only."""
    renewals: bool = False
    """Whether a certification that is in force at first may be renewed while the role lasts."""
    rate_cap: Money | None = None
    relief: tuple[Load, ...] = ()
    """What it takes less than `allocation` on some days, as loads below 0."""
    stretch: frozenset[str] = frozenset()
    """Competencies in which one level less will do, because a mentor is on the project."""

    @property
    def load(self) -> Load:
        """What it takes at the most; with `relief`, what it takes on each day."""
        return Load(self.period, self.allocation)

    def share_on(self, day: date) -> float:
        """What it takes on a day, in percent of full time."""
        if not self.relief:
            return self.allocation
        return self.allocation + sum(one.percent for one in self.relief if day in one.period)

    def enough(self, need: Need) -> int:
        """The level of a competency that will do."""
        return need.level - 1 if need.code in self.stretch and need.level > 1 else need.level

    @property
    def proven(self) -> Period:
        """The days on which competencies and certifications have to hold."""
        return self.period if self.throughout else Period(self.period.first, self.period.first)


@dataclass(frozen=True, slots=True)
class Attestation:
    """A level that holds from `first` to `last`, both included; without `last` for good."""

    level: int
    first: date
    last: date | None
    source: Source = Source.ASSESSED
    proven: date | None = None
    """The day of the evidence, where that is another one than `first`."""

    def age(self, day: date) -> int:
        """Days from the evidence to `day`."""
        return (day - (self.proven or self.first)).days


@dataclass(frozen=True, slots=True)
class Held:
    """A certification in force from `first` to `last`, both included; without `last` for good."""

    first: date
    last: date | None
    renewable: bool = False
    """Whether there is a way to renew it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be asked. `booked` and `away` are shares of full time."""

    id: int
    capacity: float = 100
    employed_from: date | None = None
    employed_to: date | None = None
    rate: Money | None = None
    location: str | None = None
    languages: frozenset[str] = frozenset()
    attested: Mapping[str, tuple[Attestation, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    booked: tuple[Load, ...] = ()
    away: tuple[Load, ...] = ()
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    last_booked_to: date | None = None
    """The last day of their latest booking; None if they were never booked."""
    study_hours: float = STUDY_HOURS
    """Hours a week that they can learn beside their work."""
    similar: Mapping[str, int] = field(default_factory=dict)
    """How many earlier roles asked for a competency, by its code."""
    consents: bool = True
    """Whether a program may plan them; on the list of one role they stand all the same."""
    weeks: tuple[Week, ...] = ()
    """When they work, as far as it is known."""
    wishes: Mapping[int, Wish] = field(default_factory=dict)
    """What they said of roles, by the role's id; of most of them nothing."""

    @property
    def taken(self) -> tuple[Load, ...]:
        return (*self.booked, *self.away)
