"""Acts on one's own public profile."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import delete

from app.core import audit, clock
from app.core.errors import NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.credentials import queries as certificates
from app.credentials.models import PublicItem, PublicProfile
from app.credentials.profiles import queries


def show(certificate_ids: Collection[int], *, name: bool, by: Actor) -> None:
    """Turn the profile on, or change what it shows: these certificates of one's own, no others.

    Its address is made up at random when it is turned on, and another one after it was off.
    """
    person_id = _person(by)
    with audit.act(by, "profile.show", f"person:{person_id}") as session:
        profile = queries.own(person_id)
        if profile is None:
            address = secrets.token_urlsafe(18)
            session.add(
                PublicProfile(
                    person_id=person_id, address=address, shows_name=name, made_at=clock.now()
                )
            )
            session.flush()
        else:
            profile.shows_name = name
        session.execute(delete(PublicItem).where(PublicItem.person_id == person_id))
        own = {one.id for one in certificates.certificates_of(person_id)}
        chosen = sorted(own & set(certificate_ids))
        session.add_all(
            PublicItem(person_id=person_id, certificate_id=certificate_id)
            for certificate_id in chosen
        )


def hide(*, by: Actor) -> None:
    """Turn it off. Its address leads nowhere from now on."""
    person_id = _person(by)
    with audit.act(by, "profile.hide", f"person:{person_id}") as session:
        session.execute(delete(PublicItem).where(PublicItem.person_id == person_id))
        session.execute(delete(PublicProfile).where(PublicProfile.person_id == person_id))


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed(_("Only a person has a profile."))
    return by.person_id
