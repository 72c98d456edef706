"""Profiles of people: what they can do on a day or throughout a period, and what shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.competence import queries
from app.competence.forms import KIND_NAMES, WhenForm
from app.competence.judging import queries as judging
from app.competence.models import Competency
from app.competence.routes import bp
from app.competence.rules import SOON, Claim, HeldCertification
from app.core import clock
from app.core.policy import Role
from app.core.values import Period
from app.credentials import queries as credentials
from app.staffing import queries as staffing
from app.staffing.forms import STATE_NAMES as BOOKING_NAMES
from app.staffing.forms import STATE_TONES as BOOKING_TONES
from app.web.access import current_actor, signed_in
from app.web.charts import RadarAxis, RadarChart, radar
from app.web.forms import given


@bp.get("/competencies")
@signed_in
def mine() -> ResponseReturnValue:
    """One's own competencies, today or for any day or days."""
    return _profile("competence/mine.html", given(current_actor().person_id))


@bp.get("/people/<int:person_id>")
@signed_in
def person(person_id: int) -> ResponseReturnValue:
    """Somebody's profile: what they can do, hold and are booked for."""
    return _profile("competence/person.html", person_id)


def _profile(template: str, person_id: int) -> ResponseReturnValue:
    actor = current_actor()
    subject = queries.subject_for(actor, person_id)
    today = clock.today()
    asked = "first" in request.args or "last" in request.args
    when = WhenForm(request.args if asked else MultiDict())
    valid = when.validate() if asked else True
    period = when.period(today) if valid else Period(today, today)
    elements = queries.competencies()
    claims = queries.claims_throughout([person_id], period).get(person_id, {})
    evidence = queries.evidence_of(person_id)
    page = render_template(
        template,
        subject=subject,
        own=actor.is_(person_id),
        when=when,
        period=period,
        asked=asked and valid,
        groups=_groups(elements, claims, queries.scales(), today),
        titles={one.code: one.title for one in elements},
        rated=queries.ratings_in(evidence),
        chart=_chart(elements, claims),
        any_claim=any(claim.level for claim in claims.values()),
        evidence=evidence,
        files=judging.files_of(evidence_ids=[one.id for one in evidence]),
        holdings=held(queries.holdings_of([person_id]).get(person_id, []), today),
        certificates=_issued(person_id, today),
        bookings=staffing.bookings_seen_by(actor, subject),
        here=url_for(request.endpoint or "", **(request.view_args or {})),
        kind_names=KIND_NAMES,
        booking_names=BOOKING_NAMES,
        booking_tones=BOOKING_TONES,
        judges=actor.has(Role.MENTOR, Role.PMO) and not actor.is_(person_id),
        manages=actor.has(Role.PMO),
    )
    return page, 200 if valid else 422


def _groups(
    elements: Sequence[Competency],
    claims: Mapping[str, Claim],
    scales: Mapping[str, Sequence[str]],
    today: date,
) -> list[dict[str, object]]:
    """By group: elements with their claim, and those of which nothing holds."""
    held: dict[str, list[dict[str, object]]] = defaultdict(list)
    bare: dict[str, list[Competency]] = defaultdict(list)
    for one in elements:
        claim = claims.get(one.code)
        if claim is None or not claim.level:
            bare[one.group_title].append(one)
            continue
        soon = claim.lapses_within(SOON, today)
        held[one.group_title].append(
            {
                "element": one,
                "claim": claim,
                "name": scales[one.framework_code][claim.level - 1],
                "soon": soon,
                "more": len(claim.pieces) - 1,
            }
        )
    titles = dict.fromkeys(one.group_title for one in elements)
    return [{"title": title, "held": held[title], "bare": bare[title]} for title in titles]


def _chart(elements: Iterable[Competency], claims: Mapping[str, Claim]) -> RadarChart | None:
    """The strongest elements on a radar; too few make none."""
    held = [(claims[one.code].level, one.title) for one in elements if one.code in claims]
    strongest = sorted((pair for pair in held if pair[0]), key=lambda pair: (-pair[0], pair[1]))
    if len(strongest) < 3:
        return None
    return radar([RadarAxis(title, level) for level, title in strongest[:8]], maximum=5)


def held(holdings: Iterable[HeldCertification], today: date) -> list[dict[str, object]]:
    return [{"holding": one, "state": one.state_on(today)} for one in holdings]


def _issued(person_id: int, today: date) -> list[dict[str, object]]:
    found = credentials.certificates_of(person_id)
    return [{"certificate": one, "state": credentials.state(one, today)} for one in found]
