"""Compiled questions as a QTI 3.0 package (imsglobal.org/spec/qti/v3p0)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring

from app.authoring.document import (
    Blank,
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    EssayQuestion,
    MatchQuestion,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    Question,
    Section,
    TextKey,
    TextQuestion,
)
from app.authoring.interchange.writing import Exported, common_notes, middle, tolerance
from app.core.i18n import gettext as _

_ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_MANIFEST = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_ITEM_TYPE = "imsqti_item_xmlv3p0"
_MATCH_CORRECT = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"
_EPOCH = (2026, 1, 1, 0, 0, 0)


def to_qti(sections: Iterable[Section]) -> Exported:
    """A package with one item for each question of a quiz; the same quiz gives the same bytes."""
    exported = Exported()
    items = []
    for section in sections:
        if section.title or section.scenario_html:
            _section_notes(exported, section)
        items += [(one.id, _item(exported, one)) for one in section.questions]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        _write(package, "imsmanifest.xml", _manifest([name for name, _item in items]))
        for name, item in items:
            _write(package, f"items/{name}.xml", item)
    exported.data = packed.getvalue()
    return exported


def _section_notes(exported: Exported, section: Section) -> None:
    for question in section.questions:
        if section.scenario_html:
            exported.note(question, _("The scenario of its section is left out."))


def _write(package: zipfile.ZipFile, name: str, root: Element) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, tostring(root, encoding="utf-8", xml_declaration=True))


def _manifest(names: list[str]) -> Element:
    root = Element("manifest", xmlns=_MANIFEST, identifier="cadre")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for name in names:
        href = f"items/{name}.xml"
        one = SubElement(resources, "resource", identifier=name, type=_ITEM_TYPE, href=href)
        SubElement(one, "file", href=href)
    return root


def _item(exported: Exported, question: Question) -> Element:
    root = Element(
        "qti-assessment-item",
        {
            "xmlns": _ITEM,
            "identifier": question.id,
            "title": question.id,
            "adaptive": "false",
            "time-dependent": "false",
        },
    )
    body = Element("qti-item-body")
    _fill(body, question.stem_html)
    _interaction(exported, root, body, question)
    SubElement(root, "qti-outcome-declaration", _score())
    root.append(body)
    _processing(root, question)
    for name, words in (
        ("why", question.why_html),
        ("correct", question.correct_html),
        ("incorrect", question.incorrect_html),
    ):
        if words:
            _fill(SubElement(root, "qti-modal-feedback", _feedback(name)), words)
    common_notes(exported, question)
    if question.hints_html:
        exported.note(question, _("Its hints are left out."))
    return root


def _score() -> dict[str, str]:
    return {"identifier": "SCORE", "cardinality": "single", "base-type": "float"}


def _feedback(name: str) -> dict[str, str]:
    return {"identifier": name, "outcome-identifier": "FEEDBACK", "show-hide": "show"}


def _interaction(exported: Exported, root: Element, body: Element, question: Question) -> None:
    match question:
        case ChoiceQuestion():
            _choice(exported, root, body, question)
        case MatchQuestion():
            _match(root, body, question)
        case OrderQuestion():
            _declare(root, "RESPONSE", "ordered", "identifier", [one.id for one in question.items])
            order = SubElement(body, "qti-order-interaction", _asks("RESPONSE", shuffle="true"))
            for item in question.items:
                _fill(SubElement(order, "qti-simple-choice", identifier=item.id), item.html)
        case NumberQuestion() | TextQuestion():
            _typed(exported, root, SubElement(body, "p"), question, "RESPONSE", question.key)
        case ClozeQuestion():
            _cloze(exported, root, body, question)
        case EssayQuestion():
            _declare(root, "RESPONSE", "single", "string", [])
            SubElement(body, "qti-extended-text-interaction", _asks("RESPONSE"))
            if question.rubric_html:
                rubric = SubElement(body, "qti-rubric-block", {"use": "scoring", "view": "scorer"})
                _fill(rubric, question.rubric_html)


def _choice(exported: Exported, root: Element, body: Element, question: ChoiceQuestion) -> None:
    several = question.type == "multiple"
    keys = [one.id for one in question.options if one.correct]
    _declare(root, "RESPONSE", "multiple" if several else "single", "identifier", keys)
    asks = {"max-choices": "0" if several else "1", "shuffle": "true"}
    choice = SubElement(body, "qti-choice-interaction", {**_asks("RESPONSE"), **asks})
    for option in question.options:
        one = SubElement(choice, "qti-simple-choice", identifier=option.id)
        _fill(one, option.html)
        if option.feedback_html:
            told = {**_feedback(option.id), "outcome-identifier": "RESPONSE"}
            _fill(SubElement(one, "qti-feedback-inline", told), option.feedback_html)
    if any(option.weight for option in question.options) or (several and question.credit != "all"):
        exported.note(question, _("How partly right answers count is left out."))


def _match(root: Element, body: Element, question: MatchQuestion) -> None:
    pairs = [f"{left} {right}" for left, right in question.key]
    _declare(root, "RESPONSE", "multiple", "directedPair", pairs)
    match = SubElement(body, "qti-match-interaction", _asks("RESPONSE", shuffle="true"))
    for items in (question.left, question.right):
        side = SubElement(match, "qti-simple-match-set")
        for item in items:
            name = {"identifier": item.id, "match-max": "1"}
            _fill(SubElement(side, "qti-simple-associable-choice", name), item.html)


def _cloze(exported: Exported, root: Element, body: Element, question: ClozeQuestion) -> None:
    """The pieces are well-formed only when joined, so gaps go in as marks and are put in place."""
    marks = [f'<span data-gap="{number}"></span>' for number in range(len(question.blanks))]
    joined = question.pieces_html[0] + "".join(
        mark + piece for mark, piece in zip(marks, question.pieces_html[1:], strict=True)
    )
    holder = SubElement(body, "div")
    _fill(holder, joined)
    for number, blank in enumerate(question.blanks):
        place = holder.find(f".//span[@data-gap='{number}']")
        assert place is not None
        place.attrib.clear()
        _gap(exported, root, place, question, f"GAP{number}", blank)


def _gap(
    exported: Exported,
    root: Element,
    place: Element,
    question: ClozeQuestion,
    name: str,
    blank: Blank,
) -> None:
    if isinstance(blank, ChoiceBlank):
        _declare(root, name, "single", "identifier", [blank.key])
        choice = SubElement(place, "qti-inline-choice-interaction", _asks(name))
        for option in blank.options:
            SubElement(choice, "qti-inline-choice", identifier=option.id).text = option.text
    else:
        _typed(exported, root, place, question, name, blank.key)


def _typed(
    exported: Exported,
    root: Element,
    place: Element,
    question: Question,
    name: str,
    key: NumberKey | TextKey,
) -> None:
    if isinstance(key, NumberKey):
        _declare(root, name, "single", "float", [middle(key)])
    else:
        if key.expression is not None:
            exported.note(question, _("Its regular expression is left out."))
        _declare(root, name, "single", "string", key.variants[:1], key.variants)
    SubElement(place, "qti-text-entry-interaction", _asks(name))


def _declare(
    root: Element,
    name: str,
    cardinality: str,
    base: str,
    values: Iterable[str],
    variants: Iterable[str] = (),
) -> None:
    declared = SubElement(
        root,
        "qti-response-declaration",
        {"identifier": name, "cardinality": cardinality, "base-type": base},
    )
    right = SubElement(declared, "qti-correct-response")
    for value in values:
        SubElement(right, "qti-value").text = value
    if len(listed := list(variants)) > 1:
        mapping = SubElement(declared, "qti-mapping", {"default-value": "0"})
        for variant in listed:
            entry = {"map-key": variant, "mapped-value": "1", "case-sensitive": "false"}
            SubElement(mapping, "qti-map-entry", entry)


def _asks(name: str, **more: str) -> dict[str, str]:
    return {"response-identifier": name, **more}


def _processing(root: Element, question: Question) -> None:
    """How it is graded: numbers within their tolerance, the rest as the standard template says."""
    keys = _numbers(question)
    if not keys:
        SubElement(root, "qti-response-processing", template=_MATCH_CORRECT)
        return
    processing = SubElement(root, "qti-response-processing")
    condition = SubElement(processing, "qti-response-condition")
    when = SubElement(condition, "qti-response-if")
    whole = SubElement(when, "qti-and")
    for name, off in keys.items():
        equal = SubElement(
            whole,
            "qti-equal",
            {"tolerance-mode": "absolute", "tolerance": f"{off:f} {off:f}"}
            if off
            else {"tolerance-mode": "exact"},
        )
        SubElement(equal, "qti-variable", identifier=name)
        SubElement(equal, "qti-correct", identifier=name)
    value = SubElement(when, "qti-set-outcome-value", identifier="SCORE")
    SubElement(value, "qti-base-value", {"base-type": "float"}).text = "1"


def _numbers(question: Question) -> dict[str, Decimal]:
    if isinstance(question, NumberQuestion):
        return {"RESPONSE": tolerance(question.key)}
    if isinstance(question, ClozeQuestion):
        return {
            f"GAP{number}": tolerance(blank.key)
            for number, blank in enumerate(question.blanks)
            if isinstance(blank, NumberBlank)
        }
    return {}


def _fill(element: Element, html: str | None) -> None:
    """HTML of a question, made well-formed, as the inside of an element."""
    soup = BeautifulSoup(html or "", "html.parser")
    inside = fromstring(f"<x>{soup.decode(formatter='minimal')}</x>")
    element.text = inside.text
    element.extend(list(inside))
