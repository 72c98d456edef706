"""No answer is read as something else, and nothing that a file says is dropped without a word."""

from __future__ import annotations

import struct
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest

from app.authoring.document import NumberKey, Section, TextKey
from app.authoring.interchange import gift, moodle_xml, qti
from app.authoring.interchange.imported import Imported, Unreadable, bank
from app.authoring.interchange.qti_writing import to_qti
from app.authoring.interchange.writing import to_gift, to_moodle_xml
from tests.assessment import questions as ours
from tests.authoring.interchange.test_import import answer, compiled, moodle, question, text_of
from tests.authoring.interchange.test_qti import item, package, right

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def words(found: Imported) -> str:
    return " ".join(note.message for note in found.notes)


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "NaN", "Infinity", "1" * 40])
def test_a_number_of_no_sane_size_is_left_out_with_a_word(number: str):
    files = [
        (gift.read, f"How much? {{#{number}}}".encode()),
        (moodle_xml.read, moodle(question("numerical", "n", "?", answer("100", number)))),
        (moodle_xml.read, moodle(question("cloze", "n", f"A {{1:NM:={number}:1}}", ""))),
        (
            qti.read,
            item(
                "n",
                right("single", "float", number),
                '<p>?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>',
            ).encode(),
        ),
    ]
    for read, data in files:
        found = read(data)
        assert (found.taken, found.met) == ([], 1)
        assert len(found.notes) == 1


def test_huge_weights_and_points_count_as_if_they_were_not_given():
    found = moodle_xml.read(
        moodle(
            question(
                "multichoice",
                "n",
                "?",
                "<defaultgrade>1e99999</defaultgrade>"
                + answer("100", "a")
                + answer("1e99999", "b")
                + answer("0", "c"),
            )
        )
    )
    (one,) = compiled(found).values()
    assert one.points == 1
    assert [option.weight for option in one.options] == [None, None, None]


def test_a_negative_tolerance_is_as_wide_as_a_positive_one():
    wide = question("numerical", "n", "?", answer("100", "3", "<tolerance>-0.5</tolerance>"))
    for found in (moodle_xml.read(moodle(wide)), gift.read(b"::n::? {#3:-0.5}")):
        (one,) = compiled(found).values()
        assert one.key == NumberKey(value=Decimal(3), tolerance=Decimal("0.5"))


# --- Answers that look like something else --------------------------------------------------------


def test_strokes_round_an_answer_make_no_pattern_of_it():
    found = moodle_xml.read(
        moodle(question("shortanswer", "s", "?", answer("100", "/.*/") + answer("100", "a|b")))
    )
    (one,) = compiled(found).values()
    assert one.key == TextKey(("a|b",))
    assert "/.*/" in words(found)


@pytest.mark.parametrize("text", ["1927", "-3", "[1, 2]"])
def test_a_text_that_is_a_number_stays_a_text(text: str):
    found = moodle_xml.read(moodle(question("shortanswer", "s", "Year?", answer("100", text))))
    (one,) = compiled(found).values()
    assert (one.type, one.key) == ("text", TextKey((text,)))


@pytest.mark.parametrize("text", ["(a)", "= 3", "=a"])
def test_a_gap_whose_answer_would_be_a_drop_down_or_a_number_is_told(text: str):
    stem = f"A {{1:SHORTANSWER:%100%{text.replace('=', chr(92) + '=')}~=b}} c"
    found = moodle_xml.read(moodle(question("cloze", "g", stem, "")))
    (one,) = compiled(found).values()
    assert [(blank.kind, blank.key) for blank in one.blanks] == [("typed", TextKey(("b",)))]
    assert text in words(found)


def test_entities_in_a_gap_are_the_signs_they_stand_for():
    stem = "A {1:MULTICHOICE:=risk &amp; issue~&lt;none&gt;} and {1:SA:=R&amp;D}"
    found = moodle_xml.read(moodle(question("cloze", "g", stem, "")))
    (one,) = compiled(found).values()
    assert [option.text for option in one.blanks[0].options] == ["risk & issue", "<none>"]
    assert one.blanks[1].key == TextKey(("R&D",))


