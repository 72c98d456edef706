"""The staffing problem file, version 1: read strictly, every fault named with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)

from app.authoring.numbers import parse_duration
from app.staffing.rules.portfolio.faults import BadProblem, named_twice, told
from app.staffing.rules.portfolio.problem import Stage

Id = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Level = Annotated[int, Field(ge=0, le=5)]
HOURS_OF_A_WEEK = 7 * 24
MOST = 200_000
"""Of people, roles, claims and the like in one file."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class _Dated(_Part):
    first: date = Field(alias="from")
    last: date | None = Field(default=None, alias="to")


class Claim(_Dated):
    competency: Id
    level: Level


class HeldCertification(_Dated):
    code: Id
    renewable: bool = True


class Unavailable(_Part):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    percent: Amount


class Someone(_Part):
    id: Id
    capacity: Amount = 100.0
    rate: Amount | None = None
    study_hours: Annotated[Amount, Field(le=HOURS_OF_A_WEEK)] = 0.0
    max_parallel: Annotated[int, Field(ge=0, le=1000)] | None = None
    claims: tuple[Claim, ...] = ()
    certifications: tuple[HeldCertification, ...] = ()
    attributes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unavailable: tuple[Unavailable, ...] = ()


class WantedCompetency(_Part):
    competency: Id
    level: Level
    weight: Amount = 1.0


class WantedCertification(_Part):
    certification: Id
    weight: Amount = 1.0


class WantedAttribute(_Part):
    attribute: Id
    any: Annotated[tuple[str, ...], Field(min_length=1)]
    weight: Amount = 1.0


def _kind_of_demand(value: Any) -> str:
    """Which of the three a demand means to be, by its keys: faults are told of that one alone."""
    keys = value if isinstance(value, dict) else ()
    return next((name for name in ("certification", "attribute") if name in keys), "competency")


Demand = Annotated[
    Annotated[WantedCompetency, Tag("competency")]
    | Annotated[WantedCertification, Tag("certification")]
    | Annotated[WantedAttribute, Tag("attribute")],
    Discriminator(_kind_of_demand),
]


class OpenRole(_Part):
    id: Id
    project: Id
    start: date
    end: date
    allocation: Annotated[Amount, Field(gt=0)] = 100.0
    priority: Amount = 1.0
    rate_cap: Amount | None = None
    holds: Literal["throughout", "start", "renewal"] = "throughout"
    must: tuple[Demand, ...] = ()
    want: tuple[Demand, ...] = ()


class Fixed(_Part):
    person: Id
    role: Id
    start: date
    end: date
    allocation: Amount


class Award(_Part):
    competency: Id
    level: Annotated[int, Field(ge=1, le=5)]
    valid_for: str | None = None


class Course(_Part):
    id: Id
    hours: Amount
    fee: Amount = 0.0
    requires: tuple[Id, ...] = ()
    awards: tuple[Award, ...] = ()


class TeamCompetency(_Part):
    competency: Id
    level: Annotated[int, Field(ge=1, le=5)]


class TeamCertification(_Part):
    certification: Id


def _kind_of_team(value: Any) -> str:
    rule = value.get("rule") if isinstance(value, dict) else None
    return "pair" if rule in ("together", "apart") else "numbers"


def _kind_of_team_need(value: Any) -> str:
    return "certification" if isinstance(value, dict) and "certification" in value else "competency"


class TeamNumbers(_Part):
    """So many people, or such a share of the team, meet a demand."""

    project: Id
    rule: Literal["at-least", "share"]
    amount: Annotated[int, Field(ge=1, le=100)]
    need: Annotated[
        Annotated[TeamCompetency, Tag("competency")]
        | Annotated[TeamCertification, Tag("certification")],
        Discriminator(_kind_of_team_need),
    ]


class TeamPair(_Part):
    """Two people who belong together, or apart."""

    project: Id
    rule: Literal["together", "apart"]
    people: tuple[Id, Id]


AnyTeam = Annotated[
    Annotated[TeamNumbers, Tag("numbers")] | Annotated[TeamPair, Tag("pair")],
    Discriminator(_kind_of_team),
]


class Document(_Part):
    version: Annotated[int, Field(ge=1, le=1)]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    time_limit: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 30.0
    stages: Annotated[tuple[Literal["filled", "score", "cost"], ...], Field(min_length=1)] = (
        "filled",
        "score",
        "cost",
    )
    people: Annotated[tuple[Someone, ...], Field(max_length=MOST)]
    roles: Annotated[tuple[OpenRole, ...], Field(max_length=MOST)]
    budgets: dict[str, Amount] = Field(default_factory=dict)
    teams: Annotated[tuple[AnyTeam, ...], Field(max_length=1000)] = ()
    fixed: Annotated[tuple[Fixed, ...], Field(max_length=MOST)] = ()
    courses: Annotated[tuple[Course, ...], Field(max_length=MOST)] = ()
    values: dict[str, Amount] | None = None
    allocations: dict[str, Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]] = Field(
        default_factory=dict
    )

    @property
    def order(self) -> tuple[Stage, ...]:
        return tuple(Stage(stage) for stage in self.stages)


