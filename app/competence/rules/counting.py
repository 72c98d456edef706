"""How much evidence counts: which of several pieces, and how it fades.

Both are told in pieces again, of which the best counts: so there is one fold for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, log2

from app.authoring.frameworks import Policy
from app.competence.rules.claims import EvidenceKind, Piece
from app.core.values import Duration

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counting:
    """What a framework says of its evidence."""

    policy: Policy = Policy.BEST
    half_life: Duration | None = None

    @property
    def plain(self) -> bool:
        """Whether each piece counts as it stands, the best of them."""
        return self.policy is Policy.BEST and self.half_life is None


def effective(pieces: Collection[Piece], counting: Counting) -> list[Piece]:
    """Pieces of one competency of which the best counts, that say the same as `pieces` do."""
    counted = [piece for piece in pieces if piece.kind is not EvidenceKind.SELF_RATED]
    begun = {piece.id: piece.first for piece in counted}
    if counting.policy is Policy.LATEST:
        counted = [part for piece in _newest_first(counted) for part in piece]
    if counting.half_life is None:
        return counted
    return [
        left for piece in counted for left in _fading(piece, begun[piece.id], counting.half_life)
    ]


# --- The latest counts -----------------------------------------------------------------------

_Span = tuple[date, date]


def _newest_first(pieces: Collection[Piece]) -> Iterator[list[Piece]]:
    """Each piece on the days on which none that was begun later is in force."""
    taken: list[_Span] = []
    for piece in sorted(pieces, key=lambda one: (one.first, one.id), reverse=True):
        last = piece.last or date.max
        free = _without((piece.first, last), taken)
        yield [
            replace(piece, first=start, last=None if end == date.max else end)
            for start, end in free
        ]
        taken.append((piece.first, last))


def _without(span: _Span, taken: Collection[_Span]) -> list[_Span]:
    free = [span]
    for first, last in taken:
        free = [part for one in free for part in _cut(one, first, last)]
    return free


def _cut(span: _Span, first: date, last: date) -> Iterator[_Span]:
    start, end = span
    if last < start or first > end:
        yield span
        return
    if start < first:
        yield start, first - _DAY
    if last < end:
        yield last + _DAY, end


# --- Fading ----------------------------------------------------------------------------------


def _fading(piece: Piece, begun: date, half_life: Duration) -> Iterator[Piece]:
    """What is left of a piece: one for each level, from the highest, as long as it is left.

    After a half-life half of the level is left, and what is left is rounded up.
    """
    days = (half_life.after(begun) - begun).days
    lasts = {level: _until(piece, begun, days, level) for level in range(piece.level, 0, -1)}
    told: set[date | None] = set()
    for level, last in lasts.items():
        # What ends with a higher level, or before the piece begins to count, adds nothing.
        if last in told or (last is not None and last < piece.first):
            continue
        told.add(last)
        yield replace(piece, level=level, last=last)


def _until(piece: Piece, begun: date, days: int, level: int) -> date | None:
    """The last day on which this much is left; level 1 lasts as long as the piece does."""
    if level == 1:
        return piece.last
    age = ceil(days * log2(piece.level / (level - 1))) - 1
    if age >= (date.max - begun).days:
        return piece.last
    faded = begun + timedelta(days=age)
    return faded if piece.last is None else min(faded, piece.last)
