"""A question judged anew: what it would change, and carrying it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.accounts import queries as accounts
from app.assessment import queries, services
from app.assessment.forms import REMEDY_NAMES, RegradeForm
from app.assessment.models import Regrade
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.assessment.services import Change, Order
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.web.access import current_actor, requires
from app.web.forms import given

_ADDRESS = "/courses/<course_id>/quizzes/<quiz_id>/questions/<question_id>/regrading"


@bp.get(_ADDRESS)
@requires(Role.AUTHOR, Role.PMO)
def regrading(course_id: str, quiz_id: str, question_id: str) -> ResponseReturnValue:
    """Choose a remedy; with one chosen, who would change and who would pass or fail."""
    question = queries.published_question(course_id, quiz_id, question_id)
    asked = "remedy" in request.args
    form = RegradeForm(question, formdata=request.args if asked else MultiDict())
    chosen = asked and form.remedy.validate(form) and form.option.validate(form)
    if not chosen:
        return _page(course_id, quiz_id, question_id, form), 422 if asked else 200
    order = _order(course_id, quiz_id, question_id, form)
    form.reason.raw_data, form.reason.errors = [], []
    try:
        changes = services.dry_run(order, by=current_actor())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _page(course_id, quiz_id, question_id, form), refusal.status
    return _page(course_id, quiz_id, question_id, form, changes)


@bp.post(_ADDRESS)
@requires(Role.AUTHOR, Role.PMO)
def regrade(course_id: str, quiz_id: str, question_id: str) -> ResponseReturnValue:
    """Carry it out, with the reason."""
    form = RegradeForm(queries.published_question(course_id, quiz_id, question_id))
    if not form.validate():
        return _page(course_id, quiz_id, question_id, form), 422
    order = _order(course_id, quiz_id, question_id, form)
    try:
        services.regrade(order, given(form.reason.data), by=current_actor(), now=clock.now())
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _page(course_id, quiz_id, question_id, form), refusal.status
    flash(_("Judged anew. What changed stands below."), "good")
    here = url_for(
        ".regrading", course_id=course_id, quiz_id=quiz_id, question_id=question_id, _anchor="done"
    )
    return redirect(here)


def _order(course_id: str, quiz_id: str, question_id: str, form: RegradeForm) -> Order:
    return Order(course_id, quiz_id, question_id, form.remedy.data, form.option.data or None)


def _page(
    course_id: str,
    quiz_id: str,
    question_id: str,
    form: RegradeForm,
    changes: Sequence[Change] | None = None,
) -> str:
    course, quiz = queries.published_quiz(course_id, quiz_id)
    done = queries.regrades_of(course_id, quiz_id, question_id)
    matters = [one for one in changes or () if one.matters]
    people = {one.person_id for one in matters}
    owners = queries.owners_of({one.attempt_id for each in done for one in each.outcomes})
    names = accounts.names_of(people | set(owners.values()))
    return render_template(
        "assessment/regrading.html",
        course=course,
        quiz=given(quiz),
        question=queries.published_question(course_id, quiz_id, question_id),
        form=form,
        dry=changes is not None,
        asked=len(changes or ()),
        changes=[{"change": one, "name": names.get(one.person_id, "")} for one in matters],
        would_pass=sum(one.would_pass for one in matters),
        would_fail=sum(one.would_fail for one in matters),
        done=[_told(one, owners, names) for one in done],
        remedy_names=REMEDY_NAMES,
        words=words,
    )


def _told(
    regrade: Regrade, owners: Mapping[int, int], names: Mapping[int, str]
) -> dict[str, object]:
    """A regrade with what it changed."""
    changed = [one for one in regrade.outcomes if one.score_before != one.score_after]
    return {
        "regrade": regrade,
        "changed": [
            {"outcome": one, "name": names.get(owners.get(one.attempt_id, 0), "")}
            for one in changed
        ],
        "asked": len(regrade.outcomes),
        "lost": sum(bool(one.passed_before) and not one.passed_after for one in regrade.outcomes),
    }
