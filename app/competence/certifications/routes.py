"""Certifications of others: one's own, one by itself, the log of points, and everybody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.competence import queries as competence
from app.competence import services as acts
from app.competence.certifications import queries, services
from app.competence.certifications.forms import (
    RHYTHM_NAMES,
    STATE_NAMES,
    WAY_NAMES,
    PointsForm,
    ProofForm,
    RenewalForm,
    VerificationForm,
    uploaded,
)
from app.competence.certifications.models import CpdEntry
from app.competence.certifications.queries import Entry, Held
from app.competence.certifications.rules import (
    HoldingState,
    PointsBalance,
    Way,
    first_expiry,
    next_expiry,
)
from app.competence.forms import HoldingForm, WithdrawalForm
from app.competence.models import CertificationType
from app.competence.rules import SOON
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.learning.routes.terms import in_words
from app.web.access import current_actor, requires, signed_in
from app.web.forms import given
from app.web.pages import attachment

bp = Blueprint("certifications", __name__, template_folder="templates")

_PAGE = 50


# --- One's own -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A holding in a list."""

    held: Held
    state: HoldingState
    balance: PointsBalance | None

    @property
    def past(self) -> bool:
        """Nothing is left to do about it."""
        return self.state in (HoldingState.RENEWED, HoldingState.REVOKED)


@bp.get("/certifications")
@signed_in
def mine() -> ResponseReturnValue:
    """One's own certifications; for the PMO also whose lapse."""
    return _own_page(_holding_form())


@bp.post("/certifications")
@signed_in
def record() -> ResponseReturnValue:
    """Record one's own certification."""
    form = _holding_form()
    if _record(form, given(current_actor().person_id)):
        return redirect(url_for(".mine"))
    return _own_page(form), 422


def _own_page(form: HoldingForm) -> str:
    actor, today = current_actor(), clock.today()
    own = given(actor.person_id)
    rows = _rows(queries.holdings_of(own), queries.points_of(own), today)
    manages = actor.has(Role.PMO)
    page = max(1, request.args.get("page", 1, type=int))
    found = competence.lapsing(today, today + SOON, page=page, size=_PAGE) if manages else []
    return render_template(
        "certifications/mine.html",
        form=form,
        rows=[row for row in rows if not row.past],
        past=[row for row in rows if row.past],
        manages=manages,
        lapsing=found[:_PAGE],
        previous_url=url_for(".mine", page=page - 1) if page > 1 else None,
        next_url=url_for(".mine", page=page + 1) if found[_PAGE:] else None,
    )


def _rows(found: Sequence[Held], log: Sequence[CpdEntry], today: date) -> list[Row]:
    return [Row(one, one.state_on(today), queries.balance_of(one, log)) for one in found]


def _holding_form() -> HoldingForm:
    return HoldingForm(competence.certification_types())


@bp.get("/people/<int:person_id>/certifications")
@requires(Role.PMO, Role.MENTOR)
def new(person_id: int) -> ResponseReturnValue:
    """Record somebody else's certification."""
    return _new_page(person_id, _holding_form())


@bp.post("/people/<int:person_id>/certifications")
@requires(Role.PMO, Role.MENTOR)
def record_for(person_id: int) -> ResponseReturnValue:
    """Keep it."""
    form = _holding_form()
    if _record(form, person_id):
        return redirect(url_for("competence.person", person_id=person_id))
    return _new_page(person_id, form), 422


def _new_page(person_id: int, form: HoldingForm) -> str:
    subject = competence.subject_for(current_actor(), person_id)
    return render_template("certifications/new.html", form=form, subject=subject)


def _record(form: HoldingForm, person_id: int) -> bool:
    if not form.validate():
        return False
    kind = competence.certification_type(given(form.certification.data))
    issued_on = given(form.issued_on.data)
    usual_end = first_expiry(queries.terms(kind), issued_on) if kind else None
    acts.record_holding(
        person_id=person_id,
        certification_code=given(form.certification.data),
        number=given(form.number.data).strip(),
        issued_on=issued_on,
        expires_on=form.expires_on.data or usual_end,
        by=current_actor(),
    )
    flash(_("Recorded."), "good")
    return True


# --- One by itself ---------------------------------------------------------------------------


@bp.get("/certifications/<int:holding_id>")
@signed_in
def holding(holding_id: int) -> ResponseReturnValue:
    """A certification with its history, its proof, and how it can be renewed."""
    return _holding_page(holding_id)


