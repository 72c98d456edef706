"""The process that a press starts: limits itself, then draws what comes until there is no more.

It reads orders from the press, which it trusts; the page in an order it does not.
"""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import struct
import sys
from typing import Any

_LENGTH = struct.Struct(">cI")


def main() -> int:
    processor, memory = int(sys.argv[1]), int(sys.argv[2]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024 * 1024,) * 2)  # unpacked fonts
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not get among the answers
    while head := source.read(_LENGTH.size):
        order = pickle.loads(source.read(_LENGTH.unpack(head)[1]))  # noqa: S301
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + processor, resource.RLIM_INFINITY))
        kind, answer = _answer(order)
        answers.write(_LENGTH.pack(kind, len(answer)) + answer)
        answers.flush()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)  # also where the press was killed
    return 0


def _answer(order: Any) -> tuple[bytes, bytes]:
    from jinja2 import TemplateError
    from jinja2.exceptions import SecurityError

    from app.core import i18n, pdf

    try:
        with i18n.speaking(order.language):
            html = _page(order)
            drawn = pdf.draw(html, order.assets, order.attachments, order.signature_label)
        return b"d", drawn
    except pdf.MissingAsset as fault:
        return b"r", f"it names files that it does not have: {fault}".encode()
    except (TemplateError, SecurityError) as fault:
        return b"r", f"{type(fault).__name__}: {fault}".encode()
    except MemoryError:
        raise
    except Exception as fault:
        return b"r", f"{type(fault).__name__}: {fault}".encode()


def _page(order: Any) -> str:
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
    from markupsafe import Markup

    from app.core import i18n

    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({"design.html": order.page}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals = {"_": i18n.gettext, "range": safe_range}
    values = dict(order.values)
    for name in ("font_faces", "font_families"):  # our own CSS, without a word from anybody
        values[name] = Markup(values[name])  # noqa: S704
    return environment.get_template("design.html").render(values)


if __name__ == "__main__":
    sys.exit(main())
