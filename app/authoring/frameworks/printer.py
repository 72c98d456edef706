"""A framework written as the file that compiles to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.authoring.frameworks.values import Criterion, Element, Framework, Link, Policy


def to_yaml(framework: Framework) -> str:
    """The text of the file."""
    return "\n".join(_lines(framework)) + "\n"


def crosswalk_lines(links: Iterable[Link]) -> list[str]:
    """Links as they stand in `crosswalks.yml`."""
    return [
        f"  - {{from: {one.source}, to: {one.target}, relation: {one.relation}"
        + (f", levels: {_map(dict(one.levels))}" if one.levels else "")
        + "}"
        for one in links
    ]


def _lines(framework: Framework) -> Iterator[str]:
    yield f"framework: {framework.code}"
    yield f"version: {_text(framework.version)}"
    yield f"title: {_text(framework.title)}"
    yield f"language: {framework.language}"
    if framework.publisher:
        yield f"publisher: {_text(framework.publisher)}"
    if framework.identifier:
        yield f"identifier: {_text(framework.identifier)}"
    yield from _terms(framework)
    yield from _rubric(framework.rubric, "")
    yield f"levels: {_numbered(framework.levels)}"
    yield "groups:"
    for group in framework.groups:
        yield f"  - code: {_text(group.code)}"
        yield f"    title: {_text(group.title)}"
        if group.identifier:
            yield f"    identifier: {_text(group.identifier)}"
        yield "    elements:"
        for element in group.elements:
            yield from _element(element)


def _terms(framework: Framework) -> Iterator[str]:
    if framework.policy is not Policy.BEST:
        yield f"policy: {framework.policy}"
    if framework.half_life:
        yield f"half_life: {framework.half_life.count} {framework.half_life.unit}"
    if framework.four_eyes:
        yield "four_eyes: true"
    if framework.ceiling:
        yield f"ceiling: {framework.ceiling}"


def _element(element: Element) -> Iterator[str]:
    yield f"      - code: {_text(element.code)}"
    yield f"        title: {_text(element.title)}"
    yield f"        description: {_text(element.description)}"
    if element.part_of:
        yield f"        part_of: {_text(element.part_of)}"
    if element.identifier:
        yield f"        identifier: {_text(element.identifier)}"
    yield from _rubric(element.rubric, "        ")
    yield "        levels:"
    for number, text in enumerate(element.levels, start=1):
        yield f"          {number}: {_text(text)}"


def _rubric(rubric: Iterable[Criterion], indent: str) -> Iterator[str]:
    criteria = list(rubric)
    if criteria:
        yield f"{indent}rubric:"
    for one in criteria:
        yield f"{indent}  - code: {_text(one.code)}"
        yield f"{indent}    title: {_text(one.title)}"
        if one.description:
            yield f"{indent}    description: {_text(one.description)}"
        yield f"{indent}    points: {one.points}"
        yield f"{indent}    needed: {one.needed}"


def _numbered(texts: Iterable[str]) -> str:
    return _map({number: _text(text) for number, text in enumerate(texts, start=1)})


def _map(values: Mapping[int, Any]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def _text(text: str) -> str:
    """A text in double quotes: what JSON escapes, YAML reads, but for pairs of surrogates."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
