"""Pages of projects: the register, a project, its roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.i18n import day, locale, money, number, zone
from app.core.i18n import gettext as _
from app.core.policy import Actor, Role
from app.projects import queries, services
from app.projects.forms import PRIORITY_NAMES, STATE_NAMES, ProjectForm, RoleForm
from app.projects.models import Project, ProjectState, RoleSlot
from app.projects.queries import PAGE, Demandable, Filters
from app.projects.rules import ZONES
from app.staffing import queries as staffing
from app.staffing.calendars import queries as calendars
from app.staffing.deciding import queries as deciding
from app.staffing.deciding.shown import shown_decision
from app.staffing.forms import SLOT_STATE_NAMES, SLOT_STATE_TONES
from app.staffing.forms import STATE_NAMES as BOOKING_NAMES
from app.staffing.models import Booking
from app.staffing.rules.booking import SEEN_BY_PERSON, BookingState, SlotState, slot_state
from app.web import charts
from app.web.access import current_actor, requires, signed_in

bp = Blueprint("projects", __name__, url_prefix="/projects", template_folder="templates")

STATE_TONES = {
    ProjectState.PLANNED: "info",
    ProjectState.ACTIVE: "good",
    ProjectState.CLOSED: "neutral",
    ProjectState.CANCELLED: "neutral",
}
_SPAN_TONES = {
    SlotState.OPEN: "open",
    SlotState.ASKED: "requested",
    SlotState.FILLED: "info",
    SlotState.CLOSED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownRole:
    """A role of a project with those on it, as this reader may know of them."""

    slot: RoleSlot
    state: SlotState
    bookings: Sequence[Booking]


# --- The register --------------------------------------------------------------------------


@bp.get("")
@signed_in
def register() -> ResponseReturnValue:
    """Projects: all for the PMO, else one's own."""
    actor = current_actor()
    filters = _filters()
    page = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    booked = _booked(actor)
    found = queries.register(actor, filters, page=page, booked=booked)
    return render_template(
        "projects/register.html",
        found=found,
        filters=filters,
        open_roles=staffing.open_roles_by_project([one.id for one in found.projects]),
        budgets={one.id: _budget(one) for one in found.projects},
        unit_choices=[
            ("", _("Every unit")),
            *((unit, unit) for unit in queries.units(actor, booked=booked)),
        ],
        state_choices=[("", _("Every state")), *((s.value, n) for s, n in STATE_NAMES.items())],
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        may_change=actor.has(Role.PMO),
        previous_url=_register_url(filters, page - 1) if page > 1 else None,
        next_url=_register_url(filters, page + 1) if page * PAGE < found.total else None,
    )


def _filters() -> Filters:
    state = request.args.get("state", "")
    return Filters(
        request.args.get("q", "")[:100],
        ProjectState(state) if state in set(ProjectState) else None,
        request.args.get("unit", "")[:120],
    )


def _register_url(filters: Filters, page: int) -> str:
    return url_for(
        ".register",
        q=filters.text or None,
        state=filters.state,
        unit=filters.unit or None,
        page=page,
    )


def _booked(actor: Actor) -> frozenset[int]:
    """Projects that the actor may see because they are on them."""
    return queries.NOBODYS if actor.has(Role.PMO) else staffing.project_ids_of(actor.person_id)


def _budget(project: Project) -> str | None:
    if project.budget_minor is None:
        return None
    return money(project.budget_minor, project.currency or "EUR")


@bp.get("/new")
@requires(Role.PMO)
def new_project() -> ResponseReturnValue:
    """Enter a project."""
    return _project_form(ProjectForm(formdata=None))


@bp.post("/new")
@requires(Role.PMO)
def create_project() -> ResponseReturnValue:
    """Keep the new project."""
    form = ProjectForm()
    if form.validate():
        try:
            project = services.create_project(form.facts(), by=current_actor())
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("The project is entered. Now add the roles it needs."), "good")
            return redirect(url_for(".project", code=project.code))
    return _project_form(form), 422


def _project_form(form: ProjectForm, subject: Project | None = None) -> str:
    return render_template("projects/project_form.html", form=form, subject=subject)


