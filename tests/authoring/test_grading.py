"""Credit for one answer: the tables of the course format, and what holds for every answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.authoring.document import NumberKey, Question, TextKey
from app.authoring.grading import (
    Grade,
    Part,
    UnreadableAnswer,
    Verdict,
    answer_from_form,
    grade,
    read_number,
    readable,
    shown_order,
    text_right,
)
from tests.assessment.questions import (
    EXACT,
    cloze,
    essay,
    graded_by_machine,
    match,
    multiple,
    number,
    option,
    order,
    single,
    text,
)

QUESTIONS = graded_by_machine()


def graded(question: Question, answer: Any, language: str = "en") -> Grade:
    return grade(question, answer, language=language)


def credit(question: Question, answer: Any, language: str = "en") -> Fraction | None:
    return graded(question, answer, language).credit


# --- Tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_exact_key_is_worth_everything(question: Question):
    assert graded(question, EXACT[question.id]).verdict is Verdict.RIGHT


@pytest.mark.parametrize("question", [*QUESTIONS, essay()], ids=lambda question: question.id)
@pytest.mark.parametrize("answer", [None, "", "  ", [], {}])
def test_no_answer_is_missing_or_unreadable(question: Question, answer: Any):
    try:
        result = graded(question, answer)
    except UnreadableAnswer:
        return
    assert (result.credit, result.verdict) == (0, Verdict.MISSING)


@pytest.mark.parametrize(
    ("rule", "ticked", "worth"),
    [
        ("all", ["b", "a"], 1),
        ("all", ["a"], 0),
        ("all", ["a", "b", "c"], 0),
        ("net", ["a"], Fraction(1, 2)),
        ("net", ["a", "b", "c"], Fraction(1, 2)),
        ("net", ["a", "c", "d"], 0),
        ("coverage", ["a"], Fraction(1, 2)),
        ("coverage", ["a", "c"], Fraction(1, 4)),
        ("coverage", ["a", "b", "c", "d"], Fraction(1, 2)),
        ("coverage", ["c"], 0),
        ("each", ["a"], Fraction(3, 4)),
        ("each", ["c", "d"], 0),
        ("each", ["a", "b", "c"], Fraction(3, 4)),
    ],
)
def test_credit_of_a_multiple_choice(rule: str, ticked: list[str], worth: Fraction):
    assert credit(multiple(credit=rule), ticked) == worth


def test_a_weight_makes_an_option_partly_right():
    question = single(options=(option("a", True), option("b", weight="0.5"), option("c")))
    assert [credit(question, answer) for answer in "abc"] == [1, Fraction(1, 2), 0]


def test_weights_count_in_net_credit():
    options = (option("a", True), option("b", weight="0.25"), option("c"))
    question = multiple(credit="net", options=options)
    assert credit(question, ["a"]) == 1
    assert credit(question, ["b"]) == 0
    assert credit(question, ["a", "b"]) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("rule", "given", "worth"),
    [
        ("exact", ["i1", "i2", "i4", "i3"], 0),
        ("position", ["i1", "i2", "i4", "i3"], Fraction(1, 2)),
        ("lcs", ["i2", "i3", "i4", "i1"], Fraction(3, 4)),
        ("position", ["i2", "i3", "i4", "i1"], 0),
        ("lcs", ["i4", "i3", "i2", "i1"], Fraction(1, 4)),
    ],
)
def test_credit_of_an_order(rule: str, given: list[str], worth: Fraction):
    assert credit(order(credit=rule), given) == worth


@pytest.mark.parametrize(("rule", "worth"), [("all", 0), ("each", Fraction(1, 2))])
def test_credit_of_matching(rule: str, worth: Fraction):
    assert credit(match(credit=rule), {"l1": "r1", "l2": "r3"}) == worth


@pytest.mark.parametrize(("rule", "worth"), [("all", 0), ("each", Fraction(2, 3))])
def test_credit_of_a_cloze(rule: str, worth: Fraction):
    result = graded(cloze(credit=rule), {"b1": "cause", "b2": "y", "b3": "0,11"})
    assert result.credit == worth
    assert result.parts == {"b1": Part.RIGHT, "b2": Part.WRONG, "b3": Part.RIGHT}


def test_parts_of_a_choice_say_what_was_ticked_and_what_was_missed():
    assert graded(multiple(), ["a", "c"]).parts == {
        "a": Part.RIGHT,
        "b": Part.MISSED,
        "c": Part.WRONG,
    }


def test_an_essay_waits_for_a_marker_unless_it_is_empty():
    assert graded(essay(), "Because of …").verdict is Verdict.OPEN
    assert graded(essay(), " ").verdict is Verdict.MISSING


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("10000", "en", "10000"),
        ("10,000", "en", "10000"),
        ("10,000.50", "en", "10000.5"),
        ("10.000", "de", "10000"),
        ("10.000,5", "de", "10000.5"),
        ("10.000", "en", "10"),
        ("10,000", "de", "10"),
        ("0,1", "en", "0.1"),
        ("0.1", "de", "0.1"),
        ("10 000", "fr", "10000"),
        ("10\u202f000,5", "fr", "10000.5"),
        ("1'000", "de-CH", "1000"),
        ("−3", "en", "-3"),
        (".5", "en", "0.5"),
        (".", "en", None),
        ("", "en", None),
        ("1e3", "en", "1000"),
        ("1e9999", "en", None),
        ("ten", "en", None),
        ("1,00,0", "en", None),
        ("1 2", "en", None),
        ("٣", "en", "3"),
        ("9" * 200, "en", None),
        ("5", "no such language", "5"),
    ],
)
def test_numbers_as_people_type_them(typed: str, language: str, meant: str | None):
    assert read_number(typed, language) == (None if meant is None else Fraction(meant))


@pytest.mark.parametrize(
    ("key", "typed", "right"),
    [
        (NumberKey(value=Decimal(10000), percent=Decimal(1)), "10100", True),
        (NumberKey(value=Decimal(10000), percent=Decimal(1)), "10100.000001", False),
        (NumberKey(value=Decimal(-10), percent=Decimal(10)), "-11", True),
        (NumberKey(value=Decimal("0.1"), tolerance=Decimal("0.02")), "0.12", True),
        (NumberKey(value=Decimal("0.1"), tolerance=Decimal("0.02")), "0.1200001", False),
        (NumberKey(value=Decimal(4)), "4.0", True),
        (NumberKey(minimum=Decimal(1), maximum=Decimal(2)), "2", True),
        (NumberKey(minimum=Decimal(1), maximum=Decimal(2)), "0.99", False),
    ],
)
def test_a_number_is_right_up_to_the_edge(key: NumberKey, typed: str, right: bool):
    assert credit(number(key=key), typed) == right


@pytest.mark.parametrize("typed", ["STRASSE", "straße", " Straße\n", "StraSSe"])
def test_text_is_folded(typed: str):
    assert text_right(TextKey(variants=("Straße",)), typed)


def test_an_expression_has_to_match_the_whole_answer():
    key = TextKey(expression="risk (log|register)")
    assert text_right(key, " Risk  Register")
    assert not text_right(key, "the risk register")


@pytest.mark.parametrize("expression", ["(a+)+$", "(", "(a|a)*b", "(?:a{1,1000}){1,1000}x"])
def test_a_bad_expression_costs_neither_the_site_nor_an_exception(expression: str):
    question = text(key=TextKey(expression=expression))
    assert credit(question, "a" * 900 + "!") == 0


# --- Answers -----------------------------------------------------------------------------

UNREADABLE = [
    (single(), "z"),
    (single(), ["a"]),
    (single(), 3),
    (multiple(), "a"),
    (multiple(), ["a", "a"]),
    (multiple(), [["a"]]),
    (match(), {"l9": "r1"}),
    (match(), {"l1": {"x": 1}}),
    (match(), ["l1"]),
    (order(), ["i1", "i1"]),
    (order(), {"i1": 1}),
    (number(), 5),
    (text(), "x" * 1001),
    (text(), "a\0b"),
    (text(), "\ud800"),
    (cloze(), {"b1": 5}),
    (cloze(), {"b2": "z"}),
    (essay(), "x" * 50_001),
]


@pytest.mark.parametrize(("question", "answer"), UNREADABLE)
def test_what_cannot_be_an_answer_is_refused(question: Question, answer: Any):
    with pytest.raises(UnreadableAnswer) as refused:
        readable(question, answer)
    assert str(refused.value)


def form_of(question: Question, answer: Any) -> MultiDict[str, str]:
    """What a browser sends once `answer` stands in the widgets."""
    if isinstance(answer, dict):
        return MultiDict([(f"q[{key}]", value) for key, value in answer.items()])
    if isinstance(answer, list) and question.type == "order":
        return MultiDict([(f"q[{key}]", str(place)) for place, key in enumerate(answer, 1)])
    return MultiDict([("q", value) for value in ([answer] if isinstance(answer, str) else answer)])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_an_answer_comes_back_out_of_its_form(question: Question):
    answer = EXACT[question.id]
    assert answer_from_form(question, form_of(question, answer), "q") == answer
    assert answer_from_form(question, MultiDict(), "q") is None


@pytest.mark.parametrize("places", [{"i1": "1", "i2": "1"}, {"i1": "one"}, {"i1": "1" * 9}])
def test_places_that_make_no_order_are_refused(places: dict[str, str]):
    form = MultiDict([(f"q[{key}]", value) for key, value in places.items()])
    with pytest.raises(UnreadableAnswer):
        answer_from_form(order(), form, "q")


def test_items_to_order_are_never_shown_in_the_right_order():
    key = ["i1", "i2", "i3", "i4"]
    for seed in range(100):
        shown = shown_order(order(), shuffle=False, random=Random(seed))
        assert shown != key
        assert sorted(shown) == key


def test_options_are_shuffled_as_the_quiz_or_the_question_says():
    written = ["a", "b", "c", "d"]

    def shown(question: Question, shuffle: bool) -> bool:
        orders = (shown_order(question, shuffle=shuffle, random=Random(s)) for s in range(20))
        return any(order != written for order in orders)

    assert not shown(multiple(), False)
    assert shown(multiple(), True)
    assert not shown(replace(multiple(), shuffle=False), True)
    assert shown(replace(multiple(), shuffle=True), False)


# --- What always holds -------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["a", "b", "c", "i1", "i2", "l1", "r1", "b1", "x"]),
    lambda children: (
        st.lists(children, max_size=5)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["l1", "b1", "b2"]), children)
    ),
    max_leaves=10,
)


@given(answer=JSON, question=st.sampled_from([*QUESTIONS, essay()]))
@settings(max_examples=400)
def test_any_answer_gets_a_credit_between_nothing_and_all_or_is_refused(
    answer: Any, question: Question
):
    try:
        worth = credit(question, answer)
    except UnreadableAnswer:
        return
    assert worth is None or 0 <= worth <= 1


@given(typed=st.text(max_size=60), language=st.sampled_from(["en", "de", "fr", "hi", "xx", ""]))
@settings(max_examples=300)
def test_any_text_is_a_number_or_none(typed: str, language: str):
    assert read_number(typed, language) is None or isinstance(
        read_number(typed, language), Fraction
    )


LETTERS = st.sets(st.sampled_from("abcd"))
RULES = st.sampled_from(["all", "net", "coverage", "each"])


@given(ticked=LETTERS, rule=RULES, added=st.sampled_from("abcd"))
def test_one_more_key_never_costs_and_one_more_wrong_option_never_pays(
    ticked: set[str], rule: str, added: str
):
    question = multiple(credit=rule)
    before, after = credit(question, sorted(ticked)), credit(question, sorted({*ticked, added}))
    assert before is not None and after is not None
    if added in "ab":
        assert after >= before or (rule == "all" and before == 1)
    elif ticked:  # nothing ticked is not an answer, and worth nothing under any rule
        assert after <= before


@given(ticked=st.permutations("abc"), rule=RULES)
def test_the_order_of_ticks_does_not_matter(ticked: list[str], rule: str):
    assert credit(multiple(credit=rule), ticked) == credit(multiple(credit=rule), sorted(ticked))


@given(options=st.permutations(range(4)), ticked=LETTERS, rule=RULES)
def test_the_order_of_options_does_not_matter(options: list[int], ticked: set[str], rule: str):
    question = multiple(credit=rule)
    shuffled = replace(question, options=tuple(question.options[index] for index in options))
    assert credit(shuffled, sorted(ticked)) == credit(question, sorted(ticked))


@given(given_order=st.permutations(["i1", "i2", "i3", "i4"]))
def test_an_order_in_place_is_never_worth_more_than_its_longest_ordered_part(
    given_order: list[str],
):
    exact = credit(order(credit="exact"), given_order)
    position = credit(order(credit="position"), given_order)
    longest = credit(order(credit="lcs"), given_order)
    assert exact is not None and position is not None and longest is not None
    assert exact <= position <= longest
