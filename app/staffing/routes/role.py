"""A role with its ranked candidates, its near misses and its bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.errors import Refusal
from app.core.i18n import gettext as _
from app.core.i18n import instant, money, ngettext, number
from app.core.policy import Role
from app.projects import queries as projects
from app.projects.models import ProjectState, RoleSlot
from app.staffing import queries, services
from app.staffing.forms import (
    SLOT_STATE_NAMES,
    SLOT_STATE_TONES,
    STATE_NAMES,
    STATE_TONES,
    BeginForm,
    StepForm,
)
from app.staffing.models import Booking
from app.staffing.routes import bp
from app.staffing.rules.booking import BookingState, slot_state
from app.staffing.rules.matcher.explain import (
    Titles,
    part_meaning,
    part_text,
    part_title,
    points_text,
    reason_text,
    rule_text,
)
from app.staffing.rules.matcher.problem import Kind, Need, Slot, Training
from app.staffing.rules.matcher.rank import Candidate, NearMiss, Ranking, rank
from app.staffing.rules.matcher.unlock import by_competency, training_for
from app.staffing.rules.matcher.weights import BALANCED
from app.web.access import current_actor, requires
from app.web.charts import Bar, bar
from app.web.forms import given

CANDIDATES, NEAR = 15, 15
"""Rows of one page."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A candidate as the page shows them."""

    place: int
    person: Person
    score: str
    bars: list[Bar]
    parts: list[ShownPart]
    booking: Booking | None


@dataclass(frozen=True, slots=True)
class ShownMiss:
    person: Person
    count: str
    reasons: list[ShownReason]
    courses: dict[str, str]
    """Titles, by id, of the training that would mend some of the reasons."""


