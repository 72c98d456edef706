"""What of an attempt its learner sees, and from when on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.authoring.document import Feedback, QuizMode


class Phase(StrEnum):
    """Where an attempt stands when its learner looks at it."""

    DURING = "during"
    WHILE_OPEN = "while_open"
    """Handed in, while others may still sit the same quiz before its closing time."""
    AFTER = "after"
    """Handed in, and no closing time is to come."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The seven things that a review may show."""

    attempt: bool
    """The questions with one's own answers."""
    correctness: bool
    marks: bool
    option_feedback: bool
    general_feedback: bool
    right_answer: bool
    overall: bool
    """The result: the score, passed or not, and how each topic went."""


NOTHING = Disclosure(False, False, False, False, False, False, False)
RESULT = replace(NOTHING, overall=True)
OWN_ANSWERS = replace(RESULT, attempt=True)
EVERYTHING = Disclosure(True, True, True, True, True, True, True)

PRESETS = {
    QuizMode.PRACTICE: {Phase.WHILE_OPEN: EVERYTHING, Phase.AFTER: EVERYTHING},
    QuizMode.CHECKPOINT: {Phase.WHILE_OPEN: EVERYTHING, Phase.AFTER: EVERYTHING},
    QuizMode.EXAM: {Phase.WHILE_OPEN: RESULT, Phase.AFTER: EVERYTHING},
}
"""By mode and phase. What a quiz says of its feedback narrows it and never widens it."""


def phase(ended_at: datetime | None, closing: datetime | None, now: datetime) -> Phase:
    """The phase of an attempt.

    Args:
        ended_at: when it was handed in; None while it is open.
        closing: when the quiz closes for everybody; None if it never does.
    """
    if ended_at is None:
        return Phase.DURING
    return Phase.WHILE_OPEN if closing is not None and now < closing else Phase.AFTER


def disclosure(
    mode: QuizMode, feedback: Feedback, phase: Phase, *, passed: bool | None, another_open: bool
) -> Disclosure:
    """What the learner sees of an attempt.

    Args:
        another_open: whether they have another attempt at the same quiz open: its questions may
            be the same.
    """
    if phase is Phase.DURING:
        return NOTHING
    if feedback is Feedback.NEVER:
        return RESULT
    if another_open or (feedback is Feedback.AFTER_PASS and not passed):
        return OWN_ANSWERS
    return PRESETS[mode][phase]
