"""The register of projects and their roles."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from app.api.blueprint import bp
from app.api.lists import asked, listed, part_of, piece
from app.api.shapes import Json, day, money, one_of, sent, several, takes, text, whole
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Actor, Role
from app.core.values import Money, Period
from app.projects import queries, services
from app.projects.models import (
    Demand,
    Holds,
    Project,
    ProjectState,
    Requirement,
    RoleSlot,
    Strength,
)
from app.projects.rules import MOST_HOURS, MOST_SHARES, Share
from app.projects.services import Asked, ProjectFacts, RoleFacts
from app.staffing import queries as staffing
from app.web.access import current_actor, requires, signed_in

_MOST_DEMANDS = 30
PROJECT = {
    "code": text(20, shortest=1, required=True),
    "title": text(200, shortest=1, required=True),
    "unit": text(120, shortest=1, required=True),
    "start": day(required=True),
    "end": day(required=True),
    "summary": text(4000),
    "priority": whole(1, 5),
    "budget": money(),
    "state": one_of(ProjectState),
    "manager": text(254),
}
CHANGES = {name: replace(one, required=False) for name, one in PROJECT.items() if name != "code"}
_MUST = {
    "competency": text(64, shortest=1),
    "level": whole(1, MOST_HOURS),
    "certification": text(64, shortest=1),
    "language": text(8, shortest=1),
    "location": text(60, shortest=1),
    "hours": text(64, shortest=1),
}
_SHARE = {
    "first": day(required=True),
    "last": day(required=True),
    "percent": whole(0, 99, required=True),
}
_WANT = {**_MUST, "weight": whole(1, 100)}
ROLE = {
    "title": text(120, shortest=1, required=True),
    "start": day(required=True),
    "end": day(required=True),
    "allocation": whole(1, 100, required=True),
    "shares": several(_SHARE, MOST_SHARES),
    "must": several(_MUST, _MOST_DEMANDS),
    "want": several(_WANT, _MOST_DEMANDS),
    "rate_cap": money(),
    "holds": one_of(Holds),
    "profile": text(64),
}


@bp.get("/projects")
@signed_in
@listed
def projects() -> ResponseReturnValue:
    """Projects that one may see."""
    actor = current_actor()
    after, limit = asked()
    rows = queries.projects_after(actor, after, limit + 1, booked=_booked(actor))
    return piece(rows, limit, lambda one: one.id, _project)


@bp.post("/projects")
@requires(Role.PMO)
@takes(PROJECT)
def add_project() -> ResponseReturnValue:
    """Enter a project in the register."""
    found = sent(PROJECT)
    code = found["code"].upper()
    if not code.isascii() or not code.replace("-", "").isalnum() or code.startswith("-"):
        raise Invalid(_("Letters, digits and hyphens, such as CRM-24"), field="code")
    services.create_project(_facts(found, code), by=current_actor())
    address = url_for("api.project", code=code)
    return jsonify(_shown(code)), 201, {"Location": address}


@bp.get("/projects/<code>")
@signed_in
def project(code: str) -> ResponseReturnValue:
    """A project with the numbers of its roles."""
    return jsonify(_shown(code))


@bp.patch("/projects/<code>")
@requires(Role.PMO)
@takes(CHANGES)
def change_project(code: str) -> ResponseReturnValue:
    """Change what is sent of a project; the rest stays."""
    found = sent(CHANGES)
    row = queries.project_for(current_actor(), code)
    stands: Json = {
        "title": row.title,
        "unit": row.unit,
        "start": row.start_date,
        "end": row.end_date,
        "summary": row.summary,
        "priority": row.priority,
        "budget": _kept(row.budget_minor, row.currency),
        "state": row.state,
        "manager": row.manager.email if row.manager else "",
    }
    services.change_project(code, _facts(stands | found, code), by=current_actor())
    return jsonify(_shown(code))


@bp.get("/projects/<code>/roles")
@signed_in
@listed
def roles(code: str) -> ResponseReturnValue:
    """The roles of a project with what they ask for."""
    actor = current_actor()
    row = queries.project_for(actor, code, booked=_booked(actor))
    return part_of(row.slots, lambda slot: _role(slot, _knows_money(row)))


@bp.post("/projects/<code>/roles")
@requires(Role.PMO)
@takes(ROLE)
def add_role(code: str) -> ResponseReturnValue:
    """Add a role to a project."""
    found = sent(ROLE)
    facts = RoleFacts(
        title=found["title"],
        period=_period(found),
        allocation=found["allocation"],
        asked=_demands(found, "must", Strength.MUST) + _demands(found, "want", Strength.WANT),
        holds=found.get("holds", Holds.THROUGHOUT),
        rate_cap=found.get("rate_cap"),
        profile=found.get("profile") or None,
        shares=tuple(_share(one) for one in found.get("shares", [])),
    )
    made = services.add_role(code, facts, by=current_actor())
    return jsonify(_role(queries.slot_for(current_actor(), made.id, code=code), True)), 201


def _booked(actor: Actor) -> frozenset[int]:
    return queries.NOBODYS if actor.has(Role.PMO) else staffing.project_ids_of(actor.person_id)


def _facts(found: Json, code: str) -> ProjectFacts:
    return ProjectFacts(
        code=code,
        title=found["title"],
        unit=found["unit"],
        period=_period(found),
        summary=found.get("summary", ""),
        priority=found.get("priority", 3),
        budget=found.get("budget"),
        state=found.get("state", ProjectState.PLANNED),
        manager=found.get("manager") or None,
    )


def _period(found: Json) -> Period:
    if found["end"] < found["start"]:
        raise Invalid(_("This is before the first day. Choose a later date."), field="end")
    return Period(found["start"], found["end"])


def _share(one: Json) -> Share:
    if one["last"] < one["first"]:
        message = _("This is before the first day. Choose a later date.")
        raise Invalid(message, field="shares.last")
    return Share(Period(one["first"], one["last"]), one["percent"])


def _demands(found: Json, name: str, strength: Strength) -> tuple[Asked, ...]:
    return tuple(
        _demand(one, strength, f"{name}[{place}]") for place, one in enumerate(found.get(name, []))
    )


def _demand(one: Json, strength: Strength, place: str) -> Asked:
    kinds = [kind for kind in Demand if kind.value in one]
    if len(kinds) != 1:
        message = _(
            "Name one thing: a competency, a certification, a language, a location or hours."
        )
        raise Invalid(message, field=place)
    if (kinds[0] in (Demand.COMPETENCY, Demand.HOURS)) != ("level" in one):
        message = _("A competency and hours have a level, and nothing else has.")
        raise Invalid(message, field=f"{place}.level")
    weight = Decimal(one.get("weight", 1))
    return Asked(strength, kinds[0], one[kinds[0].value], one.get("level"), weight)


def _shown(code: str) -> Json:
    actor = current_actor()
    row = queries.project_for(actor, code, booked=_booked(actor))
    return {**_project(row), "roles": [slot.id for slot in row.slots]}


def _project(row: Project) -> Json:
    return {
        "code": row.code,
        "title": row.title,
        "summary": row.summary,
        "unit": row.unit,
        "start": row.start_date.isoformat(),
        "end": row.end_date.isoformat(),
        "priority": row.priority,
        "state": row.state,
        "budget": _money(row.budget_minor, row.currency) if _knows_money(row) else None,
        "manager": row.manager.name if row.manager else None,
    }


def _knows_money(row: Project) -> bool:
    """Budget and rates are for the PMO and the project manager, as on the page of a project."""
    actor = current_actor()
    return actor.has(Role.PMO) or (row.manager_id is not None and actor.is_(row.manager_id))


def _role(slot: RoleSlot, money_too: bool) -> Json:
    return {
        "id": slot.id,
        "title": slot.title,
        "start": slot.start_date.isoformat(),
        "end": slot.end_date.isoformat(),
        "allocation": slot.allocation,
        "shares": [
            {
                "first": one.period.first.isoformat(),
                "last": one.period.last.isoformat(),
                "percent": one.percent,
            }
            for one in services.shares_of(slot)
        ],
        "holds": slot.holds,
        "profile": slot.profile_code,
        "rate_cap": _money(slot.rate_cap_minor, slot.rate_currency) if money_too else None,
        "closed": slot.closed_at is not None,
        "must": [_asked(one) for one in slot.requirements if one.strength is Strength.MUST],
        "want": [
            {**_asked(one), "weight": float(one.weight)}
            for one in slot.requirements
            if one.strength is Strength.WANT
        ],
    }


def _asked(one: Requirement) -> Json:
    level = {} if one.level is None else {"level": one.level}
    return {one.demand.value: one.code, **level}


def _kept(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)


def _money(minor: int | None, currency: str | None) -> Json | None:
    if minor is None:
        return None
    return {"amount": format(Decimal(minor).scaleb(-2), "f"), "currency": currency}
