"""Fonts for any name: which of those that came with Cadre a text needs.

A PDF that is to be read in thirty years holds its fonts, so none of this machine's is ever used. A
sign that no font holds is refused with a sentence, instead of a box on the paper.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.core.errors import Refusal
from app.core.i18n import gettext as _

_NOTO = Path(__file__).parent / "fonts" / "noto-sans-5.3.0"
_SMALL = (
    "latin",
    "latin-ext",
    "vietnamese",
    "greek",
    "greek-ext",
    "cyrillic",
    "cyrillic-ext",
    "arabic",
    "hebrew",
    "devanagari",
    "bengali",
    "tamil",
    "thai",
    "georgian",
    "armenian",
)
_CHINESE = ("chinese-simplified", "chinese-traditional")
_LEFT_OUT = ("Cc", "Cf", "Zs")
"""Spaces and marks that steer writing: nothing is drawn for them."""


class NotCovered(Refusal):
    """A text has signs that no font holds."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """What a design needs to write some texts: files by name, and the CSS that names them."""

    files: dict[str, tuple[str, bytes]]
    faces: str
    families: str
    """To stand at the end of a `font-family`."""


def fonts_for(*texts: str) -> Fonts:
    """The fonts that hold every sign of `texts`.

    Raises:
        NotCovered: no font holds some of them; they are named.
    """
    names = _names(unicodedata.normalize("NFC", "".join(texts)))
    faces = "".join(
        f'@font-face {{ font-family: "Noto {name}"; src: url("asset:noto-{name}"); }}'
        for name in names
    )
    return Fonts(
        {f"noto-{name}": ("font/woff2", _path(name).read_bytes()) for name in names},
        faces,
        ", ".join(f'"Noto {name}"' for name in names),
    )


def _names(text: str) -> list[str]:
    """As few files as will do, the plain ones first."""
    left = {sign for sign in text if unicodedata.category(sign) not in _LEFT_OUT}
    left |= {"A", " "}  # the plain letters always have a font to fall back to
    chosen = []
    for name in (*_SMALL, *_eastern(text)):
        if held := left & _signs(name):
            chosen.append(name)
            left -= held
    left -= {" "}
    if left:
        signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in sorted(left)[:5])
        raise NotCovered(
            _("No font of Cadre's holds these signs: %(signs)s. Write them otherwise.", signs=signs)
        )
    return chosen


def _eastern(text: str) -> tuple[str, ...]:
    """One Chinese character looks different in three countries: the others tell which is meant."""
    if any("\u3040" <= sign <= "\u30ff" for sign in text):
        return ("japanese", *_CHINESE, "korean")
    if any("\uac00" <= sign <= "\ud7a3" for sign in text):
        return ("korean", "japanese", *_CHINESE)
    han = {sign for sign in text if "\u3400" <= sign <= "\u9fff"}
    if han - _signs("chinese-simplified"):
        return ("chinese-traditional", "japanese", "chinese-simplified", "korean")
    return (*_CHINESE, "japanese", "korean")


@lru_cache(maxsize=32)
def _signs(name: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont  # slow to import, and only drawing needs it

    with TTFont(_path(name), lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def _path(name: str) -> Path:
    return _NOTO / f"{name}.woff2"
