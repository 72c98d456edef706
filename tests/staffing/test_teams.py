"""Needs of a project that its team meets as a whole."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.capacity import DAY
from app.staffing.rules.matcher.problem import Attestation, Kind, Need, Person
from app.staffing.rules.team import Member, Stretch, TeamNeed, TeamRule, stretches

R = TeamRule
SPRING = Period(date(2031, 3, 1), date(2031, 5, 31))
APRIL = Period(date(2031, 4, 1), date(2031, 4, 30))
RISK = Need(Kind.COMPETENCY, "risk-management", 3)
NOBODY: frozenset[int] = frozenset()


def somebody(id: int, level: int = 3, last: date | None = None) -> Person:
    shown = Attestation(level, date(2030, 1, 1), last)
    return Person(id, attested={"risk-management": (shown,)})


def on(person: Person, period: Period = SPRING, slot_id: int = 1) -> Member:
    return Member(person, slot_id, period)


def test_at_least_two_with_a_level_names_who_and_when():
    team = [on(somebody(1)), on(somebody(2), APRIL), on(somebody(3, level=2))]

    found = stretches(TeamNeed(R.AT_LEAST, 2, RISK), team, SPRING)

    assert found == [
        Stretch(Period(SPRING.first, date(2031, 3, 31)), frozenset({1}), 1),
        Stretch(APRIL, frozenset({1, 2}), 0),
        Stretch(Period(date(2031, 5, 1), SPRING.last), frozenset({1}), 1),
    ]


def test_a_lapse_inside_the_project_opens_a_gap():
    team = [on(somebody(1, last=date(2031, 4, 30)))]

    found = stretches(TeamNeed(R.AT_LEAST, 1, RISK), team, SPRING)

    assert [(one.period.first, one.missing) for one in found] == [
        (SPRING.first, 0),
        (date(2031, 5, 1), 1),
    ]


def test_half_of_three_are_two():
    team = [on(somebody(1)), on(somebody(2, 1)), on(somebody(3, 1))]

    assert stretches(TeamNeed(R.SHARE, 50, RISK), team, SPRING) == [
        Stretch(SPRING, frozenset({1}), 1)
    ]
    assert stretches(TeamNeed(R.SHARE, 50, RISK), [], SPRING) == [Stretch(SPRING, NOBODY, 0)]


def test_an_essential_role_stands_empty_on_some_days():
    found = stretches(TeamNeed(R.ESSENTIAL, slot_id=1), [on(somebody(1), APRIL)], SPRING)

    assert [one.missing for one in found] == [1, 0, 1]


def test_two_people_together_or_apart():
    pair = frozenset({1, 2})
    one, both = [on(somebody(1))], [on(somebody(1)), on(somebody(2))]

    def missing(rule: TeamRule, team: list[Member]) -> int:
        return stretches(TeamNeed(rule, pair=pair), team, SPRING)[0].missing

    assert (missing(R.TOGETHER, []), missing(R.TOGETHER, one), missing(R.TOGETHER, both)) == (
        0,
        1,
        0,
    )
    assert (missing(R.APART, one), missing(R.APART, both)) == (0, 1)


_DAYS = st.integers(0, 91).map(lambda days: SPRING.first + days * DAY)
_PERIODS = st.tuples(_DAYS, _DAYS).map(lambda two: Period(min(two), max(two)))
_MEMBERS = st.lists(
    st.builds(
        lambda id, level, last, period: on(somebody(id, level, last), period),
        st.integers(1, 4),
        st.integers(1, 5),
        st.none() | _DAYS,
        _PERIODS,
    ),
    max_size=5,
    unique_by=lambda member: member.person.id,
)


@given(members=_MEMBERS, amount=st.integers(1, 4))
def test_stretches_cover_every_day_once_and_order_makes_no_difference(
    members: list[Member], amount: int
):
    need = TeamNeed(R.AT_LEAST, amount, RISK)

    found = stretches(need, members, SPRING)

    assert [day for one in found for day in one.period.days()] == list(SPRING.days())
    assert found == stretches(need, members[::-1], SPRING)
    assert all(one.missing == max(0, amount - len(one.met_by)) for one in found)


@given(members=_MEMBERS, level=st.integers(3, 5))
def test_one_more_who_meets_it_on_every_day_never_makes_it_worse(members: list[Member], level: int):
    for need in (TeamNeed(R.AT_LEAST, 2, RISK), TeamNeed(R.SHARE, 60, RISK)):
        before = stretches(need, members, SPRING)
        after = stretches(need, [*members, on(somebody(9, level))], SPRING)

        for day in SPRING.days():
            was = next(one.missing for one in before if day in one.period)
            assert next(one.missing for one in after if day in one.period) <= was
