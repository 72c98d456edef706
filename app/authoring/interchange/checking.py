"""Whether what was imported compiles and is read as what it was; else it is left out, with why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from app.authoring.compiler import compile_course
from app.authoring.diagnostics import Diagnostic, Report, Severity
from app.authoring.folder import sort_files
from app.authoring.interchange.imported import Imported, Taken, bank
from app.authoring.interchange.pictures import MEDIA
from app.authoring.known import Known
from app.authoring.pages import read_bank
from app.authoring.questions.written import Text, WrittenQuestion
from app.authoring.source import SourceFile, decode
from app.core.i18n import gettext as _

_BANK = "banks/imported.bank.md"
_COURSE = '---\nid: imported\nversion: "1"\n---\n# Imported\n\n1. [Quiz](all.quiz.md)\n'
_QUIZ = (
    "---\nid: all\nmode: practice\n---\n# All\n\n## All\n<!-- from: banks/imported.bank.md -->\n"
)
_ID = re.compile(r"<!-- id: ([a-z0-9-]+)(?:;| -->)")
_LINK = re.compile(r'(?<!\\)!?\[((?:\\.|[^\[\]\\])*)\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def sound(imported: Imported, title: str, known: Known | None = None) -> Imported:
    """The same without the questions that would not compile, or would ask something else.

    Args:
        imported: is changed: what is left out is told in its notes.
        title: of the bank.
        known: what a question may refer to; None checks no competency.
    """
    _leave_active_pictures(imported)
    imported.taken[:] = [_without_dead_links(imported, one) for one in imported.taken]
    _leave_out(imported, _misread(imported, title))
    while errors := _errors(imported, title, known or Known()):
        if not _leave_out(imported, errors):
            break  # what is left has nothing to do with a question: `courses check` shows it
    return imported


def _leave_out(imported: Imported, reasons: Mapping[str, str]) -> bool:
    """Whether any question was left out."""
    kept = [one for one in imported.taken if one.question.id not in reasons]
    changed = len(kept) < len(imported.taken)
    for one in imported.taken:
        if one.question.id in reasons:
            why = reasons[one.question.id]
            message = _("It cannot be said here and is left out: %(reason)s", reason=why)
            imported.note(one.question.id, message)
    imported.taken[:] = kept
    return changed


# --- Pictures ------------------------------------------------------------------------------


def _leave_active_pictures(imported: Imported) -> None:
    facts = sort_files(imported.media).media
    for name in [name for name, one in facts.items() if one.active]:
        del imported.media[name]
        message = _("It is left out: a picture that runs scripts is not accepted.")
        imported.note(f"{MEDIA}/{name}", message)


def _without_dead_links(imported: Imported, one: Taken) -> Taken:
    """What did not come along is told by its words."""
    gone: list[str] = []

    def told(found: re.Match[str]) -> str:
        target = found[2]
        there = target.removeprefix(f"{MEDIA}/") in imported.media
        if _ELSEWHERE.match(target) or (target.startswith(f"{MEDIA}/") and there):
            return found[0]
        gone.append(target.removeprefix(f"{MEDIA}/"))
        return found[1] or "…"

    question = _changed(one.question, lambda text: _LINK.sub(told, text))
    for name in dict.fromkeys(gone):
        message = _("“%(name)s” did not come with the file: its words stand there.", name=name)
        imported.note(one.question.id, message)
    return replace(one, question=question) if gone else one


# --- Reading it again ----------------------------------------------------------------------


def _misread(imported: Imported, title: str) -> dict[str, str]:
    """Questions that are not read as what they were, and why; by id."""
    text, report = bank(imported.taken, title, imported.scenarios), Report()
    page = read_bank(SourceFile(_BANK, decode(text.encode())), "en", report)
    again = {one.id: one for section in page.sections for one in section.questions}
    reasons = _by_question(text, report.diagnostics)
    otherwise = _("a bank would read it as something else.")
    return {
        one.question.id: reasons.get(one.question.id, otherwise)
        for one in imported.taken
        if one.question.id in reasons or not _same(one.question, again.get(one.question.id))
    }


def _errors(imported: Imported, title: str, known: Known) -> dict[str, str]:
    text = bank(imported.taken, title, imported.scenarios)
    files = {"course.md": _COURSE.encode(), "all.quiz.md": _QUIZ.encode(), _BANK: text.encode()}
    files |= {f"banks/{MEDIA}/{name}": data for name, data in imported.media.items()}
    return _by_question(text, compile_course(files, known).diagnostics)


def _by_question(text: str, diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """The first error of each question, by its id."""
    owners = list(_owners(text))
    found: dict[str, str] = {}
    for one in diagnostics:
        if one.severity is Severity.ERROR and one.place.path == _BANK:
            owner = owners[min(one.place.line, len(owners)) - 1]
            found.setdefault(owner, one.message)
    found.pop("", None)
    return found


def _owners(text: str) -> Iterator[str]:
    """The question that each line belongs to; a heading stands above the comment with its id."""
    lines, owner = text.split("\n"), ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("### ") and (named := _ID.match(below)):
            owner = named[1]
        elif line.startswith("## "):
            owner = ""
        yield owner


def _same(question: WrittenQuestion, again: WrittenQuestion | None) -> bool:
    if again is None:
        return False
    ours, theirs = _changed(question, _folded), _changed(again, _folded)
    return (ours.heading, ours.body, ours.answer, ours.explanation) == (
        theirs.heading, theirs.body, theirs.answer, theirs.explanation,
    )  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(text.split())


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The same question with every text of it changed."""
    if isinstance(value, Text):
        return replace(value, markdown=change(value.markdown))
    if isinstance(value, tuple):
        return tuple(_changed(one, change) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {one.name: _changed(getattr(value, one.name), change) for one in fields(value)}
        return replace(value, **parts)
    return value
