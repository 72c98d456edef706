"""Moodle XML in and out (docs.moodle.org/en/Moodle_XML_format)."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.authoring.document import NumberKey, TextKey
from app.authoring.interchange.html import loses, to_markdown
from app.authoring.interchange.imported import (
    Imported,
    Unreadable,
    decimal,
    drop_down,
    escaped,
    gap_text,
    guarded,
    last_part,
)
from app.authoring.interchange.pictures import ELSEWHERE, MAX_FILE, MEDIA, safe_name
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
)
from app.core.i18n import gettext as _

MAX_BYTES = 32 * 1024 * 1024
_NEAR = Decimal("0.001")
_FILE = re.compile(r"@@PLUGINFILE@@/((?:[^\"'\s<>()]|%20)+)")
_GAP = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^{}\\])*)\}")
_TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_CASE = {"SHORTANSWER_C", "SAC", "MWC"}
_CHOSEN = {
    "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH",
    "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS",
}  # fmt: skip


def read(data: bytes) -> Imported:
    """The questions of a file.

    Raises:
        Unreadable: it is too large, no XML, holds entities or a document type, or is no quiz.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is larger than %(most)s MiB. Split it.", most=MAX_BYTES >> 20))
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(
            _("The file declares a document type or entities, which are refused. Take them out.")
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(_("This is no well-formed XML: %(fault)s.", fault=error)) from error
    if root.tag != "quiz":
        raise Unreadable(_("This is no Moodle XML: its outermost element is not <quiz>."))
    return _questions(root)


def _questions(root: Element) -> Imported:
    found, category = Imported(), ""
    for element in root.findall("question"):
        if element.get("type") == "category":
            category = last_part(_plain(element, "category"))
        elif element.get("type") == "description":
            name = _plain(element, "name")
            _keep_files(found, name or "description", element)
            category = found.describe(name, _formatted(element.find("questiontext")), category)
        else:
            found.met += 1
            _read(found, element, category)
    return found


def _read(found: Imported, element: Element, category: str) -> None:
    kind = element.get("type", "")
    name = _plain(element, "name")
    readers = {
        "multichoice": _choice,
        "truefalse": _true_false,
        "shortanswer": _short,
        "numerical": _numeric,
        "matching": _matching,
        "essay": _essay,
        "ordering": _ordering,
    }
    label = name or kind
    _keep_files(found, label, element)
    if any(loses(one.text or "") for one in element.iter("text")):
        found.note(label, _("Recordings, frames, drawings and set formulas in it are left out."))
    stem = _formatted(element.find("questiontext"))
    if kind == "cloze":
        stem, answer = _cloze(found, label, element)
    elif kind in readers:
        answer = readers[kind](found, label, element)
    else:
        found.note(label, _("Questions of type “%(kind)s” are left out.", kind=kind))
        return
    if answer is None:
        return
    if element.find("tags/tag") is not None:
        found.note(label, _("Its tags are left out."))
    explained, attributes = _explained(found, label, element), _attributes(element, answer)
    found.take(name, stem, answer, explained, attributes, category)


def _attributes(element: Element, answer: Answer) -> Attributes:
    points = decimal(element.findtext("defaultgrade"))
    shuffled = (element.findtext("shuffleanswers") or "").strip().lower()
    kept = isinstance(answer, Choice) and answer.kind != "truefalse" and shuffled in ("0", "false")
    several = isinstance(answer, Choice) and answer.kind == "multiple"
    kinds = {Match: "match", Order: "order", Essay: "essay"}
    return Attributes(
        type=kinds.get(type(answer)),
        points=points if points is not None and points not in (0, 1) else None,
        credit="net" if several and _is_net(element.findall("answer")) else None,
        unscored=True if points == 0 else None,
        shuffle=False if kept else None,
    )


def _explained(found: Imported, label: str, element: Element) -> Explanation:
    hints = tuple(Text(text) for one in element.findall("hint") if (text := _formatted(one)))
    if _words(element, "partiallycorrectfeedback"):
        found.note(label, _("Feedback for partly right answers is left out."))
    return Explanation(
        hints=hints,
        why=_words(element, "generalfeedback"),
        correct=_words(element, "correctfeedback"),
        incorrect=_words(element, "incorrectfeedback"),
        rubric=_words(element, "graderinfo"),
    )


def _choice(found: Imported, label: str, element: Element) -> Choice | None:
    answers = element.findall("answer")
    single = (element.findtext("single") or "true").strip().lower() in ("true", "1")
    options: list[WrittenOption] = []
    for one in answers:
        share = _fraction(one)
        if share < 0 and single:
            found.note(label, _("A negative weight is left out: “%(text)s”.", text=_said(one)))
        correct = share == 1 if single else share > 0
        if single and correct and any(option.correct for option in options):
            found.note(
                label, _("Only one option can be the key: “%(text)s” is no key.", text=_said(one))
            )
            correct = False
        partial = share if single and 0 < share < 1 else None
        options.append(
            WrittenOption(Text(_formatted(one)), correct, partial, _words(one, "feedback"))
        )
    if len(options) < 2 or not any(option.correct for option in options):
        found.note(label, _("It has no right option and is left out."))
        return None
    if not single and not _is_net(answers):
        found.note(label, _("Weights of several right options are left out: all count alike."))
    return Choice("single" if single else "multiple", tuple(options))


def _is_net(answers: Sequence[Element]) -> bool:
    """Whether each key adds what each wrong option takes away, down to nothing."""
    shares = [_fraction(one) for one in answers]
    keys = sum(share > 0 for share in shares)
    part = Decimal(1) / max(1, keys)
    return keys > 1 and all(abs(abs(share) - part) < _NEAR for share in shares)


def _true_false(found: Imported, label: str, element: Element) -> Choice | None:
    right = {
        (one.findtext("text") or "").strip().lower(): (_fraction(one) == 1, one)
        for one in element.findall("answer")
    }
    if set(right) != {"true", "false"}:
        found.note(label, _("It has no right option and is left out."))
        return None
    options = (
        WrittenOption(
            Text(name), right[name.lower()][0], None, _words(right[name.lower()][1], "feedback")
        )
        for name in ("True", "False")
    )
    return Choice("truefalse", tuple(options))


def _short(found: Imported, label: str, element: Element) -> Typed | None:
    answers = element.findall("answer")
    full = [one for one in answers if _fraction(one) == 1]
    if len(full) < len(answers):
        found.note(label, _("Answers that count in part are left out."))
    if any(_words(one, "feedback") for one in answers):
        found.note(label, _("Feedback for single answers is left out."))
    variants = found.variants(label, ((one.findtext("text") or "") for one in full))
    if any("*" in text for text in variants):
        found.note(label, _("The * in an answer is a star here, and not any text."))
    if (element.findtext("usecase") or "0").strip() == "1":
        found.note(label, _("Capital and small letters count alike here."))
    if not variants:
        found.note(label, _("Its answer could not be read and it is left out."))
        return None
    return Typed(TextKey(variants))


def _numeric(found: Imported, label: str, element: Element) -> Number | None:
    full = [one for one in element.findall("answer") if _fraction(one) == 1]
    value = decimal(full[0].findtext("text")) if full else None
    if value is None:
        found.note(label, _("Its number could not be read and it is left out."))
        return None
    if len(element.findall("answer")) > 1:
        found.note(label, _("Only the first of several numbers is kept."))
    if element.find("units") is not None and len(element.findall("units/unit")):
        found.note(label, _("Units are left out: name the unit in the question."))
    tolerance = decimal(full[0].findtext("tolerance"))
    return Number(NumberKey(value=value, tolerance=abs(tolerance) if tolerance else None))


def _matching(found: Imported, label: str, element: Element) -> Match | None:
    pairs, distractors = [], []
    for one in element.findall("subquestion"):
        left, right = _cell(_formatted(one)), _cell(escaped(one.findtext("answer/text") or ""))
        if left:
            pairs.append((Text(left), Text(right)))
        elif right:
            distractors.append(Text(right))
    if len(pairs) < 2:
        found.note(label, _("Fewer than two pairs: it is left out."))
        return None
    return Match(Text(_("This")), Text(_("goes with")), tuple(pairs), tuple(distractors))


def _ordering(found: Imported, label: str, element: Element) -> Order | None:
    items = tuple(Text(text) for one in element.findall("answer") if (text := _formatted(one)))
    if len(items) < 2:
        found.note(label, _("Fewer than two items: it is left out."))
        return None
    return Order(items)


def _essay(found: Imported, label: str, element: Element) -> Essay:
    if (element.findtext("attachments") or "0").strip() not in ("", "0"):
        found.note(label, _("Attachments cannot be handed in; the text alone is asked for."))
    return Essay()


# --- Cloze ---------------------------------------------------------------------------------


def _cloze(found: Imported, label: str, element: Element) -> tuple[str, Answer | None]:
    text = element.find("questiontext")
    html = (text.findtext("text") or "") if text is not None else ""
    blanks: list[Number | Typed | DropDown] = []
    parts, last = [], 0
    for gap in _GAP.finditer(html):
        blank = _blank(found, label, gap.group(2), gap.group(3))
        if blank is None:
            return "", None
        parts += [html[last : gap.start()], f"\ue100{len(blanks)}\ue101"]
        blanks.append(blank)
        last = gap.end()
    if len({gap.group(1) or "1" for gap in _GAP.finditer(html)}) > 1:
        found.note(label, _("All gaps count alike here."))
    if not blanks:
        found.note(label, _("It has no gap and is left out."))
        return "", None
    stem = _with_pictures("".join([*parts, html[last:]]))
    for number, blank in enumerate(blanks):
        stem = stem.replace(f"\ue100{number}\ue101", f"[[{gap_text(blank)}]]")
    return stem, Cloze(tuple(blanks))


def _blank(found: Imported, label: str, kind: str, body: str) -> Number | Typed | DropDown | None:
    right: list[str] = []
    others: list[str] = []
    for part in _split_at("~", unescape(body)):
        text, *feedback = _split_at("#", part)
        if feedback:
            found.note(label, _("Feedback for single answers is left out."))
        share = re.match(r"%(-?\d+(?:\.\d+)?)%", text)
        bare = text[share.end() :] if share else text.removeprefix("=")
        full = Decimal(share.group(1)) == 100 if share else text.startswith("=")
        (right if full else others).append(re.sub(r"\\(.)", r"\1", bare).strip())
    if not right:
        found.note(label, _("A gap has no right answer, and the question is left out."))
        return None
    if kind in ("NUMERICAL", "NM"):
        value, _colon, tolerance = right[0].partition(":")
        number = decimal(value)
        if number is None:
            found.note(label, _("Its number could not be read and it is left out."))
            return None
        return Number(NumberKey(value=number, tolerance=decimal(tolerance) or None))
    if kind in _CHOSEN:
        if len(right) > 1:
            found.note(label, _("A gap keeps the first of its right options alone."))
        return drop_down((right[0], *others), right[0])
    if kind in _TYPED:
        if kind in _CASE:
            found.note(label, _("Capital and small letters count alike here."))
        if others:
            found.note(label, _("Answers that count in part are left out."))
        kept = found.variants(label, right, in_gap=True)
        return Typed(TextKey(kept)) if kept else None
    found.note(label, _("A gap of kind “%(kind)s” is unknown: it is left out.", kind=kind))
    return None


def _split_at(mark: str, text: str) -> list[str]:
    """Parts between marks that no backslash stands before."""
    parts = [""]
    for found in re.finditer(r"\\.|.", text, re.DOTALL):
        if found[0] == mark:
            parts.append("")
        else:
            parts[-1] += found[0]
    return parts


# --- Pieces --------------------------------------------------------------------------------


def _plain(element: Element, path: str) -> str:
    return " ".join((element.findtext(f"{path}/text") or "").split())


def _said(element: Element) -> str:
    return " ".join(_formatted(element).split())[:60]


def _formatted(element: Element | None) -> str:
    """The text of an element as Markdown, whatever its format is."""
    if element is None:
        return ""
    text = (element.findtext("text") or "").strip()
    kind = element.get("format", "html")
    if kind == "markdown":
        return guarded(text)
    if kind == "plain_text":
        return escaped(text)
    return _with_pictures(text)


def _with_pictures(html: str) -> str:
    """HTML as Markdown; a picture of the file stands beside the bank."""
    named = _FILE.sub(lambda one: f"{ELSEWHERE}{safe_name(one[1]) or one[1]}", html)
    return to_markdown(named).replace(ELSEWHERE, f"{MEDIA}/")


def _words(element: Element, path: str) -> Text | None:
    text = _formatted(element.find(path))
    return Text(text) if text else None


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("\\\\|", "\\|")


def _fraction(element: Element) -> Decimal:
    return (decimal(element.get("fraction")) or Decimal(0)) / 100


def _keep_files(found: Imported, label: str, element: Element) -> None:
    for one in element.iter("file"):
        given = one.get("name", "")
        name = safe_name(given)
        if name is None:
            found.note(label, _("The file “%(name)s” is left out: it is no picture.", name=given))
            continue
        try:
            data = b64decode("".join((one.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            found.note(label, _("The file “%(name)s” is damaged and left out.", name=name))
            continue
        if len(data) > MAX_FILE:
            found.note(label, _("The file “%(name)s” is too large and left out.", name=name))
        else:
            found.keep_picture(label, name, data)
