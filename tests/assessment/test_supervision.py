"""Windows, access codes, grants, more time, taking back: what staff do around an exam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.assessment import queries, services
from app.assessment.models import Accommodation, AttemptState
from app.assessment.services import (
    Grant,
    NoAttemptLeft,
    NotOpenNow,
    Save,
    TimeOver,
    WrongCode,
)
from app.authoring.document import OnTimeout, QuizMode
from app.competence import queries as competence
from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible, TooOften
from app.core.policy import Actor, Role
from tests.assessment.questions import graded_by_machine, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    learner,
    publish_exam,
    row,
    start,
)
from tests.cast import PASSWORD, actor_of, make_person
from tests.learning.courses import make_course, make_exam, make_quiz, make_section, publish
from tests.statements import counted
from tests.visitor import Visitor

HOUR = timedelta(hours=1)
PMO = Actor(None, frozenset({Role.PMO}), "Petra Osei")
MENTOR = Actor(None, frozenset({Role.MENTOR}), "Ruth Okonkwo")


def set_window(**values: Any) -> None:
    terms = {"opens_at": None, "closes_at": None, "access_code": None, **values}
    services.set_window(COURSE, QUIZ, by=PMO, **terms)


def grant(to: Actor, **values: Any) -> int:
    terms: dict[str, Any] = {
        "course_id": COURSE,
        "quiz_id": QUIZ,
        "time_factor": Decimal(1),
        "extra_attempts": 0,
        "closes_at": None,
        "reason": "Dyslexia, certificate seen",
        **values,
    }
    assert to.person_id is not None
    return services.grant(to.person_id, Grant(**terms), by=PMO)


# --- Window and code ------------------------------------------------------------------------------


def test_a_quiz_is_sat_in_its_window_and_closes_for_those_who_are_at_work(app: Flask):
    publish_exam(single())
    set_window(opens_at=NOW + HOUR, closes_at=NOW + 90 * timedelta(minutes=1))
    ada = learner()

    with pytest.raises(NotOpenNow, match="opens at"):
        start(ada)
    attempt_id = start(ada, NOW + HOUR)
    assert row(attempt_id).deadline == NOW + timedelta(minutes=90)
    with pytest.raises(NotOpenNow, match="is closed"):
        start(learner("Eve Stranger"), NOW + 2 * HOUR)


def test_a_window_that_closes_before_it_opens_is_refused(app: Flask):
    publish_exam(single())
    with pytest.raises(Invalid) as refused:
        set_window(opens_at=NOW, closes_at=NOW)
    assert refused.value.field == "closes_at"
    assert queries.window_of(COURSE, QUIZ) is None


@pytest.mark.parametrize("by", [MENTOR, Actor(1, frozenset({Role.LEARNER}), "Ada")])
def test_only_the_pmo_sets_a_window(app: Flask, by: Actor):
    publish_exam(single())
    with pytest.raises(NotAllowed):
        services.set_window(COURSE, QUIZ, opens_at=None, closes_at=None, access_code="x", by=by)


@pytest.mark.parametrize("code", ["marlow park", " MARLOW  park ", "Marlow Park"])
def test_the_access_code_lets_one_in_however_it_is_typed(app: Flask, code: str):
    publish_exam(single())
    set_window(access_code="Marlow Park")
    services.start(COURSE, QUIZ, by=learner(), now=NOW, access_code=code)


def test_without_the_code_nobody_begins_and_with_an_attempt_nobody_is_asked_again(app: Flask):
    publish_exam(single())
    set_window(access_code="Marlow Park")
    ada = learner()
    for code in (None, "", "Marlow"):
        with pytest.raises(WrongCode):
            services.start(COURSE, QUIZ, by=ada, now=NOW, access_code=code)
    attempt_id = services.start(COURSE, QUIZ, by=ada, now=NOW, access_code="Marlow Park")

    assert start(ada) == attempt_id


def test_whoever_guesses_at_the_code_has_to_wait(app: Flask):
    publish_exam(single())
    set_window(access_code="Marlow Park")
    ada, eve = learner(), learner("Eve Stranger")
    with time_machine.travel(NOW, tick=False):
        for number in range(10):
            with pytest.raises(WrongCode):
                services.start(COURSE, QUIZ, by=ada, now=NOW, access_code=f"guess {number}")
        with pytest.raises(TooOften):
            services.start(COURSE, QUIZ, by=ada, now=NOW, access_code="Marlow Park")
        services.start(COURSE, QUIZ, by=eve, now=NOW, access_code="Marlow Park")
    later = NOW + timedelta(minutes=11)
    services.start(COURSE, QUIZ, by=ada, now=later, access_code="Marlow Park")


# --- Grants ---------------------------------------------------------------------------------------


def test_a_grant_gives_time_attempts_and_a_later_closing(app: Flask):
    publish_exam(single(), attempts=1)
    set_window(closes_at=NOW + HOUR)
    ada = learner()
    grant(ada, time_factor=Decimal("1.5"), closes_at=NOW + 3 * HOUR)
    grant(ada, extra_attempts=1, quiz_id=None)

    first = start(ada)
    assert row(first).deadline == NOW + timedelta(minutes=90)
    services.submit(first, by=ada, now=NOW)
    services.submit(start(ada, NOW + 2 * HOUR), by=ada, now=NOW + 2 * HOUR)
    with pytest.raises(NoAttemptLeft):
        start(ada, NOW + 2 * HOUR)


def test_a_grant_is_for_its_person_and_its_quiz_alone(app: Flask):
    publish_exam(single())
    ada, eve = learner(), learner("Eve Stranger")
    grant(ada, time_factor=Decimal(2), quiz_id="checkpoint")

    assert row(start(ada)).deadline == NOW + HOUR
    assert row(start(eve)).deadline == NOW + HOUR


def test_a_withdrawn_grant_counts_no_more_but_a_running_attempt_keeps_its_time(app: Flask):
    publish_exam(single(), attempts=None)
    ada = learner()
    number = grant(ada, time_factor=Decimal(2))
    running = start(ada)
    services.withdraw_accommodation(number, by=PMO)
    with pytest.raises(Conflict):
        services.withdraw_accommodation(number, by=PMO)

    assert row(running).deadline == NOW + 2 * HOUR
    services.submit(running, by=ada, now=NOW)
    assert row(start(ada)).deadline == NOW + HOUR


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"time_factor": Decimal("0.5")},
        {"time_factor": Decimal(6)},
        {"extra_attempts": -1},
        {"extra_attempts": 21},
    ],
)
def test_a_grant_of_nothing_or_of_too_much_is_refused(app: Flask, values: dict[str, Any]):
    publish_exam(single())
    with pytest.raises(Invalid):
        grant(learner(), **values)
    assert db.session.scalars(select(Accommodation)).all() == []


def test_nobody_grants_something_to_themselves(app: Flask):
    publish_exam(single())
    petra = make_person("Petra Osei", Role.PMO)
    with pytest.raises(NotAllowed):
        services.grant(
            petra.id,
            Grant(None, None, Decimal(2), 0, None, "Because"),
            by=actor_of(petra, Role.PMO),
        )


def test_a_grant_for_what_is_not_there_is_refused(app: Flask):
    publish_exam(single())
    with pytest.raises(NotVisible):
        grant(learner(), quiz_id="nothing", extra_attempts=1)


# --- One attempt ----------------------------------------------------------------------------------


def test_an_extension_moves_the_deadline_and_opens_what_ran_out(app: Flask):
    publish_exam(single(), on_timeout=OnTimeout.GRACE, grace=600)
    ada = learner()
    attempt_id = start(ada)
    services.close_overdue(NOW + HOUR)
    assert row(attempt_id).state is AttemptState.OVERDUE
    with pytest.raises(TimeOver):
        services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW + HOUR)

    services.extend(attempt_id, 10, "Fire alarm", by=MENTOR, now=NOW + HOUR)

    assert row(attempt_id).state is AttemptState.IN_PROGRESS
    assert row(attempt_id).deadline == NOW + timedelta(minutes=70)
    services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW + timedelta(minutes=69))


def test_what_has_ended_or_has_no_limit_cannot_be_extended(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id = start(ada)
    services.submit(attempt_id, by=ada, now=NOW)
    with pytest.raises(Conflict):
        services.extend(attempt_id, 10, "Late", by=PMO, now=NOW)
    for minutes in (0, 601):
        with pytest.raises(Invalid):
            services.extend(attempt_id, minutes, "Late", by=PMO, now=NOW)


def test_a_void_attempt_counts_for_nothing_and_what_it_showed_is_withdrawn(app: Flask):
    publish_exam(single(), attempts=1)
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"owner": "a"})
    services.submit(attempt_id, by=ada, now=NOW)
    assert row(attempt_id).passed is True
    day = NOW.date()
    assert competence.claims_on([ada.person_id], day)[ada.person_id]["risk-management"].level

    services.void(attempt_id, "Sat by somebody else", by=PMO, now=NOW)

    kept = row(attempt_id)
    assert (kept.state, kept.void_reason) == (AttemptState.VOID, "Sat by somebody else")
    assert (kept.score, kept.passed) == (None, None)
    assert competence.claims_on([ada.person_id], day) == {}
    with pytest.raises(Conflict):
        services.void(attempt_id, "Again", by=PMO, now=NOW)
    assert start(ada) != attempt_id
    verbs = db.session.scalars(select(AuditEntry.verb)).all()
    assert {"attempt.void", "evidence.withdraw"} <= set(verbs)


@pytest.mark.parametrize("act", ["extend", "void"])
def test_nobody_supervises_their_own_attempt(app: Flask, act: str):
    publish_exam(single())
    ruth = actor_of(make_person("Ruth Okonkwo", Role.MENTOR), Role.MENTOR)
    attempt_id = start(ruth)
    with pytest.raises(NotAllowed):
        if act == "extend":
            services.extend(attempt_id, 10, "Slow", by=ruth, now=NOW)
        else:
            services.void(attempt_id, "Bad day", by=ruth, now=NOW)


def test_a_clock_that_was_set_back_gives_no_time(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id = start(ada)
    services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW + timedelta(minutes=59))
    services.save(attempt_id, 1, Save("b", 2), by=ada, now=NOW)

    assert row(attempt_id).last_seen_at == NOW + timedelta(minutes=59)
    assert services.close_overdue(NOW + HOUR) == 1


# --- Pages ----------------------------------------------------------------------------------------

ROOM = f"/courses/{COURSE}/quizzes/{QUIZ}/room"


def visit(app: Flask, name: str, *roles: Role) -> Visitor:
    make_person(name, *roles)
    visitor = Visitor(app)
    visitor.log_in(f"{name.split()[0].lower()}@example.com", PASSWORD)
    return visitor


@pytest.fixture
def pmo(app: Flask) -> Visitor:
    with time_machine.travel(NOW, tick=False):
        return visit(app, "Petra Osei", Role.PMO)


def test_the_room_shows_who_is_at_work_and_neither_answers_nor_scores(app: Flask, pmo: Visitor):
    publish_exam(*graded_by_machine())
    ada, eve = learner(), learner("Eve Stranger")
    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        open_id, done = start(ada), start(eve)
        answer_all(ada, open_id, {"owner": "a"})
        services.submit(done, by=eve, now=NOW + timedelta(minutes=20))
        page = pmo.open(ROOM)
    rows = [one.get_text(" ", strip=True) for one in page.soup.select("tbody tr")]

    assert "Ada Lovelace" in rows[0]
    assert "at work" in rows[0]
    assert "1 of" in rows[0]
    assert "handed in" in rows[1]
    assert "passed" not in page.soup.main.get_text().lower()
    assert "%" not in page.soup.select_one("[data-live]").get_text()


def test_the_pmo_sets_a_window_in_local_time(app: Flask, pmo: Visitor):
    publish_exam(single())
    with time_machine.travel(NOW, tick=False):
        pmo.open(ROOM)
        address = f"/courses/{COURSE}/quizzes/{QUIZ}/window"
        sent = pmo.send(
            address, opens_at="2027-07-01T09:00", closes_at="2027-07-01T12:00", access_code=" Tern "
        )
        assert sent.location == ROOM
        window = queries.window_of(COURSE, QUIZ)
        assert window is not None
        assert window.opens_at == datetime(2027, 7, 1, 7, tzinfo=UTC)
        assert window.access_code == "Tern"
        again = pmo.open(ROOM)
        assert again.soup.find("input", {"name": "opens_at"})["value"] == "2027-07-01T09:00"
        wrong = pmo.send(address, opens_at="2027-07-01T09:00", closes_at="2027-07-01T08:00")
        assert wrong.status == 422
        assert "It has to close after it opens." in wrong.text


def test_more_time_and_taking_back_from_the_room(app: Flask, pmo: Visitor):
    publish_exam(single())
    with time_machine.travel(NOW, tick=False):
        attempt_id = start(learner())
        pmo.open(ROOM)
        pmo.send(f"{ROOM}/{attempt_id}/extension", minutes="15", reason="Fire alarm")
        assert row(attempt_id).deadline == NOW + timedelta(minutes=75)
        pmo.send(f"{ROOM}/{attempt_id}/voiding", reason="")
        assert row(attempt_id).state is AttemptState.IN_PROGRESS
        pmo.send(f"{ROOM}/{attempt_id}/voiding", reason="Two people at one desk")
        assert row(attempt_id).state is AttemptState.VOID


def test_the_learner_types_the_code_and_reads_why_an_attempt_is_void(app: Flask):
    publish_exam(single())
    with time_machine.travel(NOW, tick=False):
        set_window(access_code="Tern")
        visitor = visit(app, "Ada Lovelace")
        page = visitor.open(f"/courses/{COURSE}/quizzes/{QUIZ}")
        assert page.soup.find("input", {"name": "access_code"}) is not None
        start_address = f"/courses/{COURSE}/quizzes/{QUIZ}/attempts"
        wrong = visitor.send(start_address, access_code="gull")
        assert wrong.status == 422
        assert "That is not the access code of this quiz." in wrong.text
        attempt = visitor.send(start_address, access_code="tern").location
        services.void(int(attempt.rsplit("/", 1)[1]), "Two at one desk", by=PMO, now=NOW)

        assert "Two at one desk" in visitor.open(f"{attempt}/review").text


def test_a_grant_is_made_on_a_page_and_only_an_admin_reads_the_reason(app: Flask, pmo: Visitor):
    publish_exam(single())
    ada = learner()
    address = f"/people/{ada.person_id}/accommodations"
    with time_machine.travel(NOW, tick=False):
        pmo.open(address)
        sent = pmo.send(
            address,
            where=f"{COURSE}/{QUIZ}",
            time_factor="1.25",
            extra_attempts="0",
            reason="Dyslexia, certificate seen",
        )
        assert sent.location == address
        told = pmo.open(address).text
        admin = visit(app, "Sofia Adamidis", Role.ADMIN).open(address).text

    assert "1.25" in told
    assert "Dyslexia" not in told
    assert "Dyslexia" in admin


def test_the_room_costs_the_same_for_many(app: Flask, pmo: Visitor):
    publish_exam(single())

    def statements() -> int:
        with time_machine.travel(NOW, tick=False), counted() as sent:
            assert pmo.open(ROOM).status == 200
        return len(sent)

    start(learner())
    few = statements()
    for number in range(6):
        start(learner(f"Person{number} Other"))
    assert statements() == few


@pytest.mark.parametrize(
    "address",
    [
        "/courses/risk/quizzes/practice/room",
        "/courses/risk/quizzes/practice/statistics",
        "/courses/risk/quizzes/practice/questions/owner/regrading",
    ],
)
def test_staff_find_no_practice(app: Flask, pmo: Visitor, address: str):
    exam = make_exam(QUIZ, sections=(make_section(single()),))
    practice = make_quiz("practice", mode=QuizMode.PRACTICE, sections=(make_section(single()),))
    publish(make_course(COURSE, quizzes=(practice, exam)))
    with time_machine.travel(NOW, tick=False):
        assert pmo.open(address).status == 404


def test_an_attempt_at_another_quiz_is_not_in_this_room(app: Flask, pmo: Visitor):
    publish_exam(single())
    with time_machine.travel(NOW, tick=False):
        attempt_id = start(learner())
        pmo.open(ROOM)
        elsewhere = f"/courses/{COURSE}/quizzes/checkpoint/room/{attempt_id}"
        assert pmo.send(f"{elsewhere}/voiding", reason="No").status == 404
        assert pmo.send(f"{elsewhere}/extension", minutes="5", reason="No").status == 404
