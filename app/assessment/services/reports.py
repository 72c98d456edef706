"""A learner reports a question; somebody who answers for it decides."""

from __future__ import annotations

from datetime import datetime

from app.assessment import queries
from app.assessment.models import QuestionReport, ReportState
from app.core import audit, db
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def report(attempt_id: int, number: int, text: str, *, by: Actor, now: datetime) -> None:
    """Say what is wrong with a question of one's own attempt, once.

    Raises:
        NotVisible: the attempt is not the actor's, or its questions are not shown.
        Conflict: it was reported already.
    """
    if not text.strip():
        raise Invalid(_("Say what is wrong with the question."), field="text")
    with db.transaction():
        sitting = queries.sitting_for(by, attempt_id)
        if not queries.disclosure_of(sitting.attempt, sitting.quiz, now).attempt:
            raise NotVisible(_("There is no such question."))
        slot = sitting.slot(number)
        new = db.insert_once(
            QuestionReport,
            slot_id=slot.id,
            course_id=sitting.attempt.course_id,
            text=text.strip(),
            made_at=now,
            state=ReportState.OPEN,
        )
        if not new:
            raise Conflict(_("You have reported this question already."))
        audit.record(by, "question.report", f"attempt:{attempt_id}", question=slot.question_id)


def answer_report(report_id: int, *, upheld: bool, answer: str, by: Actor, now: datetime) -> None:
    """Tell the learner what becomes of a report.

    Raises:
        Conflict: it was answered already.
    """
    if not by.has(Role.AUTHOR, Role.PMO):
        raise NotAllowed(_("Only authors and the PMO answer reports."))
    if not answer.strip():
        raise Invalid(_("Tell the learner what becomes of it."), field="answer")
    with audit.act(by, "report.answer", f"report:{report_id}", upheld=upheld) as session:
        found = session.get(QuestionReport, report_id, with_for_update=True)
        if found is None:
            raise NotVisible(_("There is no such report."))
        if found.state is not ReportState.OPEN:
            raise Conflict(_("This report was answered already."))
        found.state = ReportState.UPHELD if upheld else ReportState.DISMISSED
        found.answer, found.answered_by_id, found.answered_at = answer.strip(), by.person_id, now
