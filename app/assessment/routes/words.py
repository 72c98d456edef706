"""A quiz and its attempts in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from flask import url_for

from app.assessment import rules
from app.assessment.models import Attempt, AttemptState
from app.assessment.queries import Offer
from app.authoring.document import (
    Course,
    Feedback,
    Grading,
    Navigation,
    OnTimeout,
    Question,
    Quiz,
    QuizMode,
)
from app.core.i18n import enumeration, instant, ngettext, number, percent
from app.core.i18n import gettext as _

MINUTE = 60
HOUR = 3600
DAY = 86400


def rules_of(offer: Offer) -> list[tuple[str, str]]:
    """The rules of a quiz as terms and what they are."""
    quiz = offer.quiz
    return [
        (_("Questions"), _questions(quiz)),
        (_("Time"), _time(quiz)),
        *_conditions(offer),
        (_("To pass"), _("%(share)s of the points", share=percent(quiz.pass_mark, "#,##0.#"))),
        (_("Attempts"), _attempts(offer)),
        (_("Going back"), _going_back(quiz)),
        (_("Explanations"), _explanations(quiz)),
        *([(_("Second try"), _second_try(quiz))] if rules.checks_at_once(quiz) else []),
        (_("Notes and books"), _("allowed") if quiz.open_book else _("not allowed")),
    ]


def _conditions(offer: Offer) -> list[tuple[str, str]]:
    """What staff set, and what this person is granted; nothing where nothing is."""
    window, allowance = offer.conditions.window, offer.conditions.allowance
    found = []
    if window.opens_at is not None:
        found.append((_("Opens"), instant(window.opens_at, "short")))
    if window.closes_at is not None:
        found.append((_("Closes"), instant(window.closes_at, "short")))
    if allowance.time_factor != 1 and offer.quiz.time_limit:
        length = span(int(offer.quiz.time_limit * allowance.time_factor))
        found.append((_("Your time"), _("%(length)s, as granted to you", length=length)))
    return found


def mode(quiz: Quiz) -> str:
    return {
        QuizMode.PRACTICE: _("Practice"),
        QuizMode.CHECKPOINT: _("Checkpoint"),
        QuizMode.EXAM: _("Exam"),
    }[quiz.mode]


def _questions(quiz: Quiz) -> str:
    count = sum(
        len(section.questions) if section.draw is None else section.draw
        for section in quiz.sections
    )
    if any(section.draw is not None for section in quiz.sections):
        return ngettext("%(num)s, drawn anew each time", "%(num)s, drawn anew each time", count)
    return number(count)


def _time(quiz: Quiz) -> str:
    if quiz.time_limit is None:
        return _("no limit; your answers are kept until you hand in")
    length = span(quiz.time_limit)
    if quiz.on_timeout is OnTimeout.SUBMIT:
        return _("%(length)s; what you have by then is handed in", length=length)
    if quiz.on_timeout is OnTimeout.GRACE and quiz.grace:
        grace = span(quiz.grace)
        return _("%(length)s, and %(grace)s after it to hand in", length=length, grace=grace)
    return _("%(length)s; what is not handed in by then does not count", length=length)


def _attempts(offer: Offer) -> str:
    parts = [_left(offer)]
    if offer.quiz.cooldown:
        parts.append(_("a pause of %(length)s between two", length=span(offer.quiz.cooldown)))
    if offer.quiz.attempts != 1:
        parts.append(_GRADING[offer.quiz.grading]())
    return "; ".join(parts)


def _left(offer: Offer) -> str:
    if offer.attempts_left is None:
        return _("as many as you like")
    return ngettext(
        "%(num)s left of %(all)s",
        "%(num)s left of %(all)s",
        offer.attempts_left,
        all=number(offer.attempts_given or 0),
    )


def _going_back(quiz: Quiz) -> str:
    if not quiz.breaks:
        return _NAVIGATION[quiz.navigation]()
    after = enumeration([number(one.after) for one in quiz.breaks])
    rest = span(quiz.breaks[0].length)
    return _(
        "up to the next break; after question %(after)s you may rest for %(rest)s",
        after=after,
        rest=rest,
    )


def _explanations(quiz: Quiz) -> str:
    if rules.checks_at_once(quiz):
        return _("as soon as you check an answer")
    return _FEEDBACK[quiz.feedback]()


def _second_try(quiz: Quiz) -> str:
    has_hints = any(one.hints_html for section in quiz.sections for one in section.questions)
    if has_hints:
        return _("one, for a third less; each hint takes a third off too")
    return _("one, for a third less")


_GRADING = {
    Grading.HIGHEST: lambda: _("the best one counts"),
    Grading.LATEST: lambda: _("the last one counts"),
    Grading.FIRST: lambda: _("the first one counts"),
    Grading.AVERAGE: lambda: _("their average counts"),
}
_NAVIGATION = {
    Navigation.FREE: lambda: _("possible; you may answer in any order"),
    Navigation.SEQUENTIAL: lambda: _("not possible; one question after the other"),
    Navigation.SECTIONS: lambda: _("within a part; a part that you leave stays closed"),
}
_FEEDBACK = {
    Feedback.IMMEDIATE: lambda: _("as soon as you hand in"),
    Feedback.AFTER_SUBMIT: lambda: _("after you hand in"),
    Feedback.AFTER_PASS: lambda: _("once you have passed"),
    Feedback.NEVER: lambda: _("are not shown; you see your result alone"),
}


def span(seconds: int) -> str:
    """A length of time in its largest whole unit."""
    if seconds % DAY == 0 and seconds > DAY:
        return ngettext("%(num)s day", "%(num)s days", seconds // DAY)
    if seconds % HOUR == 0:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR)
    if seconds % MINUTE == 0:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // MINUTE)
    return ngettext("%(num)s second", "%(num)s seconds", seconds)


def share(score: Decimal) -> str:
    """A score as a percentage that never rounds a fail up to a pass."""
    return percent(rules.shown(score), "#,##0.#")


def outcome(attempt: Attempt) -> tuple[str, str]:
    """How an attempt stands: a tone and a word."""
    if attempt.state is AttemptState.IN_PROGRESS:
        return "info", _("open")
    if attempt.state is AttemptState.OVERDUE:
        return "warn", _("time over, not handed in yet")
    if attempt.state is AttemptState.VOID:
        return "neutral", _("void")
    if attempt.state is AttemptState.SUBMITTED:
        return "warn", _("waits for a marker")
    if attempt.state is AttemptState.ABANDONED:
        return "neutral", _("not handed in")
    return ("good", _("passed")) if attempt.passed else ("bad", _("not passed"))


def seat_state(state: AttemptState) -> tuple[str, str]:
    """How an attempt stands for whoever supervises: a tone and a word, nothing of its result."""
    return {
        AttemptState.CREATED: ("neutral", _("paper ready, not begun")),
        AttemptState.IN_PROGRESS: ("info", _("at work")),
        AttemptState.OVERDUE: ("warn", _("time over, not handed in yet")),
        AttemptState.SUBMITTED: ("good", _("handed in")),
        AttemptState.GRADED: ("good", _("handed in")),
        AttemptState.ABANDONED: ("neutral", _("not handed in")),
        AttemptState.VOID: ("bad", _("void")),
    }[state]


def points(value: Decimal) -> str:
    return (
        ngettext("%(num)s point", "%(num)s points", int(value))
        if value == int(value)
        else _("%(number)s points", number=number(value))
    )


def reached(score: rules.Score) -> str:
    """Points reached of points to reach."""
    return _(
        "Points: %(reached)s of %(possible)s",
        reached=number(rules.kept(score.reached), "#,##0.##"),
        possible=number(rules.kept(score.possible), "#,##0.##"),
    )


def read_again(course: Course, question: Question) -> tuple[str | None, str | None]:
    """Address and title of what a wrong answer sends its learner to; None where it names none."""
    if question.review is None:
        return None, None
    lesson = course.lesson(question.review.lesson)
    if lesson is None:
        return None, None
    anchor = question.review.anchor
    heading = next((one.text for one in lesson.headings if one.anchor == anchor), None)
    url = url_for("learning.lesson", course_id=course.id, lesson_id=lesson.id, _anchor=anchor)
    return url, heading or lesson.title


def time_left(seconds: int, deadline: datetime) -> str:
    """What the clock says without script."""
    minutes = seconds // MINUTE
    left = ngettext("%(num)s minute left", "%(num)s minutes left", minutes)
    return _("%(left)s, until %(instant)s", left=left, instant=instant(deadline, "short"))


def warnings(total: int) -> list[tuple[int, str]]:
    """What is read aloud when so many seconds are left."""
    marks = {10 * MINUTE, 2 * MINUTE}
    return [
        (mark, _("%(length)s left.", length=span(mark - mark % MINUTE or mark)))
        for mark in sorted(marks, reverse=True)
        if 0 < mark < total
    ]
