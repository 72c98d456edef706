"""Certificates: one's own, anybody's by number, and what the PMO does with them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries as assessment
from app.core import clock, pdf
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.credentials import queries, services
from app.credentials.forms import RevocationForm
from app.credentials.models import Certificate
from app.credentials.routes.blueprint import bp, issuer
from app.credentials.routes.sharing import linkedin, waiting_page
from app.web.access import current_actor, requires, signed_in
from app.web.forms import given
from app.web.pages import attachment

_PAGE = 50


@bp.get("/certificates")
@signed_in
def mine() -> ResponseReturnValue:
    """One's own certificates."""
    found = queries.certificates_of(given(current_actor().person_id))
    return render_template("credentials/mine.html", rows=_rows(found), drawn=pdf.available())


@bp.get("/certificates/all")
@requires(Role.PMO)
def everyone() -> ResponseReturnValue:
    """Every certificate that was issued."""
    text = request.args.get("q", "")[:100]
    page = max(1, request.args.get("page", 1, type=int))
    found = queries.search(text, page=page, size=_PAGE)
    return render_template(
        "credentials/everyone.html",
        rows=_rows(found[:_PAGE]),
        to_decide=assessment.open_decisions_count(),
        q=text,
        demo=issuer().ring.is_demo(),
        keyless=issuer().ring.is_empty(),
        previous_url=url_for(".everyone", q=text or None, page=page - 1) if page > 1 else None,
        next_url=url_for(".everyone", q=text or None, page=page + 1) if found[_PAGE:] else None,
    )


def _rows(found: Sequence[Certificate]) -> list[dict[str, object]]:
    today = clock.today()
    return [{"certificate": one, "state": queries.state(one, today)} for one in found]


@bp.get("/certificates/<serial>")
@signed_in
def certificate(serial: str) -> ResponseReturnValue:
    """A certificate of one's own, or any for the PMO."""
    return _certificate_page(serial, RevocationForm(formdata=None))


def _certificate_page(serial: str, form: RevocationForm) -> str:
    found = queries.certificate_for(current_actor(), serial)
    return render_template(
        "credentials/certificate.html",
        certificate=found,
        state=queries.state(found, clock.today()),
        can_draw=pdf.available(),
        fault=None if found.drawing else queries.drawing_fault(found.serial),
        form=form,
        manages=current_actor().has(Role.PMO),
        linkedin=linkedin(found),
    )


@bp.get("/certificates/<serial>.pdf")
@signed_in
def download(serial: str) -> ResponseReturnValue:
    """The PDF; 202 while it is being drawn."""
    found = queries.certificate_for(current_actor(), serial)
    drawing = queries.drawing(found.id)
    if drawing is None:
        return waiting_page(found)
    return attachment(drawing.pdf, "application/pdf", f"{found.title} {found.name_on_it}.pdf")


@bp.post("/certificates/<serial>/drawing")
@signed_in
def draw(serial: str) -> ResponseReturnValue:
    """Ask for the PDF again, where it is missing."""
    found = queries.certificate_for(current_actor(), serial)
    services.ask_for_drawing(found.serial)
    return redirect(url_for(".download", serial=found.serial))


@bp.post("/certificates/<serial>/revocation")
@requires(Role.PMO)
def revoke(serial: str) -> ResponseReturnValue:
    """Take it out of force."""
    form = RevocationForm()
    if form.validate():
        try:
            services.revoke(serial, given(form.reason.data), by=current_actor())
        except Conflict as refusal:
            form.refuse(None, refusal)
            return _certificate_page(serial, form), refusal.status
        flash(_("The certificate is revoked. Whoever verifies it is told so."), "good")
        return redirect(url_for(".certificate", serial=serial))
    return _certificate_page(serial, form), 422
