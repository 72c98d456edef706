"""A framework as a CASE 1.1 package: the JSON that learning systems exchange frameworks in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.authoring.frameworks.identifiers import made, of_element, of_framework, of_group
from app.authoring.frameworks.values import (
    Criterion,
    Element,
    ElementGroup,
    Framework,
    Link,
    Relation,
)

GROUP, ELEMENT = "Group", "Competency"
EXTENSION = "cadre"
"""The key under which what CASE has no word for is kept."""

_ASSOCIATIONS = {
    Relation.SAME: "exactMatchOf",
    Relation.NARROWER: "isPartOf",
    Relation.BROADER: "isPartOf",
}


def to_case(
    framework: Framework,
    changed_at: str,
    links: Iterable[Link] = (),
    elsewhere: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The package of a framework.

    Args:
        changed_at: when it was changed last, as RFC 3339.
        links: crosswalks that touch it.
        elsewhere: identifiers of the elements of other frameworks that `links` lead to.
    """
    return _Package(framework, changed_at).build(links, elsewhere or {})


class _Package:
    def __init__(self, framework: Framework, changed_at: str) -> None:
        self.framework = framework
        self.changed_at = changed_at
        self.document = of_framework(framework)
        self.ids = {one.code: of_element(framework, one) for one in framework.elements}
        self.titles = {one.code: one.title for one in framework.elements}

    def build(self, links: Iterable[Link], elsewhere: Mapping[str, str]) -> dict[str, Any]:
        associations = [*self._tree(), *self._crosswalks(links, elsewhere)]
        return {
            "CFDocument": self._document(),
            "CFItems": list(self._items()),
            "CFAssociations": associations,
            "CFRubrics": [self._levels(), *self._assessments()],
        }

    def _document(self) -> dict[str, Any]:
        one = self.framework
        package = {"title": one.title, **self._named(made(one.code, "package"))}
        return {
            **self._named(self.document),
            "caseVersion": "1.1",
            "creator": one.publisher or one.title,
            "title": one.title,
            "version": one.version,
            "language": one.language,
            "adoptionStatus": "Adopted",
            "CFPackageURI": package,
            "lastChangeDateTime": self.changed_at,
            "extensions": {EXTENSION: self._terms()},
        }

    def _terms(self) -> dict[str, Any]:
        one = self.framework
        half_life = f"{one.half_life.count} {one.half_life.unit}" if one.half_life else None
        return {
            "code": one.code,
            "publisher": one.publisher,
            "policy": one.policy.value,
            "half_life": half_life,
            "four_eyes": one.four_eyes,
            "ceiling": one.ceiling,
        }

    # --- Items ------------------------------------------------------------------------------

    def _items(self) -> Iterator[dict[str, Any]]:
        for group in self.framework.groups:
            yield self._item(of_group(self.framework, group), group, GROUP, group.title)
            for element in group.elements:
                yield self._item(self.ids[element.code], element, ELEMENT, element.description)

    def _item(
        self, identifier: str, one: Element | ElementGroup, kind: str, statement: str
    ) -> dict[str, Any]:
        return {
            **self._named(identifier),
            "fullStatement": statement,
            "abbreviatedStatement": one.title,
            "humanCodingScheme": one.code,
            "CFItemType": kind,
            "language": self.framework.language,
            "CFDocumentURI": self._link(self.document, self.framework.title),
            "lastChangeDateTime": self.changed_at,
        }

    # --- Associations -----------------------------------------------------------------------

    def _tree(self) -> Iterator[dict[str, Any]]:
        document = self._link(self.document, self.framework.title)
        for number, group in enumerate(self.framework.groups, start=1):
            own = self._link(of_group(self.framework, group), group.title)
            yield self._association("isChildOf", own, document, number)
            for place, element in enumerate(group.elements, start=1):
                whole = element.part_of
                above = self._element(whole) if whole else own
                yield self._association("isChildOf", self._element(element.code), above, place)

    def _crosswalks(
        self, links: Iterable[Link], elsewhere: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        known = {**elsewhere, **self.ids}
        for link in links:
            if link.source not in known or link.target not in known:
                continue
            ends = [self._link(known[c], self.titles.get(c, c)) for c in (link.source, link.target)]
            if link.relation is Relation.BROADER:
                ends.reverse()
            found = self._association(_ASSOCIATIONS[link.relation], ends[0], ends[1], None)
            levels = {str(own): meant for own, meant in link.levels}
            yield {**found, "extensions": {EXTENSION: {"levels": levels}}} if levels else found

    def _association(
        self, kind: str, origin: dict[str, str], destination: dict[str, str], place: int | None
    ) -> dict[str, Any]:
        identifier = made(self.document, kind, origin["identifier"], destination["identifier"])
        numbered = {} if place is None else {"sequenceNumber": place}
        return {
            **self._named(identifier),
            "associationType": kind,
            "originNodeURI": origin,
            "destinationNodeURI": destination,
            **numbered,
            "lastChangeDateTime": self.changed_at,
        }

    # --- Rubrics ----------------------------------------------------------------------------

    def _levels(self) -> dict[str, Any]:
        """What each level of each element looks like."""
        rubric = made(self.document, "levels")
        criteria = [
            self._criterion(rubric, number, one, self._descriptions(one))
            for number, one in enumerate(self.framework.elements, start=1)
        ]
        return self._rubric(rubric, self.framework.title, criteria)

    def _descriptions(self, element: Element) -> list[tuple[str, str, int]]:
        names = self.framework.levels
        return [
            (name, text, number)
            for number, (name, text) in enumerate(zip(names, element.levels, strict=True), start=1)
        ]

    def _criterion(
        self, rubric: str, number: int, one: Element, levels: list[tuple[str, str, int]]
    ) -> dict[str, Any]:
        identifier = made(rubric, one.code)
        return {
            **self._named(identifier),
            "category": one.title,
            "CFItemURI": self._element(one.code),
            "position": number,
            "rubricId": rubric,
            "CFRubricCriterionLevels": [
                self._level(identifier, name, text, score) for name, text, score in levels
            ],
            "lastChangeDateTime": self.changed_at,
        }

    def _assessments(self) -> Iterator[dict[str, Any]]:
        """By which pieces of work are assessed: of the framework, and of single elements."""
        if self.framework.rubric:
            yield self._assessment("", self.framework.rubric)
        for element in self.framework.elements:
            if element.rubric:
                yield self._assessment(element.code, element.rubric)

    def _assessment(self, code: str, rubric: tuple[Criterion, ...]) -> dict[str, Any]:
        identifier = made(self.document, "rubric", code)
        criteria = [
            self._asked(identifier, number, one) for number, one in enumerate(rubric, start=1)
        ]
        made_of = self._rubric(identifier, self.titles.get(code, self.framework.title), criteria)
        return {**made_of, "extensions": {EXTENSION: {"assesses": code}}}

    def _asked(self, rubric: str, number: int, one: Criterion) -> dict[str, Any]:
        identifier = made(rubric, one.code)
        said = {"code": one.code, "points": one.points, "needed": one.needed}
        return {
            **self._named(identifier),
            "category": one.title,
            "description": one.description,
            "weight": one.points,
            "position": number,
            "rubricId": rubric,
            "CFRubricCriterionLevels": [
                self._level(identifier, str(score), str(score), score)
                for score in range(one.points + 1)
            ],
            "lastChangeDateTime": self.changed_at,
            "extensions": {EXTENSION: said},
        }

    def _level(self, criterion: str, name: str, text: str, score: int) -> dict[str, Any]:
        return {
            **self._named(made(criterion, str(score))),
            "quality": name,
            "description": text,
            "score": score,
            "position": score,
            "rubricCriterionId": criterion,
            "lastChangeDateTime": self.changed_at,
        }

    def _rubric(self, identifier: str, title: str, criteria: list[Any]) -> dict[str, Any]:
        return {
            **self._named(identifier),
            "title": title,
            "CFRubricCriteria": criteria,
            "lastChangeDateTime": self.changed_at,
        }

    # --- Names ------------------------------------------------------------------------------

    def _element(self, code: str) -> dict[str, str]:
        return self._link(self.ids[code], self.titles[code])

    def _link(self, identifier: str, title: str) -> dict[str, str]:
        return {"title": title, **self._named(identifier)}

    @staticmethod
    def _named(identifier: str) -> dict[str, str]:
        return {"identifier": identifier, "uri": f"urn:uuid:{identifier}"}
