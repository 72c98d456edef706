"""Reads of certifications with what belongs to them: state, history, proof, points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, undefer

from app.accounts.models import Person
from app.competence.certifications.models import (
    CpdEntry,
    HoldingRenewal,
    HoldingVerification,
    Proof,
)
from app.competence.certifications.rules import (
    HoldingState,
    Points,
    PointsBalance,
    Standing,
    Terms,
    Way,
    balance,
    state_on,
    terms_of,
    ways_on,
)
from app.competence.models import CertificationType, Holding
from app.competence.queries import renewed
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def terms(kind: CertificationType) -> Terms:
    """What the issuer says about a type."""
    return terms_of(kind.valid_for, kind.renewal)


# --- One holding -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A holding as a page shows it; its certification is loaded."""

    holding: Holding
    person_id: int
    person: str
    verified_at: datetime | None
    verified_by: str | None
    verified_how: str
    renewed: bool
    way: Way | None
    """How it came to renew another; None if it does not."""
    renews_id: int | None

    @property
    def terms(self) -> Terms:
        return terms(self.holding.certification)

    @property
    def standing(self) -> Standing:
        return Standing.of(
            self.terms,
            self.holding.issued_on,
            self.holding.expires_on,
            renewed=self.renewed,
            revoked=self.holding.withdrawn_at is not None,
        )

    def state_on(self, day: date) -> HoldingState:
        return state_on(self.standing, day)

    def ways_on(self, day: date) -> tuple[Way, ...]:
        return ways_on(self.terms, self.standing, day)


def holding_for(actor: Actor, holding_id: int) -> Held:
    """A holding of one's own; the PMO and mentors see everybody's."""
    found = _held(_holdings().where(Holding.id == holding_id, _visible_to(actor)))
    if not found:
        raise NotVisible(_("There is no such certification."))
    return found[0]


def owner_of(actor: Actor, holding_id: int) -> int:
    """Whose a holding is that the actor may see."""
    query = select(Holding.person_id).where(Holding.id == holding_id, _visible_to(actor))
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such certification."))
    return found


def holdings_of(person_id: int) -> list[Held]:
    """Everything somebody ever held, also what was renewed or withdrawn; newest first."""
    query = _holdings().where(Holding.person_id == person_id)
    return _held(query.order_by(Holding.issued_on.desc(), Holding.id.desc()))


def history(held: Held) -> list[Held]:
    """Every holding of the same kind and person, newest first."""
    query = _holdings().where(
        Holding.person_id == held.person_id,
        Holding.certification_code == held.holding.certification_code,
    )
    return _held(query.order_by(Holding.issued_on.desc(), Holding.id.desc()))


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.has(Role.PMO, Role.MENTOR):
        return true()
    return Holding.person_id == actor.person_id


def _holdings() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Holding,
            Person.id,
            Person.name,
            HoldingVerification.at,
            HoldingVerification.by_id,
            HoldingVerification.note,
            renewed,
            HoldingRenewal.way,
            HoldingRenewal.renews_id,
        )
        .join(Person, Person.id == Holding.person_id)
        .join(Holding.certification)
        .outerjoin(HoldingVerification, HoldingVerification.holding_id == Holding.id)
        .outerjoin(HoldingRenewal, HoldingRenewal.holding_id == Holding.id)
        .options(contains_eager(Holding.certification))
    )


def _held(query: Select[*tuple[Any, ...]]) -> list[Held]:
    rows = db.session.execute(query).all()
    names = _names({row[4] for row in rows if row[4] is not None})
    return [
        Held(
            holding=row[0],
            person_id=row[1],
            person=row[2],
            verified_at=row[3],
            verified_by=names.get(row[4]),
            verified_how=row[5] or "",
            renewed=row[6],
            way=row[7],
            renews_id=row[8],
        )
        for row in rows
    ]


