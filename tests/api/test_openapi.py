"""The description of the API: valid, complete, and what the code does."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from flask import Flask

from app.api.openapi import document

PROMISED = """
GET /courses · GET /courses/{course_id} · POST /courses/{course_id}/enrolments
GET /me/enrolments · POST /lessons/{course_id}/{lesson_id}/completions
POST /quizzes/{course_id}/{quiz_id}/attempts · PUT /attempts/{attempt_id}/answers/{slot}
POST /attempts/{attempt_id}/submission · GET /people · GET /people/{person_id}
GET /people/{person_id}/claims · POST /people/{person_id}/evidence
POST /people/{person_id}/certifications · GET /projects · POST /projects
GET /projects/{code} · PATCH /projects/{code} · GET /projects/{code}/roles
POST /projects/{code}/roles · GET /projects/{code}/roles/{slot_id}/candidates
POST /bookings · PATCH /bookings/{booking_id} · POST /staffing/plans
GET /staffing/plans/{plan_id} · POST /staffing/plans/{plan_id}/application
GET /certificates/{serial} · GET /verify/{serial}
"""


@pytest.fixture
def told(app: Flask) -> dict[str, Any]:
    found = app.test_client().get("/api/v1/openapi.json")
    assert found.status_code == 200
    return dict(found.get_json())


def calls(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    }


def test_every_promised_call_is_there(told: dict[str, Any]):
    promised = set(re.findall(r"[A-Z]+ /\S+", PROMISED))
    assert promised <= set(calls(told))


def test_it_keeps_to_the_rules_of_openapi(told: dict[str, Any]):
    assert told["openapi"] == "3.1.0"
    names = [one["operationId"] for one in calls(told).values()]
    assert len(set(names)) == len(names)
    for call, one in calls(told).items():
        in_path = {p["name"] for p in one["parameters"] if p["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", call)), call
        assert all(p["required"] for p in one["parameters"] if p["in"] == "path")
        assert one["summary"] and one["responses"]
        for schema in [p["schema"] for p in one["parameters"]] + bodies(one):
            jsonschema.Draft202012Validator.check_schema(schema)
    for schema in told["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def bodies(one: dict[str, Any]) -> list[dict[str, Any]]:
    content = one.get("requestBody", {}).get("content", {})
    return [media["schema"] for media in content.values()]


def test_calls_that_change_something_say_what_they_take(told: dict[str, Any]):
    without = {
        call
        for call, one in calls(told).items()
        if call.split()[0] in ("POST", "PUT", "PATCH") and not bodies(one)
    }
    assert without == {
        "POST /attempts/{attempt_id}/submission",
        "POST /attempts/{attempt_id}/answers/{slot}/check",
        "POST /courses/{course_id}/enrolments",
        "POST /lessons/{course_id}/{lesson_id}/completions",
        "POST /staffing/plans",
        "POST /staffing/plans/{plan_id}/application",
    }


def test_only_public_calls_need_no_token(told: dict[str, Any]):
    free = {call for call, one in calls(told).items() if one.get("security") == []}
    assert free == {"GET /openapi.json", "GET /verify/{serial}"}


def test_it_is_made_from_the_code(app: Flask, told: dict[str, Any]):
    with app.test_request_context():
        assert document() == told
