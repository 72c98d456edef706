"""Addresses of calendars, and the calendar behind one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import speaking
from app.staffing.feeds import calendars, queries, services
from app.web.access import current_actor, public, signed_in
from app.web.forms import given

bp = Blueprint("feeds", __name__, template_folder="templates")
BEFORE = timedelta(days=90)


@bp.get("/bookings/calendar")
@signed_in
def addresses() -> ResponseReturnValue:
    """One's addresses."""
    return _page()


@bp.post("/bookings/calendar")
@signed_in
def make_address() -> ResponseReturnValue:
    """Make an address, and tell it this once; the one before is closed."""
    token = services.make(by=current_actor())
    return _page(url_for(".feed", token=token, _external=True))


@bp.post("/bookings/calendar/<int:feed_id>/revocation")
@signed_in
def revoke_address(feed_id: int) -> ResponseReturnValue:
    """Close an address."""
    services.revoke(feed_id, by=current_actor())
    flash(_("The address is closed."), "good")
    return redirect(url_for(".addresses"))


def _page(made: str | None = None) -> str:
    feeds = queries.feeds_of(given(current_actor().person_id))
    return render_template("feeds/addresses.html", feeds=feeds, made=made)


@bp.get("/calendars/bookings/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """Somebody's bookings, for a calendar program; who has the address may read it."""
    owner = queries.owner_behind(token)
    now = clock.now()
    base_url = current_app.config["SETTINGS"].base_url
    with speaking(owner.language):
        found = queries.bookings_in(owner.id, now.date() - BEFORE)
        text = calendars.written(found, now, base_url)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="cadre-bookings.ics"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
