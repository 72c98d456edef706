"""The blockquote after the answers: labelled paragraphs that explain, hint and mark."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.authoring.diagnostics import Code, Report
from app.authoring.questions.written import Explanation, Text
from app.authoring.schema import nearest
from app.authoring.source import Line, SourceFile
from app.core.i18n import gettext as _

LABELS = ("hint", "why", "correct", "incorrect", "rubric")
LABEL = re.compile(r" {0,3}>[ ]{0,3}\*\*(hint|why|correct|incorrect|rubric):?\*\*:?", re.IGNORECASE)
_ANY_LABEL = re.compile(r"\*\*([^*:]{1,30}):?\*\*:?")


def read_explanation(source: SourceFile, quote: Sequence[Line], report: Report) -> Explanation:
    """The labelled paragraphs of a blockquote; a paragraph without a label continues the last."""
    parts: list[tuple[str, list[str], int]] = []
    for line in quote:
        text = re.sub(r"^ {0,3}> ?", "", line.text)
        label = LABEL.match(line.text) if not line.quoted else None
        if label:
            parts.append((label[1].lower(), [line.text[label.end() :].strip()], line.number))
        elif parts:
            parts[-1][1].append(text.rstrip())
        elif text.strip():
            _refuse_unlabelled(source, line, text, report)
            parts.append(("", [], line.number))
    return _collect(source, parts, report)


def _collect(
    source: SourceFile, parts: list[tuple[str, list[str], int]], report: Report
) -> Explanation:
    hints: list[Text] = []
    single: dict[str, Text] = {}
    for label, lines, number in parts:
        text = Text("\n".join(lines).strip("\n"), number)
        if not label:
            continue
        if not text.markdown.strip():
            message = _("Nothing stands behind this label.")
            report.add(Code.BAD_FEEDBACK, source.at(number), message)
        elif label == "hint":
            hints.append(text)
        elif label in single:
            message = _("The label **%(label)s** stands twice.", label=label.title())
            report.add(Code.BAD_FEEDBACK, source.at(number), message)
        else:
            single[label] = text
    return Explanation(tuple(hints), **single)


def _refuse_unlabelled(source: SourceFile, line: Line, text: str, report: Report) -> None:
    label = _ANY_LABEL.match(text)
    message = _(
        "A paragraph here begins with **Hint**, **Why**, **Correct**, **Incorrect** or **Rubric**."
    )
    if label:
        message += nearest(label[1], list(LABELS))
    report.add(Code.BAD_FEEDBACK, source.at(line.number), message)
