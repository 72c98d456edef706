"""What is missing, and the shortest way there."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competence.rules import Gap, Offer, Step, StepKind, gaps, ready_after, shortest

TODAY = date(2027, 1, 4)


def route(wanted: dict[str, int], offers: list[Offer], **have: int) -> list[tuple[str, str]]:
    found = shortest(wanted, have, offers, hours_a_week=4, today=TODAY)
    return [(step.kind.value, step.id) for step in found.steps]


def offer(name: str, minutes: int, courses: tuple[str, ...] = (), **awards: int) -> Offer:
    return Offer(name, name.title(), minutes, awards=awards, courses=courses)


def test_a_gap_for_each_competency_also_where_nothing_is_missing():
    found = gaps({"risk": 3, "plan": 2}, {"plan": 4})
    assert found == [Gap("risk", 0, 3), Gap("plan", 4, 2)]
    assert [one.missing for one in found] == [3, 0]


def test_nothing_missing_nothing_to_do():
    assert route({"risk": 3}, [offer("a", 60, risk=3)], risk=3) == []


def test_one_course_for_two_gaps_goes_before_two_that_take_longer():
    offers = [offer("a", 60, risk=3), offer("b", 60, plan=3), offer("both", 100, risk=3, plan=3)]
    assert route({"risk": 3, "plan": 3}, offers) == [("course", "both")]
    assert route({"risk": 3}, offers) == [("course", "a")]


def test_what_has_to_come_before_counts_and_comes_first():
    offers = [offer("a", 60, ("base",), risk=3), offer("base", 60), offer("c", 110, risk=3)]
    assert route({"risk": 3}, offers) == [("course", "c")]
    assert route({"risk": 3}, offers[:2]) == [("course", "base"), ("course", "a")]


def test_a_course_behind_one_that_is_not_offered_is_no_way():
    assert route({"risk": 3}, [offer("a", 60, ("gone",), risk=3)]) == [("assessment", "risk")]


def test_above_what_courses_show_an_assessment_follows_the_course():
    offers = [offer("a", 60, risk=3), offer("b", 30, risk=2)]
    assert route({"risk": 4}, offers) == [("course", "a"), ("assessment", "risk")]
    assert route({"risk": 4}, offers, risk=3) == [("assessment", "risk")]


def test_what_a_course_asks_for_is_on_the_way():
    deep = Offer("deep", "Deep", 60, awards={"risk": 3}, needs={"plan": 2})
    offers = [deep, offer("plan", 30, plan=2)]
    assert route({"risk": 3}, offers) == [("course", "plan"), ("course", "deep")]
    assert route({"risk": 3}, offers, plan=2) == [("course", "deep")]
    assert route({"risk": 3}, [deep]) == [("course", "deep"), ("assessment", "plan")]


def test_a_course_that_asks_for_what_nothing_shows_is_dearer_by_an_assessment():
    asks = Offer("asks", "Asks", 60, awards={"risk": 3}, needs={"plan": 5})
    offers = [asks, offer("free", 150, risk=3)]
    assert route({"risk": 3}, offers) == [("course", "free")]


def test_each_step_says_when_it_is_done_at_the_hours_of_a_week():
    exam = Offer("a", "A", 120, exam_only=True, awards={"risk": 3, "other": 1})
    found = shortest({"risk": 4}, {}, [exam], hours_a_week=2, today=TODAY)
    assert found.steps == (
        Step(StepKind.EXAM, "a", 120, {"risk": 3}, date(2027, 1, 11)),
        Step(StepKind.ASSESSMENT, "risk", 120, {"risk": 4}, date(2027, 1, 18)),
    )
    assert (found.minutes, found.ready, found.courses) == (240, date(2027, 1, 18), ["a"])


@pytest.mark.parametrize(
    ("minutes", "hours", "ready"),
    [
        (0, 4, TODAY),
        (1, 40, date(2027, 1, 5)),
        (240, 4, date(2027, 1, 11)),
        (241, 4, date(2027, 1, 12)),
    ],
)
def test_ready_after(minutes: int, hours: int, ready: date):
    assert ready_after(minutes, hours, TODAY) == ready


# --- By property ----------------------------------------------------------------------------------

_CODES = ["a", "b", "c", "d"]
_OFFERS = st.lists(
    st.builds(
        lambda minutes, awards, before: (minutes, awards, before),
        st.integers(5, 300),
        st.dictionaries(st.sampled_from(_CODES), st.integers(1, 5), min_size=1, max_size=3),
        st.lists(st.integers(0, 6), max_size=1),
    ),
    max_size=7,
).map(
    lambda rows: [
        Offer(f"c{n}", f"C{n}", minutes, awards=awards, courses=tuple(f"c{m}" for m in before))
        for n, (minutes, awards, before) in enumerate(rows)
    ]
)


@given(
    st.dictionaries(st.sampled_from(_CODES), st.integers(1, 5), max_size=4),
    st.dictionaries(st.sampled_from(_CODES), st.integers(0, 5), max_size=4),
    _OFFERS,
)
def test_no_other_choice_of_courses_is_shorter(
    wanted: dict[str, int], have: dict[str, int], offers: list[Offer]
):
    found = shortest(wanted, have, offers, hours_a_week=4, today=TODAY)
    chosen = [one for one in offers if one.id in found.courses]
    reach = _reached(wanted, have, offers)

    assert _enough(chosen, reach, have)
    assert sum(one.minutes for one in chosen) == _cheapest(offers, reach, have)
    order = found.courses
    for one in chosen:
        assert all(
            order.index(each) < order.index(one.id) for each in one.courses if each != one.id
        ) or (_circle(one, offers))


def _reached(wanted: dict[str, int], have: dict[str, int], offers: list[Offer]) -> dict[str, int]:
    """As much of what is wanted as courses can show."""
    everything = [one for one in offers if _complete([*_closure(one, offers)], offers, one)]
    best = {c: max((one.awards.get(c, 0) for one in everything), default=0) for c in wanted}
    return {
        c: min(level, best[c])
        for c, level in wanted.items()
        if min(level, best[c]) > have.get(c, 0)
    }


def _closure(one: Offer, offers: list[Offer]) -> set[str]:
    by_id = {each.id: each for each in offers}
    seen: set[str] = set()
    waiting = [one.id]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting.extend(by_id[each].courses if each in by_id else ())
    return seen


def _complete(closure: list[str], offers: list[Offer], _one: Offer) -> bool:
    return set(closure) <= {each.id for each in offers}


def _circle(one: Offer, offers: list[Offer]) -> bool:
    by_id = {each.id: each for each in offers}
    return any(one.id in _closure(by_id[each], offers) for each in one.courses if each in by_id)


def _enough(chosen: list[Offer], reach: dict[str, int], have: dict[str, int]) -> bool:
    ids = {one.id for one in chosen}
    shown = {c: max([have.get(c, 0), *(one.awards.get(c, 0) for one in chosen)]) for c in reach}
    return all(shown[c] >= level for c, level in reach.items()) and all(
        set(one.courses) <= ids for one in chosen
    )


def _cheapest(offers: list[Offer], reach: dict[str, int], have: dict[str, int]) -> int:
    return min(
        sum(one.minutes for one in some)
        for size in range(len(offers) + 1)
        for some in combinations(offers, size)
        if _enough(list(some), reach, have)
    )
