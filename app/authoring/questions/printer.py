"""A question back into Markdown. Reading what is printed gives the same question again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.authoring.document import NumberKey, TextKey
from app.authoring.numbers import print_decimal
from app.authoring.questions.written import (
    Attributes,
    Choice,
    Explanation,
    Match,
    Number,
    Order,
    Text,
    Typed,
    WrittenOption,
    WrittenQuestion,
)

_NEED_THEIR_TYPE = ("match", "order", "essay")


def print_question(question: WrittenQuestion, *, in_lesson: bool = False) -> str:
    """Markdown of one question, ending with a line end."""
    blocks = [_head(question, in_lesson)]
    if question.body.markdown:
        blocks.append(question.body.markdown)
    if answer := "\n".join(_answer(question)):
        blocks.append(answer)
    if quote := _quote(question.explanation):
        blocks.append(quote)
    return "\n\n".join(blocks) + "\n"


def _head(question: WrittenQuestion, in_lesson: bool) -> str:
    mark = "Q: " if in_lesson else ""
    pairs = "; ".join(f"{key}: {value}" for key, value in _attributes(question))
    heading = f"### {mark}{question.heading.markdown}"
    return f"{heading}\n<!-- {pairs} -->" if pairs else heading


def _attributes(question: WrittenQuestion) -> Iterator[tuple[str, str]]:
    given: Attributes = question.attributes
    kind = given.type or (question.type if question.type in _NEED_THEIR_TYPE else None)
    values = {
        "id": question.id if given.id is None else given.id,
        "type": kind,
        "points": given.points,
        "competency": given.competency,
        "domain": given.domain,
        "difficulty": given.difficulty,
        "credit": given.credit,
        "shuffle": given.shuffle,
        "review": given.review,
        "unscored": given.unscored,
        "regrade": given.regrade,
    }
    for key, value in values.items():
        if isinstance(value, bool):
            yield key, "true" if value else "false"
        elif value is not None:
            yield key, format(value, "f") if isinstance(value, Decimal) else str(value)


def _answer(question: WrittenQuestion) -> Iterator[str]:
    match question.answer:
        case Choice(options=options):
            for option in options:
                yield from _option(option)
        case Match():
            yield from _table(question.answer)
        case Order(items=items):
            for number, item in enumerate(items, 1):
                yield from _indented(f"{number}. ", item.markdown)
        case Number(key=number_key):
            yield f"= {_number(number_key)}"
        case Typed(key=text_key):
            yield f"= {_text(text_key)}"


def _option(option: WrittenOption) -> Iterator[str]:
    first, _newline, rest = option.text.markdown.partition("\n")
    weight = f" <!-- credit: {_percent(option.weight)} -->" if option.weight is not None else ""
    yield f"- [{'x' if option.correct else ' '}] {first}{weight}"
    for line in rest.split("\n") if rest else ():
        yield f"    {line}".rstrip()
    if option.feedback:
        for line in _indented("- ", option.feedback.markdown):
            yield f"    {line}".rstrip()


def _indented(mark: str, text: str) -> Iterator[str]:
    first, _newline, rest = text.partition("\n")
    yield f"{mark}{first}"
    for line in rest.split("\n") if rest else ():
        yield f"    {line}".rstrip()


def _table(match: Match) -> Iterator[str]:
    yield f"| {match.left_title.markdown} | {match.right_title.markdown} |"
    yield "|---|---|"
    for left, right in match.pairs:
        yield f"| {left.markdown} | {right.markdown} |"
    for distractor in match.distractors:
        yield f"|  | {distractor.markdown} |"


def _number(key: NumberKey) -> str:
    if key.value is None:
        low, high = key.minimum or Decimal(0), key.maximum or Decimal(0)
        return f"[{print_decimal(low)}; {print_decimal(high)}]"
    value = print_decimal(key.value)
    if key.percent is not None:
        return f"{value} +- {print_decimal(key.percent)}%"
    if key.tolerance is not None:
        return f"{value} +- {print_decimal(key.tolerance)}"
    return value


def _text(key: TextKey) -> str:
    parts = [variant.replace("|", "\\|") for variant in key.variants]
    if key.expression is not None:
        parts.append(f"/{key.expression}/")
    return " | ".join(parts)


def _percent(weight: Decimal) -> str:
    return f"{print_decimal(round(weight * 100, 2).normalize())}%"


def _quote(explanation: Explanation) -> str:
    parts: list[tuple[str, Text | None]] = [("Hint", hint) for hint in explanation.hints]
    parts += [
        ("Why", explanation.why),
        ("Correct", explanation.correct),
        ("Incorrect", explanation.incorrect),
        ("Rubric", explanation.rubric),
    ]
    paragraphs = [f"**{label}** {text.markdown}" for label, text in parts if text]
    lines = "\n\n".join(paragraphs).split("\n") if paragraphs else []
    return "\n".join(f"> {line}".rstrip() for line in lines)
