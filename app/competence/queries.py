"""Reads of evidence, claims and certifications, for any number of people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, false, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.competence.certifications.rules import Terms, terms_of
from app.competence.models import (
    CertificationType,
    Competency,
    Evidence,
    EvidenceWithdrawal,
    Holding,
)
from app.competence.rules import Claim, HeldCertification, Piece, fold
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Period


def claims_on(person_ids: Collection[int] | None, day: date) -> dict[int, dict[str, Claim]]:
    """What each person can be said to do on `day`, by person and competency."""
    return claims_throughout(person_ids, Period(day, day))


def claims_throughout(
    person_ids: Collection[int] | None, period: Period
) -> dict[int, dict[str, Claim]]:
    """What each person can be said to do on every day of `period`; None means everybody."""
    return {
        person_id: fold(by_code, period) for person_id, by_code in pieces_of(person_ids).items()
    }


def pieces_of(person_ids: Collection[int] | None) -> dict[int, dict[str, list[Piece]]]:
    """The evidence of people that was not withdrawn, by person and competency."""
    query = _PIECES if person_ids is None else _PIECES_OF_PEOPLE
    values = {"person_ids": list(person_ids or ())}
    found: dict[int, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for number, person_id, code, kind, level, first, last, title in db.rows(query, values):
        piece = Piece(number, code, kind, level, first, last, title)
        found[person_id][code].append(piece)
    return found


_PIECES = select(
    Evidence.id,
    Evidence.person_id,
    Evidence.competency_code,
    Evidence.kind,
    Evidence.level,
    Evidence.valid_from,
    Evidence.valid_to,
    Evidence.title,
).where(Evidence.id.not_in(select(EvidenceWithdrawal.evidence_id)))
_PIECES_OF_PEOPLE = _PIECES.where(Evidence.person_id.in_(bindparam("person_ids", expanding=True)))


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


def evidence_of(person_id: int) -> Sequence[Evidence]:
    """Every piece of evidence of a person, newest first, also what was withdrawn."""
    query = (
        select(Evidence)
        .where(Evidence.person_id == person_id)
        .options(joinedload(Evidence.competency), joinedload(Evidence.withdrawal))
        .order_by(Evidence.valid_from.desc(), Evidence.id.desc())
    )
    return db.session.scalars(query).all()


def from_sources(sources: Iterable[str]) -> dict[str, list[Evidence]]:
    """Evidence that counts, by the beginning of its source; in one statement."""
    wanted = list(sources)
    query = (
        select(Evidence)
        .outerjoin(EvidenceWithdrawal, EvidenceWithdrawal.evidence_id == Evidence.id)
        .where(EvidenceWithdrawal.evidence_id.is_(None))
        .where(or_(false(), *(Evidence.source_key.startswith(one) for one in wanted)))
        .options(joinedload(Evidence.competency))
        .order_by(Evidence.id)
    )
    found = db.session.scalars(query).all()
    return {one: [each for each in found if each.source_key.startswith(one)] for one in wanted}


def check_evidence(person_id: int, evidence_id: int) -> None:
    """Raise NotVisible unless the piece of evidence is this person's."""
    found = select(Evidence.id).where(Evidence.id == evidence_id, Evidence.person_id == person_id)
    if db.session.scalar(found) is None:
        raise NotVisible(_("There is no such evidence."))


def subject_for(actor: Actor, person_id: int) -> Person:
    """The person whose profile is read: oneself, or anybody for the PMO and mentors."""
    if not (actor.is_(person_id) or actor.has(Role.PMO, Role.MENTOR)):
        raise NotVisible(_("There is no such person."))
    return accounts.person(person_id)


def element(code: str) -> Competency:
    """A competency by its code, also one that was retired."""
    if (found := db.session.get(Competency, code)) is None:
        raise NotVisible(_("There is no such competency."))
    return found


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


def competencies() -> Sequence[Competency]:
    """The elements of every framework that are in use, in their order."""
    query = select(Competency).where(~Competency.retired)
    return db.session.scalars(query.order_by(Competency.position, Competency.code)).all()


def competency_titles(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Titles by code, retired elements too."""
    query = select(Competency.code, Competency.title)
    if codes is not None:
        query = query.where(Competency.code.in_(list(codes)))
    return {row.code: row.title for row in db.session.execute(query)}


def certification_types() -> Sequence[CertificationType]:
    """Certifications of others that can be recorded, by title."""
    return db.session.scalars(select(CertificationType).order_by(CertificationType.title)).all()
