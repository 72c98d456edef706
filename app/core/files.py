"""A folder as `{relative path: bytes}`, within limits, with nothing from outside it."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.errors import TooLarge
from app.core.i18n import gettext as _

TEXT_SUFFIXES = frozenset({".md", ".yml", ".yaml"})
MAX_TEXT = 2 * 1024 * 1024
MAX_MEDIA = 50 * 1024 * 1024
MAX_FILES = 2000
MAX_TOTAL = 500 * 1024 * 1024


class FolderTooLarge(TooLarge):
    """The folder holds more than will be read; `path` is the file that was one too many."""

    def __init__(self, message: object, path: str) -> None:
        super().__init__(message)
        self.path = path


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, its path with `/` between parts, in order of paths.

    Left out: what begins with a dot, and links that lead out of the folder (also by way of a
    linked folder). A file over its limit is cut one byte past the limit, so that whoever reads it
    can see and say that it is too large.

    Raises:
        FolderTooLarge: more files, or more bytes in all, than a folder may have.
        NotADirectoryError: there is no such folder.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise NotADirectoryError(folder)
    files: dict[str, bytes] = {}
    total = 0
    for path in _paths(root):
        name = path.relative_to(root).as_posix()
        files[name] = _read(path)
        total += len(files[name])
        if len(files) > MAX_FILES or total > MAX_TOTAL:
            raise FolderTooLarge(_("The folder holds too many files or too large ones."), name)
    return files


def limit(name: str) -> int:
    """How many bytes a file of this name may have."""
    return MAX_TEXT if Path(name).suffix.lower() in TEXT_SUFFIXES else MAX_MEDIA


def _paths(root: Path) -> list[Path]:
    found: list[Path] = []
    for directory, directories, names in os.walk(root, followlinks=False):
        directories[:] = [name for name in directories if not name.startswith(".")]
        here = [Path(directory, name) for name in names if not name.startswith(".")]
        found += [path for path in here if _inside(path, root)]
        if len(found) > MAX_FILES + 1:
            break
    return sorted(found)


def _inside(path: Path, root: Path) -> bool:
    """Whether this is a regular file whose bytes lie in the folder."""
    real = Path(os.path.realpath(path))
    return real.is_relative_to(root) and real.is_file()


def _read(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(limit(path.name) + 1)
