"""A quiz before it is sat."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries, services
from app.assessment.queries import Offer
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.assessment.services import NoAttemptLeft, TooEarly
from app.core import clock
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
    try:
        attempt_id = services.start(course_id, quiz_id, by=current_actor(), now=clock.now())
    except (NoAttemptLeft, TooEarly) as refusal:
        flash(str(refusal), "bad")
        return _quiz_page(course_id, quiz_id), refusal.status
    return redirect(url_for(".attempt", attempt_id=attempt_id))


def _quiz_page(course_id: str, quiz_id: str) -> str:
    offer = _settled_offer(course_id, quiz_id)
    return render_template(
        "assessment/quiz.html",
        offer=offer,
        terms=words.rules_of(offer),
        words=words,
    )


def _settled_offer(course_id: str, quiz_id: str) -> Offer:
    now = clock.now()
    offer = queries.offer(current_actor(), course_id, quiz_id, now)
    if offer.open_attempt and services.close_if_overdue(offer.open_attempt, now):
        return queries.offer(current_actor(), course_id, quiz_id, now)
    return offer
