"""What a course asks for and what it is worth, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.authoring import document
from app.authoring.document import (
    CertificationPrerequisite,
    CompetencyPrerequisite,
    CoursePrerequisite,
)
from app.competence import queries as competence
from app.core import clock
from app.core.i18n import ngettext
from app.core.policy import Actor
from app.core.values import Duration, Unit
from app.learning import queries
from app.learning.routes import standing
from app.web.forms import given


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """Something a course asks for. `level` is that of a competency."""

    title: str
    url: str
    met: bool
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """What passing a quiz of the course shows."""

    title: str
    level: int
    quiz_title: str
    min_score: float
    valid_for: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a course."""

    title: str
    requires: Sequence[str]
    valid_for: str | None


def prerequisites_of(actor: Actor, course: document.Course) -> list[Prerequisite]:
    """What the course asks for, and whether the actor has it today."""
    asked = course.prerequisites
    return [
        *_courses(actor, [one.course for one in asked if isinstance(one, CoursePrerequisite)]),
        *_competencies(actor, [one for one in asked if isinstance(one, CompetencyPrerequisite)]),
        *_certifications(
            actor,
            [one.certification for one in asked if isinstance(one, CertificationPrerequisite)],
        ),
    ]


def _courses(actor: Actor, ids: Sequence[str]) -> list[Prerequisite]:
    if not ids:
        return []
    mine = {course.id: course for course in standing.stand_in_all(actor)}
    titles = {course.id: course.title for course in queries.courses(actor, ids)}
    return [
        Prerequisite(
            title=titles.get(course_id, course_id),
            url=url_for("learning.course", course_id=course_id),
            met=course_id in mine and mine[course_id].finished,
        )
        for course_id in ids
    ]


def _competencies(actor: Actor, asked: Sequence[CompetencyPrerequisite]) -> list[Prerequisite]:
    if not asked:
        return []
    person_id = given(actor.person_id)
    claims = competence.claims_on([person_id], clock.today()).get(person_id, {})
    titles = competence.competency_titles([one.competency for one in asked])
    return [
        Prerequisite(
            title=titles.get(one.competency, one.competency),
            url=url_for("competence.mine"),
            met=one.competency in claims and claims[one.competency].level >= one.level,
            level=one.level,
        )
        for one in asked
    ]


def _certifications(actor: Actor, codes: Sequence[str]) -> list[Prerequisite]:
    if not codes:
        return []
    person_id, today = given(actor.person_id), clock.today()
    held = {
        holding.code
        for holding in competence.holdings_of([person_id]).get(person_id, [])
        if holding.holds_on(today)
    }
    titles = {kind.code: kind.title for kind in competence.certification_types()}
    return [
        Prerequisite(titles.get(code, code), url_for("competence.mine"), code in held)
        for code in codes
    ]


def awards_of(course: document.Course) -> list[Award]:
    """The competencies that the course's quizzes show."""
    if not course.awards:
        return []
    titles = competence.competency_titles([award.competency for award in course.awards])
    quizzes = {quiz.id: quiz.title for quiz in course.quizzes}
    return [
        Award(
            title=titles.get(award.competency, award.competency),
            level=award.level,
            quiz_title=quizzes[award.evidence],
            min_score=float(award.min_score),
            valid_for=in_words(award.valid_for) if award.valid_for else None,
        )
        for award in course.awards
    ]


def certificate_of(course: document.Course) -> Certificate | None:
    """The certificate and what it takes."""
    terms = course.certificate
    if terms is None:
        return None
    quizzes = {quiz.id: quiz.title for quiz in course.quizzes}
    return Certificate(
        terms.title,
        [quizzes[quiz_id] for quiz_id in terms.requires],
        in_words(terms.valid_for) if terms.valid_for else None,
    )


def in_words(length: Duration) -> str:
    """A length of time as people say it: 24 months."""
    return {
        Unit.SECONDS: lambda n: ngettext("%(num)s second", "%(num)s seconds", n),
        Unit.MINUTES: lambda n: ngettext("%(num)s minute", "%(num)s minutes", n),
        Unit.HOURS: lambda n: ngettext("%(num)s hour", "%(num)s hours", n),
        Unit.DAYS: lambda n: ngettext("%(num)s day", "%(num)s days", n),
        Unit.MONTHS: lambda n: ngettext("%(num)s month", "%(num)s months", n),
        Unit.YEARS: lambda n: ngettext("%(num)s year", "%(num)s years", n),
    }[length.unit](length.count)
