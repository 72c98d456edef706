"""What each version of a course changed, and who has not met it yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.assessment import queries as assessment
from app.assessment.queries import Behind
from app.authoring.document import Changes, Course, Effect
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.core.policy import Role
from app.learning import queries
from app.learning.routes.blueprint import bp
from app.learning.rules.changes import changed_lessons, changed_questions, questions_of
from app.learning.updates import queries as updates
from app.learning.updates.queries import Published
from app.learning.updates.rules import Version, followed
from app.web.access import current_actor, requires

EFFECT_NAMES = {
    Effect.MINOR: lazy_gettext("Who finished stays done"),
    Effect.DELTA: lazy_gettext("Who finished learns what changed"),
    Effect.REDO: lazy_gettext("Who finished renews it"),
}
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a version changed. `kind` is `new`, `changed` or `gone`."""

    kind: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """A version in the history of a course."""

    version: str
    published_at: datetime
    served: bool
    changes: Changes | None
    lessons: Sequence[Change]
    questions: Sequence[Change]
    first: bool


@bp.get("/courses/<course_id>/changes")
@requires(Role.AUTHOR, Role.PMO)
def changes(course_id: str) -> ResponseReturnValue:
    """Every version of a course with what it changed by lesson and question, newest first."""
    course = queries.course_for(current_actor(), course_id)
    history = updates.history(course_id)
    return render_template(
        "learning/changes.html",
        course=course,
        steps=_steps(history, course.revision_id),
        effects=EFFECT_NAMES,
        behind=len(assessment.behind(course_id)),
    )


def _steps(history: Sequence[Published], served: int) -> list[Step]:
    versions = [one.version for one in history]
    return [_step(one, versions, served) for one in reversed(history)]


def _step(published: Published, versions: Sequence[Version], served: int) -> Step:
    version = published.version
    earlier = [one for one in versions if one.revision_id < version.revision_id]
    before = followed(version, versions) or (earlier[-1] if earlier else None)
    return Step(
        version=version.course.version,
        published_at=published.published_at,
        served=version.revision_id == served,
        changes=version.course.changes,
        lessons=list(_lessons(before.course, version.course)) if before else [],
        questions=list(_questions(before.course, version.course)) if before else [],
        first=before is None,
    )


def _lessons(before: Course, after: Course) -> Iterator[Change]:
    found = changed_lessons(before, after)
    titles = {one.id: one.title for one in (*before.lessons, *after.lessons)}
    for kind, ids in (("new", found.new), ("changed", found.updated), ("gone", found.removed)):
        for lesson_id in ids:
            yield Change(kind, titles[lesson_id], lesson_id)


def _questions(before: Course, after: Course) -> Iterator[Change]:
    found = changed_questions(before, after)
    stems = {
        asked.key: asked.question.stem_text
        for course in (before, after)
        for asked in questions_of(course)
    }
    for kind, keys in (("new", found.new), ("changed", found.updated), ("gone", found.removed)):
        for key in keys:
            yield Change(kind, stems[key], key)


@bp.get("/updates")
@requires(Role.PMO)
def behind() -> ResponseReturnValue:
    """Who finished an older version of a course and has not met what the new one asks."""
    found = assessment.behind(request.args.get("course"))
    page = max(1, request.args.get("page", 1, type=int))
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    return render_template(
        "learning/behind.html",
        rows=[(one, _titles(one)) for one in shown],
        total=len(found),
        effects=EFFECT_NAMES,
        previous_url=_page_url(page - 1) if page > 1 else None,
        next_url=_page_url(page + 1) if found[page * _PAGE :] else None,
    )


def _page_url(page: int) -> str:
    return url_for(".behind", course=request.args.get("course"), page=page)


def _titles(behind: Behind) -> list[str]:
    """What is left, as people say it."""
    lessons = [one.title for one in behind.course.lessons if one.id in behind.left.lessons]
    quizzes = [one.title for one in behind.course.quizzes if one.id in behind.left.quizzes]
    if behind.update.short:
        return [*lessons, *(_("%(quiz)s, short", quiz=title) for title in quizzes)]
    return [*lessons, *quizzes]
