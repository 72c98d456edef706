"""What the compiler has to say about a course: where, how grave, which kind, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Every kind of diagnostic. `docs/authoring.md` tells cause and mend of each."""

    # Files
    NOT_UTF8 = "not-utf8"
    TOO_LARGE = "too-large"
    BAD_PATH = "bad-path"
    NO_COURSE = "no-course"
    MEDIA_TYPE = "media-type"
    UNSAFE_MEDIA = "unsafe-media"
    LIMIT = "limit"
    # Front matter
    FRONT_MATTER = "front-matter"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    BAD_VALUE = "bad-value"
    # Names and what they point at
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_COMPETENCY = "unknown-competency"
    UNKNOWN_COURSE = "unknown-course"
    UNKNOWN_CERTIFICATION = "unknown-certification"
    UNKNOWN_QUIZ = "unknown-quiz"
    CYCLE = "cycle"
    DEAD_LINK = "dead-link"
    DEAD_REVIEW = "dead-review"
    # Structure
    TITLE = "title"
    NO_OUTLINE = "no-outline"
    NO_QUESTIONS = "no-questions"
    DRAW = "draw"
    FORMULA = "formula"
    BAD_BODY = "bad-body"
    # Questions
    NO_KEY = "no-key"
    BAD_KEY = "bad-key"
    BAD_ATTRIBUTE = "bad-attribute"
    BAD_OPTION = "bad-option"
    BAD_NUMBER = "bad-number"
    BAD_EXPRESSION = "bad-expression"
    BAD_BLANK = "bad-blank"
    BAD_FEEDBACK = "bad-feedback"
    STRAY_TEXT = "stray-text"
    TYPE_CHANGED = "type-changed"
    # Warnings
    CHOOSE_COUNT = "choose-count"
    LONGEST_KEY = "longest-key"
    KEY_POSITION = "key-position"
    ALL_OF_THE_ABOVE = "all-of-the-above"
    NO_WHY = "no-why"
    NO_COMPETENCY = "no-competency"
    NO_ALT = "no-alt"
    NO_OBJECTIVES = "no-objectives"
    SKIPPED_LEVEL = "skipped-level"
    RUBRIC_SUM = "rubric-sum"
    UNUSED_BANK = "unused-bank"
    UNKNOWN_PRESET = "unknown-preset"
    UNLINKED_FILE = "unlinked-file"
    SAME_LEVELS = "same-levels"


WARNINGS = frozenset(
    {
        Code.CHOOSE_COUNT,
        Code.LONGEST_KEY,
        Code.KEY_POSITION,
        Code.ALL_OF_THE_ABOVE,
        Code.NO_WHY,
        Code.NO_COMPETENCY,
        Code.NO_ALT,
        Code.NO_OBJECTIVES,
        Code.SKIPPED_LEVEL,
        Code.RUBRIC_SUM,
        Code.UNUSED_BANK,
        Code.UNKNOWN_PRESET,
        Code.UNLINKED_FILE,
        Code.SAME_LEVELS,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line: line and column from 1, `width` in characters."""

    path: str
    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    place: Place
    code: Code
    message: str

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code in WARNINGS else Severity.ERROR

    def __str__(self) -> str:
        place = self.place
        where = f"{place.path}:{place.line}:{place.column}"
        return f"{where}: {self.severity} {self.code} {self.message}"

    def as_json(self) -> dict[str, str | int]:
        place = self.place
        return {
            "path": place.path,
            "line": place.line,
            "column": place.column,
            "width": place.width,
            "severity": self.severity.value,
            "code": self.code.value,
            "message": self.message,
        }

    @classmethod
    def from_json(cls, given: Mapping[str, str | int]) -> Diagnostic:
        """The diagnostic that `as_json` wrote."""
        place = Place(
            str(given["path"]), int(given["line"]), int(given["column"]), int(given["width"])
        )
        return cls(place, Code(str(given["code"])), str(given["message"]))


class Report:
    """Collects diagnostics: every one found, not the first only."""

    def __init__(self) -> None:
        self._found: set[Diagnostic] = set()

    def add(self, code: Code, place: Place, message: str) -> None:
        self._found.add(Diagnostic(place, code, message))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self._found))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(found.severity is Severity.ERROR for found in diagnostics)


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    return json.dumps([found.as_json() for found in diagnostics], ensure_ascii=False, indent=2)


def with_caret(diagnostic: Diagnostic, files: Mapping[str, bytes]) -> str:
    """The diagnostic for a terminal: its line of text below it, and a caret under the place."""
    place = diagnostic.place
    lines = files.get(place.path, b"").decode("utf-8", "replace").splitlines()
    if not 1 <= place.line <= len(lines) or not lines[place.line - 1].strip():
        return str(diagnostic)
    text = _printable(lines[place.line - 1])
    start = min(place.column - 1, len(text))
    first = max(0, start - 60)
    shown = text[first : first + 100]
    width = max(1, min(place.width, len(shown) - (start - first)))
    return f"{diagnostic}\n    {shown}\n    {' ' * (start - first)}^{'~' * (width - 1)}"


def _printable(line: str) -> str:
    """One sign for each, none of which moves a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in line)
