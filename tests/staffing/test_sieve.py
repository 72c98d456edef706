"""One role and everybody: the short way finds what judging everybody with all facts finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.models import Person as PersonRow
from app.authoring.frameworks import Link, Relation
from app.competence import services as competence
from app.competence.models import EvidenceKind, Holding
from app.core import db
from app.core.policy import SYSTEM
from app.core.values import Period
from app.projects import queries as projects
from app.projects.models import Holds, RoleShare, RoleSlot
from app.staffing import queries
from app.staffing.calendars.models import CapacityChange, WorkingWeek
from app.staffing.own.models import RoleWish
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.eligibility import demands
from app.staffing.rules.matcher.problem import Person, Slot, Wish
from app.staffing.rules.matcher.rank import Ranking, order, rank
from app.staffing.rules.matcher.sieve import Sieve, Verdict, judged
from tests.cast import make_person
from tests.competence.frameworks import publish_two
from tests.staffing import world
from tests.staffing.strategies import people, slots
from tests.staffing.world import SPRING

DAY = timedelta(days=1)
MIDDLE = date(2031, 4, 20)


def check_same(short: Ranking, whole: Ranking, wanted: int | None) -> None:
    """All is the same, and so are the near misses as far as they were wanted."""
    assert replace(short, near=()) == replace(whole, near=())
    assert list(short.failed) == list(whole.failed)
    assert short.near == whole.near[: len(short.near)]
    assert short.near[:wanted] == whole.near[:wanted]


# --- The rule ------------------------------------------------------------------------------


@given(
    st.lists(people, max_size=12, unique_by=lambda person: person.id),
    slots(),
    st.none() | st.integers(0, 12),
    st.randoms(use_true_random=False),
)
def test_whatever_a_glance_leaves_open_the_ranking_is_that_of_everybody(
    everybody: list[Person], slot: Slot, wanted: int | None, random: Random
):
    groups: dict[str, list[int]] = defaultdict(list)
    for person in everybody:
        groups[glance(person, slot, random)].append(person.id)
    sieve = Sieve(slot, demands(slot), groups, wanted)
    by_id = {person.id: person for person in everybody}
    known = {key: by_id[key] for ids in sieve.unsettled().values() for key in ids}

    qualified, ranking = judged(sieve, known)

    candidates = order(slot, [by_id[key] for key in qualified]).candidates
    check_same(replace(ranking, candidates=candidates), rank(slot, everybody), wanted)


def glance(person: Person, slot: Slot, random: Random) -> str:
    """True verdicts, some of them withheld."""
    certain = (
        Verdict.MET if demand.check(person) is None else Verdict.SHORT for demand in demands(slot)
    )
    return "".join(one if random.random() < 0.7 else Verdict.OPEN for one in certain)


def test_who_misses_one_demand_is_enough_for_the_first_pages():
    groups = {"+-+": [1, 2, 3], "--+": [4, 5], "+++": [6], "-?+": [7]}
    few = Sieve(Slot(1, SPRING, 50), (), groups, 3)
    assert set(few.unsettled()) == {"+-+", "-?+"}
    assert set(replace(few, near=4).unsettled()) == {"+-+", "--+", "-?+"}
    assert set(replace(few, near=None).unsettled()) == {"+-+", "--+", "-?+"}


# --- With a database -----------------------------------------------------------------------


@pytest.fixture
def organisation(app: Flask) -> None:
    publish_two(policy="latest")


def in_any_order(people: Mapping[int, Person]) -> dict[int, Person]:
    """Rows come in no order, and it makes no difference to a rule."""

    def sorted_(rows: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(sorted(rows, key=repr))

    return {
        key: replace(
            one,
            booked=sorted_(one.booked),
            away=sorted_(one.away),
            attested={code: sorted_(rows) for code, rows in one.attested.items()},
            held={code: sorted_(rows) for code, rows in one.held.items()},
        )
        for key, one in people.items()
    }


@given(
    st.integers(0, 2**32),
    st.none() | st.integers(0, 20),
    st.booleans(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_tells_at_a_glance_what_the_rules_find(
    organisation: None, seed: int, wanted: int | None, bridged: bool
):
    with undone():
        world_ = World(Random(seed), bridged)
        for slot in world_.slots:
            short, known = queries.ranked(slot, near=slice(0, wanted), others=[world_.ids[0]])
            everybody = {person.id: person for person in queries.people_for([slot])}
            check_same(short, rank(slot, list(everybody.values())), wanted)
            shown = {one.person_id for one in (*short.candidates, *short.near[:wanted])}
            assert in_any_order(known) == in_any_order(
                {
                    key: person
                    for key, person in everybody.items()
                    if key in shown or key == world_.ids[0]
                }
            )


def test_a_promised_renewal_is_seen_and_so_is_evidence_that_follows_evidence(organisation: None):
    ada, ben = make_person("Ada Lovelace"), make_person("Ben Okri")
    must = (("risk-management", 3), ("prince2-practitioner", None))
    row = world.make_slot(world.make_project(), must=must, holds=Holds.RENEWAL)
    for person, gap in ((ada, 1), (ben, 2)):
        world.hold(person, until=MIDDLE)
        world.attest(person, valid_to=MIDDLE)
        world.attest(person, valid_from=MIDDLE + gap * DAY)

    ranking, _people = queries.ranked(queries.as_slot(projects.slot_for(SYSTEM, row.id)))

    assert [one.person_id for one in ranking.candidates] == [ada.id]
    assert [one.person_id for one in ranking.near] == [ben.id]


class Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Each example begins with an empty organisation."""
    with pytest.raises(Undo), db.transaction():
        yield
        raise Undo


