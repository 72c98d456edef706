"""The life of an attempt, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.assessment import queries, services
from app.assessment.announcements import AttemptGraded
from app.assessment.models import AnswerSave, Attempt, AttemptState
from app.assessment.services import NoAttemptLeft, Save, StaleAnswer, StepClosed, TimeOver, TooEarly
from app.authoring.answers import UnreadableAnswer
from app.authoring.document import Navigation, OnTimeout
from app.competence.models import Evidence
from app.core import db, events
from app.core.audit import AuditEntry
from app.core.errors import Invalid, NotVisible
from app.core.policy import Role
from app.learning.models import Enrolment
from tests.assessment import questions
from tests.assessment.questions import EXACT, essay, order, single
from tests.assessment.quizzes import (
    COURSE,
    NOW,
    QUIZ,
    answer_all,
    learner,
    many,
    publish_exam,
    row,
    sitting,
    start,
)
from tests.learning.courses import make_section

MINUTE = timedelta(minutes=1)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


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


# --- Handing in --------------------------------------------------------------------------


@pytest.fixture
def heard(app: Flask) -> Iterator[list[AttemptGraded]]:
    announcements: list[AttemptGraded] = []
    events.hear(AttemptGraded, announcements.append)
    yield announcements
    events._hearers[AttemptGraded].remove(announcements.append)


def test_submit_grades_records_evidence_and_announces(app: Flask, heard: list[AttemptGraded]):
    publish_exam()
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, EXACT)

    services.submit(attempt_id, by=ada, now=NOW + 10 * MINUTE)

    attempt = row(attempt_id)
    evidence = db.session.scalars(select(Evidence)).one()
    assert (attempt.state, attempt.score, attempt.passed) == (AttemptState.GRADED, 1, True)
    assert (evidence.competency_code, evidence.level) == ("risk-management", 3)
    assert (evidence.valid_from, evidence.valid_to) == (date(2027, 3, 1), date(2029, 3, 1))
    assert evidence.source_key == f"attempt:{attempt_id}/risk-management"
    assert [one.attempt_id for one in heard] == [attempt_id]
    assert heard[0].passed


def test_submit_twice_and_by_many_at_once_grades_once(app: Flask, heard: list[AttemptGraded]):
    publish_exam()
    ada = learner()
    attempt_id, by = start(ada), ada
    answer_all(ada, attempt_id, EXACT)

    def hand_in(_number: int) -> None:
        try:
            services.submit(attempt_id, by=by, now=NOW)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hand_in, range(6)))

    assert len(heard) == 1
    assert count(Evidence) == 1
    verbs = list(db.session.scalars(select(AuditEntry.verb)))
    assert verbs.count("attempt.submit") == 1


def test_what_a_hearer_refuses_undoes_the_whole_submission(app: Flask):
    publish_exam()
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, EXACT)

    def refuse(_announcement: AttemptGraded) -> None:
        raise Invalid("no")

    events.hear(AttemptGraded, refuse)
    try:
        with pytest.raises(Invalid):
            services.submit(attempt_id, by=ada, now=NOW)
    finally:
        events._hearers[AttemptGraded].remove(refuse)
    assert row(attempt_id).state is AttemptState.IN_PROGRESS
    assert count(Evidence) == 0


@pytest.mark.parametrize(
    ("right", "score", "passes"), [(3, "0.6", True), (2, "0.4", False), (0, "0", False)]
)
def test_the_pass_mark_decides(app: Flask, right: int, score: str, passes: bool):
    publish_exam(*many(5))
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {f"single-{number}": "a" for number in range(right)})
    services.submit(attempt_id, by=ada, now=NOW)
    attempt = row(attempt_id)
    assert (attempt.score, attempt.passed) == (Decimal(score), passes)
    assert count(Evidence) == (1 if passes else 0)


def test_thirds_add_up_exactly(app: Flask):
    """Three times a third of a point is a point: just enough to pass."""
    thirds = tuple(replace(questions.cloze(), id=f"cloze-{number}") for number in range(3))
    publish_exam(*thirds, replace(single(), points=Decimal(2)), pass_mark=Decimal("0.2"))
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {f"cloze-{number}": {"b1": "cause"} for number in range(3)})
    services.submit(attempt_id, by=ada, now=NOW)
    attempt = row(attempt_id)
    assert (attempt.score, attempt.passed) == (Decimal("0.2"), True)


def test_pilot_questions_do_not_count(app: Flask):
    publish_exam(single(), replace(order(), unscored=True))
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"owner": "a"})
    services.submit(attempt_id, by=ada, now=NOW)
    assert row(attempt_id).score == 1


# --- Time over ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_timeout", "grace", "state", "ended"),
    [
        (OnTimeout.SUBMIT, None, AttemptState.GRADED, 60),
        (OnTimeout.ABANDON, None, AttemptState.ABANDONED, 60),
        (OnTimeout.GRACE, 300, AttemptState.ABANDONED, 65),
    ],
)
def test_an_attempt_nobody_hands_in_ends_as_its_quiz_says(
    app: Flask, on_timeout: OnTimeout, grace: int | None, state: AttemptState, ended: int
):
    publish_exam(single(), on_timeout=on_timeout, grace=grace)
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"owner": "a"})

    assert services.close_overdue(NOW + (ended * MINUTE) - timedelta(seconds=1)) == 0
    assert services.close_overdue(NOW + 120 * MINUTE) == 1

    attempt = row(attempt_id)
    assert attempt.state is state
    assert attempt.submitted_at == NOW + ended * MINUTE
    assert services.close_overdue(NOW + 120 * MINUTE) == 0


def test_grace_lets_one_hand_in_but_not_answer(app: Flask):
    publish_exam(single(), on_timeout=OnTimeout.GRACE, grace=300)
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"owner": "a"})
    services.submit(attempt_id, by=ada, now=NOW + 62 * MINUTE)
    assert row(attempt_id).passed is True


def test_handing_in_too_late_counts_as_of_the_deadline(app: Flask):
    publish_exam(single())
    ada = learner()
    attempt_id = start(ada)
    services.submit(attempt_id, by=ada, now=NOW + 90 * MINUTE)
    assert row(attempt_id).submitted_at == NOW + 60 * MINUTE


# --- Marking -----------------------------------------------------------------------------


def test_an_essay_waits_until_it_is_marked(app: Flask, heard: list[AttemptGraded]):
    publish_exam(single(), essay())
    ada, marker = learner(), learner("Mia Mentor", Role.MENTOR)
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"owner": "a", "draft": "Because of …"})
    services.submit(attempt_id, by=ada, now=NOW)
    assert row(attempt_id).state is AttemptState.SUBMITTED
    assert (count(Evidence), heard) == (0, [])

    [waiting] = queries.waiting_essays(marker)
    services.mark(waiting.slot.id, Decimal(3), "Name the owner.", by=marker, now=NOW + MINUTE)

    attempt = row(attempt_id)
    assert (attempt.state, attempt.passed) == (AttemptState.GRADED, True)
    assert attempt.score == Decimal("0.666666")
    assert len(heard) == 1
    assert count(Evidence) == 1
    with pytest.raises(NotVisible):
        services.mark(waiting.slot.id, Decimal(5), "", by=marker, now=NOW)


@pytest.mark.parametrize("points", ["-1", "5.5"])
def test_points_outside_the_range_are_refused(app: Flask, points: str):
    publish_exam(essay())
    ada, marker = learner(), learner("Mia Mentor", Role.MENTOR)
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"draft": "Because of …"})
    services.submit(attempt_id, by=ada, now=NOW)
    [waiting] = queries.waiting_essays(marker)
    with pytest.raises(Invalid):
        services.mark(waiting.slot.id, Decimal(points), "", by=marker, now=NOW)
    assert row(attempt_id).state is AttemptState.SUBMITTED


def test_nobody_marks_their_own(app: Flask):
    publish_exam(essay())
    mentor = learner("Mia Mentor", Role.MENTOR)
    attempt_id = start(mentor)
    answer_all(mentor, attempt_id, {"draft": "Mine"})
    services.submit(attempt_id, by=mentor, now=NOW)
    assert queries.waiting_essays(mentor) == []


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

    standing = queries.best_results(ada.person_id, [COURSE])[(COURSE, QUIZ)]

    assert (standing.best, standing.passed, standing.attempts) == (1, True, 4)
    assert standing.is_open
    assert queries.best_results(ada.person_id, ["other"]) == {}
