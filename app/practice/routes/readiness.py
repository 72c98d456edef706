"""How ready somebody is for the exams of a course, shown to nobody but them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.authoring.document import Course, Quiz, QuizMode
from app.core import clock
from app.core.i18n import gettext as _
from app.core.i18n import percent
from app.learning import queries as learning
from app.practice import queries, rules, services
from app.practice.routes.blueprint import bp
from app.practice.rules import Domain, Readiness
from app.web.access import current_actor, signed_in
from app.web.charts import Bar, bar
from app.web.forms import given

CERTAIN = 0.99
"""What lies above is told as such: a model knows nothing to the last percent."""


@dataclass(frozen=True, slots=True)
class Held:
    """A domain that holds somebody down, and the lessons that mend it, with their addresses."""

    domain: Domain
    lessons: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An exam, and how ready one is for it; None: too few answers to say."""

    exam: Quiz
    readiness: Readiness | None
    chance: str
    interval: str
    bars: Sequence[Bar]
    held: Sequence[Held]


@bp.get("/courses/<course_id>/readiness")
@signed_in
def readiness(course_id: str) -> ResponseReturnValue:
    """The probability of passing each exam of the course, and what would raise it."""
    actor = current_actor()
    course = learning.document(learning.visit(actor, course_id).revision)
    services.collect(given(actor.person_id), clock.now())
    difficulties = queries.difficulties(course_id)
    answers = queries.answered(actor, course, difficulties)
    exams = [quiz for quiz in course.quizzes if quiz.mode is QuizMode.EXAM]
    return render_template(
        "practice/readiness.html",
        course=course,
        answered=len(answers),
        enough=rules.ENOUGH,
        likely=rules.LIKELY,
        estimates=[
            _estimate(course, exam, rules.readiness(course, exam, answers, difficulties))
            for exam in exams
        ],
    )


def _estimate(course: Course, exam: Quiz, found: Readiness | None) -> Estimate:
    domains = found.domains if found else ()
    return Estimate(
        exam,
        found,
        _chance(found.probability) if found else "",
        _interval(found) if found else "",
        [_bar(domain) for domain in domains],
        [Held(domain, _lessons(course, domain)) for domain in domains if domain.weak],
    )


def _chance(probability: float) -> str:
    """Nobody is certain to pass or to fail."""
    if probability > CERTAIN:
        return _("over %(share)s", share=percent(CERTAIN))
    if probability < 1 - CERTAIN:
        return _("under %(share)s", share=percent(round(1 - CERTAIN, 2)))
    return percent(round(probability, 2))


def _interval(found: Readiness) -> str:
    low, high = _chance(found.low), _chance(found.high)
    if low == high:
        return _("as far as can be told")
    return _("likely between %(low)s and %(high)s", low=low, high=high)


def _bar(domain: Domain) -> Bar:
    tone = "warn" if domain.weak else None
    share = percent(round(domain.expected, 2))
    return bar(domain.name, domain.expected * 100, 100, share, tone)


def _lessons(course: Course, domain: Domain) -> list[tuple[str, str]]:
    found = [course.lesson(lesson_id) for lesson_id in domain.lessons]
    return [
        (lesson.title, url_for("learning.lesson", course_id=course.id, lesson_id=lesson.id))
        for lesson in found
        if lesson
    ]
