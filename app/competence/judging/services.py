"""Acts on requests: ask, take up, decide, appeal. Each checks the state under a lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app.accounts import queries as accounts
from app.competence import queries as competence
from app.competence.judging import queries
from app.competence.judging.models import AssessmentDecision, AssessmentRequest, Attachment
from app.competence.judging.rules import (
    HOLDS,
    OPEN,
    RequestState,
    Turn,
    after,
    awarded_level,
    mark,
    may_appeal,
    may_follow,
    turn_of,
)
from app.competence.rules import EvidenceKind
from app.competence.services import record_evidence
from app.core import audit, clock, db, mail
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, TooLarge
from app.core.i18n import enumeration, gettext, speaking
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role

MOST_BYTES = 3 * 1024 * 1024
"""All files of a request together: a form may have 4 MiB."""
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. What kind it is, nothing relies on."""

    name: str
    data: bytes


# --- Asking ----------------------------------------------------------------------------------


def ask(
    competency_code: str,
    level: int,
    work: str,
    files: Sequence[Upload],
    *,
    by: Actor,
    request_key: str,
    base_url: str = "",
) -> int:
    """Ask for a level to be assessed on a piece of one's own work.

    Returns:
        The id of the request; a form sent twice is one.

    Raises:
        Invalid: no such level, or nothing to look at.
        Conflict: they have a request open for this competency.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person can be assessed."))
    check_files(files)
    with db.transaction() as session:
        accounts.person(by.person_id, lock=True)  # two forms of one person take turns
        if (before := queries.by_key(request_key)) is not None:
            return before
        found = competence.element(competency_code)
        if found.retired or str(level) not in found.levels:
            raise Invalid(_("There is no such level of a competency."), field="level")
        if queries.open_request(by.person_id, competency_code) is not None:
            raise Conflict(_("You have asked for this already: wait for what is decided."))
        request = AssessmentRequest(
            person_id=by.person_id,
            competency_code=competency_code,
            level=level,
            work=work.strip(),
            state=RequestState.ASKED,
            asked_at=clock.now(),
            request_key=request_key,
        )
        session.add(request)
        session.flush()
        for upload in files:
            _keep(upload, by, request_id=request.id)
        audit.record(
            by, "assessment.ask", f"request:{request.id}", competency=competency_code, level=level
        )
        _call_assessors(request, base_url)
    return request.id


def check_files(files: Sequence[Upload]) -> None:
    """Refuse what will not be kept, before anything else is done."""
    if len(files) > MOST_FILES:
        raise Invalid(_("Five files at most: put the rest into one of them."), field="files")
    if not all(upload.data for upload in files):
        raise Invalid(_("There is nothing in one of the files."), field="files")
    if sum(len(upload.data) for upload in files) > MOST_BYTES:
        raise TooLarge(_("The files may have 3 MB together. Make them smaller."), field="files")


def attach(evidence_id: int, files: Sequence[Upload], *, by: Actor) -> None:
    """Add files to a piece of evidence that was just recorded."""
    if not by.has(Role.MENTOR, Role.PMO):
        raise NotAllowed(_("Only mentors and the PMO add files to evidence."))
    check_files(files)
    with db.transaction():
        for upload in files:
            _keep(upload, by, evidence_id=evidence_id)


def _keep(
    upload: Upload, by: Actor, *, request_id: int | None = None, evidence_id: int | None = None
) -> None:
    db.session.add(
        Attachment(
            request_id=request_id,
            evidence_id=evidence_id,
            name=upload.name[-200:] or "file",
            size=len(upload.data),
            sha256=sha256(upload.data).hexdigest(),
            data=upload.data,
            by_id=by.person_id,
            at=clock.now(),
        )
    )


def withdraw(request_id: int, *, by: Actor) -> None:
    """Take one's own request back, as long as nobody has decided on it."""
    with audit.act(by, "assessment.withdraw", f"request:{request_id}"):
        request = queries.request_for(by, request_id, lock=True)
        if not by.is_(request.person_id):
            raise NotVisible(_("There is no such request."))
        _enter(request, RequestState.WITHDRAWN)
        request.assessor_id = None


