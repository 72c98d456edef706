"""How likely somebody passes an exam, and what holds them down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from app.authoring.document import Course, Question, Quiz, Section
from app.practice.rules import rasch
from app.practice.rules.rasch import Ability, Response

ENOUGH = 20
"""Questions of a course that somebody must have answered before anything is estimated."""
ENOUGH_OF_A_DOMAIN = 3
SPREAD_OF_DOMAINS = 0.7
"""How far one person's abilities in several domains lie from their ability as a whole, in logits,
as long as nothing else is known."""
LIKELY = 0.9
"""How likely the true probability lies inside the interval."""
LESSONS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """The newest answer to a question of a course. `right` is whether it was right in the end."""

    question: Question
    domain: str | None
    difficulty: float
    credit: float
    right: bool


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of an exam: what share of its points is to be expected."""

    name: str
    expected: float
    answers: int
    weak: bool
    lessons: tuple[str, ...]
    """Ids of the lessons that mend it, the most useful first."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The probability of passing, and between which two it lies with probability LIKELY."""

    probability: float
    low: float
    high: float
    expected: float
    """The share of the points to be expected."""
    domains: tuple[Domain, ...]


def machine_graded(question: Question) -> bool:
    """Whether an answer can be judged at once, and by a key that is not on trial."""
    return question.type != "essay" and not question.unscored


def readiness(
    course: Course, exam: Quiz, answers: Sequence[Answered], difficulties: Mapping[str, float]
) -> Readiness | None:
    """How ready somebody is for an exam of a course; None: too few answers to say.

    Essays and questions on trial are left out, and a drawn section is taken as what its pool
    holds on average.

    Args:
        difficulties: by content hash; a question that is not among them is a middling one.
    """
    if len(answers) < ENOUGH:
        return None
    able = rasch.ability([Response(one.difficulty, one.credit) for one in answers])
    edge = (1 - LIKELY) / 2
    passing = {point: passes(exam, difficulties, point) for point, _weight in able.points()}
    return Readiness(
        sum(weight * passing[point] for point, weight in able.points()),
        passes(exam, difficulties, able.quantile(edge)),
        passes(exam, difficulties, able.quantile(1 - edge)),
        expected_share(_asked(exam), difficulties, able),
        tuple(_domains(course, exam, answers, difficulties, able.mean)),
    )


# --- The exam --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A question that an exam asks with some probability."""

    question: Question
    domain: str | None
    share: float


def _asked(exam: Quiz) -> list[_Drawn]:
    return [
        _Drawn(question, question.domain or section.domain, _share(section))
        for section in exam.sections
        for question in section.questions
        if machine_graded(question)
    ]


def _share(section: Section) -> float:
    return 1.0 if section.draw is None else section.draw / len(section.questions)


def expected_share(
    asked: Iterable[_Drawn], difficulties: Mapping[str, float], able: Ability
) -> float:
    """The share of the points that somebody of this ability reaches on average."""
    reached = possible = 0.0
    for one in asked:
        points = float(one.question.points) * one.share
        hard = difficulties.get(one.question.content_hash, 0.0)
        chance = sum(weight * rasch.chance(point, hard) for point, weight in able.points())
        reached, possible = reached + points * chance, possible + points
    return reached / possible if possible else 0.0


def passes(exam: Quiz, difficulties: Mapping[str, float], ability: float) -> float:
    """The probability that somebody of exactly this ability reaches the pass mark.

    Each question is right or wrong by itself; the distribution of the points is exact.
    """
    sums: dict[Fraction, float] = {Fraction(0): 1.0}
    possible = Fraction(0)
    for points, chance in _trials(exam, difficulties, ability):
        possible += points
        after: dict[Fraction, float] = defaultdict(float)
        for reached, probability in sums.items():
            after[reached] += probability * (1 - chance)
            after[reached + points] += probability * chance
        sums = after
    needed = Fraction(exam.pass_mark) * possible
    return min(1.0, sum(chance for reached, chance in sums.items() if reached >= needed))


def _trials(
    exam: Quiz, difficulties: Mapping[str, float], ability: float
) -> Iterable[tuple[Fraction, float]]:
    """Points and chance of each question asked; of a pool the mean of both, as often as drawn."""
    for section in exam.sections:
        found = [
            (
                Fraction(question.points),
                rasch.chance(ability, difficulties.get(question.content_hash, 0.0)),
            )
            for question in section.questions
            if machine_graded(question)
        ]
        if section.draw is None or not found:
            yield from found
            continue
        points = sum((one[0] for one in found), Fraction(0)) / len(found)
        chance = sum(one[1] for one in found) / len(found)
        drawn = ceil(section.draw * len(found) / len(section.questions))
        yield from [(points, chance)] * drawn


# --- What holds somebody down ----------------------------------------------------------------


def _domains(
    course: Course,
    exam: Quiz,
    answers: Sequence[Answered],
    difficulties: Mapping[str, float],
    overall: float,
) -> Iterable[Domain]:
    """The domains of the exam, the one that holds down most first; `overall` is the ability."""
    asked: dict[str, list[_Drawn]] = defaultdict(list)
    for one in _asked(exam):
        if one.domain is not None:
            asked[one.domain].append(one)
    found = []
    for name, questions in asked.items():
        own = [one for one in answers if one.domain == name]
        responses = [Response(one.difficulty, one.credit) for one in own]
        able = rasch.ability(responses, expected=overall, spread=SPREAD_OF_DOMAINS)
        expected = expected_share(questions, difficulties, able)
        weak = len(own) >= ENOUGH_OF_A_DOMAIN and expected < float(exam.pass_mark)
        found.append(Domain(name, expected, len(own), weak, _lessons(course, own, questions)))
    return sorted(found, key=lambda one: (not one.weak, one.expected, one.name))


def _lessons(
    course: Course, own: Sequence[Answered], questions: Sequence[_Drawn]
) -> tuple[str, ...]:
    """Where the questions that went wrong send the learner; else where the domain's do."""
    wrong = [one.question for one in own if not one.right]
    for some in (wrong, [one.question for one in questions]):
        counts = Counter(question.review.lesson for question in some if question.review)
        named = [lesson for lesson, _count in counts.most_common() if course.lesson(lesson)]
        if named:
            return tuple(named[:LESSONS_NAMED])
    return ()
