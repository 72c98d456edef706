"""What somebody does with a certificate of theirs: hand it on, and show it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock, pdf
from app.core.i18n import gettext as _
from app.credentials import queries as certificates
from app.credentials.forms import ProfileForm
from app.credentials.models import Certificate, PublicProfile
from app.credentials.profiles import queries, services
from app.credentials.routes.blueprint import NOT_INDEXED, bp, issuer
from app.credentials.signing import baking, credential
from app.credentials.signing.baking import picture
from app.web.access import current_actor, public, signed_in
from app.web.forms import given
from app.web.pages import attachment


def linkedin(certificate: Certificate) -> str:
    """The address that adds a certificate to one's profile there."""
    until = certificate.valid_to
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": issuer().organisation,
        "issueYear": certificate.issued_on.year,
        "issueMonth": certificate.issued_on.month,
        **({"expirationYear": until.year, "expirationMonth": until.month} if until else {}),
        "certUrl": credential.address(issuer().base_url, certificate.serial),
        "certId": certificate.serial,
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(values)}"


@bp.get("/certificates/<serial>/credential.json")
@signed_in
def credential_file(serial: str) -> ResponseReturnValue:
    """The Open Badges credential."""
    found, text = _with_credential(serial)
    if text is None:
        return waiting_page(found)
    return attachment(text.encode(), "application/vc", f"{found.title}.json")


@bp.get("/certificates/<serial>/badge.png")
@signed_in
def badge_png(serial: str) -> ResponseReturnValue:
    """The badge as PNG, with the credential in it."""
    found, text = _with_credential(serial)
    if text is None:
        return waiting_page(found)
    data = baking.bake_png(picture("badge.png"), text)
    return attachment(data, "image/png", f"{found.title}.png")


@bp.get("/certificates/<serial>/badge.svg")
@signed_in
def badge_svg(serial: str) -> ResponseReturnValue:
    """The badge as SVG, with the credential in it."""
    found, text = _with_credential(serial)
    if text is None:
        return waiting_page(found)
    data = baking.bake_svg(picture("badge.svg"), text, found.title)
    return attachment(data, "image/svg+xml", f"{found.title}.svg")


def _with_credential(serial: str) -> tuple[Certificate, str | None]:
    found = certificates.certificate_for(current_actor(), serial)
    drawing = certificates.drawing(found.id)
    return found, drawing.credential if drawing else None


def waiting_page(certificate: Certificate) -> ResponseReturnValue:
    """What is asked for is not made yet: 202, and when to ask again."""
    page = render_template(
        "credentials/waiting.html", certificate=certificate, can_draw=pdf.available()
    )
    return page, 202, {"Retry-After": "5"}


@bp.get("/certificates/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """One's own public page: on or off, and what it shows."""
    person_id = given(current_actor().person_id)
    held = queries.own(person_id)
    values = {"name": held.shows_name if held else True, "certificates": queries.shown(person_id)}
    return _profile_page(ProfileForm(_titles(person_id), formdata=None, data=values), held)


def _titles(person_id: int) -> list[tuple[int, str]]:
    found = certificates.certificates_of(person_id)
    return [(one.id, f"{one.title}, {one.issued_on.year}") for one in found]


def _profile_page(form: ProfileForm, held: PublicProfile | None) -> str:
    return render_template("credentials/profile.html", form=form, profile=held)


@bp.post("/certificates/profile")
@signed_in
def show_profile() -> ResponseReturnValue:
    """Turn it on, or change what it shows."""
    person_id = given(current_actor().person_id)
    form = ProfileForm(_titles(person_id))
    if not form.validate():
        return _profile_page(form, queries.own(person_id)), 422
    chosen = form.certificates.data or []
    services.show(chosen, name=bool(form.name.data), by=current_actor())
    flash(_("Your public page shows what you chose, and nothing else."), "good")
    return redirect(url_for(".profile"))


@bp.post("/certificates/profile/removal")
@signed_in
def hide_profile() -> ResponseReturnValue:
    """Turn it off."""
    services.hide(by=current_actor())
    flash(_("Your public page is off. Its address leads nowhere."), "good")
    return redirect(url_for(".profile"))


@bp.get("/p/<address>")
@public
def public_profile(address: str) -> ResponseReturnValue:
    """What somebody chose to show of theirs."""
    found = queries.at(address)
    today = clock.today()
    shown = queries.certificates_on(found)
    page = render_template(
        "credentials/public_profile.html",
        name=shown[0].name_on_it if shown and found.shows_name else None,
        rows=[{"certificate": one, "state": certificates.state(one, today)} for one in shown],
    )
    return Response(page, headers=NOT_INDEXED)