def appeal(request_id: int, reason: str, *, by: Actor, today: date, base_url: str = "") -> None:
    """Ask that somebody else looks at a refusal. Once, and within thirty days."""
    with audit.act(by, "assessment.appeal", f"request:{request_id}"):
        request = queries.request_for(by, request_id, lock=True)
        if not by.is_(request.person_id):
            raise NotVisible(_("There is no such request."))
        ended = request.ended_at.date() if request.ended_at else None
        appealed = request.appealed_at is not None
        if not may_appeal(request.state, appealed=appealed, ended_on=ended, today=today):
            raise Conflict(_("There is nothing to appeal against, or no longer."))
        if queries.open_request(request.person_id, request.competency_code) is not None:
            raise Conflict(_("You have a newer request open for this competency."))
        _enter(request, RequestState.APPEALED)
        request.appeal, request.appealed_at = reason.strip(), clock.now()
        request.ended_at, request.assessor_id = None, None
        _call_assessors(request, base_url)


# --- Assessing -------------------------------------------------------------------------------


def take(request_id: int, *, by: Actor) -> None:
    """Take a request in hand: nobody else decides on it meanwhile."""
    with audit.act(by, "assessment.take", f"request:{request_id}"):
        request = _to_assess(request_id, by)
        if request.assessor_id is not None and not by.is_(request.assessor_id):
            raise Conflict(_("Somebody else has taken this in hand."))
        if request.state is RequestState.ASKED:
            _enter(request, RequestState.IN_REVIEW)
        request.assessor_id = by.person_id


def give_back(request_id: int, *, by: Actor) -> None:
    """Let somebody else take a request in hand."""
    with audit.act(by, "assessment.give_back", f"request:{request_id}"):
        request = _in_hand(request_id, by)
        if request.state is RequestState.IN_REVIEW:
            _enter(request, RequestState.ASKED)
        request.assessor_id = None


def decide(
    request_id: int,
    level: int,
    points: Mapping[str, int],
    reason: str,
    *,
    by: Actor,
    today: date,
    base_url: str,
) -> RequestState:
    """Decide on a request that one has in hand.

    Args:
        level: what the work shows, up to what was asked for; 0 refuses.
        points: by criterion of the rubric.

    Returns:
        The state that it has now.

    Raises:
        Invalid: points are missing, or too few of them for a level.
        Conflict: it is not in their hand.
    """
    with db.transaction() as session:
        request = _in_hand(request_id, by)
        turn = turn_of(request.state)
        if turn is None or by.person_id is None:
            raise Conflict(_("There is nothing to decide here."))
        marked = _marked(request, level, points, reason)
        session.add(
            AssessmentDecision(
                request_id=request.id,
                turn=turn,
                assessor_id=by.person_id,
                assessor_name=by.name,
                level=level,
                points=dict(marked),
                reason=reason.strip(),
                at=clock.now(),
            )
        )
        session.flush()
        following = after(turn, level, four_eyes=queries.four_eyes(request.competency))
        _enter(request, following)
        request.assessor_id = None
        target = f"request:{request.id}"
        audit.record(by, "assessment.decide", target, turn=turn.value, level=level)
        if following is RequestState.AWARDED:
            _award(request, turn, level, by, today)
        if following in OPEN:
            _call_assessors(request, base_url)
        else:
            _tell(request, base_url)
    return following


def _marked(
    request: AssessmentRequest, level: int, points: Mapping[str, int], reason: str
) -> Mapping[str, int]:
    if not 0 <= level <= request.level:
        raise Invalid(_("No more than what was asked for can be awarded."), field="level")
    if not reason.strip():
        raise Invalid(_("Say why: the person reads it."), field="reason")
    marking = mark(queries.rubric_of(request.competency), points)
    if marking.unknown:
        raise Invalid(_("Give points for each criterion, within its range."), field="points")
    if level and marking.short:
        short = enumeration([one.title for one in marking.short])
        raise Invalid(
            _("Too few points for a level: %(criteria)s. Refuse, or look again.", criteria=short),
            field="points",
        )
    return marking.points


