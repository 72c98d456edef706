"""Record and withdraw certifications of others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.accounts import queries as accounts
from app.competence.models import CertificationType, Holding
from app.core import audit, clock, db
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def record_holding(
    *,
    person_id: int,
    certification_code: str,
    number: str,
    issued_on: date,
    expires_on: date | None,
    by: Actor,
) -> int:
    """Record a certification that somebody holds.

    Args:
        expires_on: the last day it is good for; None never lapses.

    Returns:
        The id of the holding.
    """
    if not (by.is_(person_id) or by.has(Role.PMO, Role.MENTOR)):
        raise NotVisible(_("There is no such person."))
    with db.transaction() as session:
        accounts.person(person_id)
        if session.get(CertificationType, certification_code) is None:
            raise Invalid(_("There is no such certification."), field="certification")
        if expires_on is not None and expires_on < issued_on:
            raise Invalid(_("It cannot lapse before it was issued."), field="expires_on")
        holding = Holding(
            person_id=person_id,
            certification_code=certification_code,
            number=number,
            issued_on=issued_on,
            expires_on=expires_on,
            recorded_by_id=by.person_id,
            recorded_at=clock.now(),
        )
        session.add(holding)
        session.flush()
        audit.record(
            by, "holding.record", f"holding:{holding.id}", certification=certification_code
        )
    return holding.id


def withdraw_holding(holding_id: int, reason: str, *, by: Actor) -> int:
    """Take a recorded certification back, with the reason. The row stays.

    Returns:
        The id of the person whose it was.
    """
    with audit.act(by, "holding.withdraw", f"holding:{holding_id}") as session:
        query = select(Holding).where(Holding.id == holding_id).with_for_update()
        holding = session.scalar(query)
        if holding is None or not (by.is_(holding.person_id) or by.has(Role.PMO)):
            raise NotVisible(_("There is no such certification."))
        if holding.withdrawn_at is not None:
            raise Conflict(_("This certification was withdrawn already."))
        holding.withdrawn_at = clock.now()
        holding.withdrawn_by_id = by.person_id
        holding.withdrawn_reason = reason
    return holding.person_id
