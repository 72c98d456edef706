"""What may stand in the files of a folder of frameworks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.authoring.frameworks.values import Policy, Relation
from app.authoring.schema import Code_, CompetencyLevel, Language, Length, Matter, Text, Title

Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Levels = dict[Literal[1, 2, 3, 4, 5], Text]
_WORD = Field(strict=False)


class CriterionMatter(Matter):
    code: Code_
    title: Title
    description: Annotated[str, Field(max_length=2000)] = ""
    points: Annotated[int, Field(ge=1, le=100)]
    needed: Annotated[int, Field(ge=0, le=100)]


class ElementMatter(Matter):
    code: Code_
    title: Title
    description: Text
    levels: Levels
    part_of: Code_ | None = None
    rubric: list[CriterionMatter] = []
    identifier: Identifier | None = None


class GroupMatter(Matter):
    code: Code_
    title: Title
    elements: Annotated[list[ElementMatter], Field(min_length=1)]
    identifier: Identifier | None = None


class FrameworkMatter(Matter):
    framework: Code_
    version: Annotated[str, Field(min_length=1, max_length=40)]
    title: Title
    language: Language = "en"
    publisher: Annotated[str, Field(max_length=200)] = ""
    identifier: Identifier | None = None
    policy: Annotated[Policy, _WORD] = Policy.BEST
    half_life: Length | None = None
    four_eyes: bool = False
    ceiling: CompetencyLevel | None = None
    rubric: list[CriterionMatter] = []
    levels: dict[Literal[1, 2, 3, 4, 5], Title]
    groups: Annotated[list[GroupMatter], Field(min_length=1)]


class PairMatter(Matter):
    source: Annotated[Code_, Field(alias="from")]
    target: Annotated[Code_, Field(alias="to")]
    relation: Annotated[Relation, _WORD]
    levels: dict[Literal[1, 2, 3, 4, 5], CompetencyLevel] = {}


class CrosswalksMatter(Matter):
    crosswalks: list[PairMatter]


class ProfileMatter(Matter):
    code: Code_
    title: Title
    description: Annotated[str, Field(max_length=2000)] = ""
    needs: Annotated[dict[Code_, CompetencyLevel], Field(min_length=1)]


class ProfilesMatter(Matter):
    profiles: list[ProfileMatter]


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
