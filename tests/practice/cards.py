"""Somebody who has met questions, and the cards that came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.assessment import services as attempts
from app.assessment.services import Save
from app.authoring.document import Course
from app.core import clock, db
from app.core.policy import Actor
from app.learning import services as learning
from app.practice import services
from app.practice.models import Card, CardAnswer
from tests.assessment.quizzes import sitting
from tests.learning.courses import make_course, publish

RIGHT = {"flooded": "o2", "exposure": "10000"}
WRONG = {"flooded": "o1", "exposure": "1"}
KEYS = iter(range(10**6))
TODAY = clock.now()
TOMORROW = TODAY + timedelta(days=1)
LATER = TODAY + timedelta(days=30)


def course(**overrides: Any) -> Course:
    """The course `risk` without a certificate, published."""
    return publish(make_course(**{"certificate": None, "awards": (), **overrides}))


def meet(by: Actor, answers: dict[str, str], course_id: str = "risk") -> None:
    """Answer questions inside the second lesson."""
    for question_id, answer in answers.items():
        learning.answer_check(course_id, "second", question_id, answer, by=by)


def sit(
    by: Actor, quiz_id: str, answers: dict[str, Any], now: datetime, course_id: str = "risk"
) -> int:
    """Sit a quiz and hand it in."""
    attempt_id = attempts.start(course_id, quiz_id, by=by, now=now)
    for slot in sitting(by, attempt_id).attempt.slots:
        if slot.question_id in answers:
            save = Save(answers[slot.question_id], slot.sequence + 1)
            attempts.save(attempt_id, slot.number, save, by=by, now=now)
    attempts.submit(attempt_id, by=by, now=now)
    return attempt_id


def cards() -> dict[str, Card]:
    """Every card by the id of its question."""
    db.session.remove()
    return {card.question_id: card for card in db.session.scalars(select(Card))}


def history(question_id: str) -> list[CardAnswer]:
    """Every answer to a card, in order."""
    db.session.remove()
    query = select(CardAnswer).join(Card, Card.id == CardAnswer.card_id)
    query = query.where(Card.question_id == question_id).order_by(CardAnswer.id)
    return list(db.session.scalars(query))


def give(
    by: Actor, question_id: str, answer: Any, now: datetime = LATER, key: str | None = None
) -> services.Outcome | None:
    """Answer a card."""
    key = key or f"key-{next(KEYS)}"
    card_id = cards()[question_id].id
    return services.answer(card_id, answer, key, by=by, now=now)
