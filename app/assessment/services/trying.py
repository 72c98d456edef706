"""Practice: answers checked one by one, with hints and a second try."""

from __future__ import annotations

from datetime import datetime

from app.assessment import queries, rules
from app.assessment.models import AnswerTry
from app.assessment.queries import Place
from app.assessment.services.refusals import NotChecked
from app.assessment.services.sitting import check_step, take_answers
from app.authoring.grading import grade
from app.core import db
from app.core.errors import Invalid
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


def check(attempt_id: int, number: int, *, by: Actor, now: datetime) -> None:
    """Check an answer as it stands. The same answer once more changes nothing.

    Raises:
        NotChecked: the quiz or the question is not checked at once, or an open attempt at another
            quiz asks the same question.
        Invalid: nothing is answered.
    """
    with db.transaction() as session:
        place = queries.place_for(by, attempt_id, number, lock=True)
        now = take_answers(place.attempt, now)
        _check_may_try(place)
        slot, last = place.slot, queries.last_try(place.slot.id)
        if rules.settled(place.question, slot.tries, slot.credit):
            return
        result = grade(place.question, slot.answer, language=place.language)
        if not result.answered or result.credit is None:
            raise Invalid(_("Choose or enter an answer first."), field="answer")
        if last is not None and last.answer == slot.answer:
            return
        slot.tries, slot.credit = slot.tries + 1, rules.kept(result.credit)
        session.add(
            AnswerTry(
                slot_id=slot.id,
                number=slot.tries,
                answer=slot.answer,
                hints=slot.hints,
                credit=slot.credit,
                at=now,
            )
        )


def unfold_hint(attempt_id: int, number: int, shown: int, *, by: Actor, now: datetime) -> None:
    """Unfold the next hint of a question of which `shown` are; again changes nothing."""
    with db.transaction():
        place = queries.place_for(by, attempt_id, number, lock=True)
        take_answers(place.attempt, now)
        _check_may_try(place)
        if not rules.settled(place.question, place.slot.tries, place.slot.credit):
            given = len(place.question.hints_html)
            place.slot.hints = max(place.slot.hints, min(shown + 1, given))


def _check_may_try(place: Place) -> None:
    check_step(place.attempt, place.quiz, place.step)
    if not rules.checks_at_once(place.quiz) or not rules.can_be_checked(place.question):
        raise NotChecked(_("This question is explained once the quiz is handed in."))
    if queries.at_stake(place.attempt, {place.slot.question_hash}):
        raise NotChecked(
            _("An attempt of yours at another quiz asks this question. Hand that in first.")
        )
