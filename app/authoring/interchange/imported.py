"""What an import gives: questions as an author would have written them, and what was lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.authoring.questions.printer import print_question
from app.authoring.questions.written import (
    Answer,
    Attributes,
    Explanation,
    Text,
    WrittenQuestion,
)
from app.core import markdown

MAX_QUESTIONS = 5000
_STARTS_A_BLOCK = re.compile(r"^(\s{0,3})([-+#=|:!?]|\d{1,9}[.)])", re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_\[\]$^~{}]")
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
            raise Unreadable(f"More than {MAX_QUESTIONS} questions: split the file.")
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
