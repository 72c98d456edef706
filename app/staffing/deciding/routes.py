"""Weights, shortlist, side by side, the ledger, and overrides."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.errors import NotVisible, Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries as projects
from app.staffing import queries as staffing
from app.staffing.deciding import compare as side_by_side
from app.staffing.deciding import queries, rules, services
from app.staffing.deciding.forms import (
    CHOICE_NAMES,
    OVERRIDE_NAMES,
    OVERRIDE_TONES,
    OverrideForm,
    SecondForm,
    ShortlistForm,
    WeightsForm,
)
from app.staffing.deciding.models import OverrideState
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.explain import part_meaning, part_title, preset_title, reason_text
from app.staffing.rules.matcher.weights import PRESETS, PartName, preset_of
from app.staffing.teams import queries as teams
from app.web.access import current_actor, requires

bp = Blueprint("deciding", __name__, template_folder="templates")
ROLE = "/projects/<code>/roles/<int:slot_id>"


# --- Weights -------------------------------------------------------------------------------


@bp.get(f"{ROLE}/weights")
@requires(Role.PMO)
def weights(code: str, slot_id: int) -> ResponseReturnValue:
    """How the parts of a score count for a role."""
    standing = {part.value: number for part, number in queries.weights_of(slot_id).items()}
    return _weights_page(code, slot_id, WeightsForm(data=standing))


@bp.post(f"{ROLE}/weights")
@requires(Role.PMO)
def set_weights(code: str, slot_id: int) -> ResponseReturnValue:
    """Set them for everybody who looks at this role."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    form = WeightsForm()
    if not form.validate():
        return _weights_page(code, slot_id, form), 422
    try:
        numbers = {part.value: form[part.value].data or 0 for part in PartName}
        services.set_weights(slot_id, numbers, by=actor)
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _weights_page(code, slot_id, form), refusal.status
    flash(_("The list is ordered by these weights now."), "good")
    return redirect(url_for("staffing.role", code=code, slot_id=slot_id, blind=_blind()))


def _blind() -> int | None:
    """Whether the reader does not want to see names, as an argument of addresses."""
    return 1 if request.args.get("blind") == "1" else None


def _weights_page(code: str, slot_id: int, form: WeightsForm) -> str:
    row = projects.slot_for(current_actor(), slot_id, code=code)
    for part in PartName:
        form[part.value].label.text = part_title(part)
        form[part.value].description = part_meaning(part)
    standing = preset_of(queries.weights_of(slot_id))
    return render_template(
        "deciding/weights.html",
        slot=row,
        blind=_blind(),
        form=form,
        presets=[
            (
                preset_title(preset),
                {part.value: number for part, number in numbers.items()},
                [(part_title(part), number) for part, number in numbers.items() if number],
                preset is standing,
            )
            for preset, numbers in PRESETS.items()
        ],
    )


# --- Shortlist and side by side ------------------------------------------------------------


@bp.post(f"{ROLE}/shortlist")
@requires(Role.PMO)
def shortlist(code: str, slot_id: int) -> ResponseReturnValue:
    """Put somebody on the shortlist, or take them off."""
    actor = current_actor()
    row = projects.slot_for(actor, slot_id, code=code)
    form = ShortlistForm()
    if not form.validate():
        raise NotVisible(_("There is no such person on this list."))
    person_id = form.person.data or side_by_side.unmasked(row, form.mask.data or "")
    if form.off.data:
        services.take_off(slot_id, person_id, by=actor)
    else:
        services.shortlist(slot_id, person_id, by=actor)
        flash(_("On the shortlist."), "good")
    blind = 1 if form.mask.data else None
    if form.back.data == "compare":
        return redirect(url_for(".compare", code=code, slot_id=slot_id, blind=blind))
    return redirect(url_for("staffing.role", code=code, slot_id=slot_id, blind=blind))


