"""Fifty people sit one exam over HTTP while the server is killed: nobody's answer is lost."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app.core import db
from tests.browser.server import Server

PEOPLE = 50
SAVES = 40
EXAM = "/api/v1/quizzes/what-a-pmo-does/final-exam/attempts"
PATIENCE = 60


@pytest.fixture
def server(database_kind: str, tmp_path: Path) -> Any:
    """A started installation on each of the two databases."""
    environment = {}
    if database_kind == "postgresql":
        environment["DATABASE_URL"] = _own_database()
    started = Server(tmp_path, **environment)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def _own_database() -> str:
    name = f"load_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server = os.environ["CADRE_TEST_POSTGRES"]
    engine = db.make_engine(f"{server}/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@dataclass
class Sitter:
    """One person with a browser that tries again: sends the same save until it is answered."""

    port: int
    token: str
    attempt: int = 0
    kept: dict[int, Any] = field(default_factory=dict)
    """The newest answer that the server said it kept, by slot."""
    refused: list[tuple[int, str]] = field(default_factory=list)

    def sit(self) -> None:
        begun = self.ask("POST", EXAM, {})
        self.attempt = begun["id"]
        questions = [one for one in begun["questions"] if "options" in one]
        for number in range(SAVES):
            question = questions[number % len(questions)]
            self._save(question, number // len(questions) + 1)

    def _save(self, question: dict[str, Any], sequence: int) -> None:
        options = [option["id"] for option in question["options"]]
        chosen = options[sequence % len(options)]
        answer = [chosen] if question["type"] == "multiple" else chosen
        slot = question["slot"]
        body = {"sequence": sequence, "answer": answer}
        self.ask("PUT", f"/api/v1/attempts/{self.attempt}/answers/{slot}", body)
        self.kept[slot] = answer

    def ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                status, found = self._once(method, path, body)
            except (OSError, HTTPException):
                status, found = 503, {}
            if status < 300:
                return found
            if status != 503 or time.monotonic() > until:
                self.refused.append((status, json.dumps(found)))
                return found
            time.sleep(0.2)

    def _once(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            }
            connection.request(method, path, json.dumps(body), headers)
            answered = connection.getresponse()
            return answered.status, json.loads(answered.read() or b"{}")
        finally:
            connection.close()


def test_fifty_people_lose_no_answer_when_the_server_is_killed(server: Server):
    tokens = server.program("-m", "tests.load.people", str(PEOPLE)).split()
    port = urlsplit(server.url).port or 0
    sitters = [Sitter(port, token) for token in tokens]

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = [pool.submit(sitter.sit) for sitter in sitters]
        _wait_for(sitters, PEOPLE * SAVES // 3)
        server.kill()
        server.serve_again()
        for one in done:
            one.result(timeout=300)

    assert [sitter.refused for sitter in sitters if sitter.refused] == []
    assert sum(len(sitter.kept) for sitter in sitters) >= PEOPLE * 5
    for sitter in sitters:
        standing = sitter.ask("GET", f"/api/v1/attempts/{sitter.attempt}", {})
        answers = {one["slot"]: one["answer"] for one in standing["questions"]}
        assert {slot: answers[slot] for slot in sitter.kept} == sitter.kept
        result = sitter.ask("POST", f"/api/v1/attempts/{sitter.attempt}/submission", {})
        assert result["state"] == "graded"


def _wait_for(sitters: list[Sitter], saves: int) -> None:
    """Until about so many saves were answered; a save counts once for each slot and round."""
    until = time.monotonic() + PATIENCE
    while sum(len(sitter.kept) for sitter in sitters) < min(saves, PEOPLE * 8):
        assert time.monotonic() < until, "the exam does not get going"
        time.sleep(0.05)
