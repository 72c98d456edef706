"""The course compiler: files of Markdown in, a course or diagnostics out. Pure.

`compile_course` and what it takes and gives can be imported from here. They are loaded when first
asked for: whoever needs only the compiled document does not wait for the Markdown library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.authoring.compiler import Compiled as Compiled
    from app.authoring.compiler import compile_course as compile_course
    from app.authoring.diagnostics import Diagnostic as Diagnostic
    from app.authoring.known import Known as Known

_PLACES = {
    "Compiled": "app.authoring.compiler",
    "compile_course": "app.authoring.compiler",
    "Diagnostic": "app.authoring.diagnostics",
    "Known": "app.authoring.known",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(name)
