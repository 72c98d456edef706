"""Bookings and plans of the portfolio as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, jsonify, url_for
from flask.typing import ResponseReturnValue

from app.api.blueprint import body, bp
from app.api.shapes import Json, day, plain, read, takes
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.staffing import queries, services
from app.staffing.deciding import services as decisions
from app.staffing.models import Booking, StaffingPlan
from app.staffing.planning import queries as plans
from app.staffing.planning import services as planning
from app.staffing.rules.booking import BookingState
from app.web.access import current_actor, requires, signed_in

_ROW: Json = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
BOOKING = {
    "role": plain(_ROW, required=True),
    "person": plain(_ROW, required=True),
    "state": plain({"type": "string", "enum": ["proposed", "requested"]}),
    "reason": plain({"type": "string"}),
}
_STEPS = ["requested", "confirmed", "declined", "released"]
STEP = {
    "state": plain({"type": "string", "enum": _STEPS}, required=True),
    "reason": plain({"type": "string"}),
    "last_day": day(),
}


# --- Bookings ------------------------------------------------------------------------------


@bp.post("/bookings")
@requires(Role.PMO)
@takes(BOOKING)
def book() -> ResponseReturnValue:
    """Propose somebody for a role, or ask them at once. What does not fit is refused with 409."""
    sent = body()
    role_id, person_id = _number(sent, "role"), _number(sent, "person")
    state, reason = sent.get("state", BookingState.PROPOSED), sent.get("reason", "")
    if state not in (BookingState.PROPOSED, BookingState.REQUESTED):
        raise Invalid(_("A booking begins as “proposed” or “requested”."), field="state")
    if not isinstance(reason, str):
        raise Invalid(_("Give the reason as a text."), field="reason")
    made = decisions.book(
        role_id,
        person_id,
        BookingState(state),
        by=current_actor(),
        base_url=_base_url(),
        reason=reason,
        unexplained=_("Booked over the API; no reason was given."),
    )
    return jsonify(_booking(made)), 201


@bp.patch("/bookings/<int:booking_id>")
@signed_in
@takes(STEP)
def change_booking(booking_id: int) -> ResponseReturnValue:
    """Bring a booking into another state; its person may accept or decline a request.

    Released with a `last_day` it stays confirmed up to that day, and what is left of the role is a
    role of its own.
    """
    sent, by = body(), current_actor()
    queries.booking_for(by, booking_id)
    reason = sent.get("reason", "")
    if not isinstance(reason, str):
        raise Invalid(_("Give the reason as a text."), field="reason")
    match sent.get("state"):
        case BookingState.REQUESTED:
            changed = services.request(booking_id, by=by, base_url=_base_url())
        case BookingState.CONFIRMED:
            changed = services.confirm(booking_id, by=by, base_url=_base_url())
        case BookingState.RELEASED if "last_day" in sent:
            last = read({"last_day": STEP["last_day"]}, {"last_day": sent["last_day"]})["last_day"]
            changed = services.end_early(
                booking_id, last, by=by, base_url=_base_url(), reason=reason
            )
        case BookingState.RELEASED:
            changed = services.release(booking_id, by=by, base_url=_base_url(), reason=reason)
        case BookingState.DECLINED:
            changed = services.decline(booking_id, by=by, reason=reason, base_url=_base_url())
        case _:
            message = _("Give “requested”, “confirmed”, “declined” or “released”.")
            raise Invalid(message, field="state")
    return jsonify(_booking(changed))


def _booking(booking: Booking) -> Json:
    return {
        "id": booking.id,
        "role": booking.slot_id,
        "person": booking.person_id,
        "start": booking.start_date.isoformat(),
        "end": booking.end_date.isoformat(),
        "allocation": booking.percent,
        "state": booking.state,
    }


# --- Plans ---------------------------------------------------------------------------------


@bp.post("/staffing/plans")
@requires(Role.PMO)
def ask_for_plan() -> ResponseReturnValue:
    """Have every open role planned in the background."""
    plan_id = planning.ask(by=current_actor())
    address = url_for("api.staffing_plan", plan_id=plan_id)
    return jsonify(_plan(plans.plan(plan_id))), 202, {"Location": address}


@bp.get("/staffing/plans/<int:plan_id>")
@requires(Role.PMO)
def staffing_plan(plan_id: int) -> ResponseReturnValue:
    """A plan as far as it is; `assignments` are a preview until `state` is `done`.

    `progress` tells how far the search is: its stage, and the share by which a plan could still be
    better in it. A plan can also end as `stopped` or `failed`. `limits` keep everybody out of a
    role who qualifies.
    """
    return jsonify(_plan(plans.plan(plan_id)))


@bp.post("/staffing/plans/<int:plan_id>/application")
@requires(Role.PMO)
def apply_staffing_plan(plan_id: int) -> ResponseReturnValue:
    """Propose everybody whom a plan names; who fits no more is told with the reason.

    `stood` counts those who were proposed or asked before.
    """
    done = planning.apply(plan_id, by=current_actor(), now=clock.now())
    refused = [{"role": role, "reason": reason} for role, reason in done.refused.items()]
    return jsonify(proposed=done.proposed, stood=done.stood, refused=refused)


def _plan(plan: StaffingPlan) -> Json:
    told: Json = plan.outcome or {}
    return {
        "id": plan.id,
        "state": plan.state,
        "asked_at": _time(plan.asked_at),
        "finished_at": _time(plan.finished_at),
        "applied_at": _time(plan.applied_at),
        "progress": told.get("progress"),
        "stages": told.get("stages", []),
        "changed": told.get("changed"),
        "utilisation": told.get("utilisation"),
        "assignments": told.get("assignments", []),
        "unfilled": [
            {
                "role": one["role"],
                "qualified": one["qualified"],
                "reasons": [
                    {"rule": f"{name}:{code}" if code else name, "people": count}
                    for name, code, _level, count in one["failed"]
                ],
                "limits": [
                    f"{name}:{code}" if code else name
                    for name, code, _level in one.get("limits", ())
                ],
            }
            for one in told.get("empty", [])
        ],
    }


def _number(sent: Json, name: str) -> int:
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
        raise Invalid(_("Give the number of a row."), field=name)
    return value


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
