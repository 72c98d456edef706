"""Compiling a course: its files in, a course or everything that is wrong with it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.authoring import document as doc
from app.authoring import lint, references
from app.authoring.assembly import build_course, build_lesson
from app.authoring.diagnostics import Code, Diagnostic, Place, Report, has_errors
from app.authoring.folder import Folder, leaves_folder, sort_files, too_large
from app.authoring.known import Known
from app.authoring.links import Links, Page
from app.authoring.outline import Entry, Outline, read_outline
from app.authoring.pages import (
    BankPage,
    LessonPage,
    QuizPage,
    open_file,
    read_bank,
    read_lesson,
    read_quiz,
    take_title,
)
from app.authoring.quizzes import QuizBuilder
from app.authoring.render import Renderer
from app.authoring.schema import CourseMatter
from app.authoring.source import SourceFile, decode
from app.core.i18n import gettext as _

COURSE = "course.md"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The course, or None where a diagnostic is an error."""

    course: doc.Course | None
    diagnostics: tuple[Diagnostic, ...]


def compile_course(files: Mapping[str, bytes], known: Known | None = None) -> Compiled:
    """Compile the files of one course folder, by their paths relative to it.

    For texts of people who are not trusted with the machine, use `confined.compile_confined`.
    """
    return compile_folder(sort_files(files), known or Known())


def compile_folder(folder: Folder, known: Known) -> Compiled:
    report = Report()
    course = _Compilation(folder, known, report).run()
    failed = course is None or has_errors(report.diagnostics)
    return Compiled(None if failed else course, report.diagnostics)


