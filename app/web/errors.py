"""Refusals and faults into answers: a page for a person, problem+json for a program."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, json, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.core import db
from app.core.errors import Invalid, Refusal, TooOften
from app.core.i18n import gettext as _
from app.web.access import wants_json

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Answer for every refusal and every fault of this application."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(InterfaceError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _fault)


def answer(
    status: int, message: str, *, field: str | None = None, retry_after: int | None = None
) -> Response:
    """The answer that says `message` with `status`, as the asker wants to read it."""
    title = _title(status)
    if wants_json():
        response = _problem(status, title, message, field)
    else:
        page = render_template(
            "errors/error.html",
            status=status,
            title=title,
            message=message,
            next=None,
            reference=None,
        )
        response = make_response(page, status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _problem(status: int, title: str, detail: str, field: str | None) -> Response:
    problem: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    problem["detail"] = detail
    if status == Invalid.status:
        problem["errors"] = [{"field": field or "", "message": detail}]
    return Response(json.dumps(problem), status, content_type="application/problem+json")


def _refused(refusal: Refusal) -> Response:
    wait = refusal.retry_after if isinstance(refusal, TooOften) else None
    return answer(refusal.status, str(refusal), field=refusal.field, retry_after=wait)


def _forged(_error: CSRFError) -> Response:
    return answer(
        400,
        _("This page was open for too long, or was sent from elsewhere. Load it again and repeat."),
    )


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = answer(error.code, _message(error.code))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _database(error: DBAPIError | PoolTimeout) -> Response:
    log.warning("database_away", error=str(error))
    db.session.remove()
    return answer(503, _message(503), retry_after=10)


def _fault(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.error("fault", exc_info=error)
    db.session.remove()
    return answer(500, _message(500))


def _title(status: int) -> str:
    titles = {
        400: _("That could not be read"),
        401: _("Please log in"),
        403: _("Not yours to open"),
        404: _("Nothing here"),
        405: _("Not that way"),
        409: _("That does not fit"),
        413: _("Too large"),
        422: _("Please check what you entered"),
        429: _("Too often"),
        500: _("Something broke on our side"),
        503: _("Back in a moment"),
    }
    return titles.get(status, titles[400 if status < 500 else 500])


def _message(status: int) -> str:
    messages = {
        400: _("The request was not complete or not understood. Go back and try again."),
        401: _("You need to be logged in for this."),
        403: _("Your role does not include this page. The PMO can tell you who may open it."),
        404: _("There is no such page, or it is not yours to see. Check the address."),
        405: _("This address is not opened in this way. Start from the page before."),
        413: _("What you sent is larger than is accepted here. Send less or a smaller file."),
        429: _("That was too often in a short time. Wait a little and try again."),
        500: _("Nothing you entered was changed. Try again; if it stays, tell the administrator."),
        503: _("The database does not answer. Nothing was changed; try again in a few seconds."),
    }
    return messages.get(status, messages[400 if status < 500 else 500])