@bp.get(f"{ROLE}/compare")
@requires(Role.PMO)
def compare(code: str, slot_id: int) -> ResponseReturnValue:
    """The shortlist side by side, with names or without."""
    row = projects.slot_for(current_actor(), slot_id, code=code)
    blind = _blind() is not None
    listed = queries.shortlist(slot_id)
    found = services.ranked(row, others=[one.person_id for one in listed])
    live = staffing.live_bookings([slot_id])
    return render_template(
        "deciding/compare.html",
        slot=row,
        blind=blind,
        toggle=url_for(".compare", code=code, slot_id=slot_id, blind=None if blind else 1),
        seen=rules.digest(found.ranking, found.weights),
        weights_name=preset_title(preset_of(found.weights)),
        people=side_by_side.columns(found, listed, live, blind=blind),
        rows=side_by_side.rows(found, listed),
    )


@bp.get(f"{ROLE}/decisions")
@requires(Role.PMO)
def ledger(code: str, slot_id: int) -> ResponseReturnValue:
    """Every decision about a role, with the list as it was."""
    row = projects.slot_for(current_actor(), slot_id, code=code)
    return render_template(
        "deciding/ledger.html",
        slot=row,
        decisions=queries.decisions_of_slot(slot_id),
        overrides=queries.overrides_of_slot(slot_id),
        choice_names=CHOICE_NAMES,
        override_names=OVERRIDE_NAMES,
        override_tones=OVERRIDE_TONES,
        part_titles={part.value: part_title(part) for part in PartName},
        granted=OverrideState.GRANTED,
    )


# --- Overrides -----------------------------------------------------------------------------


@bp.get(f"{ROLE}/people/<int:person_id>/override")
@requires(Role.PMO)
def new_override(code: str, slot_id: int, person_id: int) -> ResponseReturnValue:
    """What is missing, and the reason to pass over it."""
    return _override_page(code, slot_id, person_id, OverrideForm())


@bp.post(f"{ROLE}/people/<int:person_id>/override")
@requires(Role.PMO)
def ask_override(code: str, slot_id: int, person_id: int) -> ResponseReturnValue:
    """Ask a second member."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    form = OverrideForm()
    if not form.validate():
        return _override_page(code, slot_id, person_id, form), 422
    try:
        reason = form.reason.data or ""
        services.ask_override(slot_id, person_id, reason=reason, by=actor, base_url=_base_url())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _override_page(code, slot_id, person_id, form), refusal.status
    flash(_("Asked. A second member of the PMO decides; you get a letter."), "good")
    return redirect(url_for("staffing.role", code=code, slot_id=slot_id))


def _override_page(code: str, slot_id: int, person_id: int, form: OverrideForm) -> str:
    row = projects.slot_for(current_actor(), slot_id, code=code)
    slot = teams.as_slot(row)
    person = staffing.person_for(slot, person_id)
    if person is None:
        raise NotVisible(_("There is no such person."))
    titles = staffing.titles()
    return render_template(
        "deciding/override.html",
        slot=row,
        somebody=accounts.person(person_id),
        broken=[reason_text(one, titles) for one in reasons(person, slot)],
        form=form,
    )


@bp.get("/staffing/overrides")
@requires(Role.PMO)
def overrides() -> ResponseReturnValue:
    """Overrides that wait for a second member."""
    return _overrides_page()


@bp.post("/staffing/overrides/<int:override_id>")
@requires(Role.PMO)
def decide(override_id: int) -> ResponseReturnValue:
    """Agree, or refuse."""
    actor = current_actor()
    form = SecondForm()
    queries.override(override_id)
    if not form.validate():
        return _overrides_page(form, override_id), 422
    act = services.grant if form.grant.data == "yes" else services.refuse
    try:
        act(override_id, note=form.note.data or "", by=actor, base_url=_base_url())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _overrides_page(form, override_id), refusal.status
    agreed = form.grant.data == "yes"
    flash(_("Agreed: they are proposed for the role.") if agreed else _("Refused."), "good")
    return redirect(url_for(".overrides"))


def _overrides_page(form: SecondForm | None = None, decided: int | None = None) -> str:
    return render_template(
        "deciding/overrides.html",
        waiting=queries.waiting(),
        me=current_actor().person_id,
        form=form,
        blank=SecondForm(formdata=None),
        decided=decided,
    )


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
