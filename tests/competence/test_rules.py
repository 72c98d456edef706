"""What evidence amounts to on a day and throughout a period: by example and by property."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competence.certifications.rules import HoldingState
from app.competence.rules import (
    EvidenceKind,
    HeldCertification,
    Piece,
    claim_on,
    claim_throughout,
    first_day_below,
    fold,
)
from app.core.values import Period

ELEMENT = "risk-management"
JAN, MAR, JUN, DEC = (date(2027, month, 1) for month in (1, 3, 6, 12))


def piece(
    level: int,
    first: date = JAN,
    last: date | None = None,
    kind: EvidenceKind = EvidenceKind.ASSESSED,
    number: int = 1,
) -> Piece:
    return Piece(number, ELEMENT, kind, level, first, last, f"Evidence {number}")


# --- By example -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pieces", "day", "level", "lapses"),
    [
        ([], JAN, 0, None),
        ([piece(3)], JAN, 3, None),
        ([piece(3, last=JUN)], JUN, 3, JUN),
        ([piece(3, last=JUN)], JUN + timedelta(1), 0, None),
        ([piece(3, first=MAR)], JAN, 0, None),
        ([piece(2), piece(4, last=MAR)], JAN, 4, MAR),
        ([piece(2), piece(4, last=MAR)], JUN, 2, None),
        ([piece(5, kind=EvidenceKind.SELF_RATED), piece(1)], JAN, 1, None),
    ],
    ids=[
        "none",
        "for good",
        "on its last day",
        "on the day after",
        "before it begins",
        "the best counts",
        "then what is left",
        "self-rated never",
    ],
)
def test_the_level_on_a_day(pieces, day, level, lapses):
    claim = claim_on(ELEMENT, pieces, day)
    assert (claim.level, claim.lapses_on) == (level, lapses)


def test_one_piece_after_the_other_carries_a_period():
    pieces = [piece(3, JAN, MAR, number=1), piece(3, MAR + timedelta(1), DEC, number=2)]
    claim = claim_throughout(ELEMENT, pieces, Period(JAN, JUN))

    assert (claim.level, claim.lapses_on) == (3, DEC)
    assert [carrier.id for carrier in claim.pieces] == [2, 1]


def test_a_gap_of_one_day_breaks_a_period_and_is_named():
    pieces = [piece(3, JAN, MAR), piece(3, MAR + timedelta(2), DEC), piece(1)]

    assert claim_throughout(ELEMENT, pieces, Period(JAN, JUN)).level == 1
    assert first_day_below(ELEMENT, pieces, 3, Period(JAN, JUN)) == MAR + timedelta(1)
    assert first_day_below(ELEMENT, pieces, 1, Period(JAN, JUN)) is None


def test_a_lower_level_held_longer_does_not_carry_a_higher_one():
    pieces = [piece(4, JAN, MAR, number=1), piece(2, JAN, None, number=2)]
    claim = claim_throughout(ELEMENT, pieces, Period(JAN, JUN))

    assert (claim.level, claim.lapses_on) == (2, None)


def test_evidence_of_something_else_is_no_evidence():
    assert claim_on("planning", [piece(5)], JAN).level == 0


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (JAN - timedelta(1), HoldingState.EXPIRED),
        (JAN, HoldingState.VALID),
        (DEC - timedelta(91), HoldingState.VALID),
        (DEC - timedelta(90), HoldingState.DUE),
        (DEC, HoldingState.DUE),
        (DEC + timedelta(1), HoldingState.EXPIRED),
    ],
)
def test_the_state_of_a_certification(day, state):
    held = HeldCertification(1, "pmp", "PMP", "PMI", "7", JAN, DEC)
    assert held.state_on(day) is state


def test_a_certification_for_good_is_never_due():
    held = HeldCertification(1, "pmp", "PMP", "PMI", "7", JAN, None)
    assert held.state_on(date(2199, 1, 1)) is HoldingState.VALID


# --- By property ----------------------------------------------------------------------------------

DAYS = st.dates(date(2027, 1, 1), date(2027, 2, 28))


@st.composite
def pieces_of_evidence(draw) -> Piece:
    first, other = draw(DAYS), draw(DAYS)
    last = None if draw(st.booleans()) else max(first, other)
    kind = draw(st.sampled_from(EvidenceKind))
    number = draw(st.integers(1, 9))
    return piece(draw(st.integers(1, 5)), min(first, other), last, kind, number)


PIECES = st.lists(pieces_of_evidence(), max_size=6)
PERIODS = st.tuples(DAYS, DAYS).map(lambda days: Period(min(days), max(days)))


def days_of(period: Period) -> list[date]:
    return [period.first + timedelta(n) for n in range((period.last - period.first).days + 1)]


@given(PIECES, PERIODS)
def test_a_period_holds_what_its_weakest_day_holds(pieces: list[Piece], period: Period):
    weakest = min(claim_on(ELEMENT, pieces, day).level for day in days_of(period))
    assert claim_throughout(ELEMENT, pieces, period).level == weakest


@given(PIECES, DAYS)
def test_it_lapses_on_the_last_day_that_holds(pieces: list[Piece], day: date):
    claim = claim_on(ELEMENT, pieces, day)
    if claim.lapses_on is not None:
        assert claim_throughout(ELEMENT, pieces, Period(day, claim.lapses_on)).level >= claim.level
        after = claim_on(ELEMENT, pieces, claim.lapses_on + timedelta(1))
        assert after.level < claim.level


@given(PIECES, pieces_of_evidence(), PERIODS)
def test_more_evidence_never_lowers_a_claim(pieces: list[Piece], more: Piece, period: Period):
    before = claim_throughout(ELEMENT, pieces, period).level
    assert claim_throughout(ELEMENT, [*pieces, more], period).level >= before


@given(PIECES, PERIODS, st.randoms())
def test_the_order_of_evidence_does_not_matter(pieces, period, random):
    shuffled = random.sample(pieces, len(pieces))
    one, two = (claim_throughout(ELEMENT, found, period) for found in (pieces, shuffled))
    assert (one.level, one.lapses_on) == (two.level, two.lapses_on)


@given(PIECES, st.integers(1, 5), PERIODS)
def test_the_first_day_below_is_the_first_day_below(pieces, level, period):
    below = [day for day in days_of(period) if claim_on(ELEMENT, pieces, day).level < level]
    assert first_day_below(ELEMENT, pieces, level, period) == (below[0] if below else None)


@given(PIECES, PERIODS)
def test_the_fold_is_the_claim_of_each(pieces, period):
    assert fold({ELEMENT: pieces}, period) == {ELEMENT: claim_throughout(ELEMENT, pieces, period)}
