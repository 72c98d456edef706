"""A certificate as a request to draw: texts for the design, and every file that it may name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import segno

from app.core import i18n
from app.core.i18n import gettext as _
from app.core.pdf import Attachment
from app.credentials.drawing.designs import Design
from app.credentials.drawing.fonts import fonts_for
from app.credentials.drawing.guilloche import rosette
from app.credentials.drawing.press import Order

_STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
_FONTS = {
    "display": "vendor/newsreader-5.3.0/newsreader-latin-opsz-normal.woff2",
    "display-ext": "vendor/newsreader-5.3.0/newsreader-latin-ext-opsz-normal.woff2",
    "display-italic": "vendor/newsreader-5.3.0/newsreader-latin-opsz-italic.woff2",
    "text": "vendor/hanken-grotesk-5.3.0/hanken-grotesk-latin-wght-normal.woff2",
    "text-ext": "vendor/hanken-grotesk-5.3.0/hanken-grotesk-latin-ext-wght-normal.woff2",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the sheet. `address` is the page that verifies it."""

    serial: str
    name: str
    title: str
    course_title: str
    organisation: str
    address: str
    issued_on: date
    valid_to: date | None
    demo: bool
    """Signed with a key that proves nothing."""


def order(design: Design, words: Words, credential: bytes | None, made_at: datetime) -> Order:
    """What the press needs to draw the sheet, in the language being written.

    Raises:
        NotCovered: no font holds a sign of a text.
    """
    fonts = fonts_for(words.name, words.title, words.course_title, words.organisation)
    return Order(
        page=design.page,
        values={
            "serial": words.serial,
            "name": words.name,
            "title": words.title,
            "course": words.course_title,
            "organisation": words.organisation,
            "address": words.address,
            "issued": i18n.day(words.issued_on, "long"),
            "valid_to": i18n.day(words.valid_to, "long") if words.valid_to else None,
            "demo": words.demo,
            "size": size(words.name),
            "title_size": "small" if len(words.title) > 90 else "large",
            "language": i18n.language(),
            "direction": i18n.direction(),
            "font_faces": fonts.faces,
            "font_families": fonts.families,
        },
        language=i18n.language(),
        assets={**_house_files(), **fonts.files, **design.files, "qr.svg": _qr(words.address)},
        attachments=(_attached(credential, made_at),) if credential else (),
        signature_label=_("Signature of %(organisation)s", organisation=words.organisation),
    )


def size(name: str) -> str:
    """How large the name stands, so that a long one fits; wide signs count twice."""
    width = sum(2 if ord(sign) > 0x2E80 else 1 for sign in name)
    steps = ((24, "large"), (44, "medium"), (90, "small"))
    return next((word for most, word in steps if width <= most), "tiny")


def _attached(credential: bytes, made_at: datetime) -> Attachment:
    return Attachment(
        "credential.json",
        "application/ld+json",
        credential,
        _("The same certificate for machines: an Open Badges 3.0 credential"),
        made_at,
    )


@lru_cache
def _house_files() -> dict[str, tuple[str, bytes]]:
    files = {name: ("font/woff2", (_STATIC / path).read_bytes()) for name, path in _FONTS.items()}
    files["mark.svg"] = ("image/svg+xml", (_STATIC / "logo.svg").read_bytes())
    files["rosette.svg"] = ("image/svg+xml", rosette().encode())
    return files


def _qr(address: str) -> tuple[str, bytes]:
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", border=0, dark="#0c333b", xmldecl=False, svgclass=None, lineclass=None
    )
    return "image/svg+xml", picture.getvalue()
