"""Pieces of a file into HTML: links led to their address, faults reported where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.authoring.diagnostics import Code, Report
from app.authoring.links import Dead, Links
from app.authoring.questions.written import Text
from app.authoring.source import SourceFile
from app.core import markdown
from app.core.i18n import gettext as _
from app.core.markdown import Converted

_SCHEME = re.compile(
    r"<(?:a|img|source|video|audio)\b[^>]*?\b(?:href|src)=\"([A-Za-z][\w+.-]*:[^\"]*)\""
)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders what stands in one file."""

    source: SourceFile
    language: str
    links: Links
    report: Report

    def block(self, text: Text, prefix: str) -> str:
        """Paragraphs and whatever else Markdown has; empty for an empty text."""
        return self.clean(self.convert(text), text, prefix) if text.markdown else ""

    def inline(self, text: Text, prefix: str) -> str:
        """What stands in one line: without a paragraph around it, if it is one line indeed."""
        if "\n" in text.markdown:
            return self.block(text, prefix)
        converted = self._guarded(text, markdown.convert_line)
        return self.clean(converted, text, prefix)

    def convert(self, text: Text) -> Converted:
        """HTML that is still to be cleaned."""
        return self._guarded(text, markdown.convert)

    def clean(self, converted: Converted, text: Text, prefix: str) -> str:
        """Safe HTML of what `text` was converted to.

        `text` says where in the file it came from; line 0 is anywhere.
        """
        first = text.line or 1
        last = text.line + text.markdown.count("\n") + 1 if text.line else None

        def resolve(_tag: str, target: str) -> str | None:
            try:
                return self.links.address(self.source.path, target)
            except Dead as dead:
                place = self.source.find(target, first, last)
                self.report.add(dead.code, place, dead.message)
                return None

        for address in _SCHEME.findall(converted.html):  # the cleaner drops these silently
            resolve("a", address)
        html = markdown.clean(converted.html, prefix=prefix, resolve=resolve)
        self._report_pictures(html, first, last)
        return html

    def _guarded(self, text: Text, convert: Callable[..., Converted]) -> Converted:
        try:
            converted = convert(text.markdown, language=self.language)
        except Exception:  # a fault of the Markdown library on a text nobody foresaw
            message = _("This text cannot be turned into a page.")
            self.report.add(Code.BAD_BODY, self.source.at(text.line or 1), message)
            return Converted("")
        for formula in converted.bad_formulas:
            place = self.source.find(formula.split("\n")[0], text.line or 1)
            message = _("This formula cannot be read.")
            self.report.add(Code.FORMULA, place, message)
        return converted

    def _report_pictures(self, html: str, first: int, last: int | None) -> None:
        if "<img" not in html or not markdown.plain(html).undescribed:
            return
        place = self.source.find("![](", first, last)
        message = _("This picture has no alternative text: ![what it shows](…).")
        self.report.add(Code.NO_ALT, place, message)