def _names(ids: Collection[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


# --- Everybody's -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A certification that stands: neither withdrawn nor renewed, of somebody still here."""

    holding_id: int
    person_id: int
    person: str
    email: str
    language: str
    code: str
    title: str
    number: str
    first: date
    last: date | None
    verified: bool
    terms: Terms

    @property
    def standing(self) -> Standing:
        return Standing.of(self.terms, self.first, self.last)

    def state_on(self, day: date) -> HoldingState:
        return state_on(self.standing, day)


def entries(person_id: int | None = None, until: date | None = None) -> list[Entry]:
    """What stands, the first to lapse first: of one person or everybody.

    Args:
        until: only what lapses up to this day; None also has what never lapses, at the end.
    """
    query: Select[*tuple[Any, ...]] = (
        select(
            Holding.id,
            Person.id,
            Person.name,
            Person.email,
            Person.language,
            CertificationType.code,
            CertificationType.title,
            Holding.number,
            Holding.issued_on,
            Holding.expires_on,
            HoldingVerification.at.is_not(None),
            CertificationType.valid_for,
            CertificationType.renewal,
        )
        .join(Person, Person.id == Holding.person_id)
        .join(CertificationType, CertificationType.code == Holding.certification_code)
        .outerjoin(HoldingVerification, HoldingVerification.holding_id == Holding.id)
        .where(Holding.withdrawn_at.is_(None), Person.active, ~renewed)
        .order_by(Holding.expires_on.is_(None), Holding.expires_on, Holding.id)
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    if until is not None:
        query = query.where(Holding.expires_on <= until)
    known: dict[str, Terms] = {}
    found = []
    for row in db.session.execute(query):
        code = row[5]
        if code not in known:
            known[code] = terms_of(row[-2], row[-1])
        facts: tuple[Any, ...] = (*row[:-2], known[code])
        found.append(Entry(*facts))
    return found


# --- Proof -----------------------------------------------------------------------------------


def proofs_of(
    holding_ids: Collection[int] = (), entry_ids: Collection[int] = ()
) -> dict[tuple[str, int], list[Proof]]:
    """Files without their bytes, by (`holding` or `entry`, id)."""
    wanted = or_(Proof.holding_id.in_(holding_ids), Proof.cpd_entry_id.in_(entry_ids))
    found: dict[tuple[str, int], list[Proof]] = defaultdict(list)
    for proof in db.session.scalars(select(Proof).where(wanted).order_by(Proof.id)):
        if proof.holding_id is not None:
            found["holding", proof.holding_id].append(proof)
        elif proof.cpd_entry_id is not None:
            found["entry", proof.cpd_entry_id].append(proof)
    return found


def proof_for(actor: Actor, proof_id: int) -> Proof:
    """A file with its bytes, for its owner and the PMO."""
    query = (
        select(Proof)
        .outerjoin(Holding, Holding.id == Proof.holding_id)
        .outerjoin(CpdEntry, CpdEntry.id == Proof.cpd_entry_id)
        .where(Proof.id == proof_id)
        .options(undefer(Proof.data))
    )
    if not actor.has(Role.PMO):
        query = query.where(func.coalesce(Holding.person_id, CpdEntry.person_id) == actor.person_id)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such file."))
    return found


# --- Points ----------------------------------------------------------------------------------


def points_of(person_id: int) -> Sequence[CpdEntry]:
    """Somebody's log, newest first, also what was withdrawn."""
    query = (
        select(CpdEntry)
        .where(CpdEntry.person_id == person_id)
        .options(joinedload(CpdEntry.certification))
        .order_by(CpdEntry.done_on.desc(), CpdEntry.id.desc())
    )
    return db.session.scalars(query).all()


def entry_for(actor: Actor, entry_id: int) -> CpdEntry:
    """An entry of one's own log."""
    query = select(CpdEntry).where(CpdEntry.id == entry_id)
    found = db.session.scalar(query.where(CpdEntry.person_id == actor.person_id))
    if found is None:
        raise NotVisible(_("There is no such entry."))
    return found


def balance_of(held: Held, log: Sequence[CpdEntry]) -> PointsBalance | None:
    """How many points of a person's log count for a holding of theirs; None if it takes none."""
    counted = [
        Points(one.done_on, Decimal(one.points))
        for one in log
        if one.withdrawn_at is None
        and one.certification_code in (None, held.holding.certification_code)
    ]
    return balance(held.terms, held.holding.issued_on, held.holding.expires_on, counted)


def suite_holdings(held: Held) -> list[Held]:
    """What its owner earned since, of the suite: each of them could renew it; newest first."""
    query = _holdings().where(
        Holding.person_id == held.person_id,
        Holding.certification_code.in_(held.terms.suite),
        Holding.withdrawn_at.is_(None),
        Holding.issued_on > held.holding.issued_on,
    )
    return _held(query.order_by(Holding.issued_on.desc(), Holding.id.desc()))
