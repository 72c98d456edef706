"""How long a certification holds, when it can be renewed, and what a renewal makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.values import Duration, Period, Unit

USUAL_WINDOW = Duration(90, Unit.DAYS)
"""From so long before its last day a certification is due, where its type says nothing."""

_DAY = timedelta(days=1)


class Way(StrEnum):
    """How a certification is renewed."""

    EXAM = "exam"
    """The same exam once more."""
    SUITE = "suite"
    """Another exam of the suite."""
    POINTS = "points"
    """Points for continuing development, so many a year."""


class CountsFrom(StrEnum):
    """From which day the time of a renewal runs."""

    COMPLETION = "completion"
    EXPIRY = "expiry"
    FIXED = "fixed"
    """In a fixed rhythm from the first one on, whenever it was renewed."""


class HoldingState(StrEnum):
    VALID = "valid"
    DUE = "due"
    IN_GRACE = "in_grace"
    """Over, but it can still be renewed as if it were not."""
    EXPIRED = "expired"
    RENEWED = "renewed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the issuer says about validity and renewal. Without `valid_for` it never lapses.

    Attributes:
        renew_from: so long before the last day it can and should be renewed.
        grace: so long after the last day it can still be renewed.
        suite: codes of the certifications whose exam renews this one.
        points_a_year: what has to be earned for every year of validity; None takes no points.
    """

    valid_for: Duration | None = None
    renew_from: Duration = USUAL_WINDOW
    grace: Duration | None = None
    counts_from: CountsFrom = CountsFrom.COMPLETION
    same_exam: bool = True
    suite: tuple[str, ...] = ()
    points_a_year: Decimal | None = None

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways that are open, the usual one first."""
        offered = (
            (Way.EXAM, self.same_exam),
            (Way.SUITE, bool(self.suite)),
            (Way.POINTS, self.points_a_year is not None),
        )
        return tuple(way for way, is_open in offered if is_open)


USUAL = Terms()


def terms_of(valid_for: str | None, renewal: Mapping[str, Any]) -> Terms:
    """Terms as they are kept: a duration in words and a mapping; what is missing is usual."""
    points = renewal.get("points_a_year")
    return Terms(
        valid_for=_duration(valid_for),
        renew_from=_duration(renewal.get("renew_from")) or USUAL_WINDOW,
        grace=_duration(renewal.get("grace")),
        counts_from=CountsFrom(renewal.get("counts_from", CountsFrom.COMPLETION)),
        same_exam=renewal.get("same_exam", True),
        suite=tuple(renewal.get("suite", ())),
        points_a_year=None if points is None else Decimal(points),
    )


def kept_renewal(terms: Terms) -> dict[str, Any]:
    """The mapping that `terms_of` reads."""
    return {
        "renew_from": _words(terms.renew_from),
        "grace": _words(terms.grace) if terms.grace else None,
        "counts_from": terms.counts_from.value,
        "same_exam": terms.same_exam,
        "suite": list(terms.suite),
        "points_a_year": None if terms.points_a_year is None else str(terms.points_a_year),
    }


def _duration(words: str | None) -> Duration | None:
    if words is None:
        return None
    count, unit = words.split()
    return Duration(int(count), Unit(unit))


def _words(duration: Duration) -> str:
    return f"{duration.count} {duration.unit}"


# --- State on a day --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the state of a certification. `last` is its last day; None never lapses.

    Attributes:
        due_from: the first day on which it can be renewed.
        grace_to: the last day on which it still can.
    """

    first: date
    last: date | None
    due_from: date | None
    grace_to: date | None
    renewed: bool = False
    revoked: bool = False

    @classmethod
    def of(
        cls,
        terms: Terms,
        first: date,
        last: date | None,
        *,
        renewed: bool = False,
        revoked: bool = False,
    ) -> Standing:
        """As the terms have it for these dates."""
        window = due_window(terms, first, last)
        due_from, grace_to = (window.first, window.last) if window else (None, None)
        return cls(first, last, due_from, grace_to, renewed, revoked)


def due_window(terms: Terms, first: date, last: date | None) -> Period | None:
    """The days on which it can be renewed, grace included; None if it never lapses."""
    if last is None:
        return None
    opens = max(first, terms.renew_from.before(last))
    return Period(opens, terms.grace.after(last) if terms.grace else last)


