"""Compiling in a process of its own, with limits on processor time, memory and the clock.

Authors are trusted for content, not for the machine: some thousand brackets keep any Markdown
library busy for a minute. A fresh interpreter rather than a fork, so that it can be started from a
server with threads. Media stay here: the child is told only what they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.authoring.compiler import COURSE, Compiled
from app.authoring.diagnostics import Code, Diagnostic, Place
from app.authoring.document import load
from app.authoring.folder import Folder, MediaFacts, sort_files
from app.authoring.known import Known
from app.core import i18n
from app.core.i18n import gettext as _

_ROOT = Path(__file__).resolve().parents[2]
OUT_OF_MEMORY = 77
"""How the child ends when memory was not enough and it could still say so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time and by the clock; memory in MiB of addresses."""

    processor: int = 30
    seconds: int = 45
    memory: int = 1024


def compile_confined(
    files: Mapping[str, bytes], known: Known | None = None, limits: Limits | None = None
) -> Compiled:
    """As `compile_course`, whatever the files hold: a limit reached is a diagnostic."""
    limits = limits or Limits()
    request = json.dumps(_request(sort_files(files), known or Known(), limits)).encode()
    try:
        answer = subprocess.run(
            [sys.executable, "-B", "-m", "app.authoring.child"],
            input=request,
            capture_output=True,
            timeout=limits.seconds,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _stopped(_("Compiling took longer than %(count)s seconds.", count=limits.seconds))
    if answer.returncode == 0:
        return _compiled(json.loads(answer.stdout))
    return _stopped(_why(answer, limits))


def read_request(request: Mapping[str, Any]) -> tuple[Folder, Known]:
    """What the parent wrote, in the child."""
    texts = {path: b64decode(data) for path, data in request["texts"].items()}
    media = {path: MediaFacts(**facts) for path, facts in request["media"].items()}
    known = request["known"]
    courses = known["courses"]
    return Folder(texts, media), Known(
        competencies=_codes(known["competencies"]),
        courses=None if courses is None else {key: tuple(ids) for key, ids in courses.items()},
        certifications=_codes(known["certifications"]),
        attempted=known["attempted"],
        ceilings=known["ceilings"],
    )


def _request(folder: Folder, known: Known, limits: Limits) -> dict[str, Any]:
    return {
        "limits": asdict(limits),
        "language": i18n.language(),
        "texts": {path: b64encode(data).decode() for path, data in folder.texts.items()},
        "media": {path: asdict(facts) for path, facts in folder.media.items()},
        "known": {
            "competencies": _sorted(known.competencies),
            "courses": None if known.courses is None else dict(known.courses),
            "certifications": _sorted(known.certifications),
            "attempted": dict(known.attempted),
            "ceilings": dict(known.ceilings),
        },
    }


def _sorted(codes: frozenset[str] | None) -> list[str] | None:
    return None if codes is None else sorted(codes)


def _codes(codes: list[str] | None) -> frozenset[str] | None:
    return None if codes is None else frozenset(codes)


def _compiled(answer: Mapping[str, Any]) -> Compiled:
    diagnostics = tuple(Diagnostic.from_json(found) for found in answer["diagnostics"])
    course = answer["course"]
    return Compiled(None if course is None else load(course), diagnostics)


def _why(answer: subprocess.CompletedProcess[bytes], limits: Limits) -> str:
    """What a child that gave no answer died of."""
    if answer.returncode < 0 and -answer.returncode in (9, 24):  # SIGKILL and SIGXCPU
        return _(
            "Compiling took more than %(count)s seconds of processor time.", count=limits.processor
        )
    if answer.returncode == OUT_OF_MEMORY or b"memory" in answer.stderr.lower():
        return _("Compiling took more than %(count)s MiB of memory.", count=limits.memory)
    last = answer.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return _("The compiler stopped: %(problem)s.", problem=last or answer.returncode)


def _stopped(message: str) -> Compiled:
    return Compiled(None, (Diagnostic(Place(COURSE), Code.LIMIT, message),))
