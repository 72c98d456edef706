"""From the files of a folder to its frameworks, crosswalks, profiles and certifications."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from app.authoring.diagnostics import Report
from app.authoring.frameworks.certifications import catalogue
from app.authoring.frameworks.elements import framework
from app.authoring.frameworks.relations import crosswalks, profiles
from app.authoring.frameworks.source import read
from app.authoring.frameworks.values import (
    Certification,
    Framework,
    Frameworks,
    Link,
    RoleProfile,
)

_OTHERS = ("certifications", "crosswalks", "profiles")


def compile_framework(files: Mapping[str, bytes]) -> Frameworks:
    """Compile the `.yml` files of a folder: `certifications.yml` is the catalogue, `crosswalks.yml`
    and `profiles.yml` speak of competencies, the others are frameworks. With an error in it, a
    file gives nothing."""
    report = Report()
    paths = sorted(path for path in files if path.endswith((".yml", ".yaml")))
    found = _frameworks({path: files[path] for path in paths if _kind(path) is None}, report)
    compiled = tuple(one for one in found if one is not None)
    # With an error in one framework nobody knows its codes: then nothing else is held against them.
    scales = None if None in found else _scales(compiled)
    certifications: tuple[Certification, ...] = ()
    links: tuple[Link, ...] | None = None
    roles: tuple[RoleProfile, ...] | None = None
    for path in paths:
        match _kind(path):
            case "certifications":
                certifications = read(path, files[path], catalogue, report) or ()
            case "crosswalks":
                links = read(path, files[path], partial(crosswalks, scales), report)
            case "profiles":
                roles = read(path, files[path], partial(profiles, scales), report)
    if scales is None:
        links = roles = None
    return Frameworks(compiled, certifications, report.diagnostics, links, roles)


def _kind(path: str) -> str | None:
    """What a file is by its name; None for a framework."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem if stem in _OTHERS else None


def _frameworks(files: Mapping[str, bytes], report: Report) -> list[Framework | None]:
    seen: set[str] = set()
    names: set[str] = set()
    build = partial(framework, seen, names)
    return [read(path, data, build, report) for path, data in files.items()]


def _scales(compiled: tuple[Framework, ...]) -> dict[str, tuple[str, int]]:
    """For each competency the framework it is of, and how many levels that has."""
    return {code: (one.code, len(one.levels)) for one in compiled for code in one.codes}
