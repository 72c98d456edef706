"""The landing page, and one's own home."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.authoring.document import Module
from app.competence.models import CertificationType, Holding
from app.core import clock, db
from app.core.policy import Role
from app.learning import services
from app.projects.models import Project, ProjectState, RoleSlot
from app.staffing.models import Booking, BookingStep
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, make_lesson, publish
from tests.statements import counted
from tests.visitor import Visitor


@pytest.fixture
def ada(visitor: Visitor):
    person = make_person()
    visitor.log_in(person.email, PASSWORD)
    return person


def make_booking(person_id: int, state: BookingState, code: str = "P-1", days: int = 10):
    today = clock.today()
    with db.transaction() as session:
        project = Project(
            code=code,
            title=f"Cold store {code}",
            unit="Plants",
            start_date=today,
            end_date=today + timedelta(days=200),
            priority=3,
            state=ProjectState.ACTIVE,
            created_at=clock.now(),
        )
        session.add(project)
        session.flush()
        slot = RoleSlot(
            project_id=project.id,
            title="Risk manager",
            start_date=today,
            end_date=today + timedelta(days=days),
            allocation=50,
        )
        session.add(slot)
        session.flush()
        booking = Booking(
            person_id=person_id,
            slot_id=slot.id,
            start_date=today,
            end_date=today + timedelta(days=days),
            percent=50,
            state=state,
        )
        session.add(booking)
        session.flush()
        step = BookingStep(booking_id=booking.id, state=state, by_name="Pam", at=clock.now())
        session.add(step)


def make_holding(person_id: int, code: str, days: int):
    today = clock.today()
    with db.transaction() as session:
        if session.get(CertificationType, code) is None:
            kind = CertificationType(
                code=code, title=code.upper(), issuer="PMI", description="", url=None
            )
            session.add(kind)
            session.flush()
        holding = Holding(
            person_id=person_id,
            certification_code=code,
            number="1",
            issued_on=today - timedelta(days=900),
            expires_on=today + timedelta(days=days),
            recorded_at=clock.now(),
        )
        session.add(holding)


def test_somebody_not_logged_in_learns_what_this_is(visitor: Visitor):
    page = visitor.open("/")

    assert page.status == 200
    assert "The right people on every project" in page.text
    assert page.soup.select_one('main a[href="/login"]') is not None


def test_a_newcomer_is_told_what_to_do_next(visitor: Visitor, ada):
    assert "There is no course to take yet" in visitor.open("/").text
    publish(make_course())

    page = visitor.open("/")

    assert "Welcome, Ada" in page.text
    assert "Begin with a course" in page.text
    assert page.soup.find("a", href="/courses/risk") is not None
    assert "You are booked on no project." in page.text
    assert "Open roles" not in page.text


def test_home_leads_back_to_where_one_was(visitor: Visitor, ada):
    publish(make_course())
    publish(make_course("costs", title="Costs"))
    learner = actor_of(ada)
    services.enrol("costs", by=learner)
    services.complete_lesson("risk", "first", by=learner)
    services.remember_place("risk", "second", "look", by=learner)

    page = visitor.open("/")

    resume = page.soup.find("a", href="/courses/risk/second#look")
    assert "Resume" in resume.text
    assert "1 of 4 done" in page.text
    assert "Also in progress" in page.text
    assert "Costs" in page.text


def test_home_shows_what_is_finished(visitor: Visitor, ada):
    only = (Module(None, ("first",)),)
    values = {"lessons": (make_lesson("first"),), "quizzes": (), "modules": only, "awards": ()}
    publish(make_course(certificate=None, **values))
    services.complete_lesson("risk", "first", by=actor_of(ada))

    page = visitor.open("/")

    assert "You have finished every course you began." in page.text
    assert "Continue where you were" not in page.text


def test_home_shows_requests_and_bookings_of_one_s_own(app: Flask, visitor: Visitor, ada):
    make_booking(ada.id, BookingState.REQUESTED)
    make_booking(ada.id, BookingState.CONFIRMED, "P-2")
    make_booking(make_person("Bob").id, BookingState.CONFIRMED, "P-3")
    make_booking(ada.id, BookingState.PROPOSED, "P-4")

    page = visitor.open("/")

    assert "You are asked for 1 role" in page.text
    assert "Cold store P-1" in page.text
    assert "Cold store P-2" in page.text
    assert "Cold store P-3" not in page.text
    assert "Cold store P-4" not in page.text


def test_home_says_what_lapses_but_not_what_was_renewed(visitor: Visitor, ada):
    make_holding(ada.id, "pmp", days=-5)
    make_holding(ada.id, "capm", days=30)
    make_holding(ada.id, "pgmp", days=800)
    make_holding(ada.id, "pmi-rmp", days=-5)
    make_holding(ada.id, "pmi-rmp", days=900)

    text = visitor.open("/").text

    assert "PMP" in text
    assert "Lapsed" in text
    assert "CAPM" in text
    assert "Lapses soon" in text
    assert "PGMP" not in text
    assert "PMI-RMP" not in text


def test_the_pmo_sees_open_roles_and_requests(app: Flask, visitor: Visitor):
    pam = make_person("Pam", Role.PMO)
    make_booking(make_person("Bob").id, BookingState.REQUESTED)
    visitor.log_in(pam.email, PASSWORD)

    page = visitor.open("/")

    assert "Open roles 1" in page.text
    assert "Requests waiting 1" in page.text


def test_home_sends_the_same_statements_for_one_row_and_for_thirty(visitor: Visitor, ada):
    learner = actor_of(ada)

    def add(n: int) -> None:
        publish(make_course(f"course-{n}", title=f"Course {n}"))
        services.complete_lesson(f"course-{n}", "first", by=learner)
        make_booking(ada.id, BookingState.REQUESTED, f"R-{n}")
        make_booking(ada.id, BookingState.CONFIRMED, f"C-{n}")
        make_holding(ada.id, f"kind-{n}", days=10)

    add(0)
    visitor.open("/")
    with counted() as one:
        visitor.open("/")
    for n in range(1, 30):
        add(n)
    visitor.open("/")
    with counted() as thirty:
        visitor.open("/")

    assert len(thirty) == len(one)
    assert len(one) <= 12
    assert [sql for sql in thirty if not sql.startswith("SELECT")] == []
