"""What somebody has to be reminded of, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    CERTIFICATE = "certificate"
    CERTIFICATION = "certification"
    COMPETENCY = "competency"


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that holds until `last`, that day included."""

    kind: Kind
    title: str
    last: date
    key: str = ""
    """What its page is found by: the serial of a certificate."""

    def is_over(self, today: date) -> bool:
        return self.last < today


def in_order(lapses: Iterable[Lapse]) -> list[Lapse]:
    """The most urgent first."""
    return sorted(lapses, key=lambda lapse: (lapse.last, lapse.kind, lapse.title))
