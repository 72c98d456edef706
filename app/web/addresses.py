"""What an address or a form may hold before anybody asks the database for it."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class RowId(IntegerConverter):
    """The number of a row. One that no table can have is no address, instead of a fault."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *args, **options)


def install(app: Flask) -> None:
    """Use it for every `<int:…>`; call this before any blueprint is registered."""
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_null)


def _refuse_null() -> None:
    """No text that a person writes has the NUL character, and PostgreSQL refuses to keep it."""
    form = request.form if request.content_type else {}
    sent = [request.path, *request.args.values(), *form.values()]
    if any("\0" in text for text in sent):
        abort(400)
