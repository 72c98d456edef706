"""Designs of certificates, looked at before anybody is given one."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock, i18n, pdf
from app.core.errors import NotVisible, Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.credentials.drawing import designs
from app.credentials.drawing.sheet import Words
from app.credentials.routes.blueprint import bp, issuer
from app.credentials.rules import new_serial
from app.credentials.signing import credential
from app.web import limits
from app.web.access import requires

_DRAWN_A_MINUTE = 30
NAMES = (
    "Ada Lovelace",
    "Marie-Christine von Hohenstein-Wittenberg und zu Lichtenfels",
    "Екатерина Иванова",
    "محمد عبد الله",
    "प्रिया शर्मा",
    "田中さくら",
)


@bp.get("/certificates/designs")
@requires(Role.AUTHOR, Role.PMO)
def design_list() -> ResponseReturnValue:
    """The designs there are, each with previews."""
    return render_template(
        "credentials/designs.html",
        designs=designs.names(issuer().courses),
        standard=designs.STANDARD,
        names=NAMES,
        can_draw=pdf.available(),
    )


@bp.get("/certificates/designs/<design_id>/preview")
@requires(Role.AUTHOR, Role.PMO)
def preview_design(design_id: str) -> ResponseReturnValue:
    """A sheet of the design with a made-up certificate, or why it cannot be drawn."""
    limits.count("preview", request.remote_addr, _DRAWN_A_MINUTE)
    if design_id not in designs.names(issuer().courses):
        raise NotVisible(_("There is no such design."))
    language = request.args.get("language", "en")
    try:
        with i18n.speaking(language):
            drawn = issuer().preview(design_id, _words(request.args.get("name", NAMES[0])[:200]))
    except Refusal as refusal:
        return render_template(
            "credentials/design_fault.html", design=design_id, fault=refusal
        ), 422
    return Response(drawn, content_type="application/pdf")


def _words(name: str) -> Words:
    today, serial = clock.today(), new_serial()
    return Words(
        serial=serial,
        name=name.strip() or NAMES[0],
        title=_("Risk practitioner (example)"),
        course_title=_("Example of a course"),
        organisation=issuer().organisation,
        address=credential.address(issuer().base_url, serial),
        issued_on=today,
        valid_to=today + timedelta(days=730),
        demo=issuer().ring.is_demo(),
    )
