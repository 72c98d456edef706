"""What a quiz tells of itself: classical test theory over the first attempt of each person.

The formulas are those that Moodle documents as "Quiz statistics calculations"
(docs.moodle.org/dev/Quiz_statistics_calculations), which follow classical test theory; k-statistics
are as in Kendall and Stuart, The Advanced Theory of Statistics, vol. 1. Marks are points; shares
run from 0 to 1. A figure that cannot be computed is None, never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean, median

from app.authoring.document import ChoiceQuestion, Question

FEWEST = 5
"""Under so many people nothing is shown: single answers would show through."""
FIRM = 30
"""Under so many the figures are told as uncertain."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question in one attempt: the mark, the most there was, and the options chosen."""

    question_id: str
    mark: float
    most: float
    chosen: frozenset[str] = frozenset()
    scored: bool = True


@dataclass(frozen=True, slots=True)
class Sat:
    """The first attempt of one person."""

    items: tuple[Item, ...]

    @property
    def total(self) -> float:
        return sum(item.mark for item in self.items if item.scored)

    @property
    def most(self) -> float:
        return sum(item.most for item in self.items if item.scored)


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """An option: how often it was chosen, and by whom.

    Args:
        share: of those who met the question.
        point_biserial: correlation of choosing it with the rest of the score; a good key is
            positive, a good distractor negative.
    """

    id: str
    correct: bool
    share: float
    point_biserial: float | None


