"""Pictures that come with a file of questions, or go with one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

MEDIA = "media"
"""Where the pictures of a file stand, beside the bank."""
MAX_FILE = 2 * 1024 * 1024
KINDS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
ELSEWHERE = "https://pluginfile.invalid/"
"""Stands for a picture of the file while the sanitiser looks: it wants to see whole addresses."""
_OURS = re.compile(r'(?<=src=")/courses/[^"/]+/media/([0-9a-f]{64})/([^"]+)(?=")')


def safe_name(name: str) -> str | None:
    """A name that any system accepts, or None if this is the name of no picture."""
    plain = posixpath.basename(unquote(name).replace("\\", "/"))
    stem, dot, kind = plain.rpartition(".")
    if not dot or f".{kind.lower()}" not in KINDS:
        return None
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:80] or "picture"
    return f"{kept}.{kind.lower()}"


@dataclass(slots=True)
class Pictures:
    """The pictures of a course by hash, and those that an export has used so far, by name."""

    by_hash: Mapping[str, bytes] = field(default_factory=dict)
    used: dict[str, bytes] = field(default_factory=dict)

    def taken_along(self, html: str | None, folder: str) -> tuple[str, list[str], list[str]]:
        """HTML with its pictures in `folder`.

        Returns:
            The HTML, the names of the pictures in it, and what there is no picture of.
        """
        names: list[str] = []
        missing: list[str] = []

        def moved(found: re.Match[str]) -> str:
            data = self.by_hash.get(found[1])
            name = safe_name(found[2])
            if data is None or name is None:
                missing.append(unquote(found[2]))
                return found[0]
            if self.used.setdefault(name, data) != data:  # another one of the same name
                name = f"{found[1][:12]}-{name}"
                self.used[name] = data
            names.append(name)
            return f"{folder}{name}"

        return _OURS.sub(moved, html or ""), names, missing
