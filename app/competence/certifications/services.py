"""Acts on certifications: renew, verify, prove, and keep the log of points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from app.accounts import queries as accounts
from app.competence.certifications import queries
from app.competence.certifications.models import (
    CpdEntry,
    HoldingRenewal,
    HoldingVerification,
    Proof,
)
from app.competence.certifications.queries import Held
from app.competence.certifications.rules import Way, next_expiry
from app.competence.models import CertificationType, Holding
from app.core import audit, clock, db
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, TooLarge
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role

MOST_BYTES = 3 * 1024 * 1024
MOST_PROOFS = 10
"""So many files for one holding or entry."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a certification was renewed.

    Attributes:
        number: as it stands on the new certificate; empty keeps the old one.
        completed_on: of an exam. The suite says it itself, points count on the day of the act.
        expires_on: as it stands on the new certificate; None leaves it to the type's rule.
        by_holding_id: of the suite, the one whose exam renews it.
    """

    way: Way
    number: str = ""
    completed_on: date | None = None
    expires_on: date | None = None
    by_holding_id: int | None = None


def renew(holding_id: int, renewal: Renewal, *, by: Actor, today: date) -> int:
    """Record a renewal: a new holding beside the old one, which stays as it is.

    Returns:
        The id of the new holding.

    Raises:
        NotVisible: not theirs to renew.
        Conflict: it cannot be renewed now, or not in this way.
        Invalid: the dates cannot be, or points are missing.
    """
    with db.transaction() as session:
        person_id = queries.owner_of(by, holding_id)
        _check_owner(person_id, by)
        accounts.person(person_id, lock=True)  # a form sent twice takes turns with itself
        held = queries.holding_for(by, holding_id)
        if renewal.way not in held.ways_on(today):
            raise Conflict(_("This certification cannot be renewed in this way now."))
        completed_on = _completed_on(held, renewal, today)
        expires_on = renewal.expires_on or next_expiry(
            held.terms, held.holding.expires_on, completed_on
        )
        _check_longer(held, completed_on, expires_on)
        new = Holding(
            person_id=held.person_id,
            certification_code=held.holding.certification_code,
            number=renewal.number.strip() or held.holding.number,
            issued_on=completed_on,
            expires_on=expires_on,
            recorded_by_id=by.person_id,
            recorded_at=clock.now(),
        )
        session.add(new)
        session.flush()
        session.add(
            HoldingRenewal(
                holding_id=new.id,
                renews_id=holding_id,
                way=renewal.way,
                by_holding_id=renewal.by_holding_id if renewal.way is Way.SUITE else None,
            )
        )
        target = f"holding:{holding_id}"
        audit.record(by, "holding.renew", target, way=renewal.way.value, renewed_by=new.id)
    return new.id


def _completed_on(held: Held, renewal: Renewal, today: date) -> date:
    match renewal.way:
        case Way.EXAM:
            return _day_of_exam(held, renewal, today)
        case Way.SUITE:
            found = {one.holding.id: one for one in queries.suite_holdings(held)}
            if (other := found.get(renewal.by_holding_id or 0)) is None:
                raise Invalid(
                    _("Choose the certification of the suite that renews it."), field="by_holding"
                )
            return other.holding.issued_on
        case Way.POINTS:
            balance = queries.balance_of(held, queries.points_of(held.person_id))
            if balance is None or not balance.enough:
                raise Invalid(_("Points are still missing: add them to the log first."))
            return today


def _day_of_exam(held: Held, renewal: Renewal, today: date) -> date:
    if renewal.completed_on is None:
        raise Invalid(_("Say when it was passed."), field="completed_on")
    if renewal.completed_on > today:
        raise Invalid(_("This day is still to come."), field="completed_on")
    if renewal.completed_on <= held.holding.issued_on:
        raise Invalid(_("It was passed before the one that it renews."), field="completed_on")
    return renewal.completed_on


def _check_longer(held: Held, completed_on: date, expires_on: date | None) -> None:
    before = held.holding.expires_on
    if expires_on is not None and (expires_on < completed_on or (before and expires_on <= before)):
        raise Invalid(_("A renewal holds longer than what it renews."), field="expires_on")


def verify(holding_id: int, note: str, *, by: Actor) -> None:
    """Confirm that a certification is true. Nobody confirms their own; again changes nothing."""
    if not by.has(Role.PMO) or by.person_id is None:
        raise NotAllowed(_("Only the PMO verifies certifications."))
    with audit.act(by, "holding.verify", f"holding:{holding_id}"):
        held = queries.holding_for(by, holding_id)
        if by.is_(held.person_id):
            raise NotAllowed(_("Somebody else has to verify your own certification."))
        if held.holding.withdrawn_at is not None:
            raise Conflict(_("This certification was withdrawn already."))
        db.insert_once(
            HoldingVerification,
            holding_id=holding_id,
            note=note.strip(),
            by_id=by.person_id,
            at=clock.now(),
        )


# --- Proof -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. Its type is what the sender says, and nothing relies on it."""

    name: str
    content_type: str
    data: bytes


