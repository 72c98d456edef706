"""The floor: the least that a page of this size costs on this server and database.

One Flask view, one query, one template of the size of the page compared that fills in one value;
and for what is saved: one row locked and written in one transaction.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, Response, abort, make_response, request
from jinja2 import Template
from sqlalchemy import select

from app.accounts.models import Person
from app.core import db

EMAIL = "admin@example.com"
_HEAD = "<title>{{ name }}</title>\n"
_LINE = "<p>Somebody reads a line of text that is about as long as a line of text is.</p>\n"


def create_floor() -> Flask:
    """An application beside Cadre, on the same database."""
    floor = Flask("floor")

    @lru_cache
    def template(size: int) -> Template:
        return floor.jinja_env.from_string(_HEAD + _LINE * max(0, size // len(_LINE) - 1))

    @floor.get("/page")
    def page() -> Response:
        name = db.session.scalar(select(Person.name).where(Person.email == EMAIL))
        if name is None:
            abort(404)
        return make_response(template(int(request.args["size"])).render(name=name))

    @floor.put("/save")
    def save() -> Response:
        with db.transaction() as session:
            person = session.scalars(
                select(Person).where(Person.email == EMAIL).with_for_update()
            ).one()
            person.title = f"Administrator {request.get_json()['sequence']}"
        return make_response({"saved": True})

    @floor.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        db.session.remove()

    return floor
