"""Passes that a later judgement took, each for a decision of the PMO."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.assessment import queries, services
from app.assessment.forms import DecisionForm
from app.assessment.routes.blueprint import bp
from app.competence import queries as competence
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.credentials import queries as certificates
from app.learning import queries as learning
from app.web.access import current_actor, requires
from app.web.forms import given

_PAGE = 20


@bp.get("/pass-decisions")
@requires(Role.PMO)
def decisions() -> ResponseReturnValue:
    """Those that wait, and what was decided before."""
    return _decisions_page()


@bp.post("/pass-decisions/<int:decision_id>")
@requires(Role.PMO)
def decide(decision_id: int) -> ResponseReturnValue:
    """Let it stand, or withdraw what the pass earned."""
    queries.decision(decision_id)
    form = DecisionForm()
    if not form.validate():
        return _decisions_page(decision_id, form), 422
    withdraw = form.withdraw.data == "yes"
    try:
        services.decide(
            decision_id,
            withdraw=withdraw,
            reason=given(form.reason.data),
            by=current_actor(),
            now=clock.now(),
        )
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _decisions_page(decision_id, form), refusal.status
    flash(_("Withdrawn.") if withdraw else _("It stands."), "good")
    return redirect(url_for(".decisions"))


def _decisions_page(decided: int | None = None, form: DecisionForm | None = None) -> str:
    page = max(1, request.args.get("page", 1, type=int))
    found = queries.decisions(page=page, size=_PAGE)
    shown = found[:_PAGE]
    attempts = {one.attempt_id for one in shown}
    names = accounts.names_of({one.attempt.person_id for one in shown})
    earned = certificates.of_attempts(attempts)
    evidence = competence.from_sources(f"attempt:{attempt_id}/" for attempt_id in attempts)
    courses = learning.titles({one.attempt.course_id for one in shown})
    return render_template(
        "assessment/decisions.html",
        rows=[
            {
                "one": one,
                "name": names.get(one.attempt.person_id, ""),
                "course": courses.get(one.attempt.course_id, one.attempt.course_id),
                "certificate": earned.get(one.attempt_id),
                "evidence": evidence.get(f"attempt:{one.attempt_id}/", ()),
                "own": current_actor().is_(one.attempt.person_id),
                "form": form if one.id == decided else DecisionForm(formdata=None),
                "refused": one.id == decided,
            }
            for one in shown
        ],
        previous_url=url_for(".decisions", page=page - 1) if page > 1 else None,
        next_url=url_for(".decisions", page=page + 1) if found[_PAGE:] else None,
    )
