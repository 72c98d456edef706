"""What an import gives: questions as an author would have written them, and what was lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from app.authoring.numbers import plain_decimal, print_decimal
from app.authoring.questions.printer import print_question
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
    WrittenQuestion,
)
from app.core import markdown
from app.core.i18n import gettext as _

MAX_QUESTIONS = 5000
MAX_TEXT = 5 * 1024 * 1024
_BREAKS_GAP = re.compile(r"^[(=]|`|\]\]|\]$")
_ID = re.compile(r"[a-z0-9-]{1,64}")
_ID_LENGTH = 64
_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x85\u2028\u2029\ue000\ue001]")
_MOST_POINTS = 1000
_STARTS_A_BLOCK = re.compile(r"^(\s{0,3})([-+#=|:!?]|\d{1,9}[.)])", re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_\[\]$^~{}]")
_BANK_SYNTAX = re.compile(r"^(\s{0,3})(#|[-+*](?=\s+\[)|=|>)", re.MULTILINE)
_BLOCK = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s|\||```|~~~|\s{4}")
_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s", re.MULTILINE)
_TABLE = re.compile(r"^\s*\|", re.MULTILINE)
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_NUMBER = re.compile(r"^\[?[-+−]?\d")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPABLE = "-+#!"


class Unreadable(ValueError):
    """The file is not what it should be; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a question that did not survive, or a question that did not."""

    question: str
    message: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A question and the category it stood in."""

    question: WrittenQuestion
    category: str = ""


@dataclass(slots=True)
class Imported:
    """Everything of one file: each question is either taken or has a note that says why not."""

    taken: list[Taken] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    met: int = 0
    """How many questions stand in the file, taken or not."""
    scenarios: dict[str, str] = field(default_factory=dict)
    """Markdown that stands above the questions of a category."""
    _ids: set[str] = field(default_factory=set)

    def note(self, question: str, message: str) -> None:
        """Say what of a question was lost."""
        self.notes.append(Note(question, message))

    def describe(self, name: str, text: str, category: str) -> str:
        """Keep a text that belongs to the questions after it.

        Returns:
            The category of those questions: the same, if nothing stands in it yet.
        """
        begun = category in self.scenarios or any(one.category == category for one in self.taken)
        place = self._new_title(name or category) if begun or not category else category
        self.scenarios[place] = text
        self.note(
            name or place,
            _("A bank shows no scenario: put it under the heading of the quiz that draws there."),
        )
        return place

    def _new_title(self, wanted: str) -> str:
        taken = {*self.scenarios, *(one.category for one in self.taken)}
        names = (f"{wanted} {number}" for number in range(2, MAX_QUESTIONS))
        base = wanted or _("Scenario")
        return base if base not in taken else next(one for one in names if one not in taken)

    def take(
        self,
        name: str,
        stem: str,
        answer: Answer,
        explanation: Explanation,
        attributes: Attributes,
        category: str = "",
    ) -> None:
        """Keep a question; `stem` is Markdown, `name` becomes its id."""
        if len(self.taken) >= MAX_QUESTIONS:
            raise Unreadable(_("More than %(most)s questions: split the file.", most=MAX_QUESTIONS))
        if isinstance(answer, Cloze):  # a gap between two such signs would be code
            stem = stem.replace("\\`", "&#96;")
        heading, _newline, body = stem.strip().partition("\n")
        question_id = self._new_id(name or heading)
        if _BLOCK.match(heading):  # what is no line of text cannot be a heading
            heading, body = escaped(name) or question_id, stem.strip()
        heading = heading.strip() or question_id
        body = self._without_answers(question_id, body, answer)
        attributes = self._with_sane_points(question_id, attributes)
        explanation = self._with_own_rubric(question_id, explanation, answer)
        question = WrittenQuestion(
            Text(heading),
            Text(body.strip()),
            attributes,
            _rounded(answer),
            explanation,
            question_id,
        )
        self.taken.append(Taken(question, category))

    def _with_sane_points(self, question: str, attributes: Attributes) -> Attributes:
        given = attributes.points
        if given is None:
            return attributes
        kept = plain_decimal(round(given, 2))
        if kept != given or not 0 < kept <= _MOST_POINTS:
            self.note(question, _("It cannot be worth %(points)s points.", points=f"{given:f}"))
        sane = kept not in (0, 1) and 0 < kept <= _MOST_POINTS
        return replace(attributes, points=kept if sane else None)

    def _with_own_rubric(self, question: str, told: Explanation, answer: Answer) -> Explanation:
        if told.rubric is None or isinstance(answer, Essay):
            return told
        self.note(question, _("What earns points is left out."))
        return replace(told, rubric=None)

    def _without_answers(self, question: str, body: str, answer: Answer) -> str:
        """The stem without what would be taken for the answers, which follow it."""
        pattern = {Order: _LIST, Match: _TABLE}.get(type(answer))
        if pattern is None or not pattern.search(body):
            return body
        self.note(question, _("A list or table before the answers becomes plain lines."))
        lines = [line for line in body.split("\n") if not _RULE.fullmatch(line)]
        return "\n".join(
            f"{_plain_line(line)}  " if pattern.match(line) else line for line in lines
        ).strip()

    def _new_id(self, name: str) -> str:
        wanted = re.sub(r"[^a-z0-9]+", "-", markdown.anchor(name))[:_ID_LENGTH].strip("-")
        base = name if _ID.fullmatch(name) else wanted or "question"
        found, number = base, 1
        while found in self._ids:
            number += 1
            found = f"{base[: _ID_LENGTH - 5]}-{number}"
        self._ids.add(found)
        return found

    def keep_picture(self, question: str, name: str, data: bytes) -> None:
        """Keep a picture; another one of the same name is left out."""
        if self.media.setdefault(name, data) != data:
            self.note(
                question, _("Another picture has the name “%(name)s”: it is left out.", name=name)
            )

    def variants(
        self, question: str, texts: Iterable[str], *, in_gap: bool = False
    ) -> tuple[str, ...]:
        """What may be typed, without what a bank would read as something else."""
        kept = []
        for text in dict.fromkeys(filter(None, (" ".join(legible(one).split()) for one in texts))):
            pattern = len(text) > 1 and text.startswith("/") and text.endswith("/")
            if pattern or (in_gap and _BREAKS_GAP.search(text)):
                self.note(question, _("The answer “%(text)s” cannot be said here.", text=text))
            else:
                kept.append(text)
        # One number alone would be read as a number; twice the same is a text.
        return (kept[0], kept[0]) if len(kept) == 1 and _NUMBER.match(kept[0]) else tuple(kept)


