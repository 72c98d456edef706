"""Certificates: one's own in full, and what anybody may know of one."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.api.blueprint import bp
from app.api.shapes import Json
from app.core import clock
from app.credentials import queries
from app.credentials.models import Certificate
from app.web import limits
from app.web.access import current_actor, public, signed_in

_NUMBERS_A_MINUTE = 60


@bp.get("/certificates/<serial>")
@signed_in
def certificate(serial: str) -> ResponseReturnValue:
    """A certificate of one's own; the PMO sees everybody's."""
    found = queries.certificate_for(current_actor(), serial)
    more = {
        "person": found.person_id,
        "course": found.course_id,
        "course_title": found.course_title,
    }
    return jsonify({**_public(found), **more})


@bp.get("/verify/<serial>")
@public
def verify(serial: str) -> ResponseReturnValue:
    """What stands on a certificate and whether it is in force, for whoever has its number."""
    limits.count("verify", request.remote_addr, _NUMBERS_A_MINUTE)
    return jsonify(_public(queries.certificate(serial)))


def _public(found: Certificate) -> Json:
    return {
        "serial": found.serial,
        "title": found.title,
        "name": found.name_on_it,
        "issued_on": found.issued_on.isoformat(),
        "valid_to": found.valid_to.isoformat() if found.valid_to else None,
        "state": queries.state(found, clock.today()),
    }
