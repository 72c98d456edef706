"""One's own bookings: answer requests, see what is agreed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.i18n import instant
from app.core.policy import ANONYMOUS, Actor
from app.staffing import queries, services
from app.staffing.forms import STATE_NAMES, STATE_TONES, AnswerForm
from app.staffing.models import Booking
from app.staffing.routes import bp
from app.staffing.rules.booking import BookingState
from app.staffing.shares import smaller_shares
from app.web.access import current_actor, signed_in
from app.web.forms import given


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a booking's history."""

    when: str
    datetime: str
    title: str
    text: str
    tone: str


@bp.get("/bookings")
@signed_in
def mine() -> ResponseReturnValue:
    """What the reader is asked for and booked on."""
    return _mine_page()


@bp.post("/bookings/<int:booking_id>/answer")
@signed_in
def answer(booking_id: int) -> ResponseReturnValue:
    """Accept or decline a request."""
    actor = _as_themselves(current_actor())
    queries.booking_for(actor, booking_id)
    form = AnswerForm()
    if not form.validate():
        return _mine_page(form, booking_id), 422
    try:
        base_url = current_app.config["SETTINGS"].base_url
        if form.state.data is BookingState.CONFIRMED:
            services.confirm(booking_id, by=actor, base_url=base_url)
            flash(_("Accepted. The time is booked."), "good")
        else:
            reason = form.reason.data or ""
            services.decline(booking_id, by=actor, reason=reason, base_url=base_url)
            flash(_("Declined. The PMO sees your reason."), "good")
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _mine_page(form, booking_id), refusal.status
    return redirect(url_for(".mine"))


def _as_themselves(actor: Actor) -> Actor:
    """The reader without what their roles allow: here everybody answers for themselves only."""
    return Actor(actor.person_id, ANONYMOUS.roles, actor.name)


def _mine_page(form: AnswerForm | None = None, answered: int | None = None) -> str:
    today = clock.today()
    person_id = given(current_actor().person_id)
    bookings = queries.bookings_of(person_id)
    asked = [one for one in bookings if one.state is BookingState.REQUESTED]
    agreed = [one for one in bookings if one.state is BookingState.CONFIRMED]
    return render_template(
        "staffing/mine.html",
        person_id=person_id,
        form=form,
        blank=AnswerForm(formdata=None),
        answered=answered,
        asked=sorted(asked, key=lambda one: (one.start_date, one.id)),
        current=[one for one in reversed(agreed) if one.end_date >= today],
        past=[one for one in bookings if one not in asked and one.end_date < today]
        + [one for one in bookings if one.state in _OVER and one.end_date >= today],
        shares={one.id: smaller_shares(one.slot) for one in bookings},
        steps={one.id: _steps(one) for one in bookings},
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
    )


_OVER = (BookingState.RELEASED, BookingState.DECLINED)


def _steps(booking: Booking) -> list[ShownStep]:
    """The history that the person may read: nothing of a proposal before they were asked."""
    return [
        ShownStep(
            when=instant(step.at),
            datetime=step.at.isoformat(),
            title=_("%(state)s by %(name)s", state=STATE_NAMES[step.state], name=step.by_name),
            text=step.reason,
            tone=STATE_TONES[step.state],
        )
        for step in booking.steps
        if step.state is not BookingState.PROPOSED
    ]
