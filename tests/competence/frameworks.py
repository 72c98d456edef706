"""A small framework and catalogue, compiled and published as an operator's files are."""

from __future__ import annotations

from app.authoring.frameworks import Frameworks, compile_framework
from app.competence import services
from app.core.policy import SYSTEM

FRAMEWORK = """framework: small
version: "{version}"
title: Small
language: en
levels: {{1: Aware, 2: Practised, 3: Competent, 4: Proficient, 5: Expert}}
groups:
  - code: method
    title: Method
    elements:
"""
ELEMENT = """      - code: {code}
        title: {title}
        description: {title}, seen from outside.
        levels: {{1: Names it., 2: Does it with help., 3: Does it., 4: Leads it., 5: Shapes it.}}
"""
CERTIFICATIONS = """certifications:
  - {code: prince2-practitioner, title: PRINCE2 Practitioner, issuer: Some, valid_for: 3 years}
  - {code: for-good, title: For Good, issuer: Somebody}
"""
ELEMENTS = {"risk-management": "Risk management", "planning": "Planning"}


def compiled(elements: dict[str, str] = ELEMENTS, version: str = "1") -> Frameworks:
    """The files compiled; each element is a code and a title."""
    text = FRAMEWORK.format(version=version)
    text += "".join(ELEMENT.format(code=code, title=title) for code, title in elements.items())
    found = compile_framework(
        {"small.yml": text.encode(), "certifications.yml": CERTIFICATIONS.encode()}
    )
    assert found.diagnostics == ()
    return found


def publish(elements: dict[str, str] = ELEMENTS, version: str = "1") -> tuple[bool, bool]:
    """Publish them; whether framework and catalogue changed."""
    found = compiled(elements, version)
    changed = services.publish_framework(found.frameworks[0], by=SYSTEM)
    return changed, services.publish_certifications(found.certifications, by=SYSTEM)


OTHER = """framework: other
version: "1"
title: Other
language: en
policy: {policy}
four_eyes: {four_eyes}
ceiling: 3
rubric:
  - {{code: real, title: Real work, points: 2, needed: 1}}
  - {{code: level, title: The level, points: 4, needed: 3}}
levels: {{1: Low, 2: Middle, 3: High, 4: Higher, 5: Highest}}
groups:
  - code: dangers
    title: Dangers
    elements:
"""


def publish_two(*, policy: str = "best", four_eyes: bool = False) -> None:
    """The small framework, and one with terms of its own: hazard, and threat as a part of it."""
    publish()
    text = OTHER.format(policy=policy, four_eyes=str(four_eyes).lower())
    text += ELEMENT.format(code="hazard", title="Hazard")
    text += ELEMENT.format(code="threat", title="Threat") + "        part_of: hazard\n"
    found = compile_framework({"other.yml": text.encode()})
    assert found.diagnostics == ()
    services.publish_framework(found.frameworks[0], by=SYSTEM)
