"""The comment right under a heading: `<!-- key: value; key: value -->`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.authoring.diagnostics import Code, Place, Report
from app.authoring.numbers import plain_decimal
from app.authoring.questions.written import TYPES, Attributes
from app.authoring.schema import nearest
from app.authoring.source import Line, SourceFile
from app.core.i18n import gettext as _

QUESTION_KEYS = (
    "id", "type", "points", "competency", "domain", "difficulty", "credit", "shuffle", "review",
    "unscored", "regrade",
)  # fmt: skip
SECTION_KEYS = ("domain", "draw", "from", "avoid_seen")
_ID = re.compile(r"[a-z0-9-]{1,64}")
_CREDITS = ("all", "net", "coverage", "each", "exact", "position", "lcs")


@dataclass(frozen=True, slots=True)
class Given:
    """One attribute's value and where it stands."""

    value: str
    place: Place


def take_comment(
    source: SourceFile, lines: Sequence[Line], keys: Sequence[str], report: Report
) -> tuple[dict[str, Given], Sequence[Line]]:
    """The attributes that `lines` begin with, and the lines after them."""
    start = next((n for n, line in enumerate(lines) if not line.blank), None)
    if start is None or not lines[start].text.lstrip().startswith("<!--"):
        return {}, lines
    end = next((n for n in range(start, len(lines)) if "-->" in lines[n].text), None)
    if end is None or lines[end].text.split("-->", 1)[1].strip():
        return {}, lines
    given: dict[str, Given] = {}
    for line in lines[start : end + 1]:
        text = line.text.replace("<!--", "    ", 1).split("-->", 1)[0]
        for match in re.finditer(r"[^;]+", text):
            _take(source, line.number, match, keys, given, report)
    return given, lines[end + 1 :]


def _take(
    source: SourceFile,
    line: int,
    match: re.Match[str],
    keys: Sequence[str],
    given: dict[str, Given],
    report: Report,
) -> None:
    text = match[0]
    if not text.strip():
        return
    column = match.start() + len(text) - len(text.lstrip()) + 1
    place = source.place(line, column, len(text.strip()))
    key, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not value:
        report.add(Code.BAD_ATTRIBUTE, place, _("An attribute is written “key: value”."))
    elif key not in keys:
        message = _("There is no attribute “%(key)s” here.", key=key) + nearest(key, list(keys))
        report.add(Code.UNKNOWN_KEY, place, message)
    elif key in given:
        report.add(Code.BAD_ATTRIBUTE, place, _("“%(key)s” stands twice.", key=key))
    else:
        given[key] = Given(value, place)


def question_attributes(given: dict[str, Given], report: Report) -> Attributes:
    """The attributes of a question; what cannot be meant is reported and left out."""
    reader = _Reader(given, report)
    return Attributes(
        id=reader.identifier("id"),
        type=reader.word("type", TYPES),
        points=reader.points("points"),
        competency=reader.text("competency", 64),
        domain=reader.text("domain", 100),
        difficulty=reader.word("difficulty", ("easy", "medium", "hard")),
        credit=reader.word("credit", _CREDITS),
        shuffle=reader.flag("shuffle"),
        review=reader.text("review", 500),
        unscored=reader.flag("unscored"),
        regrade=reader.text("regrade", 100),
    )


@dataclass(frozen=True, slots=True)
class SectionAttributes:
    domain: str | None
    draw: int | None
    from_: str | None
    avoid_seen: bool


def section_attributes(given: dict[str, Given], report: Report) -> SectionAttributes:
    reader = _Reader(given, report)
    return SectionAttributes(
        domain=reader.text("domain", 100),
        draw=reader.count("draw"),
        from_=reader.text("from", 500),
        avoid_seen=reader.flag("avoid_seen") or False,
    )


class _Reader:
    def __init__(self, given: dict[str, Given], report: Report) -> None:
        self.given = given
        self.report = report

    def text(self, key: str, longest: int) -> str | None:
        if key not in self.given:
            return None
        value = self.given[key].value
        if len(value) > longest:
            message = _("“%(key)s” is longer than %(count)s.", key=key, count=longest)
            self._refuse(key, message)
            return None
        return value

    def identifier(self, key: str) -> str | None:
        value = self.text(key, 500)
        if value is not None and not _ID.fullmatch(value):
            message = _("An id is made of 1 to 64 small letters, digits and hyphens.")
            self._refuse(key, message)
            return None
        return value

    def word(self, key: str, words: Sequence[str]) -> str | None:
        value = self.text(key, 500)
        if value is not None and value not in words:
            message = _("“%(key)s” is one of: %(words)s.", key=key, words=", ".join(words))
            self._refuse(key, message + nearest(value, list(words)))
            return None
        return value

    def flag(self, key: str) -> bool | None:
        value = self.word(key, ("true", "false"))
        return None if value is None else value == "true"

    def count(self, key: str) -> int | None:
        value = self.text(key, 500)
        if value is None:
            return None
        if not re.fullmatch(r"[1-9][0-9]{0,3}", value):
            self._refuse(key, _("“%(key)s” is a whole number of at least 1.", key=key))
            return None
        return int(value)

    def points(self, key: str) -> Decimal | None:
        value = self.text(key, 500)
        if value is None:
            return None
        try:
            points = Decimal(value)
        except InvalidOperation:
            points = Decimal(0)
        if not re.fullmatch(r"[0-9.]{1,8}", value) or not 0 < points <= 1000:
            self._refuse(key, _("Points are a number above 0 and up to 1000."))
            return None
        return plain_decimal(points)

    def _refuse(self, key: str, message: str) -> None:
        self.report.add(Code.BAD_ATTRIBUTE, self.given[key].place, message)
