"""Badges: pictures that carry a credential, as Open Badges 3.0 puts it into PNG and SVG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml.ElementTree import fromstring

_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_SVG = "http://www.w3.org/2000/svg"
_BADGES = "https://purl.imsglobal.org/ob/v3p0"
_MOST_BYTES = 64 * 1024
_PICTURES = Path(__file__).parents[1] / "badge"
register_namespace("", _SVG)
register_namespace("openbadges", _BADGES)


class NotBaked(ValueError):
    """A picture without a credential, or none at all."""


def bake_png(picture: bytes, credential: str) -> bytes:
    """The PNG with the credential in an iTXt chunk, in place of any that was in it."""
    parts = [_PNG]
    for kind, data in _chunks(picture):
        if kind == b"IEND":
            parts.append(_chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + credential.encode()))
        if not (kind == b"iTXt" and data.startswith(_KEYWORD + b"\0")):
            parts.append(_chunk(kind, data))
    return b"".join(parts)


def bake_svg(picture: bytes, credential: str, title: str) -> bytes:
    """The SVG with the credential, and a title for those who hear it."""
    root = fromstring(picture)
    named = Element(f"{{{_SVG}}}title")
    named.text = title
    root.insert(0, named)
    held = SubElement(root, f"{{{_BADGES}}}credential")
    held.text = credential
    baked: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return baked


def unbake(data: bytes) -> str:
    """The credential in a PNG or SVG.

    Raises:
        NotBaked: there is none.
    """
    try:
        return _from_png(data) if data.startswith(_PNG) else _from_svg(data)
    except NotBaked:
        raise
    except Exception as error:  # whatever a hostile picture makes a parser raise
        raise NotBaked(type(error).__name__) from None


def _from_png(data: bytes) -> str:
    for kind, held in _chunks(data):
        if kind == b"iTXt" and held.startswith(_KEYWORD + b"\0"):
            packed, _method = held[len(_KEYWORD) + 1], held[len(_KEYWORD) + 2]
            _language, _translated, text = held[len(_KEYWORD) + 3 :].split(b"\0", 2)
            if packed:
                text = zlib.decompressobj().decompress(text, _MOST_BYTES)
            return text.decode()
    raise NotBaked("no credential in it")


def _from_svg(data: bytes) -> str:
    root = fromstring(data)
    held = root.find(f"{{{_BADGES}}}credential")
    if root.tag != f"{{{_SVG}}}svg" or held is None or not held.text:
        raise NotBaked("no credential in it")
    return str(held.text)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, held = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        yield kind, held
        place += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(name: str) -> bytes:
    """The badge before anything is baked into it."""
    return (_PICTURES / name).read_bytes()