def _holding_page(
    holding_id: int,
    *,
    renewal: RenewalForm | None = None,
    proof: ProofForm | None = None,
    verification: VerificationForm | None = None,
) -> str:
    actor, today = current_actor(), clock.today()
    held = queries.holding_for(actor, holding_id)
    ways = held.ways_on(today)
    suite = queries.suite_holdings(held) if Way.SUITE in ways else []
    log = queries.points_of(held.person_id) if held.terms.points_a_year else []
    balance = queries.balance_of(held, log)
    own = actor.is_(held.person_id)
    return render_template(
        "certifications/holding.html",
        row=Row(held, held.state_on(today), balance),
        own=own,
        may_act=own or actor.has(Role.PMO),
        may_verify=actor.has(Role.PMO) and not own,
        history=_rows(queries.history(held), (), today),
        proofs=queries.proofs_of([holding_id])["holding", holding_id],
        counting=_counting(held, log, balance),
        ways=ways,
        way_names=WAY_NAMES,
        rhythm=RHYTHM_NAMES[held.terms.counts_from],
        would_hold=next_expiry(held.terms, held.holding.expires_on, today) if ways else None,
        suite=suite,
        renewal=renewal or RenewalForm(ways, suite),
        proof=proof or ProofForm(formdata=None),
        verification=verification or VerificationForm(formdata=None),
    )


def _counting(
    held: Held, log: Sequence[CpdEntry], balance: PointsBalance | None
) -> list[dict[str, object]]:
    """The entries of the log that count for it, with their proof."""
    if balance is None:
        return []
    kind = held.holding.certification_code
    entries = [
        one
        for one in log
        if one.withdrawn_at is None
        and one.certification_code in (None, kind)
        and one.done_on in balance.period
    ]
    files = queries.proofs_of(entry_ids=[one.id for one in entries])
    return [{"entry": one, "proofs": files["entry", one.id]} for one in entries]


@bp.post("/certifications/<int:holding_id>/renewal")
@signed_in
def renew(holding_id: int) -> ResponseReturnValue:
    """Record its renewal, as a new one."""
    held = queries.holding_for(current_actor(), holding_id)
    ways = held.ways_on(clock.today())
    suite = queries.suite_holdings(held) if Way.SUITE in ways else []
    form = RenewalForm(ways, suite)
    if form.validate():
        try:
            new_id = services.renew(
                holding_id, form.renewal(), by=current_actor(), today=clock.today()
            )
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _holding_page(holding_id, renewal=form), refusal.status
        flash(_("Renewed. The one before stays as history."), "good")
        return redirect(url_for(".holding", holding_id=new_id))
    return _holding_page(holding_id, renewal=form), 422


@bp.post("/certifications/<int:holding_id>/verification")
@requires(Role.PMO)
def verify(holding_id: int) -> ResponseReturnValue:
    """Confirm that it is true."""
    form = VerificationForm()
    if form.validate():
        try:
            services.verify(holding_id, given(form.note.data), by=current_actor())
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _holding_page(holding_id, verification=form), refusal.status
        flash(_("Verified."), "good")
        return redirect(url_for(".holding", holding_id=holding_id))
    return _holding_page(holding_id, verification=form), 422


@bp.post("/certifications/<int:holding_id>/proofs")
@signed_in
def prove(holding_id: int) -> ResponseReturnValue:
    """Add a file that shows that it is true."""
    form = ProofForm()
    queries.holding_for(current_actor(), holding_id)
    if form.validate():
        try:
            services.prove_holding(holding_id, form.upload(), by=current_actor())
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _holding_page(holding_id, proof=form), refusal.status
        flash(_("The file is kept."), "good")
        return redirect(url_for(".holding", holding_id=holding_id))
    return _holding_page(holding_id, proof=form), 422


@bp.get("/certifications/proofs/<int:proof_id>")
@signed_in
def proof(proof_id: int) -> ResponseReturnValue:
    """A file, only ever as a download: what it holds is its sender's word."""
    found = queries.proof_for(current_actor(), proof_id)
    return attachment(found.data, "application/octet-stream", found.name)


@bp.post("/certifications/<int:holding_id>/withdrawal")
@signed_in
def withdraw(holding_id: int) -> ResponseReturnValue:
    """Take back a certification that was recorded by mistake, or that its issuer revoked."""
    form = WithdrawalForm()
    if form.validate():
        person_id = acts.withdraw_holding(holding_id, given(form.reason.data), by=current_actor())
        flash(_("Withdrawn."), "good")
        if not current_actor().is_(person_id):
            return redirect(url_for("competence.person", person_id=person_id))
    else:
        flash(_("Nothing was withdrawn: say why."), "bad")
    return redirect(url_for(".mine"))


# --- Points ----------------------------------------------------------------------------------


