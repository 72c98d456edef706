"""Draw, steps, times, score and who sees keys: tables, and what holds for every quiz."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment import rules
from app.assessment.rules import Hindrance, Placed, Worth
from app.authoring.document import Feedback, Grading, Navigation, OnTimeout, Question
from tests.assessment.questions import single
from tests.learning.courses import make_quiz, make_section

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def bank(*ids: str) -> tuple[Question, ...]:
    return tuple(replace(single(), id=one) for one in ids)


# --- Draw --------------------------------------------------------------------------------


@given(seed=st.integers(), size=st.integers(1, 8), draw=st.integers(1, 8), shuffle=st.booleans())
def test_a_draw_has_its_size_no_question_twice_and_sections_in_order(
    seed: int, size: int, draw: int, shuffle: bool
):
    pool = bank(*(f"k{number}" for number in range(size)))
    sections = (
        make_section(*pool, draw=min(draw, size)),
        make_section(*bank("fixed", "k0")),
        make_section(*pool, draw=1),
    )
    quiz = make_quiz(sections=sections, shuffle_questions=shuffle)

    drawn = rules.draw(quiz, {}, Random(seed))

    ids = [one.question.id for one in drawn]
    assert len(set(ids)) == len(ids)
    assert {"fixed", "k0"} <= set(ids)
    assert [one.section for one in drawn] == sorted(one.section for one in drawn)
    assert rules.draw(quiz, {}, Random(seed)) == drawn


def test_a_large_pool_leaves_a_small_one_its_questions():
    large = make_section(*bank("a", "b", "c"), draw=2)
    small = make_section(*bank("a"), draw=1)
    for seed in range(30):
        drawn = rules.draw(make_quiz(sections=(large, small)), {}, Random(seed))
        assert [one.section for one in drawn] == [0, 0, 1]


@given(seed=st.integers(), seen=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5)))
def test_avoid_seen_takes_what_was_asked_least(seed: int, seen: dict[str, int]):
    section = make_section(*bank(*"abcdef"), draw=3, avoid_seen=True)
    drawn = rules.draw(make_quiz(sections=(section,)), seen, Random(seed))
    taken = [seen.get(one.question.id, 0) for one in drawn]
    left = [seen.get(key, 0) for key in "abcdef" if key not in {d.question.id for d in drawn}]
    assert max(taken) <= min(left)


# --- Steps and times ---------------------------------------------------------------------

SLOTS = [Placed(1, 0), Placed(2, 0), Placed(3, 2), Placed(4, 5)]


@pytest.mark.parametrize(
    ("navigation", "steps"),
    [
        (Navigation.FREE, {1: 1, 2: 1, 3: 2, 4: 3}),
        (Navigation.SECTIONS, {1: 1, 2: 1, 3: 2, 4: 3}),
        (Navigation.SEQUENTIAL, {1: 1, 2: 2, 3: 3, 4: 4}),
    ],
)
def test_steps_are_sections_or_single_questions(navigation: Navigation, steps: dict[int, int]):
    assert rules.step_of(SLOTS, navigation) == steps


@pytest.mark.parametrize(
    ("limit", "on_timeout", "grace", "deadline", "closes"),
    [
        (None, OnTimeout.SUBMIT, None, None, None),
        (60, OnTimeout.SUBMIT, 30, 60, 60),
        (60, OnTimeout.ABANDON, None, 60, 60),
        (60, OnTimeout.GRACE, 30, 60, 90),
        (60, OnTimeout.GRACE, None, 60, 60),
    ],
)
def test_times_of_an_attempt(
    limit: int | None,
    on_timeout: OnTimeout,
    grace: int | None,
    deadline: int | None,
    closes: int | None,
):
    quiz = make_quiz(time_limit=limit, on_timeout=on_timeout, grace=grace)
    found = rules.times(quiz, NOW)
    after = (deadline, closes)
    assert (found.deadline, found.closes_at) == tuple(
        None if seconds is None else NOW + timedelta(seconds=seconds) for seconds in after
    )


@pytest.mark.parametrize(
    ("ended_minutes_ago", "hindrance"),
    [
        ([], None),
        ([30], Hindrance(NOW + timedelta(minutes=30))),
        ([60], None),
        ([600, 59], Hindrance(NOW + timedelta(minutes=1))),
        ([900, 600, 59], Hindrance(None)),
    ],
)
def test_what_keeps_one_from_starting(ended_minutes_ago: list[int], hindrance: Hindrance | None):
    quiz = make_quiz(attempts=3, cooldown=3600)
    ended = [NOW - timedelta(minutes=minutes) for minutes in ended_minutes_ago]
    assert rules.hindrance(quiz, ended, NOW) == hindrance


# --- Score -------------------------------------------------------------------------------

WORTHS = st.lists(
    st.builds(
        Worth,
        points=st.integers(1, 20).map(Decimal),
        credit=st.fractions(0, 1, max_denominator=30),
        unscored=st.booleans(),
    ),
    max_size=12,
)


@given(WORTHS)
def test_a_share_lies_between_nothing_and_all_and_is_kept_without_rounding_up(
    worths: list[Worth],
):
    share = rules.score(worths).share
    assert 0 <= share <= 1
    assert 0 <= share - Fraction(rules.kept(share)) < Fraction(1, 10**6)


@given(WORTHS, st.randoms())
def test_the_order_of_questions_does_not_change_the_score(worths: list[Worth], random: Random):
    shuffled = random.sample(worths, len(worths))
    assert rules.score(shuffled) == rules.score(worths)


@given(WORTHS, st.integers(1, 20))
def test_one_more_right_answer_never_costs(worths: list[Worth], points: int):
    more = [*worths, Worth(Decimal(points), Fraction(1))]
    assert rules.score(more).share >= rules.score(worths).share


@given(st.integers(0, 40), st.integers(1, 40))
def test_points_of_a_marker_come_back_exactly(halves: int, most: int):
    points = Decimal(min(halves, 2 * most)) / 2
    kept = rules.kept(Fraction(points) / most)
    assert rules.marked_credit(kept, Decimal(most)) * most == Fraction(points)


def test_scores_by_domain():
    worths = [
        Worth(Decimal(1), Fraction(1), domain="Concepts"),
        Worth(Decimal(3), Fraction(0), domain="Concepts"),
        Worth(Decimal(2), Fraction(1, 2), domain="Application"),
        Worth(Decimal(9), Fraction(1), unscored=True, domain="Application"),
        Worth(Decimal(9), Fraction(1)),
    ]
    shares = {domain: score.share for domain, score in rules.by_domain(worths).items()}
    assert shares == {"Concepts": Fraction(1, 4), "Application": Fraction(1, 2)}


@pytest.mark.parametrize(
    ("grading", "result"),
    [
        (Grading.HIGHEST, "0.9"),
        (Grading.LATEST, "0.6"),
        (Grading.FIRST, "0.3"),
        (Grading.AVERAGE, "0.6"),
    ],
)
def test_which_attempt_counts(grading: Grading, result: str):
    shares = [Decimal("0.3"), Decimal("0.9"), Decimal("0.6")]
    assert rules.overall(grading, shares) == Decimal(result)
    assert rules.overall(grading, []) is None


def test_a_fail_is_never_shown_as_a_pass():
    assert rules.shown(Decimal("0.599999")) == Decimal("0.599")


# --- Keys --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feedback", "passed", "visible"),
    [
        (Feedback.IMMEDIATE, False, True),
        (Feedback.AFTER_SUBMIT, None, True),
        (Feedback.AFTER_PASS, True, True),
        (Feedback.AFTER_PASS, False, False),
        (Feedback.AFTER_PASS, None, False),
        (Feedback.NEVER, True, False),
    ],
)
def test_keys_are_shown_as_the_quiz_says(feedback: Feedback, passed: bool | None, visible: bool):
    def seen(*, handed_in: bool, another_open: bool) -> bool:
        return rules.keys_visible(
            feedback, handed_in=handed_in, passed=passed, another_open=another_open
        )

    assert seen(handed_in=True, another_open=False) is visible
    assert not seen(handed_in=False, another_open=False)
    assert not seen(handed_in=True, another_open=True)