# --- A project -----------------------------------------------------------------------------


@bp.get("/<code>")
@signed_in
def project(code: str) -> ResponseReturnValue:
    """A project, its roles and who is on it."""
    actor = current_actor()
    found = queries.project_for(actor, code, booked=_booked(actor))
    manages = actor.has(Role.PMO) or found.manager_id == actor.person_id
    roles = _roles(found, actor, manages=manages)
    return render_template(
        "projects/project.html",
        project=found,
        facts=_facts(found, money_too=manages),
        roles=roles,
        chart=_chart(found, roles, linked=actor.has(Role.PMO)) if roles else None,
        team=_team(roles),
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        slot_names=SLOT_STATE_NAMES,
        slot_tones=SLOT_STATE_TONES,
        booking_names=BOOKING_NAMES,
        may_change=actor.has(Role.PMO),
        manages=manages,
        notable=[shown_decision(one) for one in deciding.notable_decisions(found.id)]
        if actor.has(Role.PMO)
        else [],
        rates={role.slot.id: _rate(role.slot) for role in roles} if manages else {},
    )


def _facts(found: Project, *, money_too: bool) -> list[tuple[str, str | None]]:
    return [
        (_("Business unit"), found.unit),
        (_("From"), day(found.start_date)),
        (_("To"), day(found.end_date)),
        (_("Priority"), str(PRIORITY_NAMES[found.priority])),
        (_("Budget"), _budget(found) if money_too else None),
        (_("Project manager"), found.manager.name if found.manager else None),
    ]


def _roles(found: Project, actor: Actor, *, manages: bool) -> list[ShownRole]:
    """The roles with their bookings. Proposals are for the PMO only; who is asked is known to the
    project manager and to themselves, and not to everybody on the project."""
    live = staffing.live_bookings([slot.id for slot in found.slots])

    def told(one: Booking) -> bool:
        if actor.has(Role.PMO) or one.state is BookingState.CONFIRMED:
            return True
        return one.state in SEEN_BY_PERSON and (manages or actor.is_(one.person_id))

    return [
        ShownRole(
            slot,
            slot_state(
                slot.closed_at is not None, [one.state for one in live if one.slot_id == slot.id]
            ),
            [one for one in live if one.slot_id == slot.id and told(one)],
        )
        for slot in found.slots
    ]


def _rate(slot: RoleSlot) -> str | None:
    if slot.rate_cap_minor is None:
        return None
    return money(slot.rate_cap_minor, slot.rate_currency or "EUR")


def _chart(found: Project, roles: Sequence[ShownRole], *, linked: bool) -> charts.Schedule:
    rows = [
        charts.Row(
            label=role.slot.title,
            spans=(_span(role),),
            detail=_("%(percent)s %%", percent=number(role.slot.allocation)),
            url=_role_url(found, role.slot) if linked else None,
        )
        for role in roles
    ]
    names = locale().months["format"]["abbreviated"]
    months = [str(names[month]) for month in range(1, 13)]
    return charts.schedule(rows, found.start_date, found.end_date, clock.today(), months)


def _span(role: ShownRole) -> charts.Span:
    text = _(
        "%(first)s to %(last)s, %(state)s",
        first=day(role.slot.start_date),
        last=day(role.slot.end_date),
        state=SLOT_STATE_NAMES[role.state],
    )
    return charts.Span(role.slot.start_date, role.slot.end_date, text, _SPAN_TONES[role.state])


def _role_url(found: Project, slot: RoleSlot) -> str:
    return url_for("staffing.role", code=found.code, slot_id=slot.id)


def _team(roles: Sequence[ShownRole]) -> list[tuple[Booking, RoleSlot]]:
    """Who is confirmed, in the order of the roles."""
    return [
        (booking, role.slot)
        for role in roles
        if role.state is SlotState.FILLED
        for booking in role.bookings
        if booking.state.value == "confirmed"
    ]


@bp.get("/<code>/edit")
@requires(Role.PMO)
def edit_project(code: str) -> ResponseReturnValue:
    """Change a project."""
    found = queries.project_for(current_actor(), code)
    return _project_form(ProjectForm.of(found), found)


