"""The life of an attempt, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.assessment import queries, services
from app.assessment.models import AnswerSave, Attempt, AttemptState
from app.assessment.services import NoAttemptLeft, Save, StaleAnswer, StepClosed, TimeOver, TooEarly
from app.authoring.answers import UnreadableAnswer
from app.authoring.document import Navigation, OnTimeout
from app.core import db
from app.core.errors import NotVisible
from app.core.policy import Role
from app.learning.models import Enrolment
from tests.assessment.questions import EXACT, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    count,
    learner,
    many,
    publish_exam,
    row,
    sitting,
    start,
)
from tests.learning.courses import make_section

MINUTE = timedelta(minutes=1)


# --- Start -------------------------------------------------------------------------------


def test_start_fixes_questions_order_and_deadline_and_enrols(app: Flask):
    publish_exam()
    ada = learner()

    attempt_id = start(ada)

    found = sitting(ada, attempt_id)
    assert found.attempt.deadline == NOW + 60 * MINUTE
    assert [slot.question_id for slot in found.attempt.slots] == list(EXACT)
    assert sorted(found.slot(5).order) == ["i1", "i2", "i3", "i4"]
    assert found.slot(5).order != ["i1", "i2", "i3", "i4"]
    assert count(Enrolment) == 1


def test_start_again_goes_on_with_the_same_attempt(app: Flask):
    publish_exam()
    ada = learner()
    assert start(ada) == start(ada, NOW + MINUTE)
    assert count(Attempt) == 1


def test_start_by_many_at_once_makes_one_attempt(app: Flask):
    publish_exam()
    by = learner()

    def begin(_number: int) -> int:
        try:
            return start(by)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(begin, range(6)))

    assert len(ids) == 1
    assert count(Attempt) == 1


def test_start_is_refused_when_no_attempt_is_left(app: Flask):
    publish_exam(attempts=1)
    ada = learner()
    services.submit(start(ada), by=ada, now=NOW)
    with pytest.raises(NoAttemptLeft):
        start(ada, NOW + MINUTE)


def test_start_waits_for_the_pause_to_be_over(app: Flask):
    publish_exam(cooldown=3600)
    ada = learner()
    services.submit(start(ada), by=ada, now=NOW)
    with pytest.raises(TooEarly):
        start(ada, NOW + 59 * MINUTE)
    start(ada, NOW + 60 * MINUTE)
    assert count(Attempt) == 2


def test_start_after_the_deadline_ends_the_forgotten_attempt(app: Flask):
    publish_exam()
    ada = learner()
    first = start(ada)
    second = start(ada, NOW + 61 * MINUTE)
    assert second != first
    assert row(first).state is AttemptState.GRADED


def test_a_new_draw_prefers_what_was_not_seen(app: Flask):
    section = make_section(*many(4), draw=2, avoid_seen=True)
    publish_exam(section)
    ada = learner()
    seen: list[str] = []
    for number in range(2):
        attempt_id = start(ada, NOW + number * MINUTE)
        seen += [slot.question_id for slot in sitting(ada, attempt_id).attempt.slots]
        services.submit(attempt_id, by=ada, now=NOW + number * MINUTE)
    assert len(set(seen)) == 4


def test_start_of_an_unknown_quiz_is_not_visible(app: Flask):
    publish_exam()
    with pytest.raises(NotVisible):
        services.start(COURSE, "nothing", by=learner(), now=NOW)


# --- Answers -----------------------------------------------------------------------------


def test_save_keeps_the_answer_and_every_save(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id, by = start(ada), ada
    for sequence, answer in enumerate("abc", 1):
        services.save(attempt_id, 1, Save(answer, sequence), by=by, now=NOW)
    assert sitting(ada, attempt_id).slot(1).answer == "c"
    assert count(AnswerSave) == 3


def test_an_older_save_is_refused_and_changes_nothing(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id, by = start(ada), ada
    services.save(attempt_id, 1, Save("a", 5), by=by, now=NOW)
    for sequence, answer in ((4, "b"), (5, "b"), (4, "a")):
        with pytest.raises(StaleAnswer):
            services.save(attempt_id, 1, Save(answer, sequence), by=by, now=NOW)
    assert sitting(ada, attempt_id).slot(1).answer == "a"
    assert count(AnswerSave) == 1


def test_the_same_save_twice_is_kept_once(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id, by = start(ada), ada
    first = services.save(attempt_id, 1, Save("a", 1), by=by, now=NOW)
    assert services.save(attempt_id, 1, Save("a", 1), by=by, now=NOW + MINUTE) == first
    assert count(AnswerSave) == 1


@pytest.mark.parametrize("minutes", [60, 61, 600])
def test_after_the_deadline_no_answer_is_kept(app: Flask, minutes: int):
    publish_exam(single(), on_timeout=OnTimeout.GRACE, grace=36000)
    ada = learner()
    attempt_id = start(ada)
    with pytest.raises(TimeOver):
        services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW + minutes * MINUTE)
    assert sitting(ada, attempt_id).slot(1).answer is None


def test_after_handing_in_no_answer_is_kept(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id, by = start(ada), ada
    services.submit(attempt_id, by=by, now=NOW)
    with pytest.raises(TimeOver):
        services.save(attempt_id, 1, Save("a", 1), by=by, now=NOW)


@pytest.mark.parametrize("answer", ["z", 3, ["a"], {"a": "b"}, "a" * 2000])
def test_an_answer_that_does_not_fit_is_refused(app: Flask, answer: Any):
    publish_exam(single())
    ada = learner()
    attempt_id = start(ada)
    with pytest.raises(UnreadableAnswer):
        services.save(attempt_id, 1, Save(answer, 1), by=ada, now=NOW)


def test_an_attempt_is_its_owners_alone(app: Flask):
    publish_exam(single())
    attempt_id = start(learner())
    for stranger in (
        learner("Eve Stranger"),
        learner("Root Admin", Role.ADMIN),
    ):
        with pytest.raises(NotVisible):
            services.save(attempt_id, 1, Save("a", 1), by=stranger, now=NOW)
        with pytest.raises(NotVisible):
            services.submit(attempt_id, by=stranger, now=NOW)


@pytest.mark.parametrize("navigation", [Navigation.SEQUENTIAL, Navigation.SECTIONS])
def test_a_quiz_that_goes_one_way_takes_answers_on_the_step_reached(
    app: Flask, navigation: Navigation
):
    first, second = many(2)
    publish_exam(make_section(first), make_section(second), navigation=navigation)
    ada = learner()
    attempt_id, by = start(ada), ada

    with pytest.raises(StepClosed):
        services.save(attempt_id, 2, Save("a", 1), by=by, now=NOW)
    services.walk_on(attempt_id, 2, by=by, now=NOW)
    with pytest.raises(StepClosed):
        services.save(attempt_id, 1, Save("a", 1), by=by, now=NOW)
    for step in (1, 3):
        with pytest.raises(StepClosed):
            services.walk_on(attempt_id, step, by=by, now=NOW)
    services.save(attempt_id, 2, Save("a", 1), by=by, now=NOW)


def test_save_step_keeps_what_it_can(app: Flask):
    publish_exam(*many(3))
    ada = learner()
    attempt_id, by = start(ada), ada
    services.save(attempt_id, 2, Save("b", 7), by=by, now=NOW)

    refused = services.save_step(
        attempt_id, {1: Save("a", 1), 2: Save("a", 3), 3: Save(None, 1)}, {3: True}, by=by, now=NOW
    )

    found = sitting(ada, attempt_id)
    assert list(refused) == [2]
    assert [slot.answer for slot in found.attempt.slots] == ["a", "b", None]
    assert [slot.flagged for slot in found.attempt.slots] == [False, False, True]


# --- Reads -------------------------------------------------------------------------------


def test_best_results_of_a_person(app: Flask):
    publish_exam(*many(2))
    ada = learner()
    for number, right in enumerate((1, 2, 0)):
        attempt_id = start(ada, NOW + number * MINUTE)
        answer_all(
            ada, attempt_id, {f"single-{n}": "a" for n in range(right)}, NOW + number * MINUTE
        )
        services.submit(attempt_id, by=ada, now=NOW + number * MINUTE)
    start(ada, NOW + 10 * MINUTE)

    standing = queries.best_results(ada.person_id, COURSE)[(COURSE, QUIZ)]

    assert (standing.best, standing.passed, standing.attempts) == (1, True, 4)
    assert standing.is_open
    assert queries.best_results(ada.person_id, "other") == {}
