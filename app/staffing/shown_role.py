"""A role's list, near misses and history as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import Person
from app.core.i18n import day, instant, money, ngettext, number
from app.core.i18n import gettext as _
from app.projects.models import RoleSlot
from app.staffing import queries
from app.staffing.deciding import queries as deciding
from app.staffing.deciding.models import Override, OverrideState
from app.staffing.deciding.rules import (
    Choice,
    can_be_passed_over,
    choice,
    mask,
    passed_over,
    uncovered,
)
from app.staffing.deciding.services import Ranked
from app.staffing.forms import STATE_NAMES, STATE_TONES
from app.staffing.models import Booking
from app.staffing.rules.booking import LIVE, BookingState
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.advice import repair_texts
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.explain import (
    Titles,
    part_text,
    part_title,
    points_text,
    reason_text,
)
from app.staffing.rules.matcher.problem import Kind, Need, Slot
from app.staffing.rules.matcher.problem import Person as Matched
from app.staffing.rules.matcher.rank import Candidate, NearMiss, Ranking
from app.staffing.rules.matcher.repair import (
    Courses,
    EarlierEnd,
    FewerPercent,
    LaterStart,
    Repair,
    repairs,
)
from app.staffing.teams import queries as teams
from app.staffing.training.lessons import Lessons
from app.web.charts import Bar, bar


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
    part: dict[str, str]
    """What of the role they could take, as arguments of the page that divides it."""
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
    lessons: Lessons
    blind: bool
    listed: frozenset[int]
    """Who is on the shortlist."""

    @property
    def titles(self) -> Titles:
        return self.lessons.titles


def unmet(
    found: Ranked, live: Sequence[Booking], overrides: Sequence[Override], titles: Titles
) -> dict[int, list[str]]:
    """By booking, what is not met as things are now and was not passed over on this role.

    What is proposed or asked is held against the role as if mentors who are, too, were agreed.
    """
    if not live:
        return {}
    hoped_for = teams.as_slot(found.row, LIVE)
    told = {}
    for booking in live:
        person = found.people.get(booking.person_id)
        if person is None:
            told[booking.id] = [_("not active any more")]
            continue
        granted = passed_over(
            one.rules
            for one in overrides
            if one.person_id == booking.person_id and one.state is OverrideState.GRANTED
        )
        agreed = booking.state is BookingState.CONFIRMED
        left = uncovered(reasons(person, found.slot if agreed else hoped_for), granted)
        told[booking.id] = [reason_text(one, titles) for one in left]
    return told


def facts(row: RoleSlot) -> list[tuple[str, str | None]]:
    """What stands of a role beside its demands, as labels with values."""
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


def history(slot_id: int) -> list[ShownStep]:
    """The steps of its bookings, the latest first."""
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


def need_text(need: Need, titles: Titles) -> str:
    """A must in words."""
    title = titles.of_need(need)
    if need.kind is Kind.COMPETENCY:
        return _("%(title)s, level %(level)s", title=title, level=need.level)
    return title


def want_text(need: Need, titles: Titles) -> str:
    """A want in words, with its weight where that is not the usual."""
    text = need_text(need, titles)
    if need.weight == 1 or need.kind is Kind.LOCATION:
        return text
    return _("%(need)s (weight %(weight)s)", need=text, weight=number(need.weight))


def shown_candidates(
    candidates: Sequence[Candidate],
    before: int,
    people: Mapping[int, Person],
    live: Sequence[Booking],
    words: Words,
    everybody: Sequence[Candidate],
) -> list[ShownCandidate]:
    """One page of the list. `before` is how many stand on the pages before it."""
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


def shown_misses(
    misses: Sequence[NearMiss],
    people: Mapping[int, Person],
    words: Words,
    matched: Mapping[int, Matched],
    before: int,
) -> list[ShownMiss]:
    """One page of the near misses, each with what would mend it."""
    return [
        _shown_miss(miss, people[miss.person_id], words, matched[miss.person_id], place)
        for place, miss in enumerate(misses, before + 1)
        if miss.person_id in people
    ]


def _shown_miss(
    miss: NearMiss, person: Person, words: Words, matched: Matched, place: int
) -> ShownMiss:
    made = repairs(miss.reasons, matched, words.slot, words.lessons.mend)
    texts = repair_texts(made, words.titles)
    return ShownMiss(
        person=_named(person, words, _("Person %(number)s", number=place)),
        count=ngettext("%(num)s reason short", "%(num)s reasons short", len(miss.reasons)),
        reasons=[
            ShownReason(
                reason_text(reason, words.titles),
                "warn" if isinstance(mend, Courses) and mend.in_time else "bad",
                text,
            )
            for reason, mend, text in zip(miss.reasons, made, texts, strict=True)
        ],
        courses=words.lessons.named(made),
        part=_part(made, words.slot),
        override=can_be_passed_over(miss.reasons),
    )


def _part(mended: Sequence[Repair], slot: Slot) -> dict[str, str]:
    """Where a part of the role would do: its share, or the day on which the second part begins.

    A role with smaller shares on some days is not divided.
    """
    if slot.relief:
        return {}
    match mended:
        case [FewerPercent() as less]:
            return {"percent": str(less.percent)}
        case [LaterStart() as later]:
            return {"rest_from": later.start.isoformat()}
        case [EarlierEnd() as sooner]:
            return {"rest_from": (sooner.end + DAY).isoformat()}
        case _:
            return {}


def summary(ranking: Ranking) -> str:
    """How many of how many qualify."""
    return ngettext(
        "%(qualified)s of %(num)s person qualifies on every day.",
        "%(qualified)s of %(num)s people qualify on every day.",
        ranking.considered,
        qualified=number(len(ranking.candidates)),
    )
