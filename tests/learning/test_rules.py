"""Progress and changes, by table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.authoring.document import CourseCompletion, Module, QuizMode
from app.learning.rules.changes import changed_questions
from app.learning.rules.progress import (
    ItemState,
    Standing,
    checks_done,
    is_finished,
    outline,
    where_to_go_on,
)
from tests.learning.courses import (
    make_checked_lesson,
    make_course,
    make_lesson,
    make_quiz,
    make_section,
    make_single,
)

COURSE = make_course()
FIRST, SECOND = COURSE.lessons
READ_FIRST = {"first": {FIRST.content_hash}}
READ_BOTH = {**READ_FIRST, "second": {SECOND.content_hash}}


def test_the_outline_shows_what_is_done():
    found = outline(COURSE, Standing({**READ_FIRST, "second": {"an older hash"}}, {"checkpoint"}))

    assert [item.state for item in found.items()] == [
        ItemState.DONE,
        ItemState.CHANGED,
        ItemState.DONE,
        ItemState.OPEN,
    ]
    assert (found.done, found.total, found.share) == (2, 4, 0.5)
    assert found.next is not None
    assert found.next.id == "second"


def test_around_an_item():
    found = outline(COURSE, Standing())

    before, after = found.around("second")
    assert (before and before.id, after and after.id) == ("first", "checkpoint")
    assert found.around("first")[0] is None
    assert found.around("exam")[1] is None


@pytest.mark.parametrize(
    ("last", "standing", "expected"),
    [
        (None, Standing(), "first"),
        ("second", Standing(), "second"),
        ("first", Standing(READ_FIRST), "second"),
        ("second", Standing({"second": {SECOND.content_hash}}), "checkpoint"),
        ("second", Standing({"second": READ_BOTH["second"]}, {"checkpoint", "exam"}), "first"),
        ("gone", Standing(READ_FIRST), "second"),
        ("first", Standing(READ_BOTH, {"checkpoint", "exam"}), None),
    ],
)
def test_where_to_go_on(last: str | None, standing: Standing, expected: str | None):
    item = where_to_go_on(outline(COURSE, standing), last)

    assert (item.id if item else None) == expected


@pytest.mark.parametrize(
    ("lessons", "quizzes", "standing", "finished"),
    [
        ("all", "passed", Standing(READ_BOTH, {"checkpoint", "exam"}), True),
        ("all", "passed", Standing(READ_BOTH, {"exam"}), False),
        ("all", "passed", Standing(READ_FIRST, {"checkpoint", "exam"}), False),
        ("none", "passed", Standing({}, {"checkpoint", "exam"}), True),
        ("all", "none", Standing(READ_BOTH), True),
        ("all", "attempted", Standing(READ_BOTH, set(), {"checkpoint", "exam"}), True),
        ("all", "attempted", Standing(READ_BOTH, {"exam"}, set()), False),
        ("none", "none", Standing(), True),
    ],
)
def test_when_a_course_is_finished(lessons: Any, quizzes: Any, standing: Standing, finished: bool):
    course = make_course(completion=CourseCompletion(lessons, quizzes))

    assert is_finished(course, outline(course, standing)) is finished


def test_practice_is_done_when_tried_and_never_has_to_be():
    practice = make_quiz("practice", mode=QuizMode.PRACTICE)
    course = make_course(
        quizzes=(practice,), modules=(Module(None, ("first", "second", "practice")),)
    )

    untried = outline(course, Standing(READ_BOTH))
    assert is_finished(course, untried) is True
    assert untried.done == 2
    assert outline(course, Standing(READ_BOTH, set(), {"practice"})).done == 3


def test_checks_are_done_when_each_is_right():
    lesson = make_checked_lesson()
    hashes = [block.question.content_hash for block in lesson.blocks if block.kind == "check"]

    assert checks_done(lesson, hashes) is True
    assert checks_done(lesson, hashes[:1]) is False
    assert checks_done(make_lesson(), []) is True


def test_questions_are_the_same_only_in_the_same_place():
    before = make_course(quizzes=(make_quiz("a", sections=(make_section(make_single("q")),)),))
    moved = replace(before, quizzes=(replace(before.quizzes[0], id="b"),))

    difference = changed_questions(before, moved)

    assert difference.new == ("b/q",)
    assert difference.removed == ("a/q",)
