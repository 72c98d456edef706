"""What blind guessing earns: the score under which a question is suspect."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from statistics import fmean

from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    Credit,
    MatchQuestion,
    Option,
    Question,
)


def random_guess(question: Question) -> float | None:
    """The mean credit, 0 to 1, of who chooses blindly; None where nothing is chosen from a list.

    For a single choice the mean credit of its options, for a match one in as many as stand on the
    right, for blanks the mean of their own chances, of which a typed one has none. Where only a
    wholly right answer earns anything the chances multiply. Moodle: "Random guess score".
    """
    match question:
        case ChoiceQuestion(type="multiple"):
            return None
        case ChoiceQuestion():
            return fmean([worth(option) for option in question.options])
        case MatchQuestion():
            return _together([1 / len(question.right)] * len(question.left), question.credit)
        case ClozeQuestion() if any(isinstance(one, ChoiceBlank) for one in question.blanks):
            chances = [
                1 / len(one.options) if isinstance(one, ChoiceBlank) else 0.0
                for one in question.blanks
            ]
            return _together(chances, question.credit)
        case _:
            return None


def worth(option: Option) -> float:
    """What choosing the option earns, as a share."""
    return float(option.weight) if option.weight is not None else float(option.correct)


def _together(chances: Sequence[float], credit: str) -> float:
    return prod(chances) if credit == Credit.ALL else fmean(chances)
