"""When an attempt may begin, how long it lasts, and what becomes of one that nobody handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.authoring.document import OnTimeout, Quiz

# --- Conditions --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """When a quiz is open to be sat: from `opens_at` until before `closes_at`. None: no limit."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one person is granted beyond the rules of the quiz.

    Args:
        time_factor: of the time limit; 1 is none.
        extra_attempts: beyond those the quiz gives.
        closes_at: a closing time of their own, if it is later than the quiz's.
    """

    time_factor: Decimal = Decimal(1)
    extra_attempts: int = 0
    closes_at: datetime | None = None


def combined(allowances: Iterable[Allowance]) -> Allowance:
    """Several grants as one: the longest time, every extra attempt, the latest closing."""
    found = list(allowances)
    closings = [one.closes_at for one in found if one.closes_at is not None]
    return Allowance(
        max((one.time_factor for one in found), default=Decimal(1)),
        sum(one.extra_attempts for one in found),
        max(closings, default=None),
    )


def window_for(window: Window, allowance: Allowance) -> Window:
    """The window as it is for somebody with an allowance: it never closes earlier."""
    if window.closes_at is None or allowance.closes_at is None:
        return window
    return Window(window.opens_at, max(window.closes_at, allowance.closes_at))


class Obstacle(StrEnum):
    """Why no attempt can be started."""

    NONE_LEFT = "none_left"
    PAUSE = "pause"
    NOT_OPEN = "not_open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps somebody from starting, and until when; None where waiting does not help."""

    obstacle: Obstacle
    until: datetime | None = None


def hindrance(
    quiz: Quiz,
    ended: Sequence[datetime],
    now: datetime,
    window: Window | None = None,
    extra_attempts: int = 0,
) -> Hindrance | None:
    """What keeps somebody from starting.

    Args:
        ended: when their earlier attempts ended; void ones are left out.
        window: as it is for this person.
    """
    window = window or Window()
    if window.closes_at is not None and now >= window.closes_at:
        return Hindrance(Obstacle.CLOSED)
    if window.opens_at is not None and now < window.opens_at:
        return Hindrance(Obstacle.NOT_OPEN, window.opens_at)
    if quiz.attempts is not None and len(ended) >= quiz.attempts + extra_attempts:
        return Hindrance(Obstacle.NONE_LEFT)
    if quiz.cooldown and ended:
        until = max(ended) + timedelta(seconds=quiz.cooldown)
        if now < until:
            return Hindrance(Obstacle.PAUSE, until)
    return None


# --- Time --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """When answers stop being taken, and when handing in does. None: never."""

    deadline: datetime | None
    closes_at: datetime | None


def times(
    quiz: Quiz, start: datetime, window: Window | None = None, time_factor: Decimal = Decimal(1)
) -> Times:
    """The times of an attempt that starts at `start`.

    The deadline is the earlier of the start plus the person's time, and the closing of the quiz.
    """
    closing = window.closes_at if window else None
    if quiz.time_limit is None:
        deadline = closing
    else:
        limit = start + timedelta(seconds=float(quiz.time_limit * time_factor))
        deadline = limit if closing is None else min(limit, closing)
    if deadline is None:
        return Times(None, None)
    return Times(deadline, deadline + timedelta(seconds=_grace(quiz)))


def _grace(quiz: Quiz) -> int:
    return (quiz.grace or 0) if quiz.on_timeout is OnTimeout.GRACE else 0


def extended(times: Times, by: timedelta) -> Times:
    """More time; an attempt without a limit stays without."""
    if times.deadline is None or times.closes_at is None:
        return times
    return Times(times.deadline + by, times.closes_at + by)


def settled_clock(now: datetime, last_seen: datetime | None) -> datetime:
    """The time that counts: a clock that was set back never lengthens an attempt."""
    return now if last_seen is None else max(now, last_seen)


# --- Transitions -------------------------------------------------------------------------


class Due(StrEnum):
    """What has to become of an open attempt now."""

    OVERDUE = "overdue"
    """No more answers; it can only be handed in."""
    SUBMITTED = "submitted"
    ABANDONED = "abandoned"


def due(on_timeout: OnTimeout, times: Times, *, overdue: bool, now: datetime) -> Due | None:
    """What is due for an attempt that nobody handed in; None while its time runs.

    `submit` hands it in as of its deadline. `grace` leaves time to hand in, then it counts as not
    handed in; `abandon` leaves none.

    Args:
        overdue: whether it is so already.
    """
    if times.deadline is None or times.closes_at is None or now < times.deadline:
        return None
    if on_timeout is OnTimeout.SUBMIT:
        return Due.SUBMITTED
    if now >= times.closes_at:
        return Due.ABANDONED
    return None if overdue else Due.OVERDUE
