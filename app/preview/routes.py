"""Pages of the preview: the course, its lessons and quizzes with their keys, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.assessment import wording
from app.assessment.rules import statistics
from app.assessment.rules.statistics import ItemFigures
from app.authoring.diagnostics import Diagnostic, Severity, with_caret
from app.authoring.document import (
    ChoiceQuestion,
    Course,
    EssayQuestion,
    Lesson,
    Question,
    Quiz,
)
from app.authoring.grading import Grade, grade, right_answer
from app.core.i18n import gettext as _
from app.core.i18n import number
from app.preview.workshop import Draft, Workshop
from app.web.access import public
from app.web.questions import sanitised

bp = Blueprint("preview", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnostic as the page shows it."""

    where: str
    message: str
    code: str
    excerpt: str
    error: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with its key and everything that its author wrote for its learners."""

    number: int
    question: Question
    where: str
    facts: str
    order: Sequence[str]
    answer: Any
    result: Grade | None
    words: Sequence[tuple[str, Markup]]
    figures: str | None
    flags: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Way:
    """A link to what stands before or after."""

    label: str
    url: str


Outline = list[tuple[str | None, list[tuple[str, str, str]]]]
"""Modules by title, and in each id, title and address of what stands there."""


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The landing page of the course; what is wrong with it if it never compiled."""
    draft = _draft()
    if draft.course is None:
        return _page("preview/broken.html", draft)
    return redirect(url_for(".course", course_id=draft.course.id))


@bp.get("/courses/<course_id>")
@public
def course(course_id: str) -> ResponseReturnValue:
    """The landing page."""
    draft, found = _course(course_id)
    return _page("preview/course.html", draft, intro=sanitised(found.intro_html))


@bp.get("/courses/<course_id>/<lesson_id>")
@public
def lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """A lesson with its checks."""
    draft, found = _course(course_id)
    wanted = found.lesson(lesson_id) or abort(404)
    return _page(
        "preview/lesson.html",
        draft,
        lesson=wanted,
        pieces=_pieces(found, wanted),
        current=lesson_id,
        contents=wanted.headings,
    )


