"""What lapses and when, certifications of others and certificates of ours alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import select

from app.accounts.models import Person, PersonRole
from app.competence.certifications import queries as certifications
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Period
from app.credentials.models import Certificate, CertificateRevocation
from app.renewals.models import CalendarFeed, Reminder, ReminderRound
from app.renewals.rules import Kind, Lapse


def lapses(period: Period, person_id: int | None = None) -> list[Lapse]:
    """What has its last day in `period` and was not renewed, in order; None asks for everybody.

    People who left are not among them.
    """
    found = [*_certifications(period, person_id), *_certificates(period, person_id)]
    return sorted(found, key=lambda one: (one.last, one.person, one.title, one.subject))


def _certifications(period: Period, person_id: int | None) -> list[Lapse]:
    return [
        Lapse(
            kind=Kind.CERTIFICATION,
            key=str(one.holding_id),
            subject=f"holding:{one.holding_id}",
            title=one.title,
            number=one.number,
            last=one.last,
            grace_to=one.standing.grace_to if one.terms.grace else None,
            person_id=one.person_id,
            person=one.person,
            email=one.email,
            language=one.language,
        )
        for one in certifications.entries(person_id, until=period.last)
        if one.last is not None and one.last in period
    ]


def _certificates(period: Period, person_id: int | None) -> list[Lapse]:
    renewed = select(Certificate.supersedes_id).where(Certificate.supersedes_id.is_not(None))
    query = (
        select(Certificate, Person)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.valid_to.between(period.first, period.last), Person.active)
        .where(Certificate.id.not_in(renewed))
        .where(Certificate.id.not_in(select(CertificateRevocation.certificate_id)))
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    return [
        Lapse(
            kind=Kind.CERTIFICATE,
            key=one.serial,
            subject=f"certificate:{one.id}",
            title=one.title,
            number=one.serial,
            last=one.valid_to,
            grace_to=one.grace_to,
            person_id=person.id,
            person=person.name,
            email=person.email,
            language=person.language,
        )
        for one, person in db.session.execute(query)
        if one.valid_to is not None
    ]


def looked_through(day: date) -> bool:
    """Whether the reminders of a day were sent already."""
    return db.session.get(ReminderRound, day) is not None


def reminded(subjects: Collection[str]) -> set[tuple[str, int]]:
    """Which marks were told already, as (subject, mark)."""
    query = select(Reminder.subject, Reminder.mark).where(Reminder.subject.in_(subjects))
    return {(row[0], row[1]) for row in db.session.execute(query)}


# --- Feeds -----------------------------------------------------------------------------------


def feeds_of(actor: Actor) -> Sequence[CalendarFeed]:
    """The actor's addresses that stand, newest first."""
    query = select(CalendarFeed).where(CalendarFeed.person_id == actor.person_id)
    query = query.where(CalendarFeed.revoked_at.is_(None))
    return db.session.scalars(query.order_by(CalendarFeed.id.desc())).all()


def feed_for(actor: Actor, feed_id: int) -> CalendarFeed:
    """An address of the actor's own."""
    query = select(CalendarFeed).where(CalendarFeed.id == feed_id)
    found = db.session.scalar(query.where(CalendarFeed.person_id == actor.person_id))
    if found is None:
        raise NotVisible(_("There is no such address."))
    return found


def feed_behind(token: str) -> CalendarFeed:
    """The feed of a secret address, as long as it and its owner stand.

    One of everybody's lapses needs an owner who still belongs to the PMO.
    """
    query = (
        select(CalendarFeed)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == hash_of(token))
        .where(CalendarFeed.revoked_at.is_(None), Person.active)
    )
    found = db.session.scalar(query)
    if found is None or (found.everybody and not _of_the_pmo(found.person_id)):
        raise NotVisible(_("There is no such calendar."))
    return found


def _of_the_pmo(person_id: int) -> bool:
    query = select(PersonRole.role).where(PersonRole.person_id == person_id)
    return bool({Role.PMO, Role.ADMIN} & set(db.session.scalars(query)))


def hash_of(token: str) -> str:
    """What of a secret is kept."""
    return sha256(token.encode()).hexdigest()
