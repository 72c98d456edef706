"""Compile, print, compile: the same question again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.compiler import compile_course
from app.authoring.diagnostics import Report
from app.authoring.document import NumberKey, TextKey
from app.authoring.pages import read_quiz
from app.authoring.questions.printer import print_question
from app.authoring.questions.written import (
    CREDITS,
    Attributes,
    Choice,
    Cloze,
    DropDown,
    Essay,
    Explanation,
    Match,
    Number,
    Order,
    Text,
    Typed,
    WrittenOption,
    WrittenQuestion,
)
from app.authoring.source import SourceFile, decode
from tests.authoring.courses import EXAM, QUIZ_MATTER, example, with_question

# --- What authors write ---------------------------------------------------------------------------

WORD = (
    st.text("abcdefgäß1234 ,.'*_`$&<", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text and text[0].isalpha())
)
LINES = st.lists(WORD, min_size=1, max_size=3).map("\n\n".join)
MARKDOWN = WORD.map(Text)
PARAGRAPHS = LINES.map(Text)
DECIMAL = st.decimals(-10_000, 10_000, allow_nan=False, places=3).map(
    lambda value: Decimal(format(value.normalize(), "f")) + 0
)
POSITIVE = DECIMAL.map(abs)


@st.composite
def number_keys(draw) -> NumberKey:
    kind = draw(st.sampled_from(["value", "tolerance", "percent", "range"]))
    value = draw(DECIMAL)
    if kind == "range":
        other = draw(DECIMAL)
        return NumberKey(minimum=min(value, other), maximum=max(value, other))
    if kind == "tolerance":
        return NumberKey(value=value, tolerance=draw(POSITIVE))
    if kind == "percent" and value:
        return NumberKey(value=value, percent=draw(POSITIVE))
    return NumberKey(value=value)


VARIANT = (
    st.text("abcdef |äß", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text[0].isalpha() and not text.endswith("\\"))
)
EXPRESSION = st.sampled_from([None, "colou?r", "a|b", "[0-9]+", "(x|y)z*"])


@st.composite
def text_keys(draw) -> TextKey:
    variants = draw(st.lists(VARIANT, max_size=3, unique=True))
    expression = draw(EXPRESSION)
    if not variants and expression is None:
        variants = ["word"]
    return TextKey(tuple(variants), expression)


@st.composite
def choices(draw) -> Choice:
    texts = draw(st.lists(PARAGRAPHS, min_size=2, max_size=5, unique_by=_folded))
    kind = draw(st.sampled_from(["single", "multiple"]))
    keys = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1))
    keys = {min(keys)} if kind == "single" else keys | {0, 1}
    weight = st.none() | st.sampled_from([Decimal("0.5"), Decimal("0.3333"), Decimal(0)])
    options = [
        WrittenOption(text, place in keys, draw(weight), draw(st.none() | PARAGRAPHS))
        for place, text in enumerate(texts)
    ]
    return Choice(kind, tuple(options))


def _folded(text: Text) -> str:
    return " ".join(text.markdown.split()).casefold()


@st.composite
def matches(draw) -> Match:
    cells = st.text("abcdefgh1", min_size=1, max_size=8).map(Text)
    lefts = draw(st.lists(cells, min_size=1, max_size=4, unique_by=_folded))
    rights = draw(st.lists(cells, min_size=len(lefts) + 1, max_size=6, unique_by=_folded))
    pairs = tuple(zip(lefts, rights, strict=False))
    return Match(draw(cells), draw(cells), pairs, tuple(rights[len(lefts) :]))


ORDERS = st.lists(MARKDOWN, min_size=2, max_size=5, unique_by=_folded).map(
    lambda items: Order(tuple(items))
)
ANSWERS = st.one_of(
    choices(),
    matches(),
    ORDERS,
    number_keys().map(Number),
    text_keys().map(Typed),
    st.just(Essay()),
    st.just(Choice("truefalse", (
        WrittenOption(Text("True"), correct=True), WrittenOption(Text("False"), correct=False),
    ))),
)  # fmt: skip


@st.composite
def questions(draw) -> WrittenQuestion:
    answer = draw(ANSWERS)
    question = WrittenQuestion(
        heading=draw(MARKDOWN),
        body=draw(st.just(Text("")) | PARAGRAPHS),
        attributes=draw(attributes()),
        answer=answer,
        explanation=draw(explanations(rubric=isinstance(answer, Essay))),
        id="q-1",
    )
    allowed = CREDITS.get(question.type)
    credit = draw(st.none() | st.sampled_from(allowed)) if allowed else None
    return _with(question, credit=credit, type=question.type)


@st.composite
def attributes(draw) -> Attributes:
    return Attributes(
        id="q-1",
        points=draw(st.none() | st.sampled_from([Decimal(2), Decimal("0.5")])),
        competency=draw(st.none() | st.just("risk-management")),
        domain=draw(st.none() | st.sampled_from(["Words", "Zahlen: groß"])),
        difficulty=draw(st.none() | st.sampled_from(["easy", "medium", "hard"])),
        shuffle=draw(st.none() | st.booleans()),
        unscored=draw(st.none() | st.booleans()),
        regrade=draw(st.none() | st.just("full")),
    )


@st.composite
def explanations(draw, rubric: bool) -> Explanation:
    part = st.none() | PARAGRAPHS
    return Explanation(
        hints=tuple(draw(st.lists(PARAGRAPHS, max_size=2))),
        why=draw(part),
        correct=draw(part),
        incorrect=draw(part),
        rubric=draw(part) if rubric else None,
    )


def _with(question: WrittenQuestion, **values: str | None) -> WrittenQuestion:
    fields = {name: getattr(question.attributes, name) for name in Attributes.__slots__}
    return WrittenQuestion(
        question.heading,
        question.body,
        Attributes(**{**fields, **values}),
        question.answer,
        question.explanation,
        question.id,
    )


# --- Printing them and reading them again ---------------------------------------------------------


def read(text: str, language: str = "en") -> WrittenQuestion:
    """The only question of a quiz."""
    report = Report()
    quiz = read_quiz(
        SourceFile("q.quiz.md", decode(f"{QUIZ_MATTER}\n{text}".encode())), language, report
    )
    assert report.diagnostics == ()
    assert quiz is not None
    (question,) = quiz.sections[0].questions
    return question


@settings(max_examples=300, derandomize=True)
@given(questions(), st.sampled_from(["en", "de"]))
def test_what_is_printed_is_read_as_the_same_question(question, language):
    assert read(print_question(question), language) == question


@settings(max_examples=150, derandomize=True)
@given(
    st.lists(st.tuples(WORD, text_keys() | number_keys() | st.just("drop")), min_size=1, max_size=4)
)
def test_a_cloze_is_printed_as_it_was_written(parts):
    texts = []
    for word, key in parts:
        inner = "(one) | two" if key == "drop" else _inside(key)
        texts.append(f"{word.replace('`', '')} [[{inner}]]")
    once = read(f"### Fill\n<!-- id: q-1 -->\n\n{' '.join(texts)}\n")

    again = read(print_question(once))

    assert isinstance(once.answer, Cloze)
    assert len(once.answer.blanks) == len(parts)
    assert again == once


def _inside(key: TextKey | NumberKey) -> str:
    answer = Typed(key) if isinstance(key, TextKey) else Number(key)
    printed = print_question(
        WrittenQuestion(Text("x"), Text(""), Attributes(), answer, Explanation(), "q")
    )
    line = printed.rstrip().rpartition("\n")[2]
    return line.removeprefix("= ") if isinstance(key, TextKey) else line


@settings(max_examples=200, derandomize=True)
@given(st.integers(0, 11), st.data())
def test_compile_print_compile_is_a_fixed_point_for_whatever_compiles(place, data):
    """Questions of the example with lines of them shuffled, doubled and left out."""
    blocks = example()[EXAM].decode().split("\n### ")[1:]
    lines = blocks[place % len(blocks)].split("\n")
    picked = data.draw(st.lists(st.sampled_from(lines[2:]), max_size=len(lines)))
    text = "### " + "\n".join([*lines[:2], "", *picked]) + "\n"
    report = Report()
    quiz = read_quiz(
        SourceFile("q.quiz.md", decode(f"{QUIZ_MATTER}\n{text}".encode())), "en", report
    )
    assert quiz is not None
    if report.diagnostics or not quiz.sections or not quiz.sections[0].questions:
        return

    once = quiz.sections[0].questions[0]

    assert read(print_question(once)) == once
    assert print_question(read(print_question(once))) == print_question(once)


@pytest.mark.parametrize("place", range(9))
def test_a_printed_question_compiles_to_the_same_content_hash(place):
    text = "### " + example()[EXAM].decode().split("\n### ")[1:][place]
    text = text.replace("review: 01-foundations/01-what-is-risk.md#owning-a-risk", "points: 1")
    before = compile_course(with_question(text)).course
    after = compile_course(with_question(print_question(read(text)))).course

    assert before is not None
    assert after is not None
    hashes = [course.quizzes[0].sections[0].questions[0].content_hash for course in (before, after)]
    assert hashes[0] == hashes[1]


def test_a_question_of_a_lesson_is_marked_as_one():
    question = read("### Which?\n\n- [x] A\n- [ ] B\n")

    assert print_question(question, in_lesson=True).startswith("### Q: Which?\n<!-- id: which -->")


def test_drop_downs_are_read():
    assert read("### Fill [[(a) | b]]\n").answer == Cloze((DropDown(("a", "b"), "a"),))
