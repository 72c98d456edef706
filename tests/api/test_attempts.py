"""Attempts as JSON, by a session of the pages and by a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts import services as accounts
from app.authoring.document import Feedback, Navigation, QuizMode
from app.core.policy import Actor
from tests.assessment.questions import graded_by_machine, multiple, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    learner,
    many,
    publish_exam,
    sitting,
)
from tests.cast import PASSWORD
from tests.statements import counted
from tests.visitor import Visitor

START = f"/api/v1/quizzes/{COURSE}/{QUIZ}/attempts"


class Program:
    """Somebody's program, with their token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, address: str, body: Any = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self.client.open(address, method=method, headers=self.headers, **options)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(app: Flask, clock: Any) -> Actor:
    return learner()


@pytest.fixture
def program(app: Flask, ada: Actor) -> Program:
    return program_of(app, ada)


def program_of(app: Flask, actor: Actor) -> Program:
    assert actor.person_id is not None
    return Program(app, accounts.make_token(actor.person_id, "test", by=actor))


def begin(program: Program) -> dict[str, Any]:
    answer = program.ask("POST", START)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.get_json())


def test_start_gives_questions_without_keys_and_starting_again_resumes(
    program: Program, clock: Any
):
    publish_exam()
    first = program.ask("POST", START)
    body = first.get_json()
    assert first.status_code == 201
    assert (body["deadline"], body["remaining_seconds"]) == ("2027-03-01T10:00:00Z", 3600)
    assert [one["type"] for one in body["questions"]] == [q.type for q in graded_by_machine()]
    assert {"id", "html"} == set(body["questions"][0]["options"][0])
    assert "Secret" not in first.text
    clock.shift(1)
    again = program.ask("POST", START)
    assert (again.get_json()["id"], again.status_code) == (body["id"], 200)


def test_save_answers_alike_whatever_the_answer(program: Program):
    publish_exam(single())
    attempt = begin(program)["id"]
    answers = []
    for sequence, answer in enumerate("abc", 1):
        body = {"sequence": sequence, "answer": answer}
        saved = program.ask("PUT", f"/api/v1/attempts/{attempt}/answers/1", body)
        assert saved.status_code == 200
        answers.append({**saved.get_json(), "sequence": 0})
    assert answers[0] == answers[1] == answers[2]


def test_an_older_sequence_is_a_conflict_and_changes_nothing(program: Program, ada: Actor):
    publish_exam(single())
    attempt = begin(program)["id"]
    address = f"/api/v1/attempts/{attempt}/answers/1"
    program.ask("PUT", address, {"sequence": 5, "answer": "a"})
    late = program.ask("PUT", address, {"sequence": 4, "answer": "b"})
    same = program.ask("PUT", address, {"sequence": 5, "answer": "a"})
    assert (late.status_code, late.mimetype) == (409, "application/problem+json")
    assert same.status_code == 200
    assert sitting(ada, attempt).slot(1).answer == "a"


