"""How a quiz is drawn, walked through, timed and scored, and who sees its keys when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction
from random import Random

from app.authoring.document import (
    Feedback,
    Grading,
    Navigation,
    OnTimeout,
    Question,
    Quiz,
    Section,
)

# --- Drawing -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question as drawn for one attempt; `section` is its place in the quiz, from 0."""

    section: int
    question: Question


def draw(quiz: Quiz, seen: Mapping[str, int], random: Random) -> list[Drawn]:
    """The questions of one attempt in the order in which they are asked, none of them twice.

    Sections that ask everything come first to their questions, then draws from the smallest pool
    on, so that one section does not take what another has no replacement for.

    Args:
        seen: how often this person got a question before, by id.
    """
    taken: set[str] = set()
    chosen: dict[int, list[Question]] = {}
    for index, section in sorted(enumerate(quiz.sections), key=lambda pair: _scarcity(pair[1])):
        chosen[index] = _drawn(section, taken, seen, random)
        taken.update(question.id for question in chosen[index])
    for questions in chosen.values():
        if quiz.shuffle_questions:
            random.shuffle(questions)
    return [Drawn(index, question) for index in sorted(chosen) for question in chosen[index]]


def _scarcity(section: Section) -> tuple[bool, int]:
    return section.draw is not None, len(section.questions)


def _drawn(
    section: Section, taken: Collection[str], seen: Mapping[str, int], random: Random
) -> list[Question]:
    pool = [question for question in section.questions if question.id not in taken]
    if section.draw is None:
        return pool
    mixed = random.sample(pool, len(pool))
    if section.avoid_seen:
        mixed.sort(key=lambda question: seen.get(question.id, 0))
    picked = {question.id for question in mixed[: section.draw]}
    return [question for question in pool if question.id in picked]


# --- Steps -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot of an attempt: its number from 1, and the section it belongs to."""

    number: int
    section: int


def step_of(slots: Sequence[Placed], navigation: Navigation) -> dict[int, int]:
    """The step, from 1, on which each slot is asked: one question each, or one section each."""
    if navigation is Navigation.SEQUENTIAL:
        return {slot.number: place for place, slot in enumerate(slots, 1)}
    sections = sorted({slot.section for slot in slots})
    places = {section: place for place, section in enumerate(sections, 1)}
    return {slot.number: places[slot.section] for slot in slots}


def one_way(navigation: Navigation) -> bool:
    """Whether a step that was left stays closed."""
    return navigation is not Navigation.FREE


# --- Time --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """When answers stop being taken, and when handing in does. None: never."""

    deadline: datetime | None
    closes_at: datetime | None


def times(quiz: Quiz, start: datetime) -> Times:
    """The times of an attempt that starts at `start`."""
    if quiz.time_limit is None:
        return Times(None, None)
    deadline = start + timedelta(seconds=quiz.time_limit)
    grace = (quiz.grace or 0) if quiz.on_timeout is OnTimeout.GRACE else 0
    return Times(deadline, deadline + timedelta(seconds=grace))


class Ending(StrEnum):
    """What becomes of an attempt that nobody handed in."""

    SUBMITTED = "submitted"
    ABANDONED = "abandoned"


def ending(on_timeout: OnTimeout) -> Ending:
    """`submit` hands it in as of its deadline; else it counts as not handed in."""
    return Ending.SUBMITTED if on_timeout is OnTimeout.SUBMIT else Ending.ABANDONED


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why no attempt can be started: none left, or not before `until`."""

    until: datetime | None


def hindrance(quiz: Quiz, submitted: Sequence[datetime], now: datetime) -> Hindrance | None:
    """What keeps somebody from starting, given when their earlier attempts ended."""
    if quiz.attempts is not None and len(submitted) >= quiz.attempts:
        return Hindrance(None)
    if quiz.cooldown and submitted:
        until = max(submitted) + timedelta(seconds=quiz.cooldown)
        if now < until:
            return Hindrance(until)
    return None


# --- Score -------------------------------------------------------------------------------


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


# --- Keys --------------------------------------------------------------------------------


def keys_visible(
    feedback: Feedback, *, handed_in: bool, passed: bool | None, another_open: bool
) -> bool:
    """Whether right answers and explanations of an attempt may be shown.

    Never of an open attempt, and of none while another at the same quiz is open: its questions
    may be the same.
    """
    if not handed_in or another_open or feedback is Feedback.NEVER:
        return False
    return bool(passed) if feedback is Feedback.AFTER_PASS else True
