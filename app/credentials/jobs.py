"""Drawing certificates: from the row to the PDF, in the background."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.core import i18n, pdf
from app.core.jobs import Handler
from app.credentials import queries, services
from app.credentials.guilloche import rosette
from app.credentials.models import Certificate

_STATIC = Path(__file__).resolve().parents[1] / "web" / "static"
_FONTS = {
    "display": "vendor/newsreader-5.3.0/newsreader-latin-opsz-normal.woff2",
    "display-ext": "vendor/newsreader-5.3.0/newsreader-latin-ext-opsz-normal.woff2",
    "display-italic": "vendor/newsreader-5.3.0/newsreader-latin-opsz-italic.woff2",
    "text": "vendor/hanken-grotesk-5.3.0/hanken-grotesk-latin-wght-normal.woff2",
    "text-ext": "vendor/hanken-grotesk-5.3.0/hanken-grotesk-latin-ext-wght-normal.woff2",
}


class DrawingSwitchedOff(RuntimeError):
    """Pango is not installed on this machine; the job waits until it is."""


def drawer(base_url: str, organisation: str) -> Handler:
    """The handler that draws a certificate once.

    Args:
        base_url: where the QR code leads, without the path.
        organisation: who issues.
    """

    def draw(payload: dict[str, Any]) -> None:
        certificate = queries.certificate(payload["serial"])
        if certificate.drawing is not None:
            return
        if not pdf.available():
            raise DrawingSwitchedOff("Pango is missing")
        with i18n.speaking(certificate.language):
            drawn = pdf.draw(*document(certificate, base_url, organisation))
        services.keep_drawing(certificate.serial, drawn)

    return draw


def document(
    certificate: Certificate, base_url: str, organisation: str
) -> tuple[str, dict[str, tuple[str, bytes]]]:
    """The HTML of a certificate and the files it names, in the language being written."""
    address = f"{base_url}/verify/{certificate.serial}"
    html = (
        _environment()
        .get_template("certificate/certificate.html")
        .render(
            certificate=certificate,
            organisation=organisation,
            address=address,
            issued=i18n.day(certificate.issued_on, "long"),
            valid_to=i18n.day(certificate.valid_to, "long") if certificate.valid_to else None,
            size=_size(certificate.name_on_it),
            language=i18n.language(),
            direction=i18n.direction(),
        )
    )
    assets = {name: ("font/woff2", (_STATIC / path).read_bytes()) for name, path in _FONTS.items()}
    assets["qr.svg"] = ("image/svg+xml", _qr(address))
    assets["mark.svg"] = ("image/svg+xml", (_STATIC / "logo.svg").read_bytes())
    assets["rosette.svg"] = ("image/svg+xml", rosette().encode())
    return html, assets


def _size(name: str) -> str:
    """How large the name stands, so that long ones fit in two lines at most."""
    if len(name) <= 24:
        return "large"
    return "medium" if len(name) <= 44 else "small"


def _qr(address: str) -> bytes:
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", border=0, dark="#0c333b", xmldecl=False, svgclass=None, lineclass=None
    )
    return picture.getvalue()


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.credentials", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=i18n.gettext)
    return environment
