"""GIFT in and out, as Moodle describes it (docs.moodle.org/en/GIFT_format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.authoring.document import NumberKey, TextKey
from app.authoring.interchange.html import loses, to_markdown
from app.authoring.interchange.imported import (
    Imported,
    Unreadable,
    decimal,
    decoded,
    escaped,
    guarded,
    last_part,
)
from app.authoring.questions.written import (
    Answer,
    Attributes,
    Choice,
    Essay,
    Explanation,
    Match,
    Number,
    Text,
    Typed,
    WrittenOption,
)
from app.core.i18n import gettext as _

_CATEGORY = re.compile(r"^\$CATEGORY:\s*(.+?)\s*$")
_TITLE = re.compile(r"^::(.*?)(?<!\\)::\s*", re.DOTALL)
_FORMAT = re.compile(r"^\[(html|moodle|plain|markdown)\]\s*")
_PIECE = re.compile(r"(?<!\\)([=~])")
_WEIGHT = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_ESCAPES = re.compile(r"\\([~=#{}:\\])")
_TRUE_FALSE = ("True", "False")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One answer: `=` or `~`, its weight in percent if given, text and feedback."""

    right: bool
    weight: Decimal | None
    text: str
    feedback: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A question as it stands in the file, from its first line on."""

    line: int
    category: str
    text: str


def read(data: bytes) -> Imported:
    """The questions of a file.

    Raises:
        Unreadable: it is not UTF-8, or braces do not close; the line is named.
    """
    found, moved = Imported(), dict[str, str]()
    for block in _blocks(decoded(data)):
        category = moved.get(block.category, block.category)
        moved[block.category] = _read(found, block, category)
    return found


def _blocks(text: str) -> Iterator[_Block]:
    """Questions, which blank lines part, each with the category it stands in."""
    category, begun, lines = "", 1, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.lstrip().startswith("//"):
            continue
        if not lines and (named := _CATEGORY.match(line)):
            category = last_part(named.group(1))
        elif line.strip():
            begun = begun if lines else number
            lines.append(line)
        elif lines:
            yield _Block(begun, category, "\n".join(lines))
            lines = []


def _read(found: Imported, block: _Block, category: str) -> str:
    """Take a question or a description; the category of what follows it."""
    text, name = block.text, ""
    if title := _TITLE.match(text):
        name, text = _plain(title.group(1)), text[title.end() :]
    kind = "moodle"
    if written := _FORMAT.match(text):
        kind, text = written.group(1), text[written.end() :]
    before, inside, after = _braces(text, block.line)
    if inside is None:
        return found.describe(name, _marked(text, kind), category)
    if after.strip():
        stem = f"{_marked(before.rstrip(), kind)} \\_\\_\\_\\_\\_ {_marked(after.strip(), kind)}"
    else:
        stem = _marked(before, kind)
    found.met += 1
    body, general = _split(inside, "####")
    why = Text(_marked(general, kind)) if general.strip() else None
    label = name or _plain(before)[:60]
    if kind == "html" and loses(block.text):
        found.note(label, _("Recordings, frames, drawings and set formulas in it are left out."))
    answer = _answer(found, label, body.strip(), kind)
    if answer is not None:
        attributes = Attributes(type="essay") if isinstance(answer, Essay) else Attributes()
        found.take(name, stem, answer, Explanation(why=why), attributes, category)
    return category


def _braces(text: str, line: int) -> tuple[str, str | None, str]:
    """What stands before the answer, in it and after it; no answer without braces."""
    opened = re.search(r"(?<!\\)\{", text)
    if opened is None:
        return text, None, ""
    closed = re.compile(r"(?<!\\)\}").search(text, opened.end())
    if closed is None:
        raise Unreadable(_("Line %(line)s: the answer is not closed with }.", line=line))
    return text[: opened.start()], text[opened.end() : closed.start()], text[closed.end() :]


def _answer(found: Imported, label: str, body: str, kind: str) -> Answer | None:
    if not body:
        return Essay()
    if body.startswith("#"):
        return _numeric(found, label, body[1:])
    truth, feedback = _split(body, "#")
    if truth.strip().upper() in _TRUTH:
        return _true_false(_TRUTH[truth.strip().upper()], feedback, kind)
    pieces = [_piece(text, mark == "=") for mark, text in _parted(body)]
    if not pieces:
        found.note(label, _("Its answer could not be read and it is left out."))
        return None
    if all(piece.right for piece in pieces) and all("->" in piece.text for piece in pieces):
        return _matching(pieces, kind)
    if all(piece.right for piece in pieces):
        return _short(found, label, pieces)
    return _choice(found, label, pieces, kind)


def _parted(body: str) -> list[tuple[str, str]]:
    parts = _PIECE.split(body)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _piece(text: str, right: bool) -> _Piece:
    written = text.strip()
    weight = None
    if found := _WEIGHT.match(written):
        weight, written = decimal(found.group(1)), written[found.end() :]
    words, feedback = _split(written, "#")
    return _Piece(right, weight, words.strip(), feedback.strip())


def _true_false(truth: bool, feedback: str, kind: str) -> Choice:
    """The feedback for a wrong answer stands before that for the right one."""
    wrong, right = _split(feedback, "#")
    options = []
    for name, value in zip(_TRUE_FALSE, (True, False), strict=True):
        words = (right if value is truth else wrong).strip()
        told = Text(_marked(words, kind)) if words else None
        options.append(WrittenOption(Text(name), value is truth, None, told))
    return Choice("truefalse", tuple(options))


def _choice(found: Imported, label: str, pieces: Sequence[_Piece], kind: str) -> Choice:
    several = not any(piece.right for piece in pieces)
    options: list[WrittenOption] = []
    for piece in pieces:
        weight = piece.weight
        if piece.right and any(option.correct for option in options):
            found.note(
                label, _("Only one option can be the key: “%(text)s” is no key.", text=piece.text)
            )
            piece = _Piece(False, None, piece.text, piece.feedback)
        correct = piece.right or (several and weight is not None and weight > 0)
        if weight is not None and weight < 0 and not several:
            found.note(label, _("A negative weight is left out: “%(text)s”.", text=piece.text))
        partial = weight / 100 if weight and 0 < weight < 100 and not several else None
        told = Text(_marked(piece.feedback, kind)) if piece.feedback else None
        options.append(WrittenOption(Text(_marked(piece.text, kind)), correct, partial, told))
    if several:
        found.note(label, _("Weights of several right options are left out: all count alike."))
    single = sum(option.correct for option in options) == 1 and not several
    return Choice("single" if single else "multiple", tuple(options))


def _matching(pieces: Sequence[_Piece], kind: str) -> Match:
    pairs, distractors = [], []
    for piece in pieces:
        left, _arrow, right = piece.text.partition("->")
        if left.strip():
            pairs.append((Text(_cell(left, kind)), Text(_cell(right, kind))))
        else:
            distractors.append(Text(_cell(right, kind)))
    return Match(Text(_("This")), Text(_("goes with")), tuple(pairs), tuple(distractors))


def _cell(text: str, kind: str) -> str:
    return " ".join(_marked(text.strip(), kind).split()).replace("|", "\\|")


def _short(found: Imported, label: str, pieces: Sequence[_Piece]) -> Typed | None:
    full = [piece for piece in pieces if piece.weight in (None, Decimal(100))]
    if len(full) < len(pieces):
        found.note(label, _("Answers that count in part are left out."))
    if any(piece.feedback for piece in pieces):
        found.note(label, _("Feedback for single answers is left out."))
    kept = found.variants(label, (_plain(piece.text) for piece in full or pieces))
    if not kept:
        found.note(label, _("Its answer could not be read and it is left out."))
        return None
    return Typed(TextKey(kept))


def _numeric(found: Imported, label: str, body: str) -> Number | None:
    pieces = [_piece(text, True) for _mark, text in _parted(body)] or [_piece(body, True)]
    if len(pieces) > 1:
        found.note(label, _("Only the first of several numbers is kept."))
    if any(piece.feedback for piece in pieces):
        found.note(label, _("Feedback for single answers is left out."))
    key = _number_key(pieces[0].text)
    if key is None:
        found.note(label, _("Its number could not be read and it is left out."))
        return None
    return Number(key)


def _number_key(text: str) -> NumberKey | None:
    low, dots, high = text.partition("..")
    first = decimal(low if dots else text.partition(":")[0])
    second = decimal(high if dots else text.partition(":")[2])
    if first is None or (dots and second is None):
        return None
    if dots and second is not None:
        return NumberKey(minimum=min(first, second), maximum=max(first, second))
    return NumberKey(value=first, tolerance=abs(second) if second else None)


def _split(text: str, mark: str) -> tuple[str, str]:
    """Before and after the first `mark` that is not escaped."""
    found = re.search(rf"(?<!\\)((?:\\\\)*){re.escape(mark)}", text)
    return (text[: found.end(1)], text[found.end() :]) if found else (text, "")


def _plain(text: str) -> str:
    unescaped = text.replace("\\n", "\n")
    return _ESCAPES.sub(r"\1", unescaped).strip()


def _marked(text: str, kind: str) -> str:
    """As Markdown, whatever the question is written in."""
    plain = _plain(text)
    if kind == "markdown":
        return guarded(plain)
    return to_markdown(plain) if kind == "html" else escaped(plain)
