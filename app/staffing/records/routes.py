"""Pages of the project record: work that has ended, and what its sponsor says of it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.staffing.records import queries, services
from app.staffing.records.forms import RecordForm, record_form
from app.staffing.records.rules import has_ended
from app.web.access import current_actor, signed_in
from app.web.forms import given

bp = Blueprint("records", __name__, template_folder="templates")

_MOST = 100


@bp.get("/bookings/records")
@signed_in
def waiting() -> ResponseReturnValue:
    """Work on the reader's projects that has ended and waits for a word."""
    found = queries.waiting_for(current_actor(), clock.today(), _MOST)
    return render_template("records/waiting.html", bookings=found)


@bp.get("/bookings/<int:booking_id>/record")
@signed_in
def record(booking_id: int) -> ResponseReturnValue:
    """What was said, or the form to say it."""
    return _record_page(booking_id)


@bp.post("/bookings/<int:booking_id>/record")
@signed_in
def keep_record(booking_id: int) -> ResponseReturnValue:
    """Keep what the sponsor says."""
    actor = current_actor()
    form = record_form(queries.asked_of(queries.booking_for(actor, booking_id)))
    if not form.validate():
        return _record_page(booking_id, form), 422
    try:
        services.record_work(
            booking_id, form.levels(), given(form.note.data), by=actor, today=clock.today()
        )
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _record_page(booking_id, form), refusal.status
    flash(_("Kept. What you saw counts as evidence of theirs."), "good")
    return redirect(url_for(".waiting"))


def _record_page(booking_id: int, form: RecordForm | None = None) -> str:
    booking = queries.booking_for(current_actor(), booking_id)
    return render_template(
        "records/record.html",
        booking=booking,
        said=queries.record_of(booking_id),
        ended=has_ended(booking.state, booking.end_date, clock.today()),
        form=form or record_form(queries.asked_of(booking)),
    )
