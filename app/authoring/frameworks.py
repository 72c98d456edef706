"""Frameworks of competencies and the catalogue of certifications: YAML in, frozen values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter

from app.authoring import frontmatter
from app.authoring.diagnostics import Code, Diagnostic, Place, Report, has_errors
from app.authoring.schema import Code_, Language, Length, M, Matter, Text, Title, nearest, validate
from app.authoring.source import SourceFile, decode
from app.core.i18n import gettext as _
from app.core.values import Duration

LEVELS = (1, 2, 3, 4, 5)
MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Element:
    """A competency. `levels` says what levels 1 to 5 look like, in that order."""

    code: str
    title: str
    description: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementGroup:
    code: str
    title: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """`levels` are the names of levels 1 to 5, in that order."""

    code: str
    version: str
    title: str
    language: str
    levels: tuple[str, ...]
    groups: tuple[ElementGroup, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its competencies."""
        return frozenset(element.code for group in self.groups for element in group.elements)


@dataclass(frozen=True, slots=True)
class CertificationRenewal:
    """How a certification is kept in force; None where the usual applies.

    Attributes:
        suite: codes of certifications whose exam renews this one, too.
        points_a_year: points of continuing development for every year of validity.
    """

    renew_from: Duration | None = None
    grace: Duration | None = None
    counts_from: Literal["completion", "expiry", "fixed"] = "completion"
    same_exam: bool = True
    suite: tuple[str, ...] = ()
    points_a_year: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Certification:
    """A certification that others issue. Without `valid_for` it never lapses."""

    code: str
    title: str
    issuer: str
    valid_for: Duration | None
    description: str
    url: str | None
    renewal: CertificationRenewal = CertificationRenewal()


@dataclass(frozen=True, slots=True)
class Frameworks:
    """What a folder of frameworks holds."""

    frameworks: tuple[Framework, ...]
    certifications: tuple[Certification, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def competency_codes(self) -> frozenset[str]:
        return frozenset(code for framework in self.frameworks for code in framework.codes)

    @property
    def certification_codes(self) -> frozenset[str]:
        return frozenset(certification.code for certification in self.certifications)


_FRAMEWORK = TypeAdapter(Framework)


def dump_framework(framework: Framework) -> str:
    """The framework as JSON; equal frameworks give equal text."""
    return _FRAMEWORK.dump_json(framework).decode()


def load_framework(text: str) -> Framework:
    """The framework of a JSON text that `dump_framework` wrote."""
    return _FRAMEWORK.validate_json(text)


def compile_framework(files: Mapping[str, bytes]) -> Frameworks:
    """Compile the `.yml` files of a folder: `certifications.yml` is the catalogue, the others are
    frameworks. With an error in it, a file gives nothing."""
    report = Report()
    frameworks: list[Framework] = []
    certifications: tuple[Certification, ...] = ()
    for path in sorted(path for path in files if path.endswith((".yml", ".yaml"))):
        if path.rpartition("/")[2].startswith("certifications."):
            certifications = _read(path, files[path], _catalogue, report) or ()
        elif framework := _read(path, files[path], _framework, report):
            frameworks.append(framework)
    return Frameworks(tuple(frameworks), certifications, report.diagnostics)


# --- What stands in the files ----------------------------------------------------------------


class ElementMatter(Matter):
    code: Code_
    title: Title
    description: Text
    levels: dict[Literal[1, 2, 3, 4, 5], Text]


class GroupMatter(Matter):
    code: Code_
    title: Title
    elements: Annotated[list[ElementMatter], Field(min_length=1)]


class FrameworkMatter(Matter):
    framework: Code_
    version: Annotated[str, Field(min_length=1, max_length=40)]
    title: Title
    language: Language = "en"
    levels: dict[Literal[1, 2, 3, 4, 5], Title]
    groups: Annotated[list[GroupMatter], Field(min_length=1)]


class RenewalMatter(Matter):
    renew_from: Length | None = None
    grace: Length | None = None
    counts_from: Literal["completion", "expiry", "fixed"] = "completion"
    same_exam: bool = True
    suite: list[Code_] = []
    points_a_year: Annotated[int, Field(ge=1, le=1000)] | None = None


class CertificationMatter(Matter):
    code: Code_
    title: Title
    issuer: Title
    valid_for: Length | None = None
    description: Annotated[str, Field(max_length=2000)] = ""
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)] | None = None
    renewal: RenewalMatter = RenewalMatter()


class CatalogueMatter(Matter):
    certifications: list[CertificationMatter]


T = TypeVar("T")


