"""How able somebody is and how hard questions are, on one scale: the Rasch model.

A person of ability θ answers a question of difficulty b right with probability
1 / (1 + exp(b - θ)) (G. Rasch, Probabilistic Models for Some Intelligence and Attainment Tests,
1960). Both are in logits; 0 is the middle of all learners.

- Ability: the mean of the posterior over a grid, from a standard normal prior (expected a
  posteriori: R. D. Bock and R. J. Mislevy, Applied Psychological Measurement 6, 1982).
- Difficulty: from the share of right first answers of all learners, whose abilities are taken as
  standard normal. The mean of a logistic curve over a normal one is close to another logistic
  curve that is flatter by √(1 + σ²/2.89), which solves for b at once (PROX: L. Cohen, British
  Journal of Mathematical and Statistical Psychology 32, 1979; B. D. Wright and M. H. Stone, Best
  Test Design, 1979).

Partial credit counts as that share of a right answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, log1p, sqrt

SPREAD = 1.0
"""Standard deviation of ability among learners."""
_EXPANSION = sqrt(1 + SPREAD**2 / 2.89)
_PSEUDO = 1.0
"""Answers, half of them right, that are added to those of each question: a question few have met
is taken as of middling difficulty."""
_GRID = tuple(step / 10 for step in range(-60, 61))


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: the difficulty of its question, and its credit from 0 to 1."""

    difficulty: float
    credit: float


@dataclass(frozen=True, slots=True)
class Ability:
    """What is known of somebody's ability: how likely each point of the grid is."""

    weights: tuple[float, ...]
    """Sum to 1."""

    @property
    def mean(self) -> float:
        return sum(point * weight for point, weight in zip(_GRID, self.weights, strict=True))

    @property
    def deviation(self) -> float:
        mean = self.mean
        pairs = zip(_GRID, self.weights, strict=True)
        return sqrt(sum((point - mean) ** 2 * weight for point, weight in pairs))

    def points(self) -> Iterable[tuple[float, float]]:
        """Each ability of the grid that is likely enough to matter, with its weight."""
        pairs = zip(_GRID, self.weights, strict=True)
        return ((point, weight) for point, weight in pairs if weight > 1e-6)

    def quantile(self, share: float) -> float:
        """The ability below which the true one lies with this probability, between grid points."""
        below = 0.0
        for point, weight in zip(_GRID, self.weights, strict=True):
            if below + weight >= share:
                return point + 0.1 * ((share - below) / weight - 0.5)
            below += weight
        return _GRID[-1]


def chance(ability: float, difficulty: float) -> float:
    """The probability of a right answer."""
    return 1 / (1 + exp(difficulty - ability))


def difficulty(answers: float, right: float) -> float:
    """The difficulty of a question from how many answered it, and how many of them right."""
    share = (right + _PSEUDO / 2) / (answers + _PSEUDO)
    return _EXPANSION * log((1 - share) / share)


def ability(
    responses: Sequence[Response], *, expected: float = 0.0, spread: float = SPREAD
) -> Ability:
    """What answers tell of somebody; without any, what was known before.

    Args:
        expected, spread: of the normal prior, by default that of all learners.
    """
    heights = [
        _log_likelihood(point, responses) - 0.5 * ((point - expected) / spread) ** 2
        for point in _GRID
    ]
    top = max(heights)
    raw = [exp(height - top) for height in heights]
    total = sum(raw)
    return Ability(tuple(weight / total for weight in raw))


def _log_likelihood(point: float, responses: Sequence[Response]) -> float:
    height = 0.0
    for one in responses:
        logit = point - one.difficulty
        height += one.credit * logit - _softplus(logit)
    return height


def _softplus(value: float) -> float:
    """log(1 + exp(value)), without overflow."""
    return max(value, 0.0) + log1p(exp(-abs(value)))
