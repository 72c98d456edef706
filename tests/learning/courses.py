"""Courses built by hand: two lessons with checks, a checkpoint, and an exam of every type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from app.authoring.document import (
    Award,
    CertificateTerms,
    CheckBlock,
    ChoiceBlank,
    ChoiceQuestion,
    ClozeQuestion,
    Course,
    CourseCompletion,
    EssayQuestion,
    Feedback,
    Grading,
    Heading,
    HtmlBlock,
    Item,
    Lesson,
    LessonBlock,
    LessonCompletion,
    Level,
    MatchQuestion,
    Media,
    Module,
    Navigation,
    NumberBlank,
    NumberKey,
    NumberQuestion,
    OnTimeout,
    Option,
    OrderQuestion,
    Question,
    Quiz,
    QuizMode,
    Review,
    Section,
    Source,
    TextKey,
    TextQuestion,
    TypedBlank,
    Visibility,
)
from app.core.policy import SYSTEM, Actor
from app.core.values import Duration, Unit
from app.learning import services


def publish(course: Course, media: Mapping[str, bytes] | None = None, by: Actor = SYSTEM) -> Course:
    """Publish the course and hand it back."""
    services.publish(course, media or {}, by=by)
    return course


def make_course(course_id: str = "risk", **overrides: Any) -> Course:
    """A published course of two lessons, a checkpoint and an exam; any field may be replaced."""
    values: dict[str, Any] = {
        "id": course_id,
        "title": "Risk in practice",
        "version": "1",
        "language": "en",
        "level": Level.FOUNDATION,
        "visibility": Visibility.PUBLISHED,
        "summary": "Name a risk, score it and keep an owner on it.",
        "authors": ("PMO",),
        "tags": ("risk", "method"),
        "estimated_minutes": 60,
        "prerequisites": (),
        "awards": (Award("risk-management", 3, "exam", Decimal("0.6"), Duration(24, Unit.MONTHS)),),
        "completion": CourseCompletion("all", "passed"),
        "certificate": CertificateTerms(
            title="Risk practitioner",
            requires=("exam",),
            valid_for=Duration(24, Unit.MONTHS),
            renew_from=Duration(90, Unit.DAYS),
            grace=Duration(30, Unit.DAYS),
            renewal="exam",
        ),
        "changes": None,
        "intro_html": "<p>Every project lives with uncertainty.</p>",
        "modules": (Module("Foundations", ("first", "second", "checkpoint")), _exam_module()),
        "lessons": (make_lesson("first"), make_checked_lesson("second")),
        "quizzes": (make_quiz("checkpoint"), make_exam()),
        "media": (),
    }
    return Course(**{**values, **overrides})


def _exam_module() -> Module:
    return Module("Exam", ("exam",))


# --- Lessons ---------------------------------------------------------------------------------


def make_lesson(lesson_id: str = "first", **overrides: Any) -> Lesson:
    """A lesson that is done when read. Its hash follows its blocks."""
    values: dict[str, Any] = {
        "id": lesson_id,
        "content_hash": "",
        "title": f"What counts as a risk ({lesson_id})",
        "source": Source(f"01/{lesson_id}.md", 1),
        "estimated_minutes": 12,
        "objectives": ("Tell a risk from an issue",),
        "competencies": ("risk-management",),
        "completion": LessonCompletion.READ,
        "headings": (Heading(2, "parts", "Three parts"), Heading(2, "owner", "Owning a risk")),
        "blocks": (
            HtmlBlock(
                "html",
                '<p>A risk is an uncertain event.</p><h2 id="parts">Three parts</h2>'
                '<p>Cause, event, effect.</p><h2 id="owner">Owning a risk</h2><p>One person.</p>',
            ),
        ),
        "text": "A risk is an uncertain event. Cause, event, effect. One person owns it.",
    }
    lesson = Lesson(**{**values, **overrides})
    return replace(lesson, content_hash=lesson.content_hash or _hash(repr(lesson.blocks)))


def make_checked_lesson(lesson_id: str = "second") -> Lesson:
    """A lesson that is done when both its checks are answered right."""
    blocks: tuple[LessonBlock, ...] = (
        HtmlBlock("html", '<p>Look closely.</p><h2 id="look">Look</h2><p>Then answer.</p>'),
        CheckBlock("check", make_single("flooded", why="It has happened already.")),
        HtmlBlock("html", "<p>And once more.</p>"),
        CheckBlock("check", make_number("exposure")),
    )
    return make_lesson(
        lesson_id,
        title="Spotting risks",
        completion=LessonCompletion.CHECKS,
        headings=(Heading(2, "look", "Look"),),
        blocks=blocks,
        text="Look closely. Then answer. And once more.",
    )


# --- Quizzes ---------------------------------------------------------------------------------


def make_quiz(quiz_id: str = "checkpoint", **overrides: Any) -> Quiz:
    """A checkpoint of two questions with feedback at once."""
    values: dict[str, Any] = {
        "id": quiz_id,
        "title": quiz_id.capitalize(),
        "source": Source(f"{quiz_id}.quiz.md", 1),
        "intro_html": None,
        "mode": QuizMode.CHECKPOINT,
        "time_limit": None,
        "pass_mark": Decimal("0.5"),
        "attempts": None,
        "cooldown": None,
        "grading": Grading.HIGHEST,
        "feedback": Feedback.IMMEDIATE,
        "navigation": Navigation.FREE,
        "shuffle_questions": False,
        "shuffle_options": False,
        "on_timeout": OnTimeout.SUBMIT,
        "grace": None,
        "open_book": True,
        "preset": None,
        "sections": (make_section(make_single("c1"), make_multiple("c2")),),
    }
    return Quiz(**{**values, **overrides})


def make_exam(quiz_id: str = "exam", **overrides: Any) -> Quiz:
    """An exam with a time limit that asks one question of every type but the essay."""
    section = make_section(
        make_single("q-single"),
        make_truefalse("q-true"),
        make_multiple("q-multiple"),
        make_match("q-match"),
        make_order("q-order"),
        make_number("q-number"),
        make_text("q-text"),
        make_cloze("q-cloze"),
    )
    values: dict[str, Any] = {
        "title": "Final exam",
        "mode": QuizMode.EXAM,
        "time_limit": 3600,
        "pass_mark": Decimal("0.6"),
        "feedback": Feedback.AFTER_SUBMIT,
        "open_book": False,
        "sections": (section,),
    }
    return make_quiz(quiz_id, **{**values, **overrides})


def make_section(*questions: Question, **overrides: Any) -> Section:
    values: dict[str, Any] = {
        "title": None,
        "domain": None,
        "scenario_html": None,
        "questions": questions,
        "draw": None,
        "avoid_seen": False,
    }
    return Section(**{**values, **overrides})


# --- Questions -------------------------------------------------------------------------------


def common(question_id: str, stem: str, **overrides: Any) -> dict[str, Any]:
    """The fields that every question has."""
    values: dict[str, Any] = {
        "id": question_id,
        "content_hash": _hash(f"{question_id} {stem}"),
        "source": Source("exam.quiz.md", 10),
        "stem_html": f"<p>{stem}</p>",
        "stem_text": stem,
        "points": Decimal(1),
        "competency": "risk-management",
        "domain": "identify",
        "difficulty": None,
        "shuffle": None,
        "unscored": False,
        "regrade": None,
        "review": Review("first", "parts"),
        "hints_html": (),
        "why_html": None,
        "correct_html": None,
        "incorrect_html": None,
    }
    return {**values, **overrides}


def make_single(question_id: str = "single", why: str = "A reason.") -> ChoiceQuestion:
    """`o2` is right; `o1` says why it is not."""
    return ChoiceQuestion(
        **common(
            question_id,
            "The server room is flooded. What is it?",
            why_html=f"<p>{why}</p>",
            hints_html=("<p>Has it happened?</p>",),
        ),
        type="single",
        credit="all",
        options=(
            make_option("o1", "A threat", feedback="<p>Threats have not happened yet.</p>"),
            make_option("o2", "An issue", correct=True),
            make_option("o3", "An opportunity"),
        ),
    )


def make_truefalse(question_id: str = "truefalse") -> ChoiceQuestion:
    """`true` is right."""
    return ChoiceQuestion(
        **common(question_id, "Every risk has one owner."),
        type="truefalse",
        credit="all",
        options=(make_option("true", "True", correct=True), make_option("false", "False")),
    )


def make_multiple(question_id: str = "multiple", credit: str = "all") -> ChoiceQuestion:
    """`o1` and `o3` are right."""
    values: dict[str, Any] = {"type": "multiple", "credit": credit}
    return ChoiceQuestion(
        **common(question_id, "Which two belong to a risk?"),
        **values,
        options=(
            make_option("o1", "Cause", correct=True),
            make_option("o2", "Invoice"),
            make_option("o3", "Effect", correct=True),
            make_option("o4", "Holiday"),
        ),
    )


def make_option(
    option_id: str, text: str, *, correct: bool = False, feedback: str | None = None
) -> Option:
    return Option(option_id, f"<p>{text}</p>", text, correct, None, feedback)


def make_match(question_id: str = "match") -> MatchQuestion:
    """`l1` goes with `r2`, `l2` with `r1`; `r3` is a distractor."""
    return MatchQuestion(
        **common(question_id, "Match response and meaning."),
        type="match",
        credit="each",
        left_title="Response",
        right_title="Meaning",
        left=(make_item("l1", "Avoid"), make_item("l2", "Transfer")),
        right=(
            make_item("r1", "Another party carries it"),
            make_item("r2", "It can no longer happen"),
            make_item("r3", "Nothing is done"),
        ),
        key=(("l1", "r2"), ("l2", "r1")),
    )


def make_order(question_id: str = "order") -> OrderQuestion:
    """Right is `i1`, `i2`, `i3`."""
    return OrderQuestion(
        **common(question_id, "Put the steps in order."),
        type="order",
        credit="position",
        items=(make_item("i1", "Identify"), make_item("i2", "Assess"), make_item("i3", "Plan")),
    )


def make_item(item_id: str, text: str) -> Item:
    return Item(item_id, f"<p>{text}</p>", text)


def make_number(question_id: str = "number") -> NumberQuestion:
    """10000, give or take 100."""
    return NumberQuestion(
        **common(question_id, "20 % of 50,000 is?", why_html="<p>Multiply.</p>"),
        type="number",
        key=NumberKey(value=Decimal(10000), tolerance=Decimal(100)),
    )


def make_text(question_id: str = "text") -> TextQuestion:
    """`register` or `risk register`."""
    return TextQuestion(
        **common(question_id, "Where are risks written down?"),
        type="text",
        key=TextKey(variants=("register", "risk register")),
    )


def make_cloze(question_id: str = "cloze") -> ClozeQuestion:
    """`owner`, `b2o1` and 0.1 ± 0.02."""
    return ClozeQuestion(
        **common(question_id, "Fill the gaps."),
        type="cloze",
        credit="each",
        pieces_html=("<p>A risk has an ", ", is ", " and may cost ", ".</p>"),
        blanks=(
            TypedBlank(id="b1", key=TextKey(variants=("owner",))),
            ChoiceBlank(
                id="b2",
                options=(make_item("b2o1", "uncertain"), make_item("b2o2", "certain")),
                key="b2o1",
            ),
            NumberBlank(id="b3", key=NumberKey(value=Decimal("0.1"), tolerance=Decimal("0.02"))),
        ),
    )


def make_essay(question_id: str = "essay") -> EssayQuestion:
    """Waits for a marker."""
    return EssayQuestion(
        **common(question_id, "Write a risk statement."),
        type="essay",
        rubric_html="<p>Cause, event, effect.</p>",
    )


# --- Media -----------------------------------------------------------------------------------


def make_media(name: str, data: bytes, content_type: str = "image/png") -> Media:
    """A media file of these bytes; hand `{media.sha256: data}` to `publish`."""
    return Media(f"media/{name}", sha256(data).hexdigest(), content_type, len(data))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
