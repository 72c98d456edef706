"""Grades one answer to one question: exact fractions, by the credit rules of the course format.

Reading answers stands in `app.authoring.answers`; how a quiz adds up in `app.assessment.rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import regex
from babel import Locale, UnknownLocaleError

from app.authoring.answers import UnreadableAnswer, answer_from_form, readable, shown_order
from app.authoring.document import (
    Blank,
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    EssayQuestion,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    Question,
    TextKey,
    TextQuestion,
)

__all__ = [
    "Grade",
    "Part",
    "UnreadableAnswer",
    "Verdict",
    "answer_from_form",
    "grade",
    "readable",
    "right_answer",
    "shown_order",
]

EXPRESSION_SECONDS = 0.2
"""How long an author's regular expression may look at one answer."""

NOTHING = Fraction(0)
WHOLE = Fraction(1)


class Verdict(StrEnum):
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    OPEN = "open"
    """Waits for a marker."""
    MISSING = "missing"


class Part(StrEnum):
    """How one option, pair, position or blank was answered."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    """A key that was not ticked."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth.

    `credit` is 0 to 1, None while an essay waits for a marker. `parts` has the ids of options
    (ticked, or keys not ticked), left items, items in order, or blanks; nothing for a text.
    """

    credit: Fraction | None
    answered: bool
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        if not self.answered:
            return Verdict.MISSING
        if self.credit is None:
            return Verdict.OPEN
        if self.credit == 1:
            return Verdict.RIGHT
        return Verdict.PARTLY if self.credit > 0 else Verdict.WRONG


def grade(question: Question, answer: Any, *, language: str) -> Grade:
    """Grade an answer.

    Args:
        answer: in the shape of the question's type; None or empty was not answered.
        language: of the course: its decimal and thousands separators are read.

    Raises:
        UnreadableAnswer: the answer does not have the shape of the question's type.
    """
    given = readable(question, answer)
    if isinstance(question, EssayQuestion):
        return Grade(None if given else NOTHING, given is not None)
    parts, credit = _grade(question, given, language)
    return Grade(credit if given is not None else NOTHING, given is not None, parts)


def _grade(question: Question, given: Any, language: str) -> tuple[dict[str, Part], Fraction]:
    if isinstance(question, ChoiceQuestion):
        ticked = given if isinstance(given, list) else [given] if given else []
        return _choice_parts(question, ticked), _choice_credit(question, ticked)
    if isinstance(question, MatchQuestion):
        pairs = given or {}
        return _shared({left: pairs.get(left) == right for left, right in question.key}, question)
    if isinstance(question, ClozeQuestion):
        texts = given or {}
        right = {
            blank.id: _blank_right(blank, texts.get(blank.id, ""), language)
            for blank in question.blanks
        }
        return _shared(right, question)
    if isinstance(question, OrderQuestion):
        return _order(question, given or [])
    if isinstance(question, NumberQuestion):
        right_answer = number_right(question.key, given or "", language)
    else:
        right_answer = isinstance(question, TextQuestion) and text_right(question.key, given or "")
    return {}, WHOLE if right_answer else NOTHING


# --- Choice ------------------------------------------------------------------------------


def _choice_parts(question: ChoiceQuestion, ticked: Sequence[str]) -> dict[str, Part]:
    parts = {}
    for option in question.options:
        if option.id in ticked:
            parts[option.id] = Part.RIGHT if option.correct else Part.WRONG
        elif option.correct:
            parts[option.id] = Part.MISSED
    return parts


def _choice_credit(question: ChoiceQuestion, ticked: Sequence[str]) -> Fraction:
    if question.type != "multiple":
        return sum(
            (
                _worth(option.correct, option.weight)
                for option in question.options
                if option.id in ticked
            ),
            NOTHING,
        )
    if question.credit == "all":
        return WHOLE if {o.id for o in question.options if o.correct} == set(ticked) else NOTHING
    if question.credit == "each":
        in_state = sum(option.correct == (option.id in ticked) for option in question.options)
        return Fraction(in_state, len(question.options))
    return _weighed_credit(question, ticked)


def _worth(correct: bool, weight: Decimal | None) -> Fraction:
    if weight is not None:
        return min(WHOLE, max(NOTHING, Fraction(weight)))
    return WHOLE if correct else NOTHING


def _weighed_credit(question: ChoiceQuestion, ticked: Sequence[str]) -> Fraction:
    """`net` or `coverage`. A weight counts a key in part, and a wrong option as partly right."""
    keys = right = wrong = NOTHING
    for option in question.options:
        worth = _worth(option.correct, option.weight)
        keys += worth if option.correct else NOTHING
        if option.id in ticked:
            right += worth
            wrong += NOTHING if option.correct else 1 - worth
    if not keys or not right:
        return NOTHING
    if question.credit == "net":
        credit = (right - wrong) / keys
    else:
        credit = (right / keys) * (right / (right + wrong))
    return min(WHOLE, max(NOTHING, credit))


# --- Match, cloze, order -----------------------------------------------------------------


def _shared(
    right: dict[str, bool], question: MatchQuestion | ClozeQuestion
) -> tuple[dict[str, Part], Fraction]:
    parts = {key: Part.RIGHT if is_right else Part.WRONG for key, is_right in right.items()}
    share = Fraction(sum(right.values()), max(1, len(right)))
    return parts, share if question.credit == "each" or share == 1 else NOTHING


def _blank_right(blank: Blank, text: str, language: str) -> bool:
    if isinstance(blank, ChoiceBlank):
        return text == blank.key
    if isinstance(blank, NumberBlank):
        return number_right(blank.key, text, language)
    return text_right(blank.key, text)


def _order(question: OrderQuestion, given: Sequence[str]) -> tuple[dict[str, Part], Fraction]:
    key = [item.id for item in question.items]
    placed = dict(enumerate(given))
    parts = {
        item: Part.RIGHT if placed.get(place) == item else Part.WRONG
        for place, item in enumerate(key)
    }
    in_place = sum(part is Part.RIGHT for part in parts.values())
    if question.credit == "position":
        return parts, Fraction(in_place, len(key))
    if question.credit == "lcs":
        return parts, Fraction(_longest_ordered(key, given), len(key))
    return parts, WHOLE if list(given) == key else NOTHING


def _longest_ordered(key: Sequence[str], given: Sequence[str]) -> int:
    """How many of `given` stand in the right order among themselves, at best."""
    places = [key.index(item) for item in given]
    best: list[int] = []
    for index, place in enumerate(places):
        before = (best[earlier] for earlier in range(index) if places[earlier] < place)
        best.append(1 + max(before, default=0))
    return max(best, default=0)


# --- Text --------------------------------------------------------------------------------


def text_right(key: TextKey, text: str) -> bool:
    """Whether a typed text is a variant of the key, or matches its expression as a whole."""
    if not text.strip():
        return False
    if _folded(text) in {_folded(variant) for variant in key.variants}:
        return True
    return key.expression is not None and _matches(key.expression, " ".join(text.split()))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def _matches(expression: str, text: str) -> bool:
    try:
        found = regex.fullmatch(
            expression, text, flags=regex.IGNORECASE, timeout=EXPRESSION_SECONDS
        )
    except (regex.error, TimeoutError, RecursionError, MemoryError, OverflowError):
        return False  # an author's expression that fails must not fail the learner's submission
    return found is not None


# --- Number ------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"([+-]?)(?=\.?\d)(\d{0,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,3}))?", re.IGNORECASE
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "－": "-"})
_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")


def number_right(key: NumberKey, text: str, language: str) -> bool:
    """Whether a typed number lies within the key."""
    if (number := read_number(text, language)) is None:
        return False
    if key.value is None:
        low, high = key.minimum, key.maximum
        return (low is None or number >= Fraction(low)) and (
            high is None or number <= Fraction(high)
        )
    value = Fraction(key.value)
    allowed = Fraction(key.tolerance or 0)
    if key.percent is not None:
        allowed = Fraction(key.percent) / 100 * abs(value)
    return abs(number - value) <= allowed


def read_number(text: str, language: str) -> Fraction | None:
    """The number somebody typed, or None.

    A point or comma that groups by threes as the language does is a thousands separator
    (1,500 in English, 1.500 in German); any other single one is the decimal sign.
    """
    plain = _SPACES.sub("", text.strip().translate(_SIGNS))
    if len(plain) > 100:
        return None
    decimal, group = _separators(language)
    plain = _without_groups(plain, decimal, group).replace(",", ".")
    if (found := _NUMBER.fullmatch(plain)) is None:
        return None
    sign, whole, part, power = found.groups()
    number = Fraction(int(whole + (part or "")), 10 ** len(part or ""))
    number *= Fraction(10) ** int(power or 0)
    return -number if sign == "-" else number


def _separators(language: str) -> tuple[str, str]:
    try:
        symbols = Locale.parse(language.replace("-", "_")).number_symbols["latn"]
    except (ValueError, UnknownLocaleError, KeyError):
        return ".", ","
    decimal = "," if symbols.get("decimal") == "," else "."
    return decimal, "." if decimal == "," else ","


def _without_groups(text: str, decimal: str, group: str) -> str:
    grouped = rf"([+-]?[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+)({re.escape(decimal)}\d+)?"
    return text.replace(group, "") if re.fullmatch(grouped, text) else text


# --- A right answer ----------------------------------------------------------------------


def right_answer(question: Question, *, language: str) -> Any:
    """An answer that earns full credit, for whoever may see the key.

    Returns:
        None where there is none to name: an essay, or a text that only an expression recognises.
    """
    match question:
        case ChoiceQuestion():
            keys = [option.id for option in question.options if option.correct]
            return keys if question.type == "multiple" else keys[0]
        case MatchQuestion():
            return dict(question.key)
        case OrderQuestion():
            return [item.id for item in question.items]
        case ClozeQuestion():
            texts = {blank.id: _blank_text(blank, language) for blank in question.blanks}
            return texts if all(texts.values()) else None
        case NumberQuestion():
            return _number_text(question.key, language)
        case TextQuestion():
            return next(iter(question.key.variants), None)
    return None


def _blank_text(blank: Blank, language: str) -> str | None:
    if isinstance(blank, ChoiceBlank):
        return blank.key
    if isinstance(blank, NumberBlank):
        return _number_text(blank.key, language)
    return next(iter(blank.key.variants), None)


def _number_text(key: NumberKey, language: str) -> str | None:
    found = next((one for one in (key.value, key.minimum, key.maximum) if one is not None), None)
    decimal, _group = _separators(language)
    return None if found is None else f"{found:f}".replace(".", decimal)
