"""Acts on competence: publish a framework, record and withdraw evidence and certifications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from pydantic import TypeAdapter
from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.authoring import frameworks as compiled
from app.competence.announcements import EvidenceRecorded
from app.competence.certifications.rules import USUAL_WINDOW, CountsFrom, Terms, kept_renewal
from app.competence.models import (
    CertificationType,
    Competency,
    Evidence,
    EvidenceWithdrawal,
    Framework,
    Holding,
)
from app.competence.rules import EvidenceKind
from app.core import audit, clock, db, events
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.i18n import gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Period


def record_evidence(
    *,
    person_id: int,
    competency_code: str,
    kind: EvidenceKind,
    level: int,
    valid_from: date,
    valid_to: date | None,
    source_key: str,
    title: str,
    note: str = "",
    by: Actor,
) -> bool:
    """Record a piece of evidence, once for its `source_key`.

    Args:
        valid_to: the last day it holds; None for good.

    Returns:
        Whether it was new.

    Raises:
        Invalid: there is no such competency.
    """
    with db.transaction() as session:
        if session.get(Competency, competency_code) is None:
            raise Invalid(_("There is no competency %(code)s.", code=competency_code))
        new = db.insert_once(
            Evidence,
            person_id=person_id,
            competency_code=competency_code,
            kind=kind,
            level=level,
            valid_from=valid_from,
            valid_to=valid_to,
            source_key=source_key,
            title=title,
            note=note,
            recorded_by_id=by.person_id,
            recorded_at=clock.now(),
        )
        if new:
            audit.record(
                by,
                "evidence.record",
                f"person:{person_id}",
                competency=competency_code,
                level=level,
            )
            events.announce(EvidenceRecorded(person_id, competency_code, level))
    return new


def judge(
    person_id: int,
    competency_code: str,
    level: int,
    period: Period | None,
    note: str,
    *,
    by: Actor,
    since: date,
    request_key: str,
) -> None:
    """Record what an assessor saw somebody do.

    Args:
        period: the days it holds; None from `since` for good.
        request_key: of the form it came from, so that a form sent twice is one judgement.

    Raises:
        NotAllowed: only mentors and the PMO judge, and nobody judges themselves.
    """
    if not by.has(Role.MENTOR, Role.PMO) or by.is_(person_id):
        raise NotAllowed(_("Mentors and the PMO judge others, never themselves."))
    with db.transaction():
        accounts.person(person_id)
        record_evidence(
            person_id=person_id,
            competency_code=competency_code,
            kind=EvidenceKind.JUDGED,
            level=level,
            valid_from=period.first if period else since,
            valid_to=period.last if period else None,
            source_key=f"judged:{person_id}/{request_key}",
            title=gettext("Judged by %(name)s", name=by.name),
            note=note,
            by=by,
        )


def withdraw_evidence(evidence_id: int, reason: str, *, by: Actor) -> None:
    """Take a piece of evidence back. It stays readable, and nothing counts on it any more."""
    if not by.has(Role.MENTOR, Role.PMO):
        raise NotAllowed(_("Only mentors and the PMO withdraw evidence."))
    with audit.act(by, "evidence.withdraw", f"evidence:{evidence_id}"):
        if db.session.get(Evidence, evidence_id) is None:
            raise NotVisible(_("There is no such evidence."))
        at = clock.now()
        values = {"evidence_id": evidence_id, "reason": reason, "by_id": by.person_id, "at": at}
        if not db.insert_once(EvidenceWithdrawal, **values):
            raise Conflict(_("This evidence was withdrawn already."))


def withdraw_from_source(source: str, reason: str, *, by: Actor) -> None:
    """Take back every piece of evidence whose source begins with `source`, if it still counts."""
    withdrawn = select(EvidenceWithdrawal.evidence_id)
    found = (
        select(Evidence)
        .where(Evidence.source_key.startswith(source, autoescape=True))
        .where(Evidence.id.not_in(withdrawn))
    )
    with db.transaction() as session:
        for piece in session.scalars(found).all():
            at = clock.now()
            session.add(
                EvidenceWithdrawal(evidence_id=piece.id, reason=reason, by_id=by.person_id, at=at)
            )
            audit.record(by, "evidence.withdraw", f"evidence:{piece.id}")


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


# --- Frameworks ------------------------------------------------------------------------------


def publish_framework(framework: compiled.Framework, *, by: Actor) -> bool:
    """Make the competencies of a framework known as they stand in it now.

    Elements that it no longer has are retired: evidence points at them.

    Returns:
        Whether anything changed.
    """
    document = TypeAdapter(compiled.Framework).dump_json(framework).decode()
    content_hash = sha256(document.encode()).hexdigest()
    with db.transaction() as session:
        standing = session.get(Framework, framework.code)
        if standing is not None and standing.content_hash == content_hash:
            return False
        session.merge(
            Framework(
                code=framework.code,
                version=framework.version,
                title=framework.title,
                document=document,
                content_hash=content_hash,
                published_at=clock.now(),
            )
        )
        session.flush()
        _keep_elements(framework)
        audit.record(
            by, "framework.publish", f"framework:{framework.code}", version=framework.version
        )
    return True


def _keep_elements(framework: compiled.Framework) -> None:
    session = db.session
    retired = update(Competency).where(Competency.framework_code == framework.code)
    session.execute(retired.values(retired=True))
    position = 0
    for group in framework.groups:
        for element in group.elements:
            position += 1
            session.merge(
                Competency(
                    code=element.code,
                    framework_code=framework.code,
                    group_code=group.code,
                    group_title=group.title,
                    title=element.title,
                    description=element.description,
                    levels={str(n): text for n, text in enumerate(element.levels, start=1)},
                    position=position,
                    retired=False,
                )
            )
    session.flush()


def publish_certifications(types: Iterable[compiled.Certification], *, by: Actor) -> bool:
    """Make certifications of others known; those left out stay, because people hold them.

    Returns:
        Whether anything changed.
    """
    with db.transaction() as session:
        for one in types:
            valid_for = f"{one.valid_for.count} {one.valid_for.unit}" if one.valid_for else None
            session.merge(
                CertificationType(
                    code=one.code,
                    title=one.title,
                    issuer=one.issuer,
                    valid_for=valid_for,
                    description=one.description,
                    url=one.url,
                    renewal=kept_renewal(_terms(one)),
                )
            )
        changed = bool(session.new or session.dirty) and any(
            session.is_modified(row) or row in session.new for row in (*session.new, *session.dirty)
        )
        if changed:
            audit.record(by, "certifications.publish", "framework:certifications")
    return changed


def _terms(one: compiled.Certification) -> Terms:
    said = one.renewal
    return Terms(
        valid_for=one.valid_for,
        renew_from=said.renew_from or USUAL_WINDOW,
        grace=said.grace,
        counts_from=CountsFrom(said.counts_from),
        same_exam=said.same_exam,
        suite=said.suite,
        points_a_year=said.points_a_year,
    )
