"""Capacity, the matcher and the life of a booking, as tables and properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competence.rules import EvidenceKind, Piece, claim_throughout
from app.core.values import Money, Period
from app.staffing.rules.booking import BookingState, SlotState, may_follow, person_may, slot_state
from app.staffing.rules.capacity import (
    Band,
    Load,
    Week,
    mean,
    not_employed,
    overbooked_weeks,
    peak,
    totals,
    weeks_of,
    weeks_over,
)
from app.staffing.rules.matcher.claims import first_day_below, first_gap, level_on, level_throughout
from app.staffing.rules.matcher.eligibility import (
    Elsewhere,
    LanguageMissing,
    Lapsed,
    Lapses,
    LevelLapses,
    LevelShort,
    NeverHeld,
    NoCapacity,
    NotEmployed,
    NotYetHeld,
    RateUnknown,
    Rule,
    TooExpensive,
    is_eligible,
    reasons,
)
from app.staffing.rules.matcher.explain import Titles, part_text, reason_text, rule_text, weeks_text
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
from app.staffing.rules.matcher.rank import rank
from app.staffing.rules.matcher.score import parts
from app.staffing.rules.matcher.weights import PRESETS, PartName, Preset, preset_of, read
from tests.staffing.strategies import attestations

DAY = timedelta(days=1)
FIRST, LAST = date(2027, 2, 1), date(2027, 6, 30)
ROLE = Period(FIRST, LAST)
RISK = Need(Kind.COMPETENCY, "risk-management", 3)
PRINCE2 = Need(Kind.CERTIFICATION, "prince2-practitioner")
GERMAN = Need(Kind.LANGUAGE, "de")
LONDON = Need(Kind.LOCATION, "London")
HOURS = Need(Kind.HOURS, "Europe/Berlin", 12)
SLOT = Slot(1, ROLE, 60, musts=(RISK, PRINCE2))
GOOD = Person(
    1,
    attested={"risk-management": (Attestation(3, date(2026, 1, 1), None),)},
    held={"prince2-practitioner": (Held(date(2026, 1, 1), None),)},
)
TITLES = Titles(
    {"risk-management": "Risk management", "planning": "Planning"},
    {"prince2-practitioner": "PRINCE2 Practitioner"},
)


def load(first: str, last: str, percent: int) -> Load:
    return Load(Period(date.fromisoformat(first), date.fromisoformat(last)), percent)


# --- Capacity ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capacity", "taken", "weeks"),
    [
        (100, [], []),
        (100, [load("2027-02-01", "2027-02-07", 50)], []),
        (100, [load("2027-02-07", "2027-02-07", 51)], ["2027-W05"]),
        (100, [load("2027-02-07", "2027-02-08", 60)], ["2027-W05", "2027-W06"]),
        (50, [], []),
        (49, [], ["2027-W05", "2027-W06"]),
        (100, [load("2026-01-01", "2027-01-31", 100)], []),
        (
            100,
            [load("2027-02-01", "2027-02-14", 30), load("2027-02-10", "2027-03-01", 30)],
            ["2027-W06"],
        ),
    ],
)
def test_overbooked_weeks_are_named(capacity: int, taken: list[Load], weeks: list[str]):
    wanted = load("2027-02-01", "2027-02-14", 50)
    assert overbooked_weeks(capacity, totals(taken, wanted.period), wanted.percent) == weeks


def test_weeks_are_iso_weeks_across_the_turn_of_the_year():
    period = Period(date(2026, 12, 31), date(2027, 1, 4))
    assert weeks_of(period) == ["2026-W53", "2027-W01"]


days = st.dates(date(2027, 1, 1), date(2027, 3, 31))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))
loads = st.builds(Load, periods, st.integers(1, 100))


@given(st.integers(0, 100), st.lists(loads, max_size=5), loads)
def test_overbooked_weeks_agree_with_counting_every_day(
    capacity: int, taken: list[Load], wanted: Load
):
    counted = {
        day.strftime("%G-W%V")
        for day in wanted.period.days()
        if wanted.percent + sum(one.percent for one in taken if day in one.period) > capacity
    }
    assert overbooked_weeks(capacity, totals(taken, wanted.period), wanted.percent) == sorted(
        counted
    )


@given(st.lists(loads, max_size=5), periods)
def test_peak_and_mean_agree_with_counting_every_day(taken: list[Load], period: Period):
    by_day = [sum(one.percent for one in taken if day in one.period) for day in period.days()]
    assert peak(taken, period) == max(by_day)
    assert mean(taken, period) == pytest.approx(sum(by_day) / len(by_day))


@pytest.mark.parametrize(
    ("capacity", "away", "is_away", "left"),
    [
        (100, [], False, 100),
        (100, [load("2027-02-01", "2027-02-05", 100)], True, 0),
        (100, [load("2027-02-01", "2027-02-04", 100)], False, 0),
        (100, [load("2027-02-06", "2027-02-07", 100)], False, 100),
        (50, [load("2027-02-01", "2027-02-28", 50)], True, 0),
        (100, [load("2027-02-01", "2027-02-28", 40)], False, 60),
    ],
)
def test_a_week_away_is_told_from_a_week_with_less_time(
    capacity: int, away: list[Load], is_away: bool, left: int
):
    (week,) = weeks_over([date(2027, 2, 1)], capacity, [load("2027-02-03", "2027-05-01", 20)], away)
    assert (week.name, week.percent, week.away, week.capacity) == ("2027-W05", 20, is_away, left)


@pytest.mark.parametrize(
    ("percent", "capacity", "band"),
    [
        (0, 100, "free"),
        (50, 100, "light"),
        (51, 100, "busy"),
        (100, 100, "full"),
        (101, 100, "over"),
        (30, 60, "light"),
        (60, 60, "full"),
        (80, 60, "over"),
        (10, 0, "over"),
    ],
)
def test_the_band_says_how_full_a_week_is(percent: int, capacity: int, band: str):
    assert Week("2027-W05", percent, capacity, away=False).band == band


@given(st.integers(0, 100), st.lists(loads, max_size=4), st.lists(loads, max_size=3), days)
def test_a_week_is_as_full_as_its_fullest_day(
    capacity: int, booked: list[Load], away: list[Load], day: date
):
    monday = day - timedelta(days=day.weekday())
    (week,) = weeks_over([monday], capacity, booked, away)
    found = []
    for number in range(5):
        at = monday + timedelta(days=number)
        missing = sum(one.percent for one in away if at in one.period)
        used = sum(one.percent for one in booked if at in one.period)
        found.append((used, max(0, capacity - missing)))
    assert (week.percent, week.capacity) in found
    assert (week.band is Band.OVER) == any(used > has for used, has in found)
    assert (week.percent == 0) == all(used == 0 for used, _has in found)
    assert week.away == all(has == 0 for _used, has in found)


def test_work_that_ends_before_an_absence_begins_is_not_too_much():
    work, off = load("2027-01-01", "2027-02-02", 100), load("2027-02-03", "2027-02-05", 100)
    (week,) = weeks_over([date(2027, 2, 1)], 100, [work], [off])
    assert week.band is Band.FULL


def test_days_outside_an_employment_are_taken_whole():
    span = Period(date(2027, 1, 4), date(2027, 3, 28))
    assert not_employed(date(2027, 2, 1), date(2027, 2, 28), span) == [
        load("2027-01-04", "2027-01-31", 100),
        load("2027-03-01", "2027-03-28", 100),
    ]
    assert not_employed(None, None, span) == []
    assert not_employed(date(2030, 1, 1), None, span) == [Load(span, 100)]


# --- Eligibility ---------------------------------------------------------------------------


def test_who_meets_every_must_on_every_day_has_no_reason():
    assert reasons(GOOD, SLOT) == ()
    assert is_eligible(GOOD, SLOT)


@pytest.mark.parametrize(
    ("changed", "kind", "text"),
    [
        ({"attested": {}}, LevelShort, "Risk management 0, needs 3"),
        (
            {"attested": {"risk-management": (Attestation(2, date(2026, 1, 1), None),)}},
            LevelShort,
            "Risk management 2, needs 3",
        ),
        (
            {"attested": {"risk-management": (Attestation(4, FIRST, date(2027, 5, 14)),)}},
            LevelLapses,
            "Risk management 3 lapses after 14 May 2027, inside the role",
        ),
        ({"held": {}}, NeverHeld, "no PRINCE2 Practitioner"),
        (
            {"held": {"prince2-practitioner": (Held(date(2024, 1, 1), date(2027, 5, 14)),)}},
            Lapses,
            "PRINCE2 Practitioner lapses after 14 May 2027, inside the role",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2023, 1, 1), date(2026, 1, 1)),)}},
            Lapsed,
            "PRINCE2 Practitioner lapsed after 1 Jan 2026",
        ),
        (
            {"held": {"prince2-practitioner": (Held(date(2027, 3, 1), None),)}},
            NotYetHeld,
            "PRINCE2 Practitioner in force only from 1 Mar 2027",
        ),
        ({"employed_from": date(2027, 3, 1)}, NotEmployed, "employed only from 1 Mar 2027"),
        ({"employed_to": date(2027, 3, 1)}, NotEmployed, "employed only until 1 Mar 2027"),
        (
            {"booked": (load("2027-02-10", "2027-02-11", 50),)},
            NoCapacity,
            "50 % free in 2027-W06, needs 60 %",
        ),
        (
            {"away": (load("2027-02-10", "2027-02-16", 100),)},
            NoCapacity,
            "as little as 0 % free in 2027-W06 and 2027-W07, needs 60 %",
        ),
    ],
)
def test_every_failing_must_is_a_reason_in_words(changed: dict, kind: type, text: str):
    (reason,) = reasons(replace(GOOD, **changed), SLOT)
    assert isinstance(reason, kind)
    assert 0 < reason.gap <= 1
    assert reason_text(reason, TITLES) == text


@pytest.mark.parametrize(
    ("slot", "changed", "kind", "text"),
    [
        ({"musts": (GERMAN,)}, {}, LanguageMissing, "does not work in German"),
        ({"musts": (LONDON,)}, {}, Elsewhere, "place not known, needs London"),
        (
            {"musts": (LONDON,)},
            {"location": "Berlin"},
            Elsewhere,
            "works in Berlin, needs London",
        ),
        (
            {"rate_cap": Money(10000, "EUR")},
            {"rate": Money(12050, "EUR")},
            TooExpensive,
            "€120.50 an hour, the cap is €100.00",
        ),
        ({"rate_cap": Money(10000, "EUR")}, {}, RateUnknown, "no rate in EUR is known"),
        (
            {"rate_cap": Money(10000, "EUR")},
            {"rate": Money(1, "USD")},
            RateUnknown,
            "no rate in EUR is known",
        ),
    ],
)
def test_place_language_and_rate_are_musts_too(slot: dict, changed: dict, kind: type, text: str):
    (reason,) = reasons(replace(GOOD, **changed), replace(SLOT, **slot))
    assert isinstance(reason, kind)
    assert reason_text(reason, TITLES) == text


def test_any_of_several_places_will_do():
    slot = replace(SLOT, musts=(LONDON, Need(Kind.LOCATION, "Berlin")))
    assert is_eligible(replace(GOOD, location="Berlin"), slot)
    assert not is_eligible(replace(GOOD, location="Madrid"), slot)


def test_all_reasons_are_given_not_only_the_first():
    stranger = Person(2, employed_to=date(2027, 3, 1), booked=(Load(ROLE, 100),))
    kinds = [type(reason) for reason in reasons(stranger, SLOT)]
    assert kinds == [LevelShort, NeverHeld, NotEmployed, NoCapacity]


def test_on_the_first_day_only_is_enough_where_the_role_says_so():
    lapsing = replace(GOOD, held={"prince2-practitioner": (Held(FIRST, FIRST),)})
    assert not is_eligible(lapsing, SLOT)
    assert is_eligible(lapsing, replace(SLOT, throughout=False))


def test_evidence_one_after_another_holds_without_a_gap():
    chain = (Attestation(3, FIRST, date(2027, 4, 1)), Attestation(4, date(2027, 4, 2), None))
    assert is_eligible(replace(GOOD, attested={"risk-management": chain}), SLOT)
    broken = (chain[0], replace(chain[1], first=date(2027, 4, 3)))
    (reason,) = reasons(replace(GOOD, attested={"risk-management": broken}), SLOT)
    assert reason == LevelLapses(reason.gap, RISK, date(2027, 4, 2))


def test_a_half_timer_fits_what_leaves_room_and_nothing_more():
    half = replace(GOOD, capacity=50)
    assert is_eligible(half, replace(SLOT, allocation=50))
    assert not is_eligible(half, replace(SLOT, allocation=51))


# --- Claims --------------------------------------------------------------------------------


@given(st.lists(attestations, max_size=5), st.integers(1, 5))
def test_levels_over_a_period_agree_with_looking_at_every_day(
    attested: list[Attestation], level: int
):
    days = Period(date(2027, 2, 1), date(2027, 4, 30))
    below = [day for day in days.days() if level_on(attested, day) < level]
    assert first_day_below(attested, level, days) == (below[0] if below else None)
    assert level_throughout(attested, days) == min(level_on(attested, d) for d in days.days())


@given(st.lists(attestations, max_size=5))
def test_the_matcher_and_the_profile_claim_the_same(attested: list[Attestation]):
    days = Period(date(2027, 2, 1), date(2027, 4, 30))
    pieces = [
        Piece(number, "planning", EvidenceKind(one.source), one.level, one.first, one.last, "")
        for number, one in enumerate(attested)
    ]
    claim = claim_throughout("planning", pieces, days)
    assert claim.level == level_throughout(attested, days)


def test_a_gap_is_found_up_to_the_last_day_of_the_calendar():
    forever = Period(date(2027, 1, 1), date.max)
    assert first_gap([Held(date(2026, 1, 1), None)], forever) is None
    assert first_gap([], forever) == date(2027, 1, 1)


# --- Score and order -----------------------------------------------------------------------


def test_parts_that_say_nothing_leave_their_weight_to_the_others():
    plain = parts(GOOD, Slot(1, ROLE, 100))
    assert plain == ()
    some = parts(GOOD, replace(SLOT, wants=(Need(Kind.COMPETENCY, "planning", 4),)))
    assert [part.name for part in some] == [
        PartName.WANTS,
        PartName.MARGIN,
        PartName.EVIDENCE,
        PartName.SLACK,
    ]
    assert some[0].most == pytest.approx(100 * 35 / 70)
    assert all(sum(weights.values()) == 100 for weights in PRESETS.values())


def test_a_want_beyond_its_target_earns_no_more_than_its_target():
    slot = Slot(1, ROLE, 60, wants=(Need(Kind.COMPETENCY, "planning", 3, 2.0), GERMAN))
    for level, value in ((0, 0.0), (1, 2 / 9), (3, 2 / 3), (5, 2 / 3)):
        attested = {"planning": (Attestation(level, FIRST, None),)} if level else {}
        wants = parts(Person(1, attested=attested), slot)[0]
        assert wants.value == pytest.approx(value)


def test_a_missing_must_is_never_traded_for_wants():
    slot = replace(SLOT, wants=(Need(Kind.COMPETENCY, "planning", 5, 100.0),))
    star = replace(
        GOOD,
        id=2,
        held={},
        attested={
            "risk-management": (Attestation(5, FIRST, None),),
            "planning": (Attestation(5, FIRST, None),),
        },
    )
    ranking = rank(slot, [star, GOOD])
    assert [one.person_id for one in ranking.candidates] == [1]
    assert [one.person_id for one in ranking.near] == [2]


def test_equal_scores_go_to_the_lower_load_then_to_the_longest_wait():
    slot = Slot(1, ROLE, 100)
    busy_before = replace(GOOD, id=1, last_booked_to=date(2027, 1, 10))
    long_ago = replace(GOOD, id=2, last_booked_to=date(2025, 1, 10))
    never = replace(GOOD, id=3)
    ranking = rank(slot, [busy_before, long_ago, never])
    assert [one.person_id for one in ranking.candidates] == [3, 2, 1]
    light = Slot(1, ROLE, 40, wants=(Need(Kind.COMPETENCY, "planning", 4),), musts=())
    even = replace(GOOD, id=4, booked=(load("2027-02-01", "2027-02-01", 30),))
    more = replace(GOOD, id=5, booked=(load("2027-02-01", "2027-03-01", 30),))
    assert [one.person_id for one in rank(light, [more, even]).candidates] == [4, 5]


def test_neither_name_nor_id_decides_where_all_is_equal():
    slot = Slot(1, ROLE, 60)
    firsts = {
        rank(replace(slot, id=number), [replace(GOOD, id=1), replace(GOOD, id=2)])
        .candidates[0]
        .person_id
        for number in range(1, 20)
    }
    assert firsts == {1, 2}


def test_cost_counts_only_under_a_cap_and_among_those_who_qualify():
    slot = Slot(1, ROLE, 100, rate_cap=Money(10000, "EUR"))
    rates = {1: 6000, 2: 8000, 3: 10000, 4: 10001}
    ranking = rank(slot, [Person(key, rate=Money(rate, "EUR")) for key, rate in rates.items()])
    assert [(one.person_id, one.score) for one in ranking.candidates] == [
        (1, 100.0),
        (2, 50.0),
        (3, 0.0),
    ]
    words = [part_text(one.parts[0], slot, TITLES) for one in ranking.candidates[:2]]
    assert words == [
        "€60.00 an hour, the lowest among those who qualify",
        "€80.00 an hour, the lowest among those who qualify is €60.00",
    ]


def test_earlier_roles_count_up_to_two_where_anybody_had_one():
    slot = Slot(1, ROLE, 100, musts=(RISK,), wants=(Need(Kind.COMPETENCY, "planning", 4),))
    green, once, often = (
        replace(GOOD, id=1),
        replace(GOOD, id=2, similar={RISK.code: 1}),
        replace(GOOD, id=3, similar={RISK.code: 7, "planning": 2}),
    )
    ranking = rank(slot, [green, once, often])
    assert [one.person_id for one in ranking.candidates] == [3, 2, 1]
    found = [
        next(part for part in one.parts if part.name is PartName.SIMILAR)
        for one in ranking.candidates
    ]
    assert [part.value for part in found] == [1, 0.25, 0]
    assert part_text(found[1], slot, TITLES) == (
        "Risk management: asked for in 1 earlier role; Planning: in no earlier role"
    )
    assert PartName.SIMILAR not in {part.name for part in rank(slot, [green]).candidates[0].parts}


def test_a_wish_counts_for_its_own_role_and_silence_counts_half():
    slot = Slot(1, ROLE, 60, musts=(RISK,))
    gladly, silent, hardly = (
        replace(GOOD, id=1, wishes={1: Wish.GLADLY}),
        replace(GOOD, id=2),
        replace(GOOD, id=3, wishes={1: Wish.RATHER_NOT}),
    )
    ranking = rank(slot, [hardly, silent, gladly])
    assert [one.person_id for one in ranking.candidates] == [1, 2, 3]
    words = [part_text(one.parts[-1], slot, TITLES) for one in ranking.candidates]
    assert words == [
        "would gladly do this",
        "has said nothing about it",
        "would rather not do this",
    ]
    other = rank(replace(slot, id=2), [hardly, silent, gladly])
    assert len({one.score for one in other.candidates}) == 1


def test_weights_change_the_order_of_those_who_qualify_and_nothing_else():
    slot = Slot(1, ROLE, 60, musts=(RISK,), rate_cap=Money(10000, "EUR"))
    expert = replace(
        GOOD,
        id=1,
        rate=Money(9000, "EUR"),
        attested={RISK.code: (Attestation(5, FIRST, None),)},
    )
    cheap = replace(GOOD, id=2, rate=Money(4000, "EUR"))
    unfit = replace(GOOD, id=3, attested={}, rate=Money(1, "EUR"))
    thrifty = rank(slot, [expert, cheap, unfit], PRESETS[Preset.THRIFT])
    masterly = rank(slot, [expert, cheap, unfit], PRESETS[Preset.MASTERY])
    assert [one.person_id for one in thrifty.candidates] == [2, 1]
    assert [one.person_id for one in masterly.candidates] == [1, 2]
    assert thrifty.near == masterly.near
    assert PartName.COST not in {part.name for part in masterly.candidates[0].parts}


def test_weights_are_read_whole_or_refused():
    assert read({"wants": 3})[PartName.WANTS] == 3
    assert preset_of(read(dict.fromkeys(("cost",), 0) | {"wants": 1})) is None
    assert preset_of(PRESETS[Preset.GROWTH]) is Preset.GROWTH
    for wrong in ({}, {"wants": 0}, {"wants": -1}, {"wants": 101}, {"looks": 5}):
        with pytest.raises(ValueError, match=r"part|weight"):
            read(wrong)


def test_near_misses_stand_by_number_of_reasons_then_by_how_far_off():
    one_short = replace(GOOD, id=2, held={})
    nearly = replace(GOOD, id=3, held={"prince2-practitioner": (Held(FIRST, LAST - DAY),)})
    two_short = replace(GOOD, id=4, held={}, attested={})
    far = Person(5, capacity=0, employed_to=FIRST)
    ranking = rank(SLOT, [two_short, far, one_short, nearly, GOOD])
    assert [one.person_id for one in ranking.near] == [3, 2, 4]
    assert ranking.considered == 5
    assert ranking.failed == {
        Rule("certification", "prince2-practitioner"): 4,
        Rule("competency", "risk-management", 3): 2,
        Rule("capacity"): 1,
        Rule("employment"): 1,
    }
    assert [rule_text(rule, SLOT, TITLES) for rule in ranking.failed] == [
        "no PRINCE2 Practitioner, or not throughout",
        "Risk management below 3 on some day",
        "less than 60 % free in some week",
        "not employed throughout",
    ]


def test_the_words_of_each_part_say_what_it_was_read_from():
    slot = replace(
        SLOT,
        wants=(Need(Kind.COMPETENCY, "planning", 4), GERMAN, LONDON),
    )
    found = parts(replace(GOOD, location="London"), slot)
    assert {part.name.value: part_text(part, slot, TITLES) for part in found} == {
        "wants": "Planning 0, wanted 4; German: no",
        "margin": "Risk management 3, needs 3; "
        "PRINCE2 Practitioner in force for a year beyond the role, or more",
        "evidence": "Risk management: passed an exam, 13 months before the role begins; "
        "Planning: none that counts",
        "slack": "40 % still free beside this role",
        "place": "works in London",
    }


def test_an_old_proof_of_more_does_not_push_aside_a_fresh_one_of_less():
    slot = Slot(1, ROLE, 100, wants=(Need(Kind.COMPETENCY, "planning", 4),))
    fresh = Attestation(2, date(2027, 1, 1), None, Source.JUDGED)
    old = Attestation(3, date(2020, 1, 1), None, Source.PROJECT)
    before, after = (
        {part.name: part.points for part in parts(Person(1, attested={"planning": held}), slot)}
        for held in ((fresh,), (fresh, old))
    )
    assert before == {PartName.WANTS: 35.0, PartName.EVIDENCE: 15.0}
    assert after == {PartName.WANTS: 52.5, PartName.EVIDENCE: 15.0}


def test_what_lapsed_before_the_role_proves_nothing_of_it():
    slot = Slot(1, ROLE, 100, musts=(RISK,))
    lapsed = Attestation(5, date(2026, 12, 1), date(2027, 1, 31), Source.JUDGED)
    proven = Attestation(3, date(2020, 1, 1), None, Source.PROJECT)
    found = parts(Person(1, attested={RISK.code: (lapsed, proven)}), slot)
    assert [part.facts[0].source for part in found if part.name is PartName.EVIDENCE] == [
        Source.PROJECT
    ]


def test_a_certification_after_a_gap_is_no_margin_beyond_the_role():
    slot = Slot(1, ROLE, 100, musts=(PRINCE2,))
    held = (Held(date(2026, 1, 1), LAST + 10 * DAY), Held(LAST + 20 * DAY, None))
    (margin,) = parts(Person(1, held={PRINCE2.code: held}), slot)
    assert margin.facts[0].reached == 10


def test_whoever_gains_a_level_for_a_day_is_no_further_off_than_before():
    slot = Slot(1, ROLE, 20, musts=(RISK,))
    two = Attestation(2, date(2026, 1, 1), None)
    briefly = Attestation(3, FIRST, FIRST)
    (before,) = reasons(Person(1, attested={RISK.code: (two,)}), slot)
    (after,) = reasons(Person(1, attested={RISK.code: (two, briefly)}), slot)
    assert isinstance(before, LevelShort)
    assert isinstance(after, LevelLapses)
    assert after.gap <= before.gap


def test_many_weeks_are_told_as_the_first_to_the_last():
    weeks = ["2026-W52", "2026-W53", "2027-W01", "2027-W05", "2027-W06", "2027-W09"]
    assert weeks_text(weeks) == "2026-W52 to 2027-W01, 2027-W05, 2027-W06 and 2027-W09"


# --- Bookings ------------------------------------------------------------------------------


def test_what_may_follow_what():
    allowed = {
        (one.value, other.value)
        for one in BookingState
        for other in BookingState
        if may_follow(one, other)
    }
    assert allowed == {
        ("proposed", "requested"),
        ("proposed", "released"),
        ("requested", "confirmed"),
        ("requested", "declined"),
        ("requested", "released"),
        ("confirmed", "released"),
    }
    assert [state.value for state in BookingState if person_may(state)] == [
        "confirmed",
        "declined",
    ]


@pytest.mark.parametrize(
    ("closed", "bookings", "state"),
    [
        (False, [], SlotState.OPEN),
        (False, [BookingState.PROPOSED, BookingState.DECLINED], SlotState.OPEN),
        (False, [BookingState.REQUESTED], SlotState.ASKED),
        (False, [BookingState.REQUESTED, BookingState.CONFIRMED], SlotState.FILLED),
        (True, [], SlotState.CLOSED),
        (True, [BookingState.CONFIRMED], SlotState.FILLED),
    ],
)
def test_the_state_of_a_role_follows_its_bookings(
    closed: bool, bookings: list[BookingState], state: SlotState
):
    assert slot_state(closed, bookings) is state
