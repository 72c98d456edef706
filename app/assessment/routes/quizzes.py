"""A quiz before it is sat."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries, services
from app.assessment.queries import Offer
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.assessment.services import NoAttemptLeft, NotOpenNow, TooEarly, WrongCode
from app.core import clock
from app.core.errors import TooOften
from app.web.access import current_actor, signed_in


@bp.get("/courses/<course_id>/quizzes/<quiz_id>")
@signed_in
def quiz(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """What the quiz asks, what was reached so far, and the way in."""
    return _quiz_page(course_id, quiz_id)


@bp.post("/courses/<course_id>/quizzes/<quiz_id>/attempts")
@signed_in
def start(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Start an attempt, or go on with the open one."""
    code = request.form.get("access_code", "")[:100]
    try:
        attempt_id = services.start(
            course_id, quiz_id, by=current_actor(), now=clock.now(), access_code=code
        )
    except WrongCode as refusal:
        return _quiz_page(course_id, quiz_id, str(refusal)), refusal.status
    except TooOften as refusal:
        page = _quiz_page(course_id, quiz_id, str(refusal))
        return page, refusal.status, {"Retry-After": str(refusal.retry_after)}
    except (NoAttemptLeft, NotOpenNow, TooEarly) as refusal:
        flash(str(refusal), "bad")
        return _quiz_page(course_id, quiz_id), refusal.status
    return redirect(url_for(".attempt", attempt_id=attempt_id))


def _quiz_page(course_id: str, quiz_id: str, wrong_code: str | None = None) -> str:
    offer = _settled_offer(course_id, quiz_id)
    return render_template(
        "assessment/quiz.html",
        offer=offer,
        terms=words.rules_of(offer),
        words=words,
        wrong_code=wrong_code,
    )


def _settled_offer(course_id: str, quiz_id: str) -> Offer:
    now = clock.now()
    offer = queries.offer(current_actor(), course_id, quiz_id, now)
    if offer.open_attempt and services.close_due(offer.open_attempt, now):
        return queries.offer(current_actor(), course_id, quiz_id, now)
    return offer
