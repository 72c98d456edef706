"""What is wrong with a problem file, told with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

_TAGS = {"must", "want", "teams", "need"}
"""Keys below which several kinds may stand: there the kind is a step of no place in the file."""


class BadProblem(ValueError):
    """The file is not a problem; `faults` are places with what is wrong there."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {fault}" for place, fault in faults))
        self.faults = faults


def told(error: ValidationError, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Places with what is wrong there, one line for each; `keys` are those that a file can have."""
    seen = set()
    for fault in error.errors(include_url=False, include_input=False):
        place = _place(fault["loc"])
        if place not in seen:
            seen.add(place)
            yield place, _sentence(fault, keys)


def _place(steps: Sequence[Any]) -> str:
    kept = (step for number, step in enumerate(steps) if not _is_kind(steps[:number]))
    return _written(kept) or "file"


def _is_kind(before: Sequence[Any]) -> bool:
    """Whether what comes after these steps is the kind that was chosen, and no key of the file."""
    above = before[-2:] if before and isinstance(before[-1], int) else before[-1:]
    return bool(above) and above[0] in _TAGS and (above[0] == "need" or len(above) == 2)


_SENTENCES = {
    "missing": "is missing",
    "too_short": "is empty: it needs at least one",
    "string_too_short": "is empty",
    "finite_number": "is not a finite number",
}


def _sentence(fault: Any, keys: Sequence[str]) -> str:
    if fault["type"] == "extra_forbidden":
        name = str(fault["loc"][-1])
        near = [one for one in get_close_matches(name, keys, 2) if one != name]
        return f"unknown key; did you mean “{near[0]}”?" if near else "unknown key"
    return _SENTENCES.get(fault["type"], str(fault["msg"]))


class _Repeated(dict[str, Any]):
    """An object of the file that has a key more than once."""

    twice: str = ""


def named_twice(data: bytes) -> list[tuple[str, str]]:
    """Keys that stand more than once in an object: of two values nobody knows which is meant."""
    found = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        read = dict(pairs)
        if len(read) == len(pairs):
            return read
        found = True
        repeated = _Repeated(read)
        repeated.twice = next(
            key for key, count in Counter(k for k, _ in pairs).items() if count > 1
        )
        return repeated

    whole = json.loads(data, object_pairs_hook=once)
    return list(_repeated(whole, ())) if found else []


def _repeated(value: Any, steps: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Repeated):
        yield _written((*steps, value.twice)), "stands more than once"
    inner = (
        enumerate(value)
        if isinstance(value, list)
        else value.items()
        if isinstance(value, dict)
        else ()
    )
    for key, one in inner:
        yield from _repeated(one, (*steps, key))


def _written(steps: Iterable[Any]) -> str:
    """A place, such as `roles[0].end`."""
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    return text.removeprefix(".")
