"""The result of an attempt, with as much of the key as the quiz shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.assessment import queries, rules
from app.assessment.forms import ReportForm
from app.assessment.models import OPEN, Attempt, AttemptSlot, AttemptState, EssayMark
from app.assessment.queries import Sitting
from app.assessment.routes import words
from app.assessment.routes.attempts import Mapped, settled_sitting
from app.assessment.routes.blueprint import bp
from app.assessment.rules import Disclosure, Score, Worth
from app.authoring.document import Feedback, Question
from app.authoring.grading import Grade, Verdict, grade
from app.core import clock
from app.core.i18n import gettext as _
from app.credentials import queries as certificates
from app.web.access import signed_in
from app.web.charts import Bar, bar
from app.web.questions import sanitised


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question with the answer given; `result` only where it may be told whether it is right."""

    slot: AttemptSlot
    question: Question
    points: str
    scenario: Markup | None
    result: Grade | None
    rubric: Markup | None
    criteria: Sequence[tuple[str, str]]
    """Of an essay that markers gave points by criterion: what for, and how many of how many."""
    review_url: str | None
    review_title: str | None

    @property
    def explained(self) -> bool:
        """Whether there is a word to add to the verdict."""
        question, right = self.question, self.result and self.result.verdict is Verdict.RIGHT
        words = question.correct_html if right else question.incorrect_html
        return bool(words or question.why_html or (self.review_url and not right))


@bp.get("/attempts/<int:attempt_id>/review")
@signed_in
def review(attempt_id: int) -> ResponseReturnValue:
    """How it went, and what to read again."""
    sitting = settled_sitting(attempt_id)
    if sitting.attempt.state in OPEN:
        return redirect(url_for(".attempt", attempt_id=attempt_id))
    shown = queries.disclosure_of(sitting.attempt, sitting.quiz, clock.now())
    grades = _grades(sitting)
    reviewed = _reviewed(sitting, grades, shown) if shown.attempt else []
    return render_template(
        "assessment/review.html",
        sitting=sitting,
        attempt=sitting.attempt,
        words=words,
        score=words.reached(rules.score(_worths(sitting, grades))),
        domains=_domains(sitting, grades),
        reviewed=reviewed,
        map=[_mapped(one) for one in reviewed],
        shown=shown,
        reports=queries.reports_in(attempt_id) if shown.attempt else {},
        report_form=ReportForm(formdata=None),
        certificate_url=_certificate_url(sitting.attempt),
        why_no_keys=None if shown.right_answer else _why_no_keys(sitting),
    )


def _certificate_url(attempt: Attempt) -> str | None:
    earned = certificates.of_attempt(attempt.id) if attempt.passed else None
    return url_for("credentials.certificate", serial=earned.serial) if earned else None


def _why_no_keys(sitting: Sitting) -> str:
    if sitting.attempt.state is AttemptState.ABANDONED:
        return _("This attempt was not handed in within its time, so it is not graded.")
    if sitting.attempt.state is AttemptState.VOID:
        return _("This attempt was taken back: %(reason)s", reason=sitting.attempt.void_reason)
    if sitting.quiz.feedback is Feedback.NEVER:
        return _("This quiz shows its result alone; its questions are asked again of others.")
    if queries.other_open(sitting.attempt):
        return _("Right answers stay hidden while you have another attempt at this quiz open.")
    if sitting.quiz.feedback is Feedback.AFTER_PASS and not sitting.attempt.passed:
        return _("Right answers and explanations are shown once you have passed.")
    return _("Answers and explanations are shown once the exam has closed for everybody.")


def _grades(sitting: Sitting) -> Mapping[int, Grade]:
    return {slot.number: _grade(sitting, slot) for slot in sitting.attempt.slots}


def _grade(sitting: Sitting, slot: AttemptSlot) -> Grade:
    question = sitting.questions[slot.number]
    result = grade(question, slot.answer, language=sitting.course.language)
    if slot.marked_at is not None and slot.credit is not None:
        return replace(result, credit=rules.marked_credit(slot.credit, slot.points))
    return result


def _worths(sitting: Sitting, grades: Mapping[int, Grade]) -> list[Worth]:
    """What is graded so far."""
    found = []
    for slot in sitting.attempt.slots:
        credit = _credit(slot, grades[slot.number])
        if credit is not None:
            domain = sitting.questions[slot.number].domain
            section = sitting.quiz.sections[slot.section]
            found.append(Worth(slot.points, credit, slot.unscored, domain or section.domain))
    return found


def _credit(slot: AttemptSlot, result: Grade) -> Fraction | None:
    """What an answer earned; its verdict does not tell what help took off."""
    if result.credit is None:
        return None
    return rules.worth(result.credit, slot.tries, slot.hints)


def _domains(sitting: Sitting, grades: Mapping[int, Grade]) -> list[Bar]:
    found = rules.by_domain(_worths(sitting, grades))
    return [
        bar(
            domain,
            float(score.share) * 100,
            100,
            words.share(rules.kept(score.share)),
            None if rules.passed(score.share, sitting.quiz.pass_mark) else "warn",
        )
        for domain, score in found.items()
    ]


def _reviewed(
    sitting: Sitting, grades: Mapping[int, Grade], shown: Disclosure
) -> Sequence[Reviewed]:
    scenarios_shown: set[int] = set()
    found = []
    given = _marks(sitting) if shown.right_answer else {}
    for slot in sitting.attempt.slots:
        question = sitting.questions[slot.number]
        section = sitting.quiz.sections[slot.section]
        scenario = None if slot.section in scenarios_shown else sanitised(section.scenario_html)
        scenarios_shown.add(slot.section)
        marks = [one.by_criterion for one in given.get(slot.id, ()) if one.by_criterion]
        criteria = _criteria(question, slot, marks) if shown.right_answer else []
        rubric = question.rubric_html if question.type == "essay" and shown.right_answer else None
        if criteria:
            rubric = None
        url, title = words.read_again(sitting.course, question)
        result = grades[slot.number] if shown.correctness else None
        points = words.points(slot.points)
        if shown.marks:
            points = _points(slot, grades[slot.number])
        found.append(
            Reviewed(
                slot, question, points, scenario, result, sanitised(rubric), criteria, url, title
            )
        )
    return found


def _marks(sitting: Sitting) -> Mapping[int, Sequence[EssayMark]]:
    if all(slot.marked_at is None for slot in sitting.attempt.slots):
        return {}
    return queries.marks_in(sitting.attempt.id)


def _criteria(
    question: Question, slot: AttemptSlot, marks: Sequence[Sequence[str]]
) -> list[tuple[str, str]]:
    criteria = rules.criteria(question, slot.points)
    if not marks or slot.marked_at is None or any(len(one) != len(criteria) for one in marks):
        return []
    means = rules.mean_by_criterion([[Decimal(points) for points in one] for one in marks])
    return [
        (criterion.text, words.reached(Score(mean, Fraction(criterion.points))))
        for criterion, mean in zip(criteria, means, strict=True)
    ]


def _mapped(one: Reviewed) -> Mapped:
    verdict = one.result.verdict if one.result else Verdict.OPEN
    state = Verdict.WRONG if verdict is Verdict.MISSING else verdict
    return Mapped(one.slot.number, f"#q{one.slot.number}", state, current=False)


def _points(slot: AttemptSlot, result: Grade) -> str:
    if slot.unscored:
        return _("does not count")
    credit = _credit(slot, result)
    if credit is None:
        return words.points(slot.points)
    score = rules.score([Worth(slot.points, credit)])
    return words.reached(score)
