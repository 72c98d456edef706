"""An attempt while it is open: its questions step by step, saving, and handing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries, rules, services
from app.assessment.models import OPEN, Attempt, AttemptSlot, AttemptState
from app.assessment.queries import Sitting
from app.assessment.routes import words
from app.assessment.routes.blueprint import bp
from app.assessment.rules import Worth
from app.assessment.services import NotChecked, Save
from app.authoring.answers import UnreadableAnswer, answer_from_form
from app.authoring.document import Question, QuizMode
from app.authoring.grading import Grade, Verdict, grade
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.web.access import current_actor, signed_in
from app.web.questions import sanitised


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands on the page of a step."""

    slot: AttemptSlot
    question: Question
    points: str
    hints: tuple[Any, ...]
    """Those that may be read now."""
    practice: Practice | None
    """Only where answers are checked at once."""

    @property
    def result(self) -> Grade | None:
        """Of an answer that is settled, with its key."""
        return self.practice.result if self.practice else None


@dataclass(frozen=True, slots=True)
class Practice:
    """How a question stands that is checked at once."""

    result: Grade | None
    points: str | None
    """What the settled answer earned."""
    again: Verdict | None
    """How it was tried, where it may be tried once more."""
    more_hints: bool
    review_url: str | None
    review_title: str | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A question on the map of all of them."""

    number: int
    url: str
    state: str
    current: bool


@bp.get("/attempts/<int:attempt_id>")
@signed_in
def attempt(attempt_id: int) -> ResponseReturnValue:
    """The step reached or, where one may walk freely, the one asked for."""
    sitting = settled_sitting(attempt_id)
    if (elsewhere := _elsewhere(sitting)) is not None:
        return redirect(elsewhere)
    if (until := services.on_break_until(sitting.attempt, clock.now())) is not None:
        return render_template(
            "assessment/break.html", sitting=sitting, **_clock_to(until, sitting.attempt)
        )
    step = _step(sitting, request.args.get("part", type=int))
    return _attempt_page(sitting, step)


@bp.post("/attempts/<int:attempt_id>/break/end")
@signed_in
def end_break(attempt_id: int) -> ResponseReturnValue:
    """Go on before the break is over."""
    services.end_break(attempt_id, by=current_actor(), now=clock.now())
    return redirect(url_for(".attempt", attempt_id=attempt_id))


@bp.post("/attempts/<int:attempt_id>/answers")
@signed_in
def save(attempt_id: int) -> ResponseReturnValue:
    """Keep the answers of a step, then go where the button says."""
    sitting = settled_sitting(attempt_id)
    if (elsewhere := _elsewhere(sitting)) is not None:
        return redirect(elsewhere)
    step = _step(sitting, request.form.get("part", type=int))
    if request.form.get("part", type=int) != step:
        return redirect(
            url_for(".attempt", attempt_id=attempt_id)
        )  # sent once more, from a page left
    if refused := _save_step(sitting, step):
        for message in refused:
            flash(message, "bad")
        return _attempt_page(settled_sitting(attempt_id), step), 422
    go = request.form.get("go", "")
    if refusal := _tried(sitting, go):
        flash(refusal, "bad")
        return _attempt_page(settled_sitting(attempt_id), step), 422
    return redirect(_next_address(sitting, step, go))


@bp.get("/attempts/<int:attempt_id>/summary")
@signed_in
def summary(attempt_id: int) -> ResponseReturnValue:
    """What is answered and what is not, before handing in."""
    sitting = settled_sitting(attempt_id)
    if sitting.attempt.state not in OPEN:
        return redirect(url_for(".review", attempt_id=attempt_id))
    states = [_state(sitting, slot) for slot in sitting.attempt.slots]
    return render_template(
        "assessment/summary.html",
        sitting=sitting,
        map=_map(sitting, None),
        open_count=sum(slot.answer is None for slot in sitting.attempt.slots),
        flagged_count=states.count("flagged"),
        step=_step(sitting, None),
        over=_answers_over(sitting.attempt),
        **_clock(sitting.attempt),
    )


@bp.post("/attempts/<int:attempt_id>/submission")
@signed_in
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand in; once more changes nothing."""
    services.submit(attempt_id, by=current_actor(), now=clock.now())
    return redirect(url_for(".review", attempt_id=attempt_id))


