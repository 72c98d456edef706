"""Any question of ours through Moodle XML or QTI and back: it is the same, or the report says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.authoring.document import NumberKey, Question, Section, TextKey
from app.authoring.interchange import gift, moodle_xml, qti
from app.authoring.interchange.imported import Imported, Note, Taken, escaped, gap_text
from app.authoring.interchange.qti_writing import to_qti
from app.authoring.interchange.writing import to_gift, to_moodle_xml
from app.authoring.questions.written import (
    Answer,
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
from tests.authoring.interchange.test_import import compiled, text_of

ROUNDS = {
    "gift": (to_gift, gift.read),
    "moodle-xml": (to_moodle_xml, moodle_xml.read),
    "qti": (to_qti, qti.read),
}

words = st.lists(
    st.text("abcäß17<>&*_[]{}~=#%|\\`$\"'.:;!()+-", min_size=1, max_size=9), min_size=1, max_size=4
).map(lambda parts: " ".join(["w", *parts]))
plain = st.text("abcäß", min_size=2, max_size=9)
texts = words.map(lambda one: Text(escaped(one)))
maybe = st.none() | texts
points = st.none() | st.sampled_from([Decimal(2), Decimal(5), Decimal("0.5")])


def attributes(**more: Any) -> st.SearchStrategy[Attributes]:
    return st.builds(
        Attributes,
        points=points,
        unscored=st.sampled_from([None, None, True]),
        **{name: st.sampled_from(values) for name, values in more.items()},
    )


explanations = st.builds(
    Explanation,
    hints=st.lists(texts, max_size=2).map(tuple),
    why=maybe,
    correct=maybe,
    incorrect=maybe,
)


@st.composite
def singles(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    option_texts = draw(st.lists(words, min_size=2, max_size=5, unique=True))
    key = draw(st.integers(0, len(option_texts) - 1))
    weights = st.none() | st.sampled_from([Decimal("0.5"), Decimal("0.25")])
    options = tuple(
        WrittenOption(
            Text(escaped(text)), place == key, None if place == key else draw(weights), draw(maybe)
        )
        for place, text in enumerate(option_texts)
    )
    return Choice("single", options), draw(attributes(shuffle=[None, False]))


@st.composite
def multiples(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    option_texts = draw(st.lists(words, min_size=3, max_size=6, unique=True))
    keys = draw(st.sets(st.integers(0, len(option_texts) - 1), min_size=2))
    options = tuple(
        WrittenOption(Text(escaped(text)), place in keys, None, draw(maybe))
        for place, text in enumerate(option_texts)
    )
    credit = [None, "all", "net", "each", "coverage"]
    return Choice("multiple", options), draw(attributes(shuffle=[None, False], credit=credit))


@st.composite
def matches(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    left = draw(st.lists(plain, min_size=2, max_size=4, unique=True))
    size = len(left)
    right = draw(st.lists(plain, min_size=size, max_size=size + 2, unique=True))
    pairs = tuple((Text(a), Text(b)) for a, b in zip(left, right, strict=False))
    distractors = tuple(Text(one) for one in right[size:])
    answer = Match(Text(draw(plain)), Text(draw(plain)), pairs, distractors)
    return answer, draw(attributes(type=["match"], credit=[None, "all", "each"]))


@st.composite
def orders(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    items = draw(st.lists(plain, min_size=2, max_size=5, unique=True))
    answer = Order(tuple(Text(one) for one in items))
    return answer, draw(attributes(type=["order"], credit=[None, "exact", "position", "lcs"]))


@st.composite
def truths(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    right = draw(st.booleans())
    options = (
        WrittenOption(Text("True"), right, None, draw(maybe)),
        WrittenOption(Text("False"), not right, None, draw(maybe)),
    )
    return Choice("truefalse", options), draw(attributes())


decimals = st.decimals(-1000, 1000, places=3)
tolerances = st.sampled_from([Decimal("0.5"), Decimal(2), Decimal("0.125")])
numbers = st.one_of(
    st.builds(NumberKey, value=decimals, tolerance=st.none() | tolerances),
    st.builds(NumberKey, value=decimals.filter(bool), percent=tolerances),
    st.tuples(decimals, decimals).map(lambda ends: NumberKey(minimum=min(ends), maximum=max(ends))),
)
typed = st.builds(
    TextKey,
    st.lists(plain | words.map(str), min_size=1, max_size=3, unique=True).map(tuple),
    st.none() | st.sampled_from([None, None, "colou?r"]),
)


@st.composite
def clozes(draw: st.DrawFn) -> tuple[Answer, Attributes]:
    def gap() -> Number | Typed | DropDown:
        kind = draw(st.sampled_from(["typed", "number", "choice"]))
        if kind == "typed":
            return Typed(draw(typed))
        if kind == "number":
            return Number(draw(numbers))
        options = tuple(draw(st.lists(plain, min_size=2, max_size=4, unique=True)))
        return DropDown(options, draw(st.sampled_from(options)))

    blanks = tuple(gap() for _ in range(draw(st.integers(1, 3))))
    return Cloze(blanks), draw(attributes(credit=[None, "all", "each"]))


answers = st.one_of(
    singles(),
    truths(),
    multiples(),
    matches(),
    orders(),
    clozes(),
    st.tuples(numbers.map(Number), attributes()),
    st.tuples(typed.map(Typed), attributes()),
    st.tuples(st.just(Essay()), attributes(type=["essay"])),
)


@st.composite
def questions(draw: st.DrawFn) -> WrittenQuestion:
    answer, given_attributes = draw(answers)
    stem, explanation = draw(words), draw(explanations)
    body = "" if not isinstance(answer, Cloze) else _gaps(answer)
    if isinstance(answer, Essay):
        explanation = Explanation(
            explanation.hints,
            explanation.why,
            explanation.correct,
            explanation.incorrect,
            draw(maybe),
        )
    return WrittenQuestion(
        Text(escaped(stem)), Text(body), given_attributes, answer, explanation, "question"
    )


def _gaps(cloze: Cloze) -> str:
    return " and ".join(f"here [[{gap_text(blank)}]]" for blank in cloze.blanks)


def once(question: WrittenQuestion) -> Question:
    imported = Imported()
    imported.taken.append(Taken(question))
    (found,) = compiled(imported).values()
    return found


@pytest.mark.parametrize("kind", ROUNDS)
@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(written=questions())
def test_every_field_comes_back_or_is_reported(kind: str, written: WrittenQuestion):
    write, read = ROUNDS[kind]
    ours = once(written)
    exported = write([Section("Part", None, None, (ours,), None, False)])
    imported = read(exported.data)
    notes = [*exported.notes, *imported.notes]
    if not imported.taken:
        assert notes, "left out without a word"
        return
    (theirs,) = compiled(imported).values()
    before, after = fields(ours), fields(theirs)
    for name, value in before.items():
        if after.get(name) != value:
            assert reported(name, notes), (name, value, after.get(name), [n.message for n in notes])


REPORT = {
    "points": ("Its points",),
    "titles": ("titles of its columns",),
    "unscored": ("does not count",),
    "hints": ("hints",),
    "correct": ("words for right and wrong",),
    "incorrect": ("words for right and wrong",),
    "shuffle": ("mixed",),
    "credit": ("partly right", "all count alike"),
    "rubric": ("earns points",),
    "answer": ("regular expression", "cannot be said"),
}


def reported(name: str, notes: list[Note]) -> bool:
    return any(part in note.message for note in notes for part in REPORT.get(name, ()))


def fields(question: Question) -> dict[str, Any]:
    found = {
        "id": question.id,
        "type": question.type,
        "stem": said(question.stem_html),
        "points": question.points,
        "unscored": question.unscored,
        "hints": [said(one) for one in question.hints_html],
        "why": said(question.why_html),
        "correct": said(question.correct_html),
        "incorrect": said(question.incorrect_html),
    }
    match question.type:
        case "single" | "multiple" | "truefalse":
            found["answer"] = [
                (said(one.html), one.correct, one.weight) for one in question.options
            ]
            found["feedback"] = [said(one.feedback_html) for one in question.options]
            if question.type != "truefalse":
                found["shuffle"] = question.shuffle is not False
            if question.type == "multiple":
                found["credit"] = question.credit
        case "match":
            left = {one.id: one.text for one in question.left}
            right = {one.id: one.text for one in question.right}
            pairs = sorted((left[a], right[b]) for a, b in question.key)
            found["answer"] = pairs, sorted(right.values())
            found["titles"] = question.left_title, question.right_title
            found["credit"] = question.credit
        case "order":
            found["answer"] = [one.text for one in question.items]
            found["credit"] = question.credit
        case "number" | "text":
            found["answer"] = key_of(question.key)
        case "cloze":
            found.pop("stem")
            found["answer"] = [gap_of(one) for one in question.blanks]
            found["credit"] = question.credit
        case "essay":
            found["rubric"] = said(question.rubric_html)
    return found


def said(html: str | None) -> str:
    return " ".join(text_of(html or "").split())


def key_of(key: NumberKey | TextKey) -> Any:
    """The variants and the pattern of a text; the ends of what is right of a number."""
    if isinstance(key, TextKey):
        return {one.casefold() for one in key.variants}, key.expression
    if key.value is None:
        return key.minimum, key.maximum
    off = abs(key.value) * key.percent / 100 if key.percent else key.tolerance or 0
    return key.value - off, key.value + off


def gap_of(blank: Any) -> Any:
    if blank.kind == "choice":
        by_id = {one.id: one.text for one in blank.options}
        return sorted(by_id.values()), by_id[blank.key]
    return key_of(blank.key)
