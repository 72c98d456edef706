"""Rubrics that say what each point is given for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.document import Criterion
from app.authoring.questions.rubric import read_criteria
from app.authoring.questions.written import Text


def read(markdown: str) -> list[tuple[str, str]]:
    return [(one.text, str(one.points)) for one in read_criteria(Text(markdown))]


@pytest.mark.parametrize(
    ("markdown", "criteria"),
    [
        ("2 cause; 1 owner named.", [("cause", "2"), ("owner named", "1")]),
        (
            "- 1.5 points: cause\n- up to 2 marks effect,\n  in words",
            [("cause", "1.5"), ("effect, in words", "2")],
        ),
        ("1,5 Punkte: Ursache; bis zu 2 Punkte: Wirkung", [("Ursache", "1.5"), ("Wirkung", "2")]),
    ],
)
def test_each_part_begins_with_its_points(markdown: str, criteria: list[tuple[str, str]]):
    assert read(markdown) == criteria


@pytest.mark.parametrize(
    "markdown",
    ["Cause, effect and owner.", "2 cause; effect", "2", "2 ;", "-1 cause", "1000 cause", ""],
)
def test_anything_else_is_read_as_a_whole(markdown: str):
    assert read(markdown) == []


def test_no_rubric_has_no_criteria():
    assert read_criteria(None) == ()


@given(st.text(max_size=200))
def test_whatever_stands_there_is_read_or_left(markdown: str):
    for one in read_criteria(Text(markdown)):
        assert one.text
        assert Criterion(one.text, one.points) == one
        assert 0 <= one.points < Decimal(1000)
