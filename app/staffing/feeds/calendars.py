"""Bookings as an iCalendar file (RFC 5545): whole days, tentative until they are agreed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from app.core.i18n import day
from app.core.i18n import gettext as _
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState
from app.staffing.shares import smaller_shares


def written(bookings: Iterable[Booking], now: datetime, base_url: str) -> bytes:
    """The calendar; a booking has the same identity in each, so that programs replace it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cadre//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Bookings"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for booking in bookings:
        calendar.add_component(_event(booking, now, base_url))
    return bytes(calendar.to_ical())


def _event(booking: Booking, now: datetime, base_url: str) -> Event:
    agreed = booking.state is BookingState.CONFIRMED
    words = {
        "role": booking.slot.title,
        "project": booking.slot.project.title,
        "percent": booking.percent,
    }
    event = Event()
    event.add("uid", f"booking-{booking.id}@cadre")
    event.add("dtstamp", now)
    event.add("dtstart", booking.start_date)
    event.add("dtend", booking.end_date + timedelta(days=1))
    event.add("status", "CONFIRMED" if agreed else "TENTATIVE")
    # A share of the time: nobody else's meeting has to give way to it.
    event.add("transp", "TRANSPARENT")
    if agreed:
        event.add("summary", _("%(role)s, %(project)s (%(percent)s %%)", **words))
    else:
        event.add("summary", _("Asked: %(role)s, %(project)s (%(percent)s %%)", **words))
    if told := _told(booking):
        event.add("description", told)
    event.add("url", f"{base_url}/bookings")
    return event


def _told(booking: Booking) -> str:
    """Days with a smaller share, and until when an answer is waited for."""
    told = [smaller_shares(booking.slot)]
    if booking.state is BookingState.REQUESTED and booking.answer_by:
        told.append(_("Please answer by %(day)s.", day=day(booking.answer_by, "long")))
    return "\n".join(line for line in told if line)
