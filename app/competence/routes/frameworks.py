"""Frameworks and role profiles as people read them, and the download for other systems."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import render_template
from flask.typing import ResponseReturnValue

from app.authoring.frameworks import Framework, Link
from app.authoring.frameworks.case_writing import to_case
from app.authoring.frameworks.identifiers import of_element
from app.competence import queries
from app.competence.routes import bp
from app.core import clock
from app.learning.routes.terms import in_words
from app.web.access import current_actor, signed_in
from app.web.forms import given
from app.web.pages import attachment


@bp.get("/competencies/frameworks")
@signed_in
def framework_list() -> ResponseReturnValue:
    """Every framework, and what roles ask for."""
    found = [(row, queries.framework(row.code)) for row in queries.frameworks()]
    return render_template(
        "competence/frameworks.html", frameworks=found, profiles=queries.profiles()
    )


@bp.get("/competencies/frameworks/<code>")
@signed_in
def framework(code: str) -> ResponseReturnValue:
    """A framework: its elements, how evidence counts, its versions and crosswalks."""
    found = queries.framework(code)
    links = queries.links_of(found.codes)
    return render_template(
        "competence/framework.html",
        framework=found,
        half_life=in_words(found.half_life) if found.half_life else None,
        parts=_parts(found),
        links=links,
        titles=queries.competency_titles(),
        versions=queries.versions(code),
    )


def _parts(framework: Framework) -> dict[str, list[str]]:
    """Codes of the parts of each element that has some."""
    found: dict[str, list[str]] = {}
    for one in framework.elements:
        if one.part_of:
            found.setdefault(one.part_of, []).append(one.code)
    return found


@bp.get("/competencies/frameworks/<code>/case")
@signed_in
def framework_case(code: str) -> ResponseReturnValue:
    """The framework as a CASE 1.1 package."""
    found = queries.framework(code)
    links = [
        Link(
            one.source_code,
            one.target_code,
            one.relation,
            tuple(sorted((int(own), meant) for own, meant in one.levels.items())),
        )
        for one in queries.links_of(found.codes)
    ]
    published = queries.versions(code)[0].published_at
    package = to_case(
        found, published.isoformat(timespec="seconds"), links, _identifiers(found, links)
    )
    data = json.dumps(package, ensure_ascii=False, indent=1).encode()
    return attachment(data, "application/json", f"{code}.case.json")


def _identifiers(framework: Framework, links: Iterable[Link]) -> dict[str, str]:
    """Of the elements of other frameworks that the links lead to."""
    if not links:
        return {}
    others = [queries.framework(row.code) for row in queries.frameworks()]
    return {
        one.code: of_element(each, one)
        for each in others
        if each.code != framework.code
        for one in each.elements
    }


@bp.get("/competencies/profiles/<code>")
@signed_in
def role_profile(code: str) -> ResponseReturnValue:
    """What a kind of role asks for, beside what one has."""
    found = queries.profile(code)
    own = given(current_actor().person_id)
    claims = queries.claims_on([own], clock.today()).get(own, {})
    return render_template(
        "competence/role_profile.html",
        profile=found,
        titles=queries.competency_titles([need.competency_code for need in found.needs]),
        levels={code: claim.level for code, claim in claims.items()},
    )