def _award(request: AssessmentRequest, turn: Turn, level: int, by: Actor, today: date) -> None:
    seen = [one for one in request.decisions if one.turn is not Turn.APPEAL and one.level]
    counted = level if turn is Turn.APPEAL else awarded_level([one.level for one in seen] + [level])
    names = [by.name] if turn is Turn.APPEAL else [*(one.assessor_name for one in seen), by.name]
    who = enumeration(list(dict.fromkeys(names)))
    record_evidence(
        person_id=request.person_id,
        competency_code=request.competency_code,
        kind=EvidenceKind.JUDGED,
        level=counted,
        valid_from=today,
        valid_to=HOLDS.after(today),
        source_key=f"request:{request.id}",
        title=gettext("Work assessed by %(names)s", names=who),
        note=request.work,
        by=by,
    )


def _to_assess(request_id: int, by: Actor) -> AssessmentRequest:
    """A request that the actor may assess, locked."""
    if not by.has(Role.MENTOR):
        raise NotAllowed(_("Mentors assess."))
    request = queries.request_for(by, request_id, lock=True)
    if by.is_(request.person_id):
        raise NotAllowed(_("Nobody assesses their own work."))
    if request.state not in OPEN:
        raise Conflict(_("There is nothing to decide here."))
    if any(by.is_(one.assessor_id) for one in request.decisions):
        raise NotAllowed(_("You have decided on this already: now it is for somebody else."))
    return request


def _in_hand(request_id: int, by: Actor) -> AssessmentRequest:
    request = _to_assess(request_id, by)
    if request.assessor_id is None or not by.is_(request.assessor_id):
        raise Conflict(_("Take it in hand first."))
    return request


def _enter(request: AssessmentRequest, state: RequestState) -> None:
    if not may_follow(request.state, state):
        raise Conflict(_("That does not fit the state of this request."))
    request.state = state
    if state not in OPEN:
        request.ended_at = clock.now()


# --- Telling ---------------------------------------------------------------------------------


def _call_assessors(request: AssessmentRequest, base_url: str) -> None:
    """Write to those who may take it in hand, unless something waits already: one letter says that
    the list is no longer empty, not one for each that is on it."""
    if queries.somebody_waits(but=request.id):
        return
    decided = {one.assessor_id for one in queries.decisions_of(request.id)}
    for mentor in accounts.people_page("", Role.MENTOR, page=1, size=_MOST_LETTERS).people:
        if mentor.active and mentor.id != request.person_id and mentor.id not in decided:
            with speaking(mentor.language):
                greeting = gettext("Hello %(name)s,", name=mentor.name)
                text = gettext(
                    "a piece of work waits for an assessor. Whoever has time takes it in hand."
                )
                subject = gettext("Work waits for an assessor")
            link = f"\n\n{base_url}/competencies/assessments" if base_url else ""
            mail.enqueue(mentor.email, subject, f"{greeting}\n\n{text}{link}\n")


_MOST_LETTERS = 50


def _tell(request: AssessmentRequest, base_url: str) -> None:
    """Write to the person what became of their request, in their language."""
    person, title = request.person, request.competency.title
    with speaking(person.language):
        subject = gettext("Decided: your work in %(title)s", title=title)
        if request.state is RequestState.AWARDED:
            text = gettext(
                "your work in “%(title)s” was assessed, and a level is awarded. The reasons stand"
                " on the page of your request.",
                title=title,
            )
        else:
            text = gettext(
                "your work in “%(title)s” was assessed, and the level that you asked for is not"
                " awarded. The reasons stand on the page of your request; so does how to appeal.",
                title=title,
            )
        greeting = gettext("Hello %(name)s,", name=person.name)
        link = f"\n\n{base_url}/competencies/assessments/{request.id}" if base_url else ""
        mail.enqueue(person.email, subject, f"{greeting}\n\n{text}{link}\n")
