"""Bookings and plans as JSON."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import Person
from app.core import jobs
from app.core.policy import Role
from app.projects.models import RoleSlot
from app.staffing.calendars.services import limit_roles
from app.staffing.rules.booking import BookingState
from tests.api.test_attempts import Program, program_of
from tests.cast import actor_of, make_person
from tests.staffing.world import PMO, attest, book, make_framework, make_project, make_slot

BOOKINGS = "/api/v1/bookings"
PLANS = "/api/v1/staffing/plans"


@pytest.fixture
def pmo(app: Flask) -> Program:
    return program_of(app, actor_of(make_person("Petra Osei", Role.PMO), Role.PMO))


@pytest.fixture
def ada(app: Flask) -> Person:
    make_framework()
    ada = make_person("Ada Lovelace")
    attest(ada)
    return ada


@pytest.fixture
def slot(ada: Person) -> RoleSlot:
    return make_slot(make_project(), must=[("risk-management", 3)], allocation=60)


def test_a_booking_from_proposal_to_release(pmo: Program, ada: Person, slot: RoleSlot):
    made = pmo.ask("POST", BOOKINGS, {"role": slot.id, "person": ada.id})
    assert made.status_code == 201
    booking = made.get_json()
    assert (booking["state"], booking["allocation"]) == ("proposed", 60)
    address = f"{BOOKINGS}/{booking['id']}"
    for state in ("requested", "confirmed", "released"):
        assert pmo.ask("PATCH", address, {"state": state}).get_json()["state"] == state
    assert pmo.ask("PATCH", address, {"state": "confirmed"}).status_code == 409


def test_a_booking_that_ends_early_leaves_the_rest_as_a_role(
    pmo: Program, ada: Person, slot: RoleSlot
):
    made = pmo.ask("POST", BOOKINGS, {"role": slot.id, "person": ada.id, "state": "requested"})
    address = f"{BOOKINGS}/{made.get_json()['id']}"
    early = {"state": "released", "last_day": "2031-04-06"}
    assert pmo.ask("PATCH", address, early).status_code == 409
    pmo.ask("PATCH", address, {"state": "confirmed"})
    assert pmo.ask("PATCH", address, {**early, "last_day": "soon"}).status_code == 422
    ended = pmo.ask("PATCH", address, early).get_json()
    assert (ended["state"], ended["end"]) == ("confirmed", "2031-04-06")
    roles = pmo.ask("GET", "/api/v1/projects/CRM-1/roles").get_json()["items"]
    assert sorted(one["start"] for one in roles) == ["2031-03-03", "2031-04-07"]


def test_over_booking_names_the_weeks(pmo: Program, ada: Person, slot: RoleSlot):
    first = pmo.ask("POST", BOOKINGS, {"role": slot.id, "person": ada.id, "state": "requested"})
    pmo.ask("PATCH", f"{BOOKINGS}/{first.get_json()['id']}", {"state": "confirmed"})
    other = make_slot(make_project("OTHER"), allocation=60)
    refused = pmo.ask("POST", BOOKINGS, {"role": other.id, "person": ada.id})

    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"
    assert "2031-W10" in refused.get_json()["detail"]


def test_the_person_answers_their_own_request_and_nobody_elses(
    app: Flask, pmo: Program, ada: Person, slot: RoleSlot
):
    asked = pmo.ask("POST", BOOKINGS, {"role": slot.id, "person": ada.id, "state": "requested"})
    address = f"{BOOKINGS}/{asked.get_json()['id']}"
    own = program_of(app, actor_of(ada))
    stranger = program_of(app, actor_of(make_person("Eve Stranger")))

    assert stranger.ask("PATCH", address, {"state": "confirmed"}).status_code == 404
    assert own.ask("PATCH", address, {"state": "declined"}).status_code == 422
    assert own.ask("PATCH", address, {"state": "confirmed"}).get_json()["state"] == "confirmed"
    assert own.ask("POST", BOOKINGS, {"role": slot.id, "person": ada.id}).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"role": "1", "person": 1},
        {"role": True, "person": 1},
        {"role": 1, "person": 2**40},
        {"role": 1, "person": 1, "state": "confirmed"},
    ],
)
def test_what_cannot_be_read_is_named(pmo: Program, sent: dict[str, object]):
    refused = pmo.ask("POST", BOOKINGS, sent)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] in {"role", "state", "person"}


def test_a_plan_is_asked_for_looked_at_and_applied(pmo: Program, ada: Person, slot: RoleSlot):
    asked = pmo.ask("POST", PLANS)
    assert (asked.status_code, asked.get_json()["state"]) == (202, "waiting")
    assert pmo.ask("POST", PLANS).status_code == 409
    early = pmo.ask("POST", f"{asked.headers['Location']}/application")
    assert (early.status_code, early.get_json()["detail"]) == (409, "This plan is not ready.")
    jobs.run_due()
    plan = pmo.ask("GET", asked.headers["Location"]).get_json()
    assert plan["state"] == "done"
    assert [(one["role"], one["person"]) for one in plan["assignments"]] == [(slot.id, ada.id)]
    done = pmo.ask("POST", f"{PLANS}/{plan['id']}/application")
    assert done.get_json() == {"proposed": 1, "stood": 0, "refused": []}
    assert pmo.ask("POST", f"{PLANS}/{plan['id']}/application").status_code == 409
    assert pmo.ask("GET", f"{PLANS}/999").status_code == 404


def test_a_plan_asked_for_twice_under_one_key_is_one(pmo: Program, ada: Person, slot: RoleSlot):
    def send(address: str, key: str) -> TestResponse:
        headers = {**pmo.headers, "Idempotency-Key": key}
        return pmo.client.post(address, headers=headers)

    first, again = (send(PLANS, "autumn") for _ in range(2))
    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    jobs.run_due()
    address = f"{first.headers['Location']}/application"
    done, replayed = (send(address, "book it") for _ in range(2))
    assert done.get_json() == replayed.get_json() == {"proposed": 1, "stood": 0, "refused": []}


def test_what_limits_keep_empty_is_told_as_rules(pmo: Program, ada: Person, slot: RoleSlot):
    limit_roles(ada.id, 1, by=PMO)
    book(ada, make_slot(make_project("OTHER"), allocation=10), BookingState.CONFIRMED)
    asked = pmo.ask("POST", PLANS)
    jobs.run_due()
    plan = pmo.ask("GET", asked.headers["Location"]).get_json()
    assert [(one["role"], one["limits"]) for one in plan["unfilled"]] == [(slot.id, ["parallel"])]
    assert (plan["changed"], plan["progress"]) == (0, None)


def test_without_an_open_role_there_is_nothing_to_plan(pmo: Program):
    assert pmo.ask("POST", PLANS).status_code == 409
