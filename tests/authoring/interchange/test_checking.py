"""Whatever is in a file: the bank of it compiles, and what is not in the bank is in the report."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.assessment.commands import questions as group
from app.authoring.interchange import gift, moodle_xml
from app.authoring.interchange.checking import sound
from app.authoring.interchange.imported import Imported, Unreadable, bank
from app.authoring.questions.written import Attributes, Choice, Explanation, Text, WrittenOption
from tests.authoring.interchange.test_import import answer, compiled, moodle, question

PIECES = st.sampled_from(
    [
        "risk",
        "3",
        "1.5",
        "1e9",
        "-",
        "*",
        "- [x] a",
        "# a",
        "= 3",
        "[[a]]",
        "[[",
        "]]",
        "|",
        "||",
        "`",
        "```",
        "<b>x</b>",
        "<ul><li>a</li></ul>",
        "<pre>a\n  b</pre>",
        "<table><tr><td>a</td>",
        "<blockquote>a</blockquote>",
        "<!-- id: x -->",
        "**Why** x",
        "> **Why** x",
        "\n",
        "\n\n",
        "/a/",
        "(a)",
        "$x$",
        "\\",
        "&amp;",
        "&lt;",
        "<a href='x.md'>y</a>",
        "<img src='z.png' alt='z'>",
        "<img src='@@PLUGINFILE@@/p.png'>",
        "![a](b.png)",
        "[a](b.md)",
        "{1:SA:=a~b}",
        "{1:MC:=a~b}",
        "{1:NM:=3:1}",
        "\u2028",
        "\ue000",
        "{: .x }",
        "---",
        "1. a",
        "True",
        "False",
        "äß",
        "💡",
    ]
)
WRITTEN = st.lists(PIECES, max_size=5).map(" ".join)
FRACTION = st.sampled_from(["100", "0", "50", "-100", "33.33333", "1e99", "x"])


@st.composite
def answers(draw: st.DrawFn) -> str:
    listed = draw(st.lists(st.tuples(FRACTION, WRITTEN, WRITTEN), max_size=5))
    return "".join(
        f'<answer fraction="{share}" format="{draw(FORMAT)}"><text>{escape(text)}</text>'
        f"<feedback><text>{escape(told)}</text></feedback></answer>"
        f"<subquestion><text>{escape(text)}</text><answer><text>{escape(told)}</text></answer>"
        "</subquestion>"
        for share, text, told in listed
    )


FORMAT = st.sampled_from(["html", "markdown", "plain_text", "moodle_auto_format"])
KINDS = st.sampled_from(
    [
        "multichoice", "truefalse", "shortanswer", "numerical", "matching", "ordering", "essay",
        "cloze", "description", "calculated",
    ]
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> str:
    extras = "".join(
        f'<{name} format="{draw(FORMAT)}"><text>{escape(draw(WRITTEN))}</text></{name}>'
        for name in draw(st.sets(st.sampled_from(["hint", "correctfeedback", "graderinfo"])))
    )
    grade = draw(st.sampled_from(["", "0", "2", "1e40", "5000", "0.001", "-1", "0.3333333"]))
    return (
        f'<question type="{draw(KINDS)}"><name><text>{escape(draw(WRITTEN))}</text></name>'
        f'<questiontext format="{draw(FORMAT)}"><text>{escape(draw(WRITTEN))}</text>'
        f"</questiontext><generalfeedback><text>{escape(draw(WRITTEN))}</text></generalfeedback>"
        f"<single>{draw(st.sampled_from(['true', 'false']))}</single>"
        f"<defaultgrade>{grade}</defaultgrade>{draw(answers())}{extras}</question>"
    )


def accounted_for(found: Imported) -> None:
    """The bank compiles, and every question that is not in it has a note."""
    before = len(found.notes)
    sound(found, "Foreign")
    assert len(compiled(found) if found.taken else {}) == len(found.taken)
    lost = found.met - len(found.taken)
    assert len([note for note in found.notes if note.message]) >= lost
    assert len(found.notes) >= before


@settings(max_examples=80, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(entries(), min_size=1, max_size=3))
def test_whatever_moodle_says_becomes_a_bank_that_compiles(written: list[str]):
    accounted_for(moodle_xml.read(moodle(*written)))


GIFT_PIECES = st.sampled_from(["=", "~", "%50%", "%-100%", "#", "####", "->", "{", "}", "\\", ":"])


@settings(max_examples=80, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(PIECES | GIFT_PIECES, max_size=7).map(" ".join), min_size=1, max_size=3))
def test_whatever_gift_says_becomes_a_bank_that_compiles(bodies: list[str]):
    text = "\n\n".join(f"::q {n}::Which? {{{body}}}" for n, body in enumerate(bodies))
    try:
        found = gift.read(text.encode())
    except Unreadable:
        return
    accounted_for(found)


def two_alike() -> Imported:
    found = Imported(met=2)
    for name, twin in (("good", "b"), ("bad", "a")):
        options = (WrittenOption(Text("a"), True), WrittenOption(Text(twin), False))
        choice = Choice("single", options)
        found.take(name, "Which?", choice, Explanation(), Attributes())
    return found


def test_a_question_that_does_not_compile_is_left_out_with_the_reason():
    found = sound(two_alike(), "x")

    assert [one.question.id for one in found.taken] == ["good"]
    assert [(note.question, note.message) for note in found.notes] == [
        ("bad", "It cannot be said here and is left out: “a” stands twice.")
    ]


def test_a_picture_that_is_not_there_is_told_by_its_words():
    see = question(
        "essay", "see", '<p>See <img src="@@PLUGINFILE@@/a.png" alt="the plan">.</p>', ""
    )
    found = sound(moodle_xml.read(moodle(see)), "x")

    assert "See the plan." in bank(found.taken, "x")
    assert [note.message for note in found.notes] == [
        "“a.png” did not come with the file: its words stand there."
    ]


def test_a_picture_that_runs_scripts_is_left_out():
    data = b64encode(b'<svg onload="alert(1)"/>').decode()
    svg = (
        '<question type="essay"><name><text>see</text></name><questiontext format="html"><text>'
        '<![CDATA[<p>See <img src="@@PLUGINFILE@@/a.svg" alt="the plan">.</p>]]></text>'
        f'<file name="a.svg" encoding="base64">{data}</file></questiontext></question>'
    )
    found = sound(moodle_xml.read(moodle(svg)), "x")

    assert found.media == {}
    assert "See the plan." in bank(found.taken, "x")
    assert "runs scripts" in found.notes[0].message


def test_points_and_weights_are_rounded_to_what_a_bank_can_write():
    found = moodle_xml.read(
        moodle(
            question(
                "multichoice",
                "one",
                "?",
                "<defaultgrade>2.0000000</defaultgrade>"
                + answer("100", "a")
                + answer("33.33333", "b"),
            ),
            question("essay", "third", "?", "<defaultgrade>0.3333333</defaultgrade>"),
            question("essay", "many", "?", "<defaultgrade>5000.0</defaultgrade>"),
        )
    )
    read = compiled(sound(found, "x"))

    assert [str(one.points) for one in read.values()] == ["2", "0.33", "1"]
    assert str(read["one"].options[1].weight) == "0.3333"
    assert [(note.question, note.message) for note in found.notes] == [
        ("third", "It cannot be worth 0.3333333 points."),
        ("many", "It cannot be worth 5000.0 points."),
    ]


# --- The commands ---------------------------------------------------------------------------------


def imported(tmp_path: Path, data: bytes, *more: str) -> Result:
    file, to = tmp_path / "old.xml", tmp_path / "banks" / "old.bank.md"
    file.write_bytes(data)
    arguments = ["import", str(file), "--format", "moodle-xml", "--to", str(to), *more]
    return CliRunner().invoke(group, arguments)


WHOLE = question("essay", "draft", "Write.", "")
IN_PART = question("shortanswer", "word", "Word?", answer("100", "a") + answer("50", "b"))
UNKNOWN = question("calculated", "sum", "x?", "")


@pytest.mark.parametrize(
    ("questions", "code", "said"),
    [
        ([WHOLE], 0, "Everything survived."),
        ([WHOLE, IN_PART], 0, "word: Answers that count in part are left out."),
        ([WHOLE, UNKNOWN], 1, "1 question was left out."),
        ([WHOLE, UNKNOWN, UNKNOWN], 1, "2 questions were left out."),
    ],
    ids=["whole", "in part", "one left out", "two left out"],
)
def test_losses_are_told_and_questions_left_out_fail_the_run(
    tmp_path: Path, questions: list[str], code: int, said: str
):
    done = imported(tmp_path, moodle(*questions))

    assert done.exit_code == code, done.output
    assert said in done.output
    assert "### Write." in (tmp_path / "banks" / "old.bank.md").read_text()


def test_a_picture_of_somebody_is_not_overwritten(tmp_path: Path):
    there = tmp_path / "banks" / "media" / "plan.png"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    see = (
        '<question type="essay"><name><text>see</text></name><questiontext format="html"><text>'
        '<![CDATA[<img src="@@PLUGINFILE@@/plan.png" alt="Plan">]]></text>'
        '<file name="plan.png" encoding="base64">dGhlaXJz</file></questiontext></question>'
    )
    refused = imported(tmp_path, moodle(see))

    assert refused.exit_code == 1
    assert "plan.png is there already. Add --force." in refused.output
    assert there.read_bytes() == b"mine"
    assert not (tmp_path / "banks" / "old.bank.md").exists()
    assert imported(tmp_path, moodle(see), "--force").exit_code == 0
    assert there.read_bytes() == b"theirs"


BOMB = '<!DOCTYPE q [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("kind", ["moodle-xml", "qti"])
@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE], ids=["bomb", "outside"])
def test_entities_are_refused_and_nothing_is_written(tmp_path: Path, prolog: str, kind: str):
    file, to = tmp_path / "x.xml", tmp_path / "x.bank.md"
    file.write_text(f"{prolog}<quiz>&a;</quiz>")

    done = CliRunner().invoke(group, ["import", str(file), "--format", kind, "--to", str(to)])

    assert done.exit_code == 1
    assert "entities" in done.output
    assert "root:" not in done.output
    assert not to.exists()


def test_an_export_that_leaves_questions_out_fails_and_says_which(tmp_path: Path):
    arguments = ["export", "risk-essentials/final-exam", "--format", "gift"]
    done = CliRunner().invoke(group, [*arguments, "-o", str(tmp_path / "x.gift")])

    assert done.exit_code == 1
    assert "37 questions in" in done.output
    assert "GIFT has no such type: the question is left out." in done.output
    assert "3 questions were left out." in done.output
