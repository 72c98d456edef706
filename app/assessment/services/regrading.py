"""Judging a question anew for everybody who was asked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.assessment import queries, rules
from app.assessment.models import AttemptSlot, Regrade, RegradeOutcome
from app.assessment.queries import Sitting
from app.assessment.rules import Judged, Remedy, Worth
from app.assessment.services.decisions import ask_for_decision, no_longer_asked
from app.assessment.services.ending import complete, exact_credit
from app.authoring.document import Question
from app.core import audit, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


@dataclass(frozen=True, slots=True)
class Order:
    """Which question of which quiz is judged anew, and how. `option_id` is the one left out."""

    course_id: str
    quiz_id: str
    question_id: str
    remedy: Remedy
    option_id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade does to one attempt. Credits and scores are shares from 0 to 1."""

    attempt_id: int
    person_id: int
    credit_before: Decimal | None
    credit_after: Decimal
    score_before: Decimal | None
    score_after: Decimal
    passed_before: bool | None
    passed_after: bool

    @property
    def matters(self) -> bool:
        return (self.score_before, self.passed_before) != (self.score_after, self.passed_after)

    @property
    def would_fail(self) -> bool:
        return bool(self.passed_before) and not self.passed_after

    @property
    def would_pass(self) -> bool:
        return not self.passed_before and self.passed_after


def dry_run(order: Order, *, by: Actor) -> list[Change]:
    """What the regrade would do to each graded attempt that was asked the question.

    Raises:
        NotVisible: there is no such quiz.
        Invalid: the remedy does not fit the question.
    """
    _check_may_regrade(by)
    new = _question(order)
    return [_change(sitting, order, new) for sitting in queries.graded_with(*_key(order))]


def regrade(order: Order, reason: str, *, by: Actor, now: datetime) -> int:
    """Carry the regrade out in one transaction, with an audit row for each attempt that changes.

    Who passes now is told as after any pass. Who no longer does keeps certificate and evidence:
    those cases stand in the outcome for a decision.

    Returns:
        The id of the regrade.

    Raises:
        Conflict: nobody was asked the question.
    """
    _check_may_regrade(by)
    target = f"question:{order.course_id}/{order.quiz_id}/{order.question_id}"
    details = {"remedy": order.remedy.value, "reason": reason}
    with audit.act(by, "question.regrade", target[:120], **details) as session:
        new = _question(order)
        sittings = queries.graded_with(*_key(order), lock=True)
        if not sittings:
            raise Conflict(_("Nobody's graded attempt has this question."))
        kept = Regrade(
            course_id=order.course_id,
            quiz_id=order.quiz_id,
            question_id=order.question_id,
            remedy=order.remedy,
            option_id=order.option_id,
            reason=reason,
            by_id=by.person_id,
            at=now,
        )
        session.add(kept)
        session.flush()
        for sitting in sittings:
            _carry_out(kept, sitting, order, new, by)
    return kept.id


def _carry_out(kept: Regrade, sitting: Sitting, order: Order, new: Question, by: Actor) -> None:
    change = _change(sitting, order, new)
    slot = _slot(sitting, order)
    judged = _judged(sitting, slot, order, new)
    attempt, graded_at = sitting.attempt, sitting.attempt.graded_at
    slot.credit, slot.regraded = rules.kept(judged.credit or Fraction(0)), True
    slot.unscored = slot.unscored or not judged.counts
    db.session.add(
        RegradeOutcome(
            regrade_id=kept.id,
            attempt_id=attempt.id,
            credit_before=change.credit_before,
            credit_after=change.credit_after,
            score_before=change.score_before,
            score_after=change.score_after,
            passed_before=change.passed_before,
            passed_after=change.passed_after,
        )
    )
    if change.would_pass:
        complete(sitting, kept.at)
        no_longer_asked(attempt, kept.at)
    attempt.score, attempt.passed = change.score_after, change.passed_after
    attempt.graded_at = graded_at
    if change.would_fail:
        ask_for_decision(attempt, kept, kept.at)
    if change.matters:
        audit.record(by, "attempt.regrade", f"attempt:{attempt.id}", regrade=kept.id)


def _change(sitting: Sitting, order: Order, new: Question) -> Change:
    slot = _slot(sitting, order)
    judged = _judged(sitting, slot, order, new)
    share = rules.score(_worths(sitting, {slot.number: judged})).share
    attempt = sitting.attempt
    return Change(
        attempt.id,
        attempt.person_id,
        slot.credit,
        rules.kept(judged.credit or Fraction(0)),
        attempt.score,
        rules.kept(share),
        attempt.passed,
        rules.passed(share, sitting.quiz.pass_mark),
    )


def _worths(sitting: Sitting, judged: Mapping[int, Judged]) -> list[Worth]:
    found = []
    for slot in sitting.attempt.slots:
        one = judged.get(slot.number)
        credit = one.credit if one else exact_credit(sitting, slot)
        counts = one.counts if one else True
        found.append(Worth(slot.points, credit or Fraction(0), slot.unscored or not counts))
    return found


def _judged(sitting: Sitting, slot: AttemptSlot, order: Order, new: Question) -> Judged:
    return rules.judge(
        order.remedy,
        slot.answer,
        sitting.questions[slot.number],
        new,
        option=order.option_id,
        language=sitting.course.language,
    )


def _slot(sitting: Sitting, order: Order) -> AttemptSlot:
    return next(one for one in sitting.attempt.slots if one.question_id == order.question_id)


def _question(order: Order) -> Question:
    """The question as it is published now; the remedy has to fit it."""
    question = queries.published_question(*_key(order))
    if not rules.applies(order.remedy, question):
        raise Invalid(_("This remedy does not fit this type of question."), field="remedy")
    if order.remedy is Remedy.IGNORE_OPTION and not order.option_id:
        raise Invalid(_("Choose the option to leave out."), field="option")
    return question


def _key(order: Order) -> tuple[str, str, str]:
    return order.course_id, order.quiz_id, order.question_id


def _check_may_regrade(by: Actor) -> None:
    if not by.has(Role.AUTHOR, Role.PMO):
        raise NotAllowed(_("Only authors and the PMO judge a question anew."))