class World:
    """A few people and roles, all of whose days lie close to the edges of the roles."""

    def __init__(self, random: Random, bridged: bool) -> None:
        self.random = random
        if bridged:
            competence.publish_crosswalks(
                [Link("hazard", "planning", Relation.SAME, ())], by=SYSTEM
            )
        self.project = world.make_project()
        db.session.flush()
        rows = [self.slot(number) for number in range(3)]
        self.filled: set[int] = set()  # a role takes one person
        people = [self.person(number) for number in range(12)]
        self.ids = [person.id for person in people]
        for person in people:
            self.facts(person, rows)
        db.session.flush()
        self.slots = [
            replace(
                queries.as_slot(projects.slot_for(SYSTEM, row.id)),
                stretch=frozenset(["planning"] if self.maybe() else []),
            )
            for row in rows
        ]

    def maybe(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def day(self) -> date:
        edge = self.random.choice([SPRING.first, MIDDLE, MIDDLE, SPRING.last])
        return edge + self.random.randint(-1, 1) * DAY

    def days(self) -> Period:
        one, other = sorted([self.day(), self.day()])
        return Period(one, other)

    def stretches(self) -> list[tuple[date, date | None]]:
        """All of a role or a part of it; or two that follow one another, or nearly do."""
        random = self.random
        long_ago, end = date(2026, 1, 1), random.choice([None, SPRING.last, SPRING.last + DAY])
        match random.randint(0, 3):
            case 0:
                days = self.days()
                return [(random.choice([long_ago, days.first]), days.last)]
            case 1:
                middle = random.choice([SPRING.first, MIDDLE])
                return [(long_ago, middle), (middle + random.choice([1, 1, 2]) * DAY, end)]
            case _:
                return [(random.choice([long_ago, SPRING.first]), end)]

    def slot(self, number: int) -> RoleSlot:
        random = self.random
        demanded = [("risk-management", 3), ("planning", 3), ("hazard", 2)]
        rarely = [
            ("language:de", None),
            ("location:Berlin", None),
            ("location:Riga", None),
            ("hours:Europe/Berlin", 20),
        ]
        musts = [
            *random.sample([*demanded, ("prince2-practitioner", None)], 2),
            *random.sample(rarely, random.choice([0, 0, 1, 2, 3])),
        ]
        capped = self.maybe()
        row = world.make_slot(
            self.project,
            f"Role {number}",
            must=musts[self.random.choice([0, 0, 0, 1, 2]) :],
            want=[("risk-management", 5)],
            allocation=random.choice([20, 50, 100]),
            end_date=random.choice([SPRING.first, SPRING.last, SPRING.last]),
            holds=random.choice(list(Holds)),
            rate_cap_minor=10_000 if capped else None,
            rate_currency="EUR" if capped else None,
        )
        if self.maybe(0.3):
            self.add(
                RoleShare(slot_id=row.id, first=self.day(), last=SPRING.last + DAY, percent=10)
            )
        return row

    def person(self, number: int) -> PersonRow:
        random = self.random
        return make_person(
            f"Person{number} Example",
            active=self.maybe(0.9),
            capacity=random.choice([40, 100, 100]),
            location=random.choice([None, "Berlin", "Riga", "Oslo"]),
            employed_from=random.choice([None, None, SPRING.first, SPRING.first + DAY]),
            employed_to=random.choice([None, None, SPRING.last, SPRING.last - DAY]),
            **random.choice(
                [
                    {"rate_minor": 10_000, "rate_currency": "EUR"},
                    {"rate_minor": 10_001, "rate_currency": "EUR"},
                    {"rate_minor": 9_000, "rate_currency": "GBP"},
                    {},
                ]
            ),
        )

    def facts(self, person: PersonRow, rows: list[RoleSlot]) -> None:
        random = self.random
        for number in range(random.randint(0, 4)):
            code = random.choice(["risk-management", "planning", "hazard", "threat"])
            kind = random.choice([*EvidenceKind, EvidenceKind.JUDGED])
            level = random.randint(1, 4)
            for first, last in self.stretches():
                world.attest(
                    person,
                    code,
                    level,
                    kind=kind,
                    valid_from=first,
                    valid_to=last,
                    source_key=f"{person.id}/{number}/{first}",
                )
        if self.maybe(0.1):
            world.withdraw(person, 3)
        for first, last in self.stretches() if self.maybe(0.8) else ():
            self.add(holding(person, first, last, withdrawn=self.maybe(0.1)))
        if self.maybe(0.7):
            world.speak(person, "de")
        for row in rows:
            if self.maybe(0.3):
                state = random.choice([BookingState.CONFIRMED, BookingState.PROPOSED])
                if row.id in self.filled:
                    state = BookingState.PROPOSED
                elif state is BookingState.CONFIRMED:
                    self.filled.add(row.id)
                world.book(person, row, state, percent=random.choice([10, row.allocation]))
            if self.maybe(0.2):
                self.add(wish(person, row))
        if self.maybe(0.4):
            days, share = self.days(), random.choice([10, 20, 50])
            elsewhere = world.make_slot(
                self.project,
                f"Other work {person.id}",
                start_date=days.first,
                end_date=days.last,
                allocation=share,
            )
            world.book(person, elsewhere, BookingState.CONFIRMED)
        if self.maybe(0.3):
            world.absent(person, self.days(), random.choice([10, 50, 100]))
        if self.maybe(0.2):
            self.add(capacity(person, self.day(), random.choice([0, 60, 100])))
        if self.maybe():
            self.add(week(person, self.day() - random.choice([0, 400]) * DAY))

    def add(self, row: object) -> None:
        db.session.add(row)
        db.session.flush()


def holding(person: PersonRow, first: date, last: date | None, *, withdrawn: bool) -> Holding:
    return Holding(
        person_id=person.id,
        certification_code="prince2-practitioner",
        number=str(first),
        issued_on=first,
        expires_on=last,
        recorded_at=world.NOW,
        withdrawn_at=world.NOW if withdrawn else None,
    )


def wish(person: PersonRow, row: RoleSlot) -> RoleWish:
    return RoleWish(person_id=person.id, slot_id=row.id, wish=Wish.GLADLY, at=world.NOW)


def capacity(person: PersonRow, first: date, percent: int) -> CapacityChange:
    return CapacityChange(
        person_id=person.id, from_on=first, percent=percent, recorded_at=world.NOW
    )


def week(person: PersonRow, first: date) -> WorkingWeek:
    return WorkingWeek(
        person_id=person.id,
        from_on=first,
        zone="Europe/Berlin",
        days="12345",
        begins=540,
        ends=1020,
        recorded_at=world.NOW,
    )