def settled_sitting(attempt_id: int) -> Sitting:
    """An attempt of the reader's own, ended if its time is over."""
    actor = current_actor()
    sitting = queries.sitting_for(actor, attempt_id)
    if services.close_due(sitting.attempt, clock.now()):
        return queries.sitting_for(actor, attempt_id)
    return sitting


def _elsewhere(sitting: Sitting) -> str | None:
    """Where to go instead, once no more answers are taken."""
    if sitting.attempt.state not in OPEN:
        return url_for(".review", attempt_id=sitting.attempt.id)
    if _answers_over(sitting.attempt):
        return url_for(".summary", attempt_id=sitting.attempt.id)
    return None


def _answers_over(attempt: Attempt) -> bool:
    if attempt.state is AttemptState.OVERDUE:
        return True
    return attempt.deadline is not None and _now(attempt) >= attempt.deadline


def _now(attempt: Attempt) -> datetime:
    return rules.settled_clock(clock.now(), attempt.last_seen_at)


def _step(sitting: Sitting, wanted: int | None) -> int:
    if rules.one_way(sitting.quiz):
        return sitting.attempt.position
    return min(max(wanted or 1, 1), sitting.last_step)


# --- Saving a page ---------------------------------------------------------------------------


def _save_step(sitting: Sitting, step: int) -> list[str]:
    """Save what the form holds. Returns why some of it was not kept."""
    saves: dict[int, Save] = {}
    refused = []
    slots = [slot for slot in sitting.on_step(step) if not _settled(sitting, slot)]
    for slot in slots:
        try:
            saves[slot.number] = _read(slot, sitting.questions[slot.number])
        except UnreadableAnswer as refusal:
            refused.append(_about(slot.number, refusal))
    flags = {slot.number: f"f{slot.number}" in request.form for slot in slots}
    kept = services.save_step(sitting.attempt.id, saves, flags, by=current_actor(), now=clock.now())
    return refused + [_about(number, refusal) for number, refusal in kept.items()]


def _read(slot: AttemptSlot, question: Question) -> Save:
    answer = answer_from_form(question, request.form, f"a{slot.number}")
    untouched = question.type == "order" and slot.answer is None and answer == slot.order
    sequence = request.form.get(f"n{slot.number}", 0, type=int)
    return Save(None if untouched else answer, sequence + 1)


def _about(number: int, refusal: Exception) -> str:
    return _("Question %(number)s: %(reason)s", number=number, reason=str(refusal))


def _wish(go: str) -> tuple[str, int] | None:
    """`check` or `hint` with the number of a question, if that is what a button asks for."""
    what, _dash, number = go.partition("-")
    if what not in ("check", "hint") or not (number.isascii() and number.isdecimal()):
        return None
    return what, int(number[:6])


def _tried(sitting: Sitting, go: str) -> str | None:
    """Check an answer or unfold a hint, if the button asks for it. Returns why not."""
    if (wish := _wish(go)) is None:
        return None
    what, number = wish
    attempt_id, by, now = sitting.attempt.id, current_actor(), clock.now()
    try:
        if what == "check":
            services.check(attempt_id, number, by=by, now=now)
        else:
            shown = sitting.slot(number).hints
            services.unfold_hint(attempt_id, number, shown, by=by, now=now)
    except (Invalid, NotChecked) as refusal:
        return _about(number, refusal)
    return None


def _next_address(sitting: Sitting, step: int, go: str) -> str:
    attempt_id = sitting.attempt.id
    if go == "finish":
        return url_for(".summary", attempt_id=attempt_id)
    if go == "next" and step < sitting.last_step:
        step += 1
        if rules.one_way(sitting.quiz):
            services.walk_on(sitting.attempt.id, step, by=current_actor(), now=clock.now())
    elif go == "break":
        services.take_break(sitting.attempt.id, by=current_actor(), now=clock.now())
        return url_for(".attempt", attempt_id=attempt_id)
    elif go == "previous":
        step -= 1
    elif (wish := _wish(go)) is not None:
        anchor = f"q{wish[1]}"
        return url_for(".attempt", attempt_id=attempt_id, part=step, _anchor=anchor)
    elif go.startswith("part-") and go.removeprefix("part-").isdecimal():
        step = int(go.removeprefix("part-"))
    return url_for(".attempt", attempt_id=attempt_id, part=_step(sitting, step))


