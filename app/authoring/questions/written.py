"""A question as its author wrote it: every text is Markdown. Reader and printer meet here."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.authoring.document import NumberKey, TextKey

TYPES = (
    "single", "multiple", "truefalse", "match", "order", "number", "text", "cloze", "essay",
)  # fmt: skip
CREDITS = {
    "multiple": ("all", "net", "coverage", "each"),
    "match": ("all", "each"),
    "cloze": ("all", "each"),
    "order": ("exact", "position", "lcs"),
}
"""How partly right answers may count, by type; the first is the default."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the comment under a heading says; None where it says nothing."""

    id: str | None = None
    type: str | None = None
    points: Decimal | None = None
    competency: str | None = None
    domain: str | None = None
    difficulty: str | None = None
    credit: str | None = None
    shuffle: bool | None = None
    review: str | None = None
    unscored: bool | None = None
    regrade: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown, and the line it begins on (which is not part of what it says)."""

    markdown: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class WrittenOption:
    text: Text
    correct: bool
    weight: Decimal | None = None
    feedback: Text | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    kind: Literal["single", "multiple", "truefalse"]
    options: tuple[WrittenOption, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`pairs` of left and right; `distractors` are rights without a left."""

    left_title: Text
    right_title: Text
    pairs: tuple[tuple[Text, Text], ...]
    distractors: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Order:
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Number:
    key: NumberKey


@dataclass(frozen=True, slots=True)
class Typed:
    key: TextKey


@dataclass(frozen=True, slots=True)
class DropDown:
    options: tuple[str, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Cloze:
    """What stands in the `[[…]]` of heading and body, in their order."""

    blanks: tuple[Number | Typed | DropDown, ...]


@dataclass(frozen=True, slots=True)
class Essay:
    pass


Answer = Choice | Match | Order | Number | Typed | Cloze | Essay


@dataclass(frozen=True, slots=True)
class Explanation:
    hints: tuple[Text, ...] = ()
    why: Text | None = None
    correct: Text | None = None
    incorrect: Text | None = None
    rubric: Text | None = None


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """`heading` is the first line of the stem, `body` what continues it."""

    heading: Text
    body: Text
    attributes: Attributes
    answer: Answer
    explanation: Explanation
    id: str

    @property
    def type(self) -> str:
        return type_of(self.answer)


def type_of(answer: Answer) -> str:
    """The type of question that has such an answer."""
    match answer:
        case Choice(kind=kind):
            return kind
        case Match():
            return "match"
        case Order():
            return "order"
        case Number():
            return "number"
        case Typed():
            return "text"
        case Cloze():
            return "cloze"
    return "essay"
