"""How a request is assessed: its states, the rubric, four eyes, and the appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.authoring.frameworks import Criterion
from app.core.values import Duration, Unit

HOLDS = Duration(3, Unit.YEARS)
"""So long an assessed level holds."""
APPEAL_WITHIN = timedelta(days=30)


class RequestState(StrEnum):
    ASKED = "asked"
    IN_REVIEW = "in_review"
    SECOND_REVIEW = "second_review"
    AWARDED = "awarded"
    REFUSED = "refused"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"


OPEN = frozenset(
    {
        RequestState.ASKED,
        RequestState.IN_REVIEW,
        RequestState.SECOND_REVIEW,
        RequestState.APPEALED,
    }
)

_FOLLOWING = {
    RequestState.ASKED: {RequestState.IN_REVIEW, RequestState.WITHDRAWN},
    RequestState.IN_REVIEW: {
        RequestState.ASKED,
        RequestState.SECOND_REVIEW,
        RequestState.AWARDED,
        RequestState.REFUSED,
        RequestState.WITHDRAWN,
    },
    RequestState.SECOND_REVIEW: {RequestState.AWARDED, RequestState.REFUSED},
    RequestState.REFUSED: {RequestState.APPEALED},
    RequestState.APPEALED: {RequestState.AWARDED, RequestState.REFUSED},
}


class Turn(StrEnum):
    """Which decision it is. Each is taken by somebody else."""

    FIRST = "first"
    SECOND = "second"
    APPEAL = "appeal"


_TURNS = {
    RequestState.IN_REVIEW: Turn.FIRST,
    RequestState.SECOND_REVIEW: Turn.SECOND,
    RequestState.APPEALED: Turn.APPEAL,
}

USUAL_RUBRIC = (
    Criterion("own", "Their own work", "What others did is told apart.", 2, 1),
    Criterion("level", "What the level describes", "Each thing that the level names.", 3, 2),
)
"""Where a framework has none."""


def may_follow(state: RequestState, following: RequestState) -> bool:
    return following in _FOLLOWING.get(state, ())


def turn_of(state: RequestState) -> Turn | None:
    """Which decision a request waits for; None if for none."""
    return _TURNS.get(state)


@dataclass(frozen=True, slots=True)
class Marking:
    """The points of a rubric that an assessor gave.

    Attributes:
        short: criteria of which too little was seen; a level is awarded only if there are none.
    """

    points: Mapping[str, int]
    short: tuple[Criterion, ...]
    unknown: tuple[str, ...]


def mark(rubric: Sequence[Criterion], points: Mapping[str, int]) -> Marking:
    """Hold points against the rubric; `unknown` are criteria without points or out of range."""
    unknown = [c.code for c in rubric if not 0 <= points.get(c.code, -1) <= c.points]
    short = [c for c in rubric if points.get(c.code, 0) < c.needed]
    return Marking({c.code: points.get(c.code, 0) for c in rubric}, tuple(short), tuple(unknown))


def after(turn: Turn, level: int, *, four_eyes: bool) -> RequestState:
    """The state that a decision leads to; level 0 refuses."""
    if not level:
        return RequestState.REFUSED
    if turn is Turn.FIRST and four_eyes:
        return RequestState.SECOND_REVIEW
    return RequestState.AWARDED


def awarded_level(levels: Sequence[int]) -> int:
    """What several assessors award together: no more than the most careful of them saw."""
    return min(levels)


def may_appeal(state: RequestState, *, appealed: bool, ended_on: date | None, today: date) -> bool:
    """Once, and within thirty days of the refusal."""
    if state is not RequestState.REFUSED or appealed or ended_on is None:
        return False
    return today <= ended_on + APPEAL_WITHIN
