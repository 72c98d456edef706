"""Bodies of JSON that no honest program sends: refused with a reason, never a fault."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import PASSWORD
from tests.security.world import World, build
from tests.visitor import Visitor


@pytest.fixture
def world(app: Flask) -> World:
    return build()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"sequence": 1, "answer": ',
        json.dumps({"sequence": "1", "answer": "a"}).encode(),
        json.dumps({"sequence": True, "answer": "a"}).encode(),
        json.dumps({"sequence": 10**30, "answer": "a"}).encode(),
        json.dumps({"sequence": -1, "answer": "a"}).encode(),
        b'{"sequence": 1e999, "answer": "a"}',
        b'{"sequence": 1, "answer": NaN}',
        json.dumps({"sequence": 1, "answer": [["a"]]}).encode(),
        json.dumps({"sequence": 1, "answer": {"a": {"b": "c"}}}).encode(),
        json.dumps({"sequence": 1, "answer": "\ud800"}).encode(),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_hostile_body_is_refused_with_a_reason(app: Flask, world: World, body: bytes):
    answered = save(app, world, body)

    assert answered.status_code in (409, 413, 422), answered.get_data(as_text=True)
    assert answered.mimetype == "application/problem+json"
    assert answered.get_json()["title"]


@pytest.mark.parametrize("answer", ["a\0b", ["a", "\0"], {"blank\0": "b"}, {"blank": ["\0"]}])
def test_a_nul_is_refused_as_in_a_form(app: Flask, world: World, answer: object):
    answered = save(app, world, json.dumps({"sequence": 1, "answer": answer}).encode())

    assert (answered.status_code, answered.mimetype) == (400, "application/problem+json")
    assert "U+0000" in answered.get_json()["detail"]


def save(app: Flask, world: World, body: bytes) -> TestResponse:
    """Send the owner's answer, whatever it is."""
    own = Visitor(app)
    own.log_in(world.owner_email, PASSWORD)
    _method, path = world.addresses["api.save_answer"]
    headers = {"X-CSRFToken": own._token, "Content-Type": "application/json"}
    return own.client.put(path, data=body, headers=headers)
