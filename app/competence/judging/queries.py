"""Reads of requests to be assessed, of their files, and of what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.authoring import frameworks as compiled
from app.competence import queries as competence
from app.competence.judging.models import AssessmentDecision, AssessmentRequest, Attachment
from app.competence.judging.rules import OPEN, USUAL_RUBRIC
from app.competence.models import Competency, Evidence, FrameworkTerms
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role

_WHOLE = (
    joinedload(AssessmentRequest.person),
    joinedload(AssessmentRequest.assessor),
    joinedload(AssessmentRequest.competency),
    selectinload(AssessmentRequest.decisions),
)


def request_for(actor: Actor, request_id: int, *, lock: bool = False) -> AssessmentRequest:
    """A request: one's own, or any for those who assess."""
    query = select(AssessmentRequest).where(AssessmentRequest.id == request_id, _visible_to(actor))
    query = query.options(*_WHOLE)
    if lock:
        query = query.with_for_update(of=AssessmentRequest)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such request."))
    return found


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.has(Role.MENTOR, Role.PMO):
        return AssessmentRequest.id.is_not(None)
    return AssessmentRequest.person_id == actor.person_id


def requests_of(person_id: int) -> Sequence[AssessmentRequest]:
    """What somebody asked for, newest first."""
    query = select(AssessmentRequest).where(AssessmentRequest.person_id == person_id)
    query = query.options(*_WHOLE).order_by(AssessmentRequest.id.desc())
    return db.session.scalars(query).all()


def waiting_for(actor: Actor, limit: int) -> Sequence[AssessmentRequest]:
    """What an assessor may take up or has in hand, the oldest first: nothing of their own, and
    nothing that they have decided on already."""
    if actor.person_id is None or not actor.has(Role.MENTOR):
        return []
    return db.session.scalars(_waiting(actor.person_id).limit(limit)).all()


def _waiting(person_id: int) -> Select[AssessmentRequest]:
    decided = select(AssessmentDecision.request_id).where(
        AssessmentDecision.assessor_id == person_id
    )
    free = or_(AssessmentRequest.assessor_id.is_(None), AssessmentRequest.assessor_id == person_id)
    return (
        select(AssessmentRequest)
        .where(AssessmentRequest.state.in_(OPEN), free)
        .where(AssessmentRequest.person_id != person_id, AssessmentRequest.id.not_in(decided))
        .options(*_WHOLE)
        .order_by(AssessmentRequest.asked_at, AssessmentRequest.id)
    )


def open_request(person_id: int, competency_code: str) -> int | None:
    """The request that somebody has open for a competency."""
    query = select(AssessmentRequest.id).where(
        AssessmentRequest.person_id == person_id,
        AssessmentRequest.competency_code == competency_code,
        AssessmentRequest.state.in_(OPEN),
    )
    return db.session.scalar(query)


def by_key(request_key: str) -> int | None:
    """The request that a form sent before has made."""
    query = select(AssessmentRequest.id).where(AssessmentRequest.request_key == request_key)
    return db.session.scalar(query)


def somebody_waits(*, but: int) -> bool:
    """Whether another request waits that nobody has in hand."""
    query = select(AssessmentRequest.id).where(
        AssessmentRequest.state.in_(OPEN),
        AssessmentRequest.assessor_id.is_(None),
        AssessmentRequest.id != but,
    )
    return db.session.scalar(query.limit(1)) is not None


def decisions_of(request_id: int) -> Sequence[AssessmentDecision]:
    """What was decided on a request, in order."""
    query = select(AssessmentDecision).where(AssessmentDecision.request_id == request_id)
    return db.session.scalars(query.order_by(AssessmentDecision.id)).all()


# --- Rubric ----------------------------------------------------------------------------------


def rubric_of(competency: Competency) -> tuple[compiled.Criterion, ...]:
    """By which work in a competency is assessed: its own rubric, its framework's, or the usual."""
    framework = competence.framework(competency.framework_code)
    return _rubric(framework, competency.code)


@lru_cache(maxsize=256)
def _rubric(framework: compiled.Framework, code: str) -> tuple[compiled.Criterion, ...]:
    own = next((one.rubric for one in framework.elements if one.code == code), ())
    return own or framework.rubric or USUAL_RUBRIC


def four_eyes(competency: Competency) -> bool:
    """Whether two people assess work in a competency."""
    terms = db.session.get(FrameworkTerms, competency.framework_code)
    return terms is not None and terms.four_eyes


# --- Files -----------------------------------------------------------------------------------


def files_of(
    request_ids: Collection[int] = (), evidence_ids: Collection[int] = ()
) -> dict[tuple[str, int], list[Attachment]]:
    """Files without their bytes, by (`request` or `evidence`, id)."""
    wanted = or_(
        false(),
        Attachment.request_id.in_(list(request_ids)),
        Attachment.evidence_id.in_(list(evidence_ids)),
    )
    found: dict[tuple[str, int], list[Attachment]] = defaultdict(list)
    for one in db.session.scalars(select(Attachment).where(wanted).order_by(Attachment.id)):
        if one.request_id is not None:
            found["request", one.request_id].append(one)
        elif one.evidence_id is not None:
            found["evidence", one.evidence_id].append(one)
    return found


def file_for(actor: Actor, file_id: int) -> Attachment:
    """A file with its bytes, for whoever may see what it belongs to."""
    query = (
        select(Attachment)
        .outerjoin(Evidence, Evidence.id == Attachment.evidence_id)
        .outerjoin(AssessmentRequest, AssessmentRequest.id == Attachment.request_id)
        .where(Attachment.id == file_id)
        .options(undefer(Attachment.data))
    )
    if not actor.has(Role.MENTOR, Role.PMO):
        own = or_(
            and_(Evidence.id.is_not(None), Evidence.person_id == actor.person_id),
            and_(AssessmentRequest.id.is_not(None), AssessmentRequest.person_id == actor.person_id),
        )
        query = query.where(own)
    if (found := db.session.scalar(query)) is None:
        raise NotVisible(_("There is no such file."))
    return found
