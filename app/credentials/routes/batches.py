"""Many certificates at once: ask, watch, stop, take up again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.credentials import queries as certificates
from app.credentials.batches import queries, services
from app.credentials.forms import BatchForm
from app.credentials.models import BatchState
from app.credentials.routes.blueprint import bp
from app.learning import queries as learning
from app.web.access import current_actor, requires


@bp.get("/certificates/batches")
@requires(Role.PMO)
def batches() -> ResponseReturnValue:
    """What was asked for, and a form to ask for more."""
    return _batches_page(BatchForm(_courses(), formdata=None))


def _courses() -> list[tuple[str, str]]:
    """Courses that lead to a certificate, or once did."""
    leading = {one.id for one in learning.published_documents() if one.certificate}
    titles = learning.titles(leading | set(certificates.courses()))
    return sorted(titles.items(), key=lambda pair: pair[1].casefold())


def _batches_page(form: BatchForm) -> str:
    found = queries.batches()
    return render_template(
        "credentials/batches.html",
        form=form,
        batches=found,
        progress=queries.progress([one.id for one in found]),
        titles=dict(_courses()),
    )


@bp.post("/certificates/batches")
@requires(Role.PMO)
def ask_batch() -> ResponseReturnValue:
    """Begin a batch."""
    form = BatchForm(_courses())
    if form.validate():
        try:
            batch = services.ask(form.wanted(), by=current_actor())
        except Invalid as refusal:
            form.refuse(refusal.field, refusal)
        else:
            return redirect(url_for(".batch", batch_id=batch.id))
    return _batches_page(form), 422


@bp.get("/certificates/batches/<int:batch_id>")
@requires(Role.PMO)
def batch(batch_id: int) -> ResponseReturnValue:
    """How far a batch is."""
    found = queries.batch(batch_id)
    return render_template(
        "credentials/batch.html",
        batch=found,
        title=learning.titles([found.course_id]).get(found.course_id, found.course_id),
        progress=queries.progress([batch_id])[batch_id],
        left_out=queries.left_out(batch_id),
        running=found.state is BatchState.RUNNING,
        stopped=found.state is BatchState.STOPPED,
    )


@bp.post("/certificates/batches/<int:batch_id>/stop")
@requires(Role.PMO)
def stop_batch(batch_id: int) -> ResponseReturnValue:
    """Let it rest after the item in hand."""
    services.stop(batch_id, by=current_actor())
    flash(_("The batch rests. What is done stays done."), "good")
    return redirect(url_for(".batch", batch_id=batch_id))


@bp.post("/certificates/batches/<int:batch_id>/resumption")
@requires(Role.PMO)
def resume_batch(batch_id: int) -> ResponseReturnValue:
    """Take it up where it rests."""
    services.resume(batch_id, by=current_actor())
    return redirect(url_for(".batch", batch_id=batch_id))
