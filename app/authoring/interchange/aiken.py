"""Aiken: a stem, lettered options, and a line `ANSWER: B` (docs.moodle.org/en/Aiken_format)."""

from __future__ import annotations

import re

from app.authoring.interchange.imported import Imported, Unreadable, decoded, escaped
from app.authoring.questions.written import (
    Attributes,
    Choice,
    Explanation,
    Text,
    WrittenOption,
)
from app.core.i18n import gettext as _

_OPTION = re.compile(r"^([A-Z])[.)]\s+(.*\S)\s*$")
_ANSWER = re.compile(r"^ANSWER:\s*([A-Z])\s*$")


def read(data: bytes) -> Imported:
    """The questions of a file.

    Raises:
        Unreadable: a line is neither stem, option nor answer; its number is named.
    """
    found = Imported()
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    for number, line in enumerate(decoded(data).splitlines(), 1):
        if answer := _ANSWER.match(line):
            _take(found, stem, options, answer.group(1), number)
            stem, options = [], []
        elif stem and (option := _OPTION.match(line)):
            options.append((option.group(1), option.group(2)))
        elif line.strip():
            if options:
                raise Unreadable(_("Line %(line)s: an option or ANSWER: is expected.", line=number))
            stem.append(line.strip())
    if stem:
        raise Unreadable(_("The last question has no line ANSWER:."))
    return found


def _take(
    found: Imported, stem: list[str], options: list[tuple[str, str]], key: str, number: int
) -> None:
    letters = [letter for letter, _text in options]
    if not stem or len(options) < 2 or key not in letters:
        raise Unreadable(
            _(
                "Line %(line)s: ANSWER: needs a stem, two options and one of their letters.",
                line=number,
            )
        )
    choice = Choice(
        "single",
        tuple(WrittenOption(Text(escaped(text)), letter == key) for letter, text in options),
    )
    found.met += 1
    found.take(stem[0], escaped("\n".join(stem)), choice, Explanation(), Attributes())
