"""What the matcher needs to know, read for everybody at once: the same few statements for one
person and for ten thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Person as PersonRow
from app.accounts.models import SpokenLanguage
from app.competence import queries as competence
from app.competence.models import Holding
from app.competence.rules import EvidenceKind
from app.core import db
from app.core.values import Money, Period
from app.projects.models import Demand, Holds, Requirement, RoleShare, RoleSlot, Strength
from app.staffing.calendars import queries as calendars
from app.staffing.calendars.rules import Change, from_highest
from app.staffing.models import Absence, Booking
from app.staffing.own.models import RoleWish
from app.staffing.rules.booking import BookingState
from app.staffing.rules.capacity import Load, weeks_beyond
from app.staffing.rules.hours import Week
from app.staffing.rules.matcher.eligibility import CAPACITY, EMPLOYMENT, PLACE, RATE
from app.staffing.rules.matcher.explain import Titles
from app.staffing.rules.matcher.problem import (
    STUDY_HOURS,
    Attestation,
    Held,
    Kind,
    Need,
    Person,
    Slot,
    Source,
    Wish,
)
from app.staffing.rules.matcher.sieve import Sieve
from app.staffing.training.models import StudyTime

T = TypeVar("T")
_SOURCES = {kind.value: Source(kind.value) for kind in EvidenceKind if kind.value in set(Source)}


def as_slot(row: RoleSlot) -> Slot:
    """A role as the matcher sees it."""
    cap = row.rate_cap_minor
    return Slot(
        id=row.id,
        period=Period(row.start_date, row.end_date),
        allocation=row.allocation,
        musts=_needs(row.requirements, Strength.MUST),
        wants=_needs(row.requirements, Strength.WANT),
        throughout=row.holds is not Holds.START,
        renewals=row.holds is Holds.RENEWAL,
        rate_cap=Money(cap, row.rate_currency or "") if cap is not None else None,
        relief=tuple(
            Load(Period(share.first, share.last), share.percent - row.allocation)
            for share in row.shares
        ),
    )


def _needs(rows: Iterable[Requirement], strength: Strength) -> tuple[Need, ...]:
    return tuple(
        Need(Kind(row.demand), row.code, row.level or 0, float(row.weight))
        for row in rows
        if row.strength is strength
    )


def people_for(slots: Sequence[Slot]) -> list[Person]:
    """Everybody who may be asked for these roles, with what counts on their days.

    Bookings for the roles themselves take nothing: who is booked already still fits.
    """
    return _people(slots, everybody=PersonRow.active.is_(True))


def active_ids() -> list[int]:
    """Everybody who may be asked, by id alone."""
    return [key for (key,) in db.rows(select(PersonRow.id).where(PersonRow.active))]


def person_for(slot: Slot, person_id: int) -> Person | None:
    """One person, as `people_for` sees them; None if they are not active."""
    return person_for_all([slot], person_id)


def active_among(slot: Slot, person_ids: Collection[int]) -> list[Person]:
    """Those of the people who may be asked, as `people_for` sees them."""
    chosen = db.one_of(PersonRow.id, person_ids) & PersonRow.active
    return _people([slot], everybody=chosen, person_ids=person_ids)


def people_among(slots: Sequence[Slot], person_ids: Collection[int]) -> list[Person]:
    """Some of the people, active or not, as several roles see them."""
    return _people(slots, everybody=db.one_of(PersonRow.id, person_ids), person_ids=person_ids)


def proven_among(
    needs: Iterable[Need], span: Period, person_ids: Collection[int]
) -> dict[int, Person]:
    """Some of the people by id, with nothing but what they have of these demands, in few
    statements: competencies and certifications."""
    asked = list(needs)
    attested = _attested(_codes(asked, Kind.COMPETENCY), span, person_ids)
    held = _held(_codes(asked, Kind.CERTIFICATION), person_ids)
    return {
        key: Person(key, attested=_tupled(attested.get(key)), held=_tupled(held.get(key)))
        for key in person_ids
    }


def person_for_all(slots: Sequence[Slot], person_id: int) -> Person | None:
    """One person as several roles see them; None if they are not active."""
    chosen = (PersonRow.id == person_id) & PersonRow.active
    return next(iter(_people(slots, everybody=chosen, person_ids=[person_id])), None)


def people_unsettled(sieve: Sieve) -> dict[int, Person]:
    """The unsettled of a sieve by id, with nothing but what they have of the demands they lack."""
    slot, span = sieve.slot, sieve.slot.period
    lacking: dict[str, set[int]] = defaultdict(set)
    for demand, ids in sieve.lacking():
        lacking[demand.rule.name].update(ids)
    busy = lacking[CAPACITY.name]
    attested = _attested(_codes(slot.musts, Kind.COMPETENCY), span, lacking[Kind.COMPETENCY])
    held = _held(_codes(slot.musts, Kind.CERTIFICATION), lacking[Kind.CERTIFICATION])
    weeks = _weeks(slot.musts, lacking[Kind.HOURS])
    booked, away = _booked(span, [slot.id], busy), _away(span, busy)
    changes = calendars.changes_of(busy, span)
    standing = busy.union(*(lacking[rule.name] for rule in (PLACE, EMPLOYMENT, RATE)))
    rows = db.rows(select(*_STANDING).where(db.one_of(PersonRow.id, standing)))
    stands = {row[0]: _standing(row) for row in rows}
    people = (
        Person(
            key,
            **stands.get(key, {}),
            attested=_tupled(attested.get(key)),
            held=_tupled(held.get(key)),
            booked=tuple(booked.get(key, ())),
            away=tuple(away.get(key, ())),
            weeks=weeks.get(key, ()),
        )
        for key in set().union(*lacking.values())
    )
    return {one.id: _over_time(one, changes.get(one.id), span) for one in people}


def _people(
    slots: Sequence[Slot],
    *,
    everybody: ColumnElement[bool],
    person_ids: Collection[int] | None = None,
) -> list[Person]:
    needs = [need for slot in slots for need in (*slot.musts, *slot.wants)]
    span = Period(min(s.period.first for s in slots), max(s.period.last for s in slots))
    slot_ids = [slot.id for slot in slots]
    attested = _attested(_codes(needs, Kind.COMPETENCY), span, person_ids)
    held = _held(_codes(needs, Kind.CERTIFICATION), person_ids)
    spoken = _spoken(_codes(needs, Kind.LANGUAGE), person_ids)
    booked = _booked(span, slot_ids, person_ids)
    away = _away(span, person_ids)
    latest = _latest(span.first, slot_ids, person_ids)
    similar = _similar(_codes(needs, Kind.COMPETENCY), span.first, person_ids)
    wishes = _wishes(slot_ids, person_ids)
    weekly = _study_hours(person_ids)
    weeks = _weeks(needs, person_ids)
    changes = calendars.changes_of(person_ids, span)
    people = (
        Person(
            row[0],
            **_standing(row),
            languages=frozenset(spoken.get(row[0], ())),
            attested=_tupled(attested.get(row[0])),
            held=_tupled(held.get(row[0])),
            booked=tuple(booked.get(row[0], ())),
            away=tuple(away.get(row[0], ())),
            last_booked_to=latest.get(row[0]),
            similar=similar.get(row[0], {}),
            wishes=wishes.get(row[0], {}),
            weeks=weeks.get(row[0], ()),
            study_hours=weekly.get(row[0], STUDY_HOURS),
        )
        for row in db.rows(select(*_STANDING).where(everybody))
    )
    return [_over_time(one, changes.get(one.id), span) for one in people]


_STANDING = (
    PersonRow.id,
    PersonRow.capacity,
    PersonRow.employed_from,
    PersonRow.employed_to,
    PersonRow.rate_minor,
    PersonRow.rate_currency,
    PersonRow.location,
)
"""What stands with people themselves."""


def _standing(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    _key, capacity, first, last, rate, currency, location = row
    return {
        "capacity": capacity,
        "employed_from": first,
        "employed_to": last,
        "rate": None if rate is None else Money(rate, currency or ""),
        "location": location,
    }


def _over_time(person: Person, changes: Sequence[Change] | None, span: Period) -> Person:
    """Somebody whose capacity changes: the most that they have, and absent where it is less."""
    if not changes:
        return person
    highest, missing = from_highest(person.capacity, changes, span)
    return replace(person, capacity=highest, away=(*person.away, *missing))


def _codes(needs: Iterable[Need], kind: Kind) -> set[str]:
    return {need.code for need in needs if need.kind is kind}


def _tupled(found: dict[str, list[T]] | None) -> dict[str, tuple[T, ...]]:
    return {code: tuple(rows) for code, rows in found.items()} if found else {}


def _of(column: InstrumentedAttribute[int], ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else db.one_of(column, ids)


def _attested(
    codes: Collection[str], span: Period, person_ids: Collection[int] | None
) -> dict[int, dict[str, list[Attestation]]]:
    found: dict[int, dict[str, list[Attestation]]] = defaultdict(lambda: defaultdict(list))
    for owner, code, level, first, last, kind in competence.counted_pieces(codes, span, person_ids):
        found[owner][code].append(Attestation(level, first, last, _SOURCES[kind]))
    return found


def _held(
    codes: Collection[str], person_ids: Collection[int] | None
) -> dict[int, dict[str, list[Held]]]:
    if not codes:
        return {}
    query = select(
        Holding.person_id, Holding.certification_code, Holding.issued_on, Holding.expires_on
    ).where(
        Holding.withdrawn_at.is_(None),
        Holding.certification_code.in_(codes),
        _of(Holding.person_id, person_ids),
    )
    renewable = competence.renewable_codes()
    found: dict[int, dict[str, list[Held]]] = defaultdict(lambda: defaultdict(list))
    for owner, code, first, last in db.rows(query):
        found[owner][code].append(Held(first, last, code in renewable))
    return found


def _spoken(codes: Collection[str], person_ids: Collection[int] | None) -> dict[int, set[str]]:
    if not codes:
        return {}
    query = select(SpokenLanguage.person_id, SpokenLanguage.code).where(
        SpokenLanguage.code.in_(codes), _of(SpokenLanguage.person_id, person_ids)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for owner, code in db.rows(query):
        found[owner].add(code)
    return found


def standing_loads(
    person_ids: Collection[int], span: Period
) -> tuple[dict[int, list[Load]], dict[int, list[Load]]]:
    """What takes time of these people within `span`: confirmed bookings, and absences.

    Where capacity changes on a day, the difference to what stands with the person is an absence,
    below 0 if there is more than that.
    """
    booked = _agreed(span, Booking.person_id.in_(person_ids))
    away = _absent(span, Absence.person_id.in_(person_ids))
    for owner, differences in calendars.differences_of(person_ids, span).items():
        away[owner].extend(differences)
    return booked, away


def weeks_beyond_time(person: PersonRow, today: date) -> list[str]:
    """The ISO weeks from today on in which more is agreed with somebody than they have time for."""
    query = select(func.max(Booking.end_date)).where(
        Booking.person_id == person.id, Booking.state == BookingState.CONFIRMED
    )
    last = db.session.scalar(query)
    if last is None or last < today:
        return []
    span = Period(today, last)
    booked, away = standing_loads([person.id], span)
    return weeks_beyond(person.capacity, booked[person.id], away[person.id], span)


def _booked(
    span: Period, but_for: Collection[int], person_ids: Collection[int] | None
) -> dict[int, list[Load]]:
    return _agreed(span, Booking.slot_id.not_in(but_for) & _of(Booking.person_id, person_ids))


def _agreed(span: Period, which: ColumnElement[bool]) -> dict[int, list[Load]]:
    """What agreed bookings take; what they take less on some days, as loads below 0."""
    query = (
        select(
            Booking.id,
            Booking.person_id,
            Booking.start_date,
            Booking.end_date,
            Booking.percent,
            RoleShare.first,
            RoleShare.last,
            RoleShare.percent,
        )
        .outerjoin(RoleShare, RoleShare.slot_id == Booking.slot_id)
        .where(Booking.state == BookingState.CONFIRMED, which)
        .where(Booking.start_date <= span.last, Booking.end_date >= span.first)
    )
    found: dict[int, list[Load]] = defaultdict(list)
    seen: set[int] = set()
    for key, owner, first, last, percent, less_from, less_to, less in db.rows(query):
        if key not in seen:
            seen.add(key)
            found[owner].append(Load(Period(first, last), percent))
        if less_from is not None and less_to is not None and less is not None:
            found[owner].append(Load(Period(less_from, less_to), less - percent))
    return found


def _away(span: Period, person_ids: Collection[int] | None) -> dict[int, list[Load]]:
    return _absent(span, _of(Absence.person_id, person_ids))


def _absent(span: Period, which: ColumnElement[bool]) -> dict[int, list[Load]]:
    query = select(Absence.person_id, Absence.start_date, Absence.end_date, Absence.percent).where(
        Absence.start_date <= span.last, Absence.end_date >= span.first, which
    )
    found: dict[int, list[Load]] = defaultdict(list)
    for owner, first, last, percent in db.rows(query):
        found[owner].append(Load(Period(first, last), percent))
    return found


def _latest(
    before: date, but_for: Collection[int], person_ids: Collection[int] | None
) -> dict[int, date]:
    """The last day of each person's latest booking that begins before a day."""
    query = (
        select(Booking.person_id, func.max(Booking.end_date))
        .where(Booking.state == BookingState.CONFIRMED, Booking.start_date < before)
        .where(Booking.slot_id.not_in(but_for), _of(Booking.person_id, person_ids))
        .group_by(Booking.person_id)
    )
    return {row[0]: row[1] for row in db.rows(query)}


