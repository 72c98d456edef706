"""Acts on batches: ask, work off a part, stop, take up again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, Invalid, NotAllowed, Refusal
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.credentials import queries as certificates
from app.credentials import services as acts
from app.credentials.batches import queries
from app.credentials.models import (
    BatchAct,
    BatchItem,
    BatchState,
    Certificate,
    CertificateBatch,
)
from app.credentials.services import Drawn
from app.credentials.signing.keys import NoKey

WORK = "certificate.batch"
PART = 25
"""Items of one job: so that other work gets its turn, and a job stays far below its lease."""
DONE = "done"

Drawing = Callable[[Certificate], Drawn]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; no `emails` means everybody it can be for."""

    act: BatchAct
    course_id: str
    reason: str | None
    emails: frozenset[str]


def ask(wanted: Wanted, *, by: Actor) -> CertificateBatch:
    """Begin a batch. It is for those who stand in it now, whatever changes later.

    Raises:
        Invalid: there is nobody it could be for, or a revocation without a reason.
    """
    _check_pmo(by)
    if wanted.act is BatchAct.REVOKE and not wanted.reason:
        raise Invalid(_("Say why: the reason is kept with each certificate."), field="reason")
    now = clock.now()
    with audit.act(by, f"batch.{wanted.act}", f"course:{wanted.course_id}") as session:
        chosen = _chosen(wanted)
        if not chosen:
            raise Invalid(_("There is nobody in this course for whom it could be done."))
        batch = CertificateBatch(
            act=wanted.act,
            course_id=wanted.course_id,
            reason=wanted.reason,
            state=BatchState.RUNNING,
            by_id=by.person_id,
            asked_at=now,
        )
        session.add(batch)
        session.flush()
        rows = [
            {"batch_id": batch.id, "person_id": person_id, "certificate_id": certificate_id}
            for person_id, certificate_id in chosen
        ]
        session.execute(insert(BatchItem), rows)
        _ask_for_work(batch)
    return batch


def _check_pmo(by: Actor) -> None:
    if not by.has(Role.PMO) or by.person_id is None:
        raise NotAllowed(_("Only the PMO does this for many at once."))


def _chosen(wanted: Wanted) -> Sequence[tuple[int, int | None]]:
    if wanted.act is BatchAct.ISSUE:
        today = clock.today()
        people = queries.without_certificate(wanted.course_id, today, wanted.emails)
        return [(person_id, None) for person_id in people]
    standing = queries.standing_certificates(wanted.course_id, wanted.emails)
    return [(person_id, certificate_id) for certificate_id, person_id in standing]


def _ask_for_work(batch: CertificateBatch) -> None:
    batch.turn += 1
    jobs.enqueue(WORK, {"batch": batch.id}, key=f"{WORK}:{batch.id}:{batch.turn}")


def stop(batch_id: int, *, by: Actor) -> None:
    """Let it rest after the item in hand; what is done stays done."""
    _change(batch_id, BatchState.RUNNING, BatchState.STOPPED, by)


def resume(batch_id: int, *, by: Actor) -> None:
    """Take it up where it rests."""
    _change(batch_id, BatchState.STOPPED, BatchState.RUNNING, by)


def _change(batch_id: int, before: BatchState, after: BatchState, by: Actor) -> None:
    _check_pmo(by)
    with audit.act(by, f"batch.{after}", f"batch:{batch_id}"):
        batch = queries.batch(batch_id, lock=True)
        if batch.state is not before:
            raise Conflict(_("The batch is not in that state any more. Look at it again."))
        batch.state = after
        if after is BatchState.RUNNING:
            _ask_for_work(batch)


def work(batch_id: int, drawing: Drawing) -> None:
    """Do a part, then ask for the next; each item and its mark are one transaction.

    After a kill the same job runs again and goes on with what has no mark. Two that work at the
    same batch do nothing twice: the mark is asked for under the lock of the item.
    """
    for item_id in queries.next_items(batch_id, PART):
        batch = queries.batch(batch_id)
        if batch.state is not BatchState.RUNNING:
            return
        _do(batch, item_id, drawing)
    with db.transaction():
        batch = queries.batch(batch_id, lock=True)
        if batch.state is not BatchState.RUNNING:
            return
        if queries.next_items(batch_id, 1):
            _ask_for_work(batch)
        else:
            batch.state, batch.ended_at = BatchState.DONE, clock.now()


def _do(batch: CertificateBatch, item_id: int, drawing: Drawing) -> None:
    act, reason, by = batch.act, batch.reason or "", Actor(batch.by_id, frozenset({Role.PMO}))
    course_id, held = batch.course_id, queries.item(item_id)
    serial = queries.serial_of(held.certificate_id) if held.certificate_id else ""
    try:
        drawn = drawing(certificates.certificate(serial)) if act is BatchAct.REDRAW else None
        with db.transaction():
            item = queries.item(item_id, lock=True)
            if item.done_at is not None:
                return
            if drawn is not None:
                acts.keep_drawing(serial, drawn, in_place=True)
            elif act is BatchAct.REVOKE:
                acts.revoke(serial, reason, by=by)
            else:
                _issue(item, course_id)
            item.done_at, item.outcome = clock.now(), item.outcome or DONE
    except NoKey:
        raise  # nothing can be signed for anybody: the job waits until there is a key
    except Refusal as refusal:
        _mark(item_id, str(refusal))


def _issue(item: BatchItem, course_id: str) -> None:
    if acts.issue_late(item.person_id, course_id, clock.today()):
        made = certificates.newest(item.person_id, course_id)
        item.certificate_id = made.id if made else None
    else:
        item.outcome = str(_("The terms of the certificate are not met, or its time has passed."))


def _mark(item_id: int, outcome: str) -> None:
    with db.transaction():
        item = queries.item(item_id, lock=True)
        if item.done_at is None:
            item.done_at, item.outcome = clock.now(), outcome[:300]


def emails_in(text: str) -> frozenset[str]:
    """Addresses as people paste them: lines, commas, semicolons, in any case."""
    words: Collection[str] = text.replace(",", " ").replace(";", " ").split()
    return frozenset(word.strip("<>").lower() for word in words if "@" in word)
