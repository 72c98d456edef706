"""Answer blocks: task lists, tables to match, lists to put in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, cast

from app.authoring.diagnostics import Code, Report
from app.authoring.numbers import parse_share
from app.authoring.questions.keys import parse_text_key
from app.authoring.questions.written import Answer, Match, Order, Text, Typed, WrittenOption
from app.authoring.source import Line, SourceFile
from app.core.i18n import gettext as _

ChoiceKind = Literal["single", "multiple", "truefalse"]
Split = tuple[Sequence[Line], Answer | None, Sequence[Line]]
"""The lines of the stem, the answer, and the lines after it."""

MAX_ITEMS = 50
TRUE_FALSE = frozenset(
    {
        ("true", "false"), ("wahr", "falsch"), ("richtig", "falsch"), ("vrai", "faux"),
        ("verdadero", "falso"), ("vero", "falso"), ("verdadeiro", "falso"), ("waar", "onwaar"),
        ("juist", "onjuist"), ("prawda", "fałsz"), ("sant", "falskt"), ("sant", "usant"),
        ("sandt", "falsk"), ("tosi", "epätosi"), ("pravda", "nepravda"), ("igaz", "hamis"),
        ("doğru", "yanlış"), ("adevărat", "fals"), ("верно", "неверно"), ("правда", "неправда"),
    }
)  # fmt: skip
"""“True” and “false” as the languages say them."""

_TASK = re.compile(r" {0,3}(?:[-*+]|[0-9]{1,9}[.)]) +\[([ xX])\](?: +(.*)|)")
_ITEM = re.compile(r" {0,3}[0-9]{1,9}[.)] +(.*)")
_BULLET = re.compile(r" {0,3}[-*+] +")
_NESTED_BULLET = re.compile(r"[-*+] +(.*)")
_CREDIT = re.compile(r"\s*<!--\s*credit\s*:\s*(.*?)\s*-->\s*$")
_DELIMITER = re.compile(r" {0,3}\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")


def is_task(line: Line) -> bool:
    return not line.quoted and _TASK.fullmatch(line.text) is not None


def is_key_line(line: Line) -> bool:
    return not line.quoted and re.match(r" {0,3}= ", line.text + " ") is not None


def as_text(text: str) -> Typed:
    return Typed(parse_text_key(text))


# --- Options ------------------------------------------------------------------------------------


def read_options(
    source: SourceFile, lines: Sequence[Line], report: Report
) -> tuple[Sequence[Line], tuple[WrittenOption, ...], Sequence[Line]]:
    """The first task list: the lines before it, its options, and the lines after it."""
    first = next((n for n, line in enumerate(lines) if is_task(line)), len(lines))
    end = _list_end(lines, first)
    options = []
    for item in _items(lines[first:end], is_task):
        start = _TASK.fullmatch(item[0].text)
        assert start is not None
        options.append(_option(source, item, start, report))
    _refuse_bare_bullets(source, lines[first:end], report)
    _refuse_twins(source, [option.text for option in options], report)
    return lines[:first], tuple(options), lines[end:]


def kind_of(options: Sequence[WrittenOption], wanted: str | None) -> ChoiceKind:
    if wanted:
        return cast(ChoiceKind, wanted)
    right = sum(option.correct for option in options)
    words = [option.text.markdown.casefold().rstrip(".") for option in options]
    if len(words) == 2 and {tuple(words), tuple(reversed(words))} & TRUE_FALSE and right == 1:
        return "truefalse"
    return "multiple" if right > 1 else "single"


def problem_with(kind: ChoiceKind, options: Sequence[WrittenOption]) -> tuple[Code, str] | None:
    """Why these options cannot be a question of this type; None if they can."""
    right = sum(option.correct for option in options)
    if right == 0:
        return Code.NO_KEY, _("No option is marked as right: put [x] before it.")
    if kind != "multiple" and right > 1:
        return Code.BAD_KEY, _("A question of type %(type)s has one right option.", type=kind)
    if len(options) < 2:
        return Code.BAD_OPTION, _("A choice needs two options or more.")
    if len(options) > MAX_ITEMS:
        return Code.BAD_OPTION, _("There are more than %(count)s options.", count=MAX_ITEMS)
    if kind == "truefalse" and len(options) != 2:
        return Code.BAD_OPTION, _("A question of type truefalse has two options.")
    return None


def _option(
    source: SourceFile, item: Sequence[Line], start: re.Match[str], report: Report
) -> WrittenOption:
    first, weight = _take_credit(source, item[0], start[2] or "", report)
    below = _dedented(item[1:])
    split = next((n for n, line in enumerate(below) if _begins_feedback(line)), len(below))
    text = "\n".join([first, *(line.text for line in below[:split])]).strip()
    if not text:
        message = _("The option has no text.")
        report.add(Code.BAD_OPTION, source.at(item[0].number), message)
    return WrittenOption(
        text=Text(text, item[0].number),
        correct=start[1] in "xX",
        weight=weight,
        feedback=_feedback(below[split:]),
    )


def _take_credit(
    source: SourceFile, line: Line, text: str, report: Report
) -> tuple[str, Decimal | None]:
    match = _CREDIT.search(text)
    if match is None:
        return text.rstrip(), None
    weight = parse_share(match[1])
    if weight is None:
        place = source.find(match[0].strip(), line.number)
        message = _("A percentage from 0% to 100% is expected, such as 60%.")
        report.add(Code.BAD_ATTRIBUTE, place, message)
    return text[: match.start()].rstrip(), weight


def _begins_feedback(line: Line) -> bool:
    return not line.quoted and _NESTED_BULLET.match(line.text) is not None


def _feedback(lines: Sequence[Line]) -> Text | None:
    """Bullets under an option, each a paragraph."""
    texts: list[str] = []
    for line in lines:
        bullet = _NESTED_BULLET.match(line.text) if not line.quoted else None
        if bullet:
            texts += ["", bullet[1].rstrip()]
        else:
            texts.append(re.sub(r"^ {1,4}", "", line.text))
    text = "\n".join(texts).strip()
    return Text(text, lines[0].number) if text else None


def _refuse_bare_bullets(source: SourceFile, lines: Sequence[Line], report: Report) -> None:
    for line in lines:
        if not line.quoted and _BULLET.match(line.text) and not is_task(line):
            message = _("Every option begins with a box: [ ] or [x].")
            report.add(Code.BAD_OPTION, source.at(line.number), message)


# --- Order --------------------------------------------------------------------------------------


def read_order(source: SourceFile, head: Line, lines: Sequence[Line], report: Report) -> Split:
    """The first numbered list."""

    def is_item(line: Line) -> bool:
        return not line.quoted and _ITEM.fullmatch(line.text) is not None

    first = next((n for n, line in enumerate(lines) if is_item(line)), len(lines))
    end = _list_end(lines, first)
    items = []
    for item in _items(lines[first:end], is_item):
        start = _ITEM.fullmatch(item[0].text)
        assert start is not None
        below = [line.text for line in _dedented(item[1:])]
        items.append(Text("\n".join([start[1].rstrip(), *below]).strip(), item[0].number))
    if not 2 <= len(items) <= MAX_ITEMS:
        message = _(
            "To put in order, a numbered list of 2 to %(count)s lines is needed.", count=MAX_ITEMS
        )
        report.add(Code.NO_KEY, source.at(head.number), message)
        return lines[:first], None, lines[end:]
    _refuse_twins(source, items, report)
    return lines[:first], Order(tuple(items)), lines[end:]


# --- Match --------------------------------------------------------------------------------------


def read_match(source: SourceFile, head: Line, lines: Sequence[Line], report: Report) -> Split:
    """The first table."""
    first = _table_start(lines)
    if first is None:
        message = _("To match, a table of two columns is needed.")
        report.add(Code.NO_KEY, source.at(head.number), message)
        return lines, None, ()
    end = first + 2
    while (
        end < len(lines) and "|" in lines[end].text and not lines[end].text.lstrip().startswith(">")
    ):
        end += 1
    match = _match(source, lines[first], lines[first + 2 : end], report)
    return lines[:first], match, lines[end:]


def _table_start(lines: Sequence[Line]) -> int | None:
    for number in range(len(lines) - 1):
        line, below = lines[number], lines[number + 1]
        if not line.quoted and "|" in line.text and _DELIMITER.fullmatch(below.text.rstrip()):
            return number
    return None


def _match(source: SourceFile, head: Line, rows: Sequence[Line], report: Report) -> Match | None:
    titles = _cells(head.text)
    found = [(row, _cells(row.text)) for row in rows]
    wrong = next((row for row, cells in [(head, titles), *found] if len(cells) != 2), None)
    if wrong is not None:
        message = _("A table to match has two columns in every row.")
        report.add(Code.BAD_OPTION, source.at(wrong.number), message)
        return None
    for row, (_left, right) in ((row, (cells[0], cells[1])) for row, cells in found):
        if not right:
            message = _("The right cell is empty. A distractor stands on the right alone.")
            report.add(Code.BAD_OPTION, source.at(row.number), message)
    pairs = [(Text(c[0], r.number), Text(c[1], r.number)) for r, c in found if c[0]]
    distractors = [Text(c[1], r.number) for r, c in found if not c[0]]
    if not 2 <= len(found) <= MAX_ITEMS or not pairs:
        message = _("A table to match has 2 to %(count)s rows, one pair at least.", count=MAX_ITEMS)
        report.add(Code.NO_KEY, source.at(head.number), message)
        return None
    _refuse_twins(source, [left for left, _right in pairs], report)
    rights = {right.markdown for _left, right in pairs}
    _refuse_twins(source, [*(Text(right) for right in rights), *distractors], report)
    return Match(
        Text(titles[0], head.number), Text(titles[1], head.number), tuple(pairs), tuple(distractors)
    )


def _cells(text: str) -> list[str]:
    """Cells of a row; `\\|` and strokes inside code do not part them."""
    text = text.strip().removeprefix("|")
    parts = [""]
    for match in re.finditer(r"\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|.", text):
        if match[0] == "|":
            parts.append("")
        else:
            parts[-1] += match[0]
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return [part.strip() for part in parts]


# --- Lists --------------------------------------------------------------------------------------


def _list_end(lines: Sequence[Line], first: int) -> int:
    """The position after the list that begins at `first`, empty lines after it left out."""
    end = position = first
    after_blank = False
    while position < len(lines):
        line = lines[position]
        if not line.blank:
            if not _belongs(line, after_blank) and position > first:
                break
            end = position + 1
        after_blank = line.blank
        position += 1
    return end


def _belongs(line: Line, after_blank: bool) -> bool:
    """Whether a line carries a list on: an item, something indented, or a line run over."""
    if line.quoted or line.text.startswith(("  ", "\t")):
        return True
    if _BULLET.match(line.text) or _ITEM.fullmatch(line.text):
        return True
    return not after_blank and not line.text.startswith((">", "<!--", "|", "= "))


def _items(lines: Sequence[Line], begins: object) -> Iterator[list[Line]]:
    item: list[Line] = []
    for line in lines:
        if callable(begins) and begins(line):
            if item:
                yield item
            item = []
        item.append(line)
    if item:
        yield item


def _dedented(lines: Sequence[Line]) -> list[Line]:
    """Lines below an item, without the white space they are indented by (four at most)."""
    texts = [line.text.expandtabs(4).rstrip() for line in lines]
    depths = [len(text) - len(text.lstrip()) for text in texts if text]
    depth = min([4, *depths])
    return [
        Line(line.number, text[depth:], line.quoted)
        for line, text in zip(lines, texts, strict=True)
    ]


def _refuse_twins(source: SourceFile, texts: Sequence[Text], report: Report) -> None:
    seen: set[str] = set()
    for text in texts:
        folded = " ".join(text.markdown.split()).casefold()
        if folded in seen:
            message = _("“%(text)s” stands twice.", text=text.markdown[:60])
            report.add(Code.BAD_OPTION, source.at(text.line), message)
        seen.add(folded)
