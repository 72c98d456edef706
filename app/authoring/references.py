"""What front matter refers to: competencies, courses, certifications, quizzes of the course."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from app.authoring import frontmatter
from app.authoring.diagnostics import Code, Place, Report
from app.authoring.frontmatter import Located, Path
from app.authoring.known import Known
from app.authoring.questions.written import WrittenQuestion
from app.authoring.schema import CourseMatter, nearest
from app.authoring.source import SourceFile
from app.core.i18n import gettext as _


def check_course(
    source: SourceFile,
    matter: CourseMatter,
    known: Known,
    quizzes: Collection[str] | None,
    report: Report,
) -> None:
    """Report what `course.md` names and nobody knows, and prerequisites that run in a circle.

    Args:
        quizzes: ids of the quizzes in the outline; None if one of them could not be read.
    """
    checker = _Checker(source, known, quizzes, report)
    checker.prerequisites(matter)
    for number, award in enumerate(matter.awards):
        checker.competency(award.competency, ("awards", number, "competency"))
        checker.ceiling(award.competency, award.level, ("awards", number, "level"))
        checker.quiz(award.evidence, ("awards", number, "evidence"))
    if certificate := matter.certificate:
        for quiz in certificate.requires:
            checker.quiz(quiz, ("certificate", "requires"))
        checker.quiz(certificate.renewal, ("certificate", "renewal"))
    if matter.changes:
        checker.quiz(matter.changes.quiz, ("changes", "quiz"))


def check_competencies(
    source: SourceFile, codes: Iterable[str], known: Known, report: Report
) -> None:
    """Report unknown ones among the competencies of a lesson."""
    for code in codes:
        check_competency(code, source.find(code, 1), known, report)


def check_question(
    source: SourceFile, question: WrittenQuestion, known: Known, report: Report
) -> None:
    code = question.attributes.competency
    if code is not None:
        place = source.find(code, question.heading.line + 1)
        check_competency(code, place, known, report)


def check_competency(code: str, place: Place, known: Known, report: Report) -> None:
    if known.competencies is not None and code not in known.competencies:
        message = _("There is no competency “%(code)s”.", code=code)
        message += nearest(code, sorted(known.competencies))
        report.add(Code.UNKNOWN_COMPETENCY, place, message)


def circle(start: str, asks: Mapping[str, Iterable[str]]) -> list[str] | None:
    """A way from a course over those it asks for back to itself; None if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for course in asks.get(way[-1], ()):
            if course == start:
                return [*way, start]
            if course not in seen:
                seen.add(course)
                ways.append([*way, course])
    return None


class _Checker:
    def __init__(
        self, source: SourceFile, known: Known, quizzes: Collection[str] | None, report: Report
    ) -> None:
        self.known = known
        self.quizzes = quizzes
        self.report = report
        found = frontmatter.split(source)
        text = found[0] if found else ""
        # Read before without a fault: this time only for the places.
        self.located = frontmatter.read(text, source.path, 2, Report()) or Located({})

    def prerequisites(self, matter: CourseMatter) -> None:
        courses = self.known.courses
        for number, wanted in enumerate(matter.prerequisites):
            path: Path = ("prerequisites", number)
            if wanted.competency:
                self.competency(wanted.competency, (*path, "competency"))
            self._certification(wanted.certification, (*path, "certification"))
            if courses is not None and wanted.course not in (None, matter.id, *courses):
                message = _("There is no course “%(id)s”.", id=wanted.course)
                message += nearest(wanted.course or "", sorted(courses))
                place = self.located.value_at((*path, "course"))
                self.report.add(Code.UNKNOWN_COURSE, place, message)
        own = tuple(wanted.course for wanted in matter.prerequisites if wanted.course)
        if way := circle(matter.id, {**(courses or {}), matter.id: own}):
            message = _("Prerequisites run in a circle: %(way)s.", way=" → ".join(way))
            self.report.add(Code.CYCLE, self.located.value_at(("prerequisites",)), message)

    def competency(self, code: str, path: Path) -> None:
        check_competency(code, self.located.value_at(path), self.known, self.report)

    def ceiling(self, code: str, level: int, path: Path) -> None:
        highest = self.known.ceilings.get(code)
        if highest is not None and level > highest:
            message = _(
                "An exam shows level %(highest)s of “%(code)s” at most: what is above takes a piece"
                " of work that people assess.",
                highest=highest,
                code=code,
            )
            self.report.add(Code.BAD_VALUE, self.located.value_at(path), message)

    def quiz(self, quiz: str | None, path: Path) -> None:
        if quiz is not None and self.quizzes is not None and quiz not in self.quizzes:
            message = _("The course has no quiz “%(id)s”.", id=quiz)
            message += nearest(quiz, sorted(self.quizzes))
            self.report.add(Code.UNKNOWN_QUIZ, self.located.value_at(path), message)

    def _certification(self, code: str | None, path: Path) -> None:
        catalogue = self.known.certifications
        if code is not None and catalogue is not None and code not in catalogue:
            message = _("There is no certification “%(code)s”.", code=code)
            message += nearest(code, sorted(catalogue))
            self.report.add(Code.UNKNOWN_CERTIFICATION, self.located.value_at(path), message)
