"""Pages of assessment by people: ask, the assessors' queue, a request with its decisions."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.competence import queries as competence
from app.competence.judging import queries, services
from app.competence.judging.forms import (
    STATE_NAMES,
    STATE_TONES,
    TURN_NAMES,
    AppealForm,
    DecisionForm,
    RequestForm,
    decision_form,
    uploads,
)
from app.competence.judging.models import AssessmentRequest
from app.competence.judging.rules import RequestState, may_appeal, may_follow, turn_of
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.web.access import current_actor, requires, signed_in
from app.web.forms import given
from app.web.pages import attachment

bp = Blueprint("judging", __name__, template_folder="templates")

_MOST = 100


@bp.get("/competencies/assessments")
@signed_in
def overview() -> ResponseReturnValue:
    """What one asked for; for mentors also what waits for them."""
    actor = current_actor()
    waiting = queries.waiting_for(actor, _MOST)
    return render_template(
        "judging/overview.html",
        own=queries.requests_of(given(actor.person_id)),
        in_hand=[one for one in waiting if one.assessor_id],
        free=[one for one in waiting if not one.assessor_id],
        assesses=actor.has(Role.MENTOR),
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
    )


# --- Asking ----------------------------------------------------------------------------------


@bp.get("/competencies/assessments/new")
@signed_in
def new() -> ResponseReturnValue:
    """Ask for an assessment."""
    return _new_page(_request_form())


@bp.post("/competencies/assessments")
@signed_in
def ask() -> ResponseReturnValue:
    """Keep the request with its files."""
    form = _request_form()
    if form.validate():
        try:
            request_id = services.ask(
                given(form.competency.data),
                given(form.level.data),
                given(form.work.data),
                uploads(form.files),
                by=current_actor(),
                request_key=given(form.request_key.data),
                base_url=_base_url(),
            )
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _new_page(form), refusal.status
        flash(_("Asked. A mentor takes it in hand; you get a letter when it is decided."), "good")
        return redirect(url_for(".show", request_id=request_id))
    return _new_page(form), 422


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _request_form() -> RequestForm:
    level = request.args.get("level", type=int)
    return RequestForm(competence.competencies(), request.args.get("competency"), level)


def _new_page(form: RequestForm) -> str:
    return render_template("judging/new.html", form=form)


@bp.post("/competencies/assessments/<int:request_id>/withdrawal")
@signed_in
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take one's own request back."""
    services.withdraw(request_id, by=current_actor())
    flash(_("Withdrawn."), "good")
    return redirect(url_for(".overview"))


@bp.post("/competencies/assessments/<int:request_id>/appeal")
@signed_in
def appeal(request_id: int) -> ResponseReturnValue:
    """Ask that somebody else looks at it."""
    form = AppealForm()
    queries.request_for(current_actor(), request_id)
    if form.validate():
        reason = given(form.reason.data)
        actor, today = current_actor(), clock.today()
        services.appeal(request_id, reason, by=actor, today=today, base_url=_base_url())
        flash(_("Somebody who has not decided on it yet looks at it again."), "good")
        return redirect(url_for(".show", request_id=request_id))
    return _request_page(request_id, appeal=form), 422


# --- One request -----------------------------------------------------------------------------


@bp.get("/competencies/assessments/<int:request_id>")
@signed_in
def show(request_id: int) -> ResponseReturnValue:
    """A request: the work, what was decided and why, and what may be done now."""
    return _request_page(request_id)


def _request_page(
    request_id: int, *, decision: DecisionForm | None = None, appeal: AppealForm | None = None
) -> str:
    actor, today = current_actor(), clock.today()
    found = queries.request_for(actor, request_id)
    rubric = queries.rubric_of(found.competency)
    own = actor.is_(found.person_id)
    decided = any(actor.is_(one.assessor_id) for one in found.decisions)
    assesses = (
        actor.has(Role.MENTOR) and not own and not decided and turn_of(found.state) is not None
    )
    mine = found.assessor_id is not None and actor.is_(found.assessor_id)
    ended = found.ended_at.date() if found.ended_at else None
    appealed = found.appealed_at is not None
    return render_template(
        "judging/request.html",
        asked=found,
        own=own,
        rubric=rubric,
        files=queries.files_of([request_id])["request", request_id],
        four_eyes=queries.four_eyes(found.competency),
        mine=mine and assesses,
        # The second assessor decides without the first, and nobody else is told half a decision.
        shown=found.decisions if decided or found.state is not RequestState.SECOND_REVIEW else [],
        takes=_takes(found, own=own, decided=decided),
        may_withdraw=own and may_follow(found.state, RequestState.WITHDRAWN),
        may_appeal=own and may_appeal(found.state, appealed=appealed, ended_on=ended, today=today),
        decision=decision or decision_form(rubric, found.level),
        appeal=appeal or AppealForm(formdata=None),
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        turn_names=TURN_NAMES,
    )


def _takes(found: AssessmentRequest, *, own: bool, decided: bool) -> bool:
    """Whether the reader may take it in hand."""
    waits = found.state is RequestState.ASKED or turn_of(found.state) is not None
    free = waits and found.assessor_id is None
    return free and current_actor().has(Role.MENTOR) and not own and not decided


@bp.post("/competencies/assessments/<int:request_id>/assessor")
@requires(Role.MENTOR)
def take(request_id: int) -> ResponseReturnValue:
    """Take it in hand."""
    services.take(request_id, by=current_actor())
    return redirect(url_for(".show", request_id=request_id))


@bp.post("/competencies/assessments/<int:request_id>/return")
@requires(Role.MENTOR)
def give_back(request_id: int) -> ResponseReturnValue:
    """Let somebody else take it."""
    services.give_back(request_id, by=current_actor())
    flash(_("Given back: somebody else can take it in hand."), "good")
    return redirect(url_for(".overview"))


@bp.post("/competencies/assessments/<int:request_id>/decision")
@requires(Role.MENTOR)
def decide(request_id: int) -> ResponseReturnValue:
    """Decide on it."""
    found = queries.request_for(current_actor(), request_id)
    form = decision_form(queries.rubric_of(found.competency), found.level)
    if not form.validate():
        return _request_page(request_id, decision=form), 422
    try:
        state = services.decide(
            request_id,
            given(form.level.data),
            form.points(),
            given(form.reason.data),
            by=current_actor(),
            today=clock.today(),
            base_url=_base_url(),
        )
    except Refusal as refusal:
        form.refuse(refusal.field, refusal)
        return _request_page(request_id, decision=form), refusal.status
    if state is RequestState.SECOND_REVIEW:
        flash(_("Decided. A second assessor looks at it before it counts."), "good")
    else:
        flash(_("Decided. The person gets a letter."), "good")
    return redirect(url_for(".show", request_id=request_id))


@bp.get("/competencies/attachments/<int:file_id>")
@signed_in
def file(file_id: int) -> ResponseReturnValue:
    """A file, only ever as a download: what it holds is its sender's word."""
    found = queries.file_for(current_actor(), file_id)
    return attachment(found.data, "application/octet-stream", found.name)
