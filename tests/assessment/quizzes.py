"""Published courses whose quiz is what a test needs, and somebody who sits it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from app.assessment import queries, services
from app.assessment.models import Attempt
from app.assessment.queries import Sitting
from app.assessment.services import Save
from app.authoring import frameworks as compiled
from app.authoring.document import Quiz
from app.competence.models import Competency, Framework
from app.core import db
from app.core.policy import Actor, Role
from tests.assessment import questions
from tests.cast import actor_of, make_person
from tests.learning.courses import make_course, make_exam, make_quiz, make_section, publish

COURSE = "risk"
QUIZ = "exam"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def publish_exam(*asked: Any, **overrides: Any) -> Quiz:
    """A published course with this exam: sections, or questions for one section.

    Unless told otherwise one question of each type that a machine grades, an hour, 60 % to pass.
    """
    if not asked:
        asked = questions.graded_by_machine()
    if not hasattr(asked[0], "questions"):
        asked = (make_section(*asked),)
    quiz = make_exam(QUIZ, **{"sections": asked, **overrides})
    make_competency("risk-management")
    publish(make_course(COURSE, quizzes=(make_quiz("checkpoint"), quiz)))
    return quiz


def make_competency(code: str) -> None:
    with db.transaction() as session:
        if session.get(Framework, "pm-core") is None:
            session.add(
                Framework(
                    code="pm-core",
                    version="1",
                    title="PM core",
                    document=compiled.dump_framework(
                        compiled.Framework("pm-core", "1", "PM core", "en", (), ())
                    ),
                    content_hash="x",
                    published_at=NOW,
                )
            )
            session.flush()
        if session.get(Competency, code) is None:
            session.add(
                Competency(
                    code=code,
                    framework_code="pm-core",
                    group_code="method",
                    group_title="Method",
                    title=code,
                    description="",
                    levels={},
                    position=1,
                )
            )


def many(count: int) -> tuple[Any, ...]:
    """So many single choices with ids of their own."""
    return tuple(replace(questions.single(), id=f"single-{number}") for number in range(count))


def learner(name: str = "Ada Lovelace", *roles: Role) -> Actor:
    """Somebody who sits quizzes, as an actor: a value that outlives its session."""
    return actor_of(make_person(name, *roles), *roles)


def start(by: Actor, now: datetime = NOW) -> int:
    return services.start(COURSE, QUIZ, by=by, now=now)


def sitting(by: Actor, attempt_id: int) -> Sitting:
    """The attempt as it is kept now."""
    db.session.remove()
    found = queries.sitting_for(by, attempt_id)
    db.session.remove()
    return found


def row(attempt_id: int) -> Attempt:
    db.session.remove()
    found = db.session.scalar(select(Attempt).where(Attempt.id == attempt_id))
    assert found is not None
    return found


def answer_all(by: Actor, attempt_id: int, answers: dict[str, Any], now: datetime = NOW) -> None:
    """Save the answers given by question id."""
    found = sitting(by, attempt_id)
    for slot in found.attempt.slots:
        if slot.question_id in answers:
            one = Save(answers[slot.question_id], slot.sequence + 1)
            services.save(attempt_id, slot.number, one, by=by, now=now)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
