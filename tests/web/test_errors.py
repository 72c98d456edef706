"""Refusals and faults are answered as people and programs need them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core import db
from app.core.policy import Role
from tests.cast import PASSWORD, make_person
from tests.visitor import Visitor


def test_an_unknown_address_is_a_page_that_says_what_to_do(visitor: Visitor):
    page = visitor.open("/no/such/page")
    assert page.status == 404
    assert "Check the address" in page.text


def test_an_unknown_address_of_the_api_is_problem_json(visitor: Visitor):
    response = visitor.client.get("/api/v1/no-such-thing")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == 404


def test_a_page_of_another_role_is_403(app: Flask, visitor: Visitor):
    make_person("Ada Lovelace", Role.LEARNER)
    visitor.log_in("ada@example.com", PASSWORD)
    assert visitor.open("/admin").status == 403


def test_the_wrong_way_to_ask_is_405_with_the_right_one(visitor: Visitor):
    page = visitor.open("/language")
    assert page.status == 405
    assert "POST" in page.response.headers["Allow"]


def test_too_much_is_413(app: Flask, visitor: Visitor):
    visitor.open("/login")
    page = visitor.send("/login", email="a" * 5_000_000, password="x")
    assert page.status == 413


@pytest.fixture
def database_away(app: Flask) -> Iterator[None]:
    db.connect("postgresql+psycopg://cadre@127.0.0.1:1/nowhere")
    yield
    db.connect(app.config["SETTINGS"].database_url)


def test_a_database_that_is_away_is_503_with_retry_after(app: Flask, database_away: None):
    visitor = Visitor(app)
    visitor.open("/login")
    page = visitor.send("/login", email="ada@example.com", password="x")
    ready = visitor.open("/readyz")

    assert (page.status, page.response.headers["Retry-After"]) == (503, "10")
    assert (ready.status, ready.response.headers["Retry-After"]) == (503, "10")
    assert visitor.open("/healthz").status == 200


def test_it_is_ready_when_the_database_answers(visitor: Visitor):
    assert visitor.open("/readyz").status == 200
