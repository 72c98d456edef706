"""What a file says that calls itself a certificate: ours or not, untouched or not, in force or not.

Nothing is fetched. What is ours is told by our own keys; whether it counts, by our own rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.credentials import queries
from app.credentials.models import Certificate
from app.credentials.rules import State
from app.credentials.signing import baking, credential, proof
from app.credentials.signing.keys import Key, KeyRing

MOST_BYTES = 3 * 1024 * 1024
_MOST_TEXT = 64 * 1024


class Answer(StrEnum):
    IN_FORCE = "in force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    EDITED = "edited"
    """It was issued here, and what it says was changed since."""
    FORGED = "forged"
    """It names us, and we never issued it."""
    UNKNOWN = "unknown"
    """It does not come from here, or is nothing that could."""


_OF_STATE = {
    State.VALID: Answer.IN_FORCE,
    State.DUE: Answer.IN_FORCE,
    State.IN_GRACE: Answer.EXPIRED,
    State.EXPIRED: Answer.EXPIRED,
    State.SUPERSEDED: Answer.SUPERSEDED,
    State.REVOKED: Answer.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`certificate` only where the file is ours and untouched, so that a page may show it."""

    answer: Answer
    certificate: Certificate | None = None
    state: State | None = None
    demo: bool = False
    """The key that signed it proves nothing."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Examines files for the installation at `base_url`, with its keys."""

    base_url: str
    ring: KeyRing

    def examine(self, data: bytes, day: date) -> Finding:
        """What a PDF, a credential (JSON) or a badge (PNG, SVG) is worth on a day."""
        if len(data) > MOST_BYTES:
            return Finding(Answer.UNKNOWN)
        if data.startswith(b"%PDF-"):
            return self._pdf(data, day)
        try:
            text = data.decode() if data.lstrip()[:1] == b"{" else baking.unbake(data)
        except (UnicodeDecodeError, baking.NotBaked):
            return Finding(Answer.UNKNOWN)
        return self._credential(text, day)

    def _credential(self, text: str | bytes, day: date) -> Finding:
        document = _parsed(text)
        if document is None:
            return Finding(Answer.UNKNOWN)
        key, known = self._key_of(document), queries.by_serial(_serial(document))
        if key is not None and _fits(document, key):
            return _standing(known, key, day)
        if key is not None and known is not None:
            return Finding(Answer.EDITED)
        return Finding(Answer.FORGED if self._names_us(document) else Answer.UNKNOWN)

    def _pdf(self, data: bytes, day: date) -> Finding:
        from app.credentials.signing import pades  # slow to import

        try:
            sealed = pades.read(data)
        except pades.NotPdf:
            return Finding(Answer.UNKNOWN)
        key = self._key_with(sealed.certificate)
        inside = sealed.attachments.get("credential.json")
        within = self._credential(inside, day) if inside else Finding(Answer.UNKNOWN)
        if key is not None and sealed.seal is pades.Seal.WHOLE:
            return within
        if key is not None:
            return Finding(Answer.EDITED)
        if (drawn := queries.by_drawing(data)) is not None:  # from before there were keys
            return _standing(drawn, None, day)
        if within.certificate is not None and sealed.certificate is None:
            return Finding(Answer.EDITED)
        ours = within.answer is not Answer.UNKNOWN or self._links_here(sealed.links)
        return Finding(Answer.FORGED if ours else Answer.UNKNOWN)

    def _key_of(self, document: dict[str, Any]) -> Key | None:
        try:
            _did, _hash, key_id = proof.method_of(document).partition("#")
        except proof.BadProof:
            return None
        return self.ring.key(key_id)

    def _key_with(self, certificate: bytes | None) -> Key | None:
        return next((key for key in self.ring.all() if key.certificate == certificate), None)

    def _names_us(self, document: dict[str, Any]) -> bool:
        issuer = document.get("issuer")
        named = issuer.get("id") if isinstance(issuer, dict) else issuer
        return named == credential.did(self.base_url) or self._links_here([document.get("id")])

    def _links_here(self, links: list[Any]) -> bool:
        prefix = credential.address(self.base_url, "")
        return any(isinstance(link, str) and link.startswith(prefix) for link in links)


def _fits(document: dict[str, Any], key: Key) -> bool:
    try:
        proof.check(document, key.ed25519)
    except proof.BadProof:
        return False
    return True


def _standing(certificate: Certificate | None, key: Key | None, day: date) -> Finding:
    if certificate is None:
        return Finding(Answer.UNKNOWN)
    state = queries.state(certificate, day)
    return Finding(_OF_STATE[state], certificate, state, demo=key is not None and key.demo)


def _serial(document: dict[str, Any]) -> str:
    return str(document.get("id")).rpartition("/")[2][:60]


def _parsed(text: str | bytes) -> dict[str, Any] | None:
    if len(text) > _MOST_TEXT:
        return None
    try:
        found = json.loads(text)
        proof.check_size(found)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
