"""How ready somebody is for the exams of a course, shown to nobody but them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.authoring.document import Course, Quiz, QuizMode
from app.core import clock
from app.core.i18n import percent
from app.learning import queries as learning
from app.practice import queries, rules, services
from app.practice.routes.blueprint import bp
from app.practice.rules import Domain, Readiness
from app.web.access import current_actor, signed_in
from app.web.charts import Bar, bar
from app.web.forms import given


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
        [_bar(domain) for domain in domains],
        [Held(domain, _lessons(course, domain)) for domain in domains if domain.weak],
    )


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
