"""Questions of every type: what the author writes, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    EssayQuestion,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    TextKey,
    TextQuestion,
    TypedBlank,
)
from app.authoring.questions.reader import slug
from tests.authoring.courses import cloze, codes, question, with_question

EXPLAINED = "\n> **Why** So.\n"
TRUE_FALSE = [("True", "False"), ("Falsch", "Wahr"), ("Vrai", "Faux"), ("true.", "false.")]


# --- Choices --------------------------------------------------------------------------------------


def test_one_key_is_a_single_choice_and_two_are_a_multiple_one():
    single = question("### Which?\n\n- [x] A\n- [ ] B\n- [ ] C\n")
    multiple = question("### Which?\n\n- [x] A\n- [X] B\n* [ ] C\n")

    assert (single.type, multiple.type) == ("single", "multiple")
    assert isinstance(multiple, ChoiceQuestion)
    assert [option.correct for option in multiple.options] == [True, True, False]
    assert multiple.credit == "all"


@pytest.mark.parametrize("words", TRUE_FALSE)
def test_true_and_false_in_any_language_are_a_type_of_their_own(words):
    read = question(f"### So it is.\n\n- [x] {words[0]}\n- [ ] {words[1]}\n")

    assert (read.type, read.shuffle) == ("truefalse", False)


def test_a_type_that_is_given_wins():
    read = question("### So?\n<!-- type: multiple -->\n\n- [x] True\n- [ ] False\n")

    assert read.type == "multiple"


def test_options_have_feedback_weight_and_more_than_one_line():
    read = question(
        "### Which?\n\n- [x] A\n    - Yes.\n"
        "- [ ] B <!-- credit: 50% -->\n    - Nearly.\n      Still.\n"
        "- [ ] C\n\n    ```python\n    - [x] no option\n    ```\n"
    )

    assert isinstance(read, ChoiceQuestion)
    a, b, c = read.options
    assert a.feedback_html == "<p>Yes.</p>"
    assert (b.text, b.weight) == ("B", Decimal("0.5"))
    assert b.feedback_html is not None
    assert "Nearly." in b.feedback_html
    assert "Still." in b.feedback_html
    assert "highlight" in c.html
    assert c.weight is None


def test_an_option_is_inline_and_keeps_what_looks_like_a_block():
    read = question("### When?\n\n- [x] 1. April\n- [ ] # 2\n- [ ] **bold**\n")

    assert isinstance(read, ChoiceQuestion)
    assert [option.html for option in read.options] == [
        "1. April",
        "# 2",
        "<strong>bold</strong>",
    ]


def test_text_before_the_answers_continues_the_stem():
    read = question("### First line\n\nSecond *line*.\n\n- a list\n- of two\n\n- [x] A\n- [ ] B\n")

    assert read.stem_html.startswith("<p>First line</p>\n<p>Second <em>line</em>.</p>")
    assert "<li>of two</li>" in read.stem_html
    assert read.stem_text == "First line Second line. a list of two"


def test_the_explanation_has_labels_and_hints_are_steps():
    read = question(
        "### Q\n\n- [x] A\n- [ ] B\n\n> **Hint** One.\n> **Hint** Two.\n>\n> Still two.\n>\n"
        "> **Why** Because.\n>\n> **Correct:** Well done.\n>\n> **Incorrect** Sorry.\n"
    )

    assert read.hints_html == ("<p>One.</p>", "<p>Two.</p>\n<p>Still two.</p>")
    assert read.why_html == "<p>Because.</p>"
    assert read.correct_html == "<p>Well done.</p>"
    assert read.incorrect_html == "<p>Sorry.</p>"


def test_attributes_are_read():
    read = question(
        "### Q\n<!-- id: q-1; points: 2.50; domain: Words;\n"
        "     difficulty: hard; shuffle: false; unscored: true; regrade: full -->\n\n"
        "- [x] A\n- [ ] B\n"
    )

    assert (read.id, read.points, read.domain) == ("q-1", Decimal("2.5"), "Words")
    assert (read.difficulty, read.shuffle, read.unscored) == ("hard", False, True)
    assert read.regrade == "full"


def test_a_question_without_an_id_takes_its_stem():
    assert question("### What is ‘déjà vu’?\n\n- [x] A\n- [ ] B\n").id == "what-is-deja-vu"
    assert slug("x") != slug("y")
    assert len(slug("word " * 40)) <= 64


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("### Q\n\nNo answer at all.\n", "no-key"),
        ("### Q\n\n- [ ] A\n- [ ] B\n", "no-key"),
        ("### Q\n\n- [x] A\n", "bad-option"),
        ("### Q\n<!-- type: truefalse -->\n\n- [x] A\n- [ ] B\n- [ ] C\n", "bad-option"),
        ("### Q\n<!-- points: 0 -->\n\n- [x] A\n- [ ] B\n", "bad-attribute"),
        ("### Q\n<!-- shuffle: yes -->\n\n- [x] A\n- [ ] B\n", "bad-attribute"),
        ("### Q\n\n> **Why** Early.\n\n- [x] A\n- [ ] B\n", "bad-feedback"),
        ("### Q\n\n- [x] A\n- [ ] B\n\n> **Why** A.\n>\n> **Why** B.\n", "bad-feedback"),
        ("### Q\n\n- [x] A\n- [ ] B\n\n> **Why**\n", "bad-feedback"),
        ("### Q\n<!-- type: order -->\n\n1. One\n", "no-key"),
        ("### Q\n<!-- type: match -->\n\nNo table.\n", "no-key"),
        ("### Q\n<!-- type: cloze -->\n\nNo blank.\n", "no-key"),
        ("### Q\n<!-- type: number -->\n\n= many\n", "bad-number"),
        ("### Q\n\n= 5 +- much\n", "bad-number"),
        ("### Q\n\n= /a/ | /b/\n", "bad-expression"),
        ("### \n\n= a\n", "bad-body"),
    ],
)
def test_what_cannot_be_asked_is_refused(text, code):
    assert code in codes(with_question(text))


# --- Numbers and texts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("10", NumberKey(value=Decimal(10))),
        ("10 000", NumberKey(value=Decimal(10000))),
        ("1,500", NumberKey(value=Decimal(1500))),
        ("-0.5 +- 0.1", NumberKey(value=Decimal("-0.5"), tolerance=Decimal("0.1"))),
        ("−3 ± 1", NumberKey(value=Decimal(-3), tolerance=Decimal(1))),
        ("10000 +- 1%", NumberKey(value=Decimal(10000), percent=Decimal(1))),
        ("[1, 2.5]", NumberKey(minimum=Decimal(1), maximum=Decimal("2.5"))),
        ("[-2; -1]", NumberKey(minimum=Decimal(-2), maximum=Decimal(-1))),
    ],
)
def test_keys_of_numbers(written, key):
    read = question(f"### How many?\n\n= {written}\n")

    assert isinstance(read, NumberQuestion)
    assert read.key == key


def test_keys_of_numbers_are_read_in_the_language_of_the_course():
    assert question("### Wie viel?\n\n= 0,1 +- 0,02\n", "de").key == NumberKey(
        value=Decimal("0.1"), tolerance=Decimal("0.02")
    )
    assert question("### Wie viel?\n\n= 10.000\n", "de").key == NumberKey(value=Decimal(10000))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("business case | the business case", TextKey(("business case", "the business case"))),
        ("a \\| b", TextKey(("a | b",))),
        ("/colou?r/", TextKey(expression="colou?r")),
        ("/a|b/", TextKey(expression="a|b")),
        ("grey | /gr[ae]y/ | ash", TextKey(("grey", "ash"), "gr[ae]y")),
        ("1 or 2", TextKey(("1 or 2",))),
        ("and/or", TextKey(("and/or",))),
    ],
)
def test_keys_of_texts(written, key):
    read = question(f"### Which word?\n\n= {written}\n")

    assert isinstance(read, TextQuestion)
    assert read.key == key


def test_a_number_may_be_asked_for_as_a_text():
    read = question("### Which section?\n<!-- type: text -->\n\n= 4\n")

    assert isinstance(read, TextQuestion)
    assert read.key == TextKey(("4",))


# --- Match, order, essay --------------------------------------------------------------------------


def test_a_table_to_match_with_a_distractor_a_stroke_and_code():
    read = question(
        "### Match\n<!-- type: match; credit: each -->\n\n| Left | Right |\n|:--|--:|\n"
        "| `a|b` | one |\n| c \\| d | two |\n| e | one |\n| | three |\n"
    )

    assert isinstance(read, MatchQuestion)
    assert (read.left_title, read.right_title, read.credit) == ("Left", "Right", "each")
    assert [item.text for item in read.left] == ["a|b", "c | d", "e"]
    assert sorted(item.text for item in read.right) == ["one", "three", "two"]
    rights = {item.id: item.text for item in read.right}
    assert [rights[right] for _left, right in read.key] == ["one", "two", "one"]


def test_a_list_to_put_in_order():
    read = question("### Order\n<!-- type: order -->\n\n1. *One*\n2) Two\n   goes on\n1. Three\n")

    assert isinstance(read, OrderQuestion)
    assert read.credit == "exact"
    assert [item.text for item in read.items] == ["One", "Two goes on", "Three"]


def test_an_essay_keeps_quotations_in_its_stem_and_its_rubric_out_of_it():
    read = question(
        "### Comment\n<!-- type: essay -->\n\n> Nobody expects it.\n\nWhy?\n\n"
        "> **Rubric** 2 points.\n"
    )

    assert isinstance(read, EssayQuestion)
    assert "Nobody expects it." in read.stem_html
    assert "2 points" not in read.stem_html
    assert read.rubric_html == "<p>2 points.</p>"


# --- Cloze ----------------------------------------------------------------------------------------


def test_a_cloze_has_a_piece_more_than_blanks():
    read = cloze(
        "### Complete\n\nThe [[cause | reason]] and *[[(this) | that]]* and [[= 3 +- 1]].\n"
    )

    assert read.stem_html == "<p>Complete</p>"
    assert read.pieces_html == ("<p>The ", " and <em>", "</em> and ", ".</p>")
    typed, choice, number = read.blanks
    assert isinstance(typed, TypedBlank)
    assert typed.key == TextKey(("cause", "reason"))
    assert isinstance(choice, ChoiceBlank)
    assert [option.text for option in choice.options] == ["this", "that"]
    assert choice.key == choice.options[0].id
    assert isinstance(number, NumberBlank)
    assert number.key == NumberKey(value=Decimal(3), tolerance=Decimal(1))
    assert read.stem_text == "Complete The … and … and …."


def test_a_blank_in_the_heading_makes_the_heading_a_piece():
    read = cloze("### A risk has a [[cause]]\n\nand an [[effect]].\n")

    assert read.stem_html == ""
    assert read.pieces_html == ("<p>A risk has a ", "</p>\n<p>and an ", ".</p>")


def test_code_is_not_scanned_and_an_escaped_bracket_means_itself():
    read = cloze(
        "### Complete\n\n`[[code]]` and \\[[literal]] and [[blank]]\n\n```\n[[fence]]\n```\n"
    )

    assert len(read.blanks) == 1
    whole = "".join(read.pieces_html)
    assert "<code>[[code]]</code>" in whole
    assert "[[literal]]" in whole
    assert "[[fence]]" in whole


def test_blanks_in_a_table_and_in_a_list():
    read = cloze("### Fill\n\n| A | B |\n|---|---|\n| [[one]] | [[two]] |\n\n- [[three]]\n")

    assert len(read.blanks) == 3


# --- What a question is not -----------------------------------------------------------------------


def test_headings_in_fences_and_comments_are_text():
    read = question(
        "### Q\n\n```\n### not a question\n- [x] no\n```\n\n<!--\n### nor this\n-->\n\n"
        "- [x] A\n- [ ] B\n"
    )

    assert read.type == "single"
    assert "not a question" in read.stem_html
    assert "nor this" not in read.stem_html


def test_comments_of_the_author_are_nobody_elses_business():
    read = question("### Q\n\nStem <!-- the key is A --> on.\n\n- [x] A <!-- sure? -->\n- [ ] B\n")

    assert "the key is" not in read.stem_html
    assert isinstance(read, ChoiceQuestion)
    assert read.options[0].html.strip() == "A"
    assert read.options[0].text == "A"