class Flag(StrEnum):
    """What looks wrong with a question."""

    NEGATIVE = "negative"
    WEAK = "weak"
    TOO_EASY = "too_easy"
    TOO_HARD = "too_hard"
    BELOW_GUESSING = "below_guessing"
    UNUSED_OPTION = "unused_option"
    STRONG_DISTRACTOR = "strong_distractor"


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The figures of one question over those who met it."""

    question_id: str
    people: int
    facility: float
    deviation: float | None
    discrimination: float | None
    efficiency: float | None
    intended_weight: float | None
    effective_weight: float | None
    guess: float | None
    options: tuple[OptionFigures, ...]

    @property
    def firm(self) -> bool:
        return self.people >= FIRM


@dataclass(frozen=True, slots=True)
class TestFigures:
    """The figures of a whole quiz; shares of the points, but for the shape of the curve.

    `consistency` (Cronbach's α), `error_ratio` and `standard_error` need the same questions in
    every attempt and are None where questions are drawn.
    """

    people: int
    mean: float
    median: float
    deviation: float | None
    skewness: float | None
    kurtosis: float | None
    consistency: float | None
    error_ratio: float | None
    standard_error: float | None

    @property
    def firm(self) -> bool:
        return self.people >= FIRM


# --- The test ------------------------------------------------------------------------------


def of_test(sat: Sequence[Sat]) -> TestFigures | None:
    """The figures of a quiz; None under `FEWEST` people."""
    shares = [one.total / one.most for one in sat if one.most]
    if len(shares) < FEWEST:
        return None
    deviation = _deviation(shares)
    consistency = cronbach_alpha(sat)
    ratio = None if consistency is None else sqrt(max(0.0, 1 - consistency))
    return TestFigures(
        people=len(shares),
        mean=fmean(shares),
        median=median(shares),
        deviation=deviation,
        skewness=skewness(shares),
        kurtosis=kurtosis(shares),
        consistency=consistency,
        error_ratio=ratio,
        standard_error=None if ratio is None or deviation is None else ratio * deviation,
    )


def skewness(values: Sequence[float]) -> float | None:
    """k₃ / k₂^(3/2), with k₃ = S² m₃ / ((S−1)(S−2)). Moodle: "Skewness"."""
    n = len(values)
    k2 = _variance(values)
    if n < 3 or not k2:
        return None
    return float(n**2 / ((n - 1) * (n - 2)) * _moment(values, 3) / k2**1.5)


def kurtosis(values: Sequence[float]) -> float | None:
    """k₄ / k₂², with k₄ = S² ((S+1) m₄ − 3(S−1) m₂²) / ((S−1)(S−2)(S−3)). Moodle: "Kurtosis"."""
    n = len(values)
    k2 = _variance(values)
    if n < 4 or not k2:
        return None
    m2, m4 = _moment(values, 2), _moment(values, 4)
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return float(k4 / k2**2)


def cronbach_alpha(sat: Sequence[Sat]) -> float | None:
    """P/(P−1) · (1 − Σ V(x_p) / V(T)). Moodle: "Coefficient of internal consistency".

    None unless every attempt asked the same two questions or more.
    """
    sets = {frozenset(item.question_id for item in one.items if item.scored) for one in sat}
    if len(sets) != 1 or len(ids := next(iter(sets))) < 2:
        return None
    total = _variance([one.total for one in sat])
    if not total:
        return None
    marks = _marks(sat)
    parts = sum(_variance([mark for mark, _rest in marks[one]]) or 0.0 for one in ids)
    return len(ids) / (len(ids) - 1) * (1 - parts / total)


# --- A question ----------------------------------------------------------------------------


def of_items(sat: Sequence[Sat], questions: Mapping[str, Question]) -> list[ItemFigures]:
    """The figures of each question that `FEWEST` people met, in the order of `questions`."""
    marks = _marks(sat)
    covariances = {
        one: _covariance([m for m, _r in pairs], [m + r for m, r in pairs])
        for one, pairs in marks.items()
    }
    roots = {one: sqrt(c) for one, c in covariances.items() if c is not None and c > 0}
    all_roots = sum(roots.values())
    found = []
    for question_id, question in questions.items():
        pairs = marks.get(question_id, [])
        if len(pairs) >= FEWEST:
            weight = roots[question_id] / all_roots if question_id in roots else None
            found.append(_figures(question, pairs, sat, weight))
    return found


def _figures(
    question: Question,
    pairs: Sequence[tuple[float, float]],
    sat: Sequence[Sat],
    effective_weight: float | None,
) -> ItemFigures:
    met = [(one, item) for one in sat for item in one.items if item.question_id == question.id]
    most = max(item.most for _one, item in met) or 1.0
    marks, rests = [m for m, _r in pairs], [r for _m, r in pairs]
    deviation = _deviation(marks)
    totals = [one.most for one, _item in met]
    return ItemFigures(
        question_id=question.id,
        people=len(pairs),
        facility=fmean(marks) / most,
        deviation=None if deviation is None else deviation / most,
        discrimination=correlation(marks, rests),
        efficiency=discriminative_efficiency(marks, rests),
        intended_weight=most / fmean(totals) if fmean(totals) else None,
        effective_weight=effective_weight,
        guess=random_guess(question),
        options=_options(
            question, [(item, rest) for (_one, item), rest in zip(met, rests, strict=True)]
        ),
    )


def _marks(sat: Sequence[Sat]) -> dict[str, list[tuple[float, float]]]:
    """Of each question the mark and the rest of the score, one pair for each who met it.

    A pilot question's mark is in no total, and so its rest is the whole score.
    """
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in sat:
        for item in one.items:
            rest = one.total - item.mark if item.scored else one.total
            found[item.question_id].append((item.mark, rest))
    return found


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """C(x, y) / √(V(x) V(y)). With the rest of the score: Moodle's "Discrimination index"."""
    cov, vx, vy = _covariance(xs, ys), _variance(xs), _variance(ys)
    if cov is None or not vx or not vy:
        return None
    return max(-1.0, min(1.0, cov / sqrt(vx * vy)))


def discriminative_efficiency(marks: Sequence[float], rests: Sequence[float]) -> float | None:
    """C(x, X) / C_max(x, X), where C_max pairs both in ascending order.

    Moodle: "Discriminative efficiency".
    """
    cov, best = _covariance(marks, rests), _covariance(sorted(marks), sorted(rests))
    return None if cov is None or not best else max(-1.0, min(1.0, cov / best))


def random_guess(question: Question) -> float | None:
    """The mean credit of choosing one option at random. Moodle: "Random guess score".

    None for questions that are not guessed from a list of single options.
    """
    if not isinstance(question, ChoiceQuestion) or question.type == "multiple":
        return None
    return sum(1 for option in question.options if option.correct) / len(question.options)


def _options(question: Question, met: Sequence[tuple[Item, float]]) -> tuple[OptionFigures, ...]:
    if not isinstance(question, ChoiceQuestion):
        return ()
    rests = [rest for _item, rest in met]
    found = []
    for option in question.options:
        chosen = [1.0 if option.id in item.chosen else 0.0 for item, _rest in met]
        found.append(
            OptionFigures(option.id, option.correct, fmean(chosen), correlation(chosen, rests))
        )
    return tuple(found)


def flags(figures: ItemFigures) -> list[Flag]:
    """What looks wrong, the gravest first.

    The limits are customary ones: a discrimination under 0.2 is weak and under 0 asks for the key
    to be looked at; a facility over 0.95 or under 0.2 tells little of anybody.
    """
    found = []
    index = figures.discrimination
    if index is not None and index < 0:
        found.append(Flag.NEGATIVE)
    if any(
        not one.correct and one.point_biserial is not None and one.point_biserial > 0.1
        for one in figures.options
    ):
        found.append(Flag.STRONG_DISTRACTOR)
    if figures.guess is not None and figures.facility < figures.guess:
        found.append(Flag.BELOW_GUESSING)
    elif figures.facility < 0.2:
        found.append(Flag.TOO_HARD)
    if figures.facility > 0.95:
        found.append(Flag.TOO_EASY)
    elif index is not None and 0 <= index < 0.2:
        found.append(Flag.WEAK)
    if any(not one.correct and not one.share for one in figures.options):
        found.append(Flag.UNUSED_OPTION)
    return found


# --- Moments -------------------------------------------------------------------------------


def _moment(values: Sequence[float], power: int) -> float:
    mean = fmean(values)
    return fmean([(value - mean) ** power for value in values])


def _variance(values: Sequence[float]) -> float | None:
    """With S−1 below, as Moodle estimates it; None for fewer than two values."""
    n = len(values)
    return None if n < 2 else _moment(values, 2) * n / (n - 1)


def _deviation(values: Sequence[float]) -> float | None:
    variance = _variance(values)
    return None if variance is None else sqrt(variance)


def _covariance(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    n = len(xs)
    if n < 2:
        return None
    mx, my = fmean(xs), fmean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / (n - 1)
