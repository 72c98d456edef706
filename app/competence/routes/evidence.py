"""Record and withdraw evidence of what one saw somebody do."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.competence import queries, services
from app.competence.forms import EvidenceForm, WithdrawalForm
from app.competence.judging.forms import uploads
from app.competence.judging.services import attach, check_files
from app.competence.routes import bp
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.web.access import current_actor, requires
from app.web.forms import given


@bp.get("/people/<int:person_id>/evidence")
@requires(Role.MENTOR, Role.PMO)
def new_evidence(person_id: int) -> ResponseReturnValue:
    """Record what one saw somebody do."""
    return _evidence_page(person_id, _evidence_form())


@bp.post("/people/<int:person_id>/evidence")
@requires(Role.MENTOR, Role.PMO)
def record_evidence(person_id: int) -> ResponseReturnValue:
    """Keep it; a form sent twice is one judgement."""
    form = _evidence_form()
    if form.validate():
        try:
            files = uploads(form.files)
            check_files(files)
            evidence_id = services.judge(
                person_id,
                given(form.competency.data),
                given(form.level.data),
                form.period(),
                given(form.note.data),
                by=current_actor(),
                since=given(form.first.data),
                request_key=given(form.request_key.data),
            )
            if evidence_id is not None and files:
                attach(evidence_id, files, by=current_actor())
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _evidence_page(person_id, form), refusal.status
        flash(_("Recorded."), "good")
        return redirect(url_for(".person", person_id=person_id))
    return _evidence_page(person_id, form), 422


def _evidence_form() -> EvidenceForm:
    return EvidenceForm(queries.competencies(), clock.today())


def _evidence_page(person_id: int, form: EvidenceForm) -> str:
    subject = queries.subject_for(current_actor(), person_id)
    return render_template("competence/evidence.html", form=form, subject=subject)


@bp.post("/people/<int:person_id>/evidence/<int:evidence_id>/withdrawal")
@requires(Role.MENTOR, Role.PMO)
def withdraw_evidence(person_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence back."""
    queries.check_evidence(person_id, evidence_id)
    form = WithdrawalForm()
    if form.validate():
        services.withdraw_evidence(evidence_id, given(form.reason.data), by=current_actor())
        flash(_("Withdrawn. It stays readable, with your reason."), "good")
    else:
        flash(_("Nothing was withdrawn: say why."), "bad")
    return redirect(url_for(".person", person_id=person_id))
