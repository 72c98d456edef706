"""Is the process alive, is it ready to serve?"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.core import db, migrations
from app.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return _plain("ok", 200)


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers and its migrations are those of this code."""
    try:
        pending = migrations.pending()
    except SQLAlchemyError:
        db.session.remove()
        return _plain("database away", 503)
    return _plain("migrations pending", 503) if pending else _plain("ok", 200)


def _plain(text: str, status: int) -> Response:
    response = Response(text + "\n", status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response
