"""Breaks: the clock stands still, and what lies before them stays closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.assessment import services
from app.assessment.services import OnBreak, Save, StepClosed
from app.authoring.document import Break
from app.core.policy import Actor
from tests.assessment.quizzes import NOW, learner, many, publish_exam, row, sitting, start
from tests.cast import PASSWORD
from tests.visitor import Visitor

MINUTE = timedelta(minutes=1)
TEN = 10 * MINUTE


@pytest.fixture
def ada(app: Flask) -> Actor:
    """Somebody with an exam of four questions, an hour, and a break of ten minutes after two."""
    publish_exam(*many(4), breaks=(Break(2, 600),))
    return learner()


def test_between_breaks_one_may_answer_in_any_order(ada: Actor):
    attempt_id = start(ada)
    services.save(attempt_id, 2, Save("a", 1), by=ada, now=NOW)
    services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW)
    with pytest.raises(StepClosed):
        services.save(attempt_id, 3, Save("a", 1), by=ada, now=NOW)
    assert sitting(ada, attempt_id).last_step == 2


def test_a_break_closes_what_lies_before_and_its_time_is_given(ada: Actor):
    attempt_id = start(ada)
    services.take_break(attempt_id, by=ada, now=NOW + TEN)

    assert row(attempt_id).deadline == NOW + 70 * MINUTE
    with pytest.raises(OnBreak):
        services.save(attempt_id, 3, Save("a", 1), by=ada, now=NOW + 15 * MINUTE)
    services.save(attempt_id, 3, Save("a", 1), by=ada, now=NOW + 20 * MINUTE)
    with pytest.raises(StepClosed):
        services.save(attempt_id, 1, Save("b", 2), by=ada, now=NOW + 20 * MINUTE)


def test_a_break_that_is_ended_early_takes_no_more_time_than_it_lasted(ada: Actor):
    attempt_id = start(ada)
    services.take_break(attempt_id, by=ada, now=NOW + TEN)
    services.end_break(attempt_id, by=ada, now=NOW + 13 * MINUTE)
    services.end_break(attempt_id, by=ada, now=NOW + 14 * MINUTE)

    assert row(attempt_id).deadline == NOW + 63 * MINUTE
    services.save(attempt_id, 4, Save("a", 1), by=ada, now=NOW + 13 * MINUTE)


def test_there_is_one_break_at_its_place_and_none_at_the_end(ada: Actor):
    attempt_id = start(ada)
    services.take_break(attempt_id, by=ada, now=NOW)
    services.end_break(attempt_id, by=ada, now=NOW)
    with pytest.raises(StepClosed):
        services.take_break(attempt_id, by=ada, now=NOW)


def test_going_on_without_a_break_gives_no_time(ada: Actor):
    attempt_id = start(ada)
    services.walk_on(attempt_id, 2, by=ada, now=NOW)
    assert row(attempt_id).deadline == NOW + 60 * MINUTE


def test_nobody_reads_ahead_during_a_break(app: Flask, ada: Actor):
    with time_machine.travel(NOW, tick=False):
        visitor = Visitor(app)
        visitor.log_in("ada@example.com", PASSWORD)
        attempt_id = start(ada)
        page = visitor.open(f"/attempts/{attempt_id}")
        assert "Save and rest for 10 minutes" in page.text
        visitor.send(f"/attempts/{attempt_id}/answers", part="1", go="break")
        resting = visitor.open(f"/attempts/{attempt_id}")
        told = visitor.client.get(f"/api/v1/attempts/{attempt_id}").get_json()

        assert "The time of the exam stands still" in resting.text
        assert not resting.soup.select("[data-slot]")
        assert told["questions"] == []
        assert told["break_until"]

        visitor.send(f"/attempts/{attempt_id}/break/end")
        assert len(visitor.open(f"/attempts/{attempt_id}").soup.select("[data-slot]")) == 2
