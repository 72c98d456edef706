"""Reads of addresses and of what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.accounts.models import Person
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.projects.models import RoleSlot
from app.staffing.feeds.models import BookingFeed
from app.staffing.models import Booking
from app.staffing.rules.booking import BookingState

_SHOWN = (BookingState.REQUESTED, BookingState.CONFIRMED)


def feeds_of(person_id: int) -> Sequence[BookingFeed]:
    """Somebody's addresses that stand, newest first."""
    query = select(BookingFeed).where(
        BookingFeed.person_id == person_id, BookingFeed.revoked_at.is_(None)
    )
    return db.session.scalars(query.order_by(BookingFeed.id.desc())).all()


def feed_for(actor: Actor, feed_id: int) -> BookingFeed:
    """An address of the actor's own."""
    query = select(BookingFeed).where(
        BookingFeed.id == feed_id, BookingFeed.person_id == actor.person_id
    )
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such address."))
    return found


def owner_behind(token: str) -> Person:
    """Whose bookings a secret address tells, as long as it and they stand."""
    query = (
        select(Person)
        .join(BookingFeed, BookingFeed.person_id == Person.id)
        .where(BookingFeed.token_hash == hash_of(token), BookingFeed.revoked_at.is_(None))
        .where(Person.active)
    )
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such calendar."))
    return found


def bookings_in(person_id: int, since: date) -> Sequence[Booking]:
    """What somebody is asked for or booked on, with role and project."""
    query = (
        select(Booking)
        .join(Booking.slot)
        .join(RoleSlot.project)
        .where(Booking.person_id == person_id, Booking.state.in_(_SHOWN))
        .where(Booking.end_date >= since)
        .options(contains_eager(Booking.slot).contains_eager(RoleSlot.project))
        .order_by(Booking.start_date, Booking.id)
    )
    return db.session.scalars(query).all()


def hash_of(token: str) -> str:
    """What of a secret is kept."""
    return sha256(token.encode()).hexdigest()
