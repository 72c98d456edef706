"""What an import gives: questions as an author would have written them, and what was lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from app.authoring.questions.printer import print_question
from app.authoring.questions.written import (
    Answer,
    Attributes,
    Explanation,
    Text,
    WrittenQuestion,
)
from app.core import markdown
from app.core.i18n import gettext as _

MAX_QUESTIONS = 5000
_STARTS_A_BLOCK = re.compile(r"^(\s{0,3})([-+#=|:!?]|\d{1,9}[.)])", re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_\[\]$^~{}]")
_BANK_SYNTAX = re.compile(r"^(\s{0,3})(#|[-+*](?=\s+\[)|=|>)", re.MULTILINE)
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
    _ids: set[str] = field(default_factory=set)

    def note(self, question: str, message: str) -> None:
        """Say what of a question was lost."""
        self.notes.append(Note(question, message))

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
        heading, _newline, body = stem.strip().partition("\n")
        question_id = self._new_id(name or heading)
        heading = heading.strip() or question_id
        question = WrittenQuestion(
            Text(heading), Text(body.strip()), attributes, answer, explanation, question_id
        )
        self.taken.append(Taken(question, category))

    def _new_id(self, name: str) -> str:
        wanted = re.sub(r"[^a-z0-9]+", "-", markdown.anchor(name))[:56].strip("-")
        base = wanted if len(wanted) >= 2 else "question"
        found, number = base, 1
        while found in self._ids:
            number += 1
            found = f"{base}-{number}"
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
        for text in dict.fromkeys(filter(None, (" ".join(one.split()) for one in texts))):
            pattern = len(text) > 1 and text.startswith("/") and text.endswith("/")
            if pattern or (in_gap and text[0] in "(="):
                self.note(question, _("The answer “%(text)s” cannot be said here.", text=text))
            else:
                kept.append(text)
        # One number alone would be read as a number; twice the same is a text.
        return (kept[0], kept[0]) if len(kept) == 1 and _NUMBER.match(kept[0]) else tuple(kept)


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
    plain = text.replace("\r\n", "\n").replace("\0", "").replace("<!--", "&lt;!--")
    return _BANK_SYNTAX.sub(r"\1\\\2", plain.replace("[[", "\\[[")).strip()


def bank(taken: Iterable[Taken], title: str) -> str:
    """A bank file: the questions in a section for each category, in the order of the file."""
    sections: dict[str, list[WrittenQuestion]] = {}
    for one in taken:
        sections.setdefault(one.category, []).append(one.question)
    parts = [f"# {escaped(title)}\n"]
    for category, questions in sections.items():
        if category or len(sections) > 1:
            parts.append(f"## {escaped(category or title)}\n")
        parts += [print_question(question) for question in questions]
    return "\n".join(parts)


def escaped(text: str) -> str:
    """Plain text as Markdown that says the same: nothing in it is taken for markup or an answer."""
    folded = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    quoted = _SPECIAL.sub(r"\\\g<0>", "".join(_ENTITIES.get(sign, sign) for sign in folded))
    return _STARTS_A_BLOCK.sub(_with_backslash, quoted)


def _with_backslash(found: re.Match[str]) -> str:
    space, mark = found.groups()
    if mark[0].isdigit():
        return f"{space}{mark[:-1]}\\{mark[-1]}"
    return f"{space}\\{mark}" if mark in _ESCAPABLE else f"{space}&#{ord(mark)};"