def test_after_the_deadline_a_save_is_a_conflict(program: Program, ada: Actor, clock: Any):
    publish_exam(single())
    attempt = begin(program)["id"]
    clock.move_to(NOW + timedelta(hours=1))
    answer = program.ask(
        "PUT", f"/api/v1/attempts/{attempt}/answers/1", {"sequence": 1, "answer": "a"}
    )
    assert answer.status_code == 409
    assert sitting(ada, attempt).slot(1).answer is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "sequence"),
        ({"sequence": "1", "answer": "a"}, "sequence"),
        ({"sequence": True, "answer": "a"}, "sequence"),
        ({"sequence": 0, "answer": "a"}, "sequence"),
        ({"sequence": 2**40, "answer": "a"}, "sequence"),
        ({"sequence": 1}, "answer"),
        ({"sequence": 1, "answer": "z"}, ""),
        ({"sequence": 1, "answer": [{}]}, ""),
        ([], ""),
    ],
)
def test_what_cannot_be_meant_is_invalid(program: Program, body: Any, field: str):
    publish_exam(single())
    attempt = begin(program)["id"]
    answer = program.ask("PUT", f"/api/v1/attempts/{attempt}/answers/1", body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_text_that_is_no_json_is_invalid(program: Program):
    publish_exam(single())
    attempt = begin(program)["id"]
    address = f"/api/v1/attempts/{attempt}/answers/1"
    assert program.ask("PUT", address, data=b"{nope").status_code == 422


def test_too_much_is_too_large(program: Program):
    publish_exam(single())
    attempt = begin(program)["id"]
    body = {"sequence": 1, "answer": "x" * 600_000}
    assert program.ask("PUT", f"/api/v1/attempts/{attempt}/answers/1", body).status_code == 413


def test_submission_is_idempotent_and_gives_the_result(program: Program):
    publish_exam(*many(2))
    attempt = begin(program)["id"]
    program.ask("PUT", f"/api/v1/attempts/{attempt}/answers/1", {"sequence": 1, "answer": "a"})
    first = program.ask("POST", f"/api/v1/attempts/{attempt}/submission")
    again = program.ask("POST", f"/api/v1/attempts/{attempt}/submission")
    body = first.get_json()
    assert (body["state"], body["score"], body["passed"]) == ("graded", "0.5", False)
    assert [one["credit"] for one in body["answers"]] == ["1", "0"]
    assert again.get_json() == body


def test_walking_on_one_way(program: Program):
    publish_exam(*many(2), navigation=Navigation.SEQUENTIAL)
    body = begin(program)
    assert [one["slot"] for one in body["questions"]] == [1]
    address = f"/api/v1/attempts/{body['id']}"
    assert (
        program.ask("PUT", f"{address}/answers/2", {"sequence": 1, "answer": "a"}).status_code
        == 409
    )
    moved = program.ask("PUT", f"{address}/position", {"position": 2})
    assert [one["slot"] for one in moved.get_json()["questions"]] == [2]
    assert program.ask("PUT", f"{address}/position", {"position": 9}).status_code == 409
    assert program.ask("PUT", f"{address}/position", {"position": "2"}).status_code == 422


def test_flags(program: Program, ada: Actor):
    publish_exam(single())
    attempt = begin(program)["id"]
    address = f"/api/v1/attempts/{attempt}/flags/1"
    assert program.ask("PUT", address, {"flagged": True}).status_code == 200
    assert sitting(ada, attempt).slot(1).flagged
    assert program.ask("PUT", address, {"flagged": "yes"}).status_code == 422


def test_a_save_asks_as_often_for_thirty_questions_as_for_one(app: Flask, program: Program):
    counts = []
    for count in (1, 30):
        publish_exam(*many(count))
        attempt = begin(program)["id"]
        address = f"/api/v1/attempts/{attempt}/answers/1"
        program.ask("PUT", address, {"sequence": 1, "answer": "b"})
        with counted() as sent:
            program.ask("PUT", address, {"sequence": 2, "answer": "a"})
        counts.append(len(sent))
        program.ask("POST", f"/api/v1/attempts/{attempt}/submission")
    assert counts[0] == counts[1]


def test_somebody_elses_attempt_is_not_there(app: Flask, program: Program):
    publish_exam(single())
    attempt = begin(program)["id"]
    eve = program_of(app, learner("Eve Stranger"))
    body = {"sequence": 1, "answer": "a"}
    for method, address in (
        ("GET", f"/api/v1/attempts/{attempt}"),
        ("PUT", f"/api/v1/attempts/{attempt}/answers/1"),
        ("POST", f"/api/v1/attempts/{attempt}/submission"),
        ("PUT", "/api/v1/attempts/999999/answers/1"),
    ):
        answer = eve.ask(method, address, body if method == "PUT" else None)
        assert answer.status_code == 404, (method, address)


def test_without_a_token_one_is_asked_to_log_in(app: Flask):
    assert app.test_client().post(START).status_code == 401
    wrong = Program(app, "wrong")
    assert wrong.ask("POST", START).status_code == 401


def test_a_session_needs_the_token_of_its_page(app: Flask, ada: Actor):
    publish_exam(single())
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    assert visitor.client.post(START).status_code == 400
    forged = {"X-CSRFToken": "forged"}
    assert visitor.client.post(START, headers=forged).status_code == 400
    real = {"X-CSRFToken": visitor._token}
    assert visitor.client.post(START, headers=real).status_code == 201


def test_a_check_tells_whether_it_is_right_and_explains_when_no_try_is_left(program: Program):
    publish_exam(multiple(), mode=QuizMode.PRACTICE, feedback=Feedback.IMMEDIATE)
    answer = f"/api/v1/attempts/{begin(program)['id']}/answers/1"
    program.ask("PUT", answer, {"sequence": 1, "answer": ["a"]})
    first = program.ask("POST", f"{answer}/check").get_json()
    program.ask("PUT", answer, {"sequence": 2, "answer": ["c"]})
    last = program.ask("POST", f"{answer}/check").get_json()

    assert first == {"slot": 1, "tries": 1, "right": False, "settled": False}
    assert (last["settled"], last["credit"], last["tries"]) == (True, "0", 2)
    assert last["why_html"] == "<p>Secret why.</p>"
    assert program.ask("PUT", answer, {"sequence": 3, "answer": ["a"]}).status_code == 409


def test_an_exam_checks_nothing(program: Program):
    publish_exam(single(), feedback=Feedback.IMMEDIATE)
    answer = f"/api/v1/attempts/{begin(program)['id']}/answers/1"
    program.ask("PUT", answer, {"sequence": 1, "answer": "a"})

    refused = program.ask("POST", f"{answer}/check")
    assert refused.status_code == 409
    assert "Secret" not in refused.text
