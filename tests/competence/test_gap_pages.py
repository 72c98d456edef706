"""Frameworks, goals, gaps and the way to close them, in the browser."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Person
from app.authoring.frameworks import Link, Relation, RoleProfile
from app.competence import queries, services
from app.competence.rules import EvidenceKind
from app.core.errors import Conflict
from app.core.policy import SYSTEM, Role
from app.learning import queries as learning
from app.staffing.rules.booking import BookingState
from tests.cast import PASSWORD, actor_of, make_person
from tests.competence.frameworks import publish_two
from tests.competence.test_services import record
from tests.learning.courses import make_course
from tests.learning.courses import publish as publish_course
from tests.staffing.world import book, make_project, make_slot
from tests.statements import counted
from tests.visitor import Visitor

TODAY = date(2027, 1, 4)
PROFILES = [
    RoleProfile("keeper", "Keeper", "Keeps things.", (("risk-management", 3), ("planning", 4))),
    RoleProfile("watcher", "Watcher", "Watches.", (("hazard", 1),)),
]


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2027-01-04 09:00", tick=False):
        yield


@pytest.fixture
def ada(app: Flask) -> Person:
    publish_two()
    services.publish_profiles(PROFILES, by=SYSTEM)
    return make_person("Ada Lovelace")


@pytest.fixture
def learner(app: Flask, ada: Person) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(ada.email, PASSWORD)
    return visitor


# --- What is published ----------------------------------------------------------------------------


def test_profiles_and_crosswalks_are_replaced_as_a_whole_and_only_when_they_differ(ada: Person):
    assert services.publish_profiles(PROFILES, by=SYSTEM) is False
    assert services.publish_profiles(PROFILES[:1], by=SYSTEM) is True
    assert [one.code for one in queries.profiles()] == ["keeper"]
    assert queries.profile("watcher").retired is True

    links = [Link("hazard", "planning", Relation.SAME, ((1, 2),))]
    assert services.publish_crosswalks(links, by=SYSTEM) is True
    assert services.publish_crosswalks(links, by=SYSTEM) is False
    with pytest.raises(Conflict):
        services.publish_crosswalks([Link("hazard", "nowhere", Relation.SAME)], by=SYSTEM)
    with pytest.raises(Conflict):
        services.publish_profiles([RoleProfile("x", "X", "", (("nowhere", 1),))], by=SYSTEM)


def test_a_new_version_keeps_the_old_one_and_no_code_moves_to_another_framework(ada: Person):
    publish_two(policy="latest")
    assert [one.version for one in queries.versions("other")] == ["1", "1"]
    framework = queries.framework("small")
    taken = queries.framework("other").groups
    with pytest.raises(Conflict, match="of another framework"):
        services.publish_framework(
            type(framework)("third", "1", "Third", "en", framework.levels, taken), by=SYSTEM
        )


def test_frameworks_and_profiles_are_read(learner: Visitor, ada: Person):
    services.publish_crosswalks([Link("hazard", "risk-management", Relation.BROADER)], by=SYSTEM)
    page = learner.open("/competencies/frameworks")
    assert "Keeper" in page.text and "Other" in page.text
    page = learner.open("/competencies/frameworks/other")
    assert "level 3 at most" in page.text and "broader than" in page.text
    page = learner.open("/competencies/threat")
    assert "This is a part of Hazard" in page.text
    assert "broader: it answers for this one" in learner.open("/competencies/risk-management").text
    assert "Planning" in learner.open("/competencies/profiles/keeper").text
    assert learner.open("/competencies/frameworks/none").status == 404
    assert learner.open("/competencies/profiles/none").status == 404

    answer = learner.open("/competencies/frameworks/other/case").response
    assert answer.headers["Content-Disposition"].startswith("attachment")
    package = json.loads(answer.data)
    assert package["CFDocument"]["title"] == "Other"
    assert "isPartOf" in {one["associationType"] for one in package["CFAssociations"]}


# --- Oneself --------------------------------------------------------------------------------------


def test_what_one_says_of_oneself_is_shown_and_never_counts(learner: Visitor, ada: Person):
    page = learner.open("/competencies/planning")
    key = page.soup.select_one("[name=request_key]")["value"]
    fields = {"rating": "5", "why": "I plan a lot", "request_key": key}
    assert learner.send("/competencies/planning/self-rating", **fields).status == 302

    assert "You said level 5" in learner.open("/competencies/planning").text
    assert "says of themselves: 5" in learner.open("/competencies").text
    assert queries.claims_on([ada.id], TODAY)[ada.id]["planning"].level == 0
    learner.open("/competencies/planning")
    assert learner.send("/competencies/planning/self-rating", rating="9").status == 422


def test_a_claim_by_way_of_another_framework_shows_the_way(learner: Visitor, ada: Person):
    services.publish_crosswalks([Link("hazard", "planning", Relation.SAME)], by=SYSTEM)
    record(ada, competency_code="hazard", level=3, valid_from=TODAY, valid_to=None)

    page = learner.open("/competencies")
    assert "by way of Hazard" in page.text


def test_a_goal_is_set_changed_and_dropped(learner: Visitor, ada: Person):
    learner.open("/competencies/planning")
    assert learner.send("/competencies/planning/goal", goal="4").status == 302
    assert "Your goal" in learner.open("/competencies/planning").text
    learner.send("/competencies/planning/goal", goal="2")
    assert [one.level for one in queries.goals_of(ada.id)] == [2]
    assert learner.send("/competencies/planning/goal", goal="6").status == 422
    learner.open("/competencies/planning")
    learner.send("/competencies/planning/goal/removal")
    assert queries.goals_of(ada.id) == []


# --- Gap and route --------------------------------------------------------------------------------


def test_the_way_to_a_profile_is_shown_and_one_click_enrols(learner: Visitor, ada: Person):
    publish_course(make_course("risk"))
    page = learner.open("/competencies/route?against=profile:keeper&hours=2")

    assert "Still missing 2 of 2" in page.text
    assert "Let your work in Planning be assessed" in page.text
    assert (
        learner.send("/competencies/route/enrolments", against="profile:keeper", hours="2").status
        == 302
    )
    assert [one.course_id for one in learning.visits(actor_of(ada))] == ["risk"]
    linked = learner.open("/competencies/route?against=profile:keeper")
    assert (linked.status, "Enrolled" in linked.text) == (200, True)
    assert learner.open("/competencies/route?against=profile:keeper&hours=99").status == 422


def test_nothing_is_missing_for_whom_evidence_carries_it(learner: Visitor, ada: Person):
    for code, level in (("risk-management", 3), ("planning", 4)):
        record(
            ada,
            competency_code=code,
            level=level,
            kind=EvidenceKind.JUDGED,
            valid_from=TODAY - timedelta(400),
            valid_to=TODAY + timedelta(200),
            source_key=f"test:{code}",
        )
    page = learner.open("/competencies/route")
    assert "Nothing is missing" in page.text
    assert [one.text for one in page.soup.select(".bar-text")] == [
        "2 of 2",
        "2 of 2",
        "2 of 2",
        "2 of 2",
        "0 of 2",
    ]


def test_goals_and_roles_one_is_booked_on_can_be_chosen_and_no_other(learner: Visitor, ada: Person):
    project = make_project("CRM")
    slot = make_slot(project, "Risk manager", must=(("risk-management", 2),))
    other = make_slot(project, "Somebody", must=(("planning", 2),))
    book(ada, slot, BookingState.CONFIRMED)
    services.set_goal("threat", 2, by=actor_of(ada))

    page = learner.open("/competencies/route")
    values = [one["value"] for one in page.soup.select("#against option")]
    assert values == ["goals", f"role:CRM:{slot.id}", "profile:keeper", "profile:watcher"]
    assert "Threat" in page.text
    page = learner.open(f"/competencies/route?against=role:CRM:{slot.id}&hours=4")
    assert "On every day from" in page.text
    assert learner.open(f"/competencies/route?against=role:CRM:{other.id}&hours=4").status == 422
    assert learner.open("/competencies/route?against=goals&hours=0").status == 422
    refused = learner.send("/competencies/route/enrolments", against="profile:none", hours="4")
    assert refused.status == 422


def test_as_many_statements_for_a_long_profile_as_for_a_short_one(learner: Visitor, ada: Person):
    publish_course(make_course("risk"))
    numbers = []
    for code in ("watcher", "keeper"):
        address = f"/competencies/route?against=profile:{code}&hours=4"
        learner.open(address)
        with counted() as statements:
            learner.open(address)
        numbers.append(len(statements))
    assert numbers[0] <= numbers[1] <= numbers[0] + 1  # the titles of the courses on the way


# --- Staff ----------------------------------------------------------------------------------------


def test_the_pmo_sees_how_many_reach_each_level(app: Flask, ada: Person, visitor: Visitor):
    pmo = make_person("Petra Osei", Role.PMO)
    record(ada, competency_code="planning", level=3, valid_from=TODAY, valid_to=None)
    visitor.log_in(pmo.email, PASSWORD)

    page = visitor.open("/competencies/coverage")
    row = next(r for r in page.soup.select("tbody tr") if r.th and r.th.text.strip() == "Planning")
    assert [cell.text.strip() for cell in row.find_all("td")] == ["1", "1", "1", "0", "0"]
    page = visitor.open("/competencies/coverage?first=2026-12-01&last=2027-12-01")
    row = next(r for r in page.soup.select("tbody tr") if r.th and r.th.text.strip() == "Planning")
    assert [cell.text.strip() for cell in row.find_all("td")] == ["0", "0", "0", "0", "0"]
    assert visitor.open("/competencies/coverage?last=2027-12-01").status == 422


def test_evidence_of_a_mentor_may_have_files(app: Flask, ada: Person, visitor: Visitor):
    ruth = make_person("Ruth Okonkwo", Role.MENTOR)
    visitor.log_in(ruth.email, PASSWORD)
    page = visitor.open(f"/people/{ada.id}/evidence")
    key = page.soup.select_one("[name=request_key]")["value"]
    fields = {
        "competency": "planning",
        "level": "3",
        "first": "2027-01-04",
        "note": "Planned well",
        "request_key": key,
    }
    sent = visitor.send(
        f"/people/{ada.id}/evidence", **fields, files=(BytesIO(b"<script>"), "x.html")
    )
    assert sent.status == 302
    link = visitor.open(f"/people/{ada.id}").soup.find("a", string="x.html")
    answer = visitor.open(link["href"]).response
    assert answer.mimetype == "application/octet-stream" and answer.data == b"<script>"
