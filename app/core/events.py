"""Announcements upwards: a frozen dataclass in the past tense, heard in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_hearers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def hear(announcement: type[Any], hearer: Callable[[Any], None]) -> None:
    """Call `hearer` with every announcement of this type. Wired once, in the factory."""
    if hearer not in _hearers[announcement]:
        _hearers[announcement].append(hearer)


def announce(announcement: object) -> None:
    """Tell whoever listens; what a hearer raises undoes the act."""
    for hearer in _hearers[type(announcement)]:
        hearer(announcement)
