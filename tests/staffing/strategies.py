"""People and roles of all sorts, for properties of the matcher.

Days lie close together and few codes are used, so that claims meet, overlap and leave gaps on the
days of a role; much holds for good, so that many qualify all the same.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from app.core.values import Duration, Money, Period, Unit
from app.staffing.rules.capacity import Load
from app.staffing.rules.hours import Week
from app.staffing.rules.matcher.problem import (
    Attestation,
    Held,
    Kind,
    Need,
    Person,
    Slot,
    Source,
    Wish,
)
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.portfolio.school import School, Student
from app.staffing.rules.portfolio.timetable import Course, Taught

RISK = Need(Kind.COMPETENCY, "risk-management", 3)
PLANNING = Need(Kind.COMPETENCY, "planning", 4, 2.0)
PRINCE2 = Need(Kind.CERTIFICATION, "prince2-practitioner")
GERMAN = Need(Kind.LANGUAGE, "de")
LONDON, BERLIN = Need(Kind.LOCATION, "London"), Need(Kind.LOCATION, "Berlin")
HOURS = Need(Kind.HOURS, "Europe/Berlin", 12)
CLEARED = Need(Kind.ATTRIBUTE, "clearance", any=("secret", "top"))
MUSTS = (RISK, PRINCE2, GERMAN, LONDON, BERLIN, HOURS, CLEARED)
WANTS = (PLANNING, PRINCE2, GERMAN, LONDON, HOURS, CLEARED, Need(Kind.COMPETENCY, RISK.code, 5))
LONG_AGO = date(2024, 3, 1)

role_days = st.dates(date(2027, 1, 15), date(2027, 7, 15))
firsts = st.just(LONG_AGO) | st.dates(date(2025, 1, 1), date(2027, 7, 15))
lasts = st.none() | role_days
spans = st.builds(
    lambda first, more: Period(first, first + timedelta(days=more)), role_days, st.integers(0, 120)
)


def until(first: date, last: date | None) -> date | None:
    return None if last is None else max(first, last)


attestations = st.builds(
    lambda level, first, last, source: Attestation(level, first, until(first, last), source),
    st.integers(1, 5),
    firsts,
    lasts,
    st.sampled_from(Source),
)
helds = st.builds(
    lambda first, last, renewable: Held(first, until(first, last), renewable),
    firsts,
    lasts,
    st.booleans(),
)
person_loads = st.builds(Load, spans, st.integers(1, 100))


@st.composite
def bookings(draw: st.DrawFn) -> tuple[Load, ...]:
    """A booking; perhaps of a role that takes less on some of its days."""
    whole = draw(person_loads)
    return whole, *draw(reliefs(whole.period, whole.percent))


@st.composite
def reliefs(draw: st.DrawFn, period: Period, percent: float) -> tuple[Load, ...]:
    """Smaller shares on up to two stretches of `period`, as loads below 0."""
    days = (period.last - period.first).days
    if draw(st.booleans()):
        return ()
    cuts = sorted(draw(st.sets(st.integers(0, days), min_size=1, max_size=4)))
    ends = [period.first + timedelta(days=cut) for cut in cuts]
    pairs = [(ends[0], ends[-1])] if len(ends) < 4 else [(ends[0], ends[1]), (ends[2], ends[3])]
    return tuple(Load(Period(*pair), -draw(st.integers(1, int(percent)))) for pair in pairs)


weeks = st.builds(
    Week,
    first=st.just(LONG_AGO) | role_days,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    days=st.sampled_from([(1, 2, 3), (1, 2, 3, 4, 5), (6, 7)]),
    ends=st.sampled_from([11 * 60, 18 * 60]),
)


def mostly(usual: st.SearchStrategy, otherwise: st.SearchStrategy) -> st.SearchStrategy:
    """Nine in ten as usual: somebody with ten such traits still qualifies often enough."""
    return st.integers(0, 9).flatmap(lambda number: otherwise if number == 9 else usual)


proven = st.integers(3, 5).map(lambda level: (Attestation(level, LONG_AGO, None),))
lasting = st.just((Held(LONG_AGO, None, renewable=True),))
settled = st.just((Week(LONG_AGO, "Europe/Berlin"),))
light = st.builds(Load, spans, st.integers(1, 40)).map(lambda load: (load,))


def claims() -> st.SearchStrategy:
    """Some that come and go, often beside one that carries what roles ask for."""
    some = st.lists(attestations, max_size=3).map(tuple)
    return st.tuples(proven | st.just(()), some).map(lambda two: two[0] + two[1])


people = st.builds(
    Person,
    id=st.integers(1, 10_000),
    capacity=mostly(st.sampled_from([100, 100, 80, 50]), st.sampled_from([20, 0])),
    employed_from=mostly(st.sampled_from([None, LONG_AGO]), role_days),
    employed_to=mostly(st.none(), role_days),
    rate=mostly(
        st.builds(Money, st.integers(5000, 10000), st.just("EUR")),
        st.sampled_from([None, Money(10001, "EUR"), Money(5000, "USD")]),
    ),
    location=mostly(st.sampled_from(["London", "Berlin"]), st.sampled_from([None, "Madrid"])),
    languages=mostly(st.just(frozenset({"de"})), st.just(frozenset())),
    attested=st.fixed_dictionaries({RISK.code: claims()}, optional={PLANNING.code: claims()}),
    held=st.fixed_dictionaries(
        {},
        optional={PRINCE2.code: lasting | st.lists(helds, max_size=3).map(tuple)},
    ),
    booked=mostly(
        st.just(()) | light, st.lists(bookings(), max_size=2).map(lambda two: sum(two, ()))
    ),
    away=mostly(st.just(()) | light, person_loads.map(lambda load: (load,))),
    attributes=mostly(st.just({"clearance": frozenset({"top"})}), st.just({})),
    study_hours=st.sampled_from([1.0, 4.0, 20.0]),
    similar=st.sampled_from([{}, {RISK.code: 1}, {PLANNING.code: 5}]),
    consents=mostly(st.just(True), st.just(False)),
    weeks=mostly(settled, st.lists(weeks, max_size=3).map(tuple)),
    wishes=st.dictionaries(st.integers(1, 5), st.sampled_from(Wish), max_size=3),
    last_booked_to=st.none() | role_days,
)


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    period, allocation = draw(spans), draw(st.sampled_from([1, 10, 20, 20, 50, 100]))
    claimed = st.sampled_from([(RISK,), (RISK, PRINCE2), (RISK, PLANNING), (PRINCE2,), ()])
    others = st.sets(st.sampled_from(MUSTS[2:]), max_size=2)
    musts = {*draw(claimed), *draw(others)}
    wanted = {*draw(st.sampled_from([(PLANNING,), ()])), *draw(st.sets(st.sampled_from(WANTS)))}
    return Slot(
        draw(st.integers(1, 5)),
        period,
        allocation,
        musts=tuple(sorted(musts, key=str)),
        wants=tuple(sorted(wanted, key=str)),
        throughout=draw(st.booleans()),
        renewals=draw(st.booleans()),
        rate_cap=draw(st.none() | st.just(Money(10000, "EUR"))),
        relief=draw(reliefs(period, allocation)),
        stretch=draw(st.sampled_from([frozenset(), frozenset({RISK.code})])),
    )


# --- Schools -------------------------------------------------------------------------------

days = st.just(date(2026, 12, 1)) | st.dates(date(2026, 12, 20), date(2027, 4, 1))
"""On which somebody looks: before most roles begin, while they last, after some."""
taught = st.builds(
    Taught,
    st.sampled_from([RISK.code, RISK.code, PLANNING.code]),
    st.sampled_from([2, 3, 4, 4, 5]),
    st.sampled_from([None, None, Duration(24, Unit.MONTHS), Duration(20, Unit.DAYS)]),
)
asked = mostly(
    st.just(()), st.sampled_from([(PRINCE2,), (Need(Kind.COMPETENCY, PLANNING.code, 2),)])
)
exams = mostly(st.none(), st.dates(date(2026, 12, 10), date(2027, 4, 1)))


@st.composite
def schools(draw: st.DrawFn) -> School:
    """Courses that build on each other, with exams on certain days and awards that lapse soon."""
    ids = [f"c{number}" for number in range(draw(st.integers(1, 5)))]
    return School(
        [
            Course(
                id,
                draw(st.sampled_from([0, 2, 8, 8, 16, 40])),
                requires=draw(st.sampled_from([(), (), (), (draw(st.sampled_from(ids)),)])),
                awards=tuple(draw(st.lists(taught, min_size=1, max_size=2))),
                needs=draw(asked),
                exam_from=draw(exams),
                exam_to=draw(exams),
            )
            for id in ids
        ]
    )


def student_of(person: Person) -> Student:
    """Somebody who has passed `c0` once, and has it to pass again if they can learn quickly."""
    done = frozenset({"c0"}) if person.id % 2 else frozenset[str]()
    return Student(person, done, done if person.study_hours > 4 else frozenset())


def nobody_teaches(_person: Person, _slot: Slot, _needs: tuple[Need, ...]) -> Route | None:
    """A school without courses."""
    return None
