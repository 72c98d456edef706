"""Questions of all nine types, small enough to read in a test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    EssayQuestion,
    Item,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    Option,
    OrderQuestion,
    Question,
    Review,
    Source,
    TextKey,
    TextQuestion,
    TypedBlank,
)


def common(id: str, stem: str, **values: Any) -> dict[str, Any]:
    return {
        "id": id,
        "content_hash": f"hash-of-{id}",
        "source": Source("final-exam.quiz.md", 1),
        "stem_html": f"<p>{stem}</p>",
        "stem_text": stem,
        "points": Decimal(1),
        "competency": "risk-management",
        "domain": None,
        "difficulty": None,
        "shuffle": None,
        "unscored": False,
        "regrade": None,
        "review": Review("what-is-risk", "owning-a-risk"),
        "hints_html": ("<p>Secret hint.</p>",),
        "why_html": "<p>Secret why.</p>",
        "correct_html": "<p>Secret praise.</p>",
        "incorrect_html": "<p>Secret comfort.</p>",
        **values,
    }


def option(id: str, correct: bool = False, weight: str | None = None) -> Option:
    return Option(
        id=id,
        html=f"Option {id}",
        text=f"Option {id}",
        correct=correct,
        weight=None if weight is None else Decimal(weight),
        feedback_html="<p>Secret feedback.</p>",
    )


def item(id: str) -> Item:
    return Item(id, f"Item {id}", f"Item {id}")


def single(id: str = "owner", **values: Any) -> ChoiceQuestion:
    """Key: a."""
    options = values.pop("options", (option("a", True), option("b"), option("c")))
    return ChoiceQuestion(
        type="single", credit="all", options=options, **common(id, "Who owns it?", **values)
    )


def truefalse(id: str = "upside", **values: Any) -> ChoiceQuestion:
    """Key: t."""
    options = (option("t", True), option("f"))
    return ChoiceQuestion(
        type="truefalse", credit="all", options=options, **common(id, "A risk may help.", **values)
    )


def multiple(id: str = "responses", credit: Any = "all", **values: Any) -> ChoiceQuestion:
    """Keys: a and b of a, b, c, d."""
    options = values.pop(
        "options", (option("a", True), option("b", True), option("c"), option("d"))
    )
    return ChoiceQuestion(
        type="multiple", credit=credit, options=options, **common(id, "Which two?", **values)
    )


def match(id: str = "roles", credit: Any = "each", **values: Any) -> MatchQuestion:
    """Key: l1 to r1, l2 to r2; r3 belongs to nothing."""
    return MatchQuestion(
        type="match",
        credit=credit,
        left_title="Role",
        right_title="Interest",
        left=(item("l1"), item("l2")),
        right=(item("r1"), item("r2"), item("r3")),
        key=(("l1", "r1"), ("l2", "r2")),
        **common(id, "Match each role", **values),
    )


def order(id: str = "procedure", credit: Any = "lcs", **values: Any) -> OrderQuestion:
    """Key: i1, i2, i3, i4."""
    return OrderQuestion(
        type="order",
        credit=credit,
        items=tuple(item(f"i{number}") for number in range(1, 5)),
        **common(id, "Put the steps in order", **values),
    )


def number(id: str = "emv", key: NumberKey | None = None, **values: Any) -> NumberQuestion:
    """Key: 10000 within 1 %."""
    key = key or NumberKey(value=Decimal(10000), percent=Decimal(1))
    return NumberQuestion(type="number", key=key, **common(id, "Expected value?", **values))


def text(id: str = "case", key: TextKey | None = None, **values: Any) -> TextQuestion:
    """Key: business case."""
    key = key or TextKey(variants=("business case", "the business case"))
    return TextQuestion(type="text", key=key, **common(id, "Which document?", **values))


def cloze(id: str = "statement", credit: Any = "each", **values: Any) -> ClozeQuestion:
    """Keys: b1 cause, b2 the option x, b3 0.1 give or take 0.02."""
    return ClozeQuestion(
        type="cloze",
        credit=credit,
        pieces_html=("<p>Because of the ", " we ", " it to ", ".</p>"),
        blanks=(
            TypedBlank(id="b1", key=TextKey(variants=("cause", "the cause"))),
            ChoiceBlank(id="b2", options=(item("x"), item("y")), key="x"),
            NumberBlank(id="b3", key=NumberKey(value=Decimal("0.1"), tolerance=Decimal("0.02"))),
        ),
        **common(id, "Complete the statement", **values),
    )


def essay(id: str = "draft", **values: Any) -> EssayQuestion:
    return EssayQuestion(
        type="essay",
        rubric_html="<p>Secret rubric.</p>",
        **{**common(id, "Draft the entry"), "points": Decimal(5), **values},
    )


EXACT: dict[str, Any] = {
    "owner": "a",
    "upside": "t",
    "responses": ["a", "b"],
    "roles": {"l1": "r1", "l2": "r2"},
    "procedure": ["i1", "i2", "i3", "i4"],
    "emv": "10,000",
    "case": "  Business   CASE ",
    "statement": {"b1": "Cause", "b2": "x", "b3": ".1"},
}
"""The right answer of each question above that is graded by machine."""


def graded_by_machine() -> tuple[Question, ...]:
    return (single(), truefalse(), multiple(), match(), order(), number(), text(), cloze())
