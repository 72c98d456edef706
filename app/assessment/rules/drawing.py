"""Which questions an attempt asks, and on which step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from app.authoring.document import Break, Navigation, Question, Quiz, Section


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


MOST_SHORT = 10
"""So many questions at most has a short quiz about what changed."""


def shortened(quiz: Quiz, asked: Collection[str], most: int = MOST_SHORT) -> Quiz:
    """The quiz with the questions `asked` alone, drawn down to `most`, in its share of the time.

    Its sections keep their places, and those with most questions give way first.
    """
    pools = [
        tuple(one for one in section.questions if one.id in asked) for section in quiz.sections
    ]
    counts = [
        min(section.draw or len(pool), len(pool))
        for section, pool in zip(quiz.sections, pools, strict=True)
    ]
    while sum(counts) > most:
        counts[counts.index(max(counts))] -= 1
    sections = (
        replace(section, questions=pool, draw=count)
        for section, pool, count in zip(quiz.sections, pools, counts, strict=True)
    )
    return replace(
        quiz,
        sections=tuple(sections),
        breaks=(),
        time_limit=_share_of_time(quiz, sum(counts)),
    )


def _share_of_time(quiz: Quiz, asked: int) -> int | None:
    """The time of the whole quiz for as many questions as are asked, in whole minutes."""
    whole = sum(section.draw or len(section.questions) for section in quiz.sections)
    if quiz.time_limit is None or not whole:
        return quiz.time_limit
    return min(quiz.time_limit, 60 * -(-quiz.time_limit * asked // (whole * 60)))


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


def step_of(slots: Sequence[Placed], quiz: Quiz) -> dict[int, int]:
    """The step, from 1, on which each slot is asked.

    Between two breaks all questions are one step; without breaks it is one question each, or one
    section each.
    """
    if quiz.breaks:
        limits = [one.after for one in quiz.breaks]
        return {slot.number: 1 + sum(slot.number > limit for limit in limits) for slot in slots}
    if quiz.navigation is Navigation.SEQUENTIAL:
        return {slot.number: place for place, slot in enumerate(slots, 1)}
    sections = sorted({slot.section for slot in slots})
    places = {section: place for place, section in enumerate(sections, 1)}
    return {slot.number: places[slot.section] for slot in slots}


def one_way(quiz: Quiz) -> bool:
    """Whether a step that was left stays closed."""
    return quiz.navigation is not Navigation.FREE or bool(quiz.breaks)


def break_after(quiz: Quiz, step: int) -> Break | None:
    """The break that may be taken when `step` is left for the next one."""
    return quiz.breaks[step - 1] if 1 <= step <= len(quiz.breaks) else None
