"""Compiled questions as a QTI 3.0 package (imsglobal.org/spec/qti/v3p0)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
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
    NumberKey,
    NumberQuestion,
    OrderQuestion,
    Question,
    Section,
    TextKey,
    TextQuestion,
)
from app.authoring.interchange.pictures import MEDIA, Pictures
from app.authoring.interchange.qti_scoring import exactly, process, share, worths
from app.authoring.interchange.writing import (
    Exported,
    common_notes,
    middle,
    missing_notes,
    unscored_note,
)
from app.core.i18n import gettext as _

_ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_MANIFEST = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_ITEM_TYPE = "imsqti_item_xmlv3p0"
_TEST_TYPE = "imsqti_test_xmlv3p0"
_EPOCH = (2026, 1, 1, 0, 0, 0)


def to_qti(sections: Sequence[Section], pictures: Pictures | None = None) -> Exported:
    """A package with one item for each question of a quiz, and a test that holds them in order.

    The same quiz gives the same bytes.
    """
    exported = Exported(pictures=pictures or Pictures())
    items = []
    for section in sections:
        items += [(one.id, _item(exported, one)) for one in section.questions]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        test = _test(exported, sections)
        _write(package, "imsmanifest.xml", _manifest(test, items, sorted(exported.pictures.used)))
        _write(package, "test.xml", test)
        for name, item in items:
            _write(package, f"items/{name}.xml", item)
        for name, data in sorted(exported.pictures.used.items()):
            package.writestr(_entry(f"{MEDIA}/{name}"), data)
    exported.data = packed.getvalue()
    return exported


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _write(package: zipfile.ZipFile, name: str, root: Element) -> None:
    package.writestr(_entry(name), tostring(root, encoding="utf-8", xml_declaration=True))


def _manifest(
    test: Element, items: Sequence[tuple[str, Element]], pictures: Sequence[str]
) -> Element:
    root = Element("manifest", xmlns=_MANIFEST, identifier="cadre")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    whole = _resource(resources, "test", _TEST_TYPE, "test.xml", _shown(test, pictures))
    for name, item in items:
        SubElement(whole, "dependency", identifierref=f"item-{name}")
        path = f"items/{name}.xml"
        _resource(resources, f"item-{name}", _ITEM_TYPE, path, _shown(item, pictures))
    return root


def _shown(root: Element, pictures: Sequence[str]) -> list[str]:
    sources = {one.get("src", "").removeprefix("../") for one in root.iter("img")}
    return [f"{MEDIA}/{name}" for name in pictures if f"{MEDIA}/{name}" in sources]


def _resource(resources: Element, name: str, kind: str, href: str, more: Sequence[str]) -> Element:
    found = SubElement(resources, "resource", identifier=name, type=kind, href=href)
    for path in (href, *more):
        SubElement(found, "file", href=path)
    return found


def _test(exported: Exported, sections: Sequence[Section]) -> Element:
    """The sections with their scenarios and references to their items."""
    root = Element("qti-assessment-test", xmlns=_ITEM, identifier="test", title="Test")
    modes = {"navigation-mode": "nonlinear", "submission-mode": "simultaneous"}
    part = SubElement(root, "qti-test-part", {"identifier": "part", **modes})
    for number, section in enumerate(sections, 1):
        named = {"identifier": f"section-{number}", "title": section.title or f"{number}"}
        one = SubElement(part, "qti-assessment-section", {**named, "visible": "true"})
        if section.scenario_html and section.questions:
            _rubric(one, "candidate", "instructions", section.scenario_html)
            _with_pictures(exported, one, section.questions[0], f"{MEDIA}/")
        for question in section.questions:
            reference = {"identifier": f"item-{question.id}", "href": f"items/{question.id}.xml"}
            SubElement(one, "qti-assessment-item-ref", reference)
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
    told = [
        (name, words)
        for name, words in (
            ("why", question.why_html),
            ("correct", question.correct_html),
            ("incorrect", question.incorrect_html),
        )
        if words
    ]
    _outcome(root, "SCORE", "single", "float", "0")
    _outcome(root, "MAXSCORE", "single", "float", f"{question.points:f}")
    if told:
        _outcome(root, "FEEDBACK", "multiple", "identifier")
    root.append(body)
    process(root, question, [name for name, _words in told])
    for name, words in told:
        modal = SubElement(root, "qti-modal-feedback", _feedback(name))
        _fill(SubElement(modal, "qti-content-body"), words)
    _with_pictures(exported, root, question)
    common_notes(exported, question)
    unscored_note(exported, question)
    if question.hints_html:
        exported.note(question, _("Its hints are left out."))
    if isinstance(question, OrderQuestion | ChoiceQuestion) and not exactly(question):
        exported.note(question, _("How partly right answers count is left out."))
    return root


def _with_pictures(
    exported: Exported, root: Element, question: Question, folder: str = f"../{MEDIA}/"
) -> None:
    for image in root.iter("img"):
        html = f'src="{image.get("src", "")}"'
        moved, _names, missing = exported.pictures.taken_along(html, folder)
        image.set("src", moved.removeprefix('src="').removesuffix('"'))
        missing_notes(exported, question, missing)


def _outcome(
    root: Element, name: str, cardinality: str, base: str, value: str | None = None
) -> None:
    named = {"identifier": name, "cardinality": cardinality, "base-type": base}
    declared = SubElement(root, "qti-outcome-declaration", named)
    if value is not None:
        SubElement(SubElement(declared, "qti-default-value"), "qti-value").text = value


def _feedback(name: str) -> dict[str, str]:
    return {"identifier": name, "outcome-identifier": "FEEDBACK", "show-hide": "show"}


def _interaction(exported: Exported, root: Element, body: Element, question: Question) -> None:
    match question:
        case ChoiceQuestion():
            _choice(exported, root, body, question)
        case MatchQuestion():
            _match(root, body, question)
        case OrderQuestion():
            _declare(
                root, "RESPONSE", "ordered", "identifier", [_name(one.id) for one in question.items]
            )
            order = SubElement(body, "qti-order-interaction", _asks("RESPONSE", shuffle="true"))
            for item in question.items:
                _fill(SubElement(order, "qti-simple-choice", identifier=_name(item.id)), item.html)
        case NumberQuestion() | TextQuestion():
            _typed(exported, root, SubElement(body, "p"), question, "RESPONSE", question.key)
        case ClozeQuestion():
            _cloze(exported, root, body, question)
        case EssayQuestion():
            _declare(root, "RESPONSE", "single", "string", [])
            SubElement(body, "qti-extended-text-interaction", _asks("RESPONSE"))
            if question.rubric_html:
                _rubric(body, "scorer", "scoring", question.rubric_html)


def _rubric(holder: Element, view: str, use: str, html: str) -> None:
    rubric = SubElement(holder, "qti-rubric-block", {"use": use, "view": view})
    _fill(SubElement(rubric, "qti-content-body"), html)


def _choice(exported: Exported, root: Element, body: Element, question: ChoiceQuestion) -> None:
    several = question.type == "multiple"
    keys = [_name(one.id) for one in question.options if one.correct]
    declared = _declare(root, "RESPONSE", "multiple" if several else "single", "identifier", keys)
    weights = worths(question)
    if weights:
        values = {_name(key): f"{value:f}" for key, value in weights.items()}
        _map(declared, values, lower="0", upper="1")
    shuffled = question.shuffle is not False and question.type != "truefalse"
    asks = {
        "max-choices": "0" if several else "1",
        "shuffle": "true" if shuffled else "false",
    }
    choice = SubElement(body, "qti-choice-interaction", {**_asks("RESPONSE"), **asks})
    for option in question.options:
        one = SubElement(choice, "qti-simple-choice", identifier=_name(option.id))
        _fill(one, option.html)
        if option.feedback_html:
            told = {**_feedback(_name(option.id)), "outcome-identifier": "CHOSEN"}
            block = SubElement(one, "qti-feedback-block", told)
            _fill(SubElement(block, "qti-content-body"), option.feedback_html)
    if any(option.feedback_html for option in question.options):
        _outcome(root, "CHOSEN", "multiple" if several else "single", "identifier")


def _match(root: Element, body: Element, question: MatchQuestion) -> None:
    pairs = [f"{_name(left)} {_name(right)}" for left, right in question.key]
    declared = _declare(root, "RESPONSE", "multiple", "directedPair", pairs)
    if question.credit == "each":
        _map(declared, dict.fromkeys(pairs, share(len(pairs))), lower="0", upper="1")
    match = SubElement(body, "qti-match-interaction", _asks("RESPONSE", shuffle="true"))
    for items in (question.left, question.right):
        side = SubElement(match, "qti-simple-match-set")
        for item in items:
            name = {"identifier": _name(item.id), "match-max": "1"}
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
        _declare(root, name, "single", "identifier", [_name(blank.key)])
        choice = SubElement(place, "qti-inline-choice-interaction", _asks(name))
        for option in blank.options:
            one = SubElement(choice, "qti-inline-choice", identifier=_name(option.id))
            one.text = option.text
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
) -> Element:
    declared = SubElement(
        root,
        "qti-response-declaration",
        {"identifier": name, "cardinality": cardinality, "base-type": base},
    )
    given = list(values)
    if given:
        right = SubElement(declared, "qti-correct-response")
        for value in given:
            SubElement(right, "qti-value").text = value
    if listed := list(variants):
        _map(declared, dict.fromkeys(listed, "1"), any_case=True)
    return declared


def _map(
    declared: Element,
    values: Mapping[str, str],
    *,
    lower: str | None = None,
    upper: str | None = None,
    any_case: bool = False,
) -> None:
    """What each value is worth, together from `lower` to `upper`."""
    bounds = {"lower-bound": lower, "upper-bound": upper}
    mapping = SubElement(
        declared,
        "qti-mapping",
        {"default-value": "0", **{key: value for key, value in bounds.items() if value}},
    )
    for key, value in values.items():
        entry = {"map-key": key, "mapped-value": value}
        if any_case:
            entry["case-sensitive"] = "false"
        SubElement(mapping, "qti-map-entry", entry)


def _name(opaque: str) -> str:
    """An id as an identifier, which begins with a letter."""
    return f"i-{opaque}"


def _asks(name: str, **more: str) -> dict[str, str]:
    return {"response-identifier": name, **more}


def _fill(element: Element, html: str | None) -> None:
    """HTML of a question, made well-formed, as the inside of an element."""
    soup = BeautifulSoup(html or "", "html.parser")
    inside = fromstring(f"<x>{soup.decode(formatter='minimal')}</x>")
    element.text = inside.text
    element.extend(list(inside))
