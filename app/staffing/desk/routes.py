"""The desk of a line manager: people, load by week, requests to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Person
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import ANONYMOUS, Actor
from app.core.values import Period
from app.staffing import queries as staffing
from app.staffing import services
from app.staffing.desk.queries import Desk, desk_of
from app.staffing.forms import AnswerForm
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import mondays, not_employed, weeks_over
from app.staffing.shares import smaller_shares
from app.staffing.shown_weeks import Row, cell, week_heads
from app.web.access import current_actor, signed_in
from app.web.forms import given

bp = Blueprint("desk", __name__, template_folder="templates")
WEEKS = 13


@bp.get("/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """The reader's people."""
    return _desk_page()


@bp.post("/desk/bookings/<int:booking_id>/answer")
@signed_in
def answer(booking_id: int) -> ResponseReturnValue:
    """Accept or decline a request for one of the reader's people."""
    actor = _as_themselves(current_actor())
    booking = staffing.booking_for(actor, booking_id)
    form = AnswerForm()
    if not form.validate():
        return _desk_page(form, booking_id), 422
    try:
        base_url = current_app.config["SETTINGS"].base_url
        if form.state.data is BookingState.CONFIRMED:
            services.confirm(booking_id, by=actor, base_url=base_url)
            flash(_("Accepted for %(name)s.", name=booking.person.name), "good")
        else:
            reason = form.reason.data or ""
            services.decline(booking_id, by=actor, reason=reason, base_url=base_url)
            flash(_("Declined for %(name)s.", name=booking.person.name), "good")
    except Refusal as refusal:
        form.refuse(refusal.field if refusal.field == "reason" else None, refusal)
        return _desk_page(form, booking_id), refusal.status
    return redirect(url_for(".desk"))


def _as_themselves(actor: Actor) -> Actor:
    """The reader without what their roles allow: here they answer as a line manager only."""
    return Actor(actor.person_id, ANONYMOUS.roles, actor.name)


def _desk_page(form: AnswerForm | None = None, answered: int | None = None) -> str:
    span = _span()
    found = desk_of(given(current_actor().person_id), span)
    starts = mondays(span)
    return render_template(
        "desk/desk.html",
        form=form,
        blank=AnswerForm(formdata=None),
        answered=answered,
        asked=found.asked,
        shares={one.id: smaller_shares(one.slot) for one in found.asked},
        span=span,
        earlier=_from(span.first - timedelta(weeks=WEEKS)),
        later=_from(span.first + timedelta(weeks=WEEKS)),
        weeks=week_heads(starts),
        rows=[_row(person, found, starts, span) for person in found.people],
    )


def _span() -> Period:
    """A quarter of whole weeks, from the week of `from` on; from this week if not said."""
    first = _day(request.args.get("from", "")) or clock.today()
    monday = first - timedelta(days=first.weekday())
    return Period(monday, monday + timedelta(weeks=WEEKS, days=-1))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _from(first: date) -> str:
    return url_for(".desk", _anchor="load", **{"from": first.isoformat()})  # type: ignore[arg-type]


def _row(person: Person, found: Desk, starts: Sequence[date], span: Period) -> Row:
    booked = found.booked.get(person.id, ())
    outside = not_employed(person.employed_from, person.employed_to, span)
    away = [*found.away.get(person.id, ()), *outside]
    return Row(
        name=person.name,
        url=url_for("calendars.working_time", person_id=person.id),
        detail=person.title,
        cells=[cell(week) for week in weeks_over(starts, person.capacity, booked, away)],
    )
