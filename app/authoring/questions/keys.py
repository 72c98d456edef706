"""What makes an answer right: numbers with their tolerance, variants of a text, blanks."""

from __future__ import annotations

import re
from decimal import Decimal

import regex

from app.authoring.document import NumberKey, TextKey
from app.authoring.numbers import parse_number
from app.authoring.questions.written import DropDown, Number, Typed
from app.core.i18n import gettext as _

MAX_EXPRESSION = 500
_TOLERANCE = re.compile(r"(?:\+-|\+/-|±)")


class BadNumber(ValueError):
    """It looks like a number's key and cannot be one."""


class BadExpression(ValueError):
    """The regular expression is none."""


def parse_key(text: str, language: str) -> Number | Typed:
    """What follows `= `: a number if it is written like one, else the variants of a text.

    Raises:
        BadNumber, BadExpression: with a sentence for the author.
    """
    number = parse_number_key(text, language)
    return Number(number) if number is not None else Typed(parse_text_key(text))


def parse_number_key(text: str, language: str) -> NumberKey | None:
    """`n`, `n +- t`, `n +- p%` or `[min, max]`; None if it is none of these."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return _range(text[1:-1], language)
    parts = _TOLERANCE.split(text)
    value = parse_number(parts[0], language)
    if value is None or len(parts) > 2:
        return None
    if len(parts) == 1:
        return NumberKey(value=value)
    return _tolerance(value, parts[1].strip(), language)


def _tolerance(value: Decimal, text: str, language: str) -> NumberKey:
    percent = text.endswith("%")
    tolerance = parse_number(text.removesuffix("%"), language)
    if tolerance is None or tolerance < 0:
        raise BadNumber(_("After +- stands a number of at least 0, or such a percentage."))
    if not percent:
        return NumberKey(value=value, tolerance=tolerance)
    if value == 0:
        raise BadNumber(_("A percentage of 0 is 0: give the tolerance as a number."))
    return NumberKey(value=value, percent=tolerance)


def _range(text: str, language: str) -> NumberKey | None:
    for separator in (";", ", ", ","):
        parts = text.split(separator)
        if len(parts) == 2:
            ends = [parse_number(part, language) for part in parts]
            if ends[0] is None or ends[1] is None:
                return None
            if ends[0] > ends[1]:
                raise BadNumber(_("The smaller end of a range stands first."))
            return NumberKey(minimum=ends[0], maximum=ends[1])
    return None


def parse_text_key(text: str) -> TextKey:
    """Variants between `|` (`\\|` is a stroke), one of which may be a `/regular expression/`."""
    variants: list[str] = []
    expression: str | None = None
    for part in _parts(text.strip()):
        if len(part) > 2 and part.startswith("/") and part.endswith("/"):
            if expression is not None:
                raise BadExpression(_("One regular expression is enough: join the two by “|”."))
            expression = _checked(part[1:-1])
        elif variant := part.replace("\\|", "|"):
            variants.append(variant)
    return TextKey(tuple(dict.fromkeys(variants)), expression)


def _parts(text: str) -> list[str]:
    """Split at strokes, but not inside `/…/` and not where the stroke is escaped."""
    whole = re.compile(r"\s*(/(?:\\.|[^/\\])+/(?=\s*(?:\||$))|(?:\\\||[^|])*)\s*(?:\||$)")
    parts: list[str] = []
    position = 0
    while position < len(text) and (match := whole.match(text, position)):
        parts.append(match[1].strip())
        if match.end() == position:
            break
        position = match.end()
    return parts


def _checked(expression: str) -> str:
    if len(expression) > MAX_EXPRESSION:
        raise BadExpression(
            _("A regular expression has at most %(count)s signs.", count=MAX_EXPRESSION)
        )
    try:
        regex.compile(expression, regex.IGNORECASE)  # as it will be matched
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise BadExpression(
            _("This regular expression cannot be read: %(problem)s.", problem=str(error))
        ) from None
    return expression


def parse_blank(text: str, language: str) -> Number | Typed | DropDown | None:
    """What stands between `[[` and `]]`; None if it holds no key.

    Raises:
        BadNumber, BadExpression: with a sentence for the author.
    """
    text = text.strip()
    if text.startswith("="):
        number = parse_number_key(text[1:], language)
        if number is None:
            raise BadNumber(_("After = stands a number, n +- t, n +- p% or [min, max]."))
        return Number(number)
    parts = [part.strip() for part in re.split(r"(?<!\\)\|", text)]
    right = [part[1:-1].strip() for part in parts if _in_parentheses(part)]
    if right and len(parts) > 1:
        return _drop_down(parts, right)
    key = parse_text_key(text)
    return Typed(key) if key.variants or key.expression else None


def _drop_down(parts: list[str], right: list[str]) -> DropDown | None:
    options = [part[1:-1].strip() if _in_parentheses(part) else part for part in parts]
    options = [option.replace("\\|", "|") for option in options]
    if len(right) != 1 or not all(options) or len(set(options)) < len(options):
        return None
    return DropDown(tuple(options), right[0].replace("\\|", "|"))


def _in_parentheses(part: str) -> bool:
    return len(part) > 2 and part.startswith("(") and part.endswith(")")
