"""Somebody who owns one of everything, and somebody who owns nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import ApiToken, Person
from app.assessment import services as attempts
from app.authoring.document import Visibility
from app.competence import services as competence
from app.competence.certifications import services as certifications
from app.competence.certifications.models import Proof
from app.competence.certifications.services import Activity, Upload
from app.competence.judging import services as judging
from app.competence.judging.models import Attachment
from app.core import clock, db
from app.core.policy import Actor, Role
from app.practice.models import Card
from app.renewals import services as renewals
from app.renewals.models import CalendarFeed
from app.staffing.models import Absence
from app.staffing.rules.booking import BookingState
from tests.cast import actor_of, make_person
from tests.competence import frameworks
from tests.credentials.test_services import TERMS, certificates, issue, passed
from tests.learning.courses import make_course, make_media, publish
from tests.staffing import world as staffing

DRAFT = "draft-course"
PICTURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class World:
    """`addresses`: for each view that shows or changes something of the owner, one such thing."""

    owner_email: str
    other_email: str
    addresses: dict[str, tuple[str, str]]


def build() -> World:
    """Ada, a learner and author, owns everything; Eve, a learner, owns nothing."""
    frameworks.publish()
    publish(make_course("risk", certificate=TERMS))
    media = make_media("plan.png", PICTURE)
    publish(
        make_course(DRAFT, visibility=Visibility.DRAFT, media=(media,)), {media.sha256: PICTURE}
    )
    ada = make_person("Ada Lovelace", Role.LEARNER, Role.AUTHOR)
    make_person("Eve Stranger")
    owner = actor_of(ada, Role.LEARNER, Role.AUTHOR)
    return World(
        "ada@example.com",
        "eve@example.com",
        _attempts(owner, ada)
        | _practice(ada)
        | _evidence(owner, ada)
        | _draft(media.sha256)
        | _work(ada)
        | {"accounts.revoke_token": ("POST", f"/account/tokens/{_token(ada)}/revocation")},
    )


def _attempts(owner: Actor, ada: Person) -> dict[str, tuple[str, str]]:
    now = clock.now()
    done = attempts.start("risk", "checkpoint", by=owner, now=now)
    attempts.submit(done, by=owner, now=now)
    still_open = attempts.start("risk", "exam", by=owner, now=now)
    page, api = f"/attempts/{still_open}", f"/api/v1/attempts/{still_open}"
    issue(passed(ada))
    serial = certificates()[0].serial
    return {
        "assessment.attempt": ("GET", page),
        "assessment.summary": ("GET", f"{page}/summary"),
        "assessment.save": ("POST", f"{page}/answers"),
        "assessment.submit": ("POST", f"{page}/submission"),
        "assessment.end_break": ("POST", f"{page}/break/end"),
        "assessment.review": ("GET", f"/attempts/{done}/review"),
        "assessment.report": ("POST", f"/attempts/{done}/questions/1/report"),
        "api.attempt": ("GET", api),
        "api.save_answer": ("PUT", f"{api}/answers/1"),
        "api.check_answer": ("POST", f"{api}/answers/1/check"),
        "api.flag_question": ("PUT", f"{api}/flags/1"),
        "api.walk_on": ("PUT", f"{api}/position"),
        "api.submit_attempt": ("POST", f"{api}/submission"),
        "api.certificate": ("GET", f"/api/v1/certificates/{serial}"),
        "credentials.certificate": ("GET", f"/certificates/{serial}"),
        "credentials.download": ("GET", f"/certificates/{serial}.pdf"),
        "credentials.credential_file": ("GET", f"/certificates/{serial}/credential.json"),
        "credentials.badge_png": ("GET", f"/certificates/{serial}/badge.png"),
        "credentials.badge_svg": ("GET", f"/certificates/{serial}/badge.svg"),
        "credentials.draw": ("POST", f"/certificates/{serial}/drawing"),
    }


def _practice(ada: Person) -> dict[str, tuple[str, str]]:
    """A question of the checkpoint that was handed in."""
    card = db.session.scalars(select(Card.id).where(Card.person_id == ada.id).limit(1)).one()
    return {
        "practice.answer": ("POST", f"/practice/{card}/answers"),
        "practice.hint": ("POST", f"/practice/{card}/hints"),
    }


def _evidence(owner: Actor, ada: Person) -> dict[str, tuple[str, str]]:
    holding = competence.record_holding(
        person_id=ada.id,
        certification_code="for-good",
        number="1",
        issued_on=date(2026, 1, 1),
        expires_on=None,
        by=owner,
    )
    today = clock.today()
    files = [judging.Upload("work.pdf", b"%PDF")]
    asked = judging.ask("planning", 3, "A plan", files, by=owner, request_key="0" * 32)
    file = db.session.scalars(select(Attachment.id)).one()
    certifications.prove_holding(holding, Upload("card.pdf", "application/pdf", b"%PDF"), by=owner)
    proof = db.session.scalars(select(Proof.id)).one()
    activity = Activity("Conference", today, Decimal(6))
    entry = certifications.add_points(activity, by=owner, today=today)
    renewals.make_feed(everybody=False, by=owner)
    feed = db.session.scalars(select(CalendarFeed.id)).one()
    return {
        "api.person": ("GET", f"/api/v1/people/{ada.id}"),
        "api.person_claims": ("GET", f"/api/v1/people/{ada.id}/claims"),
        "competence.person": ("GET", f"/people/{ada.id}"),
        "judging.show": ("GET", f"/competencies/assessments/{asked}"),
        "judging.appeal": ("POST", f"/competencies/assessments/{asked}/appeal"),
        "judging.withdraw": ("POST", f"/competencies/assessments/{asked}/withdrawal"),
        "judging.file": ("GET", f"/competencies/attachments/{file}"),
        "certifications.withdraw": ("POST", f"/certifications/{holding}/withdrawal"),
        "certifications.holding": ("GET", f"/certifications/{holding}"),
        "certifications.renew": ("POST", f"/certifications/{holding}/renewal"),
        "certifications.prove": ("POST", f"/certifications/{holding}/proofs"),
        "certifications.proof": ("GET", f"/certifications/proofs/{proof}"),
        "certifications.withdraw_points": ("POST", f"/certifications/points/{entry}/withdrawal"),
        "renewals.revoke_address": (
            "POST",
            f"/certifications/calendar/addresses/{feed}/revocation",
        ),
    }


def _draft(sha256: str) -> dict[str, tuple[str, str]]:
    course = f"/courses/{DRAFT}"
    return {
        "learning.course": ("GET", course),
        "learning.enrol": ("POST", f"{course}/enrolment"),
        "learning.lesson": ("GET", f"{course}/first"),
        "learning.complete": ("POST", f"{course}/first/completion"),
        "learning.place": ("POST", f"{course}/first/place"),
        "learning.answer": ("POST", f"{course}/second/checks/flooded"),
        "learning.media": ("GET", f"{course}/media/{sha256}/plan.png"),
        "practice.readiness": ("GET", f"{course}/readiness"),
        "assessment.quiz": ("GET", f"{course}/quizzes/exam"),
        "assessment.start": ("POST", f"{course}/quizzes/exam/attempts"),
        "api.course": ("GET", f"/api/v1{course}"),
        "api.enrol": ("POST", f"/api/v1{course}/enrolments"),
        "api.complete_lesson": ("POST", f"/api/v1/lessons/{DRAFT}/first/completions"),
        "api.start_attempt": ("POST", f"/api/v1/quizzes/{DRAFT}/exam/attempts"),
    }


def _work(ada: Person) -> dict[str, tuple[str, str]]:
    led = staffing.make_project("LED", manager_id=ada.id)
    ended = clock.today() - timedelta(days=30)
    past = staffing.make_slot(led, start_date=ended, end_date=ended)
    done = staffing.book(make_person("Ben Worker"), past, BookingState.CONFIRMED)
    project = staffing.make_project()
    slot = staffing.make_slot(project)
    booking = staffing.book(ada, slot, BookingState.REQUESTED)
    staffing.absent(ada, staffing.SPRING)
    absence = db.session.scalars(select(Absence.id)).one()
    return {
        "calendars.working_time": ("GET", f"/people/{ada.id}/working-time"),
        "calendars.change_capacity": ("POST", f"/people/{ada.id}/working-time"),
        "calendars.withdraw_change": (
            "POST",
            f"/people/{ada.id}/working-time/2030-01-01/withdrawal",
        ),
        "calendars.limit_roles": ("POST", f"/people/{ada.id}/roles-at-a-time"),
        "calendars.change_week": ("POST", f"/people/{ada.id}/working-hours"),
        "calendars.withdraw_week": (
            "POST",
            f"/people/{ada.id}/working-hours/2030-01-01/withdrawal",
        ),
        "calendars.record_absence": ("POST", f"/people/{ada.id}/absences"),
        "calendars.withdraw_absence": ("POST", f"/people/{ada.id}/absences/{absence}/withdrawal"),
        "projects.project": ("GET", f"/projects/{project.code}"),
        "api.project": ("GET", f"/api/v1/projects/{project.code}"),
        "api.roles": ("GET", f"/api/v1/projects/{project.code}/roles"),
        "api.change_booking": ("PATCH", f"/api/v1/bookings/{booking.id}"),
        "staffing.answer": ("POST", f"/bookings/{booking.id}/answer"),
        "desk.answer": ("POST", f"/desk/bookings/{booking.id}/answer"),
        "training.study_time": ("GET", f"/people/{ada.id}/study-time"),
        "training.set_study_time": ("POST", f"/people/{ada.id}/study-time"),
        "records.record": ("GET", f"/bookings/{done.id}/record"),
        "records.keep_record": ("POST", f"/bookings/{done.id}/record"),
    }


def _token(ada: Person) -> int:
    accounts.make_token(ada.id, "reports", by=actor_of(ada))
    return db.session.scalars(select(ApiToken.id)).one()
