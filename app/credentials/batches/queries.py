"""Reads of batches: whom they are for, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import Select, exists, func, or_, select

from app.accounts.models import Person
from app.assessment.models import Attempt, AttemptState
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.credentials.models import (
    BatchItem,
    Certificate,
    CertificateBatch,
    CertificateDrawing,
    CertificateRevocation,
)

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class Progress:
    """`changed`: of the `done`, those where there was something to do; `drawn`: PDFs that exist."""

    total: int
    done: int
    changed: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody for whom there was nothing to do, or nothing could be done."""

    name: str
    outcome: str


def without_certificate(course_id: str, day: date, emails: Collection[str]) -> Sequence[int]:
    """People who passed something in the course and hold no certificate of it on that day."""
    held = exists().where(
        Certificate.person_id == Person.id,
        Certificate.course_id == course_id,
        or_(Certificate.valid_to.is_(None), Certificate.valid_to >= day),
        ~exists().where(CertificateRevocation.certificate_id == Certificate.id),
    )
    passed = exists().where(
        Attempt.person_id == Person.id,
        Attempt.course_id == course_id,
        Attempt.state == AttemptState.GRADED,
        Attempt.passed.is_(True),
    )
    query = _named(select(Person.id).where(passed, ~held), emails)
    return db.session.scalars(query.order_by(Person.id)).all()


def standing_certificates(course_id: str, emails: Collection[str]) -> Sequence[tuple[int, int]]:
    """Certificates of a course that were not revoked, each with its person."""
    query = (
        select(Certificate.id, Certificate.person_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.course_id == course_id)
        .where(~exists().where(CertificateRevocation.certificate_id == Certificate.id))
    )
    found = db.session.execute(_named(query, emails).order_by(Certificate.id))
    return [(certificate_id, person_id) for certificate_id, person_id in found]


def _named(query: Select[*Columns], emails: Collection[str]) -> Select[*Columns]:
    return query.where(func.lower(Person.email).in_(emails)) if emails else query


def batch(batch_id: int, *, lock: bool = False) -> CertificateBatch:
    """A batch; raises NotVisible if there is none."""
    query = select(CertificateBatch).where(CertificateBatch.id == batch_id)
    query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible(_("There is no such batch."))
    return found


def batches() -> Sequence[CertificateBatch]:
    """The newest fifty."""
    query = select(CertificateBatch).order_by(CertificateBatch.id.desc()).limit(50)
    return db.session.scalars(query).all()


def progress(batch_ids: Collection[int]) -> dict[int, Progress]:
    """How far batches are, in one statement."""
    query = (
        select(
            BatchItem.batch_id,
            func.count(),
            func.count(BatchItem.done_at),
            func.count().filter(BatchItem.outcome == "done"),
            func.count(CertificateDrawing.certificate_id),
        )
        .outerjoin(
            CertificateDrawing, CertificateDrawing.certificate_id == BatchItem.certificate_id
        )
        .where(BatchItem.batch_id.in_(batch_ids))
        .group_by(BatchItem.batch_id)
    )
    return {
        batch_id: Progress(total, done, changed, drawn)
        for batch_id, total, done, changed, drawn in db.session.execute(query)
    }


def left_out(batch_id: int) -> Sequence[Left]:
    """Those where nothing was done, with the reason; at most a hundred."""
    query = (
        select(Person.name, BatchItem.outcome)
        .join(Person, Person.id == BatchItem.person_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.outcome != "done")
    )
    found = db.session.execute(query.order_by(BatchItem.id).limit(100))
    return [Left(name, outcome or "") for name, outcome in found]


def next_items(batch_id: int, size: int) -> Sequence[int]:
    """The items that are to be done next."""
    query = select(BatchItem.id).where(BatchItem.batch_id == batch_id, BatchItem.done_at.is_(None))
    return db.session.scalars(query.order_by(BatchItem.id).limit(size)).all()


def item(item_id: int, *, lock: bool = False) -> BatchItem:
    """An item, which is known to be there."""
    query = select(BatchItem).where(BatchItem.id == item_id)
    query = query.execution_options(populate_existing=True)
    return db.session.scalars(query.with_for_update() if lock else query).one()


def serial_of(certificate_id: int) -> str:
    """The number of a certificate."""
    query = select(Certificate.serial).where(Certificate.id == certificate_id)
    return db.session.scalars(query).one()
