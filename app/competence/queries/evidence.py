"""Evidence as it was recorded, and whose profile one may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.competence.models import Evidence, EvidenceWithdrawal
from app.competence.rules import EvidenceKind
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def evidence_of(person_id: int) -> Sequence[Evidence]:
    """Every piece of evidence of a person, newest first, also what was withdrawn."""
    query = (
        select(Evidence)
        .where(Evidence.person_id == person_id)
        .options(
            joinedload(Evidence.competency),
            joinedload(Evidence.withdrawal),
            joinedload(Evidence.recorded_by),
        )
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


def evidence_id(source_key: str) -> int | None:
    """The evidence that came from a source."""
    return db.session.scalar(select(Evidence.id).where(Evidence.source_key == source_key))


@dataclass(frozen=True, slots=True)
class SelfRating:
    """What somebody says of themselves, on a day. It never counts."""

    level: int
    on: date
    note: str


def self_ratings(person_id: int, code: str) -> dict[str, SelfRating]:
    """What somebody said of themselves last in a competency; by its code, empty if nothing."""
    own = Evidence.person_id == person_id, Evidence.competency_code == code
    query = select(Evidence).where(*own, Evidence.kind == EvidenceKind.SELF_RATED)
    return ratings_in(db.session.scalars(query.options(joinedload(Evidence.withdrawal))).all())


def ratings_in(evidence: Iterable[Evidence]) -> dict[str, SelfRating]:
    """What somebody said of themselves last, by competency, as their evidence has it."""
    said = [one for one in evidence if one.kind is EvidenceKind.SELF_RATED and not one.withdrawal]
    return {
        one.competency_code: SelfRating(one.level, one.valid_from, one.note)
        for one in sorted(said, key=lambda one: one.id)
    }
