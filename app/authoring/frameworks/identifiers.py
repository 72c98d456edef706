"""Under which identifiers other systems know frameworks and their elements: the same every time."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from app.authoring.frameworks.values import Element, ElementGroup, Framework


def of_framework(framework: Framework) -> str:
    return framework.identifier or made(framework.code)


def of_group(framework: Framework, group: ElementGroup) -> str:
    return group.identifier or made(framework.code, "group", group.code)


def of_element(framework: Framework, element: Element) -> str:
    return element.identifier or made(framework.code, "element", element.code)


def made(*parts: str) -> str:
    """The identifier of something that has none of its own."""
    return str(uuid5(NAMESPACE_URL, "cadre:" + "/".join(parts)))
