"""Where a link of an author leads: lessons, quizzes and media of the course, and the world."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from app.authoring.diagnostics import Code
from app.authoring.document import Media, Review
from app.authoring.folder import Folder, content_type
from app.core.i18n import gettext as _

ANCHOR_PREFIX = "h-"
"""Before every id that comes from a text of a lesson, so that it clashes with none of the page."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ALLOWED = ("http:", "https:", "mailto:")


class Dead(Exception):
    """A link that leads nowhere, with the sentence that says so."""

    def __init__(self, message: str, code: Code = Code.DEAD_LINK) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the course; `anchors` without prefix."""

    kind: Literal["course", "lesson", "quiz"]
    id: str
    anchors: frozenset[str] = frozenset()


@dataclass
class Links:
    """Knows the pages of one course, and remembers which media were shown."""

    course_id: str
    pages: Mapping[str, Page]
    folder: Folder
    broken: frozenset[str] = frozenset()
    """Pages that could not be read, of which enough was said already."""
    used: dict[str, Media] = field(default_factory=dict)

    def address(self, path: str, target: str) -> str:
        """The address to show for `target` as it stands in the file `path`.

        Raises:
            Dead: it leads nowhere.
        """
        target = target.strip()
        if _SCHEME.match(target):
            return self._outside(target)
        if target.startswith(("/", "#")):
            return target
        name, _sign, fragment = target.partition("#")
        name = self._name(path, name.partition("?")[0])
        if name in self.pages:
            return self._page(self.pages[name], fragment)
        if name in self.folder.media:
            return self._media(name)
        if name in self.broken:
            return target
        if name.endswith(".bank.md") and name in self.folder.texts:
            raise Dead(_("A bank of questions is no page: nothing can lead to it."))
        if name in self.folder.texts:
            raise Dead(
                _("“%(path)s” is not part of the course: course.md does not link to it.", path=name)
            )
        raise Dead(_("There is no file “%(path)s” in the course.", path=name))

    def review(self, path: str, target: str) -> Review:
        """The lesson and heading that `review:` names, from the course's folder or the file's.

        Raises:
            Dead: there is no such lesson, or no such heading in it.
        """
        name, _sign, fragment = target.partition("#")
        candidates = [posixpath.normpath(unquote(name)), self._name(path, name)]
        page = next((self.pages[c] for c in candidates if c in self.pages), None)
        if page is None and self.broken.intersection(candidates):
            return Review("", None)
        if page is None or page.kind != "lesson":
            message = _("“%(path)s” is no lesson of the course.", path=name)
            raise Dead(message, Code.DEAD_REVIEW)
        try:
            anchor = self._anchor(page, fragment) if fragment else None
        except Dead as dead:
            raise Dead(dead.message, Code.DEAD_REVIEW) from None
        return Review(page.id, anchor)

    def _outside(self, target: str) -> str:
        if target.lower().startswith(_ALLOWED):
            return target
        raise Dead(_("Only http, https and mailto lead out of a course."))

    def _name(self, path: str, name: str) -> str:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(name)))
        if joined.startswith("../") or joined == "..":
            raise Dead(_("“%(path)s” leads out of the course's folder.", path=name), Code.BAD_PATH)
        return joined

    def _page(self, page: Page, fragment: str) -> str:
        base = f"/courses/{self.course_id}"
        if page.kind == "course":
            return base
        if page.kind == "quiz":
            return f"{base}/quizzes/{page.id}"
        anchor = f"#{self._anchor(page, fragment)}" if fragment else ""
        return f"{base}/{page.id}{anchor}"

    def _anchor(self, page: Page, fragment: str) -> str:
        """Git hosts keep two hyphens where a sign between words was left out; we have one."""
        wanted = unquote(fragment)
        for anchor in (wanted, re.sub("-+", "-", wanted)):
            if anchor in page.anchors:
                return ANCHOR_PREFIX + anchor
        message = _("There is no heading “#%(anchor)s” in that lesson.", anchor=wanted)
        raise Dead(message)

    def _media(self, name: str) -> str:
        facts = self.folder.media[name]
        kind = content_type(name)
        if kind is None:
            message = _("Files of this kind cannot be shown in a course: “%(path)s”.", path=name)
            raise Dead(message, Code.MEDIA_TYPE)
        self.used[name] = Media(name, facts.sha256, kind, facts.size)
        file_name = quote(posixpath.basename(name))
        return f"/courses/{self.course_id}/media/{facts.sha256}/{file_name}"
