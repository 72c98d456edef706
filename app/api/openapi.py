"""The description of the API, made from what its views declare: addresses, shapes, rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule as Address

from app.api.blueprint import bp
from app.api.lists import MOST, USUAL
from app.api.shapes import Json, schema_of
from app.web.access import Rule, public

_PREFIX = "/api/v1"
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "status"],
}
_PIECE = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"type": "object"}},
        "next": {"type": ["string", "null"]},
    },
    "required": ["items", "next"],
}


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """This description."""
    return jsonify(document())


def document() -> Json:
    """Every call of the API, in OpenAPI 3.1."""
    paths: dict[str, Json] = {}
    for address in sorted(current_app.url_map.iter_rules(), key=str):
        if address.endpoint.startswith(f"{bp.name}."):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(address)).removeprefix(_PREFIX)
            for method in sorted((address.methods or set()) - {"HEAD", "OPTIONS"}):
                paths.setdefault(path, {})[method.lower()] = _operation(address, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cadre", "version": "1"},
        "servers": [{"url": _PREFIX}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, "Piece": _PIECE},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(address: Address, method: str) -> Json:
    view: Any = current_app.view_functions[address.endpoint]
    rule: Rule = view.rule
    told: Json = {
        "operationId": address.endpoint.partition(".")[2],
        "summary": (view.__doc__ or "").strip().partition("\n")[0],
        "parameters": [*_of_path(address), *_of_query(view), *_of_headers(method)],
        "responses": _responses(view, rule),
    }
    if rule.public:
        told["security"] = []
    if rule.roles:
        told["description"] = "For " + " or ".join(sorted(rule.roles)) + "."
    if shape := getattr(view, "shape", None):
        content = {"application/json": {"schema": schema_of(shape)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _of_path(address: Address) -> list[Json]:
    numbers = {name for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", str(address)) if kind}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if name in numbers else "string"},
        }
        for name in sorted(address.arguments)
    ]


def _of_query(view: Callable[..., Any]) -> list[Json]:
    asked: dict[str, Json] = dict(getattr(view, "query", {}))
    if getattr(view, "listed", False):
        asked["limit"] = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        asked["cursor"] = {"type": "string"}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in asked.items()]


def _of_headers(method: str) -> list[Json]:
    if method != "POST":
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 200}
    return [{"name": "Idempotency-Key", "in": "header", "schema": schema}]


def _responses(view: Callable[..., Any], rule: Rule) -> Json:
    piece = {"$ref": "#/components/schemas/Piece"}
    answer = piece if getattr(view, "listed", False) else {"type": "object"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told: Json = {
        "2XX": {"description": "Done", "content": {"application/json": {"schema": answer}}},
        "4XX": {"description": "Refused, with the reason", "content": problem},
    }
    if not rule.public:
        told["401"] = {"description": "No token, or none in force", "content": problem}
    return told
