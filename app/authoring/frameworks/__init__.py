"""Frameworks of competencies, crosswalks, role profiles and the catalogue of certifications:
YAML in, frozen values out."""

from app.authoring.frameworks.reading import compile_framework
from app.authoring.frameworks.values import (
    Certification,
    CertificationRenewal,
    Criterion,
    Element,
    ElementGroup,
    Framework,
    Frameworks,
    Link,
    Policy,
    Relation,
    RoleProfile,
    dump_framework,
    load_framework,
)

__all__ = [
    "Certification",
    "CertificationRenewal",
    "Criterion",
    "Element",
    "ElementGroup",
    "Framework",
    "Frameworks",
    "Link",
    "Policy",
    "Relation",
    "RoleProfile",
    "compile_framework",
    "dump_framework",
    "load_framework",
]