_DOCUMENT = TypeAdapter(Document)
_MODELS = (
    Someone,
    OpenRole,
    Claim,
    HeldCertification,
    Unavailable,
    Fixed,
    Award,
    Course,
    TeamNumbers,
    TeamPair,
    Document,
)
_DEMANDS = (WantedCompetency, WantedCertification, WantedAttribute)
_KEYS = sorted(
    {field.alias or name for model in _MODELS for name, field in model.model_fields.items()}
    | {field for model in _DEMANDS for field in model.model_fields}
)


def read(data: bytes) -> Document:
    """The problem of a file.

    Raises:
        BadProblem: it is not JSON, a value is wrong, or parts of it do not fit together.
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise BadProblem([("file", f"is not UTF-8: see byte {error.start}")]) from None
    try:
        document = _DOCUMENT.validate_json(data)
    except ValidationError as error:
        raise BadProblem(list(told(error, _KEYS))) from None
    if faults := named_twice(data):
        raise BadProblem(faults)
    if faults := list(_unfitting(document)):
        raise BadProblem(faults)
    return document


def pair_key(person: str, role: str) -> str:
    """How `values` and `allocations` name a pair."""
    return f"{person}/{role}"


# --- Faults ----------------------------------------------------------------------------------


def _unfitting(document: Document) -> Iterator[tuple[str, str]]:
    people = {one.id for one in document.people}
    roles = {one.id for one in document.roles}
    courses = {one.id for one in document.courses}
    yield from _twice("people", [one.id for one in document.people])
    yield from _twice("roles", [one.id for one in document.roles])
    yield from _twice("courses", [one.id for one in document.courses])
    yield from _backwards(document)
    for place, fixed in enumerate(document.fixed):
        if fixed.person not in people:
            yield f"fixed[{place}].person", f"there is no person “{fixed.person}”"
    for place, team in enumerate(document.teams):
        for one in team.people if isinstance(team, TeamPair) else ():
            if one not in people:
                yield f"teams[{place}].people", f"there is no person “{one}”"
        if isinstance(team, TeamPair) and team.people[0] == team.people[1]:
            yield f"teams[{place}].people", "names one person twice"
    for place, course in enumerate(document.courses):
        yield from _course_faults(f"courses[{place}]", course, courses)
    known = _Pairs(people, roles)
    for name, given in (("values", document.values or {}), ("allocations", document.allocations)):
        for key in given:
            if not known.has(key):
                yield f"{name}.{key}", "is not a person and a role as “person/role”"
    if len(set(document.stages)) < len(document.stages):
        yield "stages", "names a stage twice"


class _Pairs:
    """Whether a key is that of a pair, without listing them all."""

    def __init__(self, people: set[str], roles: set[str]) -> None:
        self.people, self.roles = people, roles

    def has(self, key: str) -> bool:
        cuts = [place for place, sign in enumerate(key) if sign == "/"]
        return any(key[:cut] in self.people and key[cut + 1 :] in self.roles for cut in cuts)


def _course_faults(place: str, course: Course, known: set[str]) -> Iterator[tuple[str, str]]:
    for required in course.requires:
        if required not in known:
            yield f"{place}.requires", f"there is no course “{required}”"
    for number, award in enumerate(course.awards):
        if award.valid_for is not None and parse_duration(award.valid_for) is None:
            yield f"{place}.awards[{number}].valid_for", "write it as “24 months” or “90 days”"


def _twice(name: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for id, count in Counter(ids).items():
        if count > 1:
            yield name, f"the id “{id}” stands {count} times"


def _backwards(document: Document) -> Iterator[tuple[str, str]]:
    stretches: list[tuple[str, date, date | None]] = [("to", document.first, document.last)]
    for number, role in enumerate(document.roles):
        stretches.append((f"roles[{number}].end", role.start, role.end))
    for number, fixed in enumerate(document.fixed):
        stretches.append((f"fixed[{number}].end", fixed.start, fixed.end))
    for number, person in enumerate(document.people):
        dated: dict[str, Sequence[_Dated | Unavailable]] = {
            "claims": person.claims,
            "certifications": person.certifications,
            "unavailable": person.unavailable,
        }
        stretches += [
            (f"people[{number}].{name}[{place}].to", one.first, one.last)
            for name, found in dated.items()
            for place, one in enumerate(found)
        ]
    for place, first, last in stretches:
        if last is not None and last < first:
            yield place, f"lies before {first.isoformat()}"
