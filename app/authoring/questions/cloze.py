"""Blanks in a text: `[[…]]` outside code, `\\[[` meaning itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.authoring.diagnostics import Code, Report
from app.authoring.document import TextKey
from app.authoring.questions.keys import BadExpression, BadNumber, parse_blank
from app.authoring.questions.written import DropDown, Number, Typed
from app.authoring.source import Line, SourceFile
from app.core.i18n import gettext as _

OPEN, CLOSE = "\ue000", "\ue001"
"""Marks round the number of a blank while the text is rendered; no source holds them."""
MAX_BLANKS = 100
_UNKNOWN = Typed(TextKey())
"""In the place of a blank that could not be read, so that the others keep theirs."""
_CODE_OR_BLANK = re.compile(
    r"(?P<code>(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))"
    r"|(?<!\\)\[\[(?P<blank>\s*=\s*\[[^\[\]]*\]\s*|.+?)\]\]"  # a range has brackets of its own
)


@dataclass(frozen=True, slots=True)
class Found:
    """A blank in a line: what it holds and its columns, from 0, the end not included."""

    inner: str
    start: int
    end: int


def blanks_in(line: Line) -> list[Found]:
    if line.quoted or "[[" not in line.text:
        return []
    matches = _CODE_OR_BLANK.finditer(line.text)
    return [Found(m["blank"], m.start(), m.end()) for m in matches if m["blank"] is not None]


def has_blank(lines: Sequence[Line]) -> bool:
    return any(blanks_in(line) for line in lines)


def read_blanks(
    source: SourceFile, lines: Sequence[Line], language: str, report: Report
) -> tuple[Number | Typed | DropDown, ...]:
    """The blanks of a text in their order; those that hold no key are reported."""
    blanks: list[Number | Typed | DropDown] = []
    for line in lines:
        for found in blanks_in(line):
            place = source.place(line.number, found.start + 1, found.end - found.start)
            try:
                blank = parse_blank(found.inner, language)
            except BadNumber as error:
                report.add(Code.BAD_NUMBER, place, str(error))
                blanks.append(_UNKNOWN)
            except BadExpression as error:
                report.add(Code.BAD_EXPRESSION, place, str(error))
                blanks.append(_UNKNOWN)
            else:
                if blank is None:
                    report.add(Code.BAD_BLANK, place, _bad_blank())
                blanks.append(blank or _UNKNOWN)
    if len(blanks) > MAX_BLANKS:
        message = _("A question has at most %(count)s blanks.", count=MAX_BLANKS)
        report.add(Code.BAD_BLANK, source.at(lines[0].number), message)
    return tuple(blanks)


def without_keys(lines: Sequence[Line], first: int = 0) -> str:
    """The text with every blank replaced by its number between marks, counted from `first`."""
    texts: list[str] = []
    number = first
    for line in lines:
        text, position = "", 0
        for found in blanks_in(line):
            text += f"{line.text[position : found.start]}{OPEN}{number}{CLOSE}"
            position, number = found.end, number + 1
        rest = line.text[position:]
        texts.append(text + rest)
    return "\n".join(texts)


def _bad_blank() -> str:
    return _(
        "A blank holds variants (a | b), a number (= 1 +- 0.1), or options that differ,"
        " exactly one of them in parentheses."
    )
