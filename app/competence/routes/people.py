"""Everybody, with what they can do best and what lapses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.competence import queries
from app.competence.routes import bp
from app.competence.routes.profile import held
from app.competence.rules import SOON, Claim
from app.core import clock
from app.core.policy import Role
from app.web.access import requires

_PAGE = 50


@bp.get("/people")
@requires(Role.PMO, Role.MENTOR)
def people() -> ResponseReturnValue:
    """Everybody, with what they can do best and what lapses."""
    text = request.args.get("q", "")[:100]
    page = max(1, request.args.get("page", 1, type=int))
    found = accounts.people_page(text, None, page=page, size=_PAGE)
    last = -(-found.total // _PAGE)
    return render_template(
        "competence/people.html",
        rows=_people_rows(found.people, clock.today()),
        total=found.total,
        q=text,
        previous_url=url_for(".people", q=text or None, page=page - 1) if page > 1 else None,
        next_url=url_for(".people", q=text or None, page=page + 1) if page < last else None,
    )


def _people_rows(found: Sequence[Person], today: date) -> list[dict[str, object]]:
    ids = [one.id for one in found]
    claims, holdings = queries.claims_on(ids, today), queries.holdings_of(ids)
    titles = queries.competency_titles()
    return [
        {
            "person": one,
            "best": _best(claims.get(one.id, {}), titles),
            "soon": sum(c.lapses_within(SOON, today) for c in claims.get(one.id, {}).values()),
            "holdings": held(holdings.get(one.id, []), today),
        }
        for one in found
    ]


def _best(claims: Mapping[str, Claim], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    held = [(titles[code], claim.level) for code, claim in claims.items() if claim.level]
    return sorted(held, key=lambda pair: (-pair[1], pair[0]))[:3]
