"""Lists in pieces: `limit` and `cursor` of the address, `items` and `next` of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.core.i18n import gettext as _

MOST = 100
USUAL = 50
_LARGEST = 2**31 - 1

Row = TypeVar("Row")
View = TypeVar("View", bound=Callable[..., Any])


def listed(view: View) -> View:
    """Declare that a view answers in pieces."""
    cast(Any, view).listed = True
    return view


def asked() -> tuple[int, int]:
    """After which row to go on (0: from the beginning), and how many rows are wanted."""
    return _number("cursor", 0, 0, _LARGEST), _number("limit", USUAL, 1, MOST)


def _number(name: str, otherwise: int, least: int, most: int) -> int:
    given = request.args.get(name)
    if given is None:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) < 11):
        raise Invalid(_("Give a number as it was handed out."), field=name)
    if not least <= int(given) <= most:
        message = _("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
        raise Invalid(message, field=name)
    return int(given)


def piece(
    rows: Sequence[Row], limit: int, place: Callable[[Row], int], shown: Callable[[Row], Any]
) -> ResponseReturnValue:
    """Answer with `limit` of the rows; one more row than that says that there is a next piece."""
    here = rows[:limit]
    following = str(place(here[-1])) if len(rows) > limit else None
    return jsonify(items=[shown(row) for row in here], next=following)


def part_of(rows: Sequence[Row], shown: Callable[[Row], Any]) -> ResponseReturnValue:
    """Answer with a piece of a list that was worked out as a whole; the cursor counts rows."""
    after, limit = asked()
    numbered = list(enumerate(rows, 1))[after : after + limit + 1]
    return piece(numbered, limit, lambda pair: pair[0], lambda pair: shown(pair[1]))
