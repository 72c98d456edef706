"""Questions judged anew, and questions that learners report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager, defer, selectinload

from app.assessment.models import (
    Attempt,
    AttemptSlot,
    AttemptState,
    QuestionReport,
    Regrade,
    ReportState,
)
from app.assessment.queries.offers import at, published_quiz, quiz_of
from app.assessment.queries.sittings import Sitting, every_attempt, questions, seated, with_slots
from app.authoring import document
from app.authoring.document import Question, Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.learning import queries as learning
from app.learning.models import Revision


def published_question(course_id: str, quiz_id: str, question_id: str) -> Question:
    """A question of a quiz as it is published now, or NotVisible."""
    _course, quiz = published_quiz(course_id, quiz_id)
    if quiz is None or (found := questions(quiz).get(question_id)) is None:
        raise NotVisible(_("There is no such question in this quiz."))
    return found


def graded_with(
    course_id: str, quiz_id: str, question_id: str, *, lock: bool = False
) -> list[Sitting]:
    """Every graded attempt at a quiz that asked a question, oldest first, in a few statements."""
    asked = select(AttemptSlot.attempt_id).where(AttemptSlot.question_id == question_id)
    query = with_slots(every_attempt()).where(
        at(course_id, quiz_id), Attempt.state == AttemptState.GRADED, Attempt.id.in_(asked)
    )
    if lock:
        query = query.with_for_update(of=Attempt).execution_options(populate_existing=True)
    attempts = db.session.scalars(query.order_by(Attempt.id)).all()
    documents = learning.documents([attempt.revision for attempt in attempts])
    return [seated(attempt, documents[attempt.revision_id]) for attempt in attempts]


def regrades_of(course_id: str, quiz_id: str, question_id: str) -> Sequence[Regrade]:
    """What was done to a question so far, newest first, with its outcomes."""
    query = select(Regrade).where(
        Regrade.course_id == course_id,
        Regrade.quiz_id == quiz_id,
        Regrade.question_id == question_id,
    )
    query = query.options(selectinload(Regrade.outcomes)).order_by(Regrade.id.desc())
    return db.session.scalars(query).all()


def owners_of(attempt_ids: Collection[int]) -> dict[int, int]:
    """Whose attempts they are, by attempt."""
    query = select(Attempt.id, Attempt.person_id).where(Attempt.id.in_(attempt_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def reports_in(attempt_id: int) -> dict[int, QuestionReport]:
    """What the learner reported in an attempt, by the slot's number."""
    query = (
        select(AttemptSlot.number, QuestionReport)
        .join(QuestionReport, QuestionReport.slot_id == AttemptSlot.id)
        .where(AttemptSlot.attempt_id == attempt_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with what it is about; who sent it is not told."""

    report: QuestionReport
    slot: AttemptSlot
    course: document.Course
    quiz: Quiz
    question: Question


def reports(*, open_only: bool, page: int, size: int) -> list[Reported]:
    """Reports of questions, open ones first and the oldest of them first; one more than `size`."""
    query = (
        select(QuestionReport)
        .join(QuestionReport.slot)
        .join(AttemptSlot.attempt)
        .join(Attempt.revision)
        .options(
            contains_eager(QuestionReport.slot)
            .contains_eager(AttemptSlot.attempt)
            .contains_eager(Attempt.revision)
            .options(defer(Revision.document))
        )
        .order_by(case((QuestionReport.state == ReportState.OPEN, 0), else_=1), QuestionReport.id)
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    if open_only:
        query = query.where(QuestionReport.state == ReportState.OPEN)
    found = db.session.scalars(query).all()
    documents = learning.documents([one.slot.attempt.revision for one in found])
    return [_reported(one, documents[one.slot.attempt.revision_id]) for one in found]


def _reported(report: QuestionReport, course: document.Course) -> Reported:
    quiz = quiz_of(course, report.slot.attempt.quiz_id)
    question = questions(quiz)[report.slot.question_id]
    return Reported(report, report.slot, course, quiz, question)


def open_reports_count() -> int:
    """How many reports wait for an answer."""
    query = select(func.count()).select_from(QuestionReport)
    return db.session.scalar(query.where(QuestionReport.state == ReportState.OPEN)) or 0
