"""Verification by anybody: a number, a QR code, or the file itself."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotVisible
from app.credentials import queries
from app.credentials.forms import FileForm, VerifyForm
from app.credentials.models import Certificate
from app.credentials.routes.blueprint import NOT_INDEXED, bp, issuer
from app.credentials.verification import Answer, Verifier
from app.web import limits
from app.web.access import public
from app.web.forms import given

_NUMBERS_A_MINUTE, _FILES_A_MINUTE = 60, 20


@bp.get("/verify")
@public
def verify() -> ResponseReturnValue:
    """Look a certificate up by its number, or hand in its file."""
    form = VerifyForm(request.args if "number" in request.args else None)
    if "number" in request.args and form.validate():
        number = given(form.number.data).strip().replace("/", "-")
        return redirect(url_for(".verified", serial=number))
    refused = "number" in request.args
    return _verify_page(form, FileForm(formdata=None), 422 if refused else 200)


def _verify_page(number: VerifyForm, file: FileForm, status: int) -> ResponseReturnValue:
    page = render_template("credentials/verify.html", form=number, file_form=file)
    return page, status, NOT_INDEXED


@bp.post("/verify")
@public
def verify_file() -> ResponseReturnValue:
    """Say whether a file is ours, untouched and in force."""
    limits.count("verify-file", request.remote_addr, _FILES_A_MINUTE)
    form = FileForm()
    if not form.validate():
        return _verify_page(VerifyForm(formdata=None), form, 422)
    verifier = Verifier(issuer().base_url, issuer().ring)
    found = verifier.examine(given(form.file.data).read(), clock.today())
    page = render_template(
        "credentials/examined.html",
        found=found,
        certificate=found.certificate,
        today=clock.today(),
        file_form=FileForm(formdata=None),
    )
    return page, 404 if found.answer is Answer.UNKNOWN else 200, NOT_INDEXED


@bp.get("/verify/<serial>")
@public
def verified(serial: str) -> ResponseReturnValue:
    """Whether a certificate is in force. Shows what stands on it and its state, nothing else."""
    limits.count("verify", request.remote_addr, _NUMBERS_A_MINUTE)
    try:
        found = queries.certificate(serial)
    except NotVisible:
        page = render_template("credentials/unknown.html", form=VerifyForm(formdata=None))
        return page, 404, NOT_INDEXED
    today = clock.today()
    page = render_template(
        "credentials/verified.html",
        certificate=found,
        state=queries.state(found, today),
        demo=_is_demo(found),
        today=today,
    )
    return page, 200, NOT_INDEXED


def _is_demo(certificate: Certificate) -> bool:
    """Whether what was drawn of it was signed with a key that proves nothing."""
    key_id = certificate.drawing.key_id if certificate.drawing else None
    key = issuer().ring.key(key_id) if key_id else None
    return key is not None and key.demo
