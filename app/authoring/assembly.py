"""Lessons and the course put together from what was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from pydantic import TypeAdapter

from app.authoring import document as doc
from app.authoring.diagnostics import Code
from app.authoring.links import ANCHOR_PREFIX
from app.authoring.outline import Outline
from app.authoring.pages import Check, LessonPage
from app.authoring.questions.builder import build, fingerprint
from app.authoring.questions.cloze import CLOSE, OPEN
from app.authoring.questions.written import Text, WrittenQuestion
from app.authoring.render import Renderer
from app.authoring.schema import AwardMatter, CertificateMatter, CourseMatter, PrerequisiteMatter
from app.core import markdown
from app.core.i18n import gettext as _
from app.core.markdown import Converted

WORDS_A_MINUTE = 200
_CHECK = re.compile(f"<p>{OPEN}([0-9]+){CLOSE}</p>")
_LESSON: TypeAdapter[doc.Lesson] = TypeAdapter(doc.Lesson)


@dataclass(frozen=True, slots=True)
class LessonDraft:
    """A lesson whose headings are known and whose links are not led yet."""

    page: LessonPage
    renderer: Renderer
    text: Text
    converted: Converted
    headings: tuple[markdown.Heading, ...]

    def finish(self) -> doc.Lesson:
        """The lesson, once every page of the course can be linked to."""
        page, matter = self.page, self.page.matter
        blocks = self._blocks()
        text = " ".join(markdown.plain(b.html).text for b in blocks if isinstance(b, doc.HtmlBlock))
        lesson = doc.Lesson(
            id=matter.id,
            content_hash="",
            title=page.title,
            source=doc.Source(page.source.path, 1),
            estimated_minutes=matter.estimated_minutes or self._minutes(text),
            objectives=tuple(matter.objectives),
            competencies=tuple(matter.competencies),
            completion=matter.completion,
            headings=tuple(
                doc.Heading(h.level, ANCHOR_PREFIX + h.anchor, h.text) for h in self.headings
            ),
            blocks=blocks,
            text=text,
        )
        return replace(lesson, content_hash=fingerprint(_LESSON.dump_python(lesson, mode="json")))

    def _blocks(self) -> tuple[doc.HtmlBlock | doc.CheckBlock, ...]:
        """The rendered text, parted where a question stands in it.

        It is converted in one go, so that a footnote may stand below a question, and cleaned part
        by part, so that each part is whole HTML.
        """
        parts = _CHECK.split(self.converted.html)
        self._refuse_enclosed(parts[1::2])
        blocks: list[doc.HtmlBlock | doc.CheckBlock] = []
        for number, part in enumerate(parts):
            if number % 2:
                if question := self._question(int(part)):
                    blocks.append(doc.CheckBlock("check", build(question, self.renderer)))
            elif html := self.renderer.clean(Converted(part), self.text, ANCHOR_PREFIX).strip():
                blocks.append(doc.HtmlBlock("html", html))
        self._refuse_dead_anchors([b.html for b in blocks if isinstance(b, doc.HtmlBlock)])
        return tuple(blocks)

    def _question(self, number: int) -> WrittenQuestion | None:
        part = self.page.parts[number]
        return part.question if isinstance(part, Check) else None

    def _refuse_enclosed(self, found: list[str]) -> None:
        """A question inside HTML that is still open would not be asked."""
        for number, part in enumerate(self.page.parts):
            if isinstance(part, Check) and str(number) not in found:
                message = _("This question stands inside HTML. Close the HTML before it.")
                place = self.page.source.at(part.line)
                self.renderer.report.add(Code.BAD_BODY, place, message)

    def _refuse_dead_anchors(self, blocks: list[str]) -> None:
        html = "".join(blocks)
        ids = set(re.findall(r'\bid="([^"]*)"', html))
        for target in dict.fromkeys(re.findall(r'\bhref="#([^"]*)"', html)):
            if target not in ids:
                anchor = unescape(target).removeprefix(ANCHOR_PREFIX)
                place = self.page.source.find(f"#{anchor}", self.text.line or 1)
                message = _("There is no heading “#%(anchor)s” in this lesson.", anchor=anchor)
                self.renderer.report.add(Code.DEAD_LINK, place, message)

    def _minutes(self, text: str) -> int:
        return max(1, round(len(text.split()) / WORDS_A_MINUTE) + len(self.page.checks()))


def build_lesson(page: LessonPage, renderer: Renderer) -> LessonDraft:
    """Convert a lesson, a mark in the place of each of its questions."""
    pieces: list[str] = []
    for number, part in enumerate(page.parts):
        if isinstance(part, Check):
            pieces += ["", f"{OPEN}{number}{CLOSE}", ""]
        else:
            pieces += [line.text for line in part]
    text = Text("\n".join(pieces))
    converted = renderer.convert(text)
    _refuse_twin_ids(page, renderer)
    return LessonDraft(page, renderer, text, converted, converted.headings)


def _refuse_twin_ids(page: LessonPage, renderer: Renderer) -> None:
    seen: set[str] = set()
    for question in page.checks():
        if question.id in seen:
            message = _("Two questions have the id “%(id)s”.", id=question.id)
            place = page.source.at(question.heading.line)
            renderer.report.add(Code.DUPLICATE_ID, place, message)
        seen.add(question.id)


# --- The course -----------------------------------------------------------------------------------


def build_course(
    matter: CourseMatter,
    title: str,
    intro: str,
    outline: Outline,
    lessons: Mapping[str, doc.Lesson],
    quizzes: tuple[doc.Quiz, ...],
    media: tuple[doc.Media, ...],
) -> doc.Course:
    ids = {path: lesson.id for path, lesson in lessons.items()}
    ids |= {quiz.source.path: quiz.id for quiz in quizzes}
    marks = {quiz.id: quiz.pass_mark for quiz in quizzes}
    minutes = sum(lesson.estimated_minutes for lesson in lessons.values())
    return doc.Course(
        id=matter.id,
        title=title,
        version=matter.version,
        language=matter.language,
        level=matter.level,
        visibility=matter.visibility,
        summary=matter.summary,
        authors=tuple(matter.authors),
        tags=tuple(matter.tags),
        estimated_minutes=matter.estimated_minutes or minutes,
        prerequisites=tuple(_prerequisite(wanted) for wanted in matter.prerequisites),
        awards=tuple(_award(award, marks) for award in matter.awards),
        completion=doc.CourseCompletion(matter.completion.lessons, matter.completion.quizzes),
        certificate=_certificate(matter.certificate),
        changes=_changes(matter),
        intro_html=intro,
        modules=tuple(_modules(outline, ids)),
        lessons=tuple(lessons.values()),
        quizzes=quizzes,
        media=tuple(sorted(media, key=lambda file: file.path)),
    )


def _modules(outline: Outline, ids: Mapping[str, str]) -> list[doc.Module]:
    groups = [
        doc.Module(group.title, tuple(ids[e.path] for e in group.entries if e.path in ids))
        for group in outline.groups
    ]
    return [module for module in groups if module.items]


def _prerequisite(wanted: PrerequisiteMatter) -> doc.Prerequisite:
    if wanted.course is not None:
        return doc.CoursePrerequisite(wanted.course)
    if wanted.competency is not None and wanted.level is not None:
        return doc.CompetencyPrerequisite(wanted.competency, wanted.level)
    return doc.CertificationPrerequisite(wanted.certification or "")


def _award(award: AwardMatter, marks: Mapping[str, Any]) -> doc.Award:
    """Without a `min_score` of its own, the quiz's pass mark is enough."""
    return doc.Award(
        competency=award.competency,
        level=award.level,
        evidence=award.evidence,
        min_score=award.min_score if award.min_score is not None else marks.get(award.evidence, 0),
        valid_for=award.valid_for,
    )


def _certificate(given: CertificateMatter | None) -> doc.CertificateTerms | None:
    if given is None:
        return None
    return doc.CertificateTerms(
        title=given.title,
        requires=tuple(given.requires),
        valid_for=given.valid_for,
        renew_from=given.renew_from,
        grace=given.grace,
        renewal=given.renewal,
        design=given.design,
    )


def _changes(matter: CourseMatter) -> doc.Changes | None:
    if matter.changes is None:
        return None
    return doc.Changes(matter.changes.since, matter.changes.effect, matter.changes.quiz)
