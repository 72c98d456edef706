"""What evidence of one competency amounts to, on a day or on every day of a period."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.values import Period

SOON = timedelta(days=90)
"""What lapses within this time is told as lapsing soon."""

_DAY = timedelta(days=1)


class EvidenceKind(StrEnum):
    ASSESSED = "assessed"
    JUDGED = "judged"
    CERTIFICATE = "certificate"
    PROJECT = "project"
    SELF_RATED = "self_rated"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence in force from `first` to `last`, both included; None is for good.

    Attributes:
        via: where it is of another framework, the competencies over which it answers for this one:
            its own first.
    """

    id: int
    competency: str
    kind: EvidenceKind
    level: int
    first: date
    last: date | None
    title: str
    via: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Claim:
    """A level and what carries it.

    Args:
        level: 0 without evidence.
        pieces: what carries the level, longest first; empty for level 0.
        lapses_on: the last day on which the level holds; None if it holds for good, or is 0.
    """

    competency: str
    level: int
    pieces: tuple[Piece, ...]
    lapses_on: date | None

    def lapses_within(self, span: timedelta, today: date) -> bool:
        return self.lapses_on is not None and self.lapses_on <= today + span


def claim_on(competency: str, pieces: Collection[Piece], day: date) -> Claim:
    """What somebody can be said to do on `day`. The best evidence counts; self-rated never does."""
    return claim_throughout(competency, pieces, Period(day, day))


def claim_throughout(competency: str, pieces: Collection[Piece], period: Period) -> Claim:
    """The highest level that holds on every day of `period`, whichever piece carries each day."""
    counting = [piece for piece in pieces if _counts(piece, competency)]
    for level in sorted({piece.level for piece in counting}, reverse=True):
        enough = [piece for piece in counting if piece.level >= level]
        if first_gap(enough, period) is None:
            return Claim(competency, level, _carriers(enough, period), _end(enough, period.last))
    return Claim(competency, 0, (), None)


def first_day_below(
    competency: str, pieces: Iterable[Piece], level: int, period: Period
) -> date | None:
    """The first day of `period` on which `level` is not reached; None if it is on every day."""
    enough = [p for p in pieces if _counts(p, competency) and p.level >= level]
    return first_gap(enough, period)


def first_gap(pieces: Sequence[Piece], period: Period) -> date | None:
    """The first day of `period` on which none of `pieces` is in force; None without a gap."""
    end = _end_from(pieces, period.first)
    if end is None or end >= period.last:
        return None
    return end + _DAY


def _counts(piece: Piece, competency: str) -> bool:
    return piece.competency == competency and piece.kind is not EvidenceKind.SELF_RATED


def _carriers(pieces: Iterable[Piece], period: Period) -> tuple[Piece, ...]:
    within = [p for p in pieces if p.first <= period.last and (p.last or date.max) >= period.first]
    longest = sorted(within, key=lambda p: (p.last or date.max, p.first, p.id), reverse=True)
    once: dict[int, Piece] = {}  # what fades is there once for each level that is left of it
    for one in longest:
        once.setdefault(one.id, one)
    return tuple(once.values())


def _end(pieces: Sequence[Piece], day: date) -> date | None:
    end = _end_from(pieces, day)
    return None if end == date.max else end


def _end_from(pieces: Sequence[Piece], day: date) -> date | None:
    """The last day covered without a gap from `day` on; the day before it if it is not covered.

    None never comes back for pieces that last for good: they end with the calendar.
    """
    reached = day - _DAY
    while True:
        lasts = [p.last or date.max for p in pieces if p.first <= _next(reached)]
        furthest = max(lasts, default=reached)
        if furthest <= reached:
            return reached
        if furthest == date.max:
            return date.max
        reached = furthest


def _next(day: date) -> date:
    return day if day == date.max else day + _DAY