@bp.post("/<code>/edit")
@requires(Role.PMO)
def change_project(code: str) -> ResponseReturnValue:
    """Keep the changed project."""
    form = ProjectForm()
    form.keep_code(code)
    if form.validate():
        try:
            services.change_project(code, form.facts(), by=current_actor())
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".project", code=code))
    return _project_form(form, queries.project_for(current_actor(), code)), 422


# --- Its roles -----------------------------------------------------------------------------


@bp.get("/<code>/roles/new")
@requires(Role.PMO)
def new_role(code: str) -> ResponseReturnValue:
    """Describe a role, from nothing or from what its kind asks for."""
    found = queries.project_for(current_actor(), code)
    dates = {"start": found.start_date, "end": found.end_date}
    offered = _demandable()
    kind = next((one for one in offered.profiles if one.code == request.args.get("profile")), None)
    if kind is not None:
        return _role_form(RoleForm.from_profile(kind, offered, dates), found)
    return _role_form(RoleForm(offered, formdata=None, data=dates), found)


@bp.post("/<code>/roles/new")
@requires(Role.PMO)
def add_role(code: str) -> ResponseReturnValue:
    """Keep the new role."""
    form = RoleForm(_demandable())
    if _rows_changed(form):
        return _role_form(form, queries.project_for(current_actor(), code))
    if form.validate():
        try:
            slot = services.add_role(code, form.facts(), by=current_actor())
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("The role is added. Here is who qualifies."), "good")
            return redirect(url_for("staffing.role", code=code, slot_id=slot.id))
    return _role_form(form, queries.project_for(current_actor(), code)), 422


def _demandable() -> Demandable:
    """What there is to ask for, with the time zones of the organisation and of the world."""
    zones = {zone(), *calendars.zones(), *ZONES}
    return replace(queries.demandable(), zones=sorted(zones))


def _rows_changed(form: RoleForm) -> bool:
    """Whether the form was sent to add or remove a row of demands, which is then done."""
    if "add_row" in request.form:
        form.add_row()
        return True
    number_ = request.form.get("remove_row", type=int)
    if number_ is None:
        return False
    form.remove_row(number_)
    return True


def _role_form(form: RoleForm, found: Project, slot: RoleSlot | None = None) -> str:
    return render_template(
        "projects/role_form.html",
        form=form,
        project=found,
        slot=slot,
        kinds=[(one.code, one.title) for one in form.offered.profiles],
    )


@bp.get("/<code>/roles/<int:slot_id>/edit")
@requires(Role.PMO)
def edit_role(code: str, slot_id: int) -> ResponseReturnValue:
    """Change a role."""
    slot = queries.slot_for(current_actor(), slot_id, code=code)
    return _role_form(RoleForm.of(slot, _demandable()), slot.project, slot)


@bp.post("/<code>/roles/<int:slot_id>/edit")
@requires(Role.PMO)
def change_role(code: str, slot_id: int) -> ResponseReturnValue:
    """Keep the changed role."""
    form = RoleForm(_demandable())
    if _rows_changed(form):
        slot = queries.slot_for(current_actor(), slot_id, code=code)
        return _role_form(form, slot.project, slot)
    if form.validate():
        try:
            services.change_role(code, slot_id, form.facts(), by=current_actor())
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for("staffing.role", code=code, slot_id=slot_id))
    slot = queries.slot_for(current_actor(), slot_id, code=code)
    return _role_form(form, slot.project, slot), 422


@bp.post("/<code>/roles/<int:slot_id>/closure")
@requires(Role.PMO)
def close_role(code: str, slot_id: int) -> ResponseReturnValue:
    """Close a role."""
    services.close_role(code, slot_id, by=current_actor())
    flash(_("The role is closed. Nobody is asked for it any more."), "good")
    return redirect(url_for(".project", code=code))


@bp.post("/<code>/roles/<int:slot_id>/opening")
@requires(Role.PMO)
def open_role(code: str, slot_id: int) -> ResponseReturnValue:
    """Open a closed role again."""
    services.open_role(code, slot_id, by=current_actor())
    flash(_("The role is open again."), "good")
    return redirect(url_for("staffing.role", code=code, slot_id=slot_id))
