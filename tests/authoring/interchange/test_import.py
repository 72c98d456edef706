"""Files of other systems become banks that compile, and what is lost is said."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.compiler import compile_course
from app.authoring.document import Course, Question
from app.authoring.interchange import aiken, gift, moodle_xml
from app.authoring.interchange.imported import Imported, Taken, Unreadable, bank, escaped
from app.authoring.questions.written import Choice, Text, WrittenOption
from tests.authoring.courses import KNOWN, small

QUIZ = """---
id: quiz
mode: checkpoint
---
# Quiz

## All
<!-- from: banks/foreign.bank.md; draw: {n} -->
"""


def compiled(imported: Imported) -> dict[str, Question]:
    """The questions as the course compiler reads the printed bank, by id."""
    files = small(quiz=QUIZ.format(n=len(imported.taken)))
    files["banks/foreign.bank.md"] = bank(imported.taken, "Foreign").encode()
    result = compile_course(files, KNOWN)
    errors = [str(one) for one in result.diagnostics if one.severity == "error"]
    assert errors == [], bank(imported.taken, "Foreign")
    assert isinstance(result.course, Course)
    return {
        one.id: one for section in result.course.quizzes[0].sections for one in section.questions
    }


def text_of(html: str) -> str:
    """What a reader reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


# --- Aiken ----------------------------------------------------------------------------------------


def test_aiken():
    found = aiken.read(
        b"Who may raise a risk?\nA) The board\nB. Anyone *at all*\nANSWER: B\n\n"
        b"Is [[this]] a gap?\nA) Yes\nB) No\nANSWER: A\n"
    )
    questions = list(compiled(found).values())
    assert [[option.correct for option in one.options] for one in questions] == [
        [False, True],
        [True, False],
    ]
    assert text_of(questions[0].options[1].html) == "Anyone *at all*"
    assert "[[this]]" in questions[1].stem_html


@pytest.mark.parametrize(
    "data",
    [
        b"Stem\nA) One\nB) Two\n",
        b"Stem\nA) One\nANSWER: A\n",
        b"Stem\nA) One\nB) Two\nANSWER: C\n",
        b"Stem\nA) One\nwhat\nB) Two\nANSWER: A\n",
        b"\xff\xfe\x00",
    ],
)
def test_aiken_that_cannot_be_read_is_refused(data: bytes):
    with pytest.raises(Unreadable):
        aiken.read(data)


# --- GIFT -----------------------------------------------------------------------------------------

GIFT = r"""
// a comment
$CATEGORY: tom/risk/Concepts

::owner::Who owns a risk? {
=One person #Right.
~Nobody #Then it is not managed.
~%50%Two people
####Shared accountability is lost accountability.
}

::pick::Which two? {~%50%Avoid ~%50%Reduce ~%-100%Exploit}

::upside:: A risk can help. {T#No#Yes}

::emv::What is 0.2 \* 50000? {#10000:100}

::range::How much? {#1..5}

::word::The [moodle]cause comes first: {=cause =the cause =%50%reason}

::match::Match {=Threat -> harms =Opportunity -> helps = -> neither}

::gap::A risk has a {=cause ~colour} and an effect.

::free::Write one. {}

::told::Only words here.
"""


def test_gift_in_all_its_types():
    found = gift.read(GIFT.encode())
    questions = compiled(found)

    assert {key: one.type for key, one in questions.items()} == {
        "owner": "single",
        "pick": "multiple",
        "upside": "truefalse",
        "emv": "number",
        "range": "number",
        "word": "text",
        "match": "match",
        "gap": "single",
        "free": "essay",
    }
    assert [option.weight for option in questions["owner"].options][2] == Decimal("0.5")
    assert "Shared accountability" in questions["owner"].why_html
    assert [option.correct for option in questions["pick"].options] == [True, True, False]
    assert questions["emv"].key.tolerance == 100
    assert (questions["range"].key.minimum, questions["range"].key.maximum) == (1, 5)
    assert questions["word"].key.variants == ("cause", "the cause")
    assert len(questions["match"].right) == 3
    assert "_____" in text_of(questions["gap"].stem_html)
    assert {note.question for note in found.notes} >= {"pick", "word", "told"}


def test_an_answer_that_is_not_closed_is_named_by_its_line():
    with pytest.raises(Unreadable, match="Line 3"):
        gift.read(b"\n\nWho? {=a ~b\n")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_of_gift(text: str):
    try:
        found = gift.read(text.encode("utf-8", "replace"))
    except Unreadable:
        return
    assert all(one.question.heading.markdown for one in found.taken)


# --- Moodle XML -----------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def moodle(*questions: str) -> bytes:
    return f"<quiz>{''.join(questions)}</quiz>".encode()


def question(kind: str, name: str, stem: str, rest: str) -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"<generalfeedback><text>Because.</text></generalfeedback>{rest}</question>"
    )


def answer(fraction: str, text: str, more: str = "") -> str:
    words = f"<text><![CDATA[{text}]]></text>"
    return f'<answer fraction="{fraction}" format="html">{words}{more}</answer>'