def _rounded(answer: Answer) -> Answer:
    """Weights to a hundredth of a percent, as a bank writes them."""
    if not isinstance(answer, Choice):
        return answer
    options = (
        one if one.weight is None else replace(one, weight=plain_decimal(round(one.weight, 4)))
        for one in answer.options
    )
    return replace(answer, options=tuple(options))


def _plain_line(line: str) -> str:
    """A list item or a row of a table as a line of text."""
    text = line.strip()
    if text.startswith("|"):
        return " – ".join(cell.strip() for cell in text.strip("|").split("|"))
    return re.sub(r"^(\d{1,9})([.)])|^([-*+])", _marked, text)


def _marked(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else "•"


def decoded(data: bytes) -> str:
    """The text of a file that a person could have written.

    Raises:
        Unreadable: it is too large, or not UTF-8.
    """
    if len(data) > MAX_TEXT:
        raise Unreadable(_("The file is larger than %(most)s MiB. Split it.", most=MAX_TEXT >> 20))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is not UTF-8. Save it as UTF-8.")) from error


def last_part(category: str) -> str:
    """The name of a category given with those above it; two strokes are a stroke in a name."""
    return category.replace("//", "\0").rstrip("/").split("/")[-1].replace("\0", "/").strip()


def legible(text: str) -> str:
    """Text with line ends of one kind, without the signs that a course does not hold."""
    return _ILLEGIBLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def decimal(text: str | None) -> Decimal | None:
    """A number of a sane size; None for anything else."""
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    sane = (
        value.is_finite() and len(value.as_tuple().digits) <= 30 and -15 <= value.adjusted() <= 15
    )
    return value if sane else None


def guarded(text: str) -> str:
    """Markdown of others without what a bank would read as a heading, an answer or a comment."""
    plain = legible(text).replace("<!--", "&lt;!--")
    return _BANK_SYNTAX.sub(r"\1\\\2", plain.replace("[[", "\\[[")).strip()


def gap_text(blank: Number | Typed | DropDown) -> str:
    """What stands between the brackets of a gap."""
    match blank:
        case DropDown(options=options, right=right):
            return " | ".join(f"({_safe(one)})" if one == right else _safe(one) for one in options)
        case Number(key=key):
            off = f" +- {print_decimal(key.tolerance)}" if key.tolerance else ""
            return f"= {print_decimal(key.value or Decimal(0))}{off}"
        case Typed(key=typed):
            return " | ".join(map(_safe, typed.variants))


def drop_down(texts: Iterable[str], right: str) -> DropDown:
    """Plain texts to choose from, one of them right; two alike are one."""
    options = {text: _listed(text) for text in texts}
    return DropDown(tuple(dict.fromkeys(options.values())), options[right])


def _listed(text: str) -> str:
    """An option of a gap; neither a bracket nor a quotation mark of code in it ends the gap."""
    shown = escaped(" ".join(text.split())).replace("\\]", "&#93;").replace("\\`", "&#96;")
    return f"&#40;{shown[1:]}" if shown.startswith("(") else shown


def _safe(text: str) -> str:
    return text.replace("|", "\\|")


def bank(taken: Iterable[Taken], title: str, scenarios: Mapping[str, str] | None = None) -> str:
    """A bank file: the questions in a section for each category, in the order of the file."""
    sections: dict[str, list[WrittenQuestion]] = {}
    for one in taken:
        sections.setdefault(one.category, []).append(one.question)
    parts = [f"# {escaped(title)}\n"]
    for category, questions in sections.items():
        if category or len(sections) > 1:
            parts.append(f"## {escaped(category or title)}\n")
        if scenario := (scenarios or {}).get(category):
            parts.append(f"{scenario}\n")
        parts += [print_question(question) for question in questions]
    return "\n".join(parts)


def escaped(text: str) -> str:
    """Plain text as Markdown that says the same: nothing in it is taken for markup or an answer."""
    folded = "".join(_ENTITIES.get(sign, sign) for sign in legible(text).strip())
    quoted = _SPECIAL.sub(r"\\\g<0>", folded)
    return _STARTS_A_BLOCK.sub(_with_backslash, quoted)


def _with_backslash(found: re.Match[str]) -> str:
    space, mark = found.groups()
    if mark[0].isdigit():
        return f"{space}{mark[:-1]}\\{mark[-1]}"
    return f"{space}\\{mark}" if mark in _ESCAPABLE else f"{space}&#{ord(mark)};"
