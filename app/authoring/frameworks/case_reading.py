"""A CASE 1.1 package read as a framework, with a list of what did not survive."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.authoring.frameworks.case_writing import EXTENSION
from app.authoring.frameworks.values import (
    Criterion,
    Element,
    ElementGroup,
    Framework,
    Link,
    Policy,
    Relation,
)
from app.authoring.numbers import parse_duration
from app.core.i18n import gettext as _
from app.core.i18n import ngettext

MAX_BYTES = 16 * 1024 * 1024
MAX_ITEMS = 5000
USUAL_LEVELS = ("Aware", "Practised", "Competent", "Proficient", "Expert")
_HIGHEST = 5


class Unreadable(ValueError):
    """The file is no CASE package, and why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A framework, links to others that are known, and what did not survive."""

    framework: Framework
    links: tuple[Link, ...]
    notes: tuple[str, ...]


def read_case(data: bytes, elsewhere: Mapping[str, str] | None = None) -> Imported:
    """The framework of a package.

    Args:
        elsewhere: codes of elements of other frameworks, by identifier, so that links to them
            become crosswalks.

    Raises:
        Unreadable: it is no CASE package, or there is too much in it.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(_("A package may have 16 MB."))
    try:
        whole = json.dumps(json.loads(data), ensure_ascii=False)
        # Half a surrogate is no character, and no file could keep it.
        package = _Package.model_validate_json(whole.encode(errors="replace"))
    except (ValueError, RecursionError) as fault:
        raise Unreadable(_problem(fault)) from fault
    if not package.items:
        raise Unreadable(_("There is no item in it."))
    if len(package.items) > MAX_ITEMS:
        raise Unreadable(_("A framework may have %(count)s items.", count=MAX_ITEMS))
    return _Reading(package, elsewhere or {}).read()


