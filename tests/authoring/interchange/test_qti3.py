"""QTI 3.0 as the specification writes it, by hand, and what our own items say of their scores."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from xml.etree.ElementTree import Element, fromstring

import pytest

from app.authoring.document import Section
from app.authoring.interchange import moodle_xml, qti
from app.authoring.interchange.imported import Imported, Unreadable, bank, drop_down, gap_text
from app.authoring.interchange.pictures import Pictures, safe_name
from app.authoring.interchange.qti_writing import to_qti
from app.authoring.interchange.writing import to_moodle_xml
from app.authoring.questions.written import (
    Attributes,
    Explanation,
    Match,
    Order,
    Text,
)
from tests.assessment import questions as ours
from tests.authoring.interchange.test_import import compiled, moodle, text_of

THREE = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def item(name: str, declared: str, body: str) -> str:
    return (
        f'<qti-assessment-item {THREE} identifier="{name}" title="{name}" adaptive="false"'
        f' time-dependent="false">{declared}<qti-item-body>{body}</qti-item-body>'
        "</qti-assessment-item>"
    )


def declared(
    cardinality: str, base: str, *values: str, name: str = "RESPONSE", mapping: str = ""
) -> str:
    listed = "".join(f"<qti-value>{value}</qti-value>" for value in values)
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}"'
        f' base-type="{base}"><qti-correct-response>{listed}</qti-correct-response>{mapping}'
        "</qti-response-declaration>"
    )


def mapped(**values: str) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{value}"/>' for key, value in values.items()
    )
    return f'<qti-mapping default-value="0" lower-bound="0">{entries}</qti-mapping>'


def choices(*texts: str, shuffle: str = "true", most: str = "1") -> str:
    options = "".join(
        f'<qti-simple-choice identifier="C{number}">{text}</qti-simple-choice>'
        for number, text in enumerate(texts)
    )
    return (
        f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{most}"'
        f' shuffle="{shuffle}"><qti-prompt>Which?</qti-prompt>{options}</qti-choice-interaction>'
    )


def package(**files: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def one(xml: str) -> tuple[Imported, object]:
    found = qti.read(xml.encode())
    (question,) = compiled(found).values()
    return found, question


# --- In --------------------------------------------------------------------------------------


def test_a_choice_keeps_its_order_and_the_weights_of_partly_right_options():
    xml = item(
        "owner",
        declared("single", "identifier", "C0", mapping=mapped(C0="1", C1="0.5", C2="-1")),
        choices("one person", "two people", "the board", shuffle="false"),
    )
    found, question = one(xml)

    assert question.shuffle is False
    assert [option.weight for option in question.options] == [None, Decimal("0.5"), None]
    assert [note.message for note in found.notes] == [
        "A weight that is not between 0 and 1 is left out."
    ]


def test_keys_that_add_what_wrong_options_take_away_are_net_credit():
    mapping = mapped(C0="0.5", C1="0.5", C2="-0.5")
    xml = item(
        "two",
        declared("multiple", "identifier", "C0", "C1", mapping=mapping),
        choices("a", "b", "c", most="0"),
    )
    found, question = one(xml)
    assert (question.type, question.credit, found.notes) == ("multiple", "net", [])

    other = xml.replace('mapped-value="0.5"', 'mapped-value="2"')
    found, question = one(other)
    assert question.credit == "all"
    assert len(found.notes) == 1


def test_gaps_of_every_kind():
    body = (
        "<p>A <qti-text-entry-interaction response-identifier='G1'/> is worth "
        "<qti-text-entry-interaction response-identifier='G2'/>, and we "
        "<qti-inline-choice-interaction response-identifier='G3'>"
        "<qti-inline-choice identifier='X'>avoid</qti-inline-choice>"
        "<qti-inline-choice identifier='Y'>share</qti-inline-choice>"
        "</qti-inline-choice-interaction> it.</p>"
    )
    xml = item(
        "gaps",
        declared("single", "string", "risk", name="G1", mapping=mapped(risk="1", threat="1"))
        + declared("single", "float", "12.5", name="G2")
        + declared("single", "identifier", "Y", name="G3"),
        body,
    )
    found, question = one(xml)

    assert [blank.kind for blank in question.blanks] == ["typed", "number", "choice"]
    assert question.blanks[0].key.variants == ("risk", "threat")
    assert [note.message for note in found.notes] == ["Capital and small letters count alike here."]


def test_match_order_and_text():
    sides = "".join(
        "<qti-simple-match-set>"
        + "".join(
            f'<qti-simple-associable-choice identifier="{side}{number}" match-max="1">'
            f"{side} {number}</qti-simple-associable-choice>"
            for number in range(2)
        )
        + "</qti-simple-match-set>"
        for side in "LR"
    )
    pairs = item(
        "pairs",
        declared("multiple", "directedPair", "L0 R1", "L1 R0"),
        f'<qti-match-interaction response-identifier="RESPONSE">{sides}</qti-match-interaction>',
    )
    _found, question = one(pairs)
    left = {each.id: each.text for each in question.left}
    right = {each.id: each.text for each in question.right}
    assert {(left[a], right[b]) for a, b in question.key} == {("L 0", "R 1"), ("L 1", "R 0")}

    steps = item(
        "steps",
        declared("ordered", "identifier", "C1", "C0"),
        '<qti-order-interaction response-identifier="RESPONSE">'
        '<qti-simple-choice identifier="C0">second</qti-simple-choice>'
        '<qti-simple-choice identifier="C1">first</qti-simple-choice></qti-order-interaction>',
    )
    assert [each.text for each in one(steps)[1].items] == ["first", "second"]

    essay = item(
        "essay",
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>',
        "<p>Write.</p><qti-extended-text-interaction response-identifier='RESPONSE'/>",
    )
    assert one(essay)[1].type == "essay"


def test_a_package_keeps_pictures_and_the_sections_and_order_of_its_test():
    picture = item(
        "shown",
        declared("single", "identifier", "C0"),
        '<p>Look: <img src="../img/the%20plan.png" alt="A plan"/> and '
        f'<img src="../../secret.png" alt="none"/></p>{choices("a", "b")}',
    )
    plain = item("plain", declared("single", "identifier", "C0"), choices("a", "b"))
    test = (
        f'<qti-assessment-test {THREE} identifier="t"><qti-test-part>'
        '<qti-assessment-section title="First"><qti-assessment-item-ref href="items/shown.xml"/>'
        '</qti-assessment-section><qti-assessment-section title="Second">'
        '<qti-assessment-item-ref href="items/plain.xml"/></qti-assessment-section>'
        "</qti-test-part></qti-assessment-test>"
    )
    files = {
        "items/plain.xml": plain,
        "items/shown.xml": picture,
        "test.xml": test,
        "img/the plan.png": PNG,
    }
    found = qti.read(package(**files))

    assert [(each.question.id, each.category) for each in found.taken] == [
        ("shown", "First"),
        ("plain", "Second"),
    ]
    assert found.media == {"the-plan.png": PNG}
    assert "![A plan](media/the-plan.png)" in bank(found.taken, "x")
    assert [note.message for note in found.notes] == ["The picture “../../secret.png” is left out."]


def test_what_is_packed_suspiciously_tight_is_refused():
    with pytest.raises(Unreadable, match="suspiciously tight"):
        qti.read(package(**{"big.png": bytes(5 * 1024 * 1024)}))


# --- Out -------------------------------------------------------------------------------------


def exported(*asked: object, pictures: Pictures | None = None) -> dict[str, Element]:
    section = Section("Concepts", None, None, asked, None, False)  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(to_qti([section], pictures).data)) as archive:
        return {
            name: fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".xml")
        }


def tag(name: str) -> str:
    return f"{{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}}{name}"


@pytest.mark.parametrize("question", [*ours.graded_by_machine(), ours.essay()], ids=lambda q: q.id)
def test_every_variable_that_an_item_speaks_of_is_declared(question: object):
    root = exported(question)[f"items/{question.id}.xml"]
    known = {
        each.get("identifier")
        for kind in ("response", "outcome")
        for each in root.iter(tag(f"qti-{kind}-declaration"))
    }
    named = {
        each.get("identifier")
        for kind in ("variable", "correct", "map-response", "set-outcome-value")
        for each in root.iter(tag(f"qti-{kind}"))
    }
    asked = {
        each.get("response-identifier") for each in root.iter() if each.get("response-identifier")
    }
    told = {each.get("outcome-identifier") for each in root.iter(tag("qti-modal-feedback"))}
    assert named | asked | told <= known
    if question.type != "essay":
        assert "SCORE" in named


def test_each_gap_earns_its_part():
    root = exported(ours.cloze())["items/statement.xml"]
    sums = [each.findtext(tag("qti-base-value")) for each in root.iter(tag("qti-sum"))]
    assert sums == ["0.333333"] * 3


def test_pictures_of_the_course_go_along():
    sha = "a" * 64
    html = f'<p><img src="/courses/risk/media/{sha}/plan.png" alt="plan"></p>'
    question = ours.single(stem_html=html)
    section = Section("S", None, None, (question,), None, False)
    packed = to_qti([section], Pictures({sha: PNG}))
    assert qti.read(packed.data).media == {"plan.png": PNG}
    moodled = to_moodle_xml([section], Pictures({sha: PNG}))
    assert moodle_xml.read(moodled.data).media == {"plan.png": PNG}
    without = to_qti([section])
    assert "The picture “plan.png” is left out." in [note.message for note in without.notes]


def test_the_manifest_names_every_file_and_the_test_every_item():
    files = exported(ours.single(), ours.multiple())
    manifest, test = files["imsmanifest.xml"], files["test.xml"]
    hrefs = {each.get("href") for each in manifest.iter() if each.tag.endswith("}file")}
    assert hrefs == set(files) - {"imsmanifest.xml"}
    items = [each.get("href") for each in test.iter(tag("qti-assessment-item-ref"))]
    assert items == ["items/owner.xml", "items/responses.xml"]


# --- Names, lists and other traps ------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("plan.png", "plan.png"),
        ("the%20plan (2).PNG", "the-plan-2.png"),
        ("../../evil.svg", "evil.svg"),
        ("C:\\temp\\a.jpeg", "a.jpeg"),
        ("...png", "picture.png"),
        ("page.html", None),
        ("png", None),
        ("", None),
    ],
)
def test_names_of_pictures_are_safe_anywhere(given: str, name: str | None):
    assert safe_name(given) == name


def test_a_list_before_items_to_order_does_not_join_them():
    found = Imported()
    items = Order((Text("first"), Text("second")))
    stem = "Given\n\n1. a list\n2. of its own"
    found.take("steps", stem, items, Explanation(), Attributes(type="order"))
    (question,) = compiled(found).values()

    assert [each.text for each in question.items] == ["first", "second"]
    assert "a list" in text_of(question.stem_html)
    assert len(found.notes) == 1


def test_a_table_before_pairs_does_not_join_them():
    found = Imported()
    pairs = ((Text("l"), Text("r")), (Text("m"), Text("s")))
    answer = Match(Text("This"), Text("goes with"), pairs, ())
    stem = "Given\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    found.take("pairs", stem, answer, Explanation(), Attributes(type="match"))
    (question,) = compiled(found).values()

    assert len(question.left) == 2
    assert "1 – 2" in text_of(question.stem_html)


@pytest.mark.parametrize(
    "stem", ["* one\n* two", "```\ncode\n```", "| a | b |\n|---|---|\n| 1 | 2 |"]
)
def test_a_stem_that_begins_with_a_block_has_a_heading_of_its_own(stem: str):
    found = qti.read(
        item("named", declared("single", "identifier", "C0"), choices("a", "b")).encode()
    )
    taken = found.taken[0].question
    again = Imported()
    again.take("named", stem, taken.answer, Explanation(), Attributes())
    (question,) = compiled(again).values()

    assert question.id == "named"
    assert text_of(question.stem_html).startswith("named")


def test_what_moodle_says_beside_a_question_is_kept_or_reported():
    found = moodle_xml.read(
        moodle(
            '<question type="shortanswer"><name><text>one</text></name><questiontext format="html">'
            "<text>What?</text></questiontext><defaultgrade>0</defaultgrade><usecase>1</usecase>"
            '<answer fraction="100"><text>risk</text></answer>'
            "<tags><tag><text>old</text></tag></tags></question>"
        )
    )
    (question,) = compiled(found).values()
    assert question.unscored
    assert {note.message for note in found.notes} == {
        "Its tags are left out.",
        "Capital and small letters count alike here.",
    }


def test_an_option_that_looks_like_a_bracket_stays_in_its_gap():
    assert gap_text(drop_down(["a]]b", "c|d"], "c|d")) == "a&#93;&#93;b | (c\\|d)"
