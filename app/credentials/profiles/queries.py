"""Reads of public profiles."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import Person
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.credentials import queries as certificates
from app.credentials.models import Certificate, PublicItem, PublicProfile


def own(person_id: int) -> PublicProfile | None:
    """A person's profile; None while it is off."""
    query = select(PublicProfile).where(PublicProfile.person_id == person_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def shown(person_id: int) -> Sequence[int]:
    """The ids of the certificates that a person chose to show."""
    query = select(PublicItem.certificate_id).where(PublicItem.person_id == person_id)
    return db.session.scalars(query).all()


def at(address: str) -> PublicProfile:
    """The profile at an address; off and unknown alike raise NotVisible."""
    query = (
        select(PublicProfile)
        .join(Person, Person.id == PublicProfile.person_id)
        .where(PublicProfile.address == address, Person.active.is_(True))
    )
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such page."))
    return found


def certificates_on(profile: PublicProfile) -> Sequence[Certificate]:
    """What the person chose to show, newest first."""
    chosen = set(shown(profile.person_id))
    return [one for one in certificates.certificates_of(profile.person_id) if one.id in chosen]
