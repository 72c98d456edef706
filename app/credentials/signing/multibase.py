"""Keys and signatures as text: multibase (base58btc, base64url) and the multicodec of Ed25519."""

from __future__ import annotations

import base64

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"


class NotMultibase(ValueError):
    """The text is none of the encodings that are used here."""


def base58(data: bytes) -> str:
    """`data` in base58btc, with the `z` that says so."""
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + text


def from_base58(text: str) -> bytes:
    """What `base58` wrote; at most a few hundred characters are read."""
    if not text.startswith("z") or len(text) > 200 or not set(text[1:]) <= set(_ALPHABET):
        raise NotMultibase(text[:20])
    number = 0
    for symbol in text[1:]:
        number = number * 58 + _ALPHABET.index(symbol)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def public_key(raw: bytes) -> str:
    """An Ed25519 public key (32 bytes) as a Multikey."""
    return base58(_ED25519 + raw)


def base64url(data: bytes) -> str:
    """`data` in base64url without padding, with the `u` that says so."""
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")
