"""What a wrong key costs whom, and what repairs it. Pure: answers in, credits out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.authoring.document import ChoiceQuestion, Question
from app.authoring.grading import grade


class Remedy(StrEnum):
    """How answers to a question with a wrong key are judged afterwards.

    The five are those that learning platforms have settled on: Canvas offers the first three when a
    key is changed, Moodle regrades by the new key, and both let a question be taken out.
    """

    FULL_MARKS = "full_marks"
    EITHER_KEY = "either_key"
    NEW_KEY = "new_key"
    IGNORE_OPTION = "ignore_option"
    IGNORE_QUESTION = "ignore_question"


@dataclass(frozen=True, slots=True)
class Judged:
    """A slot after a remedy; `counts` is false where the question is taken out."""

    credit: Fraction | None
    counts: bool = True


def judge(
    remedy: Remedy,
    answer: Any,
    old: Question,
    new: Question,
    *,
    option: str | None = None,
    language: str = "en",
) -> Judged:
    """The credit of an answer after the remedy.

    Args:
        old: the question as it was asked.
        new: the question as it is published now.
        option: the id of the option that `IGNORE_OPTION` takes out.
    """
    match remedy:
        case Remedy.FULL_MARKS:
            return Judged(Fraction(1))
        case Remedy.IGNORE_QUESTION:
            return Judged(Fraction(0), counts=False)
        case Remedy.NEW_KEY:
            return Judged(_credit(new, answer, language))
        case Remedy.EITHER_KEY:
            before, after = _credit(old, answer, language), _credit(new, answer, language)
            return Judged(max(before or Fraction(0), after or Fraction(0)))
        case Remedy.IGNORE_OPTION:
            return _without(option, answer, old, language)


def _credit(question: Question, answer: Any, language: str) -> Fraction | None:
    return grade(question, answer, language=language).credit


def _without(option: str | None, answer: Any, question: Question, language: str) -> Judged:
    """Graded as if the option had not been there; who chose nothing else has full marks."""
    if not isinstance(question, ChoiceQuestion):
        return Judged(_credit(question, answer, language))
    left = replace(question, options=tuple(one for one in question.options if one.id != option))
    if not any(one.correct for one in left.options) or answer == option:
        return Judged(Fraction(1))
    if isinstance(answer, list):
        answer = [one for one in answer if one != option]
    return Judged(_credit(left, answer, language))


def applies(remedy: Remedy, question: Question) -> bool:
    """Whether a remedy makes sense for a question of this type."""
    if question.type == "essay":
        return remedy in (Remedy.FULL_MARKS, Remedy.IGNORE_QUESTION)
    return remedy is not Remedy.IGNORE_OPTION or question.type in ("single", "multiple")
