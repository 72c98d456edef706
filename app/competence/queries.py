"""Reads of evidence, claims and certifications, for any number of people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import select

from app.competence.models import (
    CertificationType,
    Competency,
    Evidence,
    EvidenceWithdrawal,
    Holding,
)
from app.competence.rules import Claim, HeldCertification, Piece, fold
from app.core import db
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
    withdrawn = select(EvidenceWithdrawal.evidence_id)
    query = select(
        Evidence.id,
        Evidence.person_id,
        Evidence.competency_code,
        Evidence.kind,
        Evidence.level,
        Evidence.valid_from,
        Evidence.valid_to,
        Evidence.title,
    ).where(Evidence.id.not_in(withdrawn))
    if person_ids is not None:
        query = query.where(Evidence.person_id.in_(person_ids))
    found: dict[int, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for number, person_id, code, kind, level, first, last, title in db.session.execute(query):
        piece = Piece(number, code, kind, level, first, last, title)
        found[person_id][code].append(piece)
    return found


def holdings_of(person_ids: Collection[int] | None) -> dict[int, list[HeldCertification]]:
    """The certifications of people that were not withdrawn, newest first; None means everybody."""
    query = (
        select(Holding, CertificationType)
        .join(CertificationType, CertificationType.code == Holding.certification_code)
        .where(Holding.withdrawn_at.is_(None))
        .order_by(Holding.issued_on.desc(), Holding.id.desc())
    )
    if person_ids is not None:
        query = query.where(Holding.person_id.in_(person_ids))
    found: dict[int, list[HeldCertification]] = defaultdict(list)
    for holding, kind in db.session.execute(query):
        found[holding.person_id].append(_held(holding, kind))
    return found


def _held(holding: Holding, kind: CertificationType) -> HeldCertification:
    return HeldCertification(
        holding.id,
        kind.code,
        kind.title,
        kind.issuer,
        holding.number,
        holding.issued_on,
        holding.expires_on,
    )


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
