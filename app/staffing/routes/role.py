"""A role with its ranked candidates, its near misses and its bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import day, ngettext, number
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries as projects
from app.projects.models import ProjectState
from app.staffing import queries, services
from app.staffing.deciding import queries as deciding
from app.staffing.deciding import services as decisions
from app.staffing.deciding.compare import unmasked
from app.staffing.deciding.rules import digest
from app.staffing.deciding.services import Ranked
from app.staffing.deciding.shown import shown_decision
from app.staffing.forms import (
    SLOT_STATE_NAMES,
    SLOT_STATE_TONES,
    STATE_NAMES,
    STATE_TONES,
    BeginForm,
    StepForm,
)
from app.staffing.routes import bp
from app.staffing.rules.booking import BookingState, slot_state
from app.staffing.rules.matcher.explain import (
    Titles,
    part_meaning,
    part_title,
    preset_title,
    rule_text,
)
from app.staffing.rules.matcher.rank import Candidate, NearMiss
from app.staffing.rules.matcher.weights import preset_of
from app.staffing.shown_role import (
    Words,
    facts,
    history,
    need_text,
    shown_candidates,
    shown_misses,
    summary,
    unmet,
    want_text,
)
from app.staffing.teams import queries as teams
from app.staffing.teams.shown import help_texts, learning_texts
from app.staffing.training import queries as training
from app.staffing.training.lessons import lessons_for
from app.web.access import current_actor, requires

CANDIDATES, NEAR = 15, 15
"""Rows of one page."""


@bp.get("/projects/<code>/roles/<int:slot_id>")
@requires(Role.PMO)
def role(code: str, slot_id: int) -> ResponseReturnValue:
    """Who qualifies for a role, and why others do not."""
    return _role_page(code, slot_id)


@bp.post("/projects/<code>/roles/<int:slot_id>/bookings")
@requires(Role.PMO)
def book(code: str, slot_id: int) -> ResponseReturnValue:
    """Propose somebody, or ask them."""
    actor = current_actor()
    row = projects.slot_for(actor, slot_id, code=code)
    form = BeginForm()
    if not form.validate() or not (form.person.data or form.mask.data):
        return _role_page(code, slot_id, _("Choose somebody from the list.")), 422
    state = form.state.data
    try:
        decisions.book(
            slot_id,
            form.person.data or unmasked(row, form.mask.data or ""),
            state,
            by=actor,
            base_url=_base_url(),
            reason=form.reason.data or "",
            seen=form.seen.data or None,
        )
        if state is BookingState.PROPOSED:
            flash(_("Proposed. They are not told until you ask them."), "good")
        else:
            flash(_("Asked. They get a letter and answer on their page of bookings."), "good")
    except Refusal as refusal:
        return _role_page(code, slot_id, str(refusal)), refusal.status
    blind = 1 if form.mask.data else None  # names are shown when somebody asks for them
    return redirect(url_for(".role", code=code, slot_id=slot_id, blind=blind))


@bp.post("/projects/<code>/roles/<int:slot_id>/bookings/<int:booking_id>/state")
@requires(Role.PMO)
def step(code: str, slot_id: int, booking_id: int) -> ResponseReturnValue:
    """Ask, confirm or release."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    queries.check_booking(slot_id, booking_id)
    form = StepForm()
    if not form.validate():
        wrong = " ".join(map(str, form.last_day.errors)) or _("That is no step of a booking.")
        return _role_page(code, slot_id, wrong), 422
    try:
        flash(_taken(form, booking_id), "good")
    except Refusal as refusal:
        return _role_page(code, slot_id, str(refusal)), refusal.status
    return redirect(url_for(".role", code=code, slot_id=slot_id))


def _taken(form: StepForm, booking_id: int) -> str:
    """Take the step; returns what to say about it."""
    actor, base_url = current_actor(), _base_url()
    if form.state.data is BookingState.REQUESTED:
        services.request(booking_id, by=actor, base_url=base_url)
        return _("Asked. They get a letter and answer on their page of bookings.")
    if form.state.data is BookingState.CONFIRMED:
        services.confirm(booking_id, by=actor, base_url=base_url)
        return _("Confirmed. Their time is booked.")
    reason = form.reason.data or ""
    if last := form.last_day.data:
        services.end_early(booking_id, last, by=actor, base_url=base_url, reason=reason)
        return _("Ends on %(day)s. What is left stands on the project as a role.", day=day(last))
    services.release(booking_id, by=actor, base_url=base_url, reason=reason)
    return _("Released. Their time is free again.")


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)


