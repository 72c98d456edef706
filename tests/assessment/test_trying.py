"""Practice: answers checked one by one, hints for a price, a second try, and none for exams."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.assessment import queries, rules, services
from app.assessment.models import AnswerTry
from app.assessment.services import NotChecked, Save, Settled
from app.authoring.document import ChoiceQuestion, Feedback, Question, QuizMode
from app.core import db
from app.core.errors import Invalid, NotVisible
from app.core.policy import Actor
from app.practice import queries as cards
from app.practice import services as practice
from tests.assessment.questions import essay, multiple, number, option, single, truefalse
from tests.assessment.quizzes import COURSE, NOW, QUIZ, learner, publish_exam, row, sitting, start
from tests.cast import PASSWORD, make_person
from tests.learning.courses import make_course, make_exam, make_section, publish
from tests.visitor import Visitor

# --- Rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tries", "hints", "worth"),
    [(0, 0, 1), (1, 0, 1), (2, 0, Fraction(2, 3)), (2, 1, Fraction(1, 3)), (2, 5, 0)],
)
def test_hints_and_further_tries_take_a_third_off(tries: int, hints: int, worth: Fraction):
    assert rules.worth(Fraction(1), tries, hints) == worth


@given(st.fractions(0, 1), st.integers(0, 4), st.integers(0, 4))
def test_help_never_adds_and_nothing_is_worth_less_than_nothing(
    credit: Fraction, tries: int, hints: int
):
    earned = rules.worth(credit, tries, hints)
    assert 0 <= earned <= credit
    assert rules.worth(credit, tries + 1, hints) <= earned
    assert rules.worth(credit, tries, hints + 1) <= earned


def choice_of(options: int) -> ChoiceQuestion:
    wrong = tuple(option(f"b{n}") for n in range(2, options + 1))
    return single(options=(option("a", True), *wrong))


@pytest.mark.parametrize(
    ("question", "tries", "again"),
    [
        (choice_of(4), 1, True),
        (choice_of(4), 2, False),
        (choice_of(2), 1, False),
        (truefalse(), 1, False),
        (multiple(), 1, True),
        (number(), 1, True),
        (number(), 2, False),
    ],
)
def test_who_may_try_again(question: Question, tries: int, again: bool):
    assert rules.another_try(question, tries) is again


# --- Acts ------------------------------------------------------------------------------------


def practise(*asked: Any, **values: Any) -> None:
    publish_exam(*asked, **{"mode": QuizMode.PRACTICE, "feedback": Feedback.IMMEDIATE, **values})


@pytest.fixture
def ada(app: Flask) -> Actor:
    return learner()


def answered(by: Actor, attempt_id: int, answer: Any, slot: int = 1) -> None:
    kept = sitting(by, attempt_id).slot(slot)
    services.save(attempt_id, slot, Save(answer, kept.sequence + 1), by=by, now=NOW)
    services.check(attempt_id, slot, by=by, now=NOW)


def tries(attempt_id: int) -> list[tuple[int, Any, Decimal]]:
    db.session.remove()
    query = select(AnswerTry).order_by(AnswerTry.id)
    return [(one.number, one.answer, one.credit) for one in db.session.scalars(query)]


def test_right_at_once_counts_in_full_and_takes_no_further_answer(ada: Actor):
    practise(single())
    attempt_id = start(ada)
    answered(ada, attempt_id, "a")
    with pytest.raises(Settled):
        services.save(attempt_id, 1, Save("b", 2), by=ada, now=NOW)
    services.submit(attempt_id, by=ada, now=NOW)

    assert row(attempt_id).score == 1
    assert tries(attempt_id) == [(1, "a", 1)]


def test_a_second_try_counts_a_third_less_and_is_the_last(ada: Actor):
    practise(multiple())
    attempt_id = start(ada)
    answered(ada, attempt_id, ["a"])
    answered(ada, attempt_id, ["a", "b"])
    services.submit(attempt_id, by=ada, now=NOW)

    assert row(attempt_id).score == Decimal("0.666666")
    assert [number for number, _answer, _credit in tries(attempt_id)] == [1, 2]


def test_the_same_answer_checked_twice_is_one_try(ada: Actor):
    practise(multiple())
    attempt_id = start(ada)
    answered(ada, attempt_id, ["a"])
    services.check(attempt_id, 1, by=ada, now=NOW)

    assert sitting(ada, attempt_id).slot(1).tries == 1


def test_an_answer_changed_after_a_check_and_handed_in_is_a_further_try(ada: Actor):
    practise(multiple(), number())
    attempt_id = start(ada)
    answered(ada, attempt_id, ["a"])
    services.save(attempt_id, 1, Save(["a", "b"], 2), by=ada, now=NOW)
    services.submit(attempt_id, by=ada, now=NOW)

    slot = sitting(ada, attempt_id).slot(1)
    assert (slot.tries, slot.credit) == (2, Decimal("0.666666"))


def test_what_was_never_checked_counts_as_in_any_quiz(ada: Actor):
    practise(single())
    attempt_id = start(ada)
    services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW)
    services.submit(attempt_id, by=ada, now=NOW)

    assert row(attempt_id).score == 1


def test_each_hint_takes_a_third_off_and_unfolding_it_again_nothing(ada: Actor):
    practise(single(hints_html=("<p>One.</p>", "<p>Two.</p>")))
    attempt_id = start(ada)
    services.unfold_hint(attempt_id, 1, 0, by=ada, now=NOW)
    services.unfold_hint(attempt_id, 1, 0, by=ada, now=NOW)
    answered(ada, attempt_id, "a")
    services.unfold_hint(attempt_id, 1, 1, by=ada, now=NOW)  # settled: it costs no more
    services.submit(attempt_id, by=ada, now=NOW)

    assert sitting(ada, attempt_id).slot(1).hints == 1
    assert row(attempt_id).score == Decimal("0.666666")


def test_nothing_is_checked_without_an_answer(ada: Actor):
    practise(single())
    attempt_id = start(ada)
    with pytest.raises(Invalid):
        services.check(attempt_id, 1, by=ada, now=NOW)

    assert sitting(ada, attempt_id).slot(1).tries == 0


@pytest.mark.parametrize(
    "conditions",
    [
        {"mode": QuizMode.EXAM, "feedback": Feedback.IMMEDIATE},
        {"mode": QuizMode.CHECKPOINT, "feedback": Feedback.IMMEDIATE},
        {"mode": QuizMode.PRACTICE, "feedback": Feedback.AFTER_SUBMIT},
    ],
)
def test_only_practice_with_feedback_at_once_is_checked(ada: Actor, conditions: dict[str, Any]):
    publish_exam(single(), **conditions)
    attempt_id = start(ada)
    services.save(attempt_id, 1, Save("a", 1), by=ada, now=NOW)
    with pytest.raises(NotChecked):
        services.check(attempt_id, 1, by=ada, now=NOW)
    with pytest.raises(NotChecked):
        services.unfold_hint(attempt_id, 1, 0, by=ada, now=NOW)


def test_an_essay_waits_for_a_marker_in_practice_too(ada: Actor):
    practise(essay())
    attempt_id = start(ada)
    services.save(attempt_id, 1, Save("Words.", 1), by=ada, now=NOW)
    with pytest.raises(NotChecked):
        services.check(attempt_id, 1, by=ada, now=NOW)


def test_practice_tells_nothing_that_an_open_exam_asks(ada: Actor):
    same = single()
    quizzes = (
        make_exam(
            QUIZ,
            sections=(make_section(same),),
            mode=QuizMode.PRACTICE,
            feedback=Feedback.IMMEDIATE,
        ),
        make_exam("final", sections=(make_section(replace(same, id="the-same")),)),
    )
    publish(make_course(COURSE, quizzes=quizzes, awards=(), certificate=None, modules=()))
    practice_id = start(ada)
    services.save(practice_id, 1, Save("a", 1), by=ada, now=NOW)
    exam_id = services.start(COURSE, "final", by=ada, now=NOW)
    with pytest.raises(NotChecked):
        services.check(practice_id, 1, by=ada, now=NOW)
    services.submit(practice_id, by=ada, now=NOW)
    handed_in = sitting(ada, practice_id)
    shown = queries.disclosure_of(handed_in.attempt, handed_in.quiz, NOW)
    db.session.remove()
    assert (shown.attempt, shown.right_answer) == (True, False)

    services.submit(exam_id, by=ada, now=NOW)
    assert queries.disclosure_of(handed_in.attempt, handed_in.quiz, NOW).right_answer


def test_somebody_elses_attempt_is_not_checked(ada: Actor):
    practise(single())
    attempt_id = start(ada)
    with pytest.raises(NotVisible):
        services.check(attempt_id, 1, by=learner("Eve Stranger"), now=NOW)


def test_a_card_remembers_that_help_was_needed(ada: Actor):
    practise(multiple())
    attempt_id = start(ada)
    answered(ada, attempt_id, ["a"])
    answered(ada, attempt_id, ["a", "b"])
    services.submit(attempt_id, by=ada, now=NOW)
    assert ada.person_id is not None
    practice.collect(ada.person_id, NOW)

    (card,) = cards.cards_in(ada.person_id, {COURSE}).values()
    assert (card.rating, card.credit) == ("hard", Decimal("0.666666"))


# --- Pages -----------------------------------------------------------------------------------


def test_the_page_asks_again_and_then_explains(app: Flask):
    practise(multiple())
    make_person("Ada Lovelace")
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    address = visitor.send(f"/courses/{COURSE}/quizzes/{QUIZ}/attempts").location
    first = visitor.open(address)
    assert "Secret" not in first.text
    hinted = visitor.send(f"{address}/answers", part="1", n1="0", a1="a", go="hint-1")
    assert hinted.location.endswith("#q1")
    shown = visitor.open(address)
    assert "Secret hint." in shown.text
    assert "Secret why." not in shown.text

    visitor.send(f"{address}/answers", part="1", n1="1", a1="a", go="check-1")
    again = visitor.open(address)
    assert "One more try." in again.text
    assert "Secret why." not in again.text
    visitor.send(f"{address}/answers", part="1", n1="1", a1="c", go="check-1")
    settled = visitor.open(address)
    assert "Secret why." in settled.text
    assert settled.soup.find("input", {"name": "a1", "disabled": False}) is None
    empty = visitor.send(f"{address}/answers", part="1", go="finish")
    assert empty.status == 302


def test_a_check_of_nothing_says_what_to_do(app: Flask):
    practise(single())
    make_person("Ada Lovelace")
    visitor = Visitor(app)
    visitor.log_in("ada@example.com", PASSWORD)
    address = visitor.send(f"/courses/{COURSE}/quizzes/{QUIZ}/attempts").location
    visitor.open(address)
    refused = visitor.send(f"{address}/answers", part="1", n1="0", go="check-1")
    assert refused.status == 422
    assert "Choose or enter an answer first." in refused.text
