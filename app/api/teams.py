"""What projects need of their teams as JSON."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.api.blueprint import bp
from app.api.lists import listed, part_of
from app.api.shapes import Json, one_of, sent, takes, text, whole
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries as projects
from app.staffing.rules.team import TeamRule
from app.staffing.teams import queries, services
from app.staffing.teams.models import TeamNeedRow
from app.staffing.teams.services import Entered
from app.web.access import current_actor, requires

NEED = {
    "rule": one_of(TeamRule, required=True),
    "amount": whole(1, 100),
    "competency": text(64, shortest=1),
    "level": whole(1, 5),
    "certification": text(64, shortest=1),
    "first": text(254, shortest=3),
    "second": text(254, shortest=3),
    "role": whole(1, 2**31 - 1),
}
_SKILLED = ({"amount", "competency", "level"}, {"amount", "certification"})
_PAIR = ({"first", "second"},)
WITH = {
    TeamRule.AT_LEAST: _SKILLED,
    TeamRule.SHARE: _SKILLED,
    TeamRule.STRETCH: ({"competency", "level"},),
    TeamRule.ESSENTIAL: ({"role"},),
    TeamRule.TOGETHER: _PAIR,
    TeamRule.APART: _PAIR,
}
"""What a need of each rule is told with: all of one of the sets, and nothing else."""


@bp.get("/projects/<code>/team-needs")
@requires(Role.PMO)
@listed
def team_needs(code: str) -> ResponseReturnValue:
    """What a project needs of its team as a whole."""
    found = projects.project_for(current_actor(), code)
    return part_of(queries.rows_of(found.id), _need)


@bp.post("/projects/<code>/team-needs")
@requires(Role.PMO)
@takes(NEED)
def add_team_need(code: str) -> ResponseReturnValue:
    """Say what a project needs of its team; `first` and `second` are e-mail addresses."""
    made = services.add_need(code, _entered(sent(NEED)), by=current_actor())
    rows = queries.rows_of(made.project_id)
    return jsonify(next(_need(row) for row in rows if row.id == made.id)), 201


@bp.delete("/projects/<code>/team-needs/<int:need_id>")
@requires(Role.PMO)
def remove_team_need(code: str, need_id: int) -> ResponseReturnValue:
    """Take back what a project needed of its team."""
    services.remove_need(code, need_id, by=current_actor())
    return "", 204


def _entered(found: Json) -> Entered:
    rule = found["rule"]
    if found.keys() - {"rule"} not in WITH[rule]:
        ways = _(" or ").join(", ".join(sorted(names)) for names in WITH[rule])
        raise Invalid(_("A need of this rule has: %(names)s.", names=ways), field="rule")
    people = (found["first"].lower(), found["second"].lower()) if "first" in found else None
    return Entered(
        rule,
        amount=found.get("amount"),
        code=found.get("competency") or found.get("certification"),
        level=found.get("level"),
        people=people,
        slot_id=found.get("role"),
    )


def _need(row: TeamNeedRow) -> Json:
    told: Json = {"id": row.id, "rule": row.rule}
    if row.amount is not None:
        told["amount"] = row.amount
    if row.level is not None:
        told |= {"competency": row.code, "level": row.level}
    elif row.code is not None:
        told["certification"] = row.code
    if row.first is not None and row.second is not None:
        told |= {"first": row.first.email, "second": row.second.email}
    if row.slot_id is not None:
        told["role"] = row.slot_id
    return told
