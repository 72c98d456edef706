"""How answers add up to a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from app.authoring.document import Grading


@dataclass(frozen=True, slots=True)
class Worth:
    """A graded slot."""

    points: Decimal
    credit: Fraction
    unscored: bool = False
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Points reached of points to reach."""

    reached: Fraction
    possible: Fraction

    @property
    def share(self) -> Fraction:
        """0 to 1; 0 where there was nothing to reach."""
        return self.reached / self.possible if self.possible else Fraction(0)


def score(worths: Iterable[Worth]) -> Score:
    """Points that count, added up; pilot questions do not."""
    counted = [worth for worth in worths if not worth.unscored]
    reached = sum((worth.credit * Fraction(worth.points) for worth in counted), Fraction(0))
    return Score(reached, sum((Fraction(worth.points) for worth in counted), Fraction(0)))


def by_domain(worths: Iterable[Worth]) -> dict[str, Score]:
    """The score of each domain, in the order in which they first come."""
    groups: dict[str, list[Worth]] = {}
    for worth in worths:
        if worth.domain and not worth.unscored:
            groups.setdefault(worth.domain, []).append(worth)
    return {domain: score(group) for domain, group in groups.items()}


def passed(share: Fraction, pass_mark: Decimal) -> bool:
    return share >= Fraction(pass_mark)


def kept(share: Fraction) -> Decimal:
    """A share as it is kept: six places, cut off, so that a fail never reads as a pass."""
    scaled = Decimal(share.numerator * 10**6 // share.denominator)
    return scaled.scaleb(-6)


def shown(share: Decimal) -> Decimal:
    """A share as it is shown: tenths of a percent, cut off likewise."""
    return share.quantize(Decimal("0.001"), rounding=ROUND_DOWN)


def marked_credit(credit: Decimal, points: Decimal) -> Fraction:
    """The exact credit behind a kept one: markers give points in steps of a thousandth."""
    given = round(Fraction(credit) * Fraction(points) * 1000)
    return Fraction(given, 1000) / Fraction(points) if points else Fraction(0)


def given_credit(credit: Decimal) -> Fraction:
    """The exact credit behind a kept one that a regrade gave: thirds and the like, not decimals."""
    return Fraction(credit).limit_denominator(1000)


def overall(grading: Grading, shares: Sequence[Decimal]) -> Decimal | None:
    """The result of a quiz from those of its attempts, in the order in which they were sat."""
    if not shares:
        return None
    if grading is Grading.HIGHEST:
        return max(shares)
    if grading is Grading.LATEST:
        return shares[-1]
    if grading is Grading.FIRST:
        return shares[0]
    return Decimal(sum(shares)) / len(shares)
