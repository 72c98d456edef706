"""When a login has to wait, what a password must be, how long a link lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.policy import Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
INVITATION_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(hours=2)
MOST_RESETS_AN_HOUR = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` wrong passwords within `window`, then wait until the oldest is older."""

    most: int
    window: timedelta


ACCOUNT_LIMIT = Limit(5, timedelta(minutes=15))
ADDRESS_LIMIT = Limit(50, timedelta(minutes=15))
"""Many people may sit behind one address, so it is allowed more."""


def seconds_to_wait(failures: Sequence[datetime], limit: Limit, now: datetime) -> int:
    """Seconds until another password may be tried; 0 if at once.

    Args:
        failures: instants of wrong passwords, newest first; those outside the window do not count.
    """
    recent = [at for at in failures if at > now - limit.window]
    if len(recent) < limit.most:
        return 0
    free_at = recent[limit.most - 1] + limit.window
    return max(1, -int((now - free_at).total_seconds() // 1))


@dataclass(frozen=True, slots=True)
class Standing:
    """What is needed to decide whether an account may be changed."""

    active: bool
    roles: frozenset[Role]

    @property
    def administers(self) -> bool:
        return self.active and Role.ADMIN in self.roles


def leaves_an_admin(before: Standing, after: Standing, other_admins: int) -> bool:
    """Whether somebody can still administer the organisation after the change."""
    return after.administers or not before.administers or other_admins > 0


def goes_in_a_circle(person_id: int, manager_id: int, managers: Mapping[int, int]) -> bool:
    """Whether somebody would come to manage themselves, over however many others.

    Args:
        managers: who is whose line manager today, by the person.
    """
    seen: set[int] = set()
    above: int | None = manager_id
    while above is not None and above not in seen:
        if above == person_id:
            return True
        seen.add(above)
        above = managers.get(above)
    return False
