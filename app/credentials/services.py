"""Acts on certificates: issue, draw, revoke."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.assessment import queries as assessment
from app.assessment.announcements import AttemptGraded, PassWithdrawn
from app.authoring.document import CertificateTerms
from app.core import audit, clock, db, jobs
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import SYSTEM, Actor, Role
from app.credentials import queries
from app.credentials.models import Certificate, CertificateDrawing, CertificateRevocation
from app.credentials.rules import dates, is_earned, may_issue, new_serial, renews
from app.learning import queries as learning
from app.learning.models import Revision
from app.learning.updates import queries as updates

DRAW = "certificate.draw"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF as it is kept, with the credential in it and the key that signed both."""

    pdf: bytes
    credential: str | None
    key_id: str | None
    design: str | None


def issue_for_pass(graded: AttemptGraded) -> None:
    """Issue the certificate that a pass earns, in the transaction that graded it; once."""
    if not graded.passed or graded.short:
        return
    revision = db.session.get(Revision, graded.revision_id)
    assert revision is not None
    course = learning.document(revision)
    terms = course.certificate
    if terms is None or graded.quiz_id not in (*terms.requires, terms.renewal):
        return
    # Whoever grades two attempts of one person at the same time takes turns here.
    person = accounts.person(graded.person_id, lock=True)
    if is_earned(terms, _passed(graded)) or _renews(graded, terms):
        _issue(graded, terms, course.title, person.name, person.language)


def _renews(graded: AttemptGraded, terms: CertificateTerms) -> bool:
    before = queries.newest(graded.person_id, graded.course_id)
    standing = queries.standing(before) if before else None
    return renews(terms, graded.quiz_id, standing, graded.graded_at.date())


def _passed(graded: AttemptGraded) -> set[str]:
    results = assessment.best_results(graded.person_id, graded.course_id)
    return {quiz_id for (_, quiz_id), standing in results.items() if standing.passed}


def _issue(
    graded: AttemptGraded, terms: CertificateTerms, course_title: str, name: str, language: str
) -> bool:
    day = graded.graded_at.date()
    before = queries.newest(graded.person_id, graded.course_id)
    if not may_issue(queries.standing(before) if before else None, day) and not _redone(graded):
        return False
    until = dates(terms, day)
    serial = new_serial()
    follows = before is not None and before.revocation is None and before.renewal is None
    new = db.insert_once(
        Certificate,
        serial=serial,
        person_id=graded.person_id,
        course_id=graded.course_id,
        attempt_id=graded.attempt_id,
        title=terms.title,
        course_title=course_title,
        name_on_it=name,
        language=language,
        issued_at=graded.graded_at,
        issued_on=day,
        valid_to=until.valid_to,
        due_from=until.due_from,
        grace_to=until.grace_to,
        supersedes_id=before.id if before and follows else None,
        design=terms.design,
    )
    if new:
        target = f"certificate:{serial}"
        audit.record(SYSTEM, "certificate.issue", target, person=graded.person_id)
        ask_for_drawing(serial)
    return new


def issue_late(person_id: int, course_id: str, today: date) -> bool:
    """Issue what a pass of long ago earns by the terms that stand now: it counts from the pass.

    Returns:
        Whether it was issued; not where the terms are not met, where it would have lapsed by now,
        or where one is in force.
    """
    course = learning.any_course(course_id)
    compiled = learning.served(course)
    terms = compiled.certificate
    with db.transaction():
        person = accounts.person(person_id, lock=True)
        attempt = queries.last_pass(person_id, course_id, terms.requires) if terms else None
        if terms is None or attempt is None or course.revision_id is None:
            return False
        graded = AttemptGraded(
            attempt.id,
            person_id,
            course_id,
            attempt.quiz_id,
            course.revision_id,
            attempt.score or Decimal(0),
            True,
            attempt.graded_at or attempt.started_at,
        )
        until = dates(terms, graded.graded_at.date()).valid_to
        if not is_earned(terms, _passed(graded)) or (until is not None and until < today):
            return False
        return _issue(graded, terms, compiled.title, person.name, person.language)


def _redone(graded: AttemptGraded) -> bool:
    """Whether a new version of the course asks this person to renew by this quiz."""
    asked = updates.update_for(graded.person_id, graded.course_id, graded.revision_id)
    return asked is not None and not asked.short and graded.quiz_id in asked.quizzes


def ask_for_drawing(serial: str) -> None:
    """Have the PDF drawn, if it is not there."""
    with db.transaction():
        if queries.certificate(serial).drawing is None:
            jobs.enqueue_again(DRAW, {"serial": serial}, key=f"{DRAW}:{serial}")


def ask_for_missing_drawings() -> int:
    """Have every PDF drawn that is not there; returns how many."""
    with db.transaction():
        serials = queries.undrawn()
        for serial in serials:
            jobs.enqueue_again(DRAW, {"serial": serial}, key=f"{DRAW}:{serial}")
    return len(serials)


def keep_drawing(serial: str, drawn: Drawn, *, in_place: bool = False) -> None:
    """Keep the PDF of a certificate; the first one drawn stays, unless it is drawn `in_place`.

    A copy of the one before still verifies: what became of it stands in the audit trail.
    """
    with db.transaction() as session:
        certificate = queries.certificate(serial)
        values = {**asdict(drawn), "sha256": sha256(drawn.pdf).hexdigest(), "drawn_at": clock.now()}
        if db.insert_once(CertificateDrawing, certificate_id=certificate.id, **values):
            return
        if in_place:
            before = queries.drawing(certificate.id)
            audit.record(
                SYSTEM,
                "certificate.redraw",
                f"certificate:{serial}",
                before=before.sha256 if before else None,
                after=values["sha256"],
            )
            held = CertificateDrawing.certificate_id == certificate.id
            session.execute(update(CertificateDrawing).where(held).values(**values))


def revoke(serial: str, reason: str, *, by: Actor) -> None:
    """Take a certificate out of force. Whoever verifies it is told so.

    Raises:
        Invalid: no reason.
        Conflict: it was revoked already.
    """
    if not by.has(Role.PMO) or by.person_id is None:
        raise NotAllowed(_("Only the PMO revokes certificates."))
    if not reason.strip():
        raise Invalid(_("Say why: the reason is kept with the certificate."), field="reason")
    with db.transaction() as session:
        certificate = queries.certificate_for(by, serial)
        session.execute(
            select(Certificate).where(Certificate.id == certificate.id).with_for_update()
        )
        new = db.insert_once(
            CertificateRevocation,
            certificate_id=certificate.id,
            reason=reason.strip(),
            by_id=by.person_id,
            at=clock.now(),
        )
        if not new:
            raise Conflict(_("This certificate was revoked already."))
        target = f"certificate:{certificate.serial}"
        audit.record(by, "certificate.revoke", target, reason=reason.strip())


def revoke_for_withdrawal(withdrawn: PassWithdrawn) -> None:
    """Revoke what an attempt earned that counts no more; what is revoked stays as it is."""
    earned = queries.of_attempts([withdrawn.attempt_id]).get(withdrawn.attempt_id)
    if earned is not None and earned.revocation is None:
        revoke(earned.serial, withdrawn.reason, by=withdrawn.by)
