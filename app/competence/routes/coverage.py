"""How many people the organisation has at each level, on every day of a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.accounts import queries as accounts
from app.competence import queries
from app.competence.forms import WhenForm
from app.competence.models import Competency
from app.competence.routes import bp
from app.core import clock
from app.core.policy import Role
from app.core.values import Period
from app.web.access import requires

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Row:
    """An element, and how many people reach at least each level, from the first on."""

    element: Competency
    reached: tuple[int, ...]


@bp.get("/competencies/coverage")
@requires(Role.PMO)
def coverage() -> ResponseReturnValue:
    """Where the organisation is thin."""
    today = clock.today()
    asked = "first" in request.args or "last" in request.args
    when = WhenForm(request.args if asked else MultiDict())
    valid = when.validate() if asked else True
    period = when.period(today) if valid else Period(today, today)
    active = {person.id for person in accounts.people()}
    levels = {one: of for one, of in queries.levels_throughout(period).items() if one in active}
    page = render_template(
        "competence/coverage.html",
        when=when,
        period=period,
        asked=asked and valid,
        people=len(active),
        rows=[_row(one, levels) for one in queries.competencies()],
    )
    return page, 200 if valid else 422


def _row(element: Competency, levels: Mapping[int, Mapping[str, int]]) -> Row:
    counts = Counter(of.get(element.code, 0) for of in levels.values())
    at_least = (
        sum(count for level, count in counts.items() if level >= wanted)
        for wanted in range(1, HIGHEST + 1)
    )
    return Row(element, tuple(at_least))
