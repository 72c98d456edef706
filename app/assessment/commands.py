"""`questions report`: the statistics of a quiz at the lines where its questions are written."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.assessment import queries, wording
from app.assessment.rules import statistics
from app.assessment.rules.statistics import ItemFigures
from app.authoring.document import Question
from app.authoring.interchange_commands import export_questions, import_questions
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import ngettext


@click.group("questions")
def questions() -> None:
    """Questions: statistics at the source line, and files of other systems."""


questions.add_command(import_questions)
questions.add_command(export_questions)


@questions.command("report")
@click.argument("address", metavar="COURSE/QUIZ")
@with_appcontext
def report(address: str) -> None:
    """Print path:line, id, figures and what looks wrong, the gravest first."""
    course_id, slash, quiz_id = address.partition("/")
    if not slash:
        raise click.BadParameter(_("Write it as COURSE/QUIZ."), param_hint="COURSE/QUIZ")
    try:
        _course, quiz, by_id = queries.quiz_with_questions(course_id, quiz_id)
    except NotVisible as refusal:
        raise click.ClickException(str(refusal)) from None
    sat = queries.first_attempts(course_id, quiz_id)
    test = statistics.of_test(sat)
    if test is None:
        click.echo(
            ngettext(
                "%(num)s person has finished this quiz so far. Figures appear from %(fewest)s on.",
                "%(num)s people have finished this quiz so far. Figures appear from %(fewest)s on.",
                len(sat),
                fewest=statistics.FEWEST,
            )
        )
        return
    click.echo(
        _(
            "%(quiz)s: %(people)s people, mean %(mean)s, consistency %(alpha)s",
            quiz=quiz.title,
            people=test.people,
            mean=wording.figure(test.mean, percentage=True),
            alpha=wording.figure(test.consistency),
        )
    )
    items = statistics.of_items(sat, by_id)
    for one in sorted(items, key=statistics.gravity):
        click.echo(_line(course_id, by_id[one.question_id], one))


def _line(course_id: str, question: Question, one: ItemFigures) -> str:
    where = f"courses/{course_id}/{question.source.path}:{question.source.line}"
    said = "; ".join(wording.flag(flag)[1] for flag in statistics.flags(one))
    figures = _(
        "people %(people)s, facility %(facility)s, discrimination %(discrimination)s",
        people=one.people,
        facility=wording.figure(one.facility, percentage=True),
        discrimination=wording.figure(one.discrimination),
    )
    uncertain = "" if one.firm else _(" (uncertain)")
    return f"{where}: {one.question_id}: {figures}{uncertain}{': ' + said if said else ''}"
