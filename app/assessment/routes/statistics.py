"""What a quiz tells of its questions, for those who write and answer for it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template
from flask.typing import ResponseReturnValue

from app.assessment import queries, wording
from app.assessment.routes.blueprint import bp
from app.assessment.rules import statistics
from app.assessment.rules.statistics import ItemFigures
from app.authoring.document import ChoiceQuestion, Question
from app.core.policy import Role
from app.web.access import requires
from app.web.questions import plain


@bp.get("/courses/<course_id>/quizzes/<quiz_id>/statistics")
@requires(Role.AUTHOR, Role.PMO)
def figures(course_id: str, quiz_id: str) -> ResponseReturnValue:
    """The quiz as a whole and each of its questions; nothing under five people."""
    course, quiz, questions = queries.quiz_with_questions(course_id, quiz_id)
    sat = queries.first_attempts(course_id, quiz_id)
    items = statistics.of_items(sat, questions)
    everywhere = _everywhere(course_id, questions)
    return render_template(
        "assessment/statistics.html",
        course=course,
        quiz=quiz,
        people=len(sat),
        test=statistics.of_test(sat),
        draws=[
            {"figures": one, "title": wording.draw(quiz, one)} for one in statistics.of_draws(sat)
        ],
        rows=[_row(questions[one.question_id], one, everywhere) for one in items],
        left_out=[
            {"id": one.id, "stem": plain(one.stem_html, 120), "where": _where(one)}
            for one in questions.values()
            if one.id not in {item.question_id for item in items}
        ],
        fewest=statistics.FEWEST,
        firm=statistics.FIRM,
        figure=wording.figure,
    )


@bp.get("/courses/<course_id>/question-statistics")
@requires(Role.AUTHOR, Role.PMO)
def question_figures(course_id: str) -> ResponseReturnValue:
    """Each question over all the quizzes that ask it, what looks gravest first."""
    course, questions = queries.course_with_questions(course_id)
    items = _everywhere(course_id, questions)
    return render_template(
        "assessment/questions.html",
        course=course,
        rows=[
            _row(questions[one.question_id], one, {})
            for one in sorted(items.values(), key=statistics.gravity)
        ],
        left_out=len(questions) - len(items),
        fewest=statistics.FEWEST,
        figure=wording.figure,
    )


def _everywhere(course_id: str, questions: Mapping[str, Question]) -> dict[str, ItemFigures]:
    found = statistics.over_quizzes(queries.occasions(course_id), questions)
    return {one.question_id: one for one in found}


def _row(
    question: Question, one: ItemFigures, everywhere: Mapping[str, ItemFigures]
) -> dict[str, object]:
    texts = (
        {option.id: plain(option.html) for option in question.options}
        if isinstance(question, ChoiceQuestion)
        else {}
    )
    overall = everywhere.get(one.question_id)
    more = overall is not None and overall.people > one.people
    return {
        "figures": one,
        "everywhere": overall if more else None,
        "question": question,
        "stem": plain(question.stem_html, 120),
        "where": _where(question),
        "flags": [wording.flag(flag) for flag in statistics.flags(one)],
        "options": [{"figures": option, "text": texts[option.id]} for option in one.options],
    }


def _where(question: Question) -> str:
    return f"{question.source.path}:{question.source.line}"
