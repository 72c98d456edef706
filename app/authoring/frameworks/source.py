"""A file of the folder on its way from bytes to values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from app.authoring import frontmatter
from app.authoring.diagnostics import Code, Place, Report, has_errors
from app.authoring.frontmatter import Path
from app.authoring.schema import M, nearest, validate
from app.authoring.source import SourceFile, decode
from app.core.i18n import gettext as _

MAX_BYTES = 256 * 1024

T = TypeVar("T")


class Reading:
    """The file with the places of what stands in it, and where to report."""

    def __init__(self, source: SourceFile, report: Report) -> None:
        self.source = source
        self.report = report
        self.located = frontmatter.read(source.text, source.path, 1, report, MAX_BYTES)

    def matter(self, model: type[M]) -> M | None:
        return validate(model, self.located, self.report) if self.located else None

    def refuse(self, code: Code, path: Path, message: str) -> None:
        assert self.located is not None
        self.report.add(code, self.located.value_at(path), message)

    def refuse_twins(self, codes: Iterable[tuple[str, Path]], seen: set[str] | None = None) -> None:
        """Report codes that stand twice, here or among `seen`, which it adds to."""
        seen = set() if seen is None else seen
        for code, path in codes:
            if code in seen:
                message = _("The code “%(code)s” stands twice.", code=code)
                self.refuse(Code.DUPLICATE_ID, path, message)
            seen.add(code)

    def refuse_unknown(self, code: str, path: Path, known: Iterable[str]) -> bool:
        """Report a competency that does not exist; whether it did."""
        codes = sorted(known)
        if code in codes:
            return False
        message = _("There is no competency “%(code)s”.", code=code) + nearest(code, codes)
        self.refuse(Code.UNKNOWN_COMPETENCY, path, message)
        return True


def read(path: str, data: bytes, build: Callable[[Reading], T | None], report: Report) -> T | None:
    """What `build` makes of a file; None, and reported, where it has an error."""
    own = Report()
    try:
        built = build(Reading(SourceFile(path, decode(data)), own))
    except UnicodeDecodeError:
        own.add(Code.NOT_UTF8, Place(path), _("The file is not UTF-8: save it as UTF-8."))
        built = None
    for found in own.diagnostics:
        report.add(found.code, found.place, found.message)
    return None if has_errors(own.diagnostics) else built
