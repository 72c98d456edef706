"""How many statements the main pages send: a limit for each, and as many for much as for little."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import Person
from app.assessment import services as attempts
from app.core import clock
from app.core.policy import Role
from app.learning import services as learning
from app.projects.models import RoleSlot
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.credentials.test_services import TERMS, certificates, issue, passed
from tests.learning.courses import make_course, publish
from tests.staffing.world import (
    SPRING,
    absent,
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
    make_training,
    speak,
)
from tests.statements import counted
from tests.visitor import Visitor

LIMITS = {
    "/courses/risk/first": 3,
    "/courses/risk/second": 4,  # a lesson with questions, for which four are promised
    "/": 19,
    "/courses": 5,
    "/courses/risk": 5,
    "/courses/risk/quizzes/exam": 6,
    "/attempts/{attempt}": 4,
    "/competencies": 15,
    "/certificates": 3,
    "/certificates/all": 4,
    "/certificates/{serial}": 4,
    "/projects": 6,
    "/projects/CRM-0": 8,
    "/projects/CRM-0/roles/{slot}": 52,
    "/staffing": 29,
    "/staffing/capacity": 15,
    "/staffing/watch": 19,
    "/staffing/fairness": 4,
    "/people": 8,
    "/people/{person}": 15,
    "/bookings": 4,
    "/admin/people": 5,
    "/admin/audit": 3,
}
"""By address; one of them finds out who asks."""


@pytest.fixture
def ada(app: Flask) -> Person:
    make_framework()
    make_certification()
    publish(make_course(certificate=TERMS))
    make_training(course_id="training")
    novice = make_person("Nora Vance")
    hold(novice)
    speak(novice, "de")
    return make_person("Ada Lovelace", Role.ADMIN, Role.LEARNER)


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    must = (("risk-management", 2), ("prince2-practitioner", None), ("language:de", None))
    return make_slot(make_project("CRM-0"), must=must)


@pytest.fixture
def visitor(app: Flask, ada: Person) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(ada.email, PASSWORD)
    return visitor


def test_no_page_asks_more_often_for_much_than_for_little(
    visitor: Visitor, ada: Person, slot: RoleSlot
):
    fill(ada, slot, 0)
    attempt = attempts.start("risk", "exam", by=actor_of(ada), now=clock.now())
    serial = certificates()[0].serial
    names = {"attempt": attempt, "serial": serial, "slot": slot.id, "person": ada.id}
    addresses = {address: address.format(**names) for address in LIMITS}

    little = {address: statements(visitor, path) for address, path in addresses.items()}
    for number in range(1, 13):
        fill(ada, slot, number)
    much = {address: statements(visitor, path) for address, path in addresses.items()}

    assert much == little
    assert {address: n for address, n in much.items() if n > LIMITS[address]} == {}


def statements(visitor: Visitor, path: str) -> int:
    """How many a page sends that was opened before."""
    assert visitor.open(path).status == 200, path
    with counted() as sent:
        visitor.open(path)
    return len(sent)


def fill(ada: Person, slot: RoleSlot, number: int) -> None:
    """One more of everything that pages list, and of what joins them."""
    course = f"course-{number}"
    publish(make_course(course, title=f"Course {number}"))
    learning.complete_lesson(course, "first", by=actor_of(ada))
    other = make_person(f"Person{number} Example", unit=f"Unit {number}")
    for person in (ada, other):
        attest(person, level=3, source_key=f"{person.id}/{number}")
        hold(person, until=clock.today() + timedelta(days=30 + number))
        absent(person, SPRING, 20)
        issue(passed(person, clock.now() - timedelta(days=number)))
    speak(other, "de")
    project = make_project(f"CRM-{number + 1}")
    book(ada, make_slot(project, f"Role {number}"), BookingState.CONFIRMED)
    book(ada, make_slot(project, f"Another {number}"), BookingState.REQUESTED)
    book(other, slot, BookingState.PROPOSED)
