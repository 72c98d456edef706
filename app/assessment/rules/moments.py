"""Means, spreads and correlations of a few numbers; None where they are not defined.

k-statistics are as in Kendall and Stuart, The Advanced Theory of Statistics, vol. 1; "Moodle" is
its page "Quiz statistics calculations".
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt
from statistics import fmean

NOISE = 1e-12
"""What adding up in another order may leave over: so small a spread is none, nor has it a sign."""


def skewness(values: Sequence[float]) -> float | None:
    """k₃ / k₂^(3/2), with k₃ = S² m₃ / ((S−1)(S−2)). Moodle: "Skewness"."""
    n = len(values)
    k2 = variance(values)
    if n < 3 or not k2:
        return None
    return float(n**2 / ((n - 1) * (n - 2)) * _moment(values, 3) / k2**1.5)


def kurtosis(values: Sequence[float]) -> float | None:
    """k₄ / k₂², with k₄ = S² ((S+1) m₄ − 3(S−1) m₂²) / ((S−1)(S−2)(S−3)). Moodle: "Kurtosis"."""
    n = len(values)
    k2 = variance(values)
    if n < 4 or not k2:
        return None
    m2, m4 = _moment(values, 2), _moment(values, 4)
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return float(k4 / k2**2)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """C(x, y) / √(V(x) V(y)). With the rest of the score: Moodle's "Discrimination index"."""
    cov, vx, vy = covariance(xs, ys), variance(xs), variance(ys)
    if cov is None or not vx or not vy:
        return None
    return max(-1.0, min(1.0, cov / sqrt(vx * vy)))


def discriminative_efficiency(marks: Sequence[float], rests: Sequence[float]) -> float | None:
    """C(x, X) / C_max(x, X), where C_max pairs both in ascending order.

    Moodle: "Discriminative efficiency".
    """
    cov, best = covariance(marks, rests), covariance(sorted(marks), sorted(rests))
    return None if cov is None or not best else max(-1.0, min(1.0, cov / best))


def variance(values: Sequence[float]) -> float | None:
    """With S−1 below, as Moodle estimates it; None for fewer than two values."""
    return covariance(values, values)


def deviation(values: Sequence[float]) -> float | None:
    """The root of the variance."""
    found = variance(values)
    return None if found is None else sqrt(found)


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Σ (x − x̄)(y − ȳ) / (S−1); None for fewer than two pairs."""
    n = len(xs)
    if n < 2:
        return None
    mx, my = fmean(xs), fmean(ys)
    found = fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / (n - 1)
    return 0.0 if abs(found) < NOISE else found


def _moment(values: Sequence[float], power: int) -> float:
    mean = fmean(values)
    return fmean([(value - mean) ** power for value in values])
