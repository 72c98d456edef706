"""First attempts as the statistics of a quiz take them: no names leave this module.

What somebody practises is theirs alone: an attempt counts only if its quiz was no practice in the
revision that it was sat in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select

from app.assessment.models import Attempt, AttemptSlot, AttemptState
from app.assessment.queries.offers import published_quiz
from app.assessment.queries.sittings import questions
from app.assessment.rules.statistics import Item, Occasion, Sat
from app.authoring.document import Course, Question, Quiz, QuizMode
from app.core import db
from app.learning import queries as learning
from app.learning.models import Revision

Sittable = Mapping[tuple[int, str], Quiz]
"""Quizzes by revision and id."""


def first_attempts(course_id: str, quiz_id: str) -> list[Sat]:
    """The first graded attempt of each person at a quiz, in three statements at most."""
    quizzes = {key: quiz for key, quiz in _no_practice(course_id).items() if key[1] == quiz_id}
    return [one.sat for one in _occasions(course_id, quizzes)]


def occasions(course_id: str) -> list[Occasion]:
    """The same at every quiz of a course, oldest first, in three statements at most."""
    return _occasions(course_id, _no_practice(course_id))


def _occasions(course_id: str, quizzes: Sittable) -> list[Occasion]:
    whose: dict[int, tuple[int, str]] = {}
    found: dict[int, list[Item]] = defaultdict(list)
    for row in db.session.execute(_slots(_graded(course_id, quizzes))):
        whose[row.id] = (row.person_id, row.quiz_id)
        found[row.id].append(_item(row, quizzes[row.revision_id, row.quiz_id]))
    return [Occasion(*whose[attempt_id], Sat(tuple(items))) for attempt_id, items in found.items()]


def _item(row: Row[Any], quiz: Quiz) -> Item:
    most = float(row.points)
    return Item(
        row.question_id,
        mark=float(row.credit or 0) * most,
        most=most,
        chosen=_chosen(row.answer),
        scored=not row.unscored,
        drawn_from=row.section if _drawn(quiz, row.section) else None,
    )


def _no_practice(course_id: str) -> Sittable:
    sat = select(Attempt.revision_id).where(Attempt.course_id == course_id)
    query = select(Revision.id, Revision.content_hash).where(Revision.id.in_(sat))
    served = [learning.Served(*row) for row in db.session.execute(query)]
    return {
        (revision_id, quiz.id): quiz
        for revision_id, course in learning.documents(served).items()
        for quiz in course.quizzes
        if quiz.mode is not QuizMode.PRACTICE
    }


def _graded(course_id: str, quizzes: Sittable) -> ColumnElement[bool]:
    by_revision: dict[int, list[str]] = defaultdict(list)
    for revision_id, quiz_id in quizzes:
        by_revision[revision_id].append(quiz_id)
    which = [
        (Attempt.revision_id == revision_id) & Attempt.quiz_id.in_(ids)
        for revision_id, ids in by_revision.items()
    ]
    return and_(
        Attempt.course_id == course_id,
        Attempt.state == AttemptState.GRADED,
        or_(false(), *which),
    )


def _asked() -> ColumnElement[bool]:
    """Not those that a regrade took out: their answers say nothing any more."""
    return ~(AttemptSlot.regraded & AttemptSlot.unscored)


def _slots(graded: ColumnElement[bool]) -> Select[Any]:
    first = (
        select(func.min(Attempt.number).label("number"), Attempt.person_id, Attempt.quiz_id)
        .where(graded)
        .group_by(Attempt.person_id, Attempt.quiz_id)
        .subquery()
    )
    is_first = (
        (Attempt.number == first.c.number)
        & (Attempt.person_id == first.c.person_id)
        & (Attempt.quiz_id == first.c.quiz_id)
    )
    return (
        select(
            Attempt.id,
            Attempt.person_id,
            Attempt.quiz_id,
            Attempt.revision_id,
            AttemptSlot.section,
            AttemptSlot.question_id,
            AttemptSlot.credit,
            AttemptSlot.points,
            AttemptSlot.unscored,
            AttemptSlot.answer,
        )
        .join(AttemptSlot, AttemptSlot.attempt_id == Attempt.id)
        .join(first, is_first)
        .where(graded, _asked())
        .order_by(Attempt.id, AttemptSlot.number)
    )


def _drawn(quiz: Quiz, section: int) -> bool:
    return quiz.sections[section].draw is not None


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


def course_with_questions(course_id: str) -> tuple[Course, Mapping[str, Question]]:
    """A course as it is published now and the questions of its quizzes, practice left out."""
    course, _none = published_quiz(course_id, None)
    asked: dict[str, Question] = {}
    for quiz in course.quizzes:
        if quiz.mode is not QuizMode.PRACTICE:
            asked |= questions(quiz)
    return course, asked