class _Reading:
    """A file on its way from bytes to values."""

    def __init__(self, source: SourceFile, report: Report) -> None:
        self.source = source
        self.report = report
        self.located = frontmatter.read(source.text, source.path, 1, report, MAX_BYTES)

    def matter(self, model: type[M]) -> M | None:
        return validate(model, self.located, self.report) if self.located else None

    def refuse(self, code: Code, path: frontmatter.Path, message: str) -> None:
        assert self.located is not None
        self.report.add(code, self.located.value_at(path), message)

    def refuse_twins(self, codes: list[tuple[str, frontmatter.Path]]) -> None:
        seen: set[str] = set()
        for code, path in codes:
            if code in seen:
                message = _("The code “%(code)s” stands twice.", code=code)
                self.refuse(Code.DUPLICATE_ID, path, message)
            seen.add(code)

    def refuse_missing_levels(self, levels: set[Any], path: frontmatter.Path) -> None:
        if missing := [str(level) for level in LEVELS if level not in levels]:
            words = ", ".join(missing)
            message = _("These levels are missing: %(levels)s.", levels=words)
            self.refuse(Code.MISSING_KEY, path, message)


def _read(
    path: str, data: bytes, build: Callable[[_Reading], T | None], report: Report
) -> T | None:
    """What `build` makes of a file; None, and reported, where it has an error."""
    own = Report()
    try:
        built = build(_Reading(SourceFile(path, decode(data)), own))
    except UnicodeDecodeError:
        own.add(Code.NOT_UTF8, Place(path), _("The file is not UTF-8: save it as UTF-8."))
        built = None
    for found in own.diagnostics:
        report.add(found.code, found.place, found.message)
    return None if has_errors(own.diagnostics) else built


def _framework(reading: _Reading) -> Framework | None:
    matter = reading.matter(FrameworkMatter)
    if matter is None:
        return None
    codes: list[tuple[str, frontmatter.Path]] = []
    reading.refuse_missing_levels(set(matter.levels), ("levels",))
    for n, group in enumerate(matter.groups):
        for m, element in enumerate(group.elements):
            at = ("groups", n, "elements", m)
            codes.append((element.code, (*at, "code")))
            reading.refuse_missing_levels(set(element.levels), (*at, "levels"))
    reading.refuse_twins(codes)
    return Framework(
        code=matter.framework,
        version=matter.version,
        title=matter.title,
        language=matter.language,
        levels=tuple(text for _level, text in sorted(matter.levels.items())),
        groups=tuple(_group(group) for group in matter.groups),
    )


def _group(group: GroupMatter) -> ElementGroup:
    elements = tuple(
        Element(
            code=element.code,
            title=element.title,
            description=element.description,
            levels=tuple(text for _level, text in sorted(element.levels.items())),
        )
        for element in group.elements
    )
    return ElementGroup(group.code, group.title, elements)


def _catalogue(reading: _Reading) -> tuple[Certification, ...] | None:
    matter = reading.matter(CatalogueMatter)
    if matter is None:
        return None
    listed = matter.certifications
    reading.refuse_twins(
        [(one.code, ("certifications", n, "code")) for n, one in enumerate(listed)]
    )
    _refuse_strangers(reading, listed)
    return tuple(
        Certification(
            code=one.code,
            title=one.title,
            issuer=one.issuer,
            valid_for=one.valid_for,
            description=one.description,
            url=one.url,
            renewal=_renewal(one.renewal),
        )
        for one in listed
    )


def _refuse_strangers(reading: _Reading, listed: list[CertificationMatter]) -> None:
    """A suite names certifications of the same file, of which one lapses: else nothing renews."""
    known = {one.code for one in listed}
    for n, one in enumerate(listed):
        at: frontmatter.Path = ("certifications", n, "renewal")
        for m, code in enumerate(one.renewal.suite):
            if code not in known:
                message = _("There is no certification “%(code)s” in this file.", code=code)
                message += nearest(code, sorted(known))
                reading.refuse(Code.UNKNOWN_CERTIFICATION, (*at, "suite", m), message)
        if one.valid_for is None and "renewal" in one.model_fields_set:
            message = _("“%(code)s” never lapses: give “valid_for”, or no renewal.", code=one.code)
            reading.refuse(Code.BAD_VALUE, at, message)


def _renewal(matter: RenewalMatter) -> CertificationRenewal:
    points = matter.points_a_year
    return CertificationRenewal(
        renew_from=matter.renew_from,
        grace=matter.grace,
        counts_from=matter.counts_from,
        same_exam=matter.same_exam,
        suite=tuple(matter.suite),
        points_a_year=None if points is None else Decimal(points),
    )
