"""Essays that wait for a marker, without a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, defer

from app.assessment.models import (
    Attempt,
    AttemptSlot,
    AttemptState,
    EssayMark,
)
from app.assessment.queries.offers import quiz_of
from app.assessment.queries.sittings import questions
from app.authoring import document
from app.authoring.document import Question, Quiz
from app.core import db
from app.core.errors import NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries as learning
from app.learning.models import Revision


@dataclass(frozen=True, slots=True)
class Essay:
    """An answer that waits for a marker, without a word of whose it is."""

    slot: AttemptSlot
    course: document.Course
    quiz: Quiz
    question: Question
    scenario_html: str | None
    submitted_at: datetime


def waiting_essays(actor: Actor, *, limit: int = 50) -> list[Essay]:
    """Essays to mark, those that wait longest first. Nobody marks their own, or one twice."""
    query = _essays(actor).order_by(Attempt.submitted_at, AttemptSlot.number).limit(limit)
    slots = db.session.scalars(query).all()
    revisions = {slot.attempt.revision.id: slot.attempt.revision for slot in slots}
    documents = learning.documents(list(revisions.values()))
    return [_essay(slot, documents[slot.attempt.revision_id]) for slot in slots]


def waiting_essays_count(actor: Actor) -> int:
    """How many essays wait for somebody to mark them, one's own left out."""
    waiting = _essays(actor).with_only_columns(func.count())
    return db.session.scalar(waiting) or 0


def essay_for(actor: Actor, slot_id: int) -> Essay:
    """An essay to mark; marked, unknown and one's own alike raise NotVisible."""
    slot = db.session.scalar(_essays(actor).where(AttemptSlot.id == slot_id))
    if slot is None:
        raise NotVisible(_("There is no such answer, or it is marked already."))
    return _essay(slot, learning.document(slot.attempt.revision))


def marks_of(slot_id: int) -> Sequence[EssayMark]:
    """What markers gave an essay so far, the first one first."""
    query = select(EssayMark).where(EssayMark.slot_id == slot_id)
    return db.session.scalars(query.order_by(EssayMark.id)).all()


def marks_in(attempt_id: int) -> dict[int, list[EssayMark]]:
    """What markers gave each essay of an attempt, by slot."""
    query = (
        select(EssayMark)
        .join(AttemptSlot, AttemptSlot.id == EssayMark.slot_id)
        .where(AttemptSlot.attempt_id == attempt_id)
        .order_by(EssayMark.id)
    )
    found: dict[int, list[EssayMark]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.slot_id, []).append(one)
    return found


def _essays(actor: Actor) -> Select[AttemptSlot]:
    marked = select(EssayMark.slot_id).where(EssayMark.marker_id == actor.person_id)
    load = contains_eager(AttemptSlot.attempt).contains_eager(Attempt.revision)
    return (
        select(AttemptSlot)
        .join(AttemptSlot.attempt)
        .join(Attempt.revision)
        .where(
            Attempt.state == AttemptState.SUBMITTED,
            AttemptSlot.credit.is_(None),
            Attempt.person_id != actor.person_id,
            AttemptSlot.id.not_in(marked),
        )
        .options(load.options(defer(Revision.document)))
    )


def _essay(slot: AttemptSlot, course: document.Course) -> Essay:
    quiz = quiz_of(course, slot.attempt.quiz_id)
    assert slot.attempt.submitted_at is not None
    return Essay(
        slot,
        course,
        quiz,
        questions(quiz)[slot.question_id],
        quiz.sections[slot.section].scenario_html,
        slot.attempt.submitted_at,
    )
