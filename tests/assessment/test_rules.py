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
from app.assessment.rules import (
    Allowance,
    Due,
    Hindrance,
    Obstacle,
    Phase,
    Placed,
    Times,
    Window,
    Worth,
)
from app.assessment.rules.review import PRESETS, both
from app.authoring.document import Feedback, Grading, Navigation, OnTimeout, Question, QuizMode
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
    assert rules.step_of(SLOTS, make_quiz(navigation=navigation)) == steps


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
        ([30], Hindrance(Obstacle.PAUSE, NOW + timedelta(minutes=30))),
        ([60], None),
        ([600, 59], Hindrance(Obstacle.PAUSE, NOW + timedelta(minutes=1))),
        ([900, 600, 59], Hindrance(Obstacle.NONE_LEFT)),
    ],
)
def test_what_keeps_one_from_starting(ended_minutes_ago: list[int], hindrance: Hindrance | None):
    quiz = make_quiz(attempts=3, cooldown=3600)
    ended = [NOW - timedelta(minutes=minutes) for minutes in ended_minutes_ago]
    assert rules.hindrance(quiz, ended, NOW) == hindrance


# --- Conditions ----------------------------------------------------------------------------

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("window", "hindrance"),
    [
        (Window(), None),
        (Window(opens_at=NOW), None),
        (Window(opens_at=NOW + HOUR), Hindrance(Obstacle.NOT_OPEN, NOW + HOUR)),
        (Window(closes_at=NOW + HOUR), None),
        (Window(closes_at=NOW), Hindrance(Obstacle.CLOSED)),
        (Window(NOW - 2 * HOUR, NOW - HOUR), Hindrance(Obstacle.CLOSED)),
    ],
)
def test_a_quiz_is_sat_while_it_is_open(window: Window, hindrance: Hindrance | None):
    assert rules.hindrance(make_quiz(), [], NOW, window) == hindrance


def test_an_extra_attempt_is_one_more():
    quiz = make_quiz(attempts=1)
    assert rules.hindrance(quiz, [NOW], NOW) == Hindrance(Obstacle.NONE_LEFT)
    assert rules.hindrance(quiz, [NOW], NOW, extra_attempts=1) is None


def test_several_grants_are_one():
    granted = rules.combined(
        [
            Allowance(Decimal("1.5"), 1, NOW),
            Allowance(Decimal("1.25"), 2, NOW + HOUR),
            Allowance(),
        ]
    )
    assert granted == Allowance(Decimal("1.5"), 3, NOW + HOUR)
    assert rules.combined([]) == Allowance()


@pytest.mark.parametrize(
    ("limit", "factor", "closes_in", "deadline_in"),
    [
        (3600, "1", None, 60),
        (3600, "1.5", None, 90),
        (3600, "1", 30, 30),
        (3600, "1.25", 70, 70),
        (None, "2", 45, 45),
        (None, "2", None, None),
    ],
)
def test_the_deadline_is_the_earlier_of_ones_own_time_and_the_closing(
    limit: int | None, factor: str, closes_in: int | None, deadline_in: int | None
):
    closes = None if closes_in is None else NOW + timedelta(minutes=closes_in)
    quiz = make_quiz(time_limit=limit)
    found = rules.times(quiz, NOW, Window(closes_at=closes), Decimal(factor)).deadline
    assert found == (None if deadline_in is None else NOW + timedelta(minutes=deadline_in))


def test_a_later_closing_of_ones_own_never_makes_it_earlier():
    window = Window(closes_at=NOW + HOUR)
    for own, closes in ((NOW, NOW + HOUR), (NOW + 2 * HOUR, NOW + 2 * HOUR), (None, NOW + HOUR)):
        assert rules.window_for(window, Allowance(closes_at=own)).closes_at == closes
    assert rules.window_for(Window(), Allowance(closes_at=NOW)).closes_at is None


MINUTES = st.integers(-90, 90).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(MINUTES, MINUTES)
def test_a_clock_set_back_gives_no_time(now: datetime, last_seen: datetime):
    assert rules.settled_clock(now, last_seen) >= last_seen
    assert rules.settled_clock(now, None) == now