class _Compilation:
    """One run of the compiler; every step reports and goes on as far as it can."""

    def __init__(self, folder: Folder, known: Known, report: Report) -> None:
        self.folder = folder
        self.known = known
        self.report = report
        self.language = "en"
        self.lessons: dict[str, LessonPage] = {}
        self.quizzes: dict[str, QuizPage] = {}
        self.banks: dict[str, BankPage] = {}
        self.broken: set[str] = set()

    def run(self) -> doc.Course | None:
        sources = self._decode()
        if COURSE not in sources:
            if COURSE not in self.folder.texts:
                message = _("The folder has no course.md.")
                self.report.add(Code.NO_COURSE, Place(COURSE), message)
            return None
        source = sources[COURSE]
        matter, lines = open_file(source, CourseMatter, self.report)
        opened = take_title(source, lines, self.report)
        outline = read_outline(source, opened.lines)
        self.language = matter.language if matter else "en"
        self._read_pages(sources, outline)
        self._check_ids()
        links = self._links(matter.id if matter else "course")
        renderers = {path: self._renderer(sources[path], links) for path in sources}
        lessons = self._build_lessons(links, renderers)
        quizzes = self._build_quizzes(renderers)
        intro = renderers[COURSE].block(outline.intro, "c-")
        self._report_unlinked(links)
        if matter is None:
            return None
        ids = None if self.broken else [quiz.id for quiz in quizzes]
        references.check_course(source, matter, self.known, ids, self.report)
        return build_course(
            matter, opened.title, intro, outline, lessons, quizzes, tuple(links.used.values())
        )

    # --- Reading ------------------------------------------------------------------------------

    def _decode(self) -> dict[str, SourceFile]:
        sources: dict[str, SourceFile] = {}
        for path, facts in self.folder.media.items():
            if leaves_folder(path):
                self._refuse_path(path)
            if too_large(path, facts.size):
                self._refuse_size(path)
            if facts.active:
                message = _("The picture holds a script or an entity, or could run one.")
                self.report.add(Code.UNSAFE_MEDIA, Place(path), message)
        for path, data in sorted(self.folder.texts.items()):
            if leaves_folder(path):
                self._refuse_path(path)
            elif too_large(path, len(data)):
                self._refuse_size(path)
            else:
                try:
                    sources[path] = SourceFile(path, decode(data))
                except UnicodeDecodeError as error:
                    line = data[: error.start].count(b"\n") + 1
                    column = error.start - data.rfind(b"\n", 0, error.start)
                    message = _("The file is not UTF-8: save it as UTF-8.")
                    self.report.add(Code.NOT_UTF8, Place(path, line, column), message)
        return sources

    def _refuse_path(self, path: str) -> None:
        message = _("“%(path)s” leads out of the course's folder.", path=path)
        self.report.add(Code.BAD_PATH, Place(path), message)

    def _refuse_size(self, path: str) -> None:
        message = _("The file is too large: texts have 2 MiB at most, media 50 MiB.")
        self.report.add(Code.TOO_LARGE, Place(path), message)

    def _read_pages(self, sources: Mapping[str, SourceFile], outline: Outline) -> None:
        entries = list(outline.entries())
        for entry in entries:
            if self._check_entry(entry, sources):
                self._read_page(sources[entry.path])
        for path, source in sources.items():
            if path.endswith(".bank.md"):
                self.banks[path] = read_bank(source, self.language, self.report)
        if not entries:
            message = _(
                "course.md links to no lesson and no quiz: its list of links is the course."
            )
            self.report.add(Code.NO_OUTLINE, Place(COURSE), message)

    def _read_page(self, source: SourceFile) -> None:
        if source.path.endswith(".quiz.md"):
            if quiz := read_quiz(source, self.language, self.report):
                self.quizzes[source.path] = quiz
                return
        elif lesson := read_lesson(source, self.language, self.report):
            self.lessons[source.path] = lesson
            return
        self.broken.add(source.path)

    def _check_entry(self, entry: Entry, sources: Mapping[str, SourceFile]) -> bool:
        """Whether a link of the outline leads to a page that can be read."""
        if leaves_folder(entry.path):
            message = _("“%(path)s” leads out of the course's folder.", path=entry.path)
            self.report.add(Code.BAD_PATH, entry.place, message)
        elif entry.path not in self.folder.texts:
            message = _("There is no file “%(path)s” in the course.", path=entry.path)
            self.report.add(Code.DEAD_LINK, entry.place, message)
        elif entry.path.endswith(".bank.md"):
            message = _("A bank of questions is no page: nothing can lead to it.")
            self.report.add(Code.DEAD_LINK, entry.place, message)
        else:
            if entry.path not in sources:
                self.broken.add(entry.path)
            return entry.path in sources and entry.path != COURSE
        return False

    def _check_ids(self) -> None:
        seen: dict[str, str] = {}
        pages: dict[str, LessonPage | QuizPage] = {**self.lessons, **self.quizzes}
        for path, page in pages.items():
            if page.matter.id in seen:
                message = _(
                    "The id “%(id)s” stands in %(path)s as well.",
                    id=page.matter.id,
                    path=seen[page.matter.id],
                )
                place = page.source.find(page.matter.id, 2)
                self.report.add(Code.DUPLICATE_ID, place, message)
            seen.setdefault(page.matter.id, path)

    # --- Building -----------------------------------------------------------------------------

    def _links(self, course_id: str) -> Links:
        """Where links may lead. Lessons follow once their headings are known."""
        pages = {COURSE: Page("course", course_id)}
        for path, quiz in self.quizzes.items():
            pages[path] = Page("quiz", quiz.matter.id)
        return Links(course_id, pages, self.folder, frozenset(self.broken))

    def _renderer(self, source: SourceFile, links: Links) -> Renderer:
        return Renderer(source, self.language, links, self.report)

    def _build_lessons(
        self, links: Links, renderers: Mapping[str, Renderer]
    ) -> dict[str, doc.Lesson]:
        drafts = {}
        for path, page in self.lessons.items():
            drafts[path] = draft = build_lesson(page, renderers[path])
            anchors = frozenset(heading.anchor for heading in draft.headings)
            links.pages = {**links.pages, path: Page("lesson", page.matter.id, anchors)}
        built = {}
        for path, page in self.lessons.items():
            built[path] = drafts[path].finish()
            references.check_competencies(
                page.source, page.matter.competencies, self.known, self.report
            )
            lint.lint_lesson(page, self.report)
            for question in page.checks():
                lint.lint_question(page.source, question, self.report)
                references.check_question(page.source, question, self.known, self.report)
        return built

    def _build_quizzes(self, renderers: Mapping[str, Renderer]) -> tuple[doc.Quiz, ...]:
        builder = QuizBuilder(self.banks, renderers, self.known, self.report)
        quizzes = tuple(builder.build(page) for page in self.quizzes.values())
        builder.finish(complete=not self.broken)
        return quizzes

    def _report_unlinked(self, links: Links) -> None:
        read = {COURSE, *self.lessons, *self.quizzes, *self.banks, *links.used}
        for path in (*self.folder.texts, *self.folder.media):
            if path not in read and not self._broken(path):
                message = _("Nothing links to this file.")
                self.report.add(Code.UNLINKED_FILE, Place(path), message)

    def _broken(self, path: str) -> bool:
        """Whether something worse was said of this file already."""
        return any(found.place.path == path for found in self.report.diagnostics)
