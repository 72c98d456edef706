"""How much each part of a score counts: presets, and what somebody sets for one role."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

MOST = 100
"""The largest weight of a part. Only the proportions of the weights count."""


class PartName(StrEnum):
    WANTS = "wants"
    MARGIN = "margin"
    EVIDENCE = "evidence"
    SLACK = "slack"
    SIMILAR = "similar"
    WISH = "wish"
    COST = "cost"
    PLACE = "place"


Weights = Mapping[PartName, int]


class Preset(StrEnum):
    BALANCED = "balanced"
    MASTERY = "mastery"
    """Whoever has proven most."""
    GROWTH = "growth"
    """Whoever wants to, and has the time."""
    THRIFT = "thrift"
    """Whoever costs least of those who qualify."""


def _weights(*numbers: int) -> Weights:
    return dict(zip(PartName, numbers, strict=True))


PRESETS: Mapping[Preset, Weights] = {
    Preset.BALANCED: _weights(35, 10, 15, 10, 10, 5, 10, 5),
    Preset.MASTERY: _weights(40, 20, 20, 0, 15, 0, 0, 5),
    Preset.GROWTH: _weights(25, 0, 10, 25, 0, 30, 5, 5),
    Preset.THRIFT: _weights(25, 5, 10, 10, 5, 0, 40, 5),
}
BALANCED = PRESETS[Preset.BALANCED]


def preset_of(weights: Weights) -> Preset | None:
    """The preset that has these weights; None where somebody set their own."""
    return next((name for name, numbers in PRESETS.items() if numbers == weights), None)


def read(numbers: Mapping[str, int]) -> Weights:
    """Weights from plain data, such as a row or a form; a part that is not named counts nothing.

    Raises:
        ValueError: a number outside 0 to `MOST`, an unknown part, or nothing that counts.
    """
    unknown = sorted(set(numbers) - {part.value for part in PartName})
    if unknown:
        raise ValueError(f"no such part of a score: {', '.join(unknown)}")
    if any(not 0 <= number <= MOST for number in numbers.values()):
        raise ValueError(f"a weight is a whole number from 0 to {MOST}")
    if not any(numbers.values()):
        raise ValueError("at least one part has to count")
    return {part: numbers.get(part.value, 0) for part in PartName}
