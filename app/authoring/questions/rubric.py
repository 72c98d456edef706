"""The criteria of a rubric: what each of its points is given for."""

from __future__ import annotations

import re
from decimal import Decimal

from app.authoring.document import Criterion
from app.authoring.questions.written import Text

_POINTS = re.compile(
    r"(?:up to\s+|bis zu\s+)?(\d{1,3}(?:[.,]\d{1,2})?)"
    r"(?:\s*(?:points?|marks?|punkte?)\b)?\s*:?\s+(\S.*)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^ {0,3}[-*+]\s+", re.MULTILINE)


def read_criteria(rubric: Text | None) -> tuple[Criterion, ...]:
    """The criteria of a rubric such as `2 cause; 2 effect; 1 owner named`, or of a list of them.

    Returns:
        Nothing where some part of it does not begin with its points: then it is read as a whole.
    """
    if rubric is None:
        return ()
    found = [_POINTS.fullmatch(part) for part in _parts(rubric.markdown)]
    if not all(found):
        return ()
    return tuple(
        Criterion(one[2].rstrip(".").strip(), Decimal(one[1].replace(",", ".")))
        for one in found
        if one is not None
    )


def _parts(markdown: str) -> list[str]:
    parts = _ITEM.split(markdown)[1:] if _ITEM.match(markdown) else markdown.split(";")
    return [" ".join(part.split()) for part in parts if part.strip()]