@bp.get("/courses/<course_id>/quizzes/<quiz_id>")
@public
def quiz(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """Every question that a quiz may ask, with its key and its figures."""
    draft, found = _course(course_id)
    wanted = found.quiz(quiz_id) or abort(404)
    figures = current_app.extensions["figures"](course_id, quiz_id)
    return _page(
        "preview/quiz.html",
        draft,
        quiz=wanted,
        sections=_sections(found, wanted, figures),
        current=quiz_id,
        has_figures=bool(figures),
    )


@bp.get("/courses/<course_id>/media/<sha256>/<name>")
@public
def media(course_id: str, sha256: str, name: str) -> ResponseReturnValue:
    """A file that the course shows."""
    draft, _found = _course(course_id)
    data, content_type = draft.media(sha256) or abort(404)
    return Response(data, content_type=content_type)


@bp.get("/changed")
@public
def changed() -> ResponseReturnValue:
    """Whether a file is not any more as the page knows it; asked by its script."""
    known = request.args.get("version", "")
    return {"changed": _workshop().version() != known}


# --- What the pages show ---------------------------------------------------------------------


def _workshop() -> Workshop:
    return cast(Workshop, current_app.extensions["workshop"])


def _draft() -> Draft:
    return _workshop().draft()


def _course(course_id: str) -> tuple[Draft, Course]:
    draft = _draft()
    if draft.course is None or draft.course.id != course_id:
        abort(404)
    return draft, draft.course


def _page(template: str, draft: Draft, **values: Any) -> str:
    told = [_told(one, draft) for one in draft.diagnostics]
    outline = _outline(draft.course) if draft.course else []
    before, after = _around(outline, values.get("current"))
    return render_template(
        template,
        **{"current": None, "contents": (), **values},
        draft=draft,
        course=draft.course,
        outline=outline,
        previous=before,
        next=after,
        told=told,
        errors=sum(one.error for one in told),
    )


def _told(found: Diagnostic, draft: Draft) -> Told:
    place = found.place
    _head, _newline, excerpt = with_caret(found, draft.files).partition("\n")
    where = f"{place.path}:{place.line}:{place.column}"
    return Told(where, found.message, found.code, excerpt, found.severity is Severity.ERROR)


def _outline(course: Course) -> Outline:
    quizzes = {one.id: one.title for one in course.quizzes}
    titles = {one.id: one.title for one in course.lessons} | quizzes
    return [
        (
            module.title,
            [
                (item, titles[item], _address(course.id, item, item in quizzes))
                for item in module.items
            ],
        )
        for module in course.modules
    ]


def _around(outline: Outline, current: str | None) -> tuple[Way | None, Way | None]:
    """What stands before and after; before the first comes nothing, before all the first."""
    items = [item for _module, items in outline for item in items]
    ids = [item[0] for item in items]
    place = ids.index(current) if current in ids else -1
    before = Way(*items[place - 1][1:]) if place > 0 else None
    after = Way(*items[place + 1][1:]) if place + 1 < len(items) else None
    return before, after


def _address(course_id: str, item_id: str, is_quiz: bool) -> str:
    if is_quiz:
        return url_for(".quiz", course_id=course_id, quiz_id=item_id)
    return url_for(".lesson", course_id=course_id, lesson_id=item_id)


def _pieces(course: Course, lesson: Lesson) -> list[Markup | Shown]:
    pieces: list[Markup | Shown] = []
    for block in lesson.blocks:
        if block.kind == "html":
            pieces.append(Markup(block.html))  # noqa: S704 - the compiler has sanitised it
        else:
            count = sum(isinstance(piece, Shown) for piece in pieces)
            pieces.append(_shown(course, block.question, count + 1, None))
    return pieces


def _sections(
    course: Course, quiz: Quiz, figures: Mapping[str, ItemFigures]
) -> list[dict[str, object]]:
    start = 0
    found: list[dict[str, object]] = []
    for section in quiz.sections:
        asked = [
            _shown(course, question, start + place, figures.get(question.id))
            for place, question in enumerate(section.questions, 1)
        ]
        start += len(asked)
        scenario = sanitised(section.scenario_html)
        found.append({"section": section, "scenario": scenario, "asked": asked})
    return found


def _shown(course: Course, question: Question, place: int, figures: ItemFigures | None) -> Shown:
    answer = right_answer(question, language=course.language)
    essay = isinstance(question, EssayQuestion)
    return Shown(
        place,
        question,
        f"{question.source.path}:{question.source.line}",
        _facts(question),
        _author_order(question),
        answer,
        None if essay else grade(question, answer, language=course.language),
        _words(question),
        _figures(figures) if figures else None,
        [wording.flag(one) for one in statistics.flags(figures)] if figures else [],
    )


def _author_order(question: Question) -> Sequence[str]:
    return [one.id for one in question.options] if isinstance(question, ChoiceQuestion) else []


def _facts(question: Question) -> str:
    points = _("Points: %(points)s", points=number(question.points))
    given = (question.type, points, question.domain, question.competency, question.difficulty)
    return " · ".join(one for one in given if one)


def _words(question: Question) -> list[tuple[str, Markup]]:
    """What a learner is told, and when."""
    found: list[tuple[str, str | None]] = []
    if isinstance(question, ChoiceQuestion):
        found += [
            (_("Who chooses “%(option)s”", option=one.text), one.feedback_html)
            for one in question.options
        ]
    found += [
        (_("Hint %(number)s", number=place), hint)
        for place, hint in enumerate(question.hints_html, 1)
    ]
    found += [
        (_("Who is right"), question.correct_html),
        (_("Who is not"), question.incorrect_html),
        (_("Why"), question.why_html),
    ]
    if isinstance(question, EssayQuestion):
        found.append((_("What earns points"), question.rubric_html))
    return [(label, shown) for label, html in found if (shown := sanitised(html))]


def _figures(one: ItemFigures) -> str:
    return _(
        "%(people)s people, facility %(facility)s, discrimination %(discrimination)s",
        people=number(one.people),
        facility=wording.figure(one.facility, percentage=True),
        discrimination=wording.figure(one.discrimination),
    )
