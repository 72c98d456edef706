"""Training for one role: who could be ready, courses given with days, and the role that fills."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.assessment import queries as sittings
from app.assessment import services as attempts
from app.assessment.models import QuizWindow
from app.authoring.document import (
    CertificationPrerequisite,
    CompetencyPrerequisite,
    CoursePrerequisite,
    Module,
    Visibility,
)
from app.core import db, jobs
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.policy import Role
from app.core.values import Money, Period
from app.learning.models import Enrolment
from app.projects import services as projects
from app.projects.models import Demand, RoleSlot, Strength
from app.projects.services import Asked
from app.staffing import queries as staffing
from app.staffing import services as bookings
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.rank import rank
from app.staffing.training import queries, services
from app.staffing.training.models import StepKind, TrainingAssignment, TrainingStep
from tests.assessment import questions
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, make_exam, make_section, publish
from tests.projects.facts import role_facts
from tests.staffing.world import (
    BASE,
    PMO,
    absent,
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
)
from tests.statements import counted
from tests.visitor import Visitor

NOW = datetime(2031, 1, 6, 9, tzinfo=UTC)
RISK = ("risk-management", 3)
EXAM = make_exam("exam", sections=(make_section(questions.single()),))
SMALL: dict[str, Any] = {
    "quizzes": (EXAM,),
    "modules": (Module(None, ("first", "second", "exam")),),
    "certificate": None,
}


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    """A role from 3 March on that asks for level 3 in risk management, which `risk` awards."""
    make_framework()
    publish(make_course("risk", estimated_minutes=480, **SMALL))
    return make_slot(make_project(), must=[RISK])


@pytest.fixture
def ben(slot: RoleSlot) -> Person:
    return make_person("Ben Okri", language="de")


def give(slot: RoleSlot, person: Person) -> list[services.Due]:
    return services.assign(slot.id, person.id, by=PMO, base_url=BASE)


def sit(person: Person, answer: str = "a", course_id: str = "risk") -> None:
    """Sit the exam of a course as its learner does."""
    actor, now = actor_of(person), datetime.now(UTC)
    attempt_id = attempts.start(course_id, "exam", by=actor, now=now)
    for one in sittings.sitting_for(actor, attempt_id).attempt.slots:
        attempts.save(attempt_id, one.number, attempts.Save(answer, 1), by=actor, now=now)
    attempts.submit(attempt_id, by=actor, now=now)


def candidates(slot: RoleSlot) -> list[int]:
    db.session.rollback()
    role = staffing.as_slot(queries.roles_with_projects([slot.id])[slot.id])
    return [one.person_id for one in rank(role, staffing.people_for([role])).candidates]


def rows() -> list[tuple[str, date, bool]]:
    db.session.rollback()
    query = select(
        TrainingAssignment.course_id, TrainingAssignment.due_on, TrainingAssignment.withdrawn_at
    ).order_by(TrainingAssignment.id)
    return [(one[0], one[1], one[2] is None) for one in db.session.execute(query)]


def kinds() -> list[StepKind]:
    db.session.rollback()
    return list(db.session.scalars(select(TrainingStep.kind).order_by(TrainingStep.id)))


def letters(outbox: Path) -> list[EmailMessage]:
    jobs.run_due()
    db.session.rollback()
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in outbox.glob("*.eml")
    ]


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- The loop --------------------------------------------------------------------------------


def test_who_passes_the_course_that_was_given_is_a_candidate_and_the_role_fills(
    slot: RoleSlot, ben: Person
):
    assert candidates(slot) == []
    give(slot, ben)
    assert candidates(slot) == []

    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        sit(ben, "b")
        assert [one.passed for one in queries.assigned_for(slot.id)] == [False]
        db.session.rollback()
        sit(ben, "a")

    assert [one.passed for one in queries.assigned_for(slot.id)] == [True]
    assert candidates(slot) == [ben.id]
    booking = bookings.ask(slot.id, ben.id, by=PMO, base_url=BASE)
    bookings.confirm(booking.id, by=actor_of(ben), base_url=BASE)
    assert staffing.open_roles_count() == 0
    assert queries.due_days(ben.id) == {}
    with pytest.raises(Conflict, match="qualifies already"):
        give(slot, ben)


# --- Giving ----------------------------------------------------------------------------------


def test_courses_are_given_once_with_their_day_enrolment_letter_and_audit_row(
    slot: RoleSlot, ben: Person, outbox: Path
):
    assert give(slot, ben) == [services.Due("risk", date(2031, 3, 2))]
    give(slot, ben)

    assert rows() == [("risk", date(2031, 3, 2), True)]
    assert kinds() == [StepKind.ASSIGNED]
    assert count(Enrolment) == 1
    (letter,) = letters(outbox)
    assert letter["To"] == ben.email
    assert "Risk in practice" in letter.get_content()
    query = select(AuditEntry.details).where(AuditEntry.verb == "training.assign")
    assert db.session.scalars(query).all() == [{"role": slot.id, "courses": {"risk": "2031-03-02"}}]


def test_what_a_course_requires_is_given_too_and_is_due_before_it(slot: RoleSlot, ben: Person):
    publish(make_course("basics", estimated_minutes=240, awards=(), **SMALL))
    publish(
        make_course(
            "risk",
            estimated_minutes=480,
            prerequisites=(CoursePrerequisite("basics"),),
            **SMALL,
        )
    )
    due = give(slot, ben)

    assert due == [
        services.Due("basics", date(2031, 2, 16)),
        services.Due("risk", date(2031, 3, 2)),
    ]


def test_what_a_course_asks_for_counts_though_the_role_does_not_ask_for_it(
    slot: RoleSlot, ben: Person
):
    asks = (CompetencyPrerequisite("planning", 2), CertificationPrerequisite("prince2"))
    publish(make_course("risk", estimated_minutes=480, prerequisites=asks, **SMALL))
    make_certification("prince2")
    with pytest.raises(Conflict):
        give(slot, ben)
    attest(ben, "planning", 2)
    hold(ben, "prince2")

    assert give(slot, ben) == [services.Due("risk", date(2031, 3, 2))]


def test_of_a_role_that_has_begun_what_is_left_counts(slot: RoleSlot, ben: Person):
    with db.transaction() as session:
        session.get(RoleSlot, slot.id).start_date = date(2030, 12, 2)
    absent(ben, Period(date(2030, 12, 2), date(2031, 1, 5)))

    assert give(slot, ben) == [services.Due("risk", date(2031, 1, 20))]


def test_who_is_on_the_role_learns_until_the_day_before_their_level_lapses(
    slot: RoleSlot, ben: Person
):
    attest(ben, valid_to=date(2031, 4, 30))
    book(ben, slot, BookingState.CONFIRMED)

    assert give(slot, ben) == [services.Due("risk", date(2031, 4, 30))]


def test_a_role_that_moves_moves_the_days(slot: RoleSlot, ben: Person):
    give(slot, ben)
    facts = role_facts(
        period=Period(date(2031, 3, 10), date(2031, 6, 29)),
        asked=(Asked(Strength.MUST, Demand.COMPETENCY, *RISK),),
    )
    projects.change_role("CRM-1", slot.id, facts, by=PMO)

    assert rows() == [("risk", date(2031, 3, 9), True)]
    assert kinds() == [StepKind.ASSIGNED, StepKind.MOVED]
    projects.change_role("CRM-1", slot.id, replace(facts, title="Risk lead"), by=PMO)
    assert kinds() == [StepKind.ASSIGNED, StepKind.MOVED]


def test_nothing_is_given_that_would_not_help(slot: RoleSlot, ben: Person):
    hard = make_slot(make_project("OTHER"), must=[("risk-management", 5)])
    with pytest.raises(Conflict):
        give(hard, ben)
    with pytest.raises(NotAllowed):
        services.assign(slot.id, ben.id, by=actor_of(ben), base_url=BASE)
    assert rows() == []


def test_two_clicks_at_once_give_it_once(slot: RoleSlot, ben: Person):
    slot_id, person_id = slot.id, ben.id

    def click() -> None:
        services.assign(slot_id, person_id, by=PMO, base_url=BASE)
        db.close()

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row[0] for row in rows()] == ["risk"]


def test_withdrawn_stays_on_record_and_may_be_given_again(
    slot: RoleSlot, ben: Person, outbox: Path
):
    give(slot, ben)
    with pytest.raises(Invalid):
        services.withdraw(slot.id, ben.id, " ", by=PMO, base_url=BASE)
    services.withdraw(slot.id, ben.id, "The role moved.", by=PMO, base_url=BASE)

    assert [row[2] for row in rows()] == [False]
    assert any("The role moved." in letter.get_content() for letter in letters(outbox))
    assert count(Enrolment) == 1
    with pytest.raises(Conflict):
        services.withdraw(slot.id, ben.id, "Again.", by=PMO, base_url=BASE)
    give(slot, ben)
    assert [row[2] for row in rows()] == [False, True]


def test_a_role_that_is_closed_asks_nobody_to_learn(slot: RoleSlot, ben: Person):
    give(slot, ben)
    projects.close_role("CRM-1", slot.id, by=PMO)

    assert [row[2] for row in rows()] == [False]
    assert kinds() == [StepKind.ASSIGNED, StepKind.WITHDRAWN]


# --- Facts -----------------------------------------------------------------------------------


def routes_of(slot: RoleSlot, person: Person) -> Any:
    db.session.rollback()
    role = staffing.as_slot(queries.roles_with_projects([slot.id])[slot.id])
    school = queries.school(NOW.date())
    people = [one for one in staffing.people_for([role]) if one.id == person.id]
    (student,) = queries.pool(people, school, NOW.date()).students
    return school.route(student, role, NOW.date())


def test_study_time_is_ones_own_or_set_by_the_pmo(slot: RoleSlot, ben: Person):
    assert routes_of(slot, ben).ready == date(2031, 1, 20)
    db.session.rollback()
    services.set_study_hours(ben.id, 8, by=actor_of(ben))
    assert routes_of(slot, ben).ready == date(2031, 1, 13)
    db.session.rollback()
    services.set_study_hours(ben.id, 2, by=PMO)
    assert routes_of(slot, ben).ready == date(2031, 2, 3)
    db.session.rollback()
    with pytest.raises(NotAllowed):
        services.set_study_hours(ben.id, 9, by=actor_of(make_person("Eve Else")))


def test_an_exam_that_opens_later_is_waited_for(slot: RoleSlot, ben: Person):
    opens = datetime(2031, 2, 10, tzinfo=UTC)
    with db.transaction() as session:
        session.add(QuizWindow(course_id="risk", quiz_id="exam", opens_at=opens))

    assert routes_of(slot, ben).ready == date(2031, 2, 10)


def test_fees_are_kept_changed_and_taken_away(slot: RoleSlot, ben: Person):
    services.set_fee("risk", Money(9900, "EUR"), by=PMO)
    services.set_fee("risk", Money(12000, "EUR"), by=PMO)
    assert routes_of(slot, ben).fee == 120
    db.session.rollback()
    services.set_fee("risk", None, by=PMO)
    assert routes_of(slot, ben).fee == 0


# --- Pages -----------------------------------------------------------------------------------


@pytest.fixture
def pmo(visitor: Visitor, slot: RoleSlot) -> Visitor:
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)
    return visitor


def address(slot: RoleSlot, rest: str = "") -> str:
    return f"/projects/CRM-1/roles/{slot.id}/training{rest}"


def test_the_page_shows_who_is_ready_first_and_who_is_too_late(
    pmo: Visitor, slot: RoleSlot, ben: Person
):
    slow = make_person("Slow Learner")
    services.set_study_hours(slow.id, 1, by=PMO)
    attest(make_person("Nearly There"), level=2)
    page = pmo.open(address(slot)).text

    assert page.index("Ben Okri") < page.index("Slow Learner")
    assert "Nearly There" in page
    assert "1 day too late" in page or "days too late" in page


def test_a_click_gives_the_courses_and_the_page_shows_them(
    pmo: Visitor, slot: RoleSlot, ben: Person
):
    pmo.open(address(slot))
    answer = pmo.send(address(slot), person=ben.id)
    page = pmo.open(address(slot)).text

    assert answer.status == 302
    assert "Learning for this role" in page
    assert "given by Petra Osei" in page
    assert "Learning for this role" in pmo.open(f"/projects/CRM-1/roles/{slot.id}").text
    pmo.send(address(slot, "/withdrawal"), person=ben.id, reason="Somebody else came.")
    assert rows()[0][2] is False


def test_refusals_are_told_on_the_page(pmo: Visitor, slot: RoleSlot, ben: Person):
    attest(ben, level=4)
    path, ben_id = address(slot), ben.id
    answer = pmo.send(path, person=ben_id)
    assert answer.status == 409
    assert "qualifies already" in answer.text
    assert pmo.send(path, person="x").status == 422
    assert pmo.send(f"{path}/withdrawal", person=ben_id).status == 422


def test_the_page_asks_as_much_for_three_as_for_one(pmo: Visitor, slot: RoleSlot, ben: Person):
    give(slot, ben)
    pmo.open(address(slot))
    with counted() as one:
        pmo.open(address(slot))
    for name in ("Cem Aydin", "Dora Maar", "Eve Else"):
        give(slot, make_person(name))
    with counted() as four:
        pmo.open(address(slot))
    assert len(one) == len(four)


def test_the_page_asks_as_much_with_a_hundred_people_as_with_ten_and_shows_the_first_to_be_ready(
    pmo: Visitor, slot: RoleSlot
):
    def add(first: int, number: int) -> None:
        for place in range(first, first + number):
            make_person(f"Person{place} Novice")

    add(0, 10)
    pmo.open(address(slot))
    with counted() as few:
        pmo.open(address(slot))
    add(10, 100)
    fast = make_person("Fast Learner")
    services.set_study_hours(fast.id, 40, by=PMO)
    with counted() as many:
        page = pmo.open(address(slot)).text

    assert len(few) == len(many)
    assert "The first to be ready are shown" in page
    assert page.index("Fast Learner") < page.index("Novice")


def test_learners_see_what_is_due_at_home_and_in_the_catalogue(
    visitor: Visitor, slot: RoleSlot, ben: Person
):
    give(slot, ben)
    visitor.log_in(ben.email, PASSWORD)

    home, catalogue = visitor.open("/").text, visitor.open("/courses").text
    assert "Risk manager" in home
    assert "2. März 2031" in home or "02.03.2031" in home
    assert "02.03.2031" in catalogue


def test_a_course_that_is_retired_meanwhile_stays_open_to_whom_it_was_given(
    slot: RoleSlot, ben: Person
):
    give(slot, ben)
    publish(make_course("risk", estimated_minutes=480, visibility=Visibility.RETIRED, **SMALL))
    with pytest.raises(Conflict):
        give(slot, make_person("Cem Aydin"))
    db.session.rollback()
    sit(ben)
    assert candidates(slot) == [ben.id]


def test_of_a_course_that_is_retired_meanwhile_the_page_stays(
    visitor: Visitor, slot: RoleSlot, ben: Person
):
    give(slot, ben)
    publish(make_course("risk", estimated_minutes=480, visibility=Visibility.RETIRED, **SMALL))
    visitor.log_in(ben.email, PASSWORD)

    assert "Risk manager" in visitor.open("/").text
    assert visitor.open("/courses/risk").status == 200


def test_study_time_and_fees_have_pages(pmo: Visitor, slot: RoleSlot, ben: Person):
    assert pmo.send(f"/people/{ben.id}/study-time", hours=6).status == 302
    assert queries.study_hours(ben.id) == 6
    assert pmo.send(f"/people/{ben.id}/study-time", hours=60).status == 422
    fee = {"course": "risk", "amount": "99.50", "currency": "EUR"}
    assert pmo.send("/staffing/training/fees", **fee).status == 302
    assert "99.50" in pmo.open("/staffing/training/fees").text
    assert pmo.send("/staffing/training/fees", **{**fee, "currency": "x"}).status == 422


def test_nobody_sees_the_study_time_of_others(visitor: Visitor, slot: RoleSlot, ben: Person):
    visitor.log_in(make_person("Eve Else").email, PASSWORD)
    assert visitor.open(f"/people/{ben.id}/study-time").status == 404