def state_on(standing: Standing, day: date) -> HoldingState:
    """The state on a day. What was taken back stays so; what was renewed is told as such."""
    if standing.revoked:
        return HoldingState.REVOKED
    if standing.renewed:
        return HoldingState.RENEWED
    if day < standing.first:
        return HoldingState.EXPIRED  # not yet issued: it does not count either
    if standing.last is None:
        return HoldingState.VALID
    if day > standing.last:
        in_grace = standing.grace_to is not None and day <= standing.grace_to
        return HoldingState.IN_GRACE if in_grace else HoldingState.EXPIRED
    if standing.due_from is not None and day >= standing.due_from:
        return HoldingState.DUE
    return HoldingState.VALID


# --- Renewing --------------------------------------------------------------------------------


def ways_on(terms: Terms, standing: Standing, day: date) -> tuple[Way, ...]:
    """How it can be renewed on a day, the usual way first; empty if it cannot be, or need not.

    Points renew in the window alone. Once it has expired for good, it takes the exam.
    """
    match state_on(standing, day):
        case HoldingState.REVOKED | HoldingState.RENEWED:
            return ()
        case _ if standing.last is None or day < standing.first:
            return ()
        case HoldingState.EXPIRED:
            return (Way.EXAM,)
        case HoldingState.VALID:
            return tuple(way for way in terms.ways if way is not Way.POINTS)
    return terms.ways


def first_expiry(terms: Terms, issued_on: date) -> date | None:
    """The last day of one that is issued for the first time; None never lapses."""
    return terms.valid_for.after(issued_on) if terms.valid_for else None


def next_expiry(terms: Terms, last: date | None, completed_on: date) -> date | None:
    """The last day of a renewal completed on a day, of one whose last day was `last`.

    From the old expiry counts only what was renewed in its window or in grace: before that and
    after it, the time runs from the completion. A fixed rhythm never leaves its days: what comes
    late holds for the rest of the running period.
    """
    if terms.valid_for is None:
        return None
    if last is None or terms.counts_from is CountsFrom.COMPLETION:
        return terms.valid_for.after(completed_on)
    if terms.counts_from is CountsFrom.FIXED:
        return _next_in_rhythm(terms.valid_for, last, completed_on)
    window = due_window(terms, date.min, last)
    if window is not None and completed_on in window:
        return terms.valid_for.after(last)
    return terms.valid_for.after(completed_on)


def _next_in_rhythm(every: Duration, last: date, completed_on: date) -> date:
    """The first day of the rhythm after both; counted from `last`, so that the 31st comes back."""
    times = 1
    while (day := Duration(every.count * times, every.unit).after(last)) <= completed_on:
        times += 1
    return day


@dataclass(frozen=True, slots=True)
class Points:
    """What was earned for a certification, and when."""

    done_on: date
    points: Decimal


@dataclass(frozen=True, slots=True)
class PointsBalance:
    """Points since a certification was issued, against what its renewal takes."""

    earned: Decimal
    needed: Decimal
    period: Period

    @property
    def missing(self) -> Decimal:
        return max(Decimal(0), self.needed - self.earned)

    @property
    def enough(self) -> bool:
        return self.missing == 0


def balance(
    terms: Terms, first: date, last: date | None, entries: Collection[Points]
) -> PointsBalance | None:
    """How many points count for the renewal; None where it takes none, or never lapses.

    They count from the day of issue to the end of grace. So many a year are needed for every
    year of validity, a part of a year as that part.
    """
    window = due_window(terms, first, last)
    if terms.points_a_year is None or window is None or last is None:
        return None
    period = Period(first, window.last)
    years = Decimal(_months(first, last)) / 12
    earned = sum((one.points for one in entries if one.done_on in period), Decimal(0))
    return PointsBalance(earned, (terms.points_a_year * years).quantize(Decimal("0.01")), period)


def _months(first: date, last: date) -> int:
    """Months between two days, to the nearest whole one."""
    days = (last.day - first.day) / 30
    return max(0, round((last.year - first.year) * 12 + last.month - first.month + days))
