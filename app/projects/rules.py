"""What a project and its roles may look like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.values import Period

LEVELS = range(1, 6)
PRIORITIES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Demanded:
    """One demand as entered: what kind, of what, and whether it must be."""

    must: bool
    kind: str
    code: str


def within(inner: Period, outer: Period) -> bool:
    """Whether every day of `inner` lies in `outer`."""
    return outer.first <= inner.first and inner.last <= outer.last


def asked_twice(demands: Iterable[Demanded]) -> set[tuple[str, str]]:
    """Kinds and codes that stand twice among the musts, or twice among the wants.

    A must of level 3 beside a want of level 5 is meant: enough, and better.
    """
    seen: set[Demanded] = set()
    twice: set[tuple[str, str]] = set()
    for demand in demands:
        if demand in seen:
            twice.add((demand.kind, demand.code))
        seen.add(demand)
    return twice