# --- The page ------------------------------------------------------------------------------


def _role_page(code: str, slot_id: int, refusal: str | None = None) -> str:
    row = projects.slot_for(current_actor(), slot_id, code=code)
    page, near_page = _page("page"), _page("near")
    nearest = slice((near_page - 1) * NEAR, near_page * NEAR)
    live = queries.live_bookings([slot_id])
    found = decisions.ranked(row, near=nearest, others=[one.person_id for one in live])
    slot, ranking = found.slot, found.ranking
    listed = deciding.shortlist(slot_id)
    blind = request.args.get("blind") == "1"
    overrides = deciding.overrides_of_slot(slot_id)
    candidates = ranking.candidates[(page - 1) * CANDIDATES : page * CANDIDATES]
    near = ranking.near[nearest]
    short = ((found.people[one.person_id], one.reasons) for one in near)
    words = Words(
        slot,
        lessons_for(short, clock.today()),
        blind,
        frozenset(one.person_id for one in listed),
    )
    people = _people([*candidates, *near])
    state = slot_state(row.closed_at is not None, [booking.state for booking in live])
    filled = any(booking.state is BookingState.CONFIRMED for booking in live)
    ended = row.project.state in (ProjectState.CLOSED, ProjectState.CANCELLED)
    return render_template(
        "staffing/role.html",
        slot=row,
        refusal=refusal,
        learning=training.given_for(slot_id),
        today=clock.today(),
        state=state,
        state_names=SLOT_STATE_NAMES,
        state_tones=SLOT_STATE_TONES,
        booking_names=STATE_NAMES,
        booking_tones=STATE_TONES,
        bookable=row.closed_at is None and not filled and not ended,
        bookings=live,
        unmet=unmet(found, live, overrides, words.titles),
        history=history(slot_id),
        blind=blind,
        toggle=url_for(".role", code=code, slot_id=slot_id, blind=None if blind else 1),
        shortlisted=len(listed),
        seen=digest(ranking, found.weights),
        decided=[shown_decision(one) for one in deciding.decisions_of_slot(slot_id)[:5]],
        waiting=[one for one in overrides if one.second_at is None],
        learns=learning_texts(
            [found.people[one.person_id] for one in candidates], slot, words.titles
        ),
        helps=help_texts(teams.helped_by(row, [one.person_id for one in candidates]), words.titles),
        candidates=shown_candidates(
            candidates, (page - 1) * CANDIDATES, people, live, words, ranking.candidates
        ),
        near=shown_misses(near, people, words, found.people, (near_page - 1) * NEAR),
        pages=_pages(len(ranking.candidates), CANDIDATES, "page"),
        near_pages=_pages(ranking.near_total, NEAR, "near"),
        **_said_of(found, words.titles),
    )


def _said_of(found: Ranked, titles: Titles) -> dict[str, Any]:
    """What stands beside the lists: what the role asks for, and how its order comes about."""
    slot, ranking = found.slot, found.ranking
    return {
        "facts": facts(found.row),
        "musts": [need_text(need, titles) for need in slot.musts],
        "wants": [want_text(need, titles) for need in slot.wants],
        "weights_name": preset_title(preset_of(found.weights)),
        "weights": [
            (part_title(name), number(weight), part_meaning(name))
            for name, weight in found.weights.items()
            if weight
        ],
        "ranking": ranking,
        "failed": [
            (
                ngettext("%(num)s person", "%(num)s people", count),
                rule_text(rule, slot, titles),
            )
            for rule, count in ranking.failed.items()
        ],
        "summary": summary(ranking),
    }


def _page(name: str) -> int:
    return min(max(1, request.args.get(name, 1, type=int)), 100_000)


def _people(found: Sequence[Candidate | NearMiss]) -> dict[int, Person]:
    rows = accounts.people([one.person_id for one in found])
    return {row.id: row for row in rows}


def _pages(total: int, size: int, name: str) -> tuple[str | None, str | None, str]:
    """Addresses of the pages before and after, and where we are, of one of the two lists."""
    page = _page(name)
    here = {**(request.view_args or {}), "page": _page("page"), "near": _page("near")}
    if request.args.get("blind") == "1":
        here["blind"] = 1

    def url(number_: int) -> str:
        return url_for(".role", _anchor=name, **{**here, name: number_})

    first, last = (page - 1) * size + 1, min(page * size, total)
    place = _("%(first)s to %(last)s of %(total)s", first=first, last=last, total=total)
    return (
        url(page - 1) if page > 1 else None,
        url(page + 1) if page * size < total else None,
        place,
    )
