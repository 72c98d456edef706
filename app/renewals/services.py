"""Acts: remind of what lapses, tell of new versions, make and revoke addresses of calendars."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.assessment import queries as assessment
from app.assessment.queries import Behind
from app.core import audit, clock, db, i18n, jobs, mail
from app.core.errors import Conflict, NotAllowed
from app.core.i18n import gettext, ngettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import SYSTEM, Actor, Role
from app.core.values import Period
from app.learning.announcements import RevisionServed
from app.renewals import queries
from app.renewals.models import CalendarFeed, Reminder, ReminderRound
from app.renewals.rules import AHEAD, LATE, Kind, Lapse, mark_due

# --- Reminders -------------------------------------------------------------------------------


def reminder_round(base_url: str) -> Callable[[datetime], int]:
    """What a worker does every minute: on the first of a day, it reminds of what lapses."""

    def remind_daily(now: datetime) -> int:
        if queries.looked_through(now.date()):
            return 0
        return remind(now, base_url)

    return remind_daily


def remind(now: datetime, base_url: str) -> int:
    """Write to everybody of whose things a mark has been reached, once a day and mark.

    Letters and rows are one act: nobody is told twice, and nothing that failed counts as told.

    Returns:
        How many reminders there were.
    """
    today = now.date()
    with db.transaction():
        if not db.insert_once(ReminderRound, day=today, made_at=now):
            return 0
        told = _newly_due(today, now)
        for lapse in told:
            _write_to_owner(lapse, today, base_url)
        if told:
            _write_to_pmo(told, today, base_url)
            audit.record(SYSTEM, "lapses.remind", f"day:{today}", count=len(told))
    return len(told)


def _newly_due(today: date, now: datetime) -> list[Lapse]:
    """What has reached a mark that nobody was told of; from here on they count as told."""
    found = queries.lapses(Period(today - LATE, today + AHEAD))
    before = queries.reminded([one.subject for one in found])
    told = []
    for lapse in found:
        mark = mark_due(lapse.last, today)
        if mark is None or (lapse.subject, mark) in before:
            continue
        if db.insert_once(
            Reminder,
            subject=lapse.subject,
            mark=mark,
            person_id=lapse.person_id,
            lapses_on=lapse.last,
            sent_at=now,
        ):
            told.append(lapse)
    return told


def _write_to_owner(lapse: Lapse, today: date, base_url: str) -> None:
    with i18n.speaking(lapse.language):
        text = gettext(
            "%(title)s (%(number)s): %(when)s\n\n%(what)s\n\n%(address)s\n",
            title=lapse.title,
            number=lapse.number,
            when=_when(lapse, today),
            what=_what_to_do(lapse),
            address=f"{base_url}{_path(lapse)}",
        )
        mail.enqueue(lapse.email, f"{lapse.title}: {_when(lapse, today)}", text)


def _when(lapse: Lapse, today: date) -> str:
    left = lapse.days_left(today)
    day = i18n.day(lapse.last, "long")
    if left < 0:
        return gettext("lapsed on %(day)s", day=day)
    if left == 0:
        return gettext("today is its last day")
    return ngettext(
        "lapses in %(num)s day, on %(day)s", "lapses in %(num)s days, on %(day)s", left, day=day
    )


def _what_to_do(lapse: Lapse) -> str:
    if lapse.grace_to is None:
        return gettext("Roles that ask for it no longer find you after that day. Renew it in time.")
    return gettext(
        "Roles that ask for it no longer find you after that day. It can still be renewed until"
        " %(day)s.",
        day=i18n.day(lapse.grace_to, "long"),
    )


def _path(lapse: Lapse) -> str:
    if lapse.kind is Kind.CERTIFICATE:
        return f"/certificates/{lapse.key}"
    return f"/certifications/{lapse.key}"


def _write_to_pmo(told: Sequence[Lapse], today: date, base_url: str) -> None:
    """One letter to each member with everything that was told today."""
    for member in accounts.pmo_members():
        with i18n.speaking(member.language):
            lines = [f"- {one.person}: {one.title}, {_when(one, today)}" for one in told]
            text = gettext(
                "These people were reminded today:\n\n%(lines)s\n\nThe calendar: %(address)s\n",
                lines="\n".join(lines),
                address=f"{base_url}/certifications/calendar?whose=everybody",
            )
            subject = ngettext(
                "%(num)s certification or certificate lapses",
                "%(num)s certifications and certificates lapse",
                len(told),
            )
            mail.enqueue(member.email, subject, text)


# --- New versions of courses -----------------------------------------------------------------

TELL = "update.tell"


def tell_later(served: RevisionServed) -> None:
    """Have those told who had finished a course and are asked for what this revision changed."""
    payload = {"course_id": served.course_id, "revision_id": served.revision_id}
    jobs.enqueue(TELL, payload, key=f"{TELL}:{served.revision_id}")


def teller(base_url: str) -> jobs.Handler:
    """The handler of `TELL`: one letter to each of them, however often it runs."""

    def tell(payload: dict[str, Any]) -> None:
        asked = {
            one.finisher.person_id: one
            for one in assessment.behind(payload["course_id"])
            if one.update.revision_id == payload["revision_id"]
        }
        with db.transaction():
            for person in accounts.people(asked):
                _write_of_update(person, asked[person.id], base_url)

    return tell


def _write_of_update(person: Person, behind: Behind, base_url: str) -> None:
    course, update = behind.course, behind.update
    with i18n.speaking(person.language):
        if update.short:
            what = gettext(
                "You finished version %(before)s, and that stands. Version %(version)s changed"
                " something: you are asked for that alone.",
                before=update.from_version,
                version=update.to_version,
            )
        else:
            what = gettext(
                "You finished version %(before)s, and that stands. Version %(version)s asks you to"
                " renew it.",
                before=update.from_version,
                version=update.to_version,
            )
        mail.enqueue(
            person.email,
            gettext("%(course)s has changed", course=course.title),
            f"{what}\n\n{base_url}/courses/{course.id}\n",
            key=f"{TELL}:{update.revision_id}:{person.id}",
        )


# --- Calendars -------------------------------------------------------------------------------

MOST_FEEDS = 10


def make_feed(everybody: bool, *, by: Actor) -> str:
    """Make a secret address for a calendar program.

    Args:
        everybody: of the whole organisation, for the PMO.

    Returns:
        The secret; it is told this once, and only its hash is kept.
    """
    if by.person_id is None or (everybody and not by.has(Role.PMO)):
        raise NotAllowed(_("Only the PMO reads everybody's calendar."))
    token = secrets.token_urlsafe(32)
    with audit.act(by, "feed.make", f"person:{by.person_id}", everybody=everybody):
        if len(queries.feeds_of(by)) >= MOST_FEEDS:
            raise Conflict(_("You have ten addresses already. Revoke one that you do not use."))
        db.session.add(
            CalendarFeed(
                person_id=by.person_id,
                everybody=everybody,
                token_hash=queries.hash_of(token),
                made_at=clock.now(),
            )
        )
    return token


def revoke_feed(feed_id: int, *, by: Actor) -> None:
    """Close an address: whoever asks there is told that there is nothing. Again changes nothing."""
    with audit.act(by, "feed.revoke", f"feed:{feed_id}"):
        feed = queries.feed_for(by, feed_id)
        if feed.revoked_at is None:
            feed.revoked_at = clock.now()
