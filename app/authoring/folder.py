"""A course's files, told apart: texts to compile, media to address by what they hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.core import files as limits

CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ACTIVE_SVG = re.compile(
    rb"<\s*(script|foreignobject|iframe|embed|object)\b|\bon[a-z]+\s*=|javascript\s*:|<!(doctype|entity)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the compiler needs to know of a file that it does not read."""

    sha256: str
    size: int
    active: bool = False
    """It holds a script, or could."""


@dataclass(frozen=True, slots=True)
class Folder:
    texts: Mapping[str, bytes]
    media: Mapping[str, MediaFacts]


def sort_files(files: Mapping[str, bytes]) -> Folder:
    """Markdown as it is, of everything else the facts."""
    texts = {path: data for path, data in files.items() if path.endswith(".md")}
    media = {path: _facts(path, data) for path, data in files.items() if path not in texts}
    return Folder(texts, media)


def content_type(path: str) -> str | None:
    """None for a kind of file that a course may not hold."""
    return CONTENT_TYPES.get(PurePosixPath(path).suffix.lower())


def too_large(path: str, size: int) -> bool:
    return size > limits.limit(path)


def leaves_folder(path: str) -> bool:
    """Whether a path is absolute, or climbs out of the folder it is relative to."""
    parts = PurePosixPath(path).parts
    return path.startswith("/") or "\\" in path or "\0" in path or ".." in parts


def _facts(path: str, data: bytes) -> MediaFacts:
    active = path.lower().endswith(".svg") and _ACTIVE_SVG.search(data) is not None
    return MediaFacts(hashlib.sha256(data).hexdigest(), len(data), active)
