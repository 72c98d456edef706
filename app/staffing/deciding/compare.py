"""The shortlist side by side: a column for each person, a row for each thing that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Person as PersonRow
from app.core.errors import NotVisible
from app.core.i18n import day, money, number
from app.core.i18n import gettext as _
from app.projects.models import RoleSlot
from app.staffing import queries as staffing
from app.staffing.deciding import queries, rules
from app.staffing.deciding.models import Shortlisted
from app.staffing.deciding.rules import Choice
from app.staffing.deciding.services import Ranked
from app.staffing.models import Booking
from app.staffing.rules.capacity import peak
from app.staffing.rules.hours import hours_shared
from app.staffing.rules.matcher.claims import level_throughout
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.explain import (
    Titles,
    part_text,
    part_title,
    points_text,
    reason_text,
)
from app.staffing.rules.matcher.problem import Kind, Need, Person, Wish
from app.staffing.rules.matcher.rank import Candidate
from app.web.charts import Bar, bar


@dataclass(frozen=True, slots=True)
class Column:
    """Somebody of the shortlist; without name and link on a blind list."""

    id: int
    """0 on a blind list: forms use `mask`."""
    mask: str
    name: str
    href: str | None
    detail: str | None
    place: str
    score: str | None
    missing: list[str]
    booking: Booking | None
    departure: bool


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: list[Cell]


def columns(
    found: Ranked, listed: Sequence[Shortlisted], live: Sequence[Booking], *, blind: bool
) -> list[Column]:
    """The heads of the columns, in the order of the list."""
    titles = staffing.titles()
    booked = {one.person_id: one for one in live}
    gone = queries.gone(found.row.id)
    order = _order(found, listed)
    return [
        _column(found, person, place, titles, booked.get(person.id), gone, blind)
        for place, person in enumerate(order, 1)
    ]


def _order(found: Ranked, listed: Sequence[Shortlisted]) -> list[PersonRow]:
    """Shortlisted people by their place in the list; those who miss something come last."""
    places = {one.person_id: place for place, one in enumerate(found.ranking.candidates)}
    last = len(places)
    return sorted((one.person for one in listed), key=lambda one: places.get(one.id, last))


def _column(
    found: Ranked,
    person: PersonRow,
    number_: int,
    titles: Titles,
    booking: Booking | None,
    gone: frozenset[int],
    blind: bool,
) -> Column:
    matched = found.people.get(person.id)
    chosen, place = rules.choice(found.ranking.candidates, person.id, gone)
    missing = reasons(matched, found.slot) if matched else ()
    score = found.ranking.candidates[place - 1].score if place else None
    return Column(
        id=0 if blind else person.id,
        mask=rules.mask(found.row.id, person.id),
        name=_("Candidate %(letter)s", letter=_letter(number_)) if blind else person.name,
        href=None if blind else f"/people/{person.id}",
        detail=None if blind else person.title,
        place=_("Place %(place)s", place=place) if place else _("Does not qualify"),
        score=None if score is None else number(score),
        missing=[reason_text(one, titles) for one in missing]
        if matched
        else [_("not active any more")],
        booking=booking,
        departure=chosen is Choice.DEPARTURE,
    )


def _letter(place: int) -> str:
    return chr(64 + place) if place <= 26 else str(place)


def rows(found: Ranked, listed: Sequence[Shortlisted]) -> list[Row]:
    """What is compared: parts of the score, each demand, time, rate."""
    order = [found.people.get(one.id) for one in _order(found, listed)]
    scored = {one.person_id: one for one in found.ranking.candidates}
    titles = staffing.titles()
    names = [part.name for one in found.ranking.candidates[:1] for part in one.parts]
    table = [
        Row(
            part_title(name),
            [_part(scored.get(one.id) if one else None, name, found, titles) for one in order],
        )
        for name in names
    ]
    for need in (*found.slot.musts, *found.slot.wants):
        cells = [Cell(_has(one, need, found) if one else "–") for one in order]
        table.append(Row(_asked(need, titles, need in found.slot.musts), cells))
    table.append(Row(_("Free at the fullest"), [Cell(_free(one, found)) for one in order]))
    table.append(Row(_("Rate"), [Cell(_rate(one)) for one in order]))
    table.append(Row(_("Their wish"), [Cell(_wish(one, found)) for one in order]))
    return table


def _part(candidate: Candidate | None, name: str, found: Ranked, titles: Titles) -> Cell:
    part = next((one for one in candidate.parts if one.name == name), None) if candidate else None
    if part is None:
        return Cell("–")
    drawn = bar(part_title(part.name), part.points, part.most, points_text(part))
    return Cell(part_text(part, found.slot, titles), drawn)


def _asked(need: Need, titles: Titles, must: bool) -> str:
    title = titles.of_need(need)
    if need.kind is Kind.COMPETENCY:
        title = _("%(title)s, level %(level)s", title=title, level=need.level)
    if must:
        return _("Must: %(what)s", what=title)
    return _("Wanted: %(what)s", what=title)


def _has(person: Person, need: Need, found: Ranked) -> str:
    match need.kind:
        case Kind.COMPETENCY:
            level = level_throughout(person.attested.get(need.code, ()), found.slot.proven)
            return _("level %(level)s", level=level) if level else _("nothing that counts")
        case Kind.CERTIFICATION:
            held = person.held.get(need.code, ())
            if not held:
                return _("no")
            lasts = [one.last for one in held]
            if None in lasts:
                return _("without end")
            return _("until %(day)s", day=day(max(last for last in lasts if last)))
        case Kind.LANGUAGE:
            return _("yes") if need.code in person.languages else _("no")
        case Kind.HOURS:
            hours = hours_shared(person.weeks, need.code, found.slot.period)
            return _("not known") if hours is None else number(round(hours, 1))
        case Kind.LOCATION:
            return person.location or _("not known")
        case _:
            return "–"


def _free(person: Person | None, found: Ranked) -> str:
    if person is None:
        return "–"
    left = max(0, person.capacity - peak(person.taken, found.slot.period))
    return _("%(percent)s %%", percent=number(left))


def _rate(person: Person | None) -> str:
    if person is None or person.rate is None:
        return _("not known")
    return _("%(rate)s an hour", rate=money(person.rate.minor, person.rate.currency))


def _wish(person: Person | None, found: Ranked) -> str:
    wish = person.wishes.get(found.slot.id) if person else None
    match wish:
        case Wish.GLADLY:
            return _("gladly")
        case Wish.RATHER_NOT:
            return _("rather not")
        case _:
            return _("nothing said")


def unmasked(row: RoleSlot, mask: str) -> int:
    """Whom a blind form speaks of.

    Raises:
        NotVisible: nobody who may be asked for this role.
    """
    for person_id in staffing.active_ids():
        if rules.mask(row.id, person_id) == mask:
            return person_id
    raise NotVisible(_("There is no such person on this list."))
