"""Presets complete the front matter of a quiz and never overrule it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.authoring.compiler import compile_course
from app.authoring.document import Break, Quiz
from app.authoring.presets import presets
from app.authoring.schema import QuizMatter
from tests.authoring.courses import KNOWN, QUESTION, small


def compiled(matter: str) -> tuple[Quiz, list[str]]:
    quiz = f"---\nid: exam\nmode: exam\n{matter}---\n# Exam\n\n{QUESTION}"
    result = compile_course(small(quiz=quiz), KNOWN)
    assert result.course is not None, result.diagnostics
    return result.course.quizzes[0], [str(one.code) for one in result.diagnostics]


def test_a_preset_gives_what_the_quiz_leaves_open():
    quiz, _ = compiled("preset: closed-book-60\n")
    assert (quiz.time_limit, quiz.pass_mark, quiz.open_book) == (3600, Decimal("0.6"), False)
    assert quiz.shuffle_questions
    assert quiz.preset == "closed-book-60"
    assert quiz.breaks == ()


def test_what_the_quiz_says_counts_first():
    quiz, _ = compiled("preset: closed-book-60\ntime_limit: 30 min\nshuffle: []\n")
    assert (quiz.time_limit, quiz.pass_mark) == (1800, Decimal("0.6"))
    assert not quiz.shuffle_questions


def test_a_preset_brings_its_breaks():
    quiz, _ = compiled("preset: two-breaks-180\n")
    assert quiz.breaks == (Break(60, 600), Break(120, 600))


def test_an_unknown_preset_is_told_and_changes_nothing():
    quiz, codes = compiled("preset: closed-book-61\n")
    assert codes == ["unknown-preset"]
    assert quiz.time_limit is None


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_preset_holds_keys_of_a_quiz_and_breaks_in_order(name: str):
    preset = presets()[name]
    QuizMatter.model_validate({"id": "exam", "mode": "exam", **preset.values})
    places = [one.after for one in preset.breaks]
    assert places == sorted(set(places))
    assert all(place < preset.questions for place in places)
