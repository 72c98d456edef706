"""The blueprint of the JSON API, what it asks of every request, and how it reads a body."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, session
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms.validators import ValidationError

from app.api import once
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.web.errors import answer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY = 512 * 1024

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.before_request
def _check_token() -> None:
    """A browser sends its cookie by itself, so what it changes needs the token of our pages."""
    if request.method in SAFE or "_user_id" not in session:
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


# After the token: a call of which nobody knows that it is meant is not taken on.
bp.before_request(once.begin)
bp.after_request(once.end)


def body() -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        Invalid: it is none.
        HTTPException: 400, it holds a character that no text may hold, as for a form; 413, it is
            larger than any answer.
    """
    if (request.content_length or 0) > MAX_BODY:
        abort(413)
    try:
        found = request.get_json(force=True, silent=True) if request.get_data() else {}
        unfit = _holds_nul(found)
    except RecursionError:
        found, unfit = None, False
    if not isinstance(found, dict):
        raise Invalid(_("Send a JSON object."))
    if unfit:
        abort(answer(400, _("Take the character U+0000 out: no text may hold it.")))
    return found


def _holds_nul(value: object) -> bool:
    """PostgreSQL keeps no NUL, so nothing takes one in."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_holds_nul(part) for pair in value.items() for part in pair)
        case list():
            return any(map(_holds_nul, value))
        case _:
            return False
