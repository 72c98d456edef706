"""The floor: the least that a page of this size costs on this server and database.

One Flask view, one query, one template that answers as many bytes as the page compared and, as
Cadre's own do, fills in a value on each line; and for what is saved: one row locked and written in
one transaction.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, Response, abort, make_response, request
from jinja2 import Template
from sqlalchemy import select

from app.accounts.models import Person
from app.core import db

EMAIL = "admin@example.com"
_LINE = "<p>{{ name }} reads a line of text that is as long as the lines of our pages are.</p>\n"


def create_floor() -> Flask:
    """An application beside Cadre, on the same database."""
    floor = Flask("floor")

    @lru_cache
    def template(size: int, name: str) -> Template:
        line = len(_LINE.replace("{{ name }}", name))
        return floor.jinja_env.from_string(_LINE * (size // line))

    @floor.get("/page")
    def page() -> Response:
        name = db.session.scalar(select(Person.name).where(Person.email == EMAIL))
        if name is None:
            abort(404)
        return make_response(template(int(request.args["size"]), name).render(name=name))

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
        db.close()

    return floor