# --- The page --------------------------------------------------------------------------------


def _attempt_page(sitting: Sitting, step: int) -> str:
    if not sitting.attempt.slots:
        abort(404)
    slots = sitting.on_step(step)
    section = sitting.quiz.sections[slots[0].section]
    return render_template(
        "assessment/attempt.html",
        sitting=sitting,
        step=step,
        section=section,
        scenario=sanitised(section.scenario_html),
        asked=[_asked(sitting, slot) for slot in slots],
        map=_map(sitting, step),
        one_way=rules.one_way(sitting.quiz),
        rest=_rest(sitting, step),
        saved_at=max((slot.answered_at for slot in slots if slot.answered_at), default=None),
        **_clock(sitting.attempt),
    )


def _rest(sitting: Sitting, step: int) -> str | None:
    """How long one may rest after this step; None where there is no break."""
    rest = rules.break_after(sitting.quiz, step)
    return words.span(rest.length) if rest and step < sitting.last_step else None


def _asked(sitting: Sitting, slot: AttemptSlot) -> Asked:
    question = sitting.questions[slot.number]
    practice = _practice(sitting, slot)
    hints = question.hints_html if sitting.quiz.mode is not QuizMode.EXAM else ()
    if practice is not None:
        hints = hints[: slot.hints]
    return Asked(
        slot,
        question,
        practice.points if practice and practice.points else words.points(slot.points),
        tuple(sanitised(hint) for hint in hints),
        practice,
    )


def _settled(sitting: Sitting, slot: AttemptSlot) -> bool:
    return rules.settled(sitting.questions[slot.number], slot.tries, slot.credit)


def _practice(sitting: Sitting, slot: AttemptSlot) -> Practice | None:
    question = sitting.questions[slot.number]
    if not rules.checks_at_once(sitting.quiz) or not rules.can_be_checked(question):
        return None
    if not _settled(sitting, slot):
        more = slot.hints < len(question.hints_html)
        return Practice(None, None, _tried_before(slot), more, None, None)
    result = grade(question, slot.answer, language=sitting.course.language)
    url, title = words.read_again(sitting.course, question)
    credit = rules.worth(result.credit or Fraction(0), slot.tries, slot.hints)
    points = words.reached(rules.score([Worth(slot.points, credit)]))
    return Practice(result, points, None, False, url, title)


def _tried_before(slot: AttemptSlot) -> Verdict | None:
    if not slot.tries:
        return None
    return Verdict.PARTLY if slot.credit else Verdict.WRONG


def _clock(attempt: Attempt) -> dict[str, Any]:
    if attempt.deadline is None:
        return {"clock_text": None, "remaining": None, "total": None, "warnings": []}
    return _clock_to(attempt.deadline, attempt)


def _clock_to(end: datetime, attempt: Attempt) -> dict[str, Any]:
    remaining = max(0, int((end - _now(attempt)).total_seconds()))
    total = int((end - attempt.started_at).total_seconds())
    return {
        "clock_text": words.time_left(remaining, end),
        "remaining": remaining,
        "total": total,
        "warnings": words.warnings(total),
    }


def _map(sitting: Sitting, step: int | None) -> list[Mapped]:
    """Every question, or where there is no way back those of the step."""
    one_way = rules.one_way(sitting.quiz)
    return [
        Mapped(
            slot.number,
            _address(sitting, slot, step),
            _state(sitting, slot),
            current=False,
        )
        for slot in sitting.attempt.slots
        if step is None or not one_way or sitting.steps[slot.number] == step
    ]


def _address(sitting: Sitting, slot: AttemptSlot, step: int | None) -> str:
    anchor = f"q{slot.number}"
    if sitting.steps[slot.number] == step:
        return f"#{anchor}"
    part = None if rules.one_way(sitting.quiz) else sitting.steps[slot.number]
    return url_for(".attempt", attempt_id=sitting.attempt.id, part=part, _anchor=anchor)


def _state(sitting: Sitting, slot: AttemptSlot) -> str:
    if _settled(sitting, slot):
        result = grade(
            sitting.questions[slot.number], slot.answer, language=sitting.course.language
        )
        return str(result.verdict)
    if slot.flagged:
        return "flagged"
    return "open" if slot.answer is None else "answered"
