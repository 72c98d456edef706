"""Make and revoke addresses."""

from __future__ import annotations

import secrets

from app.accounts import queries as accounts
from app.core import audit, clock
from app.core.errors import NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.staffing.feeds import queries
from app.staffing.feeds.models import BookingFeed


def make(*, by: Actor) -> str:
    """Make a secret address; one that stood before is closed.

    Returns:
        The secret; it is told this once, and only its hash is kept.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person has bookings."))
    token = secrets.token_urlsafe(32)
    with audit.act(by, "bookings.feed.make", f"person:{by.person_id}") as session:
        accounts.person(by.person_id, lock=True)
        now = clock.now()
        for before in queries.feeds_of(by.person_id):
            before.revoked_at = now
        session.flush()
        session.add(
            BookingFeed(person_id=by.person_id, token_hash=queries.hash_of(token), made_at=now)
        )
    return token


def revoke(feed_id: int, *, by: Actor) -> None:
    """Close an address: whoever asks there is told that there is nothing. Again changes nothing."""
    with audit.act(by, "bookings.feed.revoke", f"feed:{feed_id}"):
        feed = queries.feed_for(by, feed_id)
        if feed.revoked_at is None:
            feed.revoked_at = clock.now()
