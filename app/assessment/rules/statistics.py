"""What a quiz tells of itself: classical test theory over the first attempt of each person.

The formulas are those that Moodle documents as "Quiz statistics calculations"
(docs.moodle.org/dev/Quiz_statistics_calculations), which follow classical test theory. Marks are
points; shares run from 0 to 1. A figure that cannot be computed is None, never 0.

Where questions are drawn, a *place* is what Moodle calls a position: the first, second, third
question drawn from a section, whichever it was. Consistency and effective weights are those of
places, everything else is of a question over those who met it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt
from statistics import fmean, median

from app.assessment.rules.guessing import random_guess, worth
from app.assessment.rules.moments import (
    correlation,
    covariance,
    deviation,
    discriminative_efficiency,
    kurtosis,
    skewness,
    variance,
)
from app.authoring.document import ChoiceQuestion, Question

FEWEST = 5
"""Under so many people nothing is shown: single answers would show through."""
FIRM = 30
"""Under so many the figures are told as uncertain."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question in one attempt: the mark, the most there was, and the options chosen.

    Args:
        drawn_from: the section it was drawn from, from 0; None if everybody is asked it.
    """

    question_id: str
    mark: float
    most: float
    chosen: frozenset[str] = frozenset()
    scored: bool = True
    drawn_from: int | None = None


Place = str | tuple[int, int]
"""A question that everybody is asked, or a section and the how manieth drawn from it, from 0."""


@dataclass(frozen=True, slots=True)
class Sat:
    """The first attempt of one person, its questions in the order in which they were drawn."""

    items: tuple[Item, ...]

    @property
    def total(self) -> float:
        return sum(item.mark for item in self.items if item.scored)

    @property
    def most(self) -> float:
        return sum(item.most for item in self.items if item.scored)

    def placed(self) -> list[tuple[Place, Item]]:
        """What counts, by place."""
        drawn: dict[int, int] = defaultdict(int)
        found: list[tuple[Place, Item]] = []
        for item in self.items:
            if item.scored and item.drawn_from is None:
                found.append((item.question_id, item))
            elif item.scored and item.drawn_from is not None:
                found.append(((item.drawn_from, drawn[item.drawn_from]), item))
                drawn[item.drawn_from] += 1
        return found


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """An option: how often it was chosen, and by whom.

    Args:
        earns: whether choosing it is worth anything.
        share: of those who met the question.
        point_biserial: correlation of choosing it with the rest of the score; a good key is
            positive, a good distractor negative.
    """

    id: str
    correct: bool
    earns: bool
    share: float
    point_biserial: float | None


class Flag(StrEnum):
    """What looks wrong with a question, the gravest first."""

    NEGATIVE = "negative"
    STRONG_DISTRACTOR = "strong_distractor"
    BELOW_GUESSING = "below_guessing"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    WEAK = "weak"
    UNUSED_OPTION = "unused_option"


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The figures of one question over those who met it.

    A pilot question weighs nothing; of a drawn one the effective weight is the draw's.
    """

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
class DrawFigures:
    """What is drawn from one section, taken together."""

    section: int
    drawn: int
    people: int
    facility: float
    discrimination: float | None
    intended_weight: float
    effective_weight: float | None

    @property
    def firm(self) -> bool:
        return self.people >= FIRM


@dataclass(frozen=True, slots=True)
class TestFigures:
    """The figures of a whole quiz; shares of the points, but for the shape of the curve.

    `consistency` (Cronbach's α), `error_ratio` and `standard_error` need the same places in
    every attempt and are None where the quiz was longer or shorter for some.
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
    spread = deviation(shares)
    consistency = cronbach_alpha(sat)
    ratio = None if consistency is None else sqrt(max(0.0, 1 - consistency))
    return TestFigures(
        people=len(shares),
        mean=fmean(shares),
        median=median(shares),
        deviation=spread,
        skewness=skewness(shares),
        kurtosis=kurtosis(shares),
        consistency=consistency,
        error_ratio=ratio,
        standard_error=None if ratio is None or spread is None else ratio * spread,
    )


def cronbach_alpha(sat: Sequence[Sat]) -> float | None:
    """P/(P−1) · (1 − Σ V(x_p) / V(T)). Moodle: "Coefficient of internal consistency".

    None unless every attempt has the same two places or more.
    """
    placed = [dict(one.placed()) for one in sat]
    if not placed or len(placed[0]) < 2 or any(one.keys() != placed[0].keys() for one in placed):
        return None
    total = variance([one.total for one in sat])
    if not total:
        return None
    count = len(placed[0])
    parts = [variance([one[place].mark for one in placed]) or 0.0 for place in placed[0]]
    return count / (count - 1) * (1 - sum(parts) / total)


def effective_weights(sat: Sequence[Sat]) -> dict[Place, float]:
    """√C(x_p, T) / Σ √C(x_q, T) by place. Moodle: "Effective question weight".

    A place whose marks go against the total has none and is left out of the sum.
    """
    pairs: dict[Place, list[tuple[float, float]]] = defaultdict(list)
    for one in sat:
        total = one.total
        for place, item in one.placed():
            pairs[place].append((item.mark, total))
    covariances = {place: covariance(*zip(*found, strict=True)) for place, found in pairs.items()}
    roots = {place: sqrt(c) for place, c in covariances.items() if c is not None and c > 0}
    whole = sum(roots.values())
    return {place: root / whole for place, root in roots.items()}


def of_draws(sat: Sequence[Sat]) -> list[DrawFigures]:
    """The figures of each section that is drawn from, if `FEWEST` people met it."""
    weights = effective_weights(sat)
    found: dict[int, list[tuple[list[Item], Sat]]] = defaultdict(list)
    for one in sat:
        parts: dict[int, list[Item]] = defaultdict(list)
        for place, item in one.placed():
            if isinstance(place, tuple):
                parts[place[0]].append(item)
        for section, items in parts.items():
            found[section].append((items, one))
    return [
        _draw_figures(section, met, weights)
        for section, met in sorted(found.items())
        if len(met) >= FEWEST
    ]


def _draw_figures(
    section: int, met: Sequence[tuple[list[Item], Sat]], weights: Mapping[Place, float]
) -> DrawFigures:
    marks = [sum(item.mark for item in items) for items, _one in met]
    rests = [one.total - mark for mark, (_items, one) in zip(marks, met, strict=True)]
    most = sum(item.most for items, _one in met for item in items)
    own = [w for place, w in weights.items() if isinstance(place, tuple) and place[0] == section]
    return DrawFigures(
        section=section,
        drawn=max(len(items) for items, _one in met),
        people=len(met),
        facility=sum(marks) / most if most else 0.0,
        discrimination=correlation(marks, rests),
        intended_weight=most / (sum(one.most for _items, one in met) or 1.0),
        effective_weight=sum(own) if own else None,
    )


# --- A question ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Met:
    """A question as one person met it, beside all the points of their attempt."""

    item: Item
    total: float
    most: float

    @property
    def rest(self) -> float:
        """The score without the question; a pilot's mark is in no score."""
        return self.total - self.item.mark if self.item.scored else self.total


