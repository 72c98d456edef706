"""Handing in, running out of time, and marking, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from app.assessment import queries, services
from app.assessment.announcements import AttemptGraded
from app.assessment.models import AttemptState
from app.assessment.services import Mark
from app.authoring.document import Criterion, OnTimeout
from app.competence.models import Evidence
from app.core import db, events
from app.core.audit import AuditEntry
from app.core.errors import Invalid, NotVisible
from app.core.policy import Actor, Role
from tests.assessment import questions
from tests.assessment.questions import EXACT, essay, order, single
from tests.assessment.quizzes import (
    NOW,
    answer_all,
    count,
    learner,
    many,
    publish_exam,
    row,
    sitting,
    start,
)
from tests.cast import actor_of, make_person

MINUTE = timedelta(minutes=1)


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

    just_before = NOW + (ended * MINUTE) - timedelta(seconds=1)
    assert services.close_overdue(just_before) == (1 if grace else 0)
    assert services.close_overdue(just_before) == 0
    assert row(attempt_id).state is (AttemptState.OVERDUE if grace else AttemptState.IN_PROGRESS)
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
    services.mark(
        waiting.slot.id, Mark([Decimal(3)], "Name the owner."), by=marker, now=NOW + MINUTE
    )

    attempt = row(attempt_id)
    assert (attempt.state, attempt.passed) == (AttemptState.GRADED, True)
    assert attempt.score == Decimal("0.666666")
    assert len(heard) == 1
    assert count(Evidence) == 1
    with pytest.raises(NotVisible):
        services.mark(waiting.slot.id, Mark([Decimal(5)], ""), by=marker, now=NOW)


@pytest.mark.parametrize("points", ["-1", "5.5"])
def test_points_outside_the_range_are_refused(app: Flask, points: str):
    publish_exam(essay())
    ada, marker = learner(), learner("Mia Mentor", Role.MENTOR)
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"draft": "Because of …"})
    services.submit(attempt_id, by=ada, now=NOW)
    [waiting] = queries.waiting_essays(marker)
    with pytest.raises(Invalid):
        services.mark(waiting.slot.id, Mark([Decimal(points)], ""), by=marker, now=NOW)
    assert row(attempt_id).state is AttemptState.SUBMITTED


def test_nobody_marks_their_own(app: Flask):
    publish_exam(essay())
    mentor = learner("Mia Mentor", Role.MENTOR)
    attempt_id = start(mentor)
    answer_all(mentor, attempt_id, {"draft": "Mine"})
    services.submit(attempt_id, by=mentor, now=NOW)
    assert queries.waiting_essays(mentor) == []


# --- A second marker ------------------------------------------------------------------------------


def marker(name: str) -> Actor:
    return actor_of(make_person(name, Role.MENTOR), Role.MENTOR)


def test_a_second_marker_does_not_see_the_first_and_the_mean_counts(app: Flask):
    publish_exam(essay(points=Decimal(4)))
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"draft": "Because the lease ends …"})
    services.submit(attempt_id, by=ada, now=NOW)
    ruth, tom = marker("Ruth Okonkwo"), marker("Tom Reyes")
    (waiting,) = queries.waiting_essays(ruth)
    slot_id = waiting.slot.id

    services.mark(slot_id, Mark([Decimal(4)], "Clear."), by=ruth, now=NOW, second_wanted=True)

    assert row(attempt_id).state is AttemptState.SUBMITTED
    assert queries.waiting_essays(ruth) == []
    with pytest.raises(NotVisible):
        services.mark(slot_id, Mark([Decimal(0)], "Again"), by=ruth, now=NOW)
    (seen,) = queries.waiting_essays(tom)
    assert seen.slot.comment is None

    services.mark(slot_id, Mark([Decimal(1)], "No owner."), by=tom, now=NOW, second_wanted=True)

    assert row(attempt_id).score == Decimal("0.625")
    assert [mark.points for mark in queries.marks_of(slot_id)] == [4, 1]
    db.session.remove()
    assert sitting(ada, attempt_id).slot(1).comment == "Clear.\n\nNo owner."


def test_points_are_given_for_each_criterion_and_add_up(app: Flask):
    criteria = (Criterion("cause", Decimal(2)), Criterion("owner", Decimal(2)))
    publish_exam(essay(points=Decimal(4), criteria=criteria))
    ada = learner()
    attempt_id = start(ada)
    answer_all(ada, attempt_id, {"draft": "Because the lease ends …"})
    services.submit(attempt_id, by=ada, now=NOW)
    ruth, tom = marker("Ruth Okonkwo"), marker("Tom Reyes")
    slot_id = queries.waiting_essays(ruth)[0].slot.id

    for points in ([Decimal(4)], [Decimal(3), Decimal(1)], [Decimal(2), Decimal(-1)]):
        with pytest.raises(Invalid):
            services.mark(slot_id, Mark(points), by=ruth, now=NOW)
    halves = Mark([Decimal(2), Decimal("0.5")])
    services.mark(slot_id, halves, by=ruth, now=NOW, second_wanted=True)
    services.mark(slot_id, Mark([Decimal(1), Decimal("1.5")]), by=tom, now=NOW)

    assert row(attempt_id).score == Decimal("0.625")
    marks = queries.marks_in(attempt_id)[slot_id]
    assert [one.by_criterion for one in marks] == [["2", "0.5"], ["1", "1.5"]]
