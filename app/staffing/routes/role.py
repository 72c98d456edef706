"""A role with its ranked candidates, its near misses and its bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core import clock
from app.core.errors import Refusal
from app.core.i18n import day, instant, money, ngettext, number
from app.core.i18n import gettext as _
from app.core.policy import Role
from app.projects import queries as projects
from app.projects.models import ProjectState, RoleSlot
from app.staffing import queries, services
from app.staffing.deciding import queries as deciding
from app.staffing.deciding import services as decisions
from app.staffing.deciding.compare import unmasked
from app.staffing.deciding.rules import Choice, can_be_passed_over, choice, digest, mask
from app.staffing.deciding.shown import shown_decision
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
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.explain import (
    Titles,
    part_meaning,
    part_text,
    part_title,
    points_text,
    preset_title,
    reason_text,
    rule_text,
)
from app.staffing.rules.matcher.problem import Kind, Need, Slot, Training
from app.staffing.rules.matcher.problem import Person as Matched
from app.staffing.rules.matcher.rank import Candidate, NearMiss, Ranking
from app.staffing.rules.matcher.repair import Course, repair
from app.staffing.rules.matcher.unlock import by_competency
from app.staffing.rules.matcher.weights import preset_of
from app.staffing.teams import queries as teams
from app.staffing.teams.shown import help_texts, learning_texts
from app.staffing.training import queries as training
from app.web.access import current_actor, requires
from app.web.charts import Bar, bar

CANDIDATES, NEAR = 15, 15
"""Rows of one page."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody as the page names them: without name and link on a blind list."""

    id: int
    name: str
    href: str | None
    detail: str | None
    mask: str
    shortlisted: bool


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A candidate as the page shows them."""

    place: int
    person: Shown
    score: str
    bars: list[Bar]
    parts: list[ShownPart]
    booking: Booking | None
    departure: bool
    """Whether to choose them passes somebody over who fits better."""


@dataclass(frozen=True, slots=True)
class ShownMiss:
    person: Shown
    count: str
    reasons: list[ShownReason]
    courses: dict[str, str]
    """Titles, by id, of the training that would mend some of the reasons."""
    override: bool
    """Whether a second member of the PMO could pass over the reasons."""


@dataclass(frozen=True, slots=True)
class ShownReason:
    text: str
    tone: str
    repair: str


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
    blind: bool
    listed: frozenset[int]
    """Who is on the shortlist."""


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
    found = decisions.ranked(row)
    slot, ranking = found.slot, found.ranking
    listed = deciding.shortlist(slot_id)
    blind = request.args.get("blind") == "1"
    words = Words(
        slot,
        queries.titles(),
        _shelf(slot),
        blind,
        frozenset(one.person_id for one in listed),
    )
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
        learning=training.given_for(slot_id),
        today=clock.today(),
        state=state,
        state_names=SLOT_STATE_NAMES,
        state_tones=SLOT_STATE_TONES,
        booking_names=STATE_NAMES,
        booking_tones=STATE_TONES,
        bookable=row.closed_at is None and not filled and not ended,
        bookings=live,
        history=_history(slot_id),
        blind=blind,
        toggle=url_for(".role", code=code, slot_id=slot_id, blind=None if blind else 1),
        shortlisted=len(listed),
        seen=digest(ranking, found.weights),
        weights_name=preset_title(preset_of(found.weights)),
        weights=[
            (part_title(name), number(weight), part_meaning(name))
            for name, weight in found.weights.items()
            if weight
        ],
        decided=[shown_decision(one) for one in deciding.decisions_of_slot(slot_id)[:5]],
        waiting=[one for one in deciding.overrides_of_slot(slot_id) if one.second_at is None],
        facts=_facts(row),
        musts=[_need_text(need, words.titles) for need in slot.musts],
        wants=[_want_text(need, words.titles) for need in slot.wants],
        learns=learning_texts(
            [found.people[one.person_id] for one in candidates], slot, words.titles
        ),
        helps=help_texts(teams.helped_by(row, [one.person_id for one in candidates]), words.titles),
        candidates=_shown(
            candidates, (page - 1) * CANDIDATES, people, live, words, ranking.candidates
        ),
        near=_near(near, people, words, found.people, (near_page - 1) * NEAR),
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
        *(
            (
                _("%(first)s to %(last)s", first=day(one.first), last=day(one.last)),
                _("%(percent)s %%", percent=number(one.percent)),
            )
            for one in row.shares
        ),
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
    everybody: Sequence[Candidate],
) -> list[ShownCandidate]:
    booked = {booking.person_id: booking for booking in live}
    gone = deciding.gone(words.slot.id)
    return [
        ShownCandidate(
            place=before + number_,
            person=_named(
                people[candidate.person_id],
                words,
                _("Candidate %(place)s", place=before + number_),
            ),
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
            departure=choice(everybody, candidate.person_id, gone)[0] is Choice.DEPARTURE,
        )
        for number_, candidate in enumerate(candidates, 1)
        if candidate.person_id in people
    ]


def _named(person: Person, words: Words, blind_name: str) -> Shown:
    listed = person.id in words.listed
    hidden = mask(words.slot.id, person.id)
    if words.blind:
        return Shown(0, blind_name, None, None, hidden, listed)
    href = f"/people/{person.id}"
    return Shown(person.id, person.name, href, person.title, hidden, listed)


def _near(
    misses: Sequence[NearMiss],
    people: Mapping[int, Person],
    words: Words,
    matched: Mapping[int, Matched],
    before: int,
) -> list[ShownMiss]:
    today = clock.today()
    return [
        _shown_miss(miss, people[miss.person_id], words, matched[miss.person_id], place, today)
        for place, miss in enumerate(misses, before + 1)
        if miss.person_id in people
    ]


def _shown_miss(
    miss: NearMiss, person: Person, words: Words, matched: Matched, place: int, today: date
) -> ShownMiss:
    mended = [
        (reason, repair(reason, matched, words.slot, words.shelf, today)) for reason in miss.reasons
    ]
    courses = [made.training for _reason, made in mended if isinstance(made, Course)]
    return ShownMiss(
        person=_named(person, words, _("Person %(number)s", number=place)),
        count=ngettext("%(num)s reason short", "%(num)s reasons short", len(miss.reasons)),
        reasons=[
            ShownReason(
                reason_text(reason, words.titles),
                "warn" if isinstance(made, Course) and made.in_time else "bad",
                repair_text(made, words.titles),
            )
            for reason, made in mended
        ],
        courses={training.course_id: training.title for training in courses},
        override=can_be_passed_over(miss.reasons),
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
    if request.args.get("blind") == "1":
        here["blind"] = 1

    def url(number_: int) -> str:
        return url_for(".role", _anchor=name, **{**here, name: number_})

    first, last = (page - 1) * size + 1, min(page * size, total)
    summary = _("%(first)s to %(last)s of %(total)s", first=first, last=last, total=total)
    return (
        url(page - 1) if page > 1 else None,
        url(page + 1) if page * size < total else None,
        summary,
    )
