"""QTI 2 and 3 in: items and packages, also hostile ones."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest

from app.authoring.interchange import qti
from app.authoring.interchange.imported import Unreadable
from tests.authoring.interchange.test_import import compiled, text_of

TWO = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'


def item(name: str, declared: str, body: str, more: str = "") -> str:
    return (
        f'<assessmentItem {TWO} identifier="{name}" title="{name}">{declared}'
        f"<itemBody>{body}</itemBody>{more}</assessmentItem>"
    )


def right(cardinality: str, base: str, *values: str, name: str = "RESPONSE") -> str:
    listed = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{listed}</correctResponse></responseDeclaration>"
    )


CHOICE = item(
    "owner",
    right("single", "identifier", "A"),
    "<p>A lease ends.</p>"
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Who owns it?</prompt>'
    '<simpleChoice identifier="A">One <b>person</b>'
    '<feedbackInline identifier="A" outcomeIdentifier="F">Yes.</feedbackInline></simpleChoice>'
    '<simpleChoice identifier="B">The board</simpleChoice></choiceInteraction>',
    '<modalFeedback identifier="why" outcomeIdentifier="F" showHide="show">'
    "Because.</modalFeedback>",
)
MATCH = item(
    "pairs",
    right("multiple", "directedPair", "L1 R1", "L2 R2"),
    '<matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet>'
    '<simpleAssociableChoice identifier="L1" matchMax="1">Threat</simpleAssociableChoice>'
    '<simpleAssociableChoice identifier="L2" matchMax="1">Luck</simpleAssociableChoice>'
    "</simpleMatchSet><simpleMatchSet>"
    '<simpleAssociableChoice identifier="R1" matchMax="1">harms</simpleAssociableChoice>'
    '<simpleAssociableChoice identifier="R2" matchMax="1">helps</simpleAssociableChoice>'
    '<simpleAssociableChoice identifier="R3" matchMax="1">neither</simpleAssociableChoice>'
    "</simpleMatchSet></matchInteraction>",
)
ORDER = item(
    "steps",
    right("ordered", "identifier", "B", "A"),
    '<p>Put in order</p><orderInteraction responseIdentifier="RESPONSE">'
    '<simpleChoice identifier="A">Assess</simpleChoice>'
    '<simpleChoice identifier="B">Identify</simpleChoice></orderInteraction>',
)
NUMBER = item(
    "emv",
    right("single", "float", "10000"),
    '<p>How much?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>',
    '<responseProcessing><responseCondition><responseIf><equal toleranceMode="absolute"'
    ' tolerance="100 100"><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>'
    "</responseIf></responseCondition></responseProcessing>",
)
CLOZE = item(
    "gaps",
    right("single", "string", "cause", name="G1") + right("single", "identifier", "x", name="G2"),
    '<p>A <textEntryInteraction responseIdentifier="G1"/> has an '
    '<inlineChoiceInteraction responseIdentifier="G2"><inlineChoice identifier="x">effect'
    '</inlineChoice><inlineChoice identifier="y">owner</inlineChoice>'
    "</inlineChoiceInteraction>.</p>",
)
GAP_MATCH = item(
    "drag",
    right("multiple", "directedPair", "W S1", "X S2"),
    '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="W" matchMax="1">cause'
    '</gapText><gapText identifier="X" matchMax="1">effect</gapText><blockquote><p>First the '
    '<gap identifier="S1"/>, then the <gap identifier="S2"/>.</p></blockquote>'
    "</gapMatchInteraction>",
)
ESSAY = item(
    "draft",
    right("single", "string"),
    '<p>Write one.</p><extendedTextInteraction responseIdentifier="RESPONSE"/>',
)
SLIDER = item(
    "slide",
    right("single", "integer", "3"),
    '<p>Where?</p><sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="9"/>',
)
ALL = {
    "owner": CHOICE,
    "pairs": MATCH,
    "steps": ORDER,
    "emv": NUMBER,
    "gaps": CLOZE,
    "drag": GAP_MATCH,
    "draft": ESSAY,
    "slide": SLIDER,
}


def package(items: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", "<manifest/>")
        for name, xml in items.items():
            archive.writestr(f"items/{name}.xml", xml)
    return packed.getvalue()


@pytest.mark.parametrize("version", ["imsqti_v2p1", "imsqti_v2p2"])
def test_a_package_of_version_2(version: str):
    items = {name: xml.replace("imsqti_v2p1", version) for name, xml in ALL.items()}
    found = qti.read(package(items))
    questions = compiled(found)

    assert {key: one.type for key, one in questions.items()} == {
        "owner": "single",
        "pairs": "match",
        "steps": "order",
        "emv": "number",
        "gaps": "cloze",
        "drag": "cloze",
        "draft": "essay",
    }
    assert text_of(questions["owner"].stem_html) == "A lease ends. Who owns it?"
    assert text_of(questions["owner"].options[0].html) == "One person"
    assert text_of(questions["owner"].options[0].feedback_html) == "Yes."
    assert text_of(questions["owner"].why_html) == "Because."
    assert [one.text for one in questions["steps"].items] == ["Identify", "Assess"]
    assert questions["emv"].key.value == 10000
    assert questions["emv"].key.tolerance == Decimal(100)
    assert len(questions["pairs"].right) == 3
    assert [blank.kind for blank in questions["gaps"].blanks] == ["typed", "choice"]
    assert [blank.kind for blank in questions["drag"].blanks] == ["choice", "choice"]
    assert {note.question for note in found.notes} == {"drag", "slide"}


def test_a_single_item_is_read_as_well():
    assert list(compiled(qti.read(CHOICE.encode()))) == ["owner"]


BOMB = '<!DOCTYPE q [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><assessmentItem>&b;</assessmentItem>'


def many() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5001):
            archive.writestr(f"{number}.xml", "<x/>")
    return packed.getvalue()


def large() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.xml", b" " * (8 << 20))
    return packed.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        BOMB.encode(),
        package({"bomb": BOMB}),
        package({"broken": "<assessmentItem>"}),
        b"PK\x03\x04 no package",
        b"",
        many(),
        large(),
    ],
    ids=["entities", "entities in a package", "broken", "damaged", "empty", "many", "large"],
)
def test_what_is_hostile_or_broken_is_refused(data: bytes):
    with pytest.raises(Unreadable) as refused:
        qti.read(data)
    assert str(refused.value)


def test_a_path_that_leaves_the_package_writes_nothing():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.xml", CHOICE)
    found = qti.read(packed.getvalue())

    assert [one.question.id for one in found.taken] == ["owner"]
    assert found.media == {}


def test_a_rubric_is_for_its_readers():
    blocks = (
        '<rubricBlock view="candidate"><p>Read the plan.</p></rubricBlock>'
        '<rubricBlock view="scorer"><p>2 cause; 2 effect</p></rubricBlock>'
    )
    asked = f'{blocks}<p>Write.</p><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    essay = qti.read(item("draft", right("single", "string"), asked).encode())
    choice = qti.read(CHOICE.replace("<p>A lease ends.</p>", blocks).encode())

    (draft,) = compiled(essay).values()
    (owner,) = compiled(choice).values()
    assert text_of(draft.stem_html) == "Read the plan. Write."
    assert text_of(draft.rubric_html) == "2 cause; 2 effect"
    assert text_of(owner.stem_html) == "Read the plan. Who owns it?"
    assert [note.message for note in choice.notes] == ["What earns points is left out."]


def test_feedback_in_the_body_is_told_and_not_shown_to_everybody():
    told = '<feedbackBlock identifier="A" outcomeIdentifier="F"><p>It is A.</p></feedbackBlock>'
    found = qti.read(CHOICE.replace("<p>A lease ends.</p>", told).encode())

    (owner,) = compiled(found).values()
    assert text_of(owner.stem_html) == "Who owns it?"
    assert [note.message for note in found.notes] == [
        "Feedback that depends on the answer is left out."
    ]
