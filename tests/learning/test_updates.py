"""What a new version asks of those who finished an older one: pure rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.authoring.document import Changes, Course, Effect, Review
from app.learning.rules.progress import Standing
from app.learning.updates.rules import (
    Remaining,
    Update,
    Version,
    remaining,
    tied,
    up_to_date,
    update_of,
)
from tests.learning.courses import (
    make_course,
    make_exam,
    make_lesson,
    make_quiz,
    make_section,
    make_single,
)

FIRST, SECOND, THIRD = make_lesson("first"), make_lesson("second"), make_lesson("third")
ON_FIRST = replace(make_single("on-first"), review=Review("first", None), competency="a")
ON_SECOND = replace(make_single("on-second"), review=Review("second", None), competency="b")
PLAIN = replace(make_single("plain"), review=None, competency="c")
QUIZ = make_quiz("short", sections=(make_section(ON_FIRST, ON_SECOND, PLAIN),))


def reworded(lesson_id: str) -> Any:
    return make_lesson(lesson_id, content_hash=f"new {lesson_id}", competencies=("c",))


def course(
    version: str,
    *,
    since: str | None = None,
    effect: Effect = Effect.DELTA,
    quiz: str | None = "short",
    **overrides: Any,
) -> Course:
    changes = Changes(since, effect, quiz) if since else None
    values = {"lessons": (FIRST, SECOND), "quizzes": (QUIZ, make_exam()), "changes": changes}
    return make_course(version=version, **{**values, **overrides})


def versions(*courses: Course) -> list[Version]:
    return [Version(number, one) for number, one in enumerate(courses, 1)]


V1 = course("1")
V2 = course("2", since="1", lessons=(reworded("first"), SECOND, THIRD))
DELTA = Update(
    effect=Effect.DELTA,
    from_version="1",
    to_version="2",
    revision_id=2,
    lessons=("first", "third"),
    questions=(),
    quizzes=("short",),
)


def test_a_delta_asks_for_changed_and_new_lessons_and_its_quiz():
    assert update_of(versions(V1, V2), 1, 2) == DELTA


def test_whoever_finished_the_new_version_is_asked_for_nothing():
    assert update_of(versions(V1, V2), 2, 2) is None


@pytest.mark.parametrize("changes", [{"since": "1", "effect": Effect.MINOR}, {}])
def test_a_minor_version_or_one_that_says_nothing_leaves_them_done(changes: dict[str, Any]):
    quietly = course("2", lessons=(reworded("first"), SECOND), **changes)
    assert update_of(versions(V1, quietly), 1, 2) is None


def test_a_redo_asks_for_what_renews_the_certificate():
    redo = course(
        "2", since="1", effect=Effect.REDO, quiz=None, lessons=(reworded("first"), SECOND)
    )
    update = update_of(versions(V1, redo), 1, 2)
    assert update is not None
    assert (update.effect, update.lessons, update.quizzes) == (Effect.REDO, ("first",), ("exam",))
    assert not update.short


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"quiz": "short"}, ("short",)),
        ({"quiz": None, "certificate": None}, ("exam",)),
    ],
)
def test_the_quiz_of_a_redo_is_named_or_the_exam(changed: dict[str, Any], asked: tuple[str, ...]):
    redo = course("2", since="1", effect=Effect.REDO, **changed)
    update = update_of(versions(V1, redo), 1, 2)
    assert update is not None and update.quizzes == asked


def test_a_version_speaks_to_those_who_finished_the_one_it_names_or_one_before():
    third = course("3", since="1", lessons=(reworded("first"), SECOND, THIRD))
    assert update_of(versions(V1, course("2"), third), 1, 3) is not None
    assert update_of(versions(V1, course("2"), third), 2, 3) is None


def test_a_minor_version_between_does_not_wipe_out_what_the_one_before_it_asked():
    later = course("3", since="2", effect=Effect.MINOR, lessons=(reworded("first"), SECOND, THIRD))
    update = update_of(versions(V1, V2, later), 1, 3)
    assert update is not None and (update.lessons, update.to_version) == (("first", "third"), "2")


def test_what_a_minor_version_changed_is_not_asked_for_by_a_later_delta():
    minor = course("2", since="1", effect=Effect.MINOR, lessons=(reworded("first"), SECOND))
    delta = course("3", since="2", lessons=(reworded("first"), reworded("second")))
    update = update_of(versions(V1, minor, delta), 1, 3)
    assert update is not None and update.lessons == ("second",)


def test_of_two_versions_both_changes_are_asked_for_and_the_stronger_effect_counts():
    redo = course(
        "3",
        since="2",
        effect=Effect.REDO,
        quiz=None,
        lessons=(reworded("first"), reworded("second"), THIRD),
    )
    update = update_of(versions(V1, V2, redo), 1, 3)
    assert update is not None
    assert update.effect is Effect.REDO
    assert update.lessons == ("first", "second", "third")
    assert update_of(versions(V1, V2, redo), 2, 3) is not None


def test_a_version_published_twice_speaks_once():
    again = replace(V2, summary="Reworded.")
    assert update_of(versions(V1, V2, again), 2, 3) is None
    assert update_of(versions(V1, V2, again), 1, 3) == DELTA


def test_a_version_that_was_taken_back_asks_for_nothing():
    assert update_of(versions(V1, V2), 1, 1) is None


def test_a_lesson_that_has_gone_since_is_not_asked_for():
    gone = course("3", since="2", effect=Effect.MINOR, lessons=(reworded("first"), SECOND))
    update = update_of(versions(V1, V2, gone), 1, 3)
    assert update is not None and update.lessons == ("first",)


# --- The short quiz -------------------------------------------------------------------------------


def test_tied_are_questions_that_lead_to_what_changed_or_changed_themselves():
    assert tied(V2, QUIZ, ("first",), ()) == {"on-first"}
    assert tied(V2, QUIZ, ("first",), ("short/plain",)) == {"on-first", "plain"}
    assert tied(V2, QUIZ, (), ("short/on-second", "exam/plain")) == {"on-second"}


def test_where_none_leads_there_the_competency_of_the_lesson_decides():
    other = replace(QUIZ, sections=(make_section(ON_SECOND, PLAIN),))
    assert tied(V2, other, ("first",), ()) == {"plain"}


def test_without_a_question_tied_to_it_there_is_no_quiz():
    other = replace(QUIZ, sections=(make_section(ON_SECOND),))
    delta = replace(V2, quizzes=(other, make_exam()))
    update = update_of(versions(replace(V1, quizzes=(other, make_exam())), delta), 1, 2)
    assert update is not None and update.quizzes == ()


# --- What is left ---------------------------------------------------------------------------------


def test_what_is_left_shrinks_with_each_lesson_as_it_stands_now():
    old = {"first": {FIRST.content_hash}}
    assert remaining(DELTA, V2, old, ()) == Remaining(("first", "third"), ("short",))
    new = {"first": {"new first"}, "third": {THIRD.content_hash}}
    assert remaining(DELTA, V2, new, ()) == Remaining((), ("short",))
    assert not remaining(DELTA, V2, new, ("short",))


def test_lessons_nobody_asks_for_count_as_done_and_asked_quizzes_only_if_passed_since():
    standing = Standing(
        {"first": {FIRST.content_hash}, "second": {"old"}}, {"short", "exam"}, {"short", "exam"}
    )
    seen = up_to_date(V2, standing, DELTA)
    assert seen.completed == {
        "first": {FIRST.content_hash},
        "second": {"old", SECOND.content_hash},
    }
    assert (set(seen.passed), set(seen.attempted)) == ({"exam"}, {"exam"})
    assert set(up_to_date(V2, standing, DELTA, {"short"}).passed) == {"short", "exam"}
