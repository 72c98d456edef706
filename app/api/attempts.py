"""Attempts as JSON. An open one holds no key, explanation or feedback of an option."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.api.blueprint import body, bp
from app.api.shapes import Json, plain, takes
from app.assessment import queries, rules, services
from app.assessment.models import OPEN, Attempt, AttemptSlot
from app.assessment.queries import Sitting
from app.assessment.rules import Disclosure
from app.assessment.services import Save
from app.authoring.document import (
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    Item,
    MatchQuestion,
    OrderQuestion,
    Question,
)
from app.authoring.grading import Part, grade
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.web.access import current_actor, signed_in

START = {"access_code": plain({"type": ["string", "null"]})}
ANSWER = {
    "sequence": plain({"type": "integer"}, required=True),
    "answer": plain({}, required=True),
}
FLAG = {"flagged": plain({"type": "boolean"}, required=True)}
POSITION = {"position": plain({"type": "integer"}, required=True)}


@bp.post("/quizzes/<course_id>/<quiz_id>/attempts")
@signed_in
@takes(START)
def start_attempt(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Start an attempt, or resume the open one."""
    now = clock.now()
    code = body().get("access_code")
    if code is not None and not isinstance(code, str):
        raise Invalid(_("Give the access code as a text."), field="access_code")
    attempt_id = services.start(course_id, quiz_id, by=current_actor(), now=now, access_code=code)
    sitting = queries.sitting_for(current_actor(), attempt_id)
    status = 201 if sitting.attempt.started_at == now else 200
    return jsonify(_sitting(sitting, now)), status


@bp.get("/attempts/<int:attempt_id>")
@signed_in
def attempt(attempt_id: int) -> ResponseReturnValue:
    """An attempt as it stands: open with its questions, ended with its result."""
    now = clock.now()
    sitting = queries.sitting_for(current_actor(), attempt_id)
    if services.close_due(sitting.attempt, now):
        sitting = queries.sitting_for(current_actor(), attempt_id)
    if sitting.attempt.state in OPEN:
        return jsonify(_sitting(sitting, now))
    return jsonify(_result(sitting))


@bp.put("/attempts/<int:attempt_id>/answers/<int:slot>")
@signed_in
@takes(ANSWER)
def save_answer(attempt_id: int, slot: int) -> ResponseReturnValue:
    """Keep an answer. Every answer that is kept is answered alike."""
    sent, now = body(), clock.now()
    sequence = sent.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        raise Invalid(_("Give the sequence as a whole number."), field="sequence")
    if "answer" not in sent:
        raise Invalid(_("Give an answer; null takes it back."), field="answer")
    saved_at, closes = services.save(
        attempt_id, slot, Save(sent["answer"], sequence), by=current_actor(), now=now
    )
    return jsonify(saved_at=_time(saved_at), sequence=sequence, **_remaining(closes, now))


@bp.post("/attempts/<int:attempt_id>/answers/<int:slot>/check")
@signed_in
def check_answer(attempt_id: int, slot: int) -> ResponseReturnValue:
    """Check an answer as it is kept, in practice; the same once more changes nothing."""
    services.check(attempt_id, slot, by=current_actor(), now=clock.now())
    sitting = queries.sitting_for(current_actor(), attempt_id)
    return jsonify(_checked(sitting, sitting.slot(slot)))


@bp.put("/attempts/<int:attempt_id>/flags/<int:slot>")
@signed_in
@takes(FLAG)
def flag_question(attempt_id: int, slot: int) -> ResponseReturnValue:
    """Mark a question for later."""
    flagged, now = body().get("flagged"), clock.now()
    if not isinstance(flagged, bool):
        raise Invalid(_("Give true or false."), field="flagged")
    deadline = services.flag(attempt_id, slot, flagged, by=current_actor(), now=now)
    return jsonify(flagged=flagged, saved_at=_time(now), **_remaining(deadline, now))


@bp.put("/attempts/<int:attempt_id>/position")
@signed_in
@takes(POSITION)
def walk_on(attempt_id: int) -> ResponseReturnValue:
    """Go on to the next step of a quiz that goes one way."""
    step, now = body().get("position"), clock.now()
    if not isinstance(step, int) or isinstance(step, bool):
        raise Invalid(_("Give the position as a whole number."), field="position")
    services.walk_on(attempt_id, step, by=current_actor(), now=now)
    return jsonify(_sitting(queries.sitting_for(current_actor(), attempt_id), now))


@bp.post("/attempts/<int:attempt_id>/submission")
@signed_in
def submit_attempt(attempt_id: int) -> ResponseReturnValue:
    """Hand in; once more changes nothing."""
    services.submit(attempt_id, by=current_actor(), now=clock.now())
    return jsonify(_result(queries.sitting_for(current_actor(), attempt_id)))


# --- An open attempt -----------------------------------------------------------------------


