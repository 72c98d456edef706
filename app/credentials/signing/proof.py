"""Data Integrity proofs of the suite eddsa-rdfc-2022 (W3C vc-di-eddsa), made and checked.

What is signed is the set of RDF statements that a document amounts to, while people and programs
read its JSON. A word that no context defines has no statement, and PyLD drops it without a sound;
so before signing, and again before believing a proof, the document must be exactly what its
statements say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.credentials.signing import contexts, multibase

Document = dict[str, Any]

_SUITE = "eddsa-rdfc-2022"
_MOST_NODES = 400
_DEEPEST = 12
_pyld = Lock()
"""PyLD keeps caches that threads would share."""


class NotDefined(ValueError):
    """A document says something that no context defines, and a proof would not cover."""


class BadProof(ValueError):
    """The proof does not belong to the document, or is none."""


def sign(document: Document, key: Ed25519PrivateKey, method: str, at: datetime) -> Document:
    """The document with a proof.

    Raises:
        NotDefined: a part of it would not be covered.
    """
    _check_defined(document)
    options = _options(document, method, at)
    proof = {**options, "proofValue": multibase.base58(key.sign(_digest(document, options)))}
    del proof["@context"]
    return {**document, "proof": proof}


def method_of(document: Mapping[str, Any]) -> str:
    """The address of the key that the proof names; raises BadProof if there is none."""
    proof = document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    if not isinstance(method, str):
        raise BadProof("no proof that names a key")
    return method


def check(document: Document, key: Ed25519PublicKey) -> None:
    """Raise BadProof unless the proof covers every word of the document."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("cryptosuite") != _SUITE:
        raise BadProof("not a proof of this suite")
    if (proof.get("type"), proof.get("proofPurpose")) != ("DataIntegrityProof", "assertionMethod"):
        raise BadProof("not a proof that asserts")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    options["@context"] = document.get("@context")
    try:
        check_size(document)
        _check_defined(unsecured)
        _check_defined(options)
        key.verify(multibase.from_base58(str(proof.get("proofValue"))), _digest(unsecured, options))
    except Exception as error:  # whatever a hostile document makes PyLD raise
        raise BadProof(type(error).__name__) from None


def check_size(document: object) -> None:
    """Refuse what would keep the canonicalisation busy, before it begins."""
    nodes, level, waiting = 0, 0, [document]
    while waiting:
        level += 1
        nodes += len(waiting)
        if nodes > _MOST_NODES or level > _DEEPEST:
            raise BadProof("too large a document")
        deeper: list[object] = []
        for node in waiting:
            if isinstance(node, dict):
                deeper += node.values()
            elif isinstance(node, list):
                deeper += node
        waiting = deeper


def _options(document: Document, method: str, at: datetime) -> Document:
    return {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": _SUITE,
        "created": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


def _digest(document: Document, options: Document) -> bytes:
    return sha256(_canonical(options)).digest() + sha256(_canonical(document)).digest()


def _canonical(document: Document) -> bytes:
    from pyld import jsonld  # slow to import

    with _pyld:
        statements = jsonld.normalize(
            document,
            {
                "algorithm": "URDNA2015",  # what became RDFC-1.0
                "format": "application/n-quads",
                "documentLoader": contexts.load,
            },
        )
    return str(statements).encode()


def _check_defined(document: Document) -> None:
    named = document.get("@context")
    for url in named if isinstance(named, list) else [named]:
        if not isinstance(url, str) or url not in contexts.FILES:
            raise NotDefined("a context that is not known here")
    from pyld import jsonld  # slow to import

    with _pyld:
        told = jsonld.compact(document, named, {"documentLoader": contexts.load})
    if _plain(told) != _plain(document):
        raise NotDefined("a part that no context defines")


def _plain(value: Any) -> Any:
    """The same whether a list of one stands as a list or alone, in whatever order lists are."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        plain = [_plain(one) for one in value]
        if len(plain) == 1:
            return plain[0]
        return sorted(plain, key=lambda one: json.dumps(one, sort_keys=True))
    return value
