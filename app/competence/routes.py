"""Profiles of people, what shows their competencies, and certifications of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.competence import queries, services
from app.competence.forms import (
    KIND_NAMES,
    LEVEL_NAMES,
    EvidenceForm,
    WhenForm,
    WithdrawalForm,
)
from app.competence.models import Competency
from app.competence.rules import SOON, Claim, HeldCertification
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.core.values import Period
from app.credentials import queries as credentials
from app.learning import queries as learning
from app.staffing import queries as staffing
from app.staffing.forms import STATE_NAMES as BOOKING_NAMES
from app.staffing.forms import STATE_TONES as BOOKING_TONES
from app.web.access import current_actor, requires, signed_in
from app.web.charts import RadarAxis, RadarChart, radar
from app.web.forms import given

bp = Blueprint("competence", __name__, template_folder="templates")

_PAGE = 50


# --- Profiles ------------------------------------------------------------------------------


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
    page = render_template(
        template,
        subject=subject,
        own=actor.is_(person_id),
        when=when,
        period=period,
        asked=asked and valid,
        groups=_groups(elements, claims, today),
        chart=_chart(elements, claims),
        any_claim=any(claim.level for claim in claims.values()),
        evidence=queries.evidence_of(person_id),
        holdings=_held(queries.holdings_of([person_id]).get(person_id, []), today),
        certificates=_issued(person_id, today),
        bookings=staffing.bookings_of(person_id),
        here=url_for(request.endpoint or "", **(request.view_args or {})),
        kind_names=KIND_NAMES,
        booking_names=BOOKING_NAMES,
        booking_tones=BOOKING_TONES,
        judges=actor.has(Role.MENTOR, Role.PMO) and not actor.is_(person_id),
        manages=actor.has(Role.PMO),
    )
    return page, 200 if valid else 422


def _groups(
    elements: Sequence[Competency], claims: Mapping[str, Claim], today: date
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
        row = {"element": one, "claim": claim, "soon": soon, "more": len(claim.pieces) - 1}
        held[one.group_title].append(row)
    titles = dict.fromkeys(one.group_title for one in elements)
    return [{"title": title, "held": held[title], "bare": bare[title]} for title in titles]


def _chart(elements: Iterable[Competency], claims: Mapping[str, Claim]) -> RadarChart | None:
    """The strongest elements on a radar; too few make none."""
    held = [(claims[one.code].level, one.title) for one in elements if one.code in claims]
    strongest = sorted((pair for pair in held if pair[0]), key=lambda pair: (-pair[0], pair[1]))
    if len(strongest) < 3:
        return None
    return radar([RadarAxis(title, level) for level, title in strongest[:8]], maximum=5)


def _held(holdings: Iterable[HeldCertification], today: date) -> list[dict[str, object]]:
    return [{"holding": one, "state": one.state_on(today)} for one in holdings]


def _issued(person_id: int, today: date) -> list[dict[str, object]]:
    found = credentials.certificates_of(person_id)
    return [{"certificate": one, "state": credentials.state(one, today)} for one in found]


@bp.get("/competencies/<code>")
@signed_in
def element(code: str) -> ResponseReturnValue:
    """A competency: what each level looks like, and which courses lead there."""
    found = queries.element(code)
    actor = current_actor()
    own = given(actor.person_id)
    claim = queries.claims_on([own], clock.today()).get(own, {}).get(code)
    courses = learning.catalogue(actor)
    awards = learning.awards_of([course.id for course in courses])
    titles = {course.id: course for course in courses}
    return render_template(
        "competence/element.html",
        element=found,
        levels=[(n, LEVEL_NAMES[n], found.levels[str(n)]) for n in LEVEL_NAMES],
        claim=claim,
        leading=[
            {"course": titles[award.course_id], "level": award.level}
            for award in awards
            if award.competency_code == code
        ],
    )


# --- People --------------------------------------------------------------------------------


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
            "holdings": _held(holdings.get(one.id, []), today),
        }
        for one in found
    ]


def _best(claims: Mapping[str, Claim], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    held = [(titles[code], claim.level) for code, claim in claims.items() if claim.level]
    return sorted(held, key=lambda pair: (-pair[1], pair[0]))[:3]


# --- Evidence ------------------------------------------------------------------------------


@bp.get("/people/<int:person_id>/evidence")
@requires(Role.MENTOR, Role.PMO)
def new_evidence(person_id: int) -> ResponseReturnValue:
    """Record what one saw somebody do."""
    return _evidence_page(person_id, _evidence_form())


@bp.post("/people/<int:person_id>/evidence")
@requires(Role.MENTOR, Role.PMO)
def record_evidence(person_id: int) -> ResponseReturnValue:
    """Keep it; a form sent twice is one judgement."""
    form = _evidence_form()
    if form.validate():
        try:
            services.judge(
                person_id,
                given(form.competency.data),
                given(form.level.data),
                form.period(),
                given(form.note.data),
                by=current_actor(),
                since=given(form.first.data),
                request_key=given(form.request_key.data),
            )
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _evidence_page(person_id, form), refusal.status
        flash(_("Recorded."), "good")
        return redirect(url_for(".person", person_id=person_id))
    return _evidence_page(person_id, form), 422


def _evidence_form() -> EvidenceForm:
    return EvidenceForm(queries.competencies(), clock.today())


def _evidence_page(person_id: int, form: EvidenceForm) -> str:
    subject = queries.subject_for(current_actor(), person_id)
    return render_template("competence/evidence.html", form=form, subject=subject)


@bp.post("/people/<int:person_id>/evidence/<int:evidence_id>/withdrawal")
@requires(Role.MENTOR, Role.PMO)
def withdraw_evidence(person_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence back."""
    queries.check_evidence(person_id, evidence_id)
    form = WithdrawalForm()
    if form.validate():
        services.withdraw_evidence(evidence_id, given(form.reason.data), by=current_actor())
        flash(_("Withdrawn. It stays readable, with your reason."), "good")
    else:
        flash(_("Nothing was withdrawn: say why."), "bad")
    return redirect(url_for(".person", person_id=person_id))