def _similar(
    codes: Collection[str], before: date, person_ids: Collection[int] | None
) -> dict[int, dict[str, int]]:
    """How many roles of each person ended before a day and asked for each competency."""
    query = (
        select(Booking.person_id, Requirement.code, func.count(Booking.slot_id.distinct()))
        .join(Requirement, Requirement.slot_id == Booking.slot_id)
        .where(Booking.state == BookingState.CONFIRMED, Booking.end_date < before)
        .where(Requirement.demand == Demand.COMPETENCY, Requirement.code.in_(codes))
        .where(_of(Booking.person_id, person_ids))
        .group_by(Booking.person_id, Requirement.code)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for owner, code, count in db.rows(query):
        found[owner][code] = count
    return found


def _wishes(
    slot_ids: Collection[int], person_ids: Collection[int] | None
) -> dict[int, dict[int, Wish]]:
    query = select(RoleWish.person_id, RoleWish.slot_id, RoleWish.wish).where(
        RoleWish.slot_id.in_(slot_ids), _of(RoleWish.person_id, person_ids)
    )
    found: dict[int, dict[int, Wish]] = defaultdict(dict)
    for owner, slot_id, wish in db.rows(query):
        found[owner][slot_id] = wish
    return found


def _study_hours(person_ids: Collection[int] | None) -> dict[int, float]:
    """Hours a week that people can learn, where they are not the usual."""
    query = select(StudyTime.person_id, StudyTime.hours).where(_of(StudyTime.person_id, person_ids))
    return {owner: float(hours) for owner, hours in db.rows(query)}


def _weeks(
    needs: Iterable[Need], person_ids: Collection[int] | None
) -> Mapping[int, tuple[Week, ...]]:
    """When people work, read only for roles that ask for hours in common."""
    if not _codes(needs, Kind.HOURS):
        return {}
    return calendars.weeks_of(person_ids)


def titles() -> Titles:
    """What competencies and certifications are called."""
    certifications = competence.certification_types()
    return Titles(competence.competency_titles(), {row.code: row.title for row in certifications})
