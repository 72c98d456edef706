"""What lapses as an iCalendar file (RFC 5545): one whole day each, with an alarm before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from app.core.i18n import gettext as _
from app.renewals.rules import Kind, Lapse

ALARM = timedelta(days=-30)


def written(lapses: Iterable[Lapse], name: str, now: datetime, base_url: str) -> bytes:
    """The calendar; the same lapse has the same identity in each, so that programs replace it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cadre//Certifications//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for lapse in lapses:
        calendar.add_component(_event(lapse, now, base_url))
    return bytes(calendar.to_ical())


def _event(lapse: Lapse, now: datetime, base_url: str) -> Event:
    event = Event()
    page = "certificates" if lapse.kind is Kind.CERTIFICATE else "certifications"
    words = {"title": lapse.title, "name": lapse.person}
    event.add("uid", f"{lapse.subject.replace(':', '-')}@cadre")
    event.add("dtstamp", now)
    event.add("dtstart", lapse.last)
    event.add("dtend", lapse.last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", _("Lapses: %(title)s, %(name)s", **words))
    event.add("description", _("Number %(number)s", number=lapse.number))
    event.add("url", f"{base_url}/{page}/{lapse.key}")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Lapses: %(title)s, %(name)s", **words))
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event
