"""The page on which a role is divided."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries
from app.projects.dividing import services
from app.projects.dividing.forms import ShareForm, TimeForm
from app.projects.models import RoleSlot
from app.web.access import current_actor, requires
from app.web.forms import given

bp = Blueprint(
    "dividing",
    __name__,
    url_prefix="/projects/<code>/roles/<int:slot_id>/division",
    template_folder="templates",
)


@bp.get("")
@requires(Role.PMO)
def division(code: str, slot_id: int) -> ResponseReturnValue:
    """Divide a role by time or by share; `rest_from` or `percent` may be proposed."""
    proposed = request.args.to_dict()
    time = TimeForm(formdata=None, data={"rest_from": _day(proposed.get("rest_from", ""))})
    share = ShareForm(formdata=None, data={"percent": request.args.get("percent", type=int)})
    return _page(code, slot_id, time, share)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/time")
@requires(Role.PMO)
def by_time(code: str, slot_id: int) -> ResponseReturnValue:
    """Earlier and later."""
    form = TimeForm()
    if form.validate():
        try:
            day = given(form.rest_from.data)
            return _done(code, services.divide_by_time(code, slot_id, day, by=current_actor()))
        except (Conflict, Invalid) as refusal:
            form.refuse("rest_from", refusal)
            return _page(code, slot_id, form, ShareForm(formdata=None)), refusal.status
    return _page(code, slot_id, form, ShareForm(formdata=None)), 422


@bp.post("/share")
@requires(Role.PMO)
def by_share(code: str, slot_id: int) -> ResponseReturnValue:
    """Side by side."""
    form = ShareForm()
    if form.validate():
        try:
            percent = given(form.percent.data)
            return _done(code, services.divide_by_share(code, slot_id, percent, by=current_actor()))
        except (Conflict, Invalid) as refusal:
            form.refuse("percent", refusal)
            return _page(code, slot_id, TimeForm(formdata=None), form), refusal.status
    return _page(code, slot_id, TimeForm(formdata=None), form), 422


def _done(code: str, rest: RoleSlot) -> ResponseReturnValue:
    flash(_("Divided. “%(title)s” stands twice now, each part filled alone.", title=rest.title))
    return redirect(url_for("projects.project", code=code, _anchor="roles"))


def _page(code: str, slot_id: int, time: TimeForm, share: ShareForm) -> str:
    slot = queries.slot_for(current_actor(), slot_id, code=code)
    return render_template("dividing/division.html", slot=slot, time=time, share=share)
