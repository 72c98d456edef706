"""Taking turns: a page and its floor are asked alternately, so that both meet the same machine."""

from __future__ import annotations

import http.client
import json
import re
import statistics
import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from waitress.server import create_server

from tests.statements import counted

Act = Callable[[], object]

WARM_UP = 10
ROUNDS, FEWEST_ROUNDS = 200, 20
SECONDS = 8
"""How long the rounds of one page may take, once there are the fewest of them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of all rounds; `ratio` is the median of each round's own ratio."""

    milliseconds: float
    floor_milliseconds: float
    ratio: float
    statements: int
    memory: int
    """Bytes that one request held at its peak, beside what the process held before."""
    rounds: int


class Client:
    """Somebody on one kept-alive connection. Every answer but the expected one is an error."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers: dict[str, str] = {}

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None, {}, 200)

    def put(self, path: str, body: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json"}
        return self._ask("PUT", path, json.dumps(body), headers, 200)

    def post(self, path: str, expected: int) -> bytes:
        """POST an empty JSON object."""
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", path, "{}", headers, expected)

    def log_in(self, email: str, password: str) -> None:
        fields = {"csrf_token": self._token("/login"), "email": email, "password": password}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._ask("POST", "/login", urlencode(fields), headers, 302)
        self._headers["X-CSRFToken"] = self._token("/account")

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).decode())
        assert found is not None, f"{path} has no form"
        return found[1]

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str], expected: int
    ) -> bytes:
        self._connection.request(method, path, body, {**self._headers, **headers})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.split(";")[0]
        return text


def serve(app: Flask) -> int:
    """Serve in threads of this process with the server of `./cadre run`; returns the port."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    return int(server.effective_port)


def nothing() -> None:
    """What most acts need before them."""


def measure(page: Act, floor: Act, prepare: Act = nothing) -> Measured:
    """Ask both in turn until there are rounds enough.

    Args:
        prepare: done before each `page`, and not counted.
    """
    for _ in range(WARM_UP):
        prepare()
        page()
        floor()
    prepare()
    with counted() as statements:
        page()
    pairs = _rounds(page, floor, prepare)
    return Measured(
        milliseconds=1000 * statistics.median(one for one, _ in pairs),
        floor_milliseconds=1000 * statistics.median(other for _, other in pairs),
        ratio=statistics.median(one / other for one, other in pairs),
        statements=len(statements),
        memory=_peak(page, prepare),
        rounds=len(pairs),
    )


def _rounds(page: Act, floor: Act, prepare: Act) -> list[tuple[float, float]]:
    pairs: list[tuple[float, float]] = []
    until = time.monotonic() + SECONDS
    while len(pairs) < ROUNDS and (len(pairs) < FEWEST_ROUNDS or time.monotonic() < until):
        prepare()
        pairs.append((_time(page), _time(floor)))
    return pairs


def _time(act: Act) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _peak(page: Act, prepare: Act) -> int:
    """Asked for by itself, because watching memory makes everything slower."""
    prepare()
    tracemalloc.start()
    try:
        page()
        prepare()
        tracemalloc.reset_peak()
        before, _peak = tracemalloc.get_traced_memory()
        page()
        _now, peak = tracemalloc.get_traced_memory()
        return peak - before
    finally:
        tracemalloc.stop()
