"""What of an attempt its learner sees, and from when on."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.authoring.document import Feedback, QuizMode


class Phase(StrEnum):
    """Where an attempt stands when its learner looks at it."""

    DURING = "during"
    JUST_AFTER = "just_after"
    """Handed in within the last two minutes, while others may still sit the same quiz."""
    LATER = "later"
    """Handed in longer ago, while others may still sit it."""
    AFTER_CLOSE = "after_close"
    """Handed in, and no closing time is to come."""


JUST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The seven things that a review may show."""

    attempt: bool
    """The questions with one's own answers."""
    correctness: bool
    """Of each answer and of its parts; not what would have been right."""
    marks: bool
    """The points of each question."""
    option_feedback: bool
    """What the author says to the options chosen."""
    general_feedback: bool
    """What the author says to right and wrong, why, and where to read it again."""
    right_answer: bool
    """The key, and of an essay what earns points."""
    overall: bool
    """The result: the score, passed or not, and how each topic went."""


NOTHING = Disclosure(False, False, False, False, False, False, False)
RESULT = replace(NOTHING, overall=True)
OWN_ANSWERS = replace(RESULT, attempt=True)
HOW_IT_WENT = replace(OWN_ANSWERS, correctness=True, marks=True, option_feedback=True)
EVERYTHING = Disclosure(True, True, True, True, True, True, True)

_ALWAYS = dict.fromkeys((Phase.JUST_AFTER, Phase.LATER, Phase.AFTER_CLOSE), EVERYTHING)
PRESETS = {
    QuizMode.PRACTICE: {Phase.DURING: NOTHING, **_ALWAYS},
    QuizMode.CHECKPOINT: {Phase.DURING: NOTHING, **_ALWAYS},
    QuizMode.EXAM: {
        Phase.DURING: NOTHING,
        Phase.JUST_AFTER: RESULT,
        Phase.LATER: RESULT,
        Phase.AFTER_CLOSE: EVERYTHING,
    },
}
"""By mode and phase. What a quiz says of its feedback narrows it and never widens it. Practice that
is checked at once explains each answer by itself, before it is handed in."""

BEFORE_THE_PASS = {
    QuizMode.PRACTICE: HOW_IT_WENT,
    QuizMode.CHECKPOINT: HOW_IT_WENT,
    QuizMode.EXAM: OWN_ANSWERS,
}
"""What is shown of an attempt that did not pass, where the rest waits for the pass."""


def phase(ended_at: datetime | None, closing: datetime | None, now: datetime) -> Phase:
    """The phase of an attempt.

    Args:
        ended_at: when it was handed in; None while it is open.
        closing: when the quiz closes for everybody; None if it never does.
    """
    if ended_at is None:
        return Phase.DURING
    if closing is None or now >= closing:
        return Phase.AFTER_CLOSE
    return Phase.JUST_AFTER if now - ended_at < JUST else Phase.LATER


def disclosure(
    mode: QuizMode, feedback: Feedback, phase: Phase, *, passed: bool | None, another_open: bool
) -> Disclosure:
    """What the learner sees of an attempt.

    Args:
        another_open: whether they have another attempt at the same quiz open: its questions may
            be the same.
    """
    preset = PRESETS[mode][phase]
    if feedback is Feedback.NEVER:
        return both(preset, RESULT)
    if another_open:
        return both(preset, OWN_ANSWERS)
    if feedback is Feedback.AFTER_PASS and not passed:
        return both(preset, BEFORE_THE_PASS[mode])
    return preset


def both(one: Disclosure, other: Disclosure) -> Disclosure:
    """What either alone would show, as far as the other does too."""
    return Disclosure(*(a and b for a, b in zip(astuple(one), astuple(other), strict=True)))
