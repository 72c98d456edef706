"""Record and withdraw evidence. It is added to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.accounts import queries as accounts
from app.competence import queries
from app.competence.announcements import EvidenceRecorded
from app.competence.models import Competency, Evidence, EvidenceWithdrawal
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

    An exam shows no more than the ceiling of its framework, whatever its course awards.

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
        if kind is EvidenceKind.ASSESSED:
            level = min(level, queries.ceilings([competency_code]).get(competency_code, level))
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
) -> int | None:
    """Record what an assessor saw somebody do.

    Args:
        period: the days it holds; None from `since` for good.
        request_key: of the form it came from, so that a form sent twice is one judgement.

    Returns:
        The id of the evidence; None if the form had been sent before.

    Raises:
        NotAllowed: only mentors and the PMO judge, and nobody judges themselves.
        Invalid: a word alone does not show this level.
    """
    if not by.has(Role.MENTOR, Role.PMO) or by.is_(person_id):
        raise NotAllowed(_("Mentors and the PMO judge others, never themselves."))
    with db.transaction():
        accounts.person(person_id)
        _refuse_above_ceiling({competency_code: level})
        source_key = f"judged:{person_id}/{request_key}"
        new = record_evidence(
            person_id=person_id,
            competency_code=competency_code,
            kind=EvidenceKind.JUDGED,
            level=level,
            valid_from=period.first if period else since,
            valid_to=period.last if period else None,
            source_key=source_key,
            title=gettext("Judged by %(name)s", name=by.name),
            note=note,
            by=by,
        )
        return queries.evidence_id(source_key) if new else None


def _refuse_above_ceiling(levels: Mapping[str, int]) -> None:
    ceilings = queries.ceilings(levels)
    for code, level in sorted(levels.items()):
        if level > (ceiling := ceilings.get(code, level)):
            raise Invalid(
                _(
                    "A word alone shows level %(ceiling)s at most. For more, let a piece of work"
                    " be assessed.",
                    ceiling=ceiling,
                ),
                field="level",
            )


def rate_oneself(
    competency_code: str, level: int, note: str, *, by: Actor, today: date, request_key: str
) -> None:
    """Keep what somebody says of themselves. It is shown as such, and nothing ever counts on it."""
    if by.person_id is None:
        raise NotAllowed(_("Only a person can rate themselves."))
    with db.transaction() as session:
        found = session.get(Competency, competency_code)
        if found is None or found.retired or str(level) not in found.levels:
            raise Invalid(_("There is no such level of a competency."), field="level")
        record_evidence(
            person_id=by.person_id,
            competency_code=competency_code,
            kind=EvidenceKind.SELF_RATED,
            level=level,
            valid_from=today,
            valid_to=None,
            source_key=f"self:{by.person_id}/{request_key}",
            title=gettext("Said of themselves"),
            note=note,
            by=by,
        )


def record_work(
    person_id: int,
    levels: Mapping[str, int],
    *,
    worked: Period,
    valid_to: date,
    source: str,
    title: str,
    note: str,
    by: Actor,
) -> None:
    """Record what a stretch of work on a project showed, as its sponsor says.

    Args:
        levels: by competency; what was not seen is left out.
        worked: it counts from its last day on.
        source: of the work, such as `booking:12`: each competency is recorded once for it.

    Raises:
        Invalid: a word alone does not show one of the levels.
    """
    with db.transaction():
        _refuse_above_ceiling(levels)
        for code, level in sorted(levels.items()):
            record_evidence(
                person_id=person_id,
                competency_code=code,
                kind=EvidenceKind.PROJECT,
                level=level,
                valid_from=worked.last,
                valid_to=valid_to,
                source_key=f"{source}/{code}",
                title=title,
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
