"""Numbers, lengths of time and shares as people write them."""

from __future__ import annotations

import re
from decimal import Decimal

from app.core.values import Duration, Unit

_COMMA = frozenset(
    "de fr es it nl pt pl cs sk da sv nb nn no fi ru uk tr hu ro bg hr sl el id".split()
)
"""Languages that write a comma before the decimals."""
_UNITS = {
    "s": Unit.SECONDS,
    "min": Unit.MINUTES,
    "h": Unit.HOURS,
    "day": Unit.DAYS,
    "days": Unit.DAYS,
    "month": Unit.MONTHS,
    "months": Unit.MONTHS,
    "year": Unit.YEARS,
    "years": Unit.YEARS,
}
_SPACES = re.compile("(?<=[0-9])[ '’\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def parse_number(text: str, language: str) -> Decimal | None:
    """The number a person of this language wrote, or None.

    A decimal point is understood in every language; a decimal comma and points between thousands
    where the language writes them so.
    """
    text = _SPACES.sub("", text.strip().replace("\u2212", "-").replace("\u2013", "-"))
    if len(text) > 60:
        return None
    if language.partition("-")[0] in _COMMA:
        text = _with_point(text)
    else:
        text = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def parse_key_number(text: str, language: str) -> Decimal | None:
    """The number an author wrote: as `parse_number`, but a point is always a decimal one."""
    text = text.strip()
    if len(text) <= 60 and _NUMBER.fullmatch(text):
        return Decimal(text)
    return parse_number(text, language)


def _with_point(text: str) -> str:
    if "," in text:
        return re.sub(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))", "", text).replace(",", ".", 1)
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+", text):
        return text.replace(".", "")
    return text


def parse_duration(text: str) -> Duration | None:
    """`45 s`, `60 min`, `24 h`, `90 days`, `24 months`, `3 years`; at least one of its unit."""
    match = re.fullmatch(r"([0-9]{1,6}) ?([a-z]+)", text.strip())
    if match is None or match[2] not in _UNITS or int(match[1]) < 1:
        return None
    return Duration(int(match[1]), _UNITS[match[2]])


def parse_share(text: str) -> Decimal | None:
    """`60%` as 0.6; None unless it is 0% to 100%."""
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%", text.strip())
    if match is None or Decimal(match[1]) > 100:
        return None
    return plain_decimal(Decimal(match[1]) / 100)


def plain_decimal(value: Decimal) -> Decimal:
    """The same number written in one way: without zeros at its end and without an exponent."""
    return Decimal(format(value.normalize(), "f"))
