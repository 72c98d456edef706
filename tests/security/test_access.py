"""Every address as every role: the table that is meant, and what the application does.

`access.csv` is the one table: a line for each endpoint, who may open it, and what somebody else's
thing is answered with. A new view fails here until it stands there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import Person
from app.authoring.document import QuizMode
from app.core import clock, db
from app.core.policy import Actor, Role
from app.models import Base
from app.web import access
from tests.assessment.quizzes import COURSE, QUIZ, learner, publish_exam, start
from tests.cast import PASSWORD, make_person
from tests.security.world import World, build
from tests.visitor import Visitor

TABLE = Path(__file__).parent / "access.csv"
PARAMETERS = {
    "need_id": "999999",
    "absence_id": "999999",
    "accommodation_id": "999999",
    "address": "no-such-address",
    "asked_id": "999999",
    "attempt_id": "999999",
    "batch_id": "999999",
    "booking_id": "999999",
    "card_id": "999999",
    "code": "NOWHERE",
    "course_id": "no-such-course",
    "decision_id": "999999",
    "design_id": "no-such-design",
    "entry_id": "999999",
    "evidence_id": "999999",
    "feed_id": "999999",
    "file_id": "999999",
    "from_on": "2030-01-01",
    "holding_id": "999999",
    "lesson_id": "no-such-lesson",
    "look_id": "999999",
    "name": "nothing.png",
    "number": "1",
    "objection_id": "999999",
    "override_id": "999999",
    "person_id": "999999",
    "plan_id": "999999",
    "proof_id": "999999",
    "question_id": "no-such-question",
    "quiz_id": "no-such-quiz",
    "report_id": "999999",
    "request_id": "999999",
    "serial": "no-such-serial",
    "sha256": "0" * 64,
    "slot": "1",
    "slot_id": "999999",
    "token": "no-such-token",
    "token_id": "999999",
}

SENT = {"sequence": 1, "answer": None, "flagged": True, "position": 1, "state": "confirmed"}
"""What any call of the API that changes something understands."""
FILLED_IN = {"reason": "A test", "state": "confirmed", "text": "A test"}
"""What forms that change something ask for."""
ENDS_THE_SESSION = ("/logout",)


@dataclass(frozen=True, slots=True)
class Row:
    """`who` is public, signed_in, or roles with `+` between; `other` is 404 or `-`."""

    endpoint: str
    methods: str
    who: str
    other: str

    def admits(self, role: Role) -> bool:
        """An admin has every role."""
        return self.who in ("public", "signed_in") or role in (Role.ADMIN, *self.who.split("+"))


def table() -> dict[str, Row]:
    with TABLE.open(newline="") as source:
        return {row["endpoint"]: Row(**row) for row in csv.DictReader(source)}


def declared(app: Flask) -> dict[str, tuple[str, str]]:
    """Endpoint → methods and who, as the application has it."""
    found = {}
    for rule in app.url_map.iter_rules():
        access = app.extensions["access"][rule.endpoint]
        who = "public" if access.public else "+".join(sorted(access.roles)) or "signed_in"
        methods = "+".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found[rule.endpoint] = (methods, who)
    return found


def test_the_table_is_the_application(app: Flask):
    meant = {row.endpoint: (row.methods, row.who) for row in table().values()}
    assert declared(app) == meant


def test_a_view_without_a_rule_keeps_the_application_from_starting(app: Flask):
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match="open has no rule of access"):
        access.install(bare)


def addresses(app: Flask) -> list[tuple[str, str, Row]]:
    """Method, address and row for each endpoint, with parameters of things that are not there."""
    rows = table()
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {name: PARAMETERS[name] for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((method, path, rows[rule.endpoint]))
    return found


def test_every_parameter_of_an_address_has_a_value(app: Flask):
    named = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert set(PARAMETERS) == named - {"filename"}


def ask(visitor: Visitor, method: str, path: str) -> int:
    """The status; 401 too where a page sends to the login."""
    headers = {"X-CSRFToken": visitor._token}
    if method == "GET":
        answered = visitor.client.get(path)
    elif path.startswith("/api/"):
        answered = visitor.client.open(path, method=method, json=SENT, headers=headers)
    else:
        data = {"csrf_token": visitor._token, **FILLED_IN}
        answered = visitor.client.open(path, method=method, data=data)
    to_login = answered.headers.get("Location", "").startswith("/login?")
    return 401 if to_login else answered.status_code


def test_a_stranger_is_asked_to_log_in_wherever_it_is_not_public(app: Flask, visitor: Visitor):
    visitor.open("/login")
    for method, path, row in addresses(app):
        status = ask(visitor, method, path)
        if row.who == "public":
            assert status < 500, (method, path, status)
            assert status != 401 or path == "/login", (method, path)
        else:
            assert status == 401, (method, path, status)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says_and_nothing_else(app: Flask, role: Role):
    make_person("Ada Lovelace", role)
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    for method, path, row in sorted(addresses(app), key=lambda one: one[1] in ENDS_THE_SESSION):
        status = ask(visitor, method, path)
        if row.admits(role):
            assert status not in (401, 403), (role, method, path, status)
            assert status < 500, (role, method, path, status)
        else:
            assert status == 403, (role, method, path, status)


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def test_what_belongs_to_somebody_else_is_answered_like_what_does_not_exist(
    app: Flask, world: World
):
    other = Visitor(app)
    other.log_in(world.other_email, PASSWORD)
    rows = {name for name, row in table().items() if row.other == "404"}
    before = everything()

    assert set(world.addresses) == rows, "each view with something of somebody has an example"
    for endpoint, (method, path) in world.addresses.items():
        assert ask(other, method, path) == 404, (endpoint, method, path)
    assert everything() == before


@pytest.mark.parametrize("role", [Role.PMO, Role.MENTOR, Role.AUTHOR, Role.ADMIN])
def test_no_role_opens_what_only_its_owner_may(app: Flask, world: World, role: Role):
    make_person("Mary Staff", role)
    staff = Visitor(app)
    staff.log_in("mary@example.com", PASSWORD)
    private = {
        endpoint: at
        for endpoint, at in world.addresses.items()
        if "/attempts/" in at[1] or endpoint in ("accounts.revoke_token", "staffing.answer")
    }
    before = everything()

    assert len(private) > 12
    for endpoint, (method, path) in private.items():
        assert ask(staff, method, path) == 404, (role, endpoint, method, path)
    assert everything() == before


@pytest.mark.parametrize("role", [Role.PMO, Role.MENTOR, Role.ADMIN])
def test_nobody_supervises_how_somebody_practises(app: Flask, role: Role):
    publish_exam(mode=QuizMode.PRACTICE)
    attempt_id = start(learner("Eve Learner"), clock.now())
    make_person("Mary Staff", role)
    staff = Visitor(app)
    staff.log_in("mary@example.com", PASSWORD)
    room = f"/courses/{COURSE}/quizzes/{QUIZ}/room"
    before = everything()

    assert ask(staff, "GET", room) == 404
    for action in ("extension", "voiding"):
        fields = {"minutes": "10", "reason": "A test"}
        assert staff.send(f"{room}/{attempt_id}/{action}", **fields).status == 404
    assert everything() == before


def test_its_owner_opens_it(app: Flask, world: World):
    own = Visitor(app)
    own.log_in(world.owner_email, PASSWORD)
    for endpoint, (method, path) in world.addresses.items():
        if method == "GET":
            assert ask(own, method, path) in (200, 202), (endpoint, path)


def test_a_token_opens_what_its_owner_may_open_and_nothing_else(app: Flask, world: World):
    people = {person.email: person.id for person in db.session.scalars(select(Person))}
    calls = {name: one for name, one in world.addresses.items() if name.startswith("api.")}
    answers = {}
    for email, person_id in people.items():
        actor = Actor(person_id, frozenset({Role.LEARNER}), email)
        token = accounts.make_token(person_id, "test", by=actor)
        answers[email] = {
            name: app.test_client()
            .open(path, method=method, json=SENT, headers={"Authorization": f"Bearer {token}"})
            .status_code
            for name, (method, path) in calls.items()
        }

    assert set(answers[world.other_email].values()) == {404}
    assert answers[world.owner_email]["api.attempt"] == 200
    for method, path in calls.values():
        wrong = {"Authorization": "Bearer cadre_nothing"}
        sent = app.test_client().open(path, method=method, json=SENT, headers=wrong)
        assert (sent.status_code, sent.mimetype) == (401, "application/problem+json")


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    db.session.remove()
    found = {
        table.name: sorted(map(tuple, db.session.execute(table.select())), key=repr)
        for table in Base.metadata.sorted_tables
    }
    db.session.remove()
    return found
