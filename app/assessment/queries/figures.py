"""First attempts as the statistics of a quiz take them: no names leave this module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from app.assessment.models import Attempt, AttemptSlot, AttemptState
from app.assessment.queries.offers import published_quiz
from app.assessment.queries.sittings import questions
from app.assessment.rules.statistics import Item, Sat
from app.authoring.document import Course, Question, Quiz
from app.core import db


def first_attempts(course_id: str, quiz_id: str | None) -> list[Sat]:
    """The first graded attempt of each person at a quiz, in one statement.

    Args:
        quiz_id: None for every quiz of the course, each with its own first attempt.
    """
    found: dict[int, list[Item]] = defaultdict(list)
    for attempt_id, question_id, credit, points, unscored, answer in db.session.execute(
        _slots(course_id, quiz_id)
    ):
        most = float(points)
        mark = float(credit or 0) * most
        found[attempt_id].append(Item(question_id, mark, most, _chosen(answer), not unscored))
    return [Sat(tuple(items)) for items in found.values()]


def _slots(course_id: str, quiz_id: str | None) -> Select[Any]:
    graded = (Attempt.course_id == course_id) & (Attempt.state == AttemptState.GRADED)
    if quiz_id is not None:
        graded &= Attempt.quiz_id == quiz_id
    first = (
        select(func.min(Attempt.number), Attempt.person_id, Attempt.quiz_id)
        .where(graded)
        .group_by(Attempt.person_id, Attempt.quiz_id)
        .subquery()
    )
    number, person_id, of_quiz = first.c
    return (
        select(
            Attempt.id,
            AttemptSlot.question_id,
            AttemptSlot.credit,
            AttemptSlot.points,
            AttemptSlot.unscored,
            AttemptSlot.answer,
        )
        .join(AttemptSlot, AttemptSlot.attempt_id == Attempt.id)
        .join(
            first,
            (Attempt.number == number)
            & (Attempt.person_id == person_id)
            & (Attempt.quiz_id == of_quiz),
        )
        .where(graded)
        .order_by(Attempt.id, AttemptSlot.number)
    )


def _chosen(answer: Any) -> frozenset[str]:
    """Options of an answer to a choice; of other answers nothing."""
    if isinstance(answer, str):
        return frozenset([answer])
    if isinstance(answer, list):
        return frozenset(one for one in answer if isinstance(one, str))
    return frozenset()


def quiz_with_questions(
    course_id: str, quiz_id: str
) -> tuple[Course, Quiz, Mapping[str, Question]]:
    """A quiz as it is published now and its questions by id, or NotVisible."""
    course, quiz = published_quiz(course_id, quiz_id)
    assert quiz is not None
    return course, quiz, questions(quiz)