def of_items(sat: Sequence[Sat], questions: Mapping[str, Question]) -> list[ItemFigures]:
    """The figures of each question that `FEWEST` people met, in the order of `questions`."""
    met: dict[str, list[Met]] = defaultdict(list)
    for one in sat:
        total, most = one.total, one.most
        for item in one.items:
            met[item.question_id].append(Met(item, total, most))
    weights = effective_weights(sat)
    return [
        _figures(question, met[question_id], weights.get(question_id))
        for question_id, question in questions.items()
        if len(met[question_id]) >= FEWEST
    ]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One attempt among those of several quizzes."""

    person_id: int
    quiz_id: str
    sat: Sat


def over_quizzes(
    occasions: Sequence[Occasion], questions: Mapping[str, Question]
) -> list[ItemFigures]:
    """The figures of each question over every quiz that asks it, each person's first time alone.

    The quizzes differ in length, so marks and rests are taken as shares of what there was; weights
    mean nothing across quizzes and are None.

    Args:
        occasions: oldest first.
    """
    met: dict[str, dict[int, tuple[str, Met]]] = defaultdict(dict)
    for one in occasions:
        total, most = one.sat.total, one.sat.most
        for item in one.sat.items:
            meeting = _comparable(Met(item, total, most))
            met[item.question_id].setdefault(one.person_id, (one.quiz_id, meeting))
    return [
        _figures(question, [meeting for _quiz, meeting in met[question_id].values()], None)
        for question_id, question in questions.items()
        if _may_be_told([quiz_id for quiz_id, _meeting in met[question_id].values()])
    ]


def _comparable(met: Met) -> Met:
    item = met.item
    others = met.most - item.most if item.scored else met.most
    share = item.mark / item.most if item.most else 0.0
    rest = met.rest / others if others else 0.0
    total = rest + share if item.scored else rest
    return Met(replace(item, mark=share, most=1.0), total, 0.0)


def _may_be_told(quiz_ids: Sequence[str]) -> bool:
    """Nobody few enough to be read off by taking the figures of one quiz from those of all."""
    groups = Counter(quiz_ids).values()
    return len(quiz_ids) >= FEWEST and (len(groups) == 1 or min(groups) >= FEWEST)


def _figures(question: Question, met: Sequence[Met], weight: float | None) -> ItemFigures:
    marks, rests = [one.item.mark for one in met], [one.rest for one in met]
    most = max(one.item.most for one in met) or 1.0
    spread = deviation(marks)
    whole = fmean([one.most for one in met])
    counts = any(one.item.scored for one in met)
    return ItemFigures(
        question_id=question.id,
        people=len(met),
        facility=fmean(marks) / most,
        deviation=None if spread is None else spread / most,
        discrimination=correlation(marks, rests),
        efficiency=discriminative_efficiency(marks, rests),
        intended_weight=most / whole if whole and counts else None,
        effective_weight=weight,
        guess=random_guess(question),
        options=_options(question, met),
    )


def _options(question: Question, met: Sequence[Met]) -> tuple[OptionFigures, ...]:
    if not isinstance(question, ChoiceQuestion):
        return ()
    rests = [one.rest for one in met]
    found = []
    for option in question.options:
        chosen = [1.0 if option.id in one.item.chosen else 0.0 for one in met]
        earns = worth(option) > 0
        biserial = correlation(chosen, rests)
        found.append(OptionFigures(option.id, option.correct, earns, fmean(chosen), biserial))
    return tuple(found)


def gravity(figures: ItemFigures) -> tuple[int, int]:
    """Sorts questions: those with the gravest flag first, of equals those with more flags."""
    found = flags(figures)
    order = list(Flag)
    return (min(map(order.index, found), default=len(order)), -len(found))


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
        not one.earns and one.point_biserial is not None and one.point_biserial > 0.1
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
    if any(not one.earns and not one.share for one in figures.options):
        found.append(Flag.UNUSED_OPTION)
    return found
