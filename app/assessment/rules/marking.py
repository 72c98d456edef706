"""What the points of an essay are given for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from app.authoring.document import Criterion, EssayQuestion, Question


def criteria(question: Question, points: Decimal) -> tuple[Criterion, ...]:
    """The criteria of an essay; one without a text, worth all of it, where it names none.

    Args:
        points: that the essay is worth.
    """
    if isinstance(question, EssayQuestion) and question.criteria:
        return question.criteria
    return (Criterion("", points),)


def mean_by_criterion(marks: Iterable[Sequence[Decimal]]) -> list[Fraction]:
    """The mean of what several markers gave, for each criterion."""
    columns = list(zip(*marks, strict=True))
    return [sum(map(Fraction, column), Fraction(0)) / len(column) for column in columns]
