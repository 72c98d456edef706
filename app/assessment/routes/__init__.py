"""Pages of assessment: a quiz before it is sat, an attempt, its review, marking and supervision."""

from app.assessment.routes import (
    attempts,
    decisions,
    marking,
    quizzes,
    regrading,
    reports,
    reviews,
    statistics,
    supervision,
)
from app.assessment.routes.blueprint import bp

__all__ = [
    "attempts",
    "bp",
    "decisions",
    "marking",
    "quizzes",
    "regrading",
    "reports",
    "reviews",
    "statistics",
    "supervision",
]
