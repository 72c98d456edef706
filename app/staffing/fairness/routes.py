"""What the matcher knows, for everybody; rates of selection, for the PMO."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext, ngettext
from app.core.policy import Role
from app.staffing.fairness import queries, services
from app.staffing.fairness.inputs import inputs
from app.staffing.fairness.rules import SMALLEST
from app.staffing.rules.matcher.explain import part_meaning, part_title, preset_title
from app.staffing.rules.matcher.weights import PRESETS, PartName
from app.web.access import current_actor, requires, signed_in
from app.web.forms import Form

bp = Blueprint("fairness", __name__, template_folder="templates")
LOOKED_BACK = timedelta(days=365)


class GroupsForm(Form):
    file = FileField(lazy_gettext("CSV file with email and group"), validators=[FileRequired()])


@bp.get("/staffing/fairness")
@signed_in
def stated() -> ResponseReturnValue:
    """Every input of the matcher, and what it does with it."""
    return render_template(
        "fairness/stated.html",
        inputs=inputs(),
        parts=[(part_title(part), part_meaning(part)) for part in PartName],
        presets=[
            (preset_title(preset), [(part_title(part), n) for part, n in weights.items() if n])
            for preset, weights in PRESETS.items()
        ],
        may_see_rates=current_actor().has(Role.PMO),
    )


@bp.get("/staffing/fairness/rates")
@requires(Role.PMO)
def rates() -> ResponseReturnValue:
    """Rates of selection by group, where groups were supplied."""
    return _rates_page(GroupsForm(formdata=None))


@bp.post("/staffing/fairness/groups")
@requires(Role.ADMIN)
def supply() -> ResponseReturnValue:
    """Supply groups as a file; it replaces what was supplied before."""
    form = GroupsForm()
    if not form.validate():
        return _rates_page(form), 422
    try:
        count = services.supply(form.file.data.read(services.MOST_BYTES + 1), by=current_actor())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _rates_page(form), refusal.status
    flash(ngettext("The group of %(num)s person.", "The groups of %(num)s people.", count), "good")
    return redirect(url_for(".rates"))


@bp.post("/staffing/fairness/groups/deletion")
@requires(Role.ADMIN)
def forget() -> ResponseReturnValue:
    """Delete all groups."""
    services.forget(by=current_actor())
    flash(_("Deleted. No group of anybody is known any more."), "good")
    return redirect(url_for(".rates"))


def _rates_page(form: GroupsForm) -> str:
    return render_template(
        "fairness/rates.html",
        form=form,
        rates=queries.rates_since(clock.now() - LOOKED_BACK),
        supplied=queries.supplied(),
        smallest=SMALLEST,
        may_supply=current_actor().has(Role.ADMIN),
    )
