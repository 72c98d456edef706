"""Marking: essays one at a time, without the name of who wrote them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries, rules, services
from app.assessment.forms import MarkForm
from app.assessment.queries import Essay
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.authoring.document import Criterion
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.web.access import current_actor, requires
from app.web.forms import given


@bp.get("/marking")
@requires(Role.MENTOR)
def marking() -> ResponseReturnValue:
    """Essays that wait, the oldest first."""
    return render_template(
        "assessment/marking.html", essays=queries.waiting_essays(current_actor()), words=words
    )


@bp.get("/marking/<int:slot_id>")
@requires(Role.MENTOR)
def essay(slot_id: int) -> ResponseReturnValue:
    """One essay with its rubric."""
    found = queries.essay_for(current_actor(), slot_id)
    return _essay_page(found, MarkForm.for_criteria(_criteria(found)))


@bp.post("/marking/<int:slot_id>")
@requires(Role.MENTOR)
def mark(slot_id: int) -> ResponseReturnValue:
    """Give it its points, then on to the next."""
    found = queries.essay_for(current_actor(), slot_id)
    form = MarkForm.for_criteria(_criteria(found))
    if form.validate():
        try:
            services.mark(
                slot_id,
                services.Mark(
                    [given(one.data) for one in form.points],
                    (form.comment.data or "").strip(),
                ),
                by=current_actor(),
                now=clock.now(),
                second_wanted=form.second.data and not found.slot.second_wanted,
            )
        except Invalid as refusal:
            form.refuse(refusal.field, refusal)
        else:
            flash(_("Marked. It is released with the rest of the attempt."), "good")
            return redirect(url_for(".marking"))
    return _essay_page(found, form), 422


def _criteria(found: Essay) -> tuple[Criterion, ...]:
    return rules.criteria(found.question, found.slot.points)


def _essay_page(found: Essay, form: MarkForm) -> str:
    return render_template("assessment/essay.html", essay=found, form=form, words=words)