def test_gaps_of_different_weight_count_alike_and_that_is_told():
    stem = "{2:SA:=a} {1:SA:=b}"
    found = moodle_xml.read(moodle(question("cloze", "g", stem, "")))
    assert len(found.taken) == 1
    assert words(found) == "All gaps count alike here."


def test_two_options_of_full_marks_in_a_single_choice_leave_one_key():
    found = moodle_xml.read(
        moodle(question("multichoice", "m", "?", answer("100", "a") + answer("100", "b")))
    )
    (one,) = compiled(found).values()
    assert [(option.text, option.correct) for option in one.options] == [("a", True), ("b", False)]
    assert "Only one option can be the key: “b”" in words(found)


# --- Stems that look like something else ----------------------------------------------------------


@pytest.mark.parametrize(
    "stem",
    [
        "Look:\n\n# A heading\n\n- [x] no option\n\n= 3\n\n[[gap]] <!-- id: other -->",
        "> **Why** not a reason",
        "Look:\n\n> **Hint** a quote",
    ],
)
def test_a_stem_in_markdown_is_no_part_of_the_bank(stem: str):
    text = question("multichoice", "m", stem, answer("100", "a") + answer("0", "b"))
    text = text.replace('<questiontext format="html">', '<questiontext format="markdown">')
    found = moodle_xml.read(moodle(text))
    (one,) = compiled(found).values()
    assert (one.id, one.type, len(one.options)) == ("m", "single", 2)
    assert not one.hints_html
    assert text_of(one.why_html or "") == "Because."


def test_a_quotation_in_a_stem_is_no_explanation():
    found = moodle_xml.read(
        moodle(
            question(
                "multichoice",
                "m",
                "<p>Say:</p><blockquote><p><b>Why</b> now?</p></blockquote>",
                answer("100", "a") + answer("0", "b"),
            )
        )
    )
    (one,) = compiled(found).values()
    assert "now?" in text_of(one.stem_html)
    assert text_of(one.why_html) == "Because."


def test_a_stroke_in_the_name_of_a_category_is_no_step_down():
    for found in (
        moodle_xml.read(
            moodle(
                '<question type="category"><category><text>$course$/top/Risk//Basics</text>'
                "</category></question>",
                question("essay", "e", "?", ""),
            )
        ),
        gift.read(b"$CATEGORY: $course$/top/Risk//Basics\n\n::e::? {}\n"),
    ):
        assert [one.category for one in found.taken] == ["Risk/Basics"]


# --- Pictures -------------------------------------------------------------------------------------


def pictured(name: str, data: bytes) -> str:
    return (
        f'<question type="essay"><name><text>{name}</text></name><questiontext format="html">'
        '<text><![CDATA[<p>Look: <img src="@@PLUGINFILE@@/plan%20b%2C%2050%25.png" alt="Plan">'
        f'</p>]]></text><file name="plan b, 50%.png" encoding="base64">'
        f"{b64encode(data).decode()}</file></questiontext></question>"
    )


def test_spaces_and_signs_in_the_name_of_a_picture_lead_to_the_same_file():
    found = moodle_xml.read(moodle(pictured("one", PNG)))
    (name,) = found.media
    assert f"![Plan](media/{name})" in bank(found.taken, "x")


def test_a_second_picture_of_the_same_name_is_told():
    found = moodle_xml.read(moodle(pictured("one", PNG), pictured("two", PNG + b"other")))
    assert list(found.media.values()) == [PNG]
    assert "Another picture has the name" in words(found)


def test_what_markdown_cannot_show_is_told():
    said = "Recordings, frames, drawings and set formulas in it are left out."
    heard = "<p>Hear <audio src='a.mp3'></audio> and tell.</p>"
    asked = f'{heard}<extendedTextInteraction responseIdentifier="RESPONSE"/>'
    for found in (
        moodle_xml.read(moodle(question("essay", "e", heard, ""))),
        gift.read(f"[html]{heard.replace('=', chr(92) + '=')} {{}}".encode()),
        qti.read(item("e", right("single", "string"), asked).encode()),
    ):
        assert [note.message for note in found.notes] == [said]
        assert text_of(next(iter(compiled(found).values())).stem_html) == "Hear and tell."


