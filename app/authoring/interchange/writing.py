"""Compiled questions as GIFT and as Moodle XML, with a report of what the format cannot say."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.authoring.document import (
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
    TypedBlank,
)
from app.authoring.interchange.imported import Note
from app.authoring.interchange.pictures import Pictures
from app.core.i18n import gettext as _

_SPECIAL = re.compile(r"([~=#{}:\\])")


@dataclass(slots=True)
class Exported:
    """The bytes of a file, and what of which question did not fit into it."""

    data: bytes = b""
    pictures: Pictures = field(default_factory=Pictures)
    notes: list[Note] = field(default_factory=list)
    left_out: int = 0
    """How many questions the format has no way to ask."""

    def note(self, question: Question, message: str) -> None:
        """Say what of a question the format cannot say."""
        if (note := Note(question.id, message)) not in self.notes:
            self.notes.append(note)


# --- GIFT ----------------------------------------------------------------------------------


def to_gift(sections: Iterable[Section]) -> Exported:
    """A GIFT file of every question of a quiz; a section is a category."""
    exported, blocks = Exported(), []
    for section in sections:
        if section.title:
            blocks.append(f"$CATEGORY: {_category(section.title)}")
        if section.scenario_html:  # a text without an answer, which its questions follow
            blocks.append(f"[html]{_gift(section.scenario_html)}")
        for question in section.questions:
            if (answer := _gift_answer(exported, question)) is None:
                exported.note(question, _("GIFT has no such type: the question is left out."))
                exported.left_out += 1
                continue
            common_notes(exported, question)
            _gift_notes(exported, question)
            why = f"\n####{_gift(question.why_html)}" if question.why_html else ""
            head = f"::{_gift(question.id)}::[html]{_gift(question.stem_html)}"
            blocks.append(f"{head} {{{answer}{why}\n}}")
    exported.data = ("\n\n".join(blocks) + "\n").encode()
    return exported


def _gift_notes(exported: Exported, question: Question) -> None:
    unscored_note(exported, question)
    if "<img" in str(question):
        exported.note(question, _("Its pictures are left out."))
    if question.shuffle is False and question.type in ("single", "multiple"):
        exported.note(question, _("That its options are not mixed is left out."))
    if question.points != 1:
        exported.note(question, _("Its points are left out."))
    if question.hints_html or question.correct_html or question.incorrect_html:
        exported.note(question, _("Its hints and its words for right and wrong are left out."))
    if isinstance(question, EssayQuestion) and question.rubric_html:
        exported.note(question, _("What earns points is left out."))


def _gift_answer(exported: Exported, question: Question) -> str | None:
    match question:
        case ChoiceQuestion(type="truefalse"):
            return _gift_truth(question)
        case ChoiceQuestion():
            return "".join(f"\n{line}" for line in _gift_options(exported, question))
        case MatchQuestion():
            right = {item.id: item for item in question.right}
            used = {key for _left, key in question.key}
            left = {item.id: item for item in question.left}
            lines = [
                f"\n={_gift(left[one].html)} -> {_gift(right[other].text)}"
                for one, other in question.key
            ]
            lines += [f"\n= -> {_gift(one.text)}" for one in question.right if one.id not in used]
            return "".join(lines)
        case NumberQuestion():
            return _gift_number(question.key)
        case TextQuestion():
            if question.key.expression is not None:
                exported.note(question, _("Its regular expression is left out."))
            return "".join(f"\n={_gift(one)}" for one in question.key.variants) or None
        case EssayQuestion():
            return ""
    return None


def _gift_truth(question: ChoiceQuestion) -> str:
    """What is right, then what the wrong and the right answer are told."""
    right = next(one for one in question.options if one.correct)
    wrong = next(one for one in question.options if not one.correct)
    word = "TRUE" if question.options[0].correct else "FALSE"
    if not (right.feedback_html or wrong.feedback_html):
        return word
    return f"{word}#{_gift(wrong.feedback_html)}#{_gift(right.feedback_html)}"


def _gift_options(exported: Exported, question: ChoiceQuestion) -> Iterable[str]:
    keys = sum(option.correct for option in question.options)
    if question.credit != "all":
        exported.note(question, _("How partly right answers count is left out."))
    for option in question.options:
        told = f"#{_gift(option.feedback_html)}" if option.feedback_html else ""
        if keys > 1:
            share = Decimal(100) / keys if option.correct else Decimal(-100)
            yield f"~%{round(share, 5):f}%{_gift(option.html)}{told}"
        elif option.correct:
            yield f"={_gift(option.html)}{told}"
        else:
            weight = f"%{option.weight * 100:f}%" if option.weight else ""
            yield f"~{weight}{_gift(option.html)}{told}"


def _gift_number(key: NumberKey) -> str:
    if key.value is None:
        return f"#{key.minimum}..{key.maximum}"
    return f"#{key.value:f}:{tolerance(key):f}"


def _gift(text: str | None) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join((text or "").split()))


# --- Moodle XML ----------------------------------------------------------------------------


def to_moodle_xml(sections: Iterable[Section], pictures: Pictures | None = None) -> Exported:
    """A Moodle XML file of every question of a quiz; a section is a category."""
    exported, root = Exported(pictures=pictures or Pictures()), Element("quiz")
    for section in sections:
        if section.title:
            category = SubElement(root, "question", type="category")
            _text(category, "category", f"$course$/top/{_category(section.title)}")
        _moodle_scenario(exported, root, section)
        for question in section.questions:
            _moodle(exported, root, question)
    indent(root)
    exported.data = tostring(root, encoding="utf-8", xml_declaration=True)
    return exported


def _moodle_scenario(exported: Exported, root: Element, section: Section) -> None:
    """A text without an answer, which its questions follow."""
    if section.scenario_html and section.questions:
        element = SubElement(root, "question", type="description")
        _text(element, "name", section.title or _("Scenario"))
        holder = _html(element, "questiontext", section.scenario_html)
        _embed(exported, section.questions[0], holder)


_KINDS = {
    "single": "multichoice",
    "multiple": "multichoice",
    "truefalse": "truefalse",
    "match": "matching",
    "order": "ordering",
    "number": "numerical",
    "text": "shortanswer",
    "cloze": "cloze",
    "essay": "essay",
}


def _moodle(exported: Exported, root: Element, question: Question) -> None:
    element = SubElement(root, "question", type=_KINDS[question.type])
    _text(element, "name", question.id)
    stem = _cloze_html(exported, question) if isinstance(question, ClozeQuestion) else None
    _html(element, "questiontext", stem or question.stem_html)
    _html(element, "generalfeedback", question.why_html)
    SubElement(element, "defaultgrade").text = "0" if question.unscored else f"{question.points:f}"
    for name, words in (
        ("correctfeedback", question.correct_html),
        ("incorrectfeedback", question.incorrect_html),
    ):
        if words:
            _html(element, name, words)
    _moodle_answers(exported, element, question)
    if question.unscored and question.points != 1:
        exported.note(question, _("Its points are left out."))
    for hint in question.hints_html:
        _html(element, "hint", hint)
    for holder in list(element.iter()):
        if holder.get("format") == "html":
            _embed(exported, question, holder)
    common_notes(exported, question)


def _embed(exported: Exported, question: Question, holder: Element) -> None:
    """Put the pictures of a text beside it, as Moodle keeps them."""
    text = holder.find("text")
    if text is None:
        return
    text.text, names, missing = exported.pictures.taken_along(text.text, "@@PLUGINFILE@@/")
    for name in dict.fromkeys(names):
        file = SubElement(holder, "file", name=name, path="/", encoding="base64")
        file.text = b64encode(exported.pictures.used[name]).decode()
    missing_notes(exported, question, missing)


def _moodle_answers(exported: Exported, element: Element, question: Question) -> None:
    match question:
        case ChoiceQuestion():
            _moodle_choice(exported, element, question)
        case MatchQuestion():
            right = {item.id: item for item in question.right}
            left = {item.id: item for item in question.left}
            used = {key for _left, key in question.key}
            for one, other in question.key:
                _pair(element, left[one].html, right[other].text)
            for item in question.right:
                if item.id not in used:
                    _pair(element, "", item.text)
        case OrderQuestion():
            for item in question.items:
                _html(element, "answer", item.html, fraction="100")
        case NumberQuestion():
            answer = _answer(element, middle(question.key), "100")
            SubElement(answer, "tolerance").text = f"{tolerance(question.key):f}"
        case TextQuestion():
            SubElement(element, "usecase").text = "0"
            if question.key.expression is not None:
                exported.note(question, _("Its regular expression is left out."))
            for variant in question.key.variants:
                _answer(element, variant, "100")
        case EssayQuestion():
            SubElement(element, "responseformat").text = "editor"
            if question.rubric_html:
                _html(element, "graderinfo", question.rubric_html)


def _moodle_choice(exported: Exported, element: Element, question: ChoiceQuestion) -> None:
    keys = sum(option.correct for option in question.options)
    if question.type != "truefalse":
        SubElement(element, "single").text = "false" if question.type == "multiple" else "true"
        shuffled = "false" if question.shuffle is False else "true"
        SubElement(element, "shuffleanswers").text = shuffled
    if question.type == "multiple" and question.credit != "net":
        exported.note(question, _("How partly right answers count is left out."))
    for option in question.options:
        if question.type == "multiple":
            share = Decimal(100) / keys if option.correct else Decimal(-100) / keys
        else:
            share = Decimal(100) if option.correct else (option.weight or Decimal(0)) * 100
        name = {0: "true", 1: "false"}
        if question.type == "truefalse":
            words = name[question.options.index(option)]
            answer = _answer(element, words, f"{round(share, 5):f}")
        else:
            answer = _html(element, "answer", option.html, fraction=f"{round(share, 5):f}")
        if option.feedback_html:
            _html(answer, "feedback", option.feedback_html)


def _cloze_html(exported: Exported, question: ClozeQuestion) -> str:
    parts = [question.stem_html, question.pieces_html[0]]
    for blank, after in zip(question.blanks, question.pieces_html[1:], strict=True):
        parts += [_gap(exported, question, blank), after]
    return "".join(parts)


def _gap(
    exported: Exported, question: ClozeQuestion, blank: TypedBlank | NumberBlank | ChoiceBlank
) -> str:
    match blank:
        case ChoiceBlank():
            body = "~".join(
                f"{'=' if one.id == blank.key else ''}{_in_gap(one.text)}" for one in blank.options
            )
            return f"{{1:MULTICHOICE:{body}}}"
        case NumberBlank():
            return f"{{1:NUMERICAL:={middle(blank.key)}:{tolerance(blank.key):f}}}"
        case TypedBlank():
            if blank.key.expression is not None:
                exported.note(question, _("Its regular expression is left out."))
            body = "~".join(f"={_in_gap(one)}" for one in _variants(blank.key))
            return f"{{1:SHORTANSWER:{body}}}"


def _variants(key: TextKey) -> tuple[str, ...]:
    return key.variants or ("",)


def _in_gap(text: str) -> str:
    """Text inside a gap, which stands in HTML: an opening brace would begin another gap."""
    return re.sub(r"([~=#}\\])", r"\\\1", escape(text, quote=False)).replace("{", "&lbrace;")


def _pair(element: Element, left: str, right: str) -> None:
    pair = SubElement(element, "subquestion", format="html")
    SubElement(pair, "text").text = left
    _text(pair, "answer", right)


def _answer(element: Element, text: str, fraction: str) -> Element:
    answer = SubElement(element, "answer", fraction=fraction)
    SubElement(answer, "text").text = text
    return answer


def _html(element: Element, name: str, html: str | None, **attributes: str) -> Element:
    found = SubElement(element, name, {"format": "html", **attributes})
    SubElement(found, "text").text = html or ""
    return found


def _text(element: Element, name: str, text: str) -> None:
    SubElement(SubElement(element, name), "text").text = text


# --- Both ----------------------------------------------------------------------------------


def middle(key: NumberKey) -> str:
    """The number itself, or the middle of a range."""
    if key.value is not None:
        return f"{key.value:f}"
    return f"{((key.minimum or Decimal(0)) + (key.maximum or Decimal(0))) / 2:f}"


def tolerance(key: NumberKey) -> Decimal:
    """What a number may be off by, in its own unit."""
    if key.value is None:
        return ((key.maximum or Decimal(0)) - (key.minimum or Decimal(0))) / 2
    if key.percent is not None:
        return abs(key.value) * key.percent / 100
    return key.tolerance or Decimal(0)


def _category(title: str) -> str:
    """A stroke parts a category from the one above it; two are a stroke."""
    return title.replace("/", "//")


def common_notes(exported: Exported, question: Question) -> None:
    """What no other format can say of a question."""
    if isinstance(question, MatchQuestion | OrderQuestion | ClozeQuestion):
        exported.note(question, _("How partly right answers count is left out."))
    if isinstance(question, MatchQuestion):
        exported.note(question, _("The titles of its columns are left out."))
    if question.review is not None:
        exported.note(question, _("The lesson it refers to is left out."))


def missing_notes(exported: Exported, question: Question, missing: Iterable[str]) -> None:
    """Pictures that were not to be had."""
    for name in missing:
        exported.note(question, _("The picture “%(name)s” is left out.", name=name))


def unscored_note(exported: Exported, question: Question) -> None:
    """That it does not count."""
    if question.unscored:
        exported.note(question, _("That it does not count is left out."))