EVERYTHING = moodle(
    '<question type="category"><category><text>$course$/top/Risk</text></category></question>',
    question(
        "multichoice",
        "one",
        "<p>Who <b>owns</b> it?<script>alert(1)</script></p>",
        "<single>true</single><shuffleanswers>0</shuffleanswers><defaultgrade>2</defaultgrade>"
        + answer("100", "<p>One &lt;person&gt;</p>", "<feedback><text>Yes.</text></feedback>")
        + answer("50", "Two")
        + answer("0", "Nobody"),
    ),
    question(
        "multichoice",
        "many",
        "Which?",
        "<single>false</single>" + answer("50", "a") + answer("50", "b") + answer("-100", "c"),
    ),
    question("truefalse", "tf", "Help?", answer("100", "true") + answer("0", "false")),
    question("shortanswer", "short", "Word?", answer("100", "cause") + answer("50", "reason")),
    question("numerical", "num", "How much?", answer("100", "10.5", "<tolerance>0.5</tolerance>")),
    question(
        "matching",
        "pairs",
        "Match",
        '<subquestion format="html"><text>Threat</text><answer><text>harms | hurts</text></answer>'
        "</subquestion><subquestion><text>Luck</text><answer><text>helps</text></answer>"
        "</subquestion><subquestion><text></text><answer><text>neither</text></answer>"
        "</subquestion>",
    ),
    question("ordering", "steps", "Order", answer("100", "Identify") + answer("100", "Assess")),
    question(
        "essay",
        "draft",
        "Write.",
        '<graderinfo format="html"><text>Two points.</text></graderinfo>',
    ),
    question(
        "cloze",
        "gaps",
        "A {1:SHORTANSWER:=cause~=reason} has {1:MC:=one~two} effect of {1:NM:=0.1:0.02}.",
        "",
    ),
    question("description", "scene", "A depot moves.", ""),
    question("calculated", "calc", "x?", ""),
)


def test_moodle_xml_in_all_its_types():
    found = moodle_xml.read(EVERYTHING)
    questions = compiled(found)

    assert {key: one.type for key, one in questions.items()} == {
        "one": "single",
        "many": "multiple",
        "tf": "truefalse",
        "short": "text",
        "num": "number",
        "pairs": "match",
        "steps": "order",
        "draft": "essay",
        "gaps": "cloze",
    }
    one = questions["one"]
    assert one.points == 2
    assert "alert" not in one.stem_html
    assert "<strong>owns</strong>" in one.stem_html
    assert text_of(one.options[0].html) == "One <person>"
    assert one.options[1].weight == Decimal("0.5")
    assert questions["num"].key.tolerance == Decimal("0.5")
    assert any(item.text == "harms | hurts" for item in questions["pairs"].right)
    assert [blank.kind for blank in questions["gaps"].blanks] == ["typed", "choice", "number"]
    assert "Two points." in questions["draft"].rubric_html
    assert all("Because." in (each.why_html or "") for each in questions.values())
    assert {note.question for note in found.notes} == {"many", "short", "scene", "calc"}
    assert {one.category for one in found.taken} == {"Risk"}


def test_pictures_come_along_and_other_files_do_not():
    data = b64encode(PNG).decode()
    found = moodle_xml.read(
        moodle(
            '<question type="essay"><name><text>see</text></name><questiontext format="html">'
            '<text><![CDATA[<p>Look: <img src="@@PLUGINFILE@@/plan.png" alt="A plan"></p>]]></text>'
            f'<file name="plan.png" encoding="base64">{data}</file>'
            f'<file name="../evil.png" encoding="base64">{data}</file>'
            '<file name="a.html" encoding="base64">PGI+</file>'
            '<file name="b.png" encoding="base64">%%%</file></questiontext></question>'
        )
    )
    assert found.media == {"plan.png": PNG, "evil.png": PNG}  # by its name alone
    assert "![A plan](media/plan.png)" in bank(found.taken, "x")
    assert len(found.notes) == 2


BOMB = b"""<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<quiz><question type="essay"><name><text>&b;</text></name></question></quiz>"""
OUTSIDE = b"""<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>"""


@pytest.mark.parametrize(
    "data", [BOMB, OUTSIDE, b"", b"<quiz>", b"<html></html>", b"\xff\xfe<quiz/>", b"x" * (33 << 20)]
)
def test_hostile_and_broken_files_are_refused_with_what_to_mend(data: bytes):
    with pytest.raises(Unreadable) as refused:
        moodle_xml.read(data)
    assert str(refused.value)


# --- Text -----------------------------------------------------------------------------------------

PLAIN = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip())


@given(PLAIN, PLAIN)
def test_plain_text_says_the_same_as_markdown(stem: str, option: str):
    found = aiken.read(b"x\nA) y\nB) z\nANSWER: A\n")
    choice = Choice(
        "single",
        (WrittenOption(Text(escaped(option)), True), WrittenOption(Text("Something else"), False)),
    )
    heading = Text(escaped(stem))
    found.taken[0] = Taken(replace(found.taken[0].question, heading=heading, answer=choice))
    (question,) = compiled(found).values()

    assert text_of(question.options[0].html) == " ".join(option.split())
    assert text_of(question.stem_html) == " ".join(stem.split())


@pytest.mark.parametrize("read", [gift.read, aiken.read])
def test_a_text_that_nobody_wrote_is_refused(read: Callable[[bytes], Imported]):
    with pytest.raises(Unreadable, match="5 MiB"):
        read(b"x" * (5 * 1024 * 1024 + 1))
