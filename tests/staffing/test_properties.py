"""What holds of the matcher whoever stands before whichever role."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.capacity import mean
from app.staffing.rules.matcher.advice import repair_text
from app.staffing.rules.matcher.eligibility import is_eligible, reasons
from app.staffing.rules.matcher.explain import Titles, part_text, points_text, reason_text
from app.staffing.rules.matcher.problem import Attestation, Held, Kind, Need, Person, Slot
from app.staffing.rules.matcher.rank import rank, rule_of
from app.staffing.rules.matcher.repair import Courses, Teach, repairs, tried
from app.staffing.rules.matcher.route import Route
from app.staffing.rules.matcher.score import among, parts, score
from app.staffing.rules.matcher.weights import PRESETS, PartName, Weights
from app.staffing.rules.portfolio.school import School, Student, rest_of
from tests.staffing.strategies import (
    LONG_AGO,
    PLANNING,
    PRINCE2,
    RISK,
    attestations,
    days,
    helds,
    people,
    schools,
    slots,
    student_of,
)

TITLES = Titles({}, {})
several = st.lists(people, max_size=8, unique_by=lambda one: one.id)
weights = st.sampled_from(list(PRESETS.values())) | st.fixed_dictionaries(
    {name: st.integers(0, 100) for name in PartName}
).filter(lambda numbers: any(numbers.values()))


# --- Qualified means qualified on every single day -------------------------------------------


def fails_on(person: Person, slot: Slot, day: date) -> Iterator[str]:
    """The rules again for one day, without any cleverness and without the matcher's functions."""
    takes = slot.allocation + sum(one.percent for one in slot.relief if day in one.period)
    taken = sum(one.percent for one in (*person.booked, *person.away) if day in one.period)
    if takes > 0 and taken + takes > person.capacity:
        yield "capacity"
    if person.employed_from and day < person.employed_from:
        yield "employment"
    if person.employed_to and day > person.employed_to:
        yield "employment"
    for need in slot.musts:
        if need.kind is Kind.HOURS and hours_on(person, need.code, day) < need.level:
            yield str(need)
        if not slot.throughout and day > slot.period.first:
            continue
        if need.kind is Kind.COMPETENCY:
            asked = need.level - 1 if need.code in slot.stretch else need.level
            claims = person.attested.get(need.code, ())
            if max((one.level for one in claims if stands(one, day)), default=0) < asked:
                yield str(need)
        if need.kind is Kind.CERTIFICATION and not held_on(person, slot, need, day):
            yield str(need)


def fails_anyhow(person: Person, slot: Slot) -> Iterator[str]:
    """What does not depend on the day."""
    cap = slot.rate_cap
    rate = person.rate
    if cap and (rate is None or rate.currency != cap.currency or rate.minor > cap.minor):
        yield "rate"
    if not person.consents:
        yield "consent"
    places = [need.code for need in slot.musts if need.kind is Kind.LOCATION]
    if places and person.location not in places:
        yield "location"
    for need in slot.musts:
        if need.kind is Kind.LANGUAGE and need.code not in person.languages:
            yield str(need)
        has = person.attributes.get(need.code, frozenset())
        if need.kind is Kind.ATTRIBUTE and not any(value in has for value in need.any):
            yield str(need)


def stands(one: Attestation | Held, day: date) -> bool:
    return one.first <= day and (one.last is None or day <= one.last)


def held_on(person: Person, slot: Slot, need: Need, day: date) -> bool:
    """In force; or in force on the first day and promised to be renewed."""
    held = person.held.get(need.code, ())
    if any(stands(one, day) for one in held):
        return True
    in_force_at_first = any(stands(one, slot.period.first) for one in held)
    return slot.renewals and in_force_at_first and any(one.renewable for one in held)


