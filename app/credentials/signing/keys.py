"""The keys that sign: made, replaced and kept by the operator, one file each in one folder.

A key is a pair for two formats. Ed25519 signs the credential; RSA signs the PDF, because every
reader of PDFs verifies it and it stays within PDF 1.7. Files are readable by their owner alone and
encrypted if there is a passphrase. A key that was replaced signs no more, and what it signed still
verifies: its public half stays in its file.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import NameOID

from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import lazy_gettext as _
from app.credentials.signing import multibase

_DEMO = "demo"
_YEARS = 30
"""How long the certificate of a key holds. Whether a certificate counts is asked of its status."""


class NoKey(Refusal):
    """Nothing can be signed: the operator has not made a key."""


class WrongPassphrase(Refusal):
    """The file of a key cannot be read with the passphrase that is set."""


@dataclass(frozen=True, slots=True)
class Key:
    """The public half of a key, and where the private one is."""

    id: str
    made_at: datetime
    retired_at: datetime | None
    demo: bool
    organisation: str
    public: str
    """Ed25519, as Multikey."""
    certificate: bytes
    """Of the RSA key: X.509, DER."""
    path: Path

    @property
    def ed25519(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(multibase.from_base58(self.public)[2:])


@dataclass(frozen=True, slots=True)
class Secrets:
    credential: Ed25519PrivateKey
    document: RSAPrivateKey


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys in a folder.

    Args:
        demo_allowed: make a demo key where there is none (never in production).
    """

    folder: Path
    passphrase: str | None
    organisation: str
    demo_allowed: bool

    def all(self) -> list[Key]:
        """Every key, the newest first; also those that sign no more."""
        return sorted(
            (_read(path, path.stat().st_mtime_ns) for path in self.folder.glob("*.json")),
            key=lambda key: (key.retired_at is None, not key.demo, key.made_at),
            reverse=True,
        )

    def key(self, key_id: str) -> Key | None:
        return next((key for key in self.all() if key.id == key_id), None)

    def current(self) -> Key:
        """The key that signs now.

        Raises:
            NoKey: there is none, and none may be made up.
        """
        for key in self.all():
            if key.retired_at is None:
                return key
        if not self.demo_allowed:
            raise NoKey(_("There is no key to sign with. Make one with: ./cadre keys create"))
        self._write(_DEMO, demo=True)
        return self.current()

    def is_empty(self) -> bool:
        """Whether nothing can be signed, because there is no key and none may be made up."""
        return not self.demo_allowed and all(key.retired_at is not None for key in self.all())

    def is_demo(self) -> bool:
        """Whether what is signed now proves nothing."""
        signing = [key for key in self.all() if key.retired_at is None]
        return signing[0].demo if signing else self.demo_allowed

    def create(self) -> Key:
        """Make a key. It signs from now on; a demo key before it is retired."""
        made = self._write(_new_id(clock.now()), demo=False)
        for key in self.all():
            if key.demo and key.retired_at is None:
                _retire(key)
        return made

    def rotate(self) -> Key:
        """Make a key in place of those that sign now; what they signed still verifies."""
        before = [key for key in self.all() if key.retired_at is None]
        made = self._write(_new_id(clock.now()), demo=False)
        for key in before:
            _retire(key)
        return made

    def secrets(self, key: Key) -> Secrets:
        """The private halves of a key."""
        return _secrets(key.path, key.path.stat().st_mtime_ns, self.passphrase)

    def _write(self, key_id: str, *, demo: bool) -> Key:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{key_id}.json"
        text = json.dumps(_fresh(key_id, self.organisation, self.passphrase, demo=demo), indent=2)
        waiting = self.folder / f".{key_id}-{secrets.token_hex(4)}"
        descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        try:
            os.link(waiting, path)  # two that make the demo key at once have the same one after
        except FileExistsError:
            pass
        finally:
            waiting.unlink()
        return _read(path, path.stat().st_mtime_ns)


def _new_id(now: datetime) -> str:
    return f"key-{now:%Y-%m-%d}-{secrets.token_hex(3)}"


def _fresh(
    key_id: str, organisation: str, passphrase: str | None, *, demo: bool
) -> Mapping[str, Any]:
    now = clock.now()
    credential = Ed25519PrivateKey.generate()
    document = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    certificate = _certificate(document, key_id, organisation, now, demo=demo)
    return {
        "id": key_id,
        "made_at": now.isoformat(),
        "retired_at": None,
        "demo": demo,
        "organisation": organisation,
        "public": multibase.public_key(credential.public_key().public_bytes_raw()),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "private": {
            "credential": _pem(credential, passphrase),
            "document": _pem(document, passphrase),
        },
    }


def _pem(key: Ed25519PrivateKey | RSAPrivateKey, passphrase: str | None) -> str:
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        protection = serialization.BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )
    return pem.decode()


def _certificate(
    key: RSAPrivateKey, key_id: str, organisation: str, now: datetime, *, demo: bool
) -> x509.Certificate:
    """The operator's word for the key: nobody stands above it."""
    common = f"{organisation} (demo key, proves nothing)" if demo else organisation
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, key_id[:64]),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _retire(key: Key) -> None:
    held = json.loads(key.path.read_text())
    held["retired_at"] = clock.now().isoformat()
    waiting = key.path.with_name(f".{key.id}-{secrets.token_hex(4)}")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(held, indent=2))
    waiting.replace(key.path)


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> Key:
    held = json.loads(path.read_text())
    retired = held["retired_at"]
    certificate = x509.load_pem_x509_certificate(held["certificate"].encode())
    return Key(
        id=held["id"],
        made_at=datetime.fromisoformat(held["made_at"]),
        retired_at=datetime.fromisoformat(retired) if retired else None,
        demo=held["demo"],
        organisation=held["organisation"],
        public=held["public"],
        certificate=certificate.public_bytes(serialization.Encoding.DER),
        path=path,
    )


@lru_cache(maxsize=8)
def _secrets(path: Path, _changed: int, passphrase: str | None) -> Secrets:
    held = json.loads(path.read_text())["private"]
    try:
        found = [
            serialization.load_pem_private_key(
                held[name].encode(), passphrase.encode() if passphrase else None
            )
            for name in ("credential", "document")
        ]
    except (TypeError, ValueError):
        raise WrongPassphrase(
            _("The key %(key)s does not open with CADRE_KEYS_PASSPHRASE.", key=path.stem)
        ) from None
    credential, document = found
    assert isinstance(credential, Ed25519PrivateKey)
    assert isinstance(document, RSAPrivateKey)
    return Secrets(credential, document)
