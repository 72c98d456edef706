"""The page of a project's team: is it whole?"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries as projects
from app.projects.models import Project
from app.staffing import queries as staffing
from app.staffing.teams import queries, services
from app.staffing.teams.forms import EssentialForm, NumbersForm, PairForm, StretchForm
from app.staffing.teams.shown import shown_needs
from app.web.access import current_actor, requires

bp = Blueprint("teams", __name__, template_folder="templates")

_Forms = dict[str, NumbersForm | StretchForm | PairForm | EssentialForm]


@bp.get("/projects/<code>/team")
@requires(Role.PMO)
def team(code: str) -> ResponseReturnValue:
    """What the project needs of its team, who meets it when, and what is missing."""
    return _team_page(code)


@bp.post("/projects/<code>/team")
@requires(Role.PMO)
def add_need(code: str) -> ResponseReturnValue:
    """Say one more thing that the team needs."""
    project = projects.project_for(current_actor(), code)
    forms = _forms(project, sent=request.form.get("about", ""))
    form = forms.get(request.form.get("about", "numbers"), forms["numbers"])
    if not form.validate():
        return _team_page(code, forms), 422
    try:
        services.add_need(code, form.entered(), by=current_actor())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _team_page(code, forms), refusal.status
    flash(_("The need is entered. Here is how the team meets it."), "good")
    return redirect(url_for(".team", code=code))


@bp.post("/projects/<code>/team/removal")
@requires(Role.PMO)
def remove_need(code: str) -> ResponseReturnValue:
    """Take one need back."""
    services.remove_need(code, request.form.get("need", 0, type=int), by=current_actor())
    flash(_("The team no longer needs this."), "good")
    return redirect(url_for(".team", code=code))


def _forms(project: Project, sent: str | None = None) -> _Forms:
    """The forms; the one that was sent reads this request, the others are new."""

    def options(name: str) -> dict[str, None]:
        return {} if sent == name else {"formdata": None}

    offered = projects.demandable()
    return {
        "numbers": NumbersForm(offered, prefix="numbers-", **options("numbers")),
        "stretch": StretchForm(offered, prefix="stretch-", **options("stretch")),
        "pair": PairForm(prefix="pair-", **options("pair")),
        "essential": EssentialForm(project.slots, prefix="role-", **options("essential")),
    }


def _team_page(code: str, forms: _Forms | None = None) -> str:
    project = projects.project_for(current_actor(), code)
    rows = queries.rows_of(project.id)
    members = queries.members_of(project, [queries.as_need(row) for row in rows])
    ids = {one.person.id for one in members}
    names = {one.id: one.name for one in accounts.people(ids, active_only=False)} if ids else {}
    needs = shown_needs(project, rows, members, names, staffing.titles())
    return render_template(
        "teams/team.html",
        project=project,
        needs=needs,
        whole=all(one.met for one in needs),
        forms=forms or _forms(project),
    )