def _sitting(sitting: Sitting, now: datetime) -> Json:
    """An open attempt; where the quiz goes one way, the step reached alone."""
    step = sitting.attempt.position if rules.one_way(sitting.quiz) else None
    slots = sitting.attempt.slots if step is None else sitting.on_step(step)
    rests_until = services.on_break_until(sitting.attempt, now)
    if rests_until is not None:
        slots = []  # nobody reads ahead while the clock stands still
    return {
        **_attempt(sitting.attempt),
        "title": sitting.quiz.title,
        "navigation": sitting.quiz.navigation,
        "position": sitting.attempt.position,
        "last_position": sitting.last_step,
        "break_until": _time(rests_until),
        **_remaining(sitting.attempt.deadline, now),
        "sections": _sections(sitting, slots),
        "questions": [_slot(sitting.questions[slot.number], slot) for slot in slots],
    }


def _attempt(attempt: Attempt) -> Json:
    return {
        "id": attempt.id,
        "course": attempt.course_id,
        "quiz": attempt.quiz_id,
        "number": attempt.number,
        "state": attempt.state,
        "started_at": _time(attempt.started_at),
        "deadline": _time(attempt.deadline),
        "submitted_at": _time(attempt.submitted_at),
    }


def _sections(sitting: Sitting, slots: list[AttemptSlot]) -> list[Json]:
    numbers = sorted({slot.section for slot in slots})
    sections = [(number, sitting.quiz.sections[number]) for number in numbers]
    return [
        {"section": number, "title": one.title, "scenario_html": one.scenario_html}
        for number, one in sections
    ]


def _slot(question: Question, slot: AttemptSlot) -> Json:
    return {
        "slot": slot.number,
        "section": slot.section,
        "type": question.type,
        "points": _plain(slot.points),
        "stem_html": question.stem_html,
        **_parts(question, slot.order),
        "answer": slot.answer,
        "sequence": slot.sequence,
        "flagged": slot.flagged,
    }


def _parts(question: Question, order: list[str]) -> Json:
    """What one chooses from; named one by one, so that no key slips in with a new field."""
    if isinstance(question, ChoiceQuestion):
        by_id = {option.id: option.html for option in question.options}
        return {"options": [{"id": key, "html": by_id[key]} for key in order]}
    if isinstance(question, MatchQuestion):
        return {"left": _items(question.left), "right": _items(question.right, order)}
    if isinstance(question, OrderQuestion):
        return {"items": _items(question.items, order)}
    if isinstance(question, ClozeQuestion):
        return {
            "pieces_html": question.pieces_html,
            "blanks": [_blank(blank) for blank in question.blanks],
        }
    return {}


def _items(items: tuple[Item, ...], order: list[str] | None = None) -> list[Json]:
    by_id = {item.id: item.html for item in items}
    return [{"id": key, "html": by_id[key]} for key in order or by_id]


def _blank(blank: Any) -> Json:
    shown: Json = {"id": blank.id, "kind": blank.kind}
    if isinstance(blank, ChoiceBlank):
        by_name = sorted(blank.options, key=lambda item: item.text.casefold())
        shown["options"] = _items(tuple(by_name))
    return shown


# --- Its result ----------------------------------------------------------------------------


def _result(sitting: Sitting) -> Json:
    """An ended attempt, as far as the feedback rule of its quiz allows."""
    attempt = sitting.attempt
    shown: Json = {
        **_attempt(attempt),
        "title": sitting.quiz.title,
        "graded_at": _time(attempt.graded_at),
        "score": None if attempt.score is None else _plain(attempt.score),
        "pass_mark": _plain(sitting.quiz.pass_mark),
        "passed": attempt.passed,
    }
    disclosure = queries.disclosure_of(attempt, sitting.quiz, clock.now())
    if disclosure.attempt:
        shown["answers"] = [_reviewed(sitting, slot, disclosure) for slot in attempt.slots]
    return shown


def _reviewed(sitting: Sitting, slot: AttemptSlot, disclosure: Disclosure) -> Json:
    """One answer: each thing that may not be shown is missing."""
    question = sitting.questions[slot.number]
    result = grade(question, slot.answer, language=sitting.course.language)
    parts = {
        key: part
        for key, part in result.parts.items()
        if disclosure.right_answer or part is not Part.MISSED
    }
    found: Json = {"slot": slot.number, "stem_html": question.stem_html, "answer": slot.answer}
    if disclosure.correctness:
        found |= {"verdict": result.verdict, "parts": parts}
    if disclosure.marks:
        found["credit"] = None if slot.credit is None else _plain(slot.credit)
        found["comment"] = slot.comment
    if disclosure.general_feedback:
        found["why_html"] = question.why_html
    return found


def _remaining(deadline: datetime | None, now: datetime) -> Json:
    if deadline is None:
        return {"remaining_seconds": None}
    return {"remaining_seconds": max(0, int((deadline - now).total_seconds()))}


def _checked(sitting: Sitting, slot: AttemptSlot) -> Json:
    """How an answer did; with what explains it once no further try is left."""
    question = sitting.questions[slot.number]
    shown: Json = {
        "slot": slot.number,
        "tries": slot.tries,
        "right": slot.credit == 1,
        "settled": rules.settled(question, slot.tries, slot.credit),
    }
    if shown["settled"]:
        result = grade(question, slot.answer, language=sitting.course.language)
        credit = rules.worth(result.credit or Fraction(0), slot.tries, slot.hints)
        shown |= {
            "credit": _plain(rules.kept(credit)),
            "parts": dict(result.parts),
            "why_html": question.why_html,
        }
    return shown


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
