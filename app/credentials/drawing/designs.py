"""Designs of certificates: folders with a page of HTML and the files it names.

The design of the house is `standard`; a PMO adds others below `certificates/` in the folder of its
courses, and one called `standard` there takes the place of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import Refusal
from app.core.files import FolderTooLarge, read_folder
from app.core.i18n import gettext as _

STANDARD = "standard"
PAGE = "design.html"

_OURS = Path(__file__).parent / "designs"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".woff2": "font/woff2",
    ".css": "text/css",
}
_MOST_BYTES = 4 * 1024 * 1024


class BadDesign(Refusal):
    """A design cannot be drawn: it says why."""


@dataclass(frozen=True, slots=True)
class Design:
    """`files`: content type and bytes, by the path that the page names as `asset:PATH`."""

    id: str
    page: str
    files: dict[str, tuple[str, bytes]]


def names(courses: Path) -> list[str]:
    """The ids of the designs there are, that of the house first."""
    found = {
        folder.parent.name
        for place in (_OURS, courses / "certificates")
        for folder in place.glob(f"*/{PAGE}")
        if _ID.fullmatch(folder.parent.name)
    }
    return sorted(found, key=lambda name: (name != STANDARD, name))


def design(courses: Path, name: str | None) -> Design:
    """A design by its id; the one of the house if there is none of that id.

    Raises:
        BadDesign: it is too large, or its page is no text.
    """
    wanted = name if name in names(courses) else STANDARD
    folder = courses / "certificates" / wanted
    return _read(folder if (folder / PAGE).is_file() else _OURS / wanted)


def _read(folder: Path) -> Design:
    try:
        files = read_folder(folder)
        page = files[PAGE].decode()
    except FolderTooLarge as refusal:
        raise BadDesign(refusal.message) from None
    except (UnicodeDecodeError, KeyError):
        raise BadDesign(_("%(file)s is not a text in UTF-8.", file=PAGE)) from None
    if sum(map(len, files.values())) > _MOST_BYTES:
        raise BadDesign(_("A design may have 4 MiB of files."))
    return Design(
        folder.name,
        page,
        {
            path: (_TYPES[Path(path).suffix.lower()], data)
            for path, data in files.items()
            if Path(path).suffix.lower() in _TYPES
        },
    )
