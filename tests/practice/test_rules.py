"""When questions come back, how able somebody is, and how ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.document import Quiz, Review
from app.practice import rules
from app.practice.rules import Answered, Rating, rasch
from app.practice.rules.rasch import Response
from app.practice.rules.readiness import passes
from tests.learning.courses import (
    make_course,
    make_essay,
    make_exam,
    make_number,
    make_section,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)

# --- Scheduling ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credit", "tries", "hints", "rating"),
    [
        (Fraction(1), 1, 0, Rating.GOOD),
        (Fraction(1), 1, 1, Rating.HARD),
        (Fraction(1), 2, 0, Rating.HARD),
        (Fraction(1), 2, 2, Rating.HARD),
        (Fraction(1, 2), 1, 0, Rating.AGAIN),
        (Fraction(0), 2, 0, Rating.AGAIN),
    ],
)
def test_how_an_answer_is_rated(credit: Fraction, tries: int, hints: int, rating: Rating):
    assert rules.rate(credit, tries, hints) is rating


def test_intervals_grow_with_success_and_fall_with_failure():
    memory = rules.remember(None, Rating.GOOD, NOW)
    intervals = [(memory.due_on - NOW.date()).days]
    for _time in range(4):
        at = datetime.combine(memory.due_on, NOW.timetz())
        memory = rules.remember(memory, Rating.GOOD, at)
        intervals.append((memory.due_on - at.date()).days)

    at = datetime.combine(memory.due_on, NOW.timetz())
    failed = rules.remember(memory, Rating.AGAIN, at)

    assert intervals == sorted(set(intervals))
    assert intervals[0] >= 1
    assert (failed.due_on - at.date()).days < intervals[-1]


ratings = st.sampled_from([Rating.AGAIN, Rating.HARD, Rating.GOOD])


@given(st.lists(st.tuples(ratings, st.integers(-2, 60)), max_size=8), st.integers(0, 90))
def test_a_better_answer_never_comes_back_sooner_and_never_the_same_day(
    history: list[tuple[Rating, int]], later: int
):
    memory, at = None, NOW
    for rating, days in history:
        at += timedelta(days=days)
        memory = rules.remember(memory, rating, at)
    at = max(at, memory.answered_at if memory else at) + timedelta(days=later)

    due: list[date] = [
        rules.remember(memory, rating, at).due_on
        for rating in (Rating.AGAIN, Rating.HARD, Rating.GOOD)
    ]

    assert due == sorted(due)
    assert at.date() < due[0]
    assert due[-1] <= at.date() + timedelta(days=366)


# --- Ability ---------------------------------------------------------------------------------

difficulties = st.floats(-4, 4)
credits = st.floats(0, 1)
responses = st.lists(st.builds(Response, difficulties, credits), max_size=30)


@given(responses.filter(bool), st.data())
def test_a_better_answer_never_lowers_ability(answers: list[Response], data: st.DataObject):
    place = data.draw(st.integers(0, len(answers) - 1))
    better = data.draw(st.floats(answers[place].credit, 1))
    after = [*answers]
    after[place] = replace(answers[place], credit=better)

    assert rasch.ability(after).mean >= rasch.ability(answers).mean - 1e-9


@given(responses, difficulties)
def test_one_more_right_answer_never_lowers_ability_and_one_more_wrong_never_raises_it(
    answers: list[Response], hard: float
):
    before = rasch.ability(answers).mean
    assert rasch.ability([*answers, Response(hard, 1)]).mean >= before - 1e-9
    assert rasch.ability([*answers, Response(hard, 0)]).mean <= before + 1e-9


@given(responses)
def test_more_answers_leave_less_doubt_and_quantiles_are_in_order(answers: list[Response]):
    able = rasch.ability(answers)
    assert able.deviation <= 1 + 1e-6
    assert able.quantile(0.05) < able.quantile(0.5) < able.quantile(0.95)


def test_without_answers_ability_is_that_of_everybody():
    able = rasch.ability([])
    assert able.mean == pytest.approx(0, abs=1e-9)
    assert able.deviation == pytest.approx(1, abs=1e-3)
    assert able.quantile(0.95) == pytest.approx(1.645, abs=0.01)


def test_ability_is_that_of_the_formula():
    """One right and one wrong answer, by an integral with steps of a thousandth."""

    def height(theta: float) -> float:
        right, wrong = rasch.chance(theta, -0.5), 1 - rasch.chance(theta, 1.0)
        return right * wrong * 2.718281828459045 ** (-theta * theta / 2)

    points = [step / 1000 for step in range(-6000, 6001)]
    mean = sum(p * height(p) for p in points) / sum(map(height, points))

    able = rasch.ability([Response(-0.5, 1), Response(1.0, 0)])
    assert able.mean == pytest.approx(mean, abs=1e-3)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_question_is_the_harder_the_fewer_get_it_right(answers: int, right: int):
    right = min(right, answers)
    here = rules.difficulty(answers, right)
    assert rules.difficulty(answers + 1, right) > here
    assert rules.difficulty(answers + 1, right + 1) < here or right == answers == 0
    assert rules.difficulty(answers, answers - right) == pytest.approx(-here)


def test_difficulty_finds_what_answers_were_made_with():
    """The share of right answers over a standard normal ability, by a sum."""
    weights = [2.718281828459045 ** (-((step / 50) ** 2) / 2) for step in range(-300, 301)]
    for true in (-2.0, -0.5, 0.0, 1.0, 2.0):
        pairs = zip(range(-300, 301), weights, strict=True)
        right = sum(w * rasch.chance(step / 50, true) for step, w in pairs)
        found = rules.difficulty(100_000, 100_000 * right / sum(weights))
        assert found == pytest.approx(true, abs=0.05)


# --- Readiness -------------------------------------------------------------------------------


def exam(count: int = 6, **overrides: object) -> Quiz:
    asked = tuple(
        replace(make_number(f"n{number}"), domain="plan" if number % 2 else "identify")
        for number in range(count)
    )
    return make_exam(sections=(make_section(*asked),), **overrides)


def answers_to(count: int, credit: float, domain: str = "plan") -> list[Answered]:
    question = replace(make_number("met"), review=Review("second", None))
    return [Answered(question, domain, 0.0, credit, credit == 1) for _number in range(count)]


def test_passing_is_the_sum_over_all_ways_to_pass():
    quiz = exam(4, pass_mark=Decimal("0.75"))
    hard = {
        question.content_hash: number / 2
        for number, question in enumerate(quiz.sections[0].questions)
    }
    chances = [rasch.chance(0.3, value) for value in hard.values()]
    wanted = 0.0
    for way in product((0, 1), repeat=4):
        if sum(way) >= 3:
            probability = 1.0
            for right, chance in zip(way, chances, strict=True):
                probability *= chance if right else 1 - chance
            wanted += probability

    assert passes(quiz, hard, 0.3) == pytest.approx(wanted)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_passing_grows_with_ability(one: float, other: float):
    low, high = sorted((one, other))
    assert passes(exam(), {}, low) <= passes(exam(), {}, high) + 1e-9


def test_essays_and_questions_on_trial_change_nothing_and_a_draw_asks_as_often_as_it_draws():
    plain = exam(4)
    questions = plain.sections[0].questions
    trial = replace(make_number("trial"), unscored=True)
    more = replace(plain, sections=(make_section(*questions, make_essay(), trial),))
    pool = replace(exam(8), sections=(make_section(*exam(8).sections[0].questions, draw=4),))

    assert passes(more, {}, 0.4) == passes(plain, {}, 0.4)
    assert passes(pool, {}, 0.4) == pytest.approx(passes(plain, {}, 0.4))


def test_nothing_is_said_of_too_few_answers():
    course, quiz = make_course(), exam()
    assert rules.readiness(course, quiz, answers_to(rules.ENOUGH - 1, 1), {}) is None
    assert rules.readiness(course, quiz, answers_to(rules.ENOUGH, 1), {}) is not None


@given(st.integers(0, 24))
def test_more_right_answers_never_make_less_ready(right: int):
    def ready(count: int) -> rules.Readiness:
        answers = [*answers_to(count, 1), *answers_to(25 - count, 0)]
        found = rules.readiness(make_course(), exam(), answers, {})
        assert found is not None
        return found

    before, after = ready(right), ready(right + 1)
    assert 0 <= before.low <= before.probability <= before.high <= 1
    assert after.probability >= before.probability - 1e-9
    assert after.expected >= before.expected - 1e-9


def test_a_weak_domain_is_named_with_the_lessons_that_mend_it():
    course = make_course()
    answers = [*answers_to(15, 1, "identify"), *answers_to(10, 0, "plan")]
    found = rules.readiness(course, exam(), answers, {})

    assert found is not None
    weak, strong = found.domains
    assert (weak.name, weak.weak, weak.lessons) == ("plan", True, ("second",))
    assert (strong.name, strong.weak) == ("identify", False)
    assert weak.expected < strong.expected


def test_domains_without_answers_are_expected_to_go_as_the_rest_does():
    found = rules.readiness(make_course(), exam(), answers_to(25, 1, "elsewhere"), {})
    assert found is not None
    assert [one.answers for one in found.domains] == [0, 0]
    assert found.domains[0].expected == pytest.approx(found.expected, abs=0.05)


def test_a_domain_with_too_few_answers_is_not_called_weak():
    answers = [*answers_to(24, 1, "identify"), *answers_to(2, 0, "plan")]
    found = rules.readiness(make_course(), exam(), answers, {})
    assert found is not None
    assert not any(domain.weak for domain in found.domains)
