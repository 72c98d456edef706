"""The Open Badges 3.0 credential of a certificate, over the Verifiable Credentials model 2.0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from app.credentials.signing import contexts, status


@dataclass(frozen=True, slots=True)
class Told:
    """What a certificate says, whoever tells it."""

    id: int
    serial: str
    title: str
    course_id: str
    course_title: str
    name: str
    issued_at: datetime
    valid_to: date | None


def did(base_url: str) -> str:
    """The did:web of the installation at this address."""
    parts = urlsplit(base_url)
    path = [quote(part, safe="") for part in parts.path.split("/") if part]
    return ":".join(["did", "web", quote(parts.netloc, safe=""), *path])


def address(base_url: str, serial: str) -> str:
    """The page where anybody verifies it; the credential has it for its name."""
    return f"{base_url}/verify/{serial}"


def document(told: Told, base_url: str, organisation: str, criteria: str) -> dict[str, Any]:
    """The credential, still without its proof.

    Args:
        criteria: a sentence that says what had to be done for it.
    """
    course = f"{base_url}/courses/{told.course_id}"
    credential = {
        "@context": [contexts.CREDENTIALS, contexts.OPEN_BADGES],
        "id": address(base_url, told.serial),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": told.title,
        "issuer": {
            "id": did(base_url),
            "type": ["Profile"],
            "name": organisation,
            "url": base_url,
        },
        "validFrom": told.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": told.name,
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": course,
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": told.title,
                "description": told.course_title,
                "criteria": {"narrative": criteria},
            },
        },
        "credentialStatus": status.entry(base_url, told.id),
    }
    if told.valid_to is not None:
        credential["validUntil"] = f"{told.valid_to.isoformat()}T23:59:59Z"
    return credential


def did_document(base_url: str, keys: dict[str, str]) -> dict[str, Any]:
    """What did:web publishes. `keys`: Multikey by id, the one that signs first."""
    controller = did(base_url)
    return {
        "@context": [contexts.DID, contexts.MULTIKEY],
        "id": controller,
        "verificationMethod": [
            {
                "id": f"{controller}#{key_id}",
                "type": "Multikey",
                "controller": controller,
                "publicKeyMultibase": public,
            }
            for key_id, public in keys.items()
        ],
        "assertionMethod": [f"{controller}#{key_id}" for key_id in keys],
    }
