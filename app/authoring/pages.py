"""Lessons, quizzes and banks taken apart: front matter, title, sections, questions as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.authoring import frontmatter
from app.authoring.diagnostics import Code, Report
from app.authoring.presets import completed
from app.authoring.questions.attributes import (
    SECTION_KEYS,
    Given,
    SectionAttributes,
    section_attributes,
    take_comment,
)
from app.authoring.questions.reader import QuestionReader
from app.authoring.questions.written import Text, WrittenQuestion
from app.authoring.schema import BankMatter, LessonMatter, M, QuizMatter, validate
from app.authoring.source import HEADING, Line, SourceFile
from app.core import markdown
from app.core.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Opened:
    """A file behind its front matter and title."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Check:
    """A question in a lesson; None if it could not be read."""

    line: int
    question: WrittenQuestion | None


@dataclass(frozen=True, slots=True)
class LessonPage:
    """`parts` are the lesson's own lines and its checks, in turn."""

    source: SourceFile
    matter: LessonMatter
    title: str
    parts: tuple[Sequence[Line] | Check, ...]

    def checks(self) -> list[WrittenQuestion]:
        return [p.question for p in self.parts if isinstance(p, Check) and p.question]


@dataclass(frozen=True, slots=True)
class WrittenSection:
    """A part of a quiz or bank. `title` None is what stands before the first H2."""

    title: str | None
    line: int
    attributes: SectionAttributes
    given: Mapping[str, Given]
    scenario: Text
    questions: tuple[WrittenQuestion, ...]


@dataclass(frozen=True, slots=True)
class QuizPage:
    source: SourceFile
    matter: QuizMatter
    title: str
    intro: Text
    sections: tuple[WrittenSection, ...]


@dataclass(frozen=True, slots=True)
class BankPage:
    source: SourceFile
    sections: tuple[WrittenSection, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the lines up to the next one that ends it."""

    heading: Line
    level: int
    text: str
    lines: Sequence[Line]


def read_lesson(source: SourceFile, language: str, report: Report) -> LessonPage | None:
    matter, lines = open_file(source, LessonMatter, report)
    opened = take_title(source, lines, report)
    reader = QuestionReader(source, language, report)
    parts: list[Sequence[Line] | Check] = []
    for block in blocks(opened.lines, through=3):
        if block.level == 3 and block.text.startswith("Q:"):
            text = block.text.removeprefix("Q:").strip()
            question, rest = reader.read(block.heading, text, block.lines, in_lesson=True)
            parts += [Check(block.heading.number, question), rest]
        else:
            parts.append([block.heading, *block.lines] if block.level else block.lines)
    return LessonPage(source, matter, opened.title, tuple(parts)) if matter else None


def read_quiz(source: SourceFile, language: str, report: Report) -> QuizPage | None:
    matter, lines = open_file(source, QuizMatter, report)
    opened = take_title(source, lines, report)
    intro, sections = _sections(source, opened.lines, language, report)
    return QuizPage(source, completed(matter), opened.title, intro, sections) if matter else None


def read_bank(source: SourceFile, language: str, report: Report) -> BankPage:
    _matter, lines = open_file(source, BankMatter, report)
    without_title = [line for line in lines if line.quoted or _level(line) != 1]
    return BankPage(source, _sections(source, without_title, language, report)[1])


def open_file(
    source: SourceFile, model: type[M], report: Report
) -> tuple[M | None, Sequence[Line]]:
    """The front matter as `model` (None if refused) and the lines after it."""
    found = frontmatter.split(source)
    if found is None:
        message = _("The front matter is not closed: a line with --- is missing.")
        report.add(Code.FRONT_MATTER, source.at(1), message)
        return None, source.lines[1:]
    text, last = found
    if not last and any(field.is_required() for field in model.model_fields.values()):
        message = _("The file begins with front matter between two lines of ---.")
        report.add(Code.FRONT_MATTER, source.at(1), message)
        return None, source.lines
    located = frontmatter.read(text, source.path, 2, report)
    return (validate(model, located, report) if located else None), source.lines[last:]


def take_title(source: SourceFile, lines: Sequence[Line], report: Report) -> Opened:
    """The one H1, and the lines without it."""
    titles = [line for line in lines if _level(line) == 1]
    if not titles:
        message = _("The title is missing: a line “# Title” after the front matter.")
        report.add(Code.TITLE, source.at(lines[0].number if lines else 1), message)
        return Opened(source.path, lines)
    for second in titles[1:]:
        message = _("There is one title (#) in a file; below it come ##, ### and so on.")
        report.add(Code.TITLE, source.at(second.number), message)
    return Opened(_heading_text(titles[0]), [line for line in lines if line is not titles[0]])


def blocks(lines: Sequence[Line], through: int) -> Iterator[Block]:
    """Lines parted at headings of levels 2 to `through`; level 0 is what comes before the first."""
    heading, level, text = lines[0] if lines else Line(1, ""), 0, ""
    gathered: list[Line] = []
    for line in lines:
        found = _level(line)
        if 2 <= found <= through:
            yield Block(heading, level, text, gathered)
            heading, level, gathered = line, found, []
            match = HEADING.fullmatch(line.text)
            text = match[2] if match else ""
        else:
            gathered.append(line)
    yield Block(heading, level, text, gathered)


def _sections(
    source: SourceFile, lines: Sequence[Line], language: str, report: Report
) -> tuple[Text, tuple[WrittenSection, ...]]:
    """What stands before everything else, and the sections in their order."""
    reader = QuestionReader(source, language, report)
    intro = Text("")
    sections: list[WrittenSection] = []
    for part in blocks(lines, through=2):
        before, *questions = blocks(part.lines, through=3)
        given: Mapping[str, Given] = {}
        scenario = before.lines
        if part.level == 2:
            given, scenario = take_comment(source, scenario, SECTION_KEYS, report)
        read = [reader.read(q.heading, q.text, q.lines)[0] for q in questions]
        section = WrittenSection(
            title=_heading_text(part.heading) if part.level == 2 else None,
            line=part.heading.number,
            attributes=section_attributes(dict(given), report),
            given=given,
            scenario=as_text(scenario),
            questions=tuple(question for question in read if question),
        )
        if part.level == 0:
            intro = section.scenario
        if part.level == 2 or questions:
            sections.append(section)
    return intro, tuple(sections)


def as_text(lines: Sequence[Line]) -> Text:
    """Lines as one text, empty ones around it left out."""
    full = [n for n, line in enumerate(lines) if not line.blank]
    if not full:
        return Text("")
    kept = lines[full[0] : full[-1] + 1]
    return Text("\n".join(line.text for line in kept), kept[0].number)


def _level(line: Line) -> int:
    """The level of a heading; 0 for any other line."""
    if line.quoted or "#" not in line.text:
        return 0
    match = HEADING.fullmatch(line.text)
    return len(match[1]) if match else 0


def _heading_text(line: Line) -> str:
    match = HEADING.fullmatch(line.text)
    html = markdown.convert_line(match[2] if match else "").html
    return markdown.plain(markdown.clean(html, prefix="")).text
