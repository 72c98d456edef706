"""When a question is asked again: spaced repetition by FSRS.

The model of memory is FSRS-6 (github.com/open-spaced-repetition/awesome-fsrs) as the package
`fsrs` computes it, with its published weights. Intervals are whole days: what was wrong comes back
tomorrow, never within the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from fractions import Fraction

from fsrs import Card, Scheduler, State
from fsrs import Rating as Answered

RETENTION = 0.9
"""A question comes back when the chance that it is still known has fallen to this."""
LONGEST = 365
"""Days after which every question is asked again, however well it is known."""


class Rating(StrEnum):
    """How well it was remembered. FSRS also knows "easy", which an answer does not tell."""

    AGAIN = "again"
    """Not right in the end."""
    HARD = "hard"
    """Right with a hint, or at the second try."""
    GOOD = "good"
    """Right at once."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model keeps of a card once it was answered; stability is in days."""

    stability: float
    difficulty: float
    answered_at: datetime
    due_on: date


_SCHEDULER = Scheduler(
    desired_retention=RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST,
    enable_fuzzing=False,
)
_ANSWERED = {
    Rating.AGAIN: Answered.Again,
    Rating.HARD: Answered.Hard,
    Rating.GOOD: Answered.Good,
}


def rate(credit: Fraction, tries: int, hints: int) -> Rating:
    """The rating of a card whose last try earned `credit`."""
    if credit < 1:
        return Rating.AGAIN
    return Rating.GOOD if tries == 1 and hints == 0 else Rating.HARD


def remember(before: Memory | None, rating: Rating, now: datetime) -> Memory:
    """What the model makes of a further answer.

    An answer given before the last one that was counted is taken as given with it.
    """
    card, at = _card(before, now), max(now, before.answered_at) if before else now
    after, _log = _SCHEDULER.review_card(card, _ANSWERED[rating], at)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(after.stability, after.difficulty, at, after.due.date())


def _card(before: Memory | None, now: datetime) -> Card:
    if before is None:
        return Card(card_id=0, due=now)
    return Card(
        card_id=0,
        state=State.Review,
        stability=before.stability,
        difficulty=before.difficulty,
        due=datetime.combine(before.due_on, time(), UTC),
        last_review=before.answered_at,
    )