@pytest.mark.parametrize(
    ("on_timeout", "overdue", "minute", "due"),
    [
        (OnTimeout.SUBMIT, False, -1, None),
        (OnTimeout.SUBMIT, False, 0, Due.SUBMITTED),
        (OnTimeout.GRACE, False, -1, None),
        (OnTimeout.GRACE, False, 0, Due.OVERDUE),
        (OnTimeout.GRACE, True, 4, None),
        (OnTimeout.GRACE, True, 5, Due.ABANDONED),
        (OnTimeout.GRACE, False, 5, Due.ABANDONED),
        (OnTimeout.ABANDON, False, -1, None),
        (OnTimeout.ABANDON, False, 5, Due.ABANDONED),
    ],
)
def test_what_is_due_for_an_attempt_that_nobody_handed_in(
    on_timeout: OnTimeout, overdue: bool, minute: int, due: Due | None
):
    times = Times(NOW, NOW + timedelta(minutes=5))
    now = NOW + timedelta(minutes=minute)
    assert rules.due(on_timeout, times, overdue=overdue, now=now) is due
    assert rules.due(on_timeout, Times(None, None), overdue=False, now=now) is None


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


# --- What a review shows -------------------------------------------------------------------


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
    def seen(phase: Phase, *, another_open: bool = False) -> rules.Disclosure:
        return rules.disclosure(
            QuizMode.EXAM, feedback, phase, passed=passed, another_open=another_open
        )

    assert seen(Phase.AFTER_CLOSE).right_answer is visible
    assert seen(Phase.DURING) == rules.NOTHING
    assert not seen(Phase.AFTER_CLOSE, another_open=True).right_answer
    for still_open in (Phase.JUST_AFTER, Phase.LATER):
        assert not seen(still_open).attempt
        assert seen(still_open).overall


@pytest.mark.parametrize("phase", [Phase.JUST_AFTER, Phase.LATER, Phase.AFTER_CLOSE])
def test_a_checkpoint_explains_at_once_even_while_it_is_open_to_others(phase: Phase):
    shown = rules.disclosure(
        QuizMode.CHECKPOINT, Feedback.AFTER_SUBMIT, phase, passed=False, another_open=False
    )
    assert shown == rules.EVERYTHING


def test_a_checkpoint_that_waits_for_the_pass_tells_how_it_went_and_no_key():
    shown = rules.disclosure(
        QuizMode.CHECKPOINT,
        Feedback.AFTER_PASS,
        Phase.AFTER_CLOSE,
        passed=False,
        another_open=False,
    )
    assert (shown.correctness, shown.marks, shown.option_feedback) == (True, True, True)
    assert (shown.right_answer, shown.general_feedback) == (False, False)


@given(
    st.sampled_from(QuizMode),
    st.sampled_from(Feedback),
    st.sampled_from(Phase),
    st.booleans(),
    st.booleans(),
)
def test_nothing_widens_what_a_preset_shows(
    mode: QuizMode, feedback: Feedback, phase: Phase, passed: bool, another_open: bool
):
    shown = rules.disclosure(mode, feedback, phase, passed=passed, another_open=another_open)
    preset = PRESETS[mode][phase]
    assert both(shown, preset) == shown
    if another_open or phase is Phase.DURING:
        assert not shown.right_answer
        assert not shown.correctness


@pytest.mark.parametrize(
    ("ended", "closing", "phase"),
    [
        (None, None, Phase.DURING),
        (NOW, None, Phase.AFTER_CLOSE),
        (NOW, NOW + HOUR, Phase.JUST_AFTER),
        (NOW - timedelta(seconds=119), NOW + HOUR, Phase.JUST_AFTER),
        (NOW - timedelta(minutes=2), NOW + HOUR, Phase.LATER),
        (NOW - HOUR, NOW, Phase.AFTER_CLOSE),
    ],
)
def test_phases(ended: datetime | None, closing: datetime | None, phase: Phase):
    assert rules.phase(ended, closing, NOW) is phase
