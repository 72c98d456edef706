"""The page of a lesson: reading it, answering its checks, going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.authoring import grading
from app.authoring.document import ChoiceQuestion, Lesson, LessonCompletion, Question
from app.authoring.grading import Grade, Part, UnreadableAnswer
from app.core.i18n import gettext as _
from app.learning import queries, services
from app.learning.routes import standing
from app.learning.routes.blueprint import bp
from app.learning.rules.progress import ItemState
from app.web.access import current_actor, signed_in

ANSWER = "answer"
"""The name under which the controls of a check are sent."""


@dataclass(frozen=True, slots=True)
class Check:
    """A question inside a lesson, as one reader finds it."""

    question: Question
    number: int
    order: Sequence[str]
    value: Any
    grade: Grade | None
    """None as long as it was not answered."""
    refusal: str | None
    url: str
    review_url: str | None
    review_title: str | None

    @property
    def id(self) -> str:
        return f"check-{self.question.id}"

    @property
    def right(self) -> bool:
        return self.grade is not None and self.grade.credit == 1

    @property
    def state(self) -> str | None:
        return self.grade.verdict.value if self.grade else None

    @property
    def parts_text(self) -> str | None:
        """Of a question in parts: how many of them are right, without saying which."""
        if self.grade is None or not self.grade.parts or isinstance(self.question, ChoiceQuestion):
            return None
        right = sum(part is Part.RIGHT for part in self.grade.parts.values())
        return _("%(right)s of %(total)s are right.", right=right, total=len(self.grade.parts))

    @property
    def chosen_feedback(self) -> list[str]:
        """What the author says to the options that were chosen."""
        if not isinstance(self.question, ChoiceQuestion) or self.value is None:
            return []
        chosen = self.value if isinstance(self.value, list) else [self.value]
        feedback = [one.feedback_html for one in self.question.options if one.id in chosen]
        return [text for text in feedback if text]


@dataclass(frozen=True, slots=True)
class Way:
    """A link to what stands before or after."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A lesson as one reader finds it."""

    course: standing.Course
    lesson: Lesson
    state: ItemState
    pieces: Sequence[Markup | Check]
    previous: Way | None
    next: Way | None

    @property
    def by_checks(self) -> bool:
        return self.lesson.completion is LessonCompletion.CHECKS

    @property
    def checks(self) -> list[Check]:
        return [piece for piece in self.pieces if isinstance(piece, Check)]

    @property
    def checks_left(self) -> int:
        return sum(not check.right for check in self.checks)


@bp.get("/courses/<course_id>/<lesson_id>")
@signed_in
def lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Read a lesson."""
    return _lesson_page(_page(course_id, lesson_id))


def _lesson_page(page: Page) -> str:
    return render_template(
        "learning/lesson.html",
        page=page,
        course=page.course,
        lesson=page.lesson,
        outline=standing.entries(page.course, current=page.lesson.id, details=False),
        contents=page.lesson.headings,
        previous=page.previous,
        next=page.next,
        minutes=page.lesson.estimated_minutes,
    )


@bp.post("/courses/<course_id>/<lesson_id>/completion")
@signed_in
def complete(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Mark the lesson as read, and go on to what comes next."""
    services.complete_lesson(course_id, lesson_id, by=current_actor())
    page = _page(course_id, lesson_id)
    if page.course.finished:
        flash(_("That was the last of it: you have finished this course."), "good")
    return redirect(page.next.url if page.next else url_for(".course", course_id=course_id))


@bp.post("/courses/<course_id>/<lesson_id>/checks/<question_id>")
@signed_in
def answer(course_id: str, lesson_id: str, question_id: str) -> ResponseReturnValue:
    """Answer a question inside the lesson: the page again, with what there is to say to it."""
    refusal = None
    try:
        question = _question(course_id, lesson_id, question_id)
        given = grading.answer_from_form(question, request.form, ANSWER)
        grade = services.answer_check(course_id, lesson_id, question_id, given, by=current_actor())
        if not grade.answered:
            refusal = _("Choose or enter an answer first.")
    except UnreadableAnswer as unreadable:
        refusal = str(unreadable)
    page = _page(course_id, lesson_id, {question_id: refusal} if refusal else {})
    status = 422 if refusal else 200
    if "HX-Request" not in request.headers:
        return _lesson_page(page), status
    check = next(check for check in page.checks if check.question.id == question_id)
    return render_template("learning/_answered.html", page=page, check=check), status


def _question(course_id: str, lesson_id: str, question_id: str) -> Question:
    course = queries.document(queries.course_for(current_actor(), course_id).revision)
    return queries.check(queries.lesson(course, lesson_id), question_id)


@bp.post("/courses/<course_id>/<lesson_id>/place")
@signed_in
def place(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Remember where in the lesson somebody reads."""
    anchor = request.form.get("anchor", "")[:200] or None
    services.remember_place(course_id, lesson_id, anchor, by=current_actor())
    return "", 204


# --- What the page shows ---------------------------------------------------------------------


def _page(course_id: str, lesson_id: str, refusals: Mapping[str, str] | None = None) -> Page:
    actor = current_actor()
    course = standing.stand(actor, queries.visit(actor, course_id))
    lesson = queries.lesson(course.document, lesson_id)
    item = course.outline.item(lesson.id)
    asks = any(block.kind == "check" for block in lesson.blocks)
    answers = queries.answers(actor, course_id, lesson.id) if asks else {}
    before, after = course.outline.around(lesson.id)
    return Page(
        course,
        lesson,
        item.state if item else ItemState.OPEN,
        _pieces(course, lesson, answers, refusals or {}),
        _way(course, before.id if before else None),
        _way(course, after.id if after else None),
    )


def _way(course: standing.Course, item_id: str | None) -> Way | None:
    item = course.outline.item(item_id) if item_id else None
    return Way(item.content.title, standing.item_url(course.id, item)) if item else None


def _pieces(
    course: standing.Course,
    lesson: Lesson,
    answers: Mapping[str, Any],
    refusals: Mapping[str, str],
) -> list[Markup | Check]:
    """Stretches of rendered text, with the questions where they stand."""
    pieces: list[Markup | Check] = []
    number = 0
    for block in lesson.blocks:
        if block.kind == "html":
            pieces.append(Markup(block.html))  # noqa: S704  (the compiler has sanitised it)
        else:
            number += 1
            refusal = refusals.get(block.question.id)
            pieces.append(_check(course, lesson, block.question, number, answers, refusal))
    return pieces


def _check(
    course: standing.Course,
    lesson: Lesson,
    question: Question,
    number: int,
    answers: Mapping[str, Any],
    refusal: str | None,
) -> Check:
    answered, value = question.content_hash in answers, answers.get(question.content_hash)
    language = course.document.language
    review = course.document.lesson(question.review.lesson) if question.review else None
    return Check(
        question=question,
        number=number,
        order=_order(question),
        value=value,
        grade=grading.grade(question, value, language=language) if answered else None,
        refusal=refusal,
        url=url_for(".answer", course_id=course.id, lesson_id=lesson.id, question_id=question.id),
        review_url=_review_url(course, question) if review else None,
        review_title=review.title if review else None,
    )


def _order(question: Question) -> list[str]:
    """The same on every visit of the same reader."""
    seed = f"{current_actor().person_id}/{question.content_hash}"
    return grading.shown_order(question, shuffle=False, random=Random(seed))  # noqa: S311


def _review_url(course: standing.Course, question: Question) -> str | None:
    if question.review is None:
        return None
    return url_for(
        ".lesson",
        course_id=course.id,
        lesson_id=question.review.lesson,
        _anchor=question.review.anchor,
    )
