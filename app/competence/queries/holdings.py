"""Certifications of others: who holds what, and what lapses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.competence.certifications.rules import Terms, terms_of
from app.competence.models import CertificationType, Holding
from app.competence.rules import HeldCertification
from app.core import db


def holdings_of(person_ids: Collection[int] | None) -> dict[int, list[HeldCertification]]:
    """The certifications of people that were not withdrawn, newest first; None means everybody."""
    query = _HOLDINGS if person_ids is None else _HOLDINGS_OF_PEOPLE
    values = {"person_ids": list(person_ids or ())}
    found: dict[int, list[HeldCertification]] = defaultdict(list)
    terms: dict[str, Terms] = {}
    for row in db.rows(query, values):
        person_id, number, code, title, issuer, text, first, last, valid_for, renewal, newer = row
        if code not in terms:
            terms[code] = terms_of(valid_for, renewal)
        held = HeldCertification(number, code, title, issuer, text, first, last, terms[code], newer)
        found[person_id].append(held)
    return found


_Newer = aliased(Holding)
renewed = (
    select(_Newer.id)
    .where(_Newer.person_id == Holding.person_id, _Newer.withdrawn_at.is_(None))
    .where(_Newer.certification_code == Holding.certification_code, _Newer.id != Holding.id)
    .where(or_(_Newer.expires_on.is_(None), _Newer.expires_on > Holding.expires_on))
    .exists()
)
"""Whether a newer certification of the same kind holds longer."""


_HOLDINGS = (
    select(
        Holding.person_id,
        Holding.id,
        CertificationType.code,
        CertificationType.title,
        CertificationType.issuer,
        Holding.number,
        Holding.issued_on,
        Holding.expires_on,
        CertificationType.valid_for,
        CertificationType.renewal,
        renewed,
    )
    .join(CertificationType, CertificationType.code == Holding.certification_code)
    .where(Holding.withdrawn_at.is_(None))
    .order_by(Holding.issued_on.desc(), Holding.id.desc())
)
_HOLDINGS_OF_PEOPLE = _HOLDINGS.where(
    Holding.person_id.in_(bindparam("person_ids", expanding=True))
)


def lapsing(today: date, until: date, *, page: int, size: int) -> Sequence[tuple[Person, Holding]]:
    """Certifications of active people that lapse up to `until` without a newer one of the kind.

    One more than `size`, the first to lapse first; pages count from 1.
    """
    query = (
        select(Person, Holding)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.withdrawn_at.is_(None), Person.active, ~renewed)
        .where(Holding.expires_on.between(today, until))
        .options(joinedload(Holding.certification))
        .order_by(Holding.expires_on, Holding.id)
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def certification_type(code: str) -> CertificationType | None:
    """A certification of others by its code."""
    return db.session.get(CertificationType, code)


def renewable_codes() -> frozenset[str]:
    """Certifications that there is a way to renew."""
    return frozenset(
        row.code for row in certification_types() if terms_of(row.valid_for, row.renewal).ways
    )


def certification_types() -> Sequence[CertificationType]:
    """Certifications of others that can be recorded, by title."""
    return db.session.scalars(select(CertificationType).order_by(CertificationType.title)).all()
