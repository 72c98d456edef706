"""From a question as written to the compiled one: rendered piece by piece, ids opaque, hashed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any, Literal, cast

from pydantic import TypeAdapter

from app.authoring import document as doc
from app.authoring.diagnostics import Code
from app.authoring.links import Dead
from app.authoring.questions.cloze import CLOSE, OPEN, without_keys
from app.authoring.questions.rubric import read_criteria
from app.authoring.questions.written import (
    CREDITS,
    Choice,
    Cloze,
    DropDown,
    Essay,
    Match,
    Number,
    Order,
    Text,
    Typed,
    WrittenQuestion,
)
from app.authoring.render import Renderer
from app.authoring.source import mark_quoted
from app.core import markdown
from app.core.i18n import gettext as _

_MARK = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_NO_FIELD = frozenset({"math", "a", "label", "summary", "button", "select"})
_QUESTION: TypeAdapter[doc.Question] = TypeAdapter(doc.Question)


def build(written: WrittenQuestion, renderer: Renderer) -> doc.Question:
    """The compiled question. Faults are reported; what they spoil is left empty."""
    question = _Builder(written, renderer).build()
    return replace(question, content_hash=fingerprint(_QUESTION.dump_python(question, mode="json")))


def fingerprint(dumped: Any) -> str:
    """SHA-256 of what was dumped, but for where it stands in its file and for hashes of itself."""
    return hashlib.sha256(
        json.dumps(_meaning(dumped), sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def _meaning(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in ("source", "content_hash")}
        return {key: _meaning(part) for key, part in kept.items()}
    return [_meaning(part) for part in value] if isinstance(value, list) else value


@dataclass
class _Builder:
    written: WrittenQuestion
    renderer: Renderer
    pieces: int = 0

    def build(self) -> doc.Question:
        common = self._common()
        answer = self.written.answer
        match answer:
            case Choice():
                return self._choice(answer, common)
            case Match():
                return self._match(answer, common)
            case Order(items=items):
                return doc.OrderQuestion(
                    type="order",
                    credit=cast(Literal["exact", "position", "lcs"], self._credit()),
                    items=tuple(self._item("order", item) for item in items),
                    **common,
                )
            case Number(key=number):
                return doc.NumberQuestion(type="number", key=number, **common)
            case Typed(key=typed):
                return doc.TextQuestion(type="text", key=typed, **common)
            case Cloze():
                return self._cloze(answer, common)
            case Essay():
                rubric = self.written.explanation.rubric
                criteria = read_criteria(rubric)
                adds_up = sum(one.points for one in criteria) == common["points"]
                return doc.EssayQuestion(
                    type="essay",
                    rubric_html=self._block(rubric),
                    criteria=criteria if adds_up else (),
                    **common,
                )

    # --- What every question has --------------------------------------------------------------

    def _common(self) -> dict[str, Any]:
        written, given = self.written, self.written.attributes
        explanation = written.explanation
        stem = self._stem()
        return {
            "id": written.id,
            "content_hash": "",
            "source": doc.Source(self.renderer.source.path, written.heading.line),
            "stem_html": stem,
            "stem_text": self._stem_text(stem),
            "points": given.points or Decimal(1),
            "competency": given.competency,
            "domain": given.domain,
            "difficulty": given.difficulty,
            "shuffle": False if written.type == "truefalse" else given.shuffle,
            "unscored": given.unscored or False,
            "regrade": given.regrade,
            "review": self._review(),
            "hints_html": tuple(self._block(hint) or "" for hint in explanation.hints),
            "why_html": self._block(explanation.why),
            "correct_html": self._block(explanation.correct),
            "incorrect_html": self._block(explanation.incorrect),
        }

    def _stem(self) -> str:
        """The heading and what continues it; of a cloze the heading alone, if it has no blank."""
        if isinstance(self.written.answer, Cloze):
            heading = self._without_keys(self.written.heading)
            return "" if OPEN in heading.markdown else self._paragraph(heading)
        body = self._block(self.written.body)
        stem = self._paragraph(self.written.heading)
        return f"{stem}\n{body}" if body else stem

    def _stem_text(self, stem: str) -> str:
        if not isinstance(self.written.answer, Cloze):
            return markdown.plain(stem).text
        whole = f"{self.written.heading.markdown}\n\n{self.written.body.markdown}"
        text = self._without_keys(Text(whole, self.written.heading.line)).markdown
        html = self.renderer.block(Text(_MARK.sub("…", text), self.written.heading.line), "")
        return markdown.plain(html).text

    def _review(self) -> doc.Review | None:
        target = self.written.attributes.review
        if target is None:
            return None
        source = self.renderer.source
        try:
            return self.renderer.links.review(source.path, target)
        except Dead as dead:
            place = source.find(target, self.written.heading.line)
            self.renderer.report.add(dead.code, place, dead.message)
            return None

    def _credit(self) -> str:
        allowed = CREDITS[self.written.type]
        given = self.written.attributes.credit
        return given if given in allowed else allowed[0]

    # --- Types ----------------------------------------------------------------------------------

    def _choice(self, answer: Choice, common: dict[str, Any]) -> doc.ChoiceQuestion:
        credit = self._credit() if answer.kind == "multiple" else "all"
        options = []
        for option in answer.options:
            item = self._item("option", option.text)
            options.append(
                doc.Option(
                    id=item.id,
                    html=item.html,
                    text=item.text,
                    correct=option.correct,
                    weight=option.weight,
                    feedback_html=self._block(option.feedback),
                )
            )
        return doc.ChoiceQuestion(
            type=answer.kind,
            credit=cast(Literal["all", "net", "coverage", "each"], credit),
            options=tuple(options),
            **common,
        )

    def _match(self, answer: Match, common: dict[str, Any]) -> doc.MatchQuestion:
        left = [self._item("left", text) for text, _right in answer.pairs]
        keys = [self._item("right", text) for _left, text in answer.pairs]
        others = [self._item("right", text) for text in answer.distractors]
        right = {item.id: item for item in (*keys, *others)}
        return doc.MatchQuestion(
            type="match",
            credit=cast(Literal["all", "each"], self._credit()),
            left_title=self._plain(answer.left_title),
            right_title=self._plain(answer.right_title),
            left=tuple(left),
            right=tuple(right[key] for key in sorted(right)),  # the author's order is the key
            key=tuple((item.id, key.id) for item, key in zip(left, keys, strict=True)),
            **common,
        )

    def _cloze(self, answer: Cloze, common: dict[str, Any]) -> doc.ClozeQuestion:
        return doc.ClozeQuestion(
            type="cloze",
            credit=cast(Literal["all", "each"], self._credit()),
            pieces_html=self._pieces(len(answer.blanks)),
            blanks=tuple(self._blank(n, blank) for n, blank in enumerate(answer.blanks)),
            **common,
        )

    def _pieces(self, count: int) -> tuple[str, ...]:
        """The text parted where its blanks stand; with the heading, if a blank stands in that."""
        written = self.written
        heading = self._without_keys(written.heading)
        first = len(_MARK.findall(heading.markdown))
        html = self.renderer.block(self._without_keys(written.body, first), self._prefix())
        if first:
            html = f"{self._paragraph(heading)}\n{html}"
        if not _fields_fit(html, count):
            message = _("A blank stands where no field can: in a link, a formula or HTML.")
            place = self.renderer.source.at(written.heading.line)
            self.renderer.report.add(Code.BAD_BLANK, place, message)
            return ("",) * (count + 1)
        return tuple(_MARK.split(html)[::2])

    def _blank(
        self, number: int, blank: Number | Typed | DropDown
    ) -> doc.TypedBlank | doc.NumberBlank | doc.ChoiceBlank:
        blank_id = self._id("blank", str(number))
        if isinstance(blank, Number):
            return doc.NumberBlank(id=blank_id, key=blank.key)
        if isinstance(blank, Typed):
            return doc.TypedBlank(id=blank_id, key=blank.key)
        side = f"blank {number}"
        items = [self._item(side, Text(option, self.written.body.line)) for option in blank.options]
        return doc.ChoiceBlank(id=blank_id, options=tuple(items), key=self._id(side, blank.right))

    # --- Pieces -----------------------------------------------------------------------------------

    def _item(self, side: str, text: Text) -> doc.Item:
        html = self.renderer.inline(text, self._prefix())
        return doc.Item(self._id(side, text.markdown), html, markdown.plain(html).text)

    def _block(self, text: Text | None) -> str | None:
        return self.renderer.block(text, self._prefix()) if text else None

    def _paragraph(self, text: Text) -> str:
        return f"<p>{self.renderer.inline(text, self._prefix())}</p>"

    def _plain(self, text: Text) -> str:
        return markdown.plain(self.renderer.inline(text, self._prefix())).text

    def _without_keys(self, text: Text, first: int = 0) -> Text:
        lines = mark_quoted(text.markdown.split("\n"))
        return Text(without_keys(lines, first), text.line)

    def _id(self, side: str, text: str) -> str:
        """Tells nothing but which text of which question it is."""
        told = json.dumps([self.written.id, side, text])
        return hashlib.sha256(told.encode()).hexdigest()[:10]

    def _prefix(self) -> str:
        """Differs for each piece of a page, so that ids in them never clash."""
        self.pieces += 1
        return f"q-{self._id('prefix', '')[:6]}-{self.pieces}-"


class _Fields(HTMLParser):
    """Finds the marks of blanks that stand in text where a field may stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[int] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _NO_FIELD.intersection(self.open):
            self.found += [int(number) for number in _MARK.findall(data)]


def _fields_fit(html: str, count: int) -> bool:
    """Whether each blank is to be seen exactly once, and in order."""
    fields = _Fields()
    fields.feed(html)
    fields.close()
    return fields.found == list(range(count)) and len(_MARK.findall(html)) == count
