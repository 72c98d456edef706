"""A pass earns a certificate once; it is drawn from its row, and can be revoked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pypdf
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.assessment.models import Attempt, AttemptState
from app.authoring.document import CertificateTerms
from app.core import db, jobs, pdf
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import Role
from app.core.values import Duration, Unit
from app.credentials import queries, services
from app.credentials.models import Certificate, CertificateDrawing
from app.credentials.rules import State
from app.learning.models import Revision
from tests.cast import actor_of, make_person
from tests.learning.courses import make_course, publish

NOW = datetime(2027, 1, 31, 10, tzinfo=UTC)
TERMS = CertificateTerms(
    title="Risk practitioner (internal)",
    requires=("exam",),
    valid_for=Duration(24, Unit.MONTHS),
    renew_from=Duration(90, Unit.DAYS),
    grace=None,
    renewal="exam",
)


@pytest.fixture
def ada(app: Flask) -> Person:
    publish(make_course(certificate=TERMS))
    return make_person("Ada Lovelace")


def passed(person: Person, at: datetime = NOW, *, ok: bool = True) -> services.AttemptGraded:
    """The announcement of a graded attempt, and its row."""
    with db.transaction() as session:
        revision_id = session.scalars(select(Revision.id)).first()
        count = session.scalar(select(func.count()).select_from(Attempt)) or 0
        attempt = Attempt(
            person_id=person.id,
            course_id="risk",
            quiz_id="exam",
            revision_id=revision_id,
            number=count + 1,
            state=AttemptState.GRADED,
            seed="0",
            started_at=at,
            submitted_at=at,
            graded_at=at,
            score=1 if ok else 0,
            passed=ok,
        )
        session.add(attempt)
    return services.AttemptGraded(
        attempt.id, person.id, "risk", "exam", revision_id or 0, attempt.score, ok, at
    )


def issue(announcement: services.AttemptGraded) -> None:
    with db.transaction():
        services.issue_for_pass(announcement)


def certificates() -> Sequence[Certificate]:
    return db.session.scalars(select(Certificate).order_by(Certificate.id)).all()


def test_a_pass_earns_a_certificate_with_the_name_of_that_day(ada: Person):
    issue(passed(ada))
    with db.transaction() as session:
        session.get(Person, ada.id).name = "Ada King"

    (certificate,) = certificates()
    assert certificate.name_on_it == "Ada Lovelace"
    assert (certificate.issued_on, certificate.valid_to) == (date(2027, 1, 31), date(2029, 1, 31))
    assert certificate.due_from == date(2028, 11, 2)
    assert "certificate.issue" in db.session.scalars(select(AuditEntry.verb)).all()


def test_a_failed_exam_or_one_it_does_not_require_earns_none(ada: Person):
    issue(passed(ada, ok=False))
    assert certificates() == []


def test_the_same_pass_told_twice_and_a_second_pass_earn_no_second_one(ada: Person):
    first = passed(ada)
    issue(first)
    issue(first)
    issue(passed(ada, NOW + timedelta(days=30)))
    assert len(certificates()) == 1


def test_a_pass_once_it_is_due_renews_it(ada: Person):
    issue(passed(ada))
    later = datetime(2028, 12, 1, 9, tzinfo=UTC)
    issue(passed(ada, later))

    old, new = certificates()
    assert new.supersedes_id == old.id
    assert new.valid_to == date(2030, 12, 1)
    assert queries.state(queries.certificate(old.serial), later.date()) is State.SUPERSEDED
    assert queries.state(queries.certificate(new.serial), later.date()) is State.VALID


def test_two_passes_graded_at_the_same_moment_earn_one_certificate(ada: Person):
    announcements = [passed(ada), passed(ada)]

    def run(announcement: services.AttemptGraded) -> None:
        try:
            issue(announcement)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, announcements))
    assert len(certificates()) == 1


def test_the_pdf_is_drawn_once_and_says_what_the_row_says(app: Flask, ada: Person):
    issue(passed(ada))
    jobs.run_due()
    (certificate,) = certificates()
    (drawing,) = db.session.scalars(select(CertificateDrawing)).all()
    services.ask_for_drawing(certificate.serial)
    jobs.run_due()

    assert db.session.scalars(select(CertificateDrawing.sha256)).all() == [drawing.sha256]
    reader = pypdf.PdfReader(BytesIO(drawing.pdf))
    text = " ".join(reader.pages[0].extract_text().split())
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [842, 595]
    for words in (
        "Ada Lovelace",
        "Risk practitioner (internal)",
        "31 January 2027",
        "31 January 2029",
        certificate.serial,
    ):
        assert words in text
    assert reader.metadata is not None
    assert "Ada Lovelace" in (reader.metadata.title or "")


def test_the_qr_code_leads_to_the_page_that_verifies_it(app: Flask, ada: Person):
    issue(passed(ada))
    jobs.run_due()
    (drawing,) = db.session.scalars(select(CertificateDrawing)).all()

    picture = pypdfium2.PdfDocument(drawing.pdf)[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)

    base_url = app.config["SETTINGS"].base_url
    assert code.text == f"{base_url}/verify/{certificates()[0].serial}"


def test_every_font_is_in_the_pdf(app: Flask, ada: Person):
    issue(passed(ada))
    jobs.run_due()
    (drawing,) = db.session.scalars(select(CertificateDrawing)).all()
    fonts = pypdf.PdfReader(BytesIO(drawing.pdf)).pages[0]["/Resources"]["/Font"]
    found = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts.values()]
    descriptors = [font["/FontDescriptor"].get_object() for font in found]
    assert len(descriptors) >= 3
    assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


def test_a_design_that_asks_for_what_it_was_not_given_is_refused():
    with pytest.raises(pdf.MissingAsset, match="passwd"):
        pdf.draw('<html lang="en"><title>x</title><img src="file:///etc/passwd" alt="x">', {})


def test_revoking_needs_the_pmo_a_reason_and_is_done_once(ada: Person):
    issue(passed(ada))
    serial = certificates()[0].serial
    pmo = actor_of(make_person("Grace Hopper", Role.PMO), Role.PMO)

    with pytest.raises(NotAllowed):
        services.revoke(serial, "fraud", by=actor_of(ada))
    with pytest.raises(Invalid):
        services.revoke(serial, "  ", by=pmo)
    services.revoke(serial, "Issued by mistake", by=pmo)
    with pytest.raises(Conflict):
        services.revoke(serial, "again", by=pmo)

    found = queries.certificate(serial)
    assert queries.state(found, date(2027, 2, 1)) is State.REVOKED


def test_a_certificate_is_seen_by_its_owner_and_the_pmo(ada: Person):
    issue(passed(ada))
    serial = certificates()[0].serial
    eve = make_person("Eve Stranger")

    assert queries.certificate_for(actor_of(ada), serial).serial == serial
    with pytest.raises(NotVisible):
        queries.certificate_for(actor_of(eve), serial)
