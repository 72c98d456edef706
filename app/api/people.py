"""People, what they can be said to do on a day, and what is recorded of them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.api.blueprint import bp
from app.api.lists import asked, listed, piece
from app.api.shapes import Json, asks, day, day_asked, sent, takes, text, whole
from app.competence import queries
from app.competence.rules import Claim
from app.competence.rules.held import HeldCertification
from app.competence.services import judge, record_holding
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.core.values import Period
from app.web.access import current_actor, requires, signed_in

EVIDENCE = {
    "competency": text(64, shortest=1, required=True),
    "level": whole(1, 5, required=True),
    "from": day(),
    "to": day(open_end=True),
    "note": text(2000, shortest=1, required=True),
}
CERTIFICATION = {
    "certification": text(64, shortest=1, required=True),
    "number": text(60, required=True),
    "issued_on": day(required=True),
    "expires_on": day(open_end=True),
}


@bp.get("/people")
@requires(Role.PMO, Role.MENTOR)
@listed
def people() -> ResponseReturnValue:
    """Everybody who is here."""
    after, limit = asked()
    return piece(accounts.people_after(after, limit + 1), limit, lambda one: one.id, _person)


@bp.get("/people/<int:person_id>")
@signed_in
def person(person_id: int) -> ResponseReturnValue:
    """A person: oneself; mentors and the PMO see everybody."""
    queries.subject_for(current_actor(), person_id)
    return jsonify(_person(accounts.person(person_id)))


@bp.get("/people/<int:person_id>/claims")
@signed_in
@asks(on={"type": "string", "format": "date"})
def person_claims(person_id: int) -> ResponseReturnValue:
    """Levels and certifications on the day `on`, today if none is named, with the evidence."""
    queries.subject_for(current_actor(), person_id)
    on = day_asked("on", clock.today())
    claims = queries.claims_on([person_id], on).get(person_id, {})
    held = queries.holdings_of([person_id]).get(person_id, [])
    return jsonify(
        on=on.isoformat(),
        claims=[_claim(claims[code]) for code in sorted(claims)],
        certifications=[_holding(one, on) for one in held if one.first <= on],
    )


@bp.post("/people/<int:person_id>/evidence")
@requires(Role.PMO, Role.MENTOR)
@takes(EVIDENCE)
def record_evidence(person_id: int) -> ResponseReturnValue:
    """Record what one saw somebody do; nobody judges themselves."""
    found = sent(EVIDENCE)
    first, last = found.get("from") or clock.today(), found.get("to")
    if last is not None and last < first:
        raise Invalid(_("This is before the first day. Choose a later date."), field="to")
    made = judge(
        person_id,
        found["competency"],
        found["level"],
        Period(first, last) if last else None,
        found["note"],
        by=current_actor(),
        since=first,
        request_key=uuid4().hex,
    )
    return jsonify(id=made, competency=found["competency"], level=found["level"]), 201


@bp.post("/people/<int:person_id>/certifications")
@requires(Role.PMO, Role.MENTOR)
@takes(CERTIFICATION)
def record_certification(person_id: int) -> ResponseReturnValue:
    """Record a certification that somebody holds."""
    found = sent(CERTIFICATION)
    made = record_holding(
        person_id=person_id,
        certification_code=found["certification"],
        number=found["number"],
        issued_on=found["issued_on"],
        expires_on=found.get("expires_on"),
        by=current_actor(),
    )
    return jsonify(id=made, certification=found["certification"]), 201


def _person(one: Person) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "unit": one.unit,
        "location": one.location,
        "capacity": one.capacity,
        "active": one.active,
    }


def _claim(claim: Claim) -> Json:
    return {
        "competency": claim.competency,
        "level": claim.level,
        "lapses_on": _day(claim.lapses_on),
        "evidence": [
            {
                "id": piece_.id,
                "competency": piece_.competency,
                "kind": piece_.kind,
                "level": piece_.level,
                "from": _day(piece_.first),
                "to": _day(piece_.last),
                "title": piece_.title,
            }
            for piece_ in claim.pieces
        ],
    }


def _holding(one: HeldCertification, on: date) -> Json:
    return {
        "id": one.id,
        "certification": one.code,
        "title": one.title,
        "number": one.number,
        "from": _day(one.first),
        "to": _day(one.last),
        "state": one.state_on(on),
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
