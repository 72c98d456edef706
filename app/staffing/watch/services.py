"""The round over all bookings: count what is in danger, and tell the PMO of what is new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from app.accounts import queries as accounts
from app.core import audit, db, i18n, mail
from app.core.i18n import gettext, ngettext
from app.core.policy import SYSTEM
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.explain import Titles, reason_text
from app.staffing.watch import queries
from app.staffing.watch.models import WatchRound, WatchTold
from app.staffing.watch.queries import Endangered

EVERY = timedelta(hours=1)


def rounds(base_url: str) -> Callable[[datetime], int]:
    """What a worker does every minute: once an hour, it looks over all bookings."""

    def look_hourly(now: datetime) -> int:
        last = queries.last_round()
        return 0 if last and now - last.made_at < EVERY else look(now, base_url)

    return look_hourly


def look(now: datetime, base_url: str) -> int:
    """Look over all bookings. Letters, count and what was told are one act.

    Returns:
        How many findings are new.
    """
    with db.transaction() as session:
        last = queries.last_round(lock=True)
        if last and now - last.made_at < EVERY:
            return 0
        found = queries.endangered(now.date())
        known = _still_there(found)
        new = [one for one in found if one.finding.is_news(known, now.date())]
        for one in new:
            session.add(
                WatchTold(
                    subject=one.finding.subject,
                    booking_id=one.booking.id,
                    told_at=now,
                )
            )
        last = last or WatchRound(id=1)
        last.made_at, last.found = now, len({one.booking.id for one in found})
        session.add(last)
        if new:
            _write(new, base_url)
            audit.record(SYSTEM, "watch.tell", f"day:{now.date()}", count=len(new))
    return len(new)


def _still_there(found: Sequence[Endangered]) -> frozenset[str]:
    """Of what was told, what is still found. The rest is forgotten, and new if it comes again."""
    demands = {one.finding.demand for one in found}
    told = queries.told()
    for row in told:
        if row.subject.rpartition("/")[0] not in demands:
            db.session.delete(row)
    return frozenset(row.subject for row in told if row.subject.rpartition("/")[0] in demands)


def _write(new: Sequence[Endangered], base_url: str) -> None:
    titles = queries.titles_for(new)
    for member in accounts.pmo_members():
        with i18n.speaking(member.language):
            lines = "\n\n".join(_line(one, titles) for one in new)
            text = gettext(
                "These people are on a role and will not meet what it demands:\n\n%(lines)s\n\n"
                "All of them: %(address)s\n",
                lines=lines,
                address=f"{base_url}/staffing/watch",
            )
            subject = ngettext(
                "%(num)s booking will fall out of qualification",
                "%(num)s bookings will fall out of qualification",
                len({one.booking.id for one in new}),
            )
            mail.enqueue(member.email, subject, text)


def _line(one: Endangered, titles: Titles) -> str:
    return gettext(
        "- %(name)s, %(role)s (%(project)s), from %(day)s: %(reason)s. %(repair)s",
        name=one.booking.person.name,
        role=one.booking.slot.title,
        project=one.booking.slot.project.title,
        day=i18n.day(one.finding.fails_on, "long"),
        reason=reason_text(one.finding.reason, titles),
        repair=repair_text(one.finding.repair, titles),
    )