def hours_on(person: Person, zone: str, day: date) -> float:
    """Quarters of an hour in common, one by one, in the week that counts on a day."""
    counting = [one for one in person.weeks if one.first <= day]
    if not counting:
        return -1
    week = max(counting, key=lambda one: one.first)
    noon = datetime.combine(day, time(12), UTC)
    ahead = [noon.astimezone(ZoneInfo(name)).utcoffset() for name in (week.zone, zone)]
    shift = (ahead[1] - ahead[0]) // timedelta(minutes=15)
    asked = {96 * weekday + quarter for weekday in range(5) for quarter in range(36, 68)}
    worked = {
        (96 * (weekday - 1) + quarter + shift) % (7 * 96)
        for weekday in week.days
        for quarter in range(week.begins // 15, week.ends // 15)
    }
    return len(asked & worked) / 4


@settings(max_examples=300)
@given(people, slots())
def test_who_qualifies_meets_everything_on_every_single_day(person: Person, slot: Slot):
    # Weeks that begin on the same day contradict one another: either may count.
    assume(len({one.first for one in person.weeks}) == len(person.weeks))
    by_day = {rule for day in slot.period.days() for rule in fails_on(person, slot, day)}
    failing = by_day | set(fails_anyhow(person, slot))
    found = {rule_of(reason) for reason in reasons(person, slot)}

    assert is_eligible(person, slot) == (not failing)
    assert bool(rank(slot, [person]).candidates) == (not failing)
    assert len(found) == len(failing), "each demand that fails is a reason, and nothing else is"


# --- More never lowers -----------------------------------------------------------------------


@st.composite
def risen(draw: st.DrawFn, person: Person) -> Person:
    """The same person with one claim that is higher, lasts longer, began before, or is new."""
    code = draw(st.sampled_from([RISK.code, PLANNING.code]))
    if draw(st.booleans()):
        return replace(person, held={**person.held, PRINCE2.code: _more_held(draw, person)})
    claims = list(person.attested.get(code, ()))
    if not claims or draw(st.booleans()):
        claims.append(draw(attestations))
    else:
        place = draw(st.integers(0, len(claims) - 1))
        one = claims[place]
        change = {
            "level": min(5, one.level + draw(st.integers(0, 4))),
            "last": one.last and draw(st.none() | _later(one.last)),
            # The claim holds from an earlier day on; what proves it is as old as it was.
            "first": draw(st.sampled_from([one.first, LONG_AGO])),
            "proven": one.proven or one.first,
        }
        claims[place] = replace(one, **change)
    return replace(person, attested={**person.attested, code: tuple(claims)})


def _more_held(draw: st.DrawFn, person: Person) -> tuple[Held, ...]:
    held = list(person.held.get(PRINCE2.code, ()))
    if not held or draw(st.booleans()):
        return (*held, draw(helds))
    place = draw(st.integers(0, len(held) - 1))
    last = held[place].last
    held[place] = replace(
        held[place],
        first=draw(st.sampled_from([held[place].first, LONG_AGO])),
        last=last and draw(st.none() | _later(last)),
    )
    return tuple(held)


def _later(day: date) -> st.SearchStrategy[date]:
    return st.integers(0, 400).map(lambda more: day + timedelta(days=more))


@settings(max_examples=300)
@given(st.data(), people, slots(), weights)
def test_a_higher_or_longer_claim_lowers_no_part_of_a_score(
    data: st.DataObject, person: Person, slot: Slot, chosen: Weights
):
    more = data.draw(risen(person))
    compared = among([person], slot)
    before = {part.name: part.points for part in parts(person, slot, compared, chosen)}
    after = {part.name: part.points for part in parts(more, slot, compared, chosen)}

    assert after.keys() == before.keys()
    assert all(after[name] >= points for name, points in before.items())


@settings(max_examples=300)
@given(st.data(), people, several, slots(), weights)
def test_a_higher_or_longer_claim_never_lowers_a_person(
    data: st.DataObject, person: Person, others: list[Person], slot: Slot, chosen: Weights
):
    """On the list: a place at least as good. Just short: no more reasons, and no further off."""
    others = [one for one in others if one.id != person.id]
    more = data.draw(risen(person))
    before = rank(slot, [person, *others], chosen)
    after = rank(slot, [more, *others], chosen)
    place = {one.person_id: number for number, one in enumerate(before.candidates)}
    now = {one.person_id: number for number, one in enumerate(after.candidates)}

    assert len(reasons(more, slot)) <= len(reasons(person, slot))
    if person.id in place:
        assert now[person.id] <= place[person.id]
        assert after.candidates[now[person.id]].score >= before.candidates[place[person.id]].score
    elif person.id not in now:
        near = [one.person_id for one in before.near]
        still = [one.person_id for one in after.near]
        if person.id in near:
            assert still.index(person.id) <= near.index(person.id)


# --- Order, ids and names --------------------------------------------------------------------


@settings(max_examples=150)
@given(several, slots(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_come_changes_nothing(
    found: list[Person], slot: Slot, dice: random.Random
):
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert rank(slot, shuffled) == rank(slot, found)


@settings(max_examples=200)
@given(several, slots(), st.integers(6, 10_000), st.randoms(use_true_random=False))
def test_ids_change_nothing_but_the_lot_among_exact_equals(
    found: list[Person], slot: Slot, other_id: int, dice: random.Random
):
    """Nor do names: the matcher is not told them."""
    numbers = dice.sample(range(20_000, 30_000), len(found))
    renamed = {one.id: number for one, number in zip(found, numbers, strict=True)}
    slot_again = replace(slot, id=other_id)
    again = [_under(one, renamed[one.id], slot, other_id) for one in found]
    before, after = rank(slot, found), rank(slot_again, again)
    known = {one.id: one for one in found}

    def standing(person_id: int, points: float) -> tuple[float, float, date]:
        person = known[person_id]
        return points, mean(person.booked, slot.period), person.last_booked_to or date.min

    back = {number: id for id, number in renamed.items()}
    scores = {one.person_id: (one.score, one.parts) for one in before.candidates}
    assert {back[one.person_id]: (one.score, one.parts) for one in after.candidates} == scores
    assert [standing(one.person_id, one.score) for one in before.candidates] == [
        standing(back[one.person_id], one.score) for one in after.candidates
    ]
    assert {one.person_id: one.reasons for one in before.near} == {
        back[one.person_id]: one.reasons for one in after.near
    }
    assert before.failed == after.failed


def _under(person: Person, number: int, slot: Slot, other_id: int) -> Person:
    wish = person.wishes.get(slot.id)
    return replace(person, id=number, wishes={other_id: wish} if wish else {})


@settings(max_examples=150)
@given(several, slots(), weights)
def test_the_list_is_in_order_of_score_then_load_then_wait(
    found: list[Person], slot: Slot, chosen: Weights
):
    known = {one.id: one for one in found}
    order = [
        (
            -one.score,
            mean(known[one.person_id].booked, slot.period),
            known[one.person_id].last_booked_to or date.min,
        )
        for one in rank(slot, found, chosen).candidates
    ]
    assert order == sorted(order)


def test_the_lot_is_nobodys_advantage():
    """Of two who are equal in everything each comes first in about half of the roles."""
    pair = [Person(1), Person(2)]
    period = Period(date(2027, 2, 1), date(2027, 3, 1))
    firsts = [
        rank(Slot(number, period, 50), pair).candidates[0].person_id for number in range(1, 401)
    ]
    assert 160 <= firsts.count(1) <= 240


# --- The score is the sum of its printed parts -----------------------------------------------


@settings(max_examples=300)
@given(several, slots(), weights)
def test_a_score_is_the_sum_of_its_parts_as_printed(
    found: list[Person], slot: Slot, chosen: Weights
):
    for candidate in rank(slot, found, chosen).candidates:
        tenths = [_tenths(points_text(part)) for part in candidate.parts]
        assert round(10 * candidate.score) == sum(points for points, _most in tenths)
        assert sum(most for _points, most in tenths) == (1000 if tenths else 0)
        assert all(0 <= points <= most for points, most in tenths)
        assert all(0 <= part.value <= 1 for part in candidate.parts)
        assert all(part_text(part, slot, TITLES) for part in candidate.parts)
        assert candidate.score == score(candidate.parts)


def _tenths(printed: str) -> tuple[int, int]:
    """`32.5 of 40`, as tenths of points."""
    points, most = printed.split(" of ")
    return round(10 * float(points)), round(10 * float(most))


# --- Every refusal has a reason and its repair clears it -------------------------------------


@settings(max_examples=250, deadline=None)
@given(people, slots(), schools(), days)
def test_every_refusal_has_a_reason_in_words_and_its_repair_clears_it(
    person: Person, slot: Slot, school: School, today: date
):
    found = reasons(person, slot)
    assert is_eligible(person, slot) == (found == ())
    made = repairs(found, person, slot, teacher(school, today))
    for reason, mend in zip(found, made, strict=True):
        assert reason_text(reason, TITLES)
        assert 0 < reason.gap <= 1
        assert repair_text(mend, TITLES)
        after = reasons(*tried(mend, person, slot))
        assert rule_of(reason) not in {rule_of(one) for one in after}, mend


@settings(max_examples=250, deadline=None)
@given(people, slots(), schools(), days)
def test_courses_of_a_repair_can_be_done_and_give_what_it_counts_on(
    person: Person, slot: Slot, school: School, today: date
):
    found = reasons(person, slot)
    made = repairs(found, person, slot, teacher(school, today))
    ways = {one for one in made if isinstance(one, Courses)}
    assert len(ways) <= 1  # nobody learns two things side by side
    for way in ways:
        assert set(way.needs) == {
            reason.need for reason, one in zip(found, made, strict=True) if one is way
        }
        can_be_done(way.route, school, student_of(person), today)
        assert way.in_time == (way.route.ready < slot.period.first)
        learnt, rest = tried(way, person, slot)
        assert rest.period.first == max(slot.period.first, way.start)
        given = [
            (competency, one)
            for competency, claims in learnt.attested.items()
            for one in claims[len(person.attested.get(competency, ())) :]
        ]
        assert sorted(given, key=str) == sorted(awarded(way.route, school), key=str)


@settings(max_examples=250, deadline=None)
@given(people, slots(), schools(), days)
def test_a_repair_is_the_route_that_the_page_of_training_shows(
    person: Person, slot: Slot, school: School, today: date
):
    found = reasons(person, slot)
    # A course of no hours is in time for what is left of a role that has begun: there is none.
    assume(slot.period.first > today or all(one.hours for one in school.courses.values()))
    rest = rest_of(slot, today)
    if slot.period.first <= today and not reasons(person, rest):
        return
    route = school.route(student_of(person), rest, today)
    made = repairs(found, person, slot, teacher(school, today))
    if route and route.start_by:
        assert {one.route for one in made} == {route}
    if len({one for one in made if isinstance(one, Courses)}) == len(set(made)) == 1:
        assert {one.route for one in made} == {route}


def teacher(school: School, today: date) -> Teach:
    return lambda person, slot, needs: school.mending(student_of(person), slot, needs, today)


def awarded(route: Route, school: School) -> Iterator[tuple[str, Attestation]]:
    for step in route.steps:
        for one in school.courses[step.course].awards:
            last = one.lasts.after(step.passed) if one.lasts else None
            yield one.competency, Attestation(one.level, step.passed, last)


def can_be_done(route: Route, school: School, student: Student, today: date) -> None:
    """In the hours there are, in exams that are open, each behind what it asks for."""
    passed = {step.course: step.passed for step in route.steps}
    assert len(passed) == len(route.steps)
    assert route.hours == sum(school.courses[id].hours for id in passed)
    for id, on in passed.items():
        course = school.courses[id]
        assert (course.exam_from or on) <= on <= (course.exam_to or on)
        by_then = sum(school.courses[one].hours for one in passed if passed[one] <= on)
        assert 7 * by_then <= student.person.study_hours * (on - today).days + 1e-6
        for before in set(course.requires) - student.finished:
            assert passed[before] <= on
        for need in course.needs:
            assert has_at_some_time(student.person, need) or any(
                passed[one] <= on for one in passed if school.courses[one].teaches(need)
            )


def has_at_some_time(person: Person, need: Need) -> bool:
    if need.kind is Kind.CERTIFICATION:
        return bool(person.held.get(need.code))
    return any(one.level >= need.level for one in person.attested.get(need.code, ()))