def prove_holding(holding_id: int, upload: Upload, *, by: Actor) -> None:
    """Add a file that shows that a certification is true.

    Raises:
        TooLarge, Invalid: more than 3 MB, nothing in it, or too many files already.
    """
    with audit.act(by, "holding.prove", f"holding:{holding_id}"):
        held = queries.holding_for(by, holding_id)
        _check_owner(held.person_id, by)
        standing = queries.proofs_of([holding_id])["holding", holding_id]
        _keep(upload, len(standing), by, holding_id=holding_id)


def prove_points(entry_id: int, upload: Upload, *, by: Actor) -> None:
    """Likewise for an entry of one's own log."""
    with db.transaction():
        queries.entry_for(by, entry_id)
        standing = queries.proofs_of(entry_ids=[entry_id])["entry", entry_id]
        _keep(upload, len(standing), by, cpd_entry_id=entry_id)


def check_upload(upload: Upload) -> None:
    """Refuse a file that will not be kept, before anything else is done."""
    if not upload.data:
        raise Invalid(_("There is nothing in this file."), field="proof")
    if len(upload.data) > MOST_BYTES:
        raise TooLarge(_("A file may have 3 MB. Make this one smaller."), field="proof")


def _keep(
    upload: Upload,
    standing: int,
    by: Actor,
    *,
    holding_id: int | None = None,
    cpd_entry_id: int | None = None,
) -> None:
    check_upload(upload)
    if standing >= MOST_PROOFS:
        raise Invalid(_("There are ten files already; that is as many as are kept."), field="proof")
    db.session.add(
        Proof(
            holding_id=holding_id,
            cpd_entry_id=cpd_entry_id,
            name=upload.name[-200:] or "proof",
            content_type=upload.content_type[:100],
            size=len(upload.data),
            sha256=sha256(upload.data).hexdigest(),
            data=upload.data,
            by_id=by.person_id,
            at=clock.now(),
        )
    )


def _check_owner(person_id: int, by: Actor) -> None:
    """A mentor reads, and records what is new; renewals and files are the owner's and the PMO's."""
    if not (by.is_(person_id) or by.has(Role.PMO)):
        raise NotVisible(_("There is no such certification."))


# --- Points ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that is worth points; without a certification it counts for every one."""

    title: str
    done_on: date
    points: Decimal
    certification_code: str | None = None
    note: str = ""


def add_points(activity: Activity, *, by: Actor, today: date) -> int:
    """Add to one's own log.

    Returns:
        The id of the entry.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person earns points."))
    if activity.done_on > today:
        raise Invalid(_("This day is still to come."), field="done_on")
    with db.transaction() as session:
        code = activity.certification_code
        if code is not None and session.get(CertificationType, code) is None:
            raise Invalid(_("There is no such certification."), field="certification")
        entry = CpdEntry(
            person_id=by.person_id,
            certification_code=code,
            title=activity.title.strip(),
            done_on=activity.done_on,
            points=activity.points,
            note=activity.note.strip(),
            recorded_by_id=by.person_id,
            recorded_at=clock.now(),
        )
        session.add(entry)
        session.flush()
    return entry.id


def withdraw_points(entry_id: int, reason: str, *, by: Actor) -> None:
    """Take an entry of one's own log back. It stays readable."""
    with audit.act(by, "points.withdraw", f"points:{entry_id}"):
        entry = queries.entry_for(by, entry_id)
        if entry.withdrawn_at is not None:
            raise Conflict(_("This entry was withdrawn already."))
        entry.withdrawn_at = clock.now()
        entry.withdrawn_reason = reason.strip()
