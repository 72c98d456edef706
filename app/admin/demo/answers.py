"""Answering a quiz rightly, as the demo's learners do."""

from __future__ import annotations

from typing import Any

from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    Question,
    TextKey,
    TextQuestion,
    TypedBlank,
)


def right_answer(question: Question) -> Any:
    """An answer that is right, in the shape in which it is saved; a few words for an essay."""
    match question:
        case ChoiceQuestion(type="multiple"):
            return [option.id for option in question.options if option.correct]
        case ChoiceQuestion():
            return next(option.id for option in question.options if option.correct)
        case MatchQuestion():
            return dict(question.key)
        case OrderQuestion():
            return [item.id for item in question.items]
        case NumberQuestion():
            return _number(question.key)
        case TextQuestion():
            return _text(question.key)
        case ClozeQuestion():
            return {blank.id: _blank(blank) for blank in question.blanks}
        case _:
            return "Because the lease ends on 30 June, the depot may have to move twice."


def _blank(blank: TypedBlank | NumberBlank | ChoiceBlank) -> str:
    match blank:
        case ChoiceBlank():
            return blank.key
        case NumberBlank():
            return _number(blank.key)
        case TypedBlank():
            return _text(blank.key)


def _number(key: NumberKey) -> str:
    return str(key.value if key.value is not None else key.minimum)


def _text(key: TextKey) -> str:
    return key.variants[0] if key.variants else ""
