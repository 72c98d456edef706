"""The order of a course: the links in the body of `course.md`, grouped by its H2."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from app.authoring.diagnostics import Place
from app.authoring.pages import as_text, blocks
from app.authoring.questions.written import Text
from app.authoring.source import HEADING, Line, SourceFile
from app.core import markdown

_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(\s*(?:<([^>\n]*)>|([^\s()]+))(?:\s+[\"'(][^)\n]*)?\s*\)")
_LONE_LINK = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])\s+" + _LINK.pattern + r"\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the outline. `path` is relative to the course; it may lead out of it."""

    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    title: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    groups: tuple[Group, ...]
    intro: Text

    def entries(self) -> Iterator[Entry]:
        for group in self.groups:
            yield from group.entries


def read_outline(source: SourceFile, lines: Sequence[Line]) -> Outline:
    """The links to Markdown files, each once, and the landing page without the lists of them."""
    seen: set[str] = set()
    groups: list[Group] = []
    intro: list[Line] = []
    for block in blocks(lines, through=2):
        entries = [entry for entry in _entries(source, block.lines) if entry.path not in seen]
        entries = list({entry.path: entry for entry in reversed(entries)}.values())[::-1]
        seen.update(entry.path for entry in entries)
        kept = [line for line in block.lines if not _is_item(line)]
        if entries:
            title = _plain(block.heading) if block.level else None
            groups.append(Group(title, tuple(entries)))
        if block.level and (not entries or any(not line.blank for line in kept)):
            intro.append(block.heading)
        intro += kept
    return Outline(tuple(groups), as_text(intro))


def _entries(source: SourceFile, lines: Sequence[Line]) -> Iterator[Entry]:
    for line in lines:
        for match in () if line.quoted else _LINK.finditer(line.text):
            if path := _page(match):
                place = source.place(line.number, match.start() + 1, match.end() - match.start())
                yield Entry(path, place)


def _page(match: re.Match[str]) -> str | None:
    """The Markdown file that a link leads to, if it leads to one."""
    target = unquote((match[1] or match[2] or "").partition("#")[0])
    if not target.endswith(".md") or "://" in target or target.startswith("/"):
        return None
    return posixpath.normpath(target)


def _is_item(line: Line) -> bool:
    match = None if line.quoted else _LONE_LINK.fullmatch(line.text)
    return match is not None and _page(match) is not None


def _plain(line: Line) -> str:
    match = HEADING.fullmatch(line.text)
    html = markdown.convert_line(match[2] if match else "").html
    return markdown.plain(markdown.clean(html, prefix="")).text
