"""Reads of certificates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from hashlib import sha256

from sqlalchemy import Select, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from app.assessment.models import Attempt, AttemptState
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.jobs import Job
from app.core.policy import Actor, Role
from app.credentials.models import Certificate, CertificateDrawing, CertificateRevocation
from app.credentials.rules import Standing, State, read_serial, state_on
from app.credentials.signing import status

_Renewal = aliased(Certificate)


def certificates_of(person_id: int) -> Sequence[Certificate]:
    """A person's certificates, newest first."""
    return db.session.scalars(_of_person(), {"person_id": person_id}).unique().all()


@cache
def _of_person() -> Select[Certificate]:
    """Asked by every home page, and therefore put together once."""
    query = _certificates().where(Certificate.person_id == bindparam("person_id"))
    return query.order_by(Certificate.id.desc())


def certificate_for(actor: Actor, serial: str) -> Certificate:
    """A certificate of one's own; the PMO sees everybody's."""
    whose = true() if actor.has(Role.PMO) else Certificate.person_id == actor.person_id
    return _found(_certificates().where(Certificate.serial == (read_serial(serial) or ""), whose))


def certificate(serial: str) -> Certificate:
    """A certificate by its number, for whoever has it in hand."""
    return _found(_certificates().where(Certificate.serial == (read_serial(serial) or "")))


def by_serial(serial: str) -> Certificate | None:
    """The certificate of a number; None where there is none."""
    query = _certificates().where(Certificate.serial == (read_serial(serial) or ""))
    return db.session.scalars(query).unique().first()


def by_drawing(pdf: bytes) -> Certificate | None:
    """The certificate whose PDF this is, to the last byte."""
    held = CertificateDrawing.sha256 == sha256(pdf).hexdigest()
    found = select(CertificateDrawing.certificate_id).where(held)
    return db.session.scalars(_certificates().where(Certificate.id.in_(found))).unique().first()


def newest(person_id: int, course_id: str) -> Certificate | None:
    """The newest certificate of a person for a course."""
    query = _certificates().where(
        Certificate.person_id == person_id, Certificate.course_id == course_id
    )
    return db.session.scalars(query.order_by(Certificate.id.desc()).limit(1)).first()


def of_attempt(attempt_id: int) -> Certificate | None:
    """The certificate that a pass earned, if it did."""
    return db.session.scalar(_certificates().where(Certificate.attempt_id == attempt_id))


def of_attempts(attempt_ids: Collection[int]) -> dict[int, Certificate]:
    """The certificates that attempts earned, by attempt; in one statement."""
    query = _certificates().where(Certificate.attempt_id.in_(attempt_ids))
    found = db.session.scalars(query).unique()
    return {one.attempt_id: one for one in found if one.attempt_id is not None}


def drawing_fault(serial: str) -> str | None:
    """Why the PDF could not be drawn the last time it was tried; None if nothing went wrong."""
    error = db.session.scalar(select(Job.error).where(Job.key == f"certificate.draw:{serial}"))
    return error.partition(": ")[2] or error if error else None


def drawing(certificate_id: int) -> CertificateDrawing | None:
    """The PDF, if it was drawn."""
    return db.session.get(CertificateDrawing, certificate_id)


def last_pass(person_id: int, course_id: str, quiz_ids: Collection[str]) -> Attempt | None:
    """The newest attempt that passed one of the quizzes."""
    query = select(Attempt).where(
        Attempt.person_id == person_id,
        Attempt.course_id == course_id,
        Attempt.quiz_id.in_(quiz_ids),
        Attempt.state == AttemptState.GRADED,
        Attempt.passed.is_(True),
        Attempt.short.is_(False),
    )
    return db.session.scalars(query.order_by(Attempt.graded_at.desc()).limit(1)).first()


def courses() -> Sequence[str]:
    """The ids of courses of which there are certificates."""
    return db.session.scalars(select(Certificate.course_id).distinct()).all()


def undrawn() -> Sequence[str]:
    """The numbers of certificates that have no PDF, oldest first."""
    query = select(Certificate.serial).outerjoin(Certificate.drawing)
    return db.session.scalars(
        query.where(CertificateDrawing.certificate_id.is_(None)).order_by(Certificate.id)
    ).all()


def revoked_in_list(number: int) -> Sequence[int]:
    """The ids of revoked certificates that a status list holds."""
    first, end = number * status.SIZE, (number + 1) * status.SIZE
    column = CertificateRevocation.certificate_id
    return db.session.scalars(select(column).where(column >= first, column < end)).all()


def status_lists() -> int:
    """How many status lists there are; one even before the first certificate."""
    newest_id = db.session.scalar(select(func.max(Certificate.id))) or 0
    return status.place(newest_id)[0] + 1


def standing(certificate: Certificate) -> Standing:
    """What decides the state of a certificate that was loaded here."""
    return Standing(
        certificate.issued_on,
        certificate.valid_to,
        certificate.due_from,
        revoked=certificate.revocation is not None,
        superseded=certificate.renewal is not None,
        grace_to=certificate.grace_to,
    )


def state(certificate: Certificate, day: date) -> State:
    """The state of a certificate on a day."""
    return state_on(standing(certificate), day)


def search(text: str, *, page: int, size: int = 50) -> Sequence[Certificate]:
    """Certificates whose name, title or number holds `text`, newest first; one more than `size`."""
    query = _certificates()
    if text.strip():
        columns = (Certificate.name_on_it, Certificate.title, Certificate.serial)
        query = query.where(
            or_(*(column.icontains(text.strip(), autoescape=True) for column in columns))
        )
    query = query.order_by(Certificate.id.desc()).limit(size + 1).offset((page - 1) * size)
    return db.session.scalars(query).unique().all()


def _certificates() -> Select[Certificate]:
    return (
        select(Certificate)
        .outerjoin(_Renewal, _Renewal.supersedes_id == Certificate.id)
        .options(
            contains_eager(Certificate.renewal.of_type(_Renewal)),
            joinedload(Certificate.revocation),
            joinedload(Certificate.drawing).options(defer(CertificateDrawing.pdf)),
        )
    )


def _found(query: Select[Certificate]) -> Certificate:
    if (found := db.session.scalars(query).unique().first()) is None:
        raise NotVisible(_("There is no such certificate. Check the number."))
    return found
