"""Questions that learners report, and what becomes of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries, services
from app.assessment.forms import ReportAnswerForm, ReportForm
from app.assessment.routes.blueprint import bp
from app.authoring.grading import grade
from app.core import clock
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.web.access import current_actor, requires, signed_in
from app.web.forms import given

_PAGE = 20


@bp.post("/attempts/<int:attempt_id>/questions/<int:number>/report")
@signed_in
def report(attempt_id: int, number: int) -> ResponseReturnValue:
    """Say what is wrong with a question of one's own attempt."""
    form = ReportForm()
    if form.validate():
        try:
            services.report(
                attempt_id, number, given(form.text.data), by=current_actor(), now=clock.now()
            )
        except Conflict as refusal:
            flash(str(refusal), "info")
        else:
            flash(
                _(
                    "Thank you. Whoever answers for the question reads it; the outcome will stand "
                    "here."
                ),
                "good",
            )
    else:
        queries.sitting_for(current_actor(), attempt_id)
        flash(_("Nothing was sent: say what is wrong with the question."), "bad")
    return redirect(url_for(".review", attempt_id=attempt_id, _anchor=f"q{number}"))


@bp.get("/question-reports")
@requires(Role.AUTHOR, Role.PMO)
def question_reports() -> ResponseReturnValue:
    """What learners find wrong, those that wait for an answer first."""
    return _reports_page()


def _reports_page(answered: int | None = None, form: ReportAnswerForm | None = None) -> str:
    page = max(1, request.args.get("page", 1, type=int))
    found = queries.reports(open_only=False, page=page, size=_PAGE)
    return render_template(
        "assessment/reports.html",
        rows=[
            {
                "one": one,
                "result": grade(one.question, one.slot.answer, language=one.course.language),
                "form": form if one.report.id == answered else ReportAnswerForm(formdata=None),
                "refused": one.report.id == answered,
            }
            for one in found[:_PAGE]
        ],
        previous_url=url_for(".question_reports", page=page - 1) if page > 1 else None,
        next_url=url_for(".question_reports", page=page + 1) if found[_PAGE:] else None,
    )


@bp.post("/question-reports/<int:report_id>")
@requires(Role.AUTHOR, Role.PMO)
def answer_report(report_id: int) -> ResponseReturnValue:
    """Tell the learner what becomes of it."""
    form = ReportAnswerForm()
    if form.validate():
        services.answer_report(
            report_id,
            upheld=form.upheld.data == "yes",
            answer=given(form.answer.data),
            by=current_actor(),
            now=clock.now(),
        )
        flash(_("Answered. The learner finds it beside the question."), "good")
        return redirect(url_for(".question_reports"))
    return _reports_page(report_id, form), 422
