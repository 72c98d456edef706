"""Files of a course as the compiler reads them: decoded, with places, code told from text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from app.authoring.diagnostics import Place

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `quoted` inside a fence or a comment, where nothing is a heading or an answer."""

    number: int
    text: str
    quoted: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class SourceFile:
    """A text of a course. `body_starts` is the first line after the front matter."""

    path: str
    text: str

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return mark_quoted(self.text.split("\n"))

    def place(self, line: int, column: int = 1, width: int = 1) -> Place:
        return Place(self.path, line, column, width)

    def at(self, line: int) -> Place:
        """The text of a whole line, white space around it left out."""
        text = self.lines[line - 1].text if 0 < line <= len(self.lines) else ""
        start = len(text) - len(text.lstrip())
        return Place(self.path, line, start + 1, max(1, len(text.strip())))

    def find(self, wanted: str, first: int, last: int | None = None) -> Place:
        """Where `wanted` first stands between two lines; the first line if it is not found."""
        for line in self.lines[first - 1 : last]:
            if wanted and (column := line.text.find(wanted)) >= 0:
                return Place(self.path, line.number, column + 1, len(wanted))
        return self.at(first)


def decode(data: bytes) -> str:
    """Text of a file, line ends made `\\n`; the two signs the compiler marks places with are not
    an author's.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\u2028\u2029\x85\ue000\ue001]", "\ufffd", text)


def mark_quoted(texts: list[str]) -> tuple[Line, ...]:
    """Lines numbered from 1; quoted are closed fences, and comments past their first line."""
    closers = _closing_lines(texts)
    lines: list[Line] = []
    fence_end = -1
    in_comment = False
    last_close = max((n for n, text in enumerate(texts) if "-->" in text), default=-1)
    for index, text in enumerate(texts):
        if index <= fence_end:
            lines.append(Line(index + 1, text, quoted=True))
            continue
        lines.append(Line(index + 1, text, quoted=in_comment or index in closers))
        if not in_comment and index in closers:
            fence_end = closers[index]
            continue
        in_comment = index < last_close and _comment_open_after(text, in_comment)
    return tuple(lines)


def _closing_lines(texts: list[str]) -> dict[int, int]:
    """For each line that could open a fence, the line that closes it."""
    closers: dict[int, int] = {}
    waiting: list[tuple[int, str]] = []
    fences = [(n, m) for n, text in enumerate(texts) if (m := _FENCE.fullmatch(text))]
    for number, match in reversed(fences):
        sign, rest = match[1], match[2]
        end = next((n for n, closer in reversed(waiting) if _closes(closer, sign)), None)
        if end is not None and "`" not in rest:
            closers[number] = end
        if not rest.strip():
            waiting = [(n, s) for n, s in waiting if not (s[0] == sign[0] and len(s) <= len(sign))]
            waiting.append((number, sign))
    return closers


def _closes(closer: str, opener: str) -> bool:
    return closer[0] == opener[0] and len(closer) >= len(opener)


def _comment_open_after(text: str, inside: bool) -> bool:
    last_open = text.rfind("<!--")
    last_close = text.rfind("-->")
    if last_open < 0 and last_close < 0:
        return inside
    return last_open > last_close
