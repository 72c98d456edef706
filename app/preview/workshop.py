"""One course on disk, compiled again whenever one of its files changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from app.authoring.compiler import COURSE
from app.authoring.confined import compile_confined
from app.authoring.diagnostics import Code, Diagnostic, Place
from app.authoring.document import Course
from app.authoring.shelf import FRAMEWORKS, known_beside
from app.core.errors import Refusal
from app.core.files import read_folder


@dataclass(frozen=True, slots=True)
class Draft:
    """A course as it stands on disk.

    Args:
        version: another one after every change of a file.
        course: as it compiled last; None if it never did since the preview began.
        current: whether `course` is what the files say now.
    """

    version: str
    course: Course | None
    current: bool
    diagnostics: tuple[Diagnostic, ...]
    files: Mapping[str, bytes]

    def media(self, content_hash: str) -> tuple[bytes, str] | None:
        """The bytes and the type of a file that the course shows."""
        for file in self.course.media if self.course else ():
            data = self.files.get(file.path)
            if file.sha256 == content_hash and data is not None:
                return data, file.content_type
        return None


class Workshop:
    """Keeps the newest draft of the course in `folder`; asked from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._draft: Draft | None = None

    def draft(self) -> Draft:
        """The course as it stands now, compiled only if a file changed since it was asked for."""
        with self._lock:
            version = self.version()
            if self._draft is None or self._draft.version != version:
                self._draft = self._compiled(version, self._draft)
            return self._draft

    def version(self) -> str:
        """Of the files as they are, by their names, sizes and times of change."""
        beside = [self.folder / FRAMEWORKS, self.folder.parent / FRAMEWORKS]
        seen = sha256()
        for place in (self.folder, *beside):
            for file in sorted(place.rglob("*")) if place.is_dir() else ():
                try:
                    found = file.stat()
                except OSError:  # gone between listing and looking
                    continue
                seen.update(f"{file}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
        return seen.hexdigest()[:16]

    def _compiled(self, version: str, before: Draft | None) -> Draft:
        last = before.course if before else None
        try:
            files = read_folder(self.folder)
        except Refusal as refusal:
            found = Diagnostic(Place(COURSE), Code.TOO_LARGE, str(refusal))
            return Draft(version, last, False, (found,), before.files if before else {})
        compiled = compile_confined(files, known_beside(self.folder))
        current = compiled.course is not None
        return Draft(version, compiled.course or last, current, compiled.diagnostics, files)
