"""The process that `confined` starts: limits itself, then compiles what stands on its input."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any


def main() -> int:
    request = json.load(sys.stdin)
    _limit(request["limits"])
    from app.authoring import confined  # under the limits already

    try:
        answer = _answer(request)
    except MemoryError:
        return confined.OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


def _limit(limits: dict[str, int]) -> None:
    memory = limits["memory"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (limits["processor"], limits["processor"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to a pipe and to no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: dict[str, Any]) -> str:
    from app.authoring.compiler import compile_folder
    from app.authoring.confined import read_request
    from app.authoring.document import dump
    from app.core.i18n import speaking

    with speaking(request["language"]):
        compiled = compile_folder(*read_request(request))
    return json.dumps(
        {
            "course": dump(compiled.course) if compiled.course else None,
            "diagnostics": [found.as_json() for found in compiled.diagnostics],
        }
    )


if __name__ == "__main__":
    sys.exit(main())
