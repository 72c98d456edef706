"""The process that draws: kept warm between drawings, limited, and changed for a fresh one in time.

Designs are trusted for what they look like, not for the machine: a page may loop, or name files. So
its HTML is made and drawn in a process of its own, with limits on processor time, memory and files,
which is given everything it may use and no key. After some drawings it is ended and another takes
its place, because each leaves a little memory behind.
"""

from __future__ import annotations

import os
import pickle
import selectors
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO

from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.pdf import Attachment

_ROOT = Path(__file__).resolve().parents[3]
_LENGTH = struct.Struct(">cI")
DRAWN, REFUSED = b"d", b"r"
_MOST_BYTES = 64 * 1024 * 1024


class CannotDraw(Refusal):
    """The page of a design is at fault, or took too much; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time and by the clock for one drawing; memory in MiB of addresses."""

    processor: int = 20
    seconds: int = 40
    memory: int = 1536
    drawings: int = 100
    """After so many the process is changed for a fresh one."""


@dataclass(frozen=True, slots=True)
class Order:
    """One sheet: a page in Jinja, its values, and every file that it may name."""

    page: str
    values: Mapping[str, object]
    language: str
    assets: Mapping[str, tuple[str, bytes]]
    attachments: tuple[Attachment, ...] = ()
    signature_label: str | None = None


class Press:
    """Draws one sheet after the other, whatever the pages hold."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: str | None = None
        self._drawn = 0

    @property
    def process_id(self) -> int | None:
        """Of the process that draws now, if one is there."""
        return self._process.pid if self._process else None

    def draw(self, order: Order) -> bytes:
        """The PDF.

        Raises:
            CannotDraw: the page is at fault, or reached a limit.
        """
        with self._lock:
            if self._drawn >= self._limits.drawings:
                self._end()
            try:
                kind, answer = self._ask(order)
            except BaseException:
                self._end()
                raise
            self._drawn += 1
        if kind != DRAWN:
            raise CannotDraw(
                _("The design cannot be drawn: %(problem)s", problem=answer.decode()[:300])
            )
        return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, order: Order) -> tuple[bytes, bytes]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        told = pickle.dumps(order)
        try:
            process.stdin.write(_LENGTH.pack(DRAWN, len(told)) + told)
            process.stdin.flush()
            deadline = time.monotonic() + self._limits.seconds
            kind, length = _LENGTH.unpack(_read(process.stdout, _LENGTH.size, deadline))
            if length > _MOST_BYTES:
                raise EOFError
            return kind, _read(process.stdout, length, deadline)
        except TimeoutError:
            raise CannotDraw(
                _("Drawing took longer than %(count)s seconds.", count=self._limits.seconds)
            ) from None
        except (EOFError, OSError):
            raise CannotDraw(
                _("Drawing took too much processor time or memory, and was stopped.")
            ) from None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._folder = tempfile.mkdtemp(prefix="cadre-press-")
        limits = [str(number) for number in (self._limits.processor, self._limits.memory)]
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-B", "-m", "app.credentials.drawing.child", *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what stops the worker lets the sheet in hand be finished
            cwd=_ROOT,
            env={
                "PYTHONPATH": str(_ROOT),
                "PYTHONUTF8": "1",
                "TMPDIR": self._folder,
                "HOME": self._folder,
                "XDG_CACHE_HOME": _font_cache(),
            },
        )
        return self._process

    def _end(self) -> None:
        process, self._process, self._drawn = self._process, None, 0
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __del__(self) -> None:
        self._end()


def _font_cache() -> str:
    """Where fontconfig keeps what it learnt of this machine's fonts, which takes it a second."""
    return os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")


def _read(pipe: IO[bytes], length: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while length:
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            part = os.read(pipe.fileno(), min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
    return b"".join(parts)
