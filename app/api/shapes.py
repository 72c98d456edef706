"""What calls take, declared once: read from the body here, told in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import request

from app.api.blueprint import body
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.values import Money

Json = dict[str, Any]
_AMOUNT = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a body. `read` raises ValueError with a sentence for the sender."""

    schema: Json
    read: Callable[[object], Any]
    required: bool = False


Shape = Mapping[str, Field]


def plain(schema: Json, *, required: bool = False) -> Field:
    """A property that the view itself reads; it is told here."""
    return Field(schema, lambda value: value, required)


def takes(shape: Shape) -> Callable[[View], View]:
    """Declare what a view reads from the body."""

    def declared(view: View) -> View:
        cast(Any, view).shape = shape
        return view

    return declared


def asks(**query: Json) -> Callable[[View], View]:
    """Declare what a view reads from the address."""

    def declared(view: View) -> View:
        cast(Any, view).query = query
        return view

    return declared


def sent(shape: Shape) -> Json:
    """What was sent, read as declared; a property that was left out is left out here too.

    Raises:
        Invalid: something is missing, unknown or no such value; its field is named.
    """
    return read(shape, body())


def read(shape: Shape, found: Json, within: str = "") -> Json:
    """Read an object by its shape; `within` is where it stands in the body."""
    for name in found:
        if name not in shape:
            raise Invalid(_("There is no such property here."), field=within + name)
    values = {}
    for name, field in shape.items():
        if name in found:
            values[name] = _value(field, found[name], within + name)
        elif field.required:
            raise Invalid(_("Give this too."), field=within + name)
    return values


def _value(field: Field, value: object, name: str) -> Any:
    try:
        return field.read(value)
    except ValueError as wrong:
        raise Invalid(str(wrong), field=name) from wrong


# --- Kinds of properties -------------------------------------------------------------------


def text(longest: int, *, shortest: int = 0, required: bool = False) -> Field:
    def taken(value: object) -> str:
        if not isinstance(value, str) or not shortest <= len(value.strip()) <= longest:
            raise ValueError(
                _(
                    "Give a text of %(shortest)s to %(longest)s characters.",
                    shortest=shortest,
                    longest=longest,
                )
            )
        return value.strip()

    schema: Json = {"type": "string", "minLength": shortest, "maxLength": longest}
    return Field(schema, taken, required)


def whole(least: int, most: int, *, required: bool = False) -> Field:
    def taken(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            message = _("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
            raise ValueError(message)
        return value

    return Field({"type": "integer", "minimum": least, "maximum": most}, taken, required)


def one_of(states: type[StrEnum], *, required: bool = False) -> Field:
    names = [str(one.value) for one in states]

    def taken(value: object) -> StrEnum:
        if value not in names:
            raise ValueError(_("Give one of: %(names)s.", names=", ".join(names)))
        return states(str(value))

    return Field({"type": "string", "enum": names}, taken, required)


def day(*, required: bool = False, open_end: bool = False) -> Field:
    """A date; null too where `open_end`."""

    def taken(value: object) -> date | None:
        if value is None and open_end:
            return None
        try:
            return as_day(value)
        except (TypeError, ValueError) as wrong:
            raise ValueError(_("Give a day such as 2027-01-31.")) from wrong

    kind: object = ["string", "null"] if open_end else "string"
    return Field({"type": kind, "format": "date"}, taken, required)


def as_day(value: object) -> date:
    """A day as dates are written here; anything else raises ValueError."""
    if not isinstance(value, str) or len(value) != len("2027-01-31"):
        raise ValueError
    return date.fromisoformat(value)


def money() -> Field:
    schema: Json = {
        "type": ["object", "null"],
        "properties": {
            "amount": {"type": "string", "pattern": f"^{_AMOUNT.pattern}$"},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    }
    return Field(schema, _money)


def _money(value: object) -> Money | None:
    if value is None:
        return None
    wrong = ValueError(_("Give money such as {“amount”: “12.50”, “currency”: “EUR”}."))
    if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
        raise wrong
    amount, currency = value["amount"], value["currency"]
    if not isinstance(amount, str) or not isinstance(currency, str):
        raise wrong
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise wrong
    if not _AMOUNT.fullmatch(amount):
        raise wrong
    return Money(int(Decimal(amount).scaleb(2)), currency)


def several(shape: Shape, most: int) -> Field:
    """A list of objects of one shape."""

    def taken(value: object) -> list[Json]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(_("Give a list of %(most)s at most.", most=most))
        if not all(isinstance(one, dict) for one in value):
            raise ValueError(_("Give a list of objects."))
        return [read(shape, one) for one in value]

    return Field({"type": "array", "maxItems": most, "items": schema_of(shape)}, taken)


def schema_of(shape: Shape) -> Json:
    """The JSON Schema of a shape."""
    return {
        "type": "object",
        "properties": {name: field.schema for name, field in shape.items()},
        "required": [name for name, field in shape.items() if field.required],
        "additionalProperties": False,
    }


def day_asked(name: str, otherwise: date) -> date:
    """A day from the address."""
    if (given := request.args.get(name)) is None:
        return otherwise
    try:
        return as_day(given)
    except ValueError as wrong:
        raise Invalid(_("Give a day such as 2027-01-31."), field=name) from wrong
