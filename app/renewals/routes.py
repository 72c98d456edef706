"""The calendar of what lapses, and its secret addresses for calendar programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core import clock, i18n
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.core.values import Period, add_months
from app.renewals import calendars, queries, services
from app.renewals.rules import Kind, Lapse
from app.web.access import current_actor, public, signed_in
from app.web.forms import Form, given

bp = Blueprint("renewals", __name__, template_folder="templates")

MONTHS = 12
BEFORE = timedelta(days=90)
"""So far back, too: what lapsed lately may still be in grace."""
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Line:
    """A lapse in the calendar, with the address of its page."""

    lapse: Lapse
    url: str
    state: str
    """`over`, `grace`, `soon` or `later`."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar; empty ones are shown too."""

    first: date
    lines: Sequence[Line]


@bp.get("/certifications/calendar")
@signed_in
def calendar() -> ResponseReturnValue:
    """What lapses month by month: one's own, for the PMO also everybody's."""
    return _calendar_page()


def _calendar_page(new_address: str | None = None) -> str:
    actor, today = current_actor(), clock.today()
    manages = actor.has(Role.PMO)
    everybody = manages and request.args.get("whose") == EVERYBODY
    period = Period(today - BEFORE, add_months(today, MONTHS))
    found = queries.lapses(period, None if everybody else given(actor.person_id))
    lines = [_line(one, today) for one in found]
    return render_template(
        "renewals/calendar.html",
        past=[one for one in lines if one.lapse.last < today],
        months=_months([one for one in lines if one.lapse.last >= today], today),
        total=len(lines),
        everybody=everybody,
        manages=manages,
        feeds=queries.feeds_of(actor),
        new_address=new_address,
        form=Form(formdata=None),
    )


def _line(lapse: Lapse, today: date) -> Line:
    if lapse.kind is Kind.CERTIFICATE:
        url = address_of("credentials.certificate", serial=lapse.key)
    else:
        url = address_of("certifications.holding", holding_id=int(lapse.key))
    left = lapse.days_left(today)
    if left < 0:
        graced = lapse.grace_to is not None and lapse.grace_to >= today
        return Line(lapse, url, "grace" if graced else "over")
    return Line(lapse, url, "soon" if left <= 90 else "later")


def _months(lines: Sequence[Line], today: date) -> list[Month]:
    """From this month on, each with what lapses in it."""
    by_month = {
        first: list(group)
        for first, group in groupby(lines, key=lambda one: one.lapse.last.replace(day=1))
    }
    start = today.replace(day=1)
    firsts = [add_months(start, n) for n in range(MONTHS + 1)]
    return [Month(first, by_month.get(first, [])) for first in firsts]


@bp.post("/certifications/calendar/addresses")
@signed_in
def make_address() -> ResponseReturnValue:
    """Make a secret address, and tell it this once."""
    everybody = request.form.get("whose") == EVERYBODY
    try:
        token = services.make_feed(everybody, by=current_actor())
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return _calendar_page(), refusal.status
    return _calendar_page(address_of(".feed", token=token, _external=True))


@bp.post("/certifications/calendar/addresses/<int:feed_id>/revocation")
@signed_in
def revoke_address(feed_id: int) -> ResponseReturnValue:
    """Close a secret address."""
    services.revoke_feed(feed_id, by=current_actor())
    flash(_("The address is closed."), "good")
    return redirect(address_of(".calendar", _anchor="subscribe"))


@bp.get("/calendars/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """What lapses, for a calendar program; who has the address may read it."""
    found = queries.feed_behind(token)
    now = clock.now()
    period = Period(now.date() - BEFORE, add_months(now.date(), 36))
    person_id = None if found.everybody else found.person_id
    lapses = queries.lapses(period, person_id)
    base_url = current_app.config["SETTINGS"].base_url
    with i18n.speaking(accounts.person(found.person_id).language):
        name = _("What lapses, everybody") if found.everybody else _("What lapses")
        text = calendars.written(lapses, name, now, base_url)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="cadre.ics"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
