"""What would mend a level is the same wherever it is told: lists, matches, API, and training."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.assessment.models import QuizWindow
from app.authoring.document import Award, CoursePrerequisite, Visibility
from app.core import db
from app.core.policy import Role
from app.core.values import Duration, Money, Unit
from app.learning.models import Course, CourseCompletion
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.rules.matcher.advice import repair_texts
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.repair import Courses, Repair, repairs
from app.staffing.training import queries, services
from app.staffing.training.lessons import lessons_for
from tests.api.test_attempts import program_of
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, publish
from tests.staffing.test_training import SMALL
from tests.staffing.world import BASE, PMO, make_framework, make_project, make_slot
from tests.visitor import Visitor

NOW = datetime(2031, 1, 6, 9, tzinfo=UTC)
RISKS = make_course("risk", title="Risks", estimated_minutes=480, **SMALL)
PLANS = make_course(
    "plan",
    title="Plans",
    estimated_minutes=240,
    awards=(Award("planning", 2, "exam", Decimal("0.6"), None),),
    prerequisites=(CoursePrerequisite("risk"),),
    **SMALL,
)


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slot(app: Flask) -> RoleSlot:
    """A role from 3 March on that asks for what the two courses award."""
    make_framework()
    publish(RISKS)
    publish(PLANS)
    return make_slot(make_project(), must=[("risk-management", 3), ("planning", 2)])


@pytest.fixture
def ben(slot: RoleSlot) -> Person:
    return make_person("Ben Okri")


def mended(slot: RoleSlot, person: Person) -> tuple[list[str], tuple[Repair, ...]]:
    """What mends each reason, in words and as it is."""
    db.session.rollback()
    role = staffing.as_slot(queries.roles_with_projects([slot.id])[slot.id])
    known = staffing.person_for(role, person.id)
    assert known is not None
    found = reasons(known, role)
    lessons = lessons_for([(known, found)], NOW.date())
    made = repairs(found, known, role, lessons.mend)
    texts = repair_texts(made, lessons.titles)
    db.session.rollback()
    return texts, made


def text_of(page: Any) -> str:
    return " ".join(page.soup.find("main").get_text(" ").split())


def open_exam_from(opens: datetime) -> None:
    with db.transaction() as session:
        session.add(QuizWindow(course_id="risk", quiz_id="exam", opens_at=opens))


def test_a_list_names_the_way_that_the_page_of_training_shows(
    visitor: Visitor, slot: RoleSlot, ben: Person
):
    open_exam_from(datetime(2031, 2, 10, tzinfo=UTC))
    services.set_fee("plan", Money(30000, "EUR"), by=PMO)
    visitor.log_in(make_person("Petra Osei", Role.PMO).email, PASSWORD)

    near = text_of(visitor.open(f"/projects/CRM-1/roles/{slot.id}"))
    assert "Courses Risks, then Plans, 12 h, €300.00: ready by 17 Feb 2031." in near
    assert "The same courses teach it." in near
    training = text_of(visitor.open(f"/projects/CRM-1/roles/{slot.id}/training"))
    assert "17 Feb 2031" in training
    assert training.index("Risks") < training.index("Plans")
    assert "€300.00" in training
    due = services.assign(slot.id, ben.id, by=PMO, base_url=BASE)
    assert [one.course_id for one in due] == ["risk", "plan"]


def test_ones_own_matches_name_the_same_way_but_not_what_it_costs(
    visitor: Visitor, slot: RoleSlot, ben: Person
):
    services.set_fee("plan", Money(30000, "EUR"), by=PMO)
    visitor.log_in(ben.email, PASSWORD)
    page = visitor.open("/matches")
    assert "Courses Risks, then Plans, 12 h: ready by 27 Jan 2031." in text_of(page)
    links = page.soup.select(f"#role-{slot.id} a[href^='/courses/']")
    assert [one["href"] for one in links] == ["/courses/risk", "/courses/plan"]


def test_a_program_reads_the_way_under_each_reason_that_it_mends(app: Flask, slot, ben: Person):
    pmo = program_of(app, actor_of(make_person("Petra Osei", Role.PMO), Role.PMO))
    found = pmo.ask("GET", f"/api/v1/projects/CRM-1/roles/{slot.id}/candidates").get_json()
    first, second = next(one["reasons"] for one in found["near"] if one["person"] == ben.id)
    assert (first["course"], second["course"]) == ("risk", "plan")
    assert first["repair"] == "Courses Risks, then Plans, 12 h: ready by 27 Jan 2031."
    assert first["training"] == second["training"]
    assert first["training"] == {
        "courses": ["risk", "plan"],
        "hours": 12.0,
        "ready": "2031-01-27",
        "in_time": True,
    }


def test_what_a_course_requires_is_not_asked_again_of_whoever_passed_it(slot, ben: Person):
    planner = make_slot(make_project("ERP-2"), must=[("planning", 2)])
    assert mended(planner, ben)[0] == ["Courses Risks, then Plans, 12 h: ready by 27 Jan 2031."]
    with db.transaction() as session:
        revision_id = session.get_one(Course, "risk").revision_id
        session.add(
            CourseCompletion(
                person_id=ben.id, course_id="risk", revision_id=revision_id, completed_at=NOW
            )
        )
    assert mended(planner, ben)[0] == ["Course Plans, 4 h: ready by 13 Jan 2031."]


def test_what_somebody_is_to_pass_already_comes_before(slot: RoleSlot, ben: Person):
    award = Award("planning", 4, "exam", Decimal("0.6"), None)
    other = make_course("other", title="Other", estimated_minutes=240, awards=(award,), **SMALL)
    publish(other)
    planner = make_slot(make_project("ERP-2"), must=[("planning", 4)])
    assert mended(planner, ben)[0] == ["Course Other, 4 h: ready by 13 Jan 2031."]
    risky = make_slot(make_project("NEW-3"), must=[("risk-management", 3)])
    services.assign(risky.id, ben.id, by=PMO, base_url=BASE)
    assert mended(planner, ben)[0] == ["Course Other, 4 h: ready by 27 Jan 2031."]


def test_a_course_that_is_published_anew_or_no_more_counts_as_it_is(slot: RoleSlot, ben: Person):
    assert isinstance(mended(slot, ben)[1][0], Courses)
    brief = replace(RISKS.awards[0], valid_for=Duration(1, Unit.MONTHS))
    publish(replace(RISKS, version="2", awards=(brief,)))
    texts, _made = mended(slot, ben)
    assert texts[0] == "No course gets there in time: have an assessor judge Risk management."
    publish(replace(RISKS, version="3", visibility=Visibility.RETIRED))
    texts, _made = mended(slot, ben)
    assert texts[1] == "No course gets there in time: have an assessor judge Planning."
