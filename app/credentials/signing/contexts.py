"""The JSON-LD contexts, from copies that came with Cadre. No other address is ever loaded."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DID = "https://www.w3.org/ns/did/v1"

_FOLDER = Path(__file__).parent / "contexts"
FILES = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY: (
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    DID: ("did-v1.json", "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"),
}
"""Name of the copy and the SHA-256 it must have, by address."""


class UnknownContext(ValueError):
    """A document names a context that is not among the copies."""


class DamagedContext(RuntimeError):
    """A copy is not what it was: what is signed with it would mean something else."""


def published(name: str) -> bytes | None:
    """A copy by its file name; None if there is none of that name."""
    for file, _digest in FILES.values():
        if file == name:
            return (_FOLDER / file).read_bytes()
    return None


@cache
def context(url: str) -> dict[str, Any]:
    """The context at `url`.

    Raises:
        UnknownContext: there is no copy of it.
        DamagedContext: the copy was changed.
    """
    if url not in FILES:
        raise UnknownContext(f"not a context that is known here: {url[:200]}")
    name, digest = FILES[url]
    data = (_FOLDER / name).read_bytes()
    if sha256(data).hexdigest() != digest:
        raise DamagedContext(name)
    found: dict[str, Any] = json.loads(data)
    return found


def load(url: str, _options: object = None) -> dict[str, Any]:
    """As PyLD asks for a document."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": context(url),
    }
