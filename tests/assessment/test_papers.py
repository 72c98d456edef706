"""Papers drawn ahead: nobody sees them, and whoever begins finds theirs."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.assessment import queries, services
from app.assessment.models import Attempt, AttemptState
from app.core import db
from app.core.errors import NotAllowed, NotVisible
from app.core.policy import Actor, Role
from app.learning import services as learning
from tests.assessment.questions import single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    count,
    learner,
    many,
    publish_exam,
    row,
    sitting,
    start,
)
from tests.assessment.test_supervision import HOUR, ROOM, visit
from tests.statements import counted

EARLIER = NOW - HOUR


@pytest.fixture
def pmo(app: Flask) -> Actor:
    return learner("Petra Osei", Role.PMO)


@pytest.fixture
def ada(app: Flask) -> Actor:
    publish_exam(*many(5), attempts=3)
    ada = learner()
    learning.enrol(COURSE, by=ada)
    return ada


def drawn() -> Attempt:
    db.session.remove()
    found = db.session.scalar(select(Attempt))
    assert found is not None
    return found


def test_a_paper_is_drawn_once_for_everybody_enrolled(ada: Actor, pmo: Actor):
    learner("Eve Stranger")  # takes another course

    assert services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER) == 1
    assert services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER) == 0
    paper = drawn()
    assert (paper.state, paper.person_id) == (AttemptState.CREATED, ada.person_id)
    assert paper.deadline is None


def test_its_learner_finds_nothing_of_it_before_they_begin(ada: Actor, pmo: Actor):
    services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER)
    paper = drawn()
    with pytest.raises(NotVisible):
        queries.sitting_for(ada, paper.id)
    with pytest.raises(NotVisible):
        services.submit(paper.id, by=ada, now=NOW)
    offer = queries.offer(ada, COURSE, QUIZ, NOW)

    assert (offer.attempts, offer.open_attempt, offer.attempts_left) == ([], None, 3)
    assert queries.best_results(ada.person_id or 0) == {}
    assert services.close_overdue(NOW + 30 * HOUR) == 0


def test_whoever_begins_sits_the_paper_drawn_and_their_clock_starts_then(ada: Actor, pmo: Actor):
    services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER)
    paper = drawn()
    attempt_id = start(ada)

    assert attempt_id == paper.id
    begun = row(attempt_id)
    assert (begun.state, begun.seed) == (AttemptState.IN_PROGRESS, paper.seed)
    assert begun.started_at == NOW
    assert begun.deadline == NOW + HOUR
    assert start(ada) == attempt_id
    assert count(Attempt) == 1


def test_what_was_published_since_is_drawn_anew(ada: Actor, pmo: Actor):
    services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER)
    paper = drawn()
    publish_exam(single("new-question"))
    attempt_id = start(ada)

    assert attempt_id == paper.id
    assert [one.question_id for one in sitting(ada, attempt_id).attempt.slots] == ["new-question"]


def test_nobody_gets_one_who_may_not_sit_the_quiz(app: Flask, pmo: Actor):
    publish_exam(*many(5), attempts=1)
    failed, working = learner("Eve Stranger"), learner("Ada Lovelace")
    services.submit(start(failed), by=failed, now=NOW)
    start(working)

    assert services.prepare(COURSE, QUIZ, by=pmo, now=NOW) == 0


def test_only_the_pmo_draws_ahead(ada: Actor):
    with pytest.raises(NotAllowed):
        services.prepare(COURSE, QUIZ, by=learner("Marc", Role.MENTOR), now=EARLIER)


def test_the_room_draws_and_shows_who_has_not_begun(app: Flask, ada: Actor):
    with time_machine.travel(NOW, tick=False):
        visitor = visit(app, "Petra Osei", Role.PMO)
        assert "Draw 1 paper now" in visitor.open(ROOM).text
        assert visitor.send(f"/courses/{COURSE}/quizzes/{QUIZ}/papers").location == ROOM
        page = visitor.open(ROOM)

    assert "paper ready, not begun" in page.text
    assert "Draw 1 paper now" not in page.text


def test_drawing_for_many_asks_as_often_as_for_one(ada: Actor, pmo: Actor):
    def reads() -> int:
        with counted() as statements:
            services.prepare(COURSE, QUIZ, by=pmo, now=EARLIER)
        return sum(one.lstrip().upper().startswith("SELECT") for one in statements)

    first = reads()
    for name in ("Bea Moreau", "Cem Aydin", "Dan Novak"):
        learning.enrol(COURSE, by=learner(name))

    assert reads() == first
