"""Numbers, lengths of time and shares as authors write them."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

from app.authoring.grading import read_number
from app.core.values import Duration, Unit

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
_LARGEST = Decimal("1e30")


def parse_number(text: str, language: str) -> Decimal | None:
    """The number an author wrote, read as a learner's answer would be; None if it is none."""
    number = read_number(text, language)
    if number is None:
        return None
    with localcontext(prec=100):
        value = Decimal(number.numerator) / Decimal(number.denominator)
    if abs(value) > _LARGEST or (value and abs(value) < 1 / _LARGEST):
        return None
    return plain_decimal(value)


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
    with localcontext(prec=100):
        return Decimal(format(value.normalize(), "f"))


def print_decimal(value: Decimal) -> str:
    """A number that is read back as itself in every language.

    Three places after the point could be a group of thousands: a zero more rules that out.
    """
    text = format(value, "f")
    return f"{text}0" if re.fullmatch(r"-?[0-9]+\.[0-9]{3}", text) else text
