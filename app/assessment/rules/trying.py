"""Practice: which answers are checked at once, how often, and what help takes off."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from app.authoring.document import (
    ChoiceQuestion,
    EssayQuestion,
    Feedback,
    Question,
    Quiz,
    QuizMode,
)

TRIES = 2
PENALTY = Fraction(1, 3)
"""What each further try and each hint takes off, as a share of the question."""


def checks_at_once(quiz: Quiz) -> bool:
    """Whether answers of a quiz are checked one by one, before it is handed in."""
    return quiz.mode is QuizMode.PRACTICE and quiz.feedback is Feedback.IMMEDIATE


def can_be_checked(question: Question) -> bool:
    """Whether no marker is needed."""
    return not isinstance(question, EssayQuestion)


def another_try(question: Question, tries: int) -> bool:
    """Whether a question not yet right may be tried again; not where one answer alone is left."""
    if isinstance(question, ChoiceQuestion) and question.type != "multiple":
        return tries < min(TRIES, len(question.options) - 1)
    return tries < TRIES


def settled(question: Question, tries: int, credit: Fraction | Decimal | None) -> bool:
    """Whether a question tried so often takes no further answer.

    Args:
        credit: of its last try, before anything is taken off; None before the first.
    """
    return tries > 0 and (credit == 1 or not another_try(question, tries))


def worth(credit: Fraction, tries: int, hints: int) -> Fraction:
    """What an answer is worth after what hints and further tries take off: 0 to `credit`."""
    left = 1 - PENALTY * (max(tries, 1) - 1 + hints)
    return credit * max(Fraction(0), left)
