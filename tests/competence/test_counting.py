"""Which of several pieces counts, how evidence fades, and what answers across frameworks."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.frameworks import Link, Policy, Relation
from app.competence.rules import (
    Book,
    Counting,
    EvidenceKind,
    Piece,
    bridges,
    claim_on,
    effective,
    fold,
)
from app.core.values import Duration, Period, Unit

ELEMENT = "risk"
START = date(2024, 1, 1)
YEAR = Duration(365, Unit.DAYS)
LATEST = Counting(Policy.LATEST)
FADING = Counting(half_life=YEAR)


def piece(
    level: int, first: int = 0, last: int | None = None, number: int = 1, code: str = ELEMENT
) -> Piece:
    """In force from one day to another, counted from the start."""
    end = None if last is None else START + timedelta(last)
    return Piece(
        number, code, EvidenceKind.ASSESSED, level, START + timedelta(first), end, f"No. {number}"
    )


def level_on(pieces: list[Piece], counting: Counting, day: int) -> int:
    return claim_on(ELEMENT, effective(pieces, counting), START + timedelta(day)).level


# --- By example -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "level"),
    [(0, 4), (151, 4), (152, 3), (364, 3), (365, 2), (729, 2), (730, 1), (9999, 1)],
)
def test_after_a_half_life_half_of_a_level_is_left(day: int, level: int):
    assert level_on([piece(4)], FADING, day) == level


def test_what_has_ended_is_not_kept_alive_by_fading():
    assert level_on([piece(4, last=400)], FADING, 400) == 2
    assert level_on([piece(4, last=400)], FADING, 401) == 0


def test_the_latest_counts_even_if_it_is_less_and_the_older_comes_back_when_it_ends():
    pieces = [piece(4), piece(2, first=10, last=20, number=2)]

    assert [level_on(pieces, LATEST, day) for day in (9, 10, 20, 21)] == [4, 2, 2, 4]
    assert [level_on(pieces, Counting(), day) for day in (9, 10, 20, 21)] == [4, 4, 4, 4]


def test_of_one_day_the_one_recorded_last_counts():
    assert level_on([piece(4), piece(1, number=2)], LATEST, 0) == 1


def test_what_fades_carries_a_claim_once_and_says_when_the_level_goes():
    claim = claim_on(ELEMENT, effective([piece(4)], FADING), START)

    assert (claim.level, claim.lapses_on) == (4, START + timedelta(151))
    assert [one.id for one in claim.pieces] == [1]


# --- Across frameworks ----------------------------------------------------------------------------

MAPPED = Link("hazard", ELEMENT, Relation.SAME, ((1, 1), (2, 3), (3, 5)))


def across(*links: Link, of: str, level: int, wanted: str) -> tuple[int, tuple[str, ...]]:
    """The level in `wanted` of a piece in `of`, and the way."""
    book = Book.of({}, links)
    claims = fold({of: [piece(level, code=of)]}, Period(START, START), book)
    claim = claims.get(wanted)
    return (claim.level, claim.pieces[0].via) if claim and claim.level else (0, ())


@pytest.mark.parametrize(
    ("relation", "there", "back"),
    [(Relation.SAME, 3, 3), (Relation.BROADER, 3, 0), (Relation.NARROWER, 0, 3)],
)
def test_the_same_answers_both_ways_and_the_broader_for_the_narrower(
    relation: Relation, there: int, back: int
):
    link = Link("a", "b", relation)
    assert across(link, of="a", level=3, wanted="b")[0] == there
    assert across(link, of="b", level=3, wanted="a")[0] == back


def test_levels_are_those_of_the_other_scale_never_more_than_was_shown():
    assert [across(MAPPED, of="hazard", level=n, wanted=ELEMENT)[0] for n in (1, 2, 3)] == [1, 3, 5]
    back = [across(MAPPED, of=ELEMENT, level=n, wanted="hazard")[0] for n in (1, 2, 3, 4, 5)]
    assert back == [1, 1, 2, 2, 3]


def test_links_lead_on_and_the_way_is_kept():
    links = (MAPPED, Link(ELEMENT, "far", Relation.BROADER), Link("far", "hazard", Relation.SAME))
    assert across(*links[:2], of="hazard", level=2, wanted="far") == (3, ("hazard", ELEMENT))
    assert across(*links, of="hazard", level=2, wanted="far") == (2, ("hazard",))


def test_what_people_say_of_themselves_answers_for_nothing():
    own = Piece(1, "a", EvidenceKind.SELF_RATED, 5, START, None, "Me")
    book = Book.of({}, [Link("a", "b", Relation.SAME)])
    assert all(
        claim.level == 0 for claim in fold({"a": [own]}, Period(START, START), book).values()
    )


def test_a_framework_folds_what_comes_from_another_by_its_own_policy():
    book = Book.of({"b": LATEST}, [Link("a", "b", Relation.SAME)])
    pieces = {"a": [piece(1, first=5, code="a", number=2)], "b": [piece(4, code="b")]}
    day = START + timedelta(5)
    assert fold(pieces, Period(day, day), book)["b"].level == 1


# --- By property ----------------------------------------------------------------------------------

_PIECES = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 60), st.none() | st.integers(0, 40)),
    max_size=6,
).map(
    lambda rows: [
        piece(level, first, None if length is None else first + length, number)
        for number, (level, first, length) in enumerate(rows, start=1)
    ]
)


@given(
    _PIECES,
    st.sampled_from(Policy),
    st.none() | st.integers(1, 50),
    st.integers(0, 120),
)
def test_pieces_of_which_the_best_counts_say_what_the_policy_says(
    pieces: list[Piece], policy: Policy, half_life: int | None, day: int
):
    counting = Counting(policy, Duration(half_life, Unit.DAYS) if half_life else None)
    assert level_on(pieces, counting, day) == _by_the_word(pieces, counting, day)


def _by_the_word(pieces: list[Piece], counting: Counting, day: int) -> int:
    on = START + timedelta(day)
    holding = [one for one in pieces if one.holds_on(on)]
    if counting.policy is Policy.LATEST:
        holding = sorted(holding, key=lambda one: (one.first, one.id))[-1:]
    return max((_left(one, counting, on) for one in holding), default=0)


def _left(one: Piece, counting: Counting, on: date) -> int:
    if counting.half_life is None:
        return one.level
    half_lives = (on - one.first).days / counting.half_life.count
    return ceil(one.level * 2**-half_lives)


_CODES = ["a", "b", "c", "d"]
_LINKS = st.lists(
    st.tuples(st.sampled_from(_CODES), st.sampled_from(_CODES), st.sampled_from(Relation)),
    max_size=5,
).map(lambda rows: [Link(*row) for row in rows if row[0] != row[1]])


@given(_LINKS)
def test_every_way_begins_at_its_source_and_never_passes_a_place_twice(links: list[Link]):
    for target, ways in bridges(links).items():
        for bridge in ways:
            assert (bridge.path[0], bridge.path[-1]) == (bridge.source, target)
            assert len(set(bridge.path)) == len(bridge.path) > 1
            assert all(level <= own for own, level in enumerate(bridge.levels))