def test_an_item_of_made_up_numbers_is_left_out():
    made = item("sum", right("single", "float", "3"), "<p>?</p>", "<templateProcessing/>")
    found = qti.read(made.encode())
    assert (found.met, found.taken) == (1, [])
    assert "made up" in words(found)


# --- What is hostile ------------------------------------------------------------------------------


def damaged() -> bytes:
    """A package whose compressed bytes are not what a compressor writes."""
    packed = bytearray(package({"one": item("one", "", "<p>?</p>")}))
    start = packed.index(b"items/one.xml") + len(b"items/one.xml")
    packed[start : start + 20] = b"\xff" * 20
    return bytes(packed)


def foreign_compression() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.xml", "<x/>")
    data = bytearray(packed.getvalue())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.index(signature) + offset
        data[place : place + 2] = struct.pack("<H", 97)
    return bytes(data)


ASKED = '<extendedTextInteraction responseIdentifier="RESPONSE"/>'


def nested(tag: str, depth: int = 20_000, inside: str = "x") -> str:
    return f"<{tag}>" * depth + inside + f"</{tag}>" * depth


@pytest.mark.parametrize(
    "data",
    [
        damaged(),
        foreign_compression(),
        item("deep", right("single", "string"), nested("div", inside=ASKED)).encode(),
    ],
    ids=["damaged", "foreign", "deep"],
)
def test_a_hostile_package_is_refused_and_no_crash(data: bytes):
    with pytest.raises(Unreadable) as refused:
        qti.read(data)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (moodle_xml.read, moodle(question("essay", "e", nested("div"), ""))),
        (gift.read, f"[html]{nested('div')} {{}}".encode()),
    ],
    ids=["moodle-xml", "gift"],
)
def test_text_nested_deeply_is_refused(read: Callable[[bytes], Imported], data: bytes):
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(data)


@pytest.mark.parametrize("encoding", ["no-such-thing", "utf-7"])
def test_an_encoding_that_nobody_knows_is_refused(encoding: str):
    with pytest.raises(Unreadable):
        moodle_xml.read(f'<?xml version="1.0" encoding="{encoding}"?><quiz/>'.encode())


# --- What goes out --------------------------------------------------------------------------------


def test_every_way_out_says_what_it_leaves_behind():
    one = replace(
        ours.essay(),
        points=Decimal(4),
        hints_html=("<p>Think.</p>",),
        unscored=True,
        rubric_html="<p>2 cause; 2 effect</p>",
    )
    section = Section("Part", None, None, (one,), None, False)
    gift_notes = [note.message for note in to_gift([section]).notes]
    assert gift_notes == [
        "The lesson it refers to is left out.",
        "That it does not count is left out.",
        "Its points are left out.",
        "Its hints and its words for right and wrong are left out.",
        "What earns points is left out.",
    ]
    assert "Its hints are left out." in [note.message for note in to_qti([section]).notes]
    (back,) = compiled(moodle_xml.read(to_moodle_xml([section]).data)).values()
    assert (back.unscored, text_of(back.hints_html[0])) == (True, "Think.")
    assert text_of(back.rubric_html) == "2 cause; 2 effect"


def test_a_text_that_only_a_pattern_accepts_does_not_go_to_gift():
    one = replace(ours.text(), key=TextKey((), "colou?r"))
    exported = to_gift([Section("Part", None, None, (one,), None, False)])
    assert exported.left_out == 1
    assert [note.question for note in exported.notes] == [one.id, one.id]
    assert gift.read(exported.data).met == 0


@pytest.mark.parametrize(
    ("write", "read"),
    [(to_gift, gift.read), (to_moodle_xml, moodle_xml.read), (to_qti, qti.read)],
    ids=["gift", "moodle-xml", "qti"],
)
def test_a_scenario_stands_above_its_questions_again(write, read):
    section = Section("Depot", None, "<p>A depot moves.</p>", (ours.essay(),), None, False)
    second = Section("Other", None, None, (replace(ours.essay(), id="other"),), None, False)
    found = read(write([section, second]).data)

    assert found.scenarios == {"Depot": "A depot moves."}
    assert [one.category for one in found.taken] == ["Depot", "Other"]
    assert "## Depot\n\nA depot moves.\n\n### " in bank(found.taken, "x", found.scenarios)
    assert len(compiled(found)) == 2
