"""The Bitstring Status List (W3C): one bit for each certificate, set once it is revoked."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from app.credentials.signing import contexts, multibase

SIZE = 131_072
"""Certificates in one list: as many as the standard wants, so that asking tells nobody whose."""
_KEEP = timedelta(minutes=5)


def place(certificate_id: int) -> tuple[int, int]:
    """The list that holds a certificate, and its bit in it."""
    return divmod(certificate_id, SIZE)


def entry(base_url: str, certificate_id: int) -> dict[str, Any]:
    """What a credential says of where its status stands."""
    number, index = place(certificate_id)
    address = list_address(base_url, number)
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def list_address(base_url: str, number: int) -> str:
    return f"{base_url}/credentials/status/{number}"


def document(
    base_url: str, issuer: str, number: int, revoked: Iterable[int], at: datetime
) -> dict[str, Any]:
    """The list as a credential, still without its proof. `revoked` are ids of certificates."""
    address = list_address(base_url, number)
    return {
        "@context": [contexts.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validUntil": (at + _KEEP * 2).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": _encoded(number, revoked),
        },
    }


def _encoded(number: int, revoked: Iterable[int]) -> str:
    bits = bytearray(SIZE // 8)
    for certificate_id in revoked:
        held_in, index = place(certificate_id)
        if held_in == number:
            bits[index // 8] |= 0x80 >> index % 8  # the first bit is the leftmost
    return multibase.base64url(gzip.compress(bytes(bits), mtime=0))
