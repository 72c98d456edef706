"""Cards are made of what was met, once and not before it may be explained; answering schedules."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.assessment import services as attempts
from app.authoring.document import Feedback, Quiz, Visibility
from app.authoring.grading import UnreadableAnswer
from app.core import clock, db
from app.core.audit import AuditEntry
from app.core.errors import NotVisible
from app.core.policy import SYSTEM, Actor, Role
from app.learning import services as learning
from app.practice import queries, services
from app.practice.models import Source
from app.practice.rules import Rating
from tests.assessment.quizzes import learner
from tests.learning.courses import (
    make_checked_lesson,
    make_essay,
    make_exam,
    make_lesson,
    make_multiple,
    make_quiz,
    make_section,
    make_single,
)
from tests.practice.cards import (
    LATER,
    RIGHT,
    TODAY,
    TOMORROW,
    WRONG,
    cards,
    course,
    give,
    history,
    meet,
    sit,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def ada(app: Flask) -> Actor:
    return learner()


# --- Collecting ------------------------------------------------------------------------------


def test_a_check_in_a_lesson_becomes_a_card_at_once(ada: Actor):
    course()
    meet(ada, {"flooded": "o2", "exposure": "1"})

    found = cards()
    assert set(found) == {"flooded", "exposure"}
    assert (found["flooded"].rating, found["flooded"].credit) == (Rating.GOOD, 1)
    assert (found["exposure"].rating, found["exposure"].credit) == (Rating.AGAIN, 0)
    assert found["flooded"].due_on > found["exposure"].due_on > clock.today()
    assert [one.source for one in history("flooded")] == [Source.LESSON]


def test_right_after_wrong_on_the_same_day_counts_as_with_help(ada: Actor):
    course()
    meet(ada, WRONG)
    meet(ada, RIGHT)

    assert cards()["flooded"].rating is Rating.HARD
    assert [one.rating for one in history("flooded")] == [Rating.AGAIN, Rating.HARD]


def test_an_attempt_becomes_cards_once_it_is_graded(ada: Actor):
    course()
    sit(ada, "checkpoint", {"c1": "o2"}, TODAY)

    found = cards()
    assert {key: card.rating for key, card in found.items()} == {
        "c1": Rating.GOOD,
        "c2": Rating.AGAIN,
    }
    assert {card.item_id for card in found.values()} == {"checkpoint"}


def test_collecting_again_takes_nothing_in_twice(ada: Actor):
    course()
    meet(ada, RIGHT)
    sit(ada, "checkpoint", {"c1": "o2"}, TODAY)
    before = {key: (card.due_on, card.stability) for key, card in cards().items()}

    assert services.collect(ada.person_id or 0, LATER) == 0
    assert {key: (card.due_on, card.stability) for key, card in cards().items()} == before
    assert len(history("c1")) == 1


def test_many_collections_at_once_take_in_once(ada: Actor, monkeypatch: pytest.MonkeyPatch):
    course()
    monkeypatch.setattr(services.db, "after_commit", lambda _callback: None)
    sit(ada, "checkpoint", {"c1": "o2"}, TODAY)
    assert cards() == {}

    def collect(_number: int) -> int:
        try:
            return services.collect(ada.person_id or 0, TODAY)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(collect, range(4)))

    assert sum(taken) == 2
    assert len(history("c1")) == 1


def test_essays_and_questions_on_trial_become_no_cards(ada: Actor):
    trial = replace(make_single("trial"), unscored=True)
    section = make_section(make_single("c1"), trial, make_essay())
    course(quizzes=(make_quiz("checkpoint", sections=(section,)), make_exam()))
    attempt_id = sit(ada, "checkpoint", {"c1": "o2", "trial": "o2"}, TODAY)

    assert attempt_id
    assert set(cards()) == {"c1"}


EXAM_RIGHT = {"q-single": "o2"}


def exam(**overrides: Any) -> Quiz:
    return make_exam(sections=(make_section(make_single("q-single")),), **overrides)


def close_at(at: datetime) -> None:
    attempts.set_window("risk", "exam", opens_at=None, closes_at=at, access_code=None, by=SYSTEM)


def with_exam(quiz: Quiz) -> None:
    course(quizzes=(make_quiz("checkpoint"), quiz))


def test_an_exam_that_never_shows_its_answers_becomes_no_cards(ada: Actor):
    with_exam(exam(feedback=Feedback.NEVER))
    sit(ada, "exam", EXAM_RIGHT, TODAY)

    services.collect(ada.person_id or 0, LATER)
    assert cards() == {}


def test_an_exam_that_shows_its_answers_after_a_pass_waits_for_it(ada: Actor):
    with_exam(exam(feedback=Feedback.AFTER_PASS))
    sit(ada, "exam", {"q-single": "o1"}, TODAY)
    assert cards() == {}

    sit(ada, "exam", EXAM_RIGHT, TOMORROW)
    assert cards()["q-single"].rating is Rating.GOOD


def test_an_exam_that_others_may_still_sit_becomes_cards_after_it_has_closed(ada: Actor):
    with_exam(exam())
    closes = TODAY + timedelta(days=2)
    close_at(closes)
    sit(ada, "exam", EXAM_RIGHT, TODAY)
    assert cards() == {}

    services.collect(ada.person_id or 0, closes - timedelta(seconds=1))
    assert cards() == {}
    services.collect(ada.person_id or 0, closes)
    assert set(cards()) == {"q-single"}


def test_nothing_of_an_open_exam_is_asked_wherever_it_stands(ada: Actor):
    lesson = make_checked_lesson("second")
    shared = make_single("flooded", why="It has happened already.")
    asked = make_exam(sections=(make_section(shared, make_multiple("m")),))
    course(lessons=(make_lesson("first"), lesson), quizzes=(make_quiz("checkpoint"), asked))
    meet(ada, WRONG)
    assert len(queries.queue(ada, LATER)) == 2

    attempt_id = attempts.start("risk", "exam", by=ada, now=LATER)
    waiting = queries.queue(ada, LATER)
    assert waiting == [cards()["exposure"].id]
    with pytest.raises(NotVisible):
        give(ada, "flooded", "o2")

    attempts.submit(attempt_id, by=ada, now=LATER)
    assert len(queries.queue(ada, LATER + timedelta(days=1))) == 3


def test_a_question_met_and_later_explained_does_not_undo_newer_practice(ada: Actor):
    with_exam(exam())
    closes = TODAY + timedelta(days=40)
    sit(ada, "exam", EXAM_RIGHT, TODAY)
    close_at(closes)
    sit(ada, "exam", {"q-single": "o1"}, TODAY + timedelta(hours=1))
    close_at(LATER)
    give(ada, "q-single", "o2", LATER + timedelta(days=1))
    before = cards()["q-single"].due_on

    assert services.collect(ada.person_id or 0, closes) == 1
    assert cards()["q-single"].due_on == before
    assert len(history("q-single")) == 3


# --- Answering -------------------------------------------------------------------------------


def test_right_at_once_is_good_and_comes_back_later(ada: Actor):
    course()
    meet(ada, WRONG)
    outcome = give(ada, "flooded", "o2")

    card = cards()["flooded"]
    assert outcome is not None
    assert (outcome.rating, card.rating, card.credit) == (Rating.GOOD, Rating.GOOD, 1)
    assert outcome.due_on == card.due_on > LATER.date()
    assert card.tries == 0


def test_a_second_try_is_given_and_counts_for_less(ada: Actor):
    course()
    meet(ada, RIGHT)
    first = give(ada, "flooded", "o1")
    assert first is not None
    assert not first.finished
    assert cards()["flooded"].tries == 1

    second = give(ada, "flooded", "o2")
    card = cards()["flooded"]
    assert second is not None
    assert second.rating is Rating.HARD
    assert card.credit == Decimal("0.666666")
    assert [(one.tries, one.rating) for one in history("flooded")][1:] == [
        (1, None),
        (2, Rating.HARD),
    ]


def test_wrong_twice_comes_back_tomorrow(ada: Actor):
    course()
    meet(ada, RIGHT)
    give(ada, "flooded", "o1")
    outcome = give(ada, "flooded", "o3")

    assert outcome is not None
    assert outcome.rating is Rating.AGAIN
    assert cards()["flooded"].due_on == (LATER + timedelta(days=1)).date()


def test_hints_come_one_by_one_and_make_it_right_with_help(ada: Actor):
    course()
    meet(ada, RIGHT)
    card_id = cards()["flooded"].id
    for _again in range(3):
        services.hint(card_id, 0, by=ada, now=LATER)
    assert cards()["flooded"].hints == 1
    services.hint(card_id, 1, by=ada, now=LATER)
    assert cards()["flooded"].hints == 1, "there is no other"

    outcome = give(ada, "flooded", "o2")
    assert outcome is not None
    assert outcome.rating is Rating.HARD
    assert (outcome.hints, cards()["flooded"].hints) == (1, 0)


@pytest.mark.parametrize("answer", ["o1", "o2"])
def test_a_request_sent_again_answers_nothing_twice(ada: Actor, answer: str):
    course()
    meet(ada, RIGHT)
    once = give(ada, "flooded", answer, key="once")
    again = give(ada, "flooded", answer, LATER + timedelta(days=3), key="once")

    assert once is not None
    assert again is not None
    assert (again.rating, again.tries, again.due_on) == (once.rating, once.tries, once.due_on)
    assert len(history("flooded")) == 2


def test_a_request_sent_many_times_at_once_answers_once(ada: Actor):
    course()
    meet(ada, RIGHT)
    card_id = cards()["flooded"].id

    def send(_number: int) -> None:
        try:
            services.answer(card_id, "o2", "once", by=ada, now=LATER)
        finally:
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))

    assert len(history("flooded")) == 2


def test_nothing_entered_and_nonsense_change_nothing(ada: Actor):
    course()
    meet(ada, RIGHT)
    assert give(ada, "flooded", None) is None
    with pytest.raises(UnreadableAnswer):
        give(ada, "flooded", "nonsense")
    assert len(history("flooded")) == 1


def test_a_card_is_its_owners_alone_whatever_roles_somebody_has(ada: Actor):
    course()
    meet(ada, RIGHT)
    card_id = cards()["flooded"].id
    acts: list[Callable[[Actor], object]] = [
        lambda by: queries.card_for(by, card_id),
        lambda by: services.answer(card_id, "o2", "key", by=by, now=LATER),
        lambda by: services.hint(card_id, 0, by=by, now=LATER),
    ]
    for role in Role:
        other = learner(f"{role.value.capitalize()} Other", role)
        for act in acts:
            with pytest.raises(NotVisible):
                act(other)
        assert queries.queue(other, LATER) == []
    assert len(history("flooded")) == 1


def test_practice_leaves_no_row_in_the_audit_trail(ada: Actor):
    course()
    meet(ada, WRONG)
    before = list(db.session.scalars(select(AuditEntry.id)))
    give(ada, "flooded", "o2")
    services.hint(cards()["exposure"].id, 0, by=ada, now=LATER)

    db.session.remove()
    assert list(db.session.scalars(select(AuditEntry.id))) == before


# --- The queue -------------------------------------------------------------------------------


def test_the_queue_holds_what_is_due_over_all_courses_longest_due_first(ada: Actor):
    course()
    course(id="other")
    meet(ada, {"flooded": "o2"})
    meet(ada, {"exposure": "1"}, "other")

    assert queries.queue(ada, TODAY) == []
    found = cards()
    assert queries.queue(ada, LATER) == [found["exposure"].id, found["flooded"].id]


def test_only_what_went_wrong_due_or_not(ada: Actor):
    course()
    meet(ada, {"flooded": "o2", "exposure": "1"})
    assert queries.queue(ada, TODAY, wrong_only=True) == [cards()["exposure"].id]

    give(ada, "exposure", "10000", TODAY)
    assert queries.queue(ada, TODAY, wrong_only=True) == []


def test_a_question_that_is_no_longer_served_drops_out_and_a_changed_one_stays(ada: Actor):
    course()
    meet(ada, RIGHT)
    kept = cards()["flooded"].question_hash
    changed = make_lesson(
        "second",
        blocks=tuple(
            replace(block, question=replace(block.question, content_hash="b" * 64))
            for block in make_checked_lesson("second").blocks
            if block.kind == "check" and block.question.id == "flooded"
        ),
    )
    course(version="2", lessons=(make_lesson("first"), changed))

    found = cards()
    assert queries.queue(ada, LATER) == [found["flooded"].id]
    assert found["flooded"].question_hash == kept
    with pytest.raises(NotVisible):
        give(ada, "exposure", "10000")
    give(ada, "flooded", "o2")
    assert cards()["flooded"].question_hash == "b" * 64


def test_a_question_that_stands_twice_is_asked_once(ada: Actor):
    section = make_section(make_single("flooded", why="It has happened already."))
    course(quizzes=(make_quiz("checkpoint", sections=(section,)), make_exam()))
    meet(ada, {"flooded": "o2"})
    sit(ada, "checkpoint", {"flooded": "o2"}, TODAY)

    waiting = queries.queue(ada, LATER)
    assert len(waiting) == 1
    services.answer(waiting[0], "o2", "key", by=ada, now=LATER)
    assert queries.queue(ada, LATER) == []


def test_a_course_that_is_hidden_is_not_asked_about(ada: Actor):
    published = course()
    meet(ada, RIGHT)
    learning.publish(replace(published, visibility=Visibility.DRAFT, version="2"), {}, by=ada)
    assert queries.queue(ada, LATER) == []