def _problem(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        return _("This is no CASE package: %(place)s: %(why)s", place=place, why=first["msg"])
    return _("This is no CASE package in JSON.")


# --- What stands in a package ----------------------------------------------------------------

_Text = Annotated[str, Field(max_length=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    identifier: Annotated[str, Field(max_length=200)] = ""
    extensions: dict[str, Any] = {}

    @property
    def own(self) -> dict[str, Any]:
        """What Cadre wrote beside it."""
        found = self.extensions.get(EXTENSION)
        return found if isinstance(found, dict) else {}


class _Document(_Part):
    title: _Text
    creator: _Text = ""
    version: _Text | None = None
    language: _Text | None = None


class _Item(_Part):
    statement: Annotated[_Text, Field(alias="fullStatement")]
    short: Annotated[_Text | None, Field(alias="abbreviatedStatement")] = None
    scheme: Annotated[_Text | None, Field(alias="humanCodingScheme")] = None


class _Association(_Part):
    kind: Annotated[_Text, Field(alias="associationType")]
    origin: Annotated[_Part, Field(alias="originNodeURI")]
    destination: Annotated[_Part, Field(alias="destinationNodeURI")]
    place: Annotated[int | None, Field(alias="sequenceNumber")] = None


class _Level(_Part):
    quality: _Text | None = None
    description: _Text | None = None
    score: float | None = None
    position: int | None = None


class _Criterion(_Part):
    category: _Text | None = None
    description: _Text | None = None
    item: Annotated[_Part | None, Field(alias="CFItemURI")] = None
    levels: Annotated[list[_Level], Field(alias="CFRubricCriterionLevels")] = []


class _Rubric(_Part):
    criteria: Annotated[list[_Criterion], Field(alias="CFRubricCriteria")] = []


class _Package(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    document: Annotated[_Document, Field(alias="CFDocument")]
    items: Annotated[list[_Item], Field(alias="CFItems")]
    associations: Annotated[list[_Association], Field(alias="CFAssociations")] = []
    rubrics: Annotated[list[_Rubric], Field(alias="CFRubrics")] = []


# --- Reading ---------------------------------------------------------------------------------


class _Reading:
    def __init__(self, package: _Package, elsewhere: Mapping[str, str]) -> None:
        self.package = package
        self.elsewhere = elsewhere
        self.items = {item.identifier: item for item in package.items}
        self.codes = _codes(package.items)
        self.children = self._children()
        self.notes: list[str] = []
        self.placed: set[str] = set()
        self.described = self._described()
        self.names = self._names()

    def read(self) -> Imported:
        document, own = self.package.document, self.package.document.own
        groups = tuple(self._groups())
        self._note_what_is_left()
        rubrics = self._assessments()
        framework = Framework(
            code=_slug(own.get("code") or document.title) or "imported",
            version=(document.version or "1")[:40],
            title=document.title.strip()[:300] or "–",
            language=(document.language or "en").split("-")[0].lower()[:8],
            levels=self.names,
            groups=tuple(_with_rubrics(group, rubrics) for group in groups),
            rubric=rubrics.get("", ()),
            publisher=str(own.get("publisher", document.creator))[:200],
            identifier=_uuid(document.identifier),
        )
        return Imported(_with_terms(framework, own), tuple(self._links()), tuple(self.notes))

    def _children(self) -> dict[str, list[str]]:
        """Items below each item or the document, in their order."""
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        placed: set[str] = set()
        for number, one in enumerate(self.package.associations):
            if one.kind != "isChildOf" or one.origin.identifier not in self.items:
                continue
            if one.origin.identifier in placed:
                continue  # a second parent: the tree keeps the first
            placed.add(one.origin.identifier)
            place = number if one.place is None else one.place
            found[one.destination.identifier].append((place, number, one.origin.identifier))
        for number, item in enumerate(self.package.items):
            if item.identifier not in placed:
                found[self.package.document.identifier].append((number, number, item.identifier))
        return {above: [key for *_place, key in sorted(rows)] for above, rows in found.items()}

    def _groups(self) -> Iterator[ElementGroup]:
        loose: list[Element] = []
        for key in self.children.get(self.package.document.identifier, []):
            self.placed.add(key)
            if below := tuple(self._below(key, None)):
                item = self.items[key]
                yield ElementGroup(self.codes[key], _title(item), below, _uuid(key))
            else:
                loose.append(self._element(key, None))
        if loose:
            title = self.package.document.title.strip()[:300] or "–"
            yield ElementGroup("general", title, tuple(loose))

    def _below(self, key: str, whole: str | None) -> Iterator[Element]:
        waiting = [(child, whole) for child in reversed(self.children.get(key, []))]
        while waiting:
            child, part_of = waiting.pop()
            if child in self.placed:
                continue
            self.placed.add(child)
            yield self._element(child, part_of)
            below = self.children.get(child, [])
            waiting.extend((one, self.codes[child]) for one in reversed(below))

    def _element(self, key: str, part_of: str | None) -> Element:
        item = self.items[key]
        return Element(
            code=self.codes[key],
            title=_title(item),
            description=item.statement.strip()[:2000] or _title(item),
            levels=self._levels(key),
            part_of=part_of,
            identifier=_uuid(key),
        )

    def _note_what_is_left(self) -> None:
        if left := len(self.items.keys() - self.placed):
            text = ngettext(
                "%(num)s item is in no tree under the document and was left out.",
                "%(num)s items are in no tree under the document and were left out.",
                left,
            )
            self.notes.append(text)

    # --- Levels -----------------------------------------------------------------------------

    def _described(self) -> dict[str, list[_Level]]:
        """The levels of each item, lowest first."""
        found: dict[str, list[_Level]] = {}
        for rubric in self.package.rubrics:
            for criterion in rubric.criteria:
                if criterion.item is not None and criterion.levels:
                    levels = sorted(criterion.levels, key=lambda one: one.score or 0)
                    found.setdefault(criterion.item.identifier, levels)
        return found

    def _names(self) -> tuple[str, ...]:
        """The names of the scale: of the item that tells most levels apart."""
        told = max(self.described.values(), key=len, default=[])[:_HIGHEST]
        if len(told) < 2:
            return USUAL_LEVELS
        return tuple(
            (level.quality or "").strip()[:300] or str(number)
            for number, level in enumerate(told, start=1)
        )

    def _levels(self, key: str) -> tuple[str, ...]:
        told = self.described.get(key, [])
        if len(told) > len(self.names):
            self.notes.append(
                _("%(code)s: levels above the fifth were left out.", code=self.codes[key])
            )
        texts = [(level.description or "").strip()[:2000] for level in told[: len(self.names)]]
        texts += [""] * (len(self.names) - len(texts))
        if not all(texts):
            self.notes.append(
                _(
                    "%(code)s: not every level is described; the name of the level stands there.",
                    code=self.codes[key],
                )
            )
        return tuple(text or name for text, name in zip(texts, self.names, strict=True))

    def _assessments(self) -> dict[str, tuple[Criterion, ...]]:
        """The rubrics that Cadre wrote, by element; of the whole framework under an empty code."""
        found = {}
        for rubric in self.package.rubrics:
            if "assesses" in rubric.own:
                found[str(rubric.own["assesses"])] = tuple(map(_criterion, rubric.criteria))
            elif rubric.criteria and not any(one.item for one in rubric.criteria):
                self.notes.append(_("A rubric that belongs to no item was left out."))
        return found

    # --- Links ------------------------------------------------------------------------------

    def _links(self) -> Iterator[Link]:
        known = {**self.elsewhere, **self.codes}
        strange = 0
        for one in self.package.associations:
            if one.kind == "isChildOf":
                continue
            source = known.get(one.origin.identifier)
            target = known.get(one.destination.identifier)
            relation = {"exactMatchOf": Relation.SAME, "isPartOf": Relation.NARROWER}.get(one.kind)
            if relation is None or source is None or target is None or source == target:
                strange += 1
                continue
            yield Link(source, target, relation, _pairs(one.own.get("levels")))
        if strange:
            text = ngettext(
                "%(num)s association has no place here and was left out.",
                "%(num)s associations have no place here and were left out.",
                strange,
            )
            self.notes.append(text)


def _codes(items: Iterable[_Item]) -> dict[str, str]:
    """A code for each item, by identifier: its own if it can be one, else made from its title."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for item in items:
        wanted = _slug(item.scheme) or _slug(_title(item)) or "element"
        code, number = wanted, 2
        while code in taken:
            code, number = f"{wanted[:60]}-{number}", number + 1
        taken.add(code)
        found[item.identifier] = code
    return found


def _slug(text: object) -> str:
    plain = unicodedata.normalize("NFKD", str(text or "")).encode("ascii", "ignore").decode()
    code = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:64].strip("-")
    return code if len(code) >= 2 else ""


def _title(item: _Item) -> str:
    return (item.short or item.statement).strip()[:300] or "–"


def _uuid(identifier: str) -> str | None:
    fits = re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", identifier)
    return identifier.lower() if fits else None


def _pairs(levels: object) -> tuple[tuple[int, int], ...]:
    try:
        return tuple(sorted(_LEVELS.validate_python(levels or {}).items()))
    except ValidationError:
        return ()


_Number = Annotated[int, Field(ge=1, le=_HIGHEST)]
_LEVELS = TypeAdapter(dict[_Number, _Number])


def _criterion(one: _Criterion) -> Criterion:
    own = one.own
    points = own.get("points") if isinstance(own.get("points"), int) else len(one.levels) - 1
    points = min(max(int(points or 1), 1), 100)
    needed = own.get("needed") if isinstance(own.get("needed"), int) else points
    title = (one.category or "").strip()[:300] or "–"
    code = _slug(own.get("code")) or _slug(title) or "criterion"
    described = (one.description or "").strip()[:2000]
    return Criterion(code, title, described, points, min(max(int(needed or 0), 0), points))


def _with_rubrics(
    group: ElementGroup, rubrics: Mapping[str, tuple[Criterion, ...]]
) -> ElementGroup:
    elements = tuple(
        replace(element, rubric=rubrics.get(element.code, ())) for element in group.elements
    )
    return replace(group, elements=elements)


def _with_terms(framework: Framework, own: Mapping[str, Any]) -> Framework:
    policy, half_life, ceiling = own.get("policy"), own.get("half_life"), own.get("ceiling")
    fits = isinstance(ceiling, int) and 1 <= ceiling <= len(framework.levels)
    return replace(
        framework,
        policy=Policy(policy) if policy in set(Policy) else Policy.BEST,
        half_life=parse_duration(half_life) if isinstance(half_life, str) else None,
        four_eyes=own.get("four_eyes") is True,
        ceiling=int(ceiling or 0) if fits else None,
    )