@bp.get("/certifications/points")
@signed_in
def points() -> ResponseReturnValue:
    """One's own log of points, and how far it carries."""
    return _points_page(_points_form())


@bp.post("/certifications/points")
@signed_in
def add_points() -> ResponseReturnValue:
    """Add to the log."""
    form = _points_form()
    if form.validate():
        actor = current_actor()
        try:
            upload = uploaded(form.proof)
            if upload is not None:
                services.check_upload(upload)
            entry_id = services.add_points(form.activity(), by=actor, today=clock.today())
            if upload is not None:
                services.prove_points(entry_id, upload, by=actor)
        except Refusal as refusal:
            form.refuse(refusal.field, refusal)
            return _points_page(form), refusal.status
        flash(_("Added to your log."), "good")
        return redirect(url_for(".points"))
    return _points_page(form), 422


def _points_form() -> PointsForm:
    own = given(current_actor().person_id)
    kinds = {
        one.holding.certification_code: one.holding.certification
        for one in queries.holdings_of(own)
        if one.terms.points_a_year
    }
    return PointsForm(sorted(kinds.values(), key=lambda one: one.title), clock.today())


def _points_page(form: PointsForm) -> str:
    own, today = given(current_actor().person_id), clock.today()
    log = queries.points_of(own)
    rows = _rows(queries.holdings_of(own), log, today)
    return render_template(
        "certifications/points.html",
        form=form,
        log=log,
        proofs=queries.proofs_of(entry_ids=[one.id for one in log]),
        rows=[row for row in rows if row.balance and not row.past],
    )


@bp.post("/certifications/points/<int:entry_id>/withdrawal")
@signed_in
def withdraw_points(entry_id: int) -> ResponseReturnValue:
    """Take an entry of one's own log back."""
    form = WithdrawalForm()
    queries.entry_for(current_actor(), entry_id)
    if form.validate():
        services.withdraw_points(entry_id, given(form.reason.data), by=current_actor())
        flash(_("Withdrawn."), "good")
    else:
        flash(_("Nothing was withdrawn: say why."), "bad")
    return redirect(url_for(".points"))


# --- Everybody's, and the types --------------------------------------------------------------


@bp.get("/certifications/everybody")
@requires(Role.PMO)
def everybody() -> ResponseReturnValue:
    """Who holds what, by state; what waits to be verified."""
    today = clock.today()
    every = [(one, one.state_on(today)) for one in queries.entries()]
    counts = Counter(str(state) for _one, state in every)
    counts[_UNVERIFIED] = sum(not one.verified for one, _state in every)
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    chosen = [pair for pair in every if _fits(*pair, state, kind)]
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "certifications/everybody.html",
        rows=chosen[(page - 1) * _PAGE : page * _PAGE],
        total=len(chosen),
        counts=counts,
        state=state,
        kind=kind,
        states=[*((key.value, str(name)) for key, name in STATE_NAMES.items()), _unverified()],
        kinds=sorted({(one.code, one.title) for one, _state in every}, key=lambda pair: pair[1]),
        previous_url=_page_url(page - 1) if page > 1 else None,
        next_url=_page_url(page + 1) if chosen[page * _PAGE :] else None,
    )


_UNVERIFIED = "unverified"


def _unverified() -> tuple[str, str]:
    return _UNVERIFIED, _("Not yet verified")


def _fits(entry: Entry, state: HoldingState, wanted: str, kind: str) -> bool:
    in_state = not entry.verified if wanted == _UNVERIFIED else wanted in ("", state.value)
    return in_state and kind in ("", entry.code)


def _page_url(page: int) -> str:
    state, kind = request.args.get("state"), request.args.get("kind")
    return url_for(".everybody", state=state, kind=kind, page=page)


@bp.get("/certifications/types")
@signed_in
def types() -> ResponseReturnValue:
    """What each certification needs to stay in force."""
    kinds = competence.certification_types()
    titles = {one.code: one.title for one in kinds}
    return render_template(
        "certifications/types.html",
        kinds=[_in_words(one, titles) for one in kinds],
        rhythms=RHYTHM_NAMES,
        way_names=WAY_NAMES,
    )


def _in_words(kind: CertificationType, titles: Mapping[str, str]) -> dict[str, object]:
    """A type with its terms as people say them."""
    said = queries.terms(kind)
    return {
        "type": kind,
        "terms": said,
        "valid_for": in_words(said.valid_for) if said.valid_for else None,
        "renew_from": in_words(said.renew_from),
        "grace": in_words(said.grace) if said.grace else None,
        "suite": [titles[code] for code in said.suite if code in titles],
    }
