"""What a folder of frameworks holds, once compiled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter

from app.authoring.diagnostics import Diagnostic
from app.core.values import Duration


class Policy(StrEnum):
    """Which evidence counts on a day: the highest level in force, or what was shown last."""

    BEST = "best"
    LATEST = "latest"


class Relation(StrEnum):
    """What an element is to one of another framework. A broader one answers for a narrower."""

    SAME = "same"
    BROADER = "broader"
    NARROWER = "narrower"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric: up to `points`, of which `needed` have to be there."""

    code: str
    title: str
    description: str
    points: int
    needed: int


@dataclass(frozen=True, slots=True)
class Element:
    """A competency.

    Attributes:
        levels: what level 1 and those above look like, in that order.
        part_of: the element of the same framework that this one is a part of.
        rubric: by which a piece of work is assessed; empty takes that of the framework.
        identifier: under which other systems know it; None makes one from the codes.
    """

    code: str
    title: str
    description: str
    levels: tuple[str, ...]
    part_of: str | None = None
    rubric: tuple[Criterion, ...] = ()
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class ElementGroup:
    code: str
    title: str
    elements: tuple[Element, ...]
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A published set of competencies, and how evidence of them counts.

    Attributes:
        levels: the names of level 1 and those above, in that order.
        half_life: after it half of a level is left; None keeps a level whole.
        four_eyes: whether two people assess a piece of work.
        ceiling: the highest level that an exam or a word alone shows; None sets no limit.
    """

    code: str
    version: str
    title: str
    language: str
    levels: tuple[str, ...]
    groups: tuple[ElementGroup, ...]
    policy: Policy = Policy.BEST
    half_life: Duration | None = None
    four_eyes: bool = False
    ceiling: int | None = None
    rubric: tuple[Criterion, ...] = ()
    publisher: str = ""
    identifier: str | None = None

    @property
    def elements(self) -> tuple[Element, ...]:
        """Its competencies, in their order."""
        return tuple(element for group in self.groups for element in group.elements)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its competencies."""
        return frozenset(element.code for element in self.elements)


@dataclass(frozen=True, slots=True)
class Link:
    """Says that `source` is `relation` of `target`; both are codes of competencies.

    Attributes:
        levels: which level of the target each level of the source is; empty where the two scales
            are alike.
    """

    source: str
    target: str
    relation: Relation
    levels: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """What a role asks for: competencies by code, each with its level."""

    code: str
    title: str
    description: str
    needs: tuple[tuple[str, int], ...]


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
    """What a folder of frameworks holds.

    `crosswalks` and `profiles` are None where no file says anything of them, or one has an error:
    then what was published before stays.
    """

    frameworks: tuple[Framework, ...]
    certifications: tuple[Certification, ...]
    diagnostics: tuple[Diagnostic, ...]
    crosswalks: tuple[Link, ...] | None = None
    profiles: tuple[RoleProfile, ...] | None = None

    @property
    def competency_codes(self) -> frozenset[str]:
        return frozenset(code for framework in self.frameworks for code in framework.codes)

    @property
    def certification_codes(self) -> frozenset[str]:
        return frozenset(certification.code for certification in self.certifications)

    @property
    def ceilings(self) -> dict[str, int]:
        """The highest level that an exam shows, for each competency that has such a limit."""
        return {
            code: framework.ceiling
            for framework in self.frameworks
            if framework.ceiling is not None
            for code in framework.codes
        }


_FRAMEWORK = TypeAdapter(Framework)


def dump_framework(framework: Framework) -> str:
    """The framework as JSON; equal frameworks give equal text."""
    return _FRAMEWORK.dump_json(framework).decode()


def load_framework(text: str) -> Framework:
    """The framework of a JSON text that `dump_framework` wrote."""
    return _FRAMEWORK.validate_json(text)
