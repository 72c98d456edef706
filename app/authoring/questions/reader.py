"""A question out of Markdown: heading, attributes, stem, answers, explanation.

The type is recognised in the order of the format: what `type` says; a task list; a line beginning
with `= `; blanks. Whatever is wrong is reported, and the question is then None.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from app.authoring.diagnostics import Code, Report
from app.authoring.questions import answers
from app.authoring.questions.attributes import (
    QUESTION_KEYS,
    Given,
    question_attributes,
    take_comment,
)
from app.authoring.questions.cloze import has_blank, read_blanks
from app.authoring.questions.explanation import LABEL, read_explanation
from app.authoring.questions.keys import BadExpression, BadNumber, parse_key
from app.authoring.questions.written import (
    CREDITS,
    Answer,
    Attributes,
    Choice,
    Cloze,
    Essay,
    Explanation,
    Number,
    Text,
    Typed,
    WrittenQuestion,
    type_of,
)
from app.authoring.source import Line, SourceFile
from app.core.i18n import gettext as _


class QuestionReader:
    """Reads the questions of one file."""

    def __init__(self, source: SourceFile, language: str, report: Report) -> None:
        self.source = source
        self.language = language
        self.report = report

    def read(
        self, heading: Line, text: str, lines: Sequence[Line], *, in_lesson: bool = False
    ) -> tuple[WrittenQuestion | None, Sequence[Line]]:
        """The question below a heading, and the lines after it (empty in a quiz).

        Args:
            heading: the line of the heading; `text` is what it says.
            lines: everything up to the next heading.
            in_lesson: text after the question is the lesson's again, rather than a mistake.
        """
        given, lines = take_comment(self.source, lines, QUESTION_KEYS, self.report)
        attributes = question_attributes(given, self.report)
        head = Line(heading.number, text)
        mistyped = attributes.type is None and "type" in given
        body, answer, rest = self._answer(head, attributes.type, lines, mistyped)
        self._refuse_early_explanation(body)
        quote, rest = _leading_quote(rest)
        explanation = read_explanation(self.source, quote, self.report)
        if not in_lesson:
            self._refuse_stray(rest)
            rest = ()
        if answer is None:
            return None, rest
        self._check(given, attributes, answer, explanation)
        if not text.strip():
            self.report.add(
                Code.BAD_BODY, self.source.at(heading.number), _("The question has no text.")
            )
        written = WrittenQuestion(
            heading=Text(text, heading.number),
            body=_as_text(body, heading.number),
            attributes=attributes,
            answer=answer,
            explanation=explanation,
            id=attributes.id or slug(text),
        )
        return written, rest

    # --- Finding the answer ---------------------------------------------------------------

    def _answer(
        self, head: Line, wanted: str | None, lines: Sequence[Line], mistyped: bool
    ) -> tuple[Sequence[Line], Answer | None, Sequence[Line]]:
        kind = None if mistyped else wanted or self._recognise(head, lines)
        match kind:
            case "single" | "multiple" | "truefalse" | "choice":
                return self._choice(head, wanted, lines)
            case "number" | "text":
                return self._typed(head, wanted, lines)
            case "match":
                return answers.read_match(self.source, head, lines, self.report)
            case "order":
                return answers.read_order(self.source, head, lines, self.report)
            case "cloze":
                return self._cloze(head, lines)
            case "essay":
                body, rest = _before_quote(lines)
                return body, Essay(), rest
        body, rest = _before_quote(lines)
        if not mistyped:
            message = _(
                "There is no answer: mark the right options with [x], or begin a line with “= ”."
            )
            self.report.add(Code.NO_KEY, self.source.at(head.number), message)
        return body, None, rest

    def _recognise(self, head: Line, lines: Sequence[Line]) -> str | None:
        if any(answers.is_task(line) for line in lines):
            return "choice"
        if any(answers.is_key_line(line) for line in lines):
            return "text"
        return "cloze" if has_blank([head, *_before_quote(lines)[0]]) else None

    def _choice(
        self, head: Line, wanted: str | None, lines: Sequence[Line]
    ) -> tuple[Sequence[Line], Answer | None, Sequence[Line]]:
        body, options, rest = answers.read_options(self.source, lines, self.report)
        kind = answers.kind_of(options, wanted)
        problem = answers.problem_with(kind, options)
        if problem:
            self.report.add(problem[0], self.source.at(head.number), problem[1])
            return body, None, rest
        return body, Choice(kind, options), rest

    def _typed(
        self, head: Line, wanted: str | None, lines: Sequence[Line]
    ) -> tuple[Sequence[Line], Answer | None, Sequence[Line]]:
        at = next((n for n, line in enumerate(lines) if answers.is_key_line(line)), None)
        if at is None:
            body, rest = _before_quote(lines)
            message = _("There is no answer: a line beginning with “= ” is expected.")
            self.report.add(Code.NO_KEY, self.source.at(head.number), message)
            return body, None, rest
        return lines[:at], self._key(lines[at], wanted), lines[at + 1 :]

    def _key(self, line: Line, wanted: str | None) -> Number | Typed | None:
        text = line.text.strip()[1:]
        place = self.source.at(line.number)
        try:
            key = answers.as_text(text) if wanted == "text" else parse_key(text, self.language)
        except BadNumber as error:
            self.report.add(Code.BAD_NUMBER, place, str(error))
            return None
        except BadExpression as error:
            self.report.add(Code.BAD_EXPRESSION, place, str(error))
            return None
        if isinstance(key, Typed) and wanted == "number":
            message = _("After = stands a number, n +- t, n +- p% or [min, max].")
            self.report.add(Code.BAD_NUMBER, place, message)
            return None
        if isinstance(key, Typed) and not (key.key.variants or key.key.expression):
            self.report.add(Code.NO_KEY, place, _("After “= ” stands the answer."))
            return None
        return key

    def _cloze(
        self, head: Line, lines: Sequence[Line]
    ) -> tuple[Sequence[Line], Answer | None, Sequence[Line]]:
        body, rest = _before_quote(lines)
        if not has_blank([head, *body]):
            message = _("There is no blank: write one as [[answer]].")
            self.report.add(Code.NO_KEY, self.source.at(head.number), message)
            return body, None, rest
        return (
            body,
            Cloze(read_blanks(self.source, [head, *body], self.language, self.report)),
            rest,
        )

    # --- Checking what was found ------------------------------------------------------------

    def _check(
        self,
        given: Mapping[str, Given],
        attributes: Attributes,
        answer: Answer,
        explanation: Explanation,
    ) -> None:
        kind = type_of(answer)
        allowed = CREDITS.get(kind, ())
        if attributes.credit and attributes.credit not in allowed:
            words = ", ".join(allowed)
            message = (
                _("“credit” for type %(type)s is one of: %(words)s.", type=kind, words=words)
                if allowed
                else _("There is no “credit” for questions of type %(type)s.", type=kind)
            )
            self.report.add(Code.BAD_ATTRIBUTE, given["credit"].place, message)
        if explanation.rubric and kind != "essay":
            message = _("**Rubric** is for questions of type essay.")
            self.report.add(Code.BAD_FEEDBACK, self.source.at(explanation.rubric.line), message)

    def _refuse_early_explanation(self, body: Sequence[Line]) -> None:
        for line in body:
            if not line.quoted and LABEL.match(line.text):
                message = _("What explains the answer stands after the answers, not before them.")
                self.report.add(Code.BAD_FEEDBACK, self.source.at(line.number), message)

    def _refuse_stray(self, rest: Sequence[Line]) -> None:
        stray = next((line for line in rest if not line.blank and not _is_comment(line)), None)
        if stray is not None:
            message = _(
                "This stands after the answers, where nobody would see it. Move it before them,"
                " or into the blockquote with **Why**."
            )
            self.report.add(Code.STRAY_TEXT, self.source.at(stray.number), message)


def slug(text: str) -> str:
    """The id of a question that was given none: its stem in small letters and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(made) <= 64 and len(made) > 1:
        return made
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{made[:55]}-{digest}".strip("-")


def _as_text(lines: Sequence[Line], default: int) -> Text:
    """Lines without the empty ones around them."""
    full = [n for n, line in enumerate(lines) if not line.blank]
    if not full:
        return Text("", default)
    kept = lines[full[0] : full[-1] + 1]
    return Text("\n".join(line.text.rstrip() for line in kept), kept[0].number)


def _before_quote(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """Split where a blockquote with labels begins."""
    for number, line in enumerate(lines):
        if not line.quoted and LABEL.match(line.text):
            return lines[:number], lines[number:]
    return lines, ()


def _leading_quote(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The blockquotes that `lines` begin with, and what follows them."""
    end = position = 0
    while position < len(lines):
        line = lines[position]
        if (
            line.text.lstrip(" ").startswith(">")
            and len(line.text) - len(line.text.lstrip(" ")) < 4
        ):
            end = position + 1
        elif not line.blank:
            break
        position += 1
    return lines[:end], lines[end:]


def _is_comment(line: Line) -> bool:
    text = line.text.strip()
    return line.quoted or (text.startswith("<!--") and text.endswith("-->"))
