"""The installation as an issuer: its keys, and the sheet of a certificate as it signs it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.core import clock, i18n
from app.core.i18n import gettext as _
from app.credentials.drawing import designs, sheet
from app.credentials.drawing.press import Press
from app.credentials.models import Certificate
from app.credentials.services import Drawn
from app.credentials.signing import credential, proof, status
from app.credentials.signing.keys import Key, KeyRing


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues. `base_url` has no path at its end; `courses` is where designs are added."""

    base_url: str
    organisation: str
    courses: Path
    ring: KeyRing

    def drawn(self, certificate: Certificate) -> Drawn:
        """The certificate as a signed PDF, its credential inside.

        Raises:
            NoKey: nothing can be signed.
            NotCovered: no font holds a sign of a text.
            CannotDraw: the design is at fault.
        """
        from app.credentials.signing import pades  # slow to import

        key = self.ring.current()
        text = json.dumps(self.credential(certificate, key), ensure_ascii=False, indent=1)
        with i18n.speaking(certificate.language):
            design = designs.design(self.courses, certificate.design)
            words = self.words(certificate, demo=key.demo)
            order = sheet.order(design, words, text.encode(), clock.now())
            reason = _("Issued as certificate %(number)s", number=certificate.serial)
        secret = self.ring.secrets(key)
        pdf = pades.sign(press().draw(order), secret.document, key.certificate, reason)
        return Drawn(pdf, text, key.id, design.id)

    def preview(self, design_id: str, words: sheet.Words) -> bytes:
        """A sheet of a design with made-up words; not signed, and it carries no credential."""
        design = designs.design(self.courses, design_id)
        return press().draw(sheet.order(design, words, None, clock.now()))

    def words(self, certificate: Certificate, *, demo: bool) -> sheet.Words:
        return sheet.Words(
            serial=certificate.serial,
            name=certificate.name_on_it,
            title=certificate.title,
            course_title=certificate.course_title,
            organisation=self.organisation,
            address=credential.address(self.base_url, certificate.serial),
            issued_on=certificate.issued_on,
            valid_to=certificate.valid_to,
            demo=demo,
        )

    def credential(self, certificate: Certificate, key: Key) -> dict[str, Any]:
        """The certificate as a signed Open Badges credential."""
        told = credential.Told(
            id=certificate.id,
            serial=certificate.serial,
            title=certificate.title,
            course_id=certificate.course_id,
            course_title=certificate.course_title,
            name=certificate.name_on_it,
            issued_at=certificate.issued_at,
            valid_to=certificate.valid_to,
        )
        with i18n.speaking(certificate.language):
            criteria = _("Passed what is required to be certified as %(title)s.", title=told.title)
        plain = credential.document(told, self.base_url, self.organisation, criteria)
        return self._signed(plain, key)

    def status_list(self, number: int, revoked: list[int]) -> dict[str, Any]:
        """A status list as a signed credential. `revoked` are ids of certificates."""
        plain = status.document(
            self.base_url, credential.did(self.base_url), number, revoked, clock.now()
        )
        return self._signed(plain, self.ring.current())

    def did_document(self) -> dict[str, Any]:
        """What did:web publishes: every key there was, the newest first."""
        keys = {key.id: key.public for key in self.ring.all()}
        return credential.did_document(self.base_url, keys)

    def _signed(self, document: dict[str, Any], key: Key) -> dict[str, Any]:
        method = f"{credential.did(self.base_url)}#{key.id}"
        secret = self.ring.secrets(key)
        return proof.sign(document, secret.credential, method, clock.now())


@cache
def press() -> Press:
    """The press of this process."""
    return Press()
