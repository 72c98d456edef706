"""One role and everybody, ranked: what a glance tells of all, the facts of those who are shown.

The statements tell only what is certain, and `tests/staffing/test_sieve.py` holds them against the
rules: whoever they leave open, and whoever is shown, is judged by the rules alone.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.accounts.models import Person as PersonRow
from app.accounts.models import SpokenLanguage
from app.competence import queries as competence
from app.competence.queries import Glance
from app.competence.rules import Book
from app.core import db
from app.core.values import Money, Period
from app.projects.models import RoleShare
from app.staffing.calendars.models import CapacityChange, WorkingWeek
from app.staffing.models import Absence, Booking
from app.staffing.queries.facts import active_among, people_unsettled
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import (
    CONSENT,
    EMPLOYMENT,
    PLACE,
    RATE,
    Demand,
    demands,
)
from app.staffing.rules.matcher.problem import Kind, Need, Person, Slot
from app.staffing.rules.matcher.rank import Ranking, order
from app.staffing.rules.matcher.sieve import Sieve, Verdict, judged
from app.staffing.rules.matcher.weights import BALANCED, Weights

ALL = slice(0, None)


def ranked(
    slot: Slot, weights: Weights = BALANCED, *, near: slice = ALL, others: Collection[int] = ()
) -> tuple[Ranking, dict[int, Person]]:
    """Rank everybody who may be asked for a role, as `rank` does with the facts of everybody.

    Whole facts are read of those alone who qualify or are shown: reading takes most of the time.

    Args:
        near: which of the near misses are shown; those before them are listed, too.
        others: of whom else the facts are wanted.

    Returns:
        The ranking, and by id the candidates, the near misses that are shown, and the others.
    """
    sieve = _sieve(slot, near.stop)
    qualified, ranking = judged(sieve, people_unsettled(sieve))
    shown = [miss.person_id for miss in ranking.near[near]]
    people = {one.id: one for one in active_among(slot, {*qualified, *shown, *others})}
    asked = [people[key] for key in qualified if key in people]
    return replace(ranking, candidates=order(slot, asked, weights).candidates), people


def _sieve(slot: Slot, near: int | None) -> Sieve:
    """Everybody who may be asked by what a glance tells of them."""
    loads, rules = _loads(slot), competence.book()
    asked = demands(slot)
    verdicts = reduce(operator.add, (_verdict(one, slot, loads, rules) for one in asked))
    query = (
        select(PersonRow.id, verdicts)
        .outerjoin(loads, loads.c.person_id == PersonRow.id)
        .where(PersonRow.active.is_(True))
    )
    people: dict[str, list[int]] = defaultdict(list)
    for person_id, found in db.rows(query):
        people[found].append(person_id)
    return Sieve(slot, asked, people, near)


# --- What a glance tells, demand by demand ---------------------------------------------------

_MET, _SHORT, _OPEN = (literal(verdict.value, String) for verdict in Verdict)


def _verdict(demand: Demand, slot: Slot, loads: Subquery, rules: Book) -> ColumnElement[str]:
    if demand.need is not None:
        return _of_need(demand.need, slot, rules)
    if demand.rule == PLACE:
        places = [need.code for need in slot.musts if need.kind is Kind.LOCATION]
        return _met_if(PersonRow.location.in_(places))
    if demand.rule == EMPLOYMENT:
        return _met_if(_employed(slot.period))
    if slot.rate_cap and demand.rule == RATE:
        return _met_if(_affordable(slot.rate_cap))
    if demand.rule == CONSENT:
        return _MET  # asked for plans only
    return _of_time(slot, loads)


def _met_if(condition: ColumnElement[bool]) -> ColumnElement[str]:
    return case((condition, _MET), else_=_SHORT)


def _of_need(need: Need, slot: Slot, rules: Book) -> ColumnElement[str]:
    match need.kind:
        case Kind.COMPETENCY:
            level = slot.enough(need)
            return _told(competence.level_at_a_glance(need.code, level, slot.proven, rules))
        case Kind.CERTIFICATION:
            return _told(
                competence.certification_at_a_glance(need.code, slot.proven, renewals=slot.renewals)
            )
        case Kind.LANGUAGE:
            spoken = select(SpokenLanguage.person_id).where(SpokenLanguage.code == need.code)
            return _met_if(PersonRow.id.in_(spoken))
        case Kind.HOURS:
            known = select(WorkingWeek.person_id)
            return case((PersonRow.id.in_(known), _OPEN), else_=_SHORT)
        case _:
            return _OPEN


def _told(glance: Glance) -> ColumnElement[str]:
    return case(
        (PersonRow.id.in_(glance.surely), _MET),
        (PersonRow.id.in_(glance.perhaps), _OPEN),
        else_=_SHORT,
    )


def _employed(days: Period) -> ColumnElement[bool]:
    first, last = PersonRow.employed_from, PersonRow.employed_to
    return or_(first.is_(None), first <= days.first) & or_(last.is_(None), last >= days.last)


def _affordable(cap: Money) -> ColumnElement[bool]:
    return (PersonRow.rate_currency == cap.currency) & (PersonRow.rate_minor <= cap.minor)


def _of_time(slot: Slot, loads: Subquery) -> ColumnElement[str]:
    """Time suffices if it does with all loads on one day, and does not with the largest alone.

    Where there is less of something on some days, that has to be judged.
    """
    changes = select(CapacityChange.person_id).where(CapacityChange.from_on <= slot.period.last)
    with_all = func.coalesce(loads.c.total, 0) + slot.allocation
    with_largest = func.coalesce(loads.c.largest, 0) + slot.allocation
    return case(
        (PersonRow.id.in_(changes), _OPEN),
        (with_all <= PersonRow.capacity, _MET),
        (loads.c.lessened > 0, _OPEN),
        (with_largest > PersonRow.capacity, _OPEN if slot.relief else _SHORT),
        else_=_OPEN,
    )


def _loads(slot: Slot) -> Subquery:
    """What takes time of each person within a role: the sum, the largest, and whether any of it is
    a booking that takes less on some days."""
    days = slot.period
    lessened = case((Booking.slot_id.in_(select(RoleShare.slot_id)), 1), else_=0)
    booked = select(Booking.person_id, Booking.percent, lessened.label("lessened")).where(
        Booking.state == BookingState.CONFIRMED,
        Booking.slot_id != slot.id,
        Booking.start_date <= days.last,
        Booking.end_date >= days.first,
    )
    away = select(Absence.person_id, Absence.percent, literal(0)).where(
        Absence.start_date <= days.last, Absence.end_date >= days.first
    )
    every = union_all(booked, away).subquery()
    return (
        select(
            every.c.person_id,
            func.sum(every.c.percent).label("total"),
            func.max(every.c.percent).label("largest"),
            func.max(every.c.lessened).label("lessened"),
        )
        .group_by(every.c.person_id)
        .subquery()
    )
