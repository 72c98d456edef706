"""Which bookings fall out of qualification, from which day, and what would prevent it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.core.values import Period
from app.staffing.deciding.rules import keys_of, uncovered
from app.staffing.rules.capacity import DAY, monday_of
from app.staffing.rules.matcher.eligibility import (
    Lapses,
    LevelLapses,
    NoCapacity,
    NotEmployed,
    RateUnknown,
    Reason,
    TooExpensive,
    reasons,
)
from app.staffing.rules.matcher.problem import Person, Slot
from app.staffing.rules.matcher.repair import Repair, Teach, repairs

AHEAD = timedelta(days=90)
"""So far ahead is looked: long enough for most courses and renewals."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Somebody on a role, with what is passed over for them."""

    booking_id: int
    person: Person
    slot: Slot
    granted: Mapping[str, float] = field(default_factory=dict)
    agreed: bool = False
    """Whether it takes their time: only then can there be too little of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A demand that somebody on a role will not meet from `fails_on`."""

    booked: Booked
    reason: Reason
    fails_on: date
    repair: Repair

    @property
    def demand(self) -> str:
        """What is not met, by whom: the same whatever the day, and whichever weeks are too full."""
        missed = "capacity" if self.overbooked else keys_of(self.reason)[0]
        return f"{self.booked.booking_id}/{missed}"

    @property
    def overbooked(self) -> bool:
        """Whether more is agreed than they have time for: told at once, however far ahead."""
        return isinstance(self.reason, NoCapacity)

    @property
    def subject(self) -> str:
        """The demand with the day from which it fails."""
        return f"{self.demand}/{self.fails_on.isoformat()}"

    def is_news(self, told: Collection[str], today: date) -> bool:
        """Whether nobody was told: neither of that day nor, where it fails by now, of it before.

        Args:
            told: subjects of findings that have been there ever since they were told.
        """
        if self.subject in told:
            return False
        # What fails already fails from today on, each day again.
        before = f"{self.demand}/"
        return self.fails_on > today or not any(one.startswith(before) for one in told)


@dataclass(frozen=True, slots=True)
class Failing:
    """All that somebody on a role will not meet of what is left of it."""

    booked: Booked
    slot: Slot
    reasons: Sequence[Reason]


def failing(booked: Iterable[Booked], today: date) -> list[Failing]:
    """Those who will not meet all that their role demands, at any time from today on."""
    return [found for one in booked if (found := _failing(one, today)) and found.reasons]


def _failing(booked: Booked, today: date) -> Failing | None:
    slot = _from(booked.slot, today)
    if slot is None:
        return None
    lasting = [one for one in reasons(booked.person, slot) if _lasts(one, booked)]
    return Failing(booked, slot, uncovered(lasting, booked.granted))


def findings(failing: Iterable[Failing], teach: Teach, today: date) -> list[Finding]:
    """What fails between today and `AHEAD`, and over-booking at any time, the soonest first."""
    found = [finding for one in failing for finding in _told(one, teach)]
    soon = [one for one in found if one.fails_on <= today + AHEAD or one.overbooked]
    return sorted(soon, key=lambda one: (one.fails_on, one.booked.booking_id, one.subject))


def _told(one: Failing, teach: Teach) -> Iterator[Finding]:
    made = repairs(one.reasons, one.booked.person, one.slot, teach)
    for reason, mend in zip(one.reasons, made, strict=True):
        yield Finding(one.booked, reason, _fails_on(reason, one.slot.period), mend)


def _from(slot: Slot, today: date) -> Slot | None:
    """What is left of a role. What has to hold on its first day alone has held once it began."""
    if slot.period.last < today:
        return None
    slot = replace(slot, renewals=False)  # a promise is watched until it is kept
    if slot.period.first >= today:
        return slot
    rest = replace(slot, period=Period(today, slot.period.last))
    return rest if slot.throughout else replace(rest, musts=())


def _lasts(reason: Reason, booked: Booked) -> bool:
    """Whether it can come about after the booking: money was settled with it, and time is agreed
    only where it was free, until somebody works less or is away."""
    if isinstance(reason, NoCapacity):
        return booked.agreed
    return not isinstance(reason, TooExpensive | RateUnknown)


def _fails_on(reason: Reason, period: Period) -> date:
    if isinstance(reason, LevelLapses | Lapses):
        return reason.fails_on
    if isinstance(reason, NotEmployed):
        late = reason.first is not None and reason.first > period.first
        if reason.last and reason.last >= period.first and not late:
            return reason.last + DAY
    if isinstance(reason, NoCapacity):
        return max(period.first, monday_of(reason.weeks[0]))
    return period.first
