"""What a project needs of its team as a whole, and on which days it has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from app.core.values import Period
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.claims import first_day_below, first_gap, level_on
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot


class TeamRule(StrEnum):
    """What kind of need it is."""

    AT_LEAST = "at-least"
    """So many people meet a demand."""
    SHARE = "share"
    """So many percent of the team meet a demand."""
    ESSENTIAL = "essential"
    """A role without which the project does not count as staffed."""
    TOGETHER = "together"
    """Two people who are on the project both, or neither."""
    APART = "apart"
    """Two people who are never on the same project."""
    STRETCH = "stretch"
    """One level less of a competency will do beside somebody who meets the demand named."""


@dataclass(frozen=True, slots=True)
class TeamNeed:
    """One need. `amount` is a number of people, or percent; `pair` are the two people."""

    rule: TeamRule
    amount: int = 0
    need: Need | None = None
    pair: frozenset[int] = frozenset()
    slot_id: int | None = None
    id: int = field(default=0, compare=False)
    """Of what was entered; 0 if it was not."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is on the team on the days of a period, in a role."""

    person: Person
    slot_id: int
    period: Period


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the same people meet a need. `missing` says how many more it takes."""

    period: Period
    met_by: frozenset[int]
    missing: int


def meets(person: Person, need: Need, day: date) -> bool:
    """Whether somebody meets a demand on a day."""
    if need.kind is Kind.COMPETENCY:
        return level_on(person.attested.get(need.code, ()), day) >= need.level
    held = person.held.get(need.code, ())
    return any(one.first <= day and (one.last is None or day <= one.last) for one in held)


def meets_throughout(person: Person, need: Need, days: Period) -> bool:
    """Whether somebody meets a demand on each of the days."""
    if need.kind is Kind.COMPETENCY:
        return first_day_below(person.attested.get(need.code, ()), need.level, days) is None
    return first_gap(person.held.get(need.code, ()), days) is None


def stretches(need: TeamNeed, members: Sequence[Member], days: Period) -> list[Stretch]:
    """How a need is met, day by day, with days that are alike in one; covers all of `days`."""
    found: list[Stretch] = []
    firsts = _changes(need, members, days)
    lasts = [*(first - DAY for first in firsts[1:]), days.last]
    for first, last in zip(firsts, lasts, strict=True):
        met_by, missing = _on(need, [one for one in members if first in one.period], first)
        if found and (found[-1].met_by, found[-1].missing) == (met_by, missing):
            found[-1] = Stretch(Period(found[-1].period.first, last), met_by, missing)
        else:
            found.append(Stretch(Period(first, last), met_by, missing))
    return found


def _changes(need: TeamNeed, members: Iterable[Member], days: Period) -> list[date]:
    """The days on which something may become different; the first of all days is one."""
    periods: list[tuple[date, date | None]] = []
    for one in members:
        periods.append((one.period.first, one.period.last))
        if need.need is not None:
            code = need.need.code
            periods += [(a.first, a.last) for a in one.person.attested.get(code, ())]
            periods += [(held.first, held.last) for held in one.person.held.get(code, ())]
    starts = {days.first} | {first for first, _last in periods}
    starts |= {last + DAY for _first, last in periods if last is not None and last < date.max}
    return sorted(day for day in starts if day in days)


def _on(need: TeamNeed, team: Sequence[Member], day: date) -> tuple[frozenset[int], int]:
    """Who meets a need on a day, and how many are missing."""
    people = {one.person.id: one.person for one in team}
    match need.rule:
        case TeamRule.ESSENTIAL:
            there = frozenset(one.person.id for one in team if one.slot_id == need.slot_id)
            return there, int(not there)
        case TeamRule.TOGETHER:
            there = need.pair & people.keys()
            return there, int(len(there) == 1)
        case TeamRule.APART:
            there = need.pair & people.keys()
            return there, max(0, len(there) - 1)
    demand = need.need
    able = frozenset(key for key, one in people.items() if demand and meets(one, demand, day))
    return able, max(0, asked(need, len(people)) - len(able))


def asked(need: TeamNeed, team: int) -> int:
    """How many of a team of so many have to meet the need."""
    if need.rule is TeamRule.SHARE:
        return -(-team * need.amount // 100)
    return need.amount if need.rule is TeamRule.AT_LEAST else 0


def mentors(needs: Iterable[TeamNeed]) -> tuple[Need, ...]:
    """What makes somebody on a project a mentor."""
    return tuple(one.need for one in needs if one.need and one.rule is TeamRule.STRETCH)


def mentored(slot: Slot, needs: Iterable[TeamNeed], members: Sequence[Member]) -> frozenset[str]:
    """Competencies of which a role may have one level less: a mentor is there on all its days.

    A mentor has what the project asks of mentors, and no less than the role asks for.
    """
    others = [one for one in members if one.slot_id != slot.id]
    allowed = {need.code: need.level for need in mentors(needs)}
    return frozenset(
        must.code
        for must in slot.musts
        if must.kind is Kind.COMPETENCY and must.code in allowed
        if _somebody_has(replace(must, level=max(must.level, allowed[must.code])), others, slot)
    )


def _somebody_has(need: Need, members: Sequence[Member], slot: Slot) -> bool:
    one = TeamNeed(TeamRule.AT_LEAST, 1, need)
    return not any(stretch.missing for stretch in stretches(one, members, slot.period))
