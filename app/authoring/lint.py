"""Advice on writing questions and lessons: warnings that never keep a course from its readers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.authoring.diagnostics import Code, Report
from app.authoring.pages import Check, LessonPage
from app.authoring.questions.rubric import read_criteria
from app.authoring.questions.written import Choice, Essay, WrittenQuestion
from app.authoring.source import HEADING, Line, SourceFile
from app.core.i18n import gettext as _

FEWEST = 4
"""Below this many questions a pattern of keys is chance."""
_NUMBERS = {
    word: count
    for count, words in enumerate(
        (
            "one 1 eine einen ein eins",
            "two 2 zwei",
            "three 3 drei",
            "four 4 vier",
            "five 5 fünf",
            "six 6 sechs",
        ),
        start=1,
    )
    for word in words.split()
}
_CHOOSE = re.compile(
    r"\b(?:choose|select|pick|tick|mark|check|which|wählen sie|wähle|welche|kreuzen sie)"
    r"(?: the| any| all| die)? (" + "|".join(_NUMBERS) + r")\b(?![-.,%]|\s(?:or|oder|bis|to)\s)",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:all|none|both|neither|any) of (?:the )?(?:above|these|preceding)\b"
    r"|\b(?:alle|keine|keines|beide)\b.{0,20}\b(?:genannten|oben|vorstehenden)\b",
    re.IGNORECASE,
)


def lint_question(source: SourceFile, question: WrittenQuestion, report: Report) -> None:
    """What can be said of one question by itself."""
    place = source.at(question.heading.line)
    explanation = question.explanation
    explained = explanation.why or (isinstance(question.answer, Essay) and explanation.rubric)
    if not explained:
        message = _("Nothing explains the answer: add “> **Why** …” after the answers.")
        report.add(Code.NO_WHY, place, message)
    if question.attributes.competency is None:
        message = _("The question names no competency, so that its results say nothing about one.")
        report.add(Code.NO_COMPETENCY, place, message)
    _check_count(source, question, report)
    _check_rubric(source, question, report)


def _check_rubric(source: SourceFile, question: WrittenQuestion, report: Report) -> None:
    rubric = question.explanation.rubric
    given = sum(one.points for one in read_criteria(rubric))
    wanted = question.attributes.points or 1
    if rubric is not None and given and given != wanted:
        message = _(
            "The criteria of the rubric add up to %(given)s points, and the question is worth "
            "%(wanted)s.",
            given=given,
            wanted=wanted,
        )
        report.add(Code.RUBRIC_SUM, source.at(rubric.line), message)


def lint_positions(
    source: SourceFile, questions: Sequence[WrittenQuestion], report: Report
) -> None:
    """Patterns over the questions of one file by which keys can be guessed."""
    choices = [
        (question, question.answer)
        for question in questions
        if isinstance(question.answer, Choice) and question.answer.kind != "truefalse"
    ]
    if len(choices) < FEWEST:
        return
    place = source.at(choices[0][0].heading.line)
    if all(_key_is_longest(answer) for _question, answer in choices):
        message = _("In every question of this file the right option is the longest.")
        report.add(Code.LONGEST_KEY, place, message)
    keys = Counter(
        position
        for _question, answer in choices
        for position, option in enumerate(answer.options, start=1)
        if option.correct
    )
    position, count = keys.most_common(1)[0]
    if count * 2 > keys.total():
        message = _(
            "Position %(position)s holds %(count)s of the %(total)s right options of this file.",
            position=position,
            count=count,
            total=keys.total(),
        )
        report.add(Code.KEY_POSITION, place, message)


def lint_shuffled(source: SourceFile, questions: Sequence[WrittenQuestion], report: Report) -> None:
    """Options that speak of the ones above them, in a quiz that shuffles."""
    for question in questions:
        if not isinstance(question.answer, Choice) or question.attributes.shuffle is False:
            continue
        for option in question.answer.options:
            if _ABOVE.search(option.text.markdown):
                message = _("Options are shuffled: nothing is above this one for certain.")
                report.add(Code.ALL_OF_THE_ABOVE, source.at(option.text.line), message)


def lint_lesson(page: LessonPage, report: Report) -> None:
    if not page.matter.objectives:
        message = _("The lesson names no objectives: what can a reader do afterwards?")
        report.add(Code.NO_OBJECTIVES, page.source.at(1), message)
    level = 1
    for part in page.parts:
        if isinstance(part, Check):
            continue
        for line in part:
            level = _lint_level(page.source, line, level, report)


def _lint_level(source: SourceFile, line: Line, before: int, report: Report) -> int:
    match = None if line.quoted else HEADING.fullmatch(line.text)
    if match is None:
        return before
    level = len(match[1])
    if level > before + 1:
        message = _(
            "A heading of level %(level)s stands right below one of level %(before)s.",
            level=level,
            before=before,
        )
        report.add(Code.SKIPPED_LEVEL, source.at(line.number), message)
    return level


def _check_count(source: SourceFile, question: WrittenQuestion, report: Report) -> None:
    answer = question.answer
    asked = _CHOOSE.search(question.heading.markdown) or _CHOOSE.search(question.body.markdown)
    if not isinstance(answer, Choice) or asked is None:
        return
    wanted = _NUMBERS[asked[1].lower()]
    right = sum(option.correct for option in answer.options)
    if wanted != right and (wanted > 1 or right > 1):
        message = _(
            "The text asks for %(wanted)s, and %(right)s are marked as right.",
            wanted=wanted,
            right=right,
        )
        report.add(Code.CHOOSE_COUNT, source.find(asked[0], question.heading.line), message)


def _key_is_longest(answer: Choice) -> bool:
    right = [len(option.text.markdown) for option in answer.options if option.correct]
    wrong = [len(option.text.markdown) for option in answer.options if not option.correct]
    return not wrong or min(right) > max(wrong)
