"""People, projects, courses and certificates as JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts.models import Person
from app.api.models import KeptAnswer
from app.core import clock, db
from app.core.policy import Role
from app.staffing.rules.booking import BookingState
from tests.api.test_attempts import Program, program_of
from tests.assessment.quizzes import COURSE, learner, publish_exam
from tests.cast import actor_of, make_person
from tests.staffing.world import (
    attest,
    book,
    hold,
    make_certification,
    make_framework,
    make_project,
    make_slot,
)
from tests.statements import counted

API = "/api/v1"
PROJECT = {
    "code": "crm-9",
    "title": "Portal",
    "unit": "Sales",
    "start": "2031-01-01",
    "end": "2031-12-31",
    "budget": {"amount": "1200.50", "currency": "EUR"},
}
ROLE = {
    "title": "Risk manager",
    "start": "2031-03-01",
    "end": "2031-05-31",
    "allocation": 60,
    "must": [{"competency": "risk-management", "level": 3}, {"language": "en"}],
    "want": [{"competency": "planning", "level": 2, "weight": 2}],
    "rate_cap": {"amount": "90.00", "currency": "EUR"},
}


@pytest.fixture
def pmo(app: Flask) -> Program:
    return program_of(app, actor_of(make_person("Petra Osei", Role.PMO), Role.PMO))


@pytest.fixture
def ada(app: Flask) -> Person:
    make_framework()
    ada = make_person("Ada Lovelace")
    attest(ada)
    return ada


# --- People --------------------------------------------------------------------------------


def test_people_come_in_pieces_with_the_same_statements(pmo: Program, ada: Person):
    for number in range(5):
        make_person(f"P{number} Person")
    names, cursor = [], "0"
    while cursor:
        found = pmo.ask("GET", f"{API}/people?limit=3&cursor={cursor}").get_json()
        names += [one["name"] for one in found["items"]]
        cursor = found["next"]
    assert names == ["Petra Osei", "Ada Lovelace", *(f"P{one} Person" for one in range(5))]

    with counted() as one:
        pmo.ask("GET", f"{API}/people?limit=1")
    with counted() as all_:
        pmo.ask("GET", f"{API}/people")
    assert len(one) == len(all_)


@pytest.mark.parametrize("wrong", ["limit=0", "limit=101", "limit=x", "cursor=-1", "cursor=9" * 9])
def test_a_piece_that_nobody_handed_out_is_refused(pmo: Program, wrong: str):
    refused = pmo.ask("GET", f"{API}/people?{wrong}")
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"


def test_claims_are_of_a_day_and_for_those_who_may_see_them(app: Flask, pmo: Program, ada: Person):
    make_certification()
    hold(ada, until=date(2031, 1, 31))
    address = f"{API}/people/{ada.id}/claims"
    found = program_of(app, actor_of(ada)).ask("GET", f"{address}?on=2031-02-01").get_json()

    assert [(one["competency"], one["level"]) for one in found["claims"]] == [
        ("risk-management", 3)
    ]
    assert found["claims"][0]["evidence"][0]["level"] == 3
    assert found["certifications"][0]["to"] == "2031-01-31"
    assert pmo.ask("GET", address).status_code == 200
    assert pmo.ask("GET", f"{address}?on=tomorrow").status_code == 422
    stranger = program_of(app, actor_of(make_person("Eve Stranger")))
    assert stranger.ask("GET", address).status_code == 404


def test_evidence_and_certifications_are_recorded(pmo: Program, ada: Person):
    make_certification()
    judged = {"competency": "planning", "level": 2, "note": "Led the replanning"}
    made = pmo.ask("POST", f"{API}/people/{ada.id}/evidence", judged)
    assert made.status_code == 201, made.text
    card = {"certification": "prince2-practitioner", "number": "7", "issued_on": "2026-01-01"}
    assert pmo.ask("POST", f"{API}/people/{ada.id}/certifications", card).status_code == 201

    found = pmo.ask("GET", f"{API}/people/{ada.id}/claims").get_json()
    assert {one["competency"]: one["level"] for one in found["claims"]}["planning"] == 2
    assert [one["certification"] for one in found["certifications"]] == ["prince2-practitioner"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "competency"),
        ({"competency": "planning", "level": 9, "note": "x"}, "level"),
        ({"competency": "planning", "level": True, "note": "x"}, "level"),
        ({"competency": "planning", "level": 2, "note": "x", "from": "1.1.2027"}, "from"),
        ({"competency": "planning", "level": 2, "note": "x", "colour": 1}, "colour"),
        (
            {
                "competency": "planning",
                "level": 2,
                "note": "x",
                "from": "2027-02-01",
                "to": "2027-01-01",
            },
            "to",
        ),
    ],
)
def test_what_cannot_be_meant_names_its_field(
    pmo: Program, ada: Person, sent: dict[str, object], field: str
):
    refused = pmo.ask("POST", f"{API}/people/{ada.id}/evidence", sent)
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, field)


# --- Projects ------------------------------------------------------------------------------


def test_a_project_with_a_role_and_its_candidates(pmo: Program, ada: Person):
    made = pmo.ask("POST", f"{API}/projects", PROJECT)
    assert (made.status_code, made.headers["Location"]) == (201, f"{API}/projects/CRM-9")
    assert made.get_json()["budget"] == {"amount": "1200.50", "currency": "EUR"}
    assert pmo.ask("POST", f"{API}/projects", PROJECT).status_code == 409

    asked = {**ROLE, "must": ROLE["must"][:1], "rate_cap": None}
    role = pmo.ask("POST", f"{API}/projects/CRM-9/roles", asked).get_json()
    assert role["must"] == [{"competency": "risk-management", "level": 3}]
    assert role["want"] == [{"competency": "planning", "level": 2, "weight": 2.0}]
    found = pmo.ask("GET", f"{API}/projects/CRM-9/roles/{role['id']}/candidates").get_json()
    (first,) = found["items"]
    assert first["person"] == ada.id
    assert first["score"] == pytest.approx(sum(first["parts"].values()), abs=0.01)
    (near,) = found["near"]
    assert near["reasons"][0].keys() == {"text", "repair", "course", "training"}


def test_a_change_keeps_what_was_not_sent(pmo: Program):
    pmo.ask("POST", f"{API}/projects", PROJECT)
    changed = pmo.ask("PATCH", f"{API}/projects/CRM-9", {"priority": 5}).get_json()
    assert (changed["priority"], changed["title"], changed["budget"]) == (
        5,
        "Portal",
        {"amount": "1200.50", "currency": "EUR"},
    )
    early = pmo.ask("PATCH", f"{API}/projects/CRM-9", {"end": "2030-01-01"})
    assert early.get_json()["errors"][0]["field"] == "end"


@pytest.mark.parametrize(
    "wrong",
    [
        {"must": [{}]},
        {"must": [{"competency": "planning"}]},
        {"must": [{"language": "en", "level": 2}]},
        {"must": [{"language": "en", "competency": "planning", "level": 2}]},
        {"must": ["planning"]},
        {"want": [{"competency": "nothing", "level": 2}]},
        {"rate_cap": {"amount": "1.005", "currency": "EUR"}},
        {"rate_cap": {"amount": "NaN", "currency": "EUR"}},
        {"rate_cap": {"amount": "1e99999999", "currency": "EUR"}},
        {"end": "2031-02-01"},
        {"profile": "nothing"},
    ],
)
def test_a_role_that_cannot_be_meant_is_refused(
    pmo: Program, ada: Person, wrong: dict[str, object]
):
    pmo.ask("POST", f"{API}/projects", PROJECT)
    refused = pmo.ask("POST", f"{API}/projects/CRM-9/roles", {**ROLE, **wrong})
    assert refused.status_code == 422, refused.text
    assert pmo.ask("GET", f"{API}/projects/CRM-9/roles").get_json()["items"] == []


def test_a_role_tells_smaller_shares_and_hours_in_common(pmo: Program, ada: Person):
    pmo.ask("POST", f"{API}/projects", PROJECT)
    shares = [{"first": "2031-04-01", "last": "2031-04-15", "percent": 20}]
    hours = [{"hours": "Europe/Berlin", "level": 20}]
    role = {**ROLE, "shares": shares, "must": hours}

    made = pmo.ask("POST", f"{API}/projects/CRM-9/roles", role).get_json()

    assert (made["shares"], made["must"]) == (shares, hours)
    (read,) = pmo.ask("GET", f"{API}/projects/CRM-9/roles").get_json()["items"]
    assert read == made


@pytest.mark.parametrize(
    "wrong",
    [
        {"shares": [{"first": "2031-04-01", "last": "2031-03-15", "percent": 20}]},
        {"shares": [{"first": "2031-04-01", "last": "2031-04-15", "percent": 60}]},
        {"shares": [{"first": "2031-04-01", "last": "2031-09-15", "percent": 20}]},
        {"must": [{"hours": "Europe/Berlin"}]},
        {"must": [{"hours": "Mars/Base", "level": 20}]},
        {"must": [{"competency": "risk-management", "level": 6}]},
    ],
)
def test_shares_and_hours_that_cannot_be_meant_are_refused(
    pmo: Program, ada: Person, wrong: dict[str, object]
):
    pmo.ask("POST", f"{API}/projects", PROJECT)
    refused = pmo.ask("POST", f"{API}/projects/CRM-9/roles", {**ROLE, **wrong})
    assert refused.status_code == 422, refused.text
    assert refused.get_json()["errors"]


def test_team_needs_are_told_and_taken_back(app: Flask, pmo: Program, ada: Person):
    slot = make_slot(make_project("LED"))
    make_certification()
    other = make_person("Omar Other")
    needs: list[dict[str, object]] = [
        {"rule": "at-least", "amount": 1, "competency": "risk-management", "level": 4},
        {"rule": "share", "amount": 50, "certification": "prince2-practitioner"},
        {"rule": "stretch", "competency": "planning", "level": 4},
        {"rule": "essential", "role": slot.id},
        {"rule": "apart", "first": ada.email, "second": other.email},
    ]
    address = f"{API}/projects/LED/team-needs"

    made = [pmo.ask("POST", address, need) for need in needs]

    assert [one.status_code for one in made] == [201] * 5
    assert pmo.ask("POST", address, needs[0]).status_code == 409
    found = pmo.ask("GET", address).get_json()["items"]
    assert [{key: one[key] for key in one if key != "id"} for one in found] == needs
    gone = f"{address}/{found[0]['id']}"
    assert pmo.ask("DELETE", gone).status_code == 204
    assert pmo.ask("DELETE", gone).status_code == 404
    assert len(pmo.ask("GET", address).get_json()["items"]) == 4
    assert program_of(app, actor_of(ada)).ask("GET", address).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "at-least", "competency": "risk-management", "level": 4},
        {"rule": "at-least", "amount": 1, "competency": "risk-management"},
        {"rule": "share", "amount": 101, "certification": "prince2-practitioner"},
        {"rule": "stretch", "amount": 1, "competency": "risk-management", "level": 4},
        {"rule": "essential", "role": 999},
        {"rule": "together", "first": "ada@example.com", "second": "ada@example.com"},
        {"rule": "friends"},
        {"rule": "at-least", "amount": 1, "competency": "nonsense", "level": 4},
    ],
)
def test_a_team_need_that_cannot_be_meant_is_refused(
    pmo: Program, ada: Person, wrong: dict[str, object]
):
    make_project("LED")
    refused = pmo.ask("POST", f"{API}/projects/LED/team-needs", wrong)
    assert refused.status_code == 422, refused.text
    assert pmo.ask("GET", f"{API}/projects/LED/team-needs").get_json()["items"] == []


def test_projects_are_seen_by_the_pmo_and_their_manager(app: Flask, pmo: Program, ada: Person):
    make_slot(make_project("LED", manager_id=ada.id))
    make_project("OTHER")
    own = program_of(app, actor_of(ada))

    assert [one["code"] for one in own.ask("GET", f"{API}/projects").get_json()["items"]] == ["LED"]
    assert len(pmo.ask("GET", f"{API}/projects").get_json()["items"]) == 2
    assert len(own.ask("GET", f"{API}/projects/LED/roles").get_json()["items"]) == 1
    assert own.ask("GET", f"{API}/projects/OTHER").status_code == 404
    assert own.ask("PATCH", f"{API}/projects/LED", {"priority": 1}).status_code == 403


def test_budget_and_rates_are_told_to_the_pmo_and_the_project_manager_only(
    app: Flask, pmo: Program, ada: Person
):
    money = {"rate_cap_minor": 9000, "rate_currency": "EUR"}
    project = make_project("LED", manager_id=ada.id, budget_minor=120000, currency="EUR")
    ben = make_person("Ben Other")
    book(ben, make_slot(project, **money), BookingState.CONFIRMED)
    member, manager = program_of(app, actor_of(ben)), program_of(app, actor_of(ada))

    def told(program: Program) -> tuple[object, object, object]:
        listed = program.ask("GET", f"{API}/projects").get_json()["items"][0]
        one = program.ask("GET", f"{API}/projects/LED").get_json()
        role = program.ask("GET", f"{API}/projects/LED/roles").get_json()["items"][0]
        return listed["budget"], one["budget"], role["rate_cap"]

    budget = {"amount": "1200.00", "currency": "EUR"}
    for whole in (pmo, manager):
        assert told(whole) == (budget, budget, {"amount": "90.00", "currency": "EUR"})
    assert told(member) == (None, None, None)


# --- Courses -------------------------------------------------------------------------------


def test_a_course_is_taken_and_a_lesson_read(app: Flask):
    publish_exam()
    own = program_of(app, learner())
    (course,) = own.ask("GET", f"{API}/courses").get_json()["items"]
    outline = own.ask("GET", f"{API}/courses/{course['id']}").get_json()
    assert own.ask("POST", f"{API}/courses/{COURSE}/enrolments").status_code == 201
    items = [item for module in outline["modules"] for item in module["items"]]
    lesson = next(item["id"] for item in items if item["kind"] == "lesson")
    read = f"{API}/lessons/{COURSE}/{lesson}/completions"

    assert [own.ask("POST", read).status_code for _again in range(2)] == [201, 200]
    (mine,) = own.ask("GET", f"{API}/me/enrolments").get_json()["items"]
    assert (mine["course"], mine["completed"]) == (COURSE, [lesson])
    assert own.ask("GET", f"{API}/courses/nothing").status_code == 404


# --- Keys of calls -------------------------------------------------------------------------


def test_a_call_under_its_key_is_done_once(app: Flask, pmo: Program, ada: Person):
    pmo.headers["Idempotency-Key"] = "first"
    first = pmo.ask("POST", f"{API}/projects", PROJECT)
    again = pmo.ask("POST", f"{API}/projects", PROJECT)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = pmo.ask("POST", f"{API}/projects", {**PROJECT, "title": "Other"})
    assert other.get_json()["errors"][0]["field"] == "Idempotency-Key"

    colleague = program_of(app, actor_of(make_person("Paul Osei", Role.PMO), Role.PMO))
    colleague.headers["Idempotency-Key"] = "first"
    assert colleague.ask("POST", f"{API}/projects", PROJECT).status_code == 409


def test_a_refused_call_leaves_its_key_free(pmo: Program):
    pmo.headers["Idempotency-Key"] = "k"
    assert pmo.ask("POST", f"{API}/projects", {}).status_code == 422
    assert pmo.ask("POST", f"{API}/projects", PROJECT).status_code == 201
    pmo.headers["Idempotency-Key"] = "k" * 201
    assert pmo.ask("POST", f"{API}/projects", PROJECT).status_code == 422


def test_a_call_that_broke_off_is_not_done_again(pmo: Program):
    pmo.headers["Idempotency-Key"] = "k"
    pmo.ask("POST", f"{API}/projects", PROJECT)
    with db.transaction() as session:
        session.execute(update(KeptAnswer).values(status=None, body=None))
    assert pmo.ask("POST", f"{API}/projects", PROJECT).status_code == 409
    assert "broke off" in pmo.ask("POST", f"{API}/projects", PROJECT).get_json()["detail"]


def test_calls_sent_at_once_under_one_key_are_done_once(app: Flask, pmo: Program, ada: Person):
    pmo.ask("POST", f"{API}/projects", PROJECT)
    pmo.headers["Idempotency-Key"] = "together"
    address, role = f"{API}/projects/CRM-9/roles", {**ROLE, "want": []}
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(send, app, pmo, address, role) for _one in range(4)]
        statuses = [one.result() for one in asked]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert len(pmo.ask("GET", address).get_json()["items"]) == 1


def send(app: Flask, program: Program, address: str, body: object) -> int:
    """As one of several threads, with a client of its own."""
    client = app.test_client()
    return client.post(address, json=body, headers=program.headers).status_code


def test_a_key_is_free_after_a_day(pmo: Program, monkeypatch: pytest.MonkeyPatch):
    pmo.headers["Idempotency-Key"] = "k"
    pmo.ask("POST", f"{API}/projects", PROJECT)
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert pmo.ask("POST", f"{API}/projects", PROJECT).status_code == 409