@dataclass(frozen=True, slots=True)
class ShownReason:
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of somebody's booking; `text` says by whom and why."""

    when: str
    datetime: str
    title: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the page needs to write its sentences."""

    slot: Slot
    titles: Titles
    shelf: Mapping[str, Sequence[Training]]


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
    projects.slot_for(actor, slot_id, code=code)
    form = BeginForm()
    if not form.validate():
        return _role_page(code, slot_id, _("Choose somebody from the list.")), 422
    person_id = given(form.person.data)
    try:
        if form.state.data is BookingState.PROPOSED:
            services.propose(slot_id, person_id, by=actor)
            flash(_("Proposed. They are not told until you ask them."), "good")
        else:
            services.ask(slot_id, person_id, by=actor, base_url=_base_url())
            flash(_("Asked. They get a letter and answer on their page of bookings."), "good")
    except Refusal as refusal:
        return _role_page(code, slot_id, str(refusal)), refusal.status
    return redirect(url_for(".role", code=code, slot_id=slot_id))


@bp.post("/projects/<code>/roles/<int:slot_id>/bookings/<int:booking_id>/state")
@requires(Role.PMO)
def step(code: str, slot_id: int, booking_id: int) -> ResponseReturnValue:
    """Ask, confirm or release."""
    actor = current_actor()
    projects.slot_for(actor, slot_id, code=code)
    queries.check_booking(slot_id, booking_id)
    form = StepForm()
    if not form.validate():
        return _role_page(code, slot_id, _("That is no step of a booking.")), 422
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
    services.release(booking_id, by=actor, base_url=base_url, reason=form.reason.data or "")
    return _("Released. Their time is free again.")


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)


# --- The page ------------------------------------------------------------------------------


def _role_page(code: str, slot_id: int, refusal: str | None = None) -> str:
    row = projects.slot_for(current_actor(), slot_id, code=code)
    slot = queries.as_slot(row)
    ranking = rank(slot, queries.people_for([slot]))
    words = Words(slot, queries.titles(), _shelf(slot))
    live = queries.live_bookings([slot_id])
    page, near_page = _page("page"), _page("near")
    candidates = ranking.candidates[(page - 1) * CANDIDATES : page * CANDIDATES]
    near = ranking.near[(near_page - 1) * NEAR : near_page * NEAR]
    people = _people([*candidates, *near])
    state = slot_state(row.closed_at is not None, [booking.state for booking in live])
    filled = any(booking.state is BookingState.CONFIRMED for booking in live)
    ended = row.project.state in (ProjectState.CLOSED, ProjectState.CANCELLED)
    return render_template(
        "staffing/role.html",
        slot=row,
        refusal=refusal,
        state=state,
        state_names=SLOT_STATE_NAMES,
        state_tones=SLOT_STATE_TONES,
        booking_names=STATE_NAMES,
        booking_tones=STATE_TONES,
        bookable=row.closed_at is None and not filled and not ended,
        bookings=live,
        history=_history(slot_id),
        weights=[
            (part_title(name), number(weight), part_meaning(name))
            for name, weight in BALANCED.items()
        ],
        facts=_facts(row),
        musts=[_need_text(need, words.titles) for need in slot.musts],
        wants=[_want_text(need, words.titles) for need in slot.wants],
        candidates=_shown(candidates, (page - 1) * CANDIDATES, people, live, words),
        near=_near(near, people, words),
        ranking=ranking,
        failed=[
            (
                ngettext("%(num)s person", "%(num)s people", count),
                rule_text(rule, slot, words.titles),
            )
            for rule, count in ranking.failed.items()
        ],
        summary=_summary(ranking),
        pages=_pages(len(ranking.candidates), CANDIDATES, "page"),
        near_pages=_pages(len(ranking.near), NEAR, "near"),
    )


def _page(name: str) -> int:
    return min(max(1, request.args.get(name, 1, type=int)), 100_000)


def _shelf(slot: Slot) -> Mapping[str, Sequence[Training]]:
    codes = {need.code for need in slot.musts if need.kind is Kind.COMPETENCY}
    return by_competency(queries.trainings(codes))


def _people(found: Sequence[Candidate | NearMiss]) -> dict[int, Person]:
    rows = accounts.people([one.person_id for one in found])
    return {row.id: row for row in rows}


def _facts(row: RoleSlot) -> list[tuple[str, str | None]]:
    cap = row.rate_cap_minor
    return [
        (_("Share of full time"), _("%(percent)s %%", percent=number(row.allocation))),
        (_("Highest rate"), _rate(cap, row.rate_currency) if cap is not None else None),
    ]


def _history(slot_id: int) -> list[ShownStep]:
    return [
        ShownStep(
            when=instant(step.at, "short"),
            datetime=step.at.isoformat(),
            title=f"{step.booking.person.name}: {STATE_NAMES[step.state]}",
            text=_("By %(name)s. %(reason)s", name=step.by_name, reason=step.reason).strip(),
            tone=STATE_TONES[step.state],
        )
        for step in queries.steps_of_slot(slot_id)
    ]


def _rate(minor: int, currency: str | None) -> str:
    return _("%(rate)s an hour", rate=money(minor, currency or "EUR"))


def _need_text(need: Need, titles: Titles) -> str:
    title = titles.of_need(need)
    if need.kind is Kind.COMPETENCY:
        return _("%(title)s, level %(level)s", title=title, level=need.level)
    return title


def _want_text(need: Need, titles: Titles) -> str:
    text = _need_text(need, titles)
    if need.weight == 1 or need.kind is Kind.LOCATION:
        return text
    return _("%(need)s (weight %(weight)s)", need=text, weight=number(need.weight))


def _shown(
    candidates: Sequence[Candidate],
    before: int,
    people: Mapping[int, Person],
    live: Sequence[Booking],
    words: Words,
) -> list[ShownCandidate]:
    booked = {booking.person_id: booking for booking in live}
    return [
        ShownCandidate(
            place=before + number_,
            person=people[candidate.person_id],
            score=number(candidate.score),
            bars=[
                bar(part_title(part.name), part.points, part.most, points_text(part))
                for part in candidate.parts
            ],
            parts=[
                ShownPart(part_title(part.name), part_text(part, words.slot, words.titles))
                for part in candidate.parts
            ],
            booking=booked.get(candidate.person_id),
        )
        for number_, candidate in enumerate(candidates, 1)
        if candidate.person_id in people
    ]


def _near(
    misses: Sequence[NearMiss], people: Mapping[int, Person], words: Words
) -> list[ShownMiss]:
    return [
        _shown_miss(miss, people[miss.person_id], words)
        for miss in misses
        if miss.person_id in people
    ]


def _shown_miss(miss: NearMiss, person: Person, words: Words) -> ShownMiss:
    mended = [(reason, training_for(reason, words.shelf)) for reason in miss.reasons]
    return ShownMiss(
        person=person,
        count=ngettext("%(num)s reason short", "%(num)s reasons short", len(miss.reasons)),
        reasons=[
            ShownReason(reason_text(reason, words.titles, training), "warn" if training else "bad")
            for reason, training in mended
        ],
        courses={training.course_id: training.title for _reason, training in mended if training},
    )


def _summary(ranking: Ranking) -> str:
    return ngettext(
        "%(qualified)s of %(num)s person qualifies on every day.",
        "%(qualified)s of %(num)s people qualify on every day.",
        ranking.considered,
        qualified=number(len(ranking.candidates)),
    )


def _pages(total: int, size: int, name: str) -> tuple[str | None, str | None, str]:
    """Addresses of the pages before and after, and where we are, of one of the two lists."""
    page = _page(name)
    here = {**(request.view_args or {}), "page": _page("page"), "near": _page("near")}

    def url(number_: int) -> str:
        return url_for(".role", _anchor=name, **{**here, name: number_})

    first, last = (page - 1) * size + 1, min(page * size, total)
    summary = _("%(first)s to %(last)s of %(total)s", first=first, last=last, total=total)
    return (
        url(page - 1) if page > 1 else None,
        url(page + 1) if page * size < total else None,
        summary,
    )
