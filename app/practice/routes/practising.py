"""One question at a time: asking it, unfolding its hints, and what there is to say to an answer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.authoring import grading
from app.authoring.answers import UnreadableAnswer
from app.authoring.document import Lesson, Question
from app.authoring.grading import Grade
from app.core import clock
from app.core.i18n import gettext as _
from app.core.policy import Actor
from app.practice import queries, services
from app.practice.models import Card
from app.practice.queries import Asked
from app.practice.routes.blueprint import bp
from app.practice.services import Outcome
from app.web.access import current_actor, signed_in
from app.web.forms import given

ANSWER = "answer"
WRONG = "wrong"
"""What `only` says in the address for questions last answered wrong."""


@dataclass(frozen=True, slots=True)
class Page:
    """A question as the learner finds it. `value` is what stands in its controls."""

    card_id: int
    number: int
    """Of today's questions."""
    asked: Asked
    order: Sequence[str]
    value: Any
    outcome: Outcome | None
    hints_shown: int
    refusal: str | None
    request_key: str
    seed: str
    """Of the order of options: the same from the first try to the explanation."""
    left: int
    only: str | None

    @property
    def id(self) -> str:
        return f"card-{self.card_id}"

    @property
    def question(self) -> Question:
        return self.asked.question

    @property
    def result(self) -> Grade | None:
        """Its key is shown once no other try follows."""
        return self.outcome.grade if self.outcome and self.outcome.finished else None

    @property
    def second_try(self) -> bool:
        return self.outcome is not None and not self.outcome.finished

    @property
    def hints(self) -> Sequence[str]:
        return self.question.hints_html[: self.hints_shown]

    @property
    def more_hints(self) -> bool:
        return self.hints_shown < len(self.question.hints_html)

    @property
    def item_url(self) -> str:
        if isinstance(self.asked.item, Lesson):
            return url_for(
                "learning.lesson", course_id=self.asked.course.id, lesson_id=self.asked.item.id
            )
        return url_for(
            "assessment.quiz", course_id=self.asked.course.id, quiz_id=self.asked.item.id
        )

    @property
    def review(self) -> tuple[str, str] | None:
        """Address and title of the lesson that explains it."""
        course, review = self.asked.course, self.question.review
        lesson_id = review.lesson if review else self.asked.item.id
        if (lesson := course.lesson(lesson_id)) is None:
            return None
        anchor = review.anchor if review else None
        url = url_for("learning.lesson", course_id=course.id, lesson_id=lesson.id, _anchor=anchor)
        return url, lesson.title


@bp.get("/practice")
@signed_in
def practice() -> ResponseReturnValue:
    """The first question of today's queue, or what to do if there is none."""
    actor, now = current_actor(), clock.now()
    services.collect(given(actor.person_id), now)
    waiting = queries.queue(actor, now, wrong_only=_only() == WRONG)
    if waiting:
        card = queries.card_for(actor, waiting[0])
        return _question_page(_page(actor, card, now, waiting))
    return render_template(
        "practice/empty.html",
        only=_only(),
        tally=queries.tally(actor, now.date()),
        answered=queries.answered_today(actor, now),
    )


@bp.post("/practice/<int:card_id>/answers")
@signed_in
def answer(card_id: int) -> ResponseReturnValue:
    """Answer it: the question again, for another try or with its explanation."""
    actor, now = current_actor(), clock.now()
    outcome, refusal = None, None
    try:
        outcome = services.answer(
            card_id, _given(actor, card_id, now), _request_key(), by=actor, now=now
        )
        if outcome is None:
            refusal = _("Choose or enter an answer first.")
    except UnreadableAnswer as unreadable:
        refusal = str(unreadable)
    waiting = queries.queue(actor, now, wrong_only=_only() == WRONG)
    card = queries.card_for(actor, card_id)
    page = _page(actor, card, now, waiting, outcome, refusal)
    return _question_page(page), 422 if refusal else 200


@bp.post("/practice/<int:card_id>/hints")
@signed_in
def hint(card_id: int) -> ResponseReturnValue:
    """Unfold the next hint; what was entered so far stays."""
    actor, now = current_actor(), clock.now()
    shown = request.form.get("hints_shown", "0")
    services.hint(
        card_id,
        int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 4 else 0,
        by=actor,
        now=now,
    )
    waiting = queries.queue(actor, now, wrong_only=_only() == WRONG)
    return _question_page(_page(actor, queries.card_for(actor, card_id), now, waiting))


def _only() -> str | None:
    return WRONG if request.values.get("only") == WRONG else None


def _request_key() -> str:
    """Of the form that was sent, so that sending it again answers nothing twice."""
    key = request.form.get("request_key", "")
    if not key or len(key) > 64 or not key.isascii():
        abort(400)
    return key


def _given(actor: Actor, card_id: int, now: datetime) -> Any:
    asked = queries.asked_by(actor, queries.card_for(actor, card_id), now)
    return grading.answer_from_form(asked.question, request.form, ANSWER)


# --- What the page shows ---------------------------------------------------------------------


def _page(
    actor: Actor,
    card: Card,
    now: datetime,
    waiting: Sequence[int],
    outcome: Outcome | None = None,
    refusal: str | None = None,
) -> Page:
    asked = queries.asked_by(actor, card, now)
    finished = outcome is not None and outcome.finished
    seed = request.form.get("seed", "")[:64] or secrets.token_hex(8)
    return Page(
        card_id=card.id,
        number=queries.answered_today(actor, now) + (not finished),
        asked=asked,
        order=_order(asked.question, seed),
        value=outcome.answer if outcome else _entered(asked.question),
        outcome=outcome,
        hints_shown=card.hints,
        refusal=refusal,
        request_key=secrets.token_hex(16),
        seed=seed,
        left=len([one for one in waiting if not (finished and one == card.id)]),
        only=_only(),
    )


def _entered(question: Question) -> Any:
    """What stands in a form that is shown again."""
    if request.method != "POST":
        return None
    try:
        return grading.answer_from_form(question, request.form, ANSWER)
    except UnreadableAnswer:
        return None


def _order(question: Question, seed: str) -> list[str]:
    return grading.shown_order(question, shuffle=True, random=Random(seed))  # noqa: S311


def _question_page(page: Page) -> str:
    return render_template(
        "practice/question.html",
        page=page,
        next_url=url_for(".practice", only=page.only),
    )
