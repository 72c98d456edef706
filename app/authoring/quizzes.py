"""Quizzes put together: sections, questions of their own, questions drawn from banks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from app.authoring import document as doc
from app.authoring import lint, references
from app.authoring.diagnostics import Code, Report
from app.authoring.known import Known
from app.authoring.pages import BankPage, QuizPage, WrittenSection
from app.authoring.presets import breaks_of, presets
from app.authoring.questions.builder import build
from app.authoring.questions.written import WrittenQuestion
from app.authoring.render import Renderer
from app.authoring.schema import QuizMatter
from app.authoring.source import SourceFile
from app.core import markdown
from app.core.i18n import gettext as _

_FEEDBACK = {
    doc.QuizMode.PRACTICE: doc.Feedback.IMMEDIATE,
    doc.QuizMode.CHECKPOINT: doc.Feedback.AFTER_SUBMIT,
    doc.QuizMode.EXAM: doc.Feedback.AFTER_SUBMIT,
}


class QuizBuilder:
    """Builds the quizzes of one course; each bank is built once, however many draw from it."""

    def __init__(
        self,
        banks: Mapping[str, BankPage],
        renderers: Mapping[str, Renderer],
        known: Known,
        report: Report,
    ) -> None:
        self.banks = banks
        self.renderers = renderers
        self.known = known
        self.report = report
        self.drawn: set[tuple[str, int]] = set()
        self.shuffled: set[tuple[str, int]] = set()
        self.pools = {path: self._pools(bank) for path, bank in banks.items()}

    def build(self, page: QuizPage) -> doc.Quiz:
        sections = tuple(self._section(page, section) for section in page.sections)
        quiz = _quiz(page, self._intro(page), sections)
        self._check_preset(page, quiz)
        self._check(page, quiz)
        return quiz

    def _check_preset(self, page: QuizPage, quiz: doc.Quiz) -> None:
        if quiz.preset is None or quiz.preset in presets():
            return
        message = _(
            "There is no preset “%(name)s”; there are %(names)s.",
            name=quiz.preset,
            names=", ".join(sorted(presets())),
        )
        self.report.add(Code.UNKNOWN_PRESET, page.source.at(1), message)

    def finish(self, *, complete: bool) -> None:
        """What can be said of banks only after every quiz was built.

        Args:
            complete: every page could be read; else nobody knows what draws from a bank.
        """
        for path, bank in self.banks.items():
            questions = [q for section in bank.sections for q in section.questions]
            lint.lint_positions(bank.source, questions, self.report)
            if complete:
                self._report_unused(path, bank)
            for section in bank.sections:
                if (path, section.line) in self.shuffled:
                    lint.lint_shuffled(bank.source, section.questions, self.report)

    # --- Sections -------------------------------------------------------------------------------

    def _pools(self, bank: BankPage) -> dict[int, tuple[doc.Question, ...]]:
        """The questions of each section of a bank, by the line it begins on."""
        self._refuse_twins(bank.source, bank.sections)
        pools = {}
        for section in bank.sections:
            questions = self._questions(bank.source, section.questions)
            pools[section.line] = _in_domain(questions, section.attributes.domain)
        return pools

    def _questions(
        self, source: SourceFile, written: Sequence[WrittenQuestion]
    ) -> tuple[doc.Question, ...]:
        for question in written:
            lint.lint_question(source, question, self.report)
            references.check_question(source, question, self.known, self.report)
        return tuple(build(question, self.renderers[source.path]) for question in written)

    def _section(self, page: QuizPage, section: WrittenSection) -> doc.Section:
        given = section.attributes
        own = self._questions(page.source, section.questions)
        drawn = self._drawn_from(page, section)
        pool = own + (drawn or ())
        if given.draw is not None and drawn is not None and given.draw > len(pool):
            message = _(
                "%(draw)s questions cannot be drawn from %(count)s.",
                draw=given.draw,
                count=len(pool),
            )
            self.report.add(Code.DRAW, section.given["draw"].place, message)
        renderer = self.renderers[page.source.path]
        scenario = section.scenario if section.title is not None else None
        prefix = f"s-{section.line}-"
        return doc.Section(
            title=section.title,
            domain=given.domain,
            scenario_html=renderer.block(scenario, prefix) or None if scenario else None,
            questions=_in_domain(pool, given.domain),
            draw=given.draw,
            avoid_seen=given.avoid_seen,
        )

    def _drawn_from(
        self, page: QuizPage, section: WrittenSection
    ) -> tuple[doc.Question, ...] | None:
        """The questions of the bank, or the section of a bank, that `from` names.

        None if there is no such bank or section; none at all without a `from`.
        """
        target = section.attributes.from_
        if target is None:
            return ()
        name, _sign, fragment = target.partition("#")
        beside = posixpath.join(posixpath.dirname(page.source.path), unquote(name))
        candidates = [posixpath.normpath(unquote(name)), posixpath.normpath(beside)]
        path = next((path for path in candidates if path in self.banks), None)
        place = section.given["from"].place
        if path is None:
            message = _("There is no bank “%(path)s” in the course.", path=name)
            self.report.add(Code.DEAD_LINK, place, message)
            return None
        sections = _named(self.banks[path].sections, fragment)
        if not sections:
            message = _("There is no section “#%(anchor)s” in that bank.", anchor=fragment)
            self.report.add(Code.DEAD_LINK, place, message)
            return None
        lines = [(path, found.line) for found in sections]
        self.drawn.update(lines)
        if "options" in page.matter.shuffle:
            self.shuffled.update(lines)
        return tuple(q for found in sections for q in self.pools[path][found.line])

    # --- Checks ---------------------------------------------------------------------------------

    def _check(self, page: QuizPage, quiz: doc.Quiz) -> None:
        self._refuse_twins(page.source, page.sections)
        questions = [question for section in quiz.sections for question in section.questions]
        if not questions:
            message = _("The quiz asks no question.")
            self.report.add(Code.NO_QUESTIONS, page.source.at(1), message)
        self._refuse_twice_drawn(page, questions)
        self._refuse_changed_types(page, questions)
        written = [q for section in page.sections for q in section.questions]
        lint.lint_positions(page.source, written, self.report)
        if quiz.shuffle_options:
            lint.lint_shuffled(page.source, written, self.report)

    def _refuse_twins(self, source: SourceFile, sections: Sequence[WrittenSection]) -> None:
        seen: set[str] = set()
        for question in (q for section in sections for q in section.questions):
            if question.id in seen:
                message = _("Two questions have the id “%(id)s”.", id=question.id)
                place = source.find(question.id, question.heading.line)
                self.report.add(Code.DUPLICATE_ID, place, message)
            seen.add(question.id)

    def _refuse_twice_drawn(self, page: QuizPage, questions: Sequence[doc.Question]) -> None:
        counts = Counter((q.id, q.source.path != page.source.path) for q in questions)
        own = {question_id for question_id, from_bank in counts if not from_bank}
        for (question_id, from_bank), count in counts.items():
            if from_bank and (count > 1 or question_id in own):
                message = _("The question “%(id)s” could be asked twice.", id=question_id)
                self.report.add(Code.DUPLICATE_ID, page.source.at(1), message)

    def _refuse_changed_types(self, page: QuizPage, questions: Sequence[doc.Question]) -> None:
        for question in questions:
            before = self.known.attempted.get(f"{page.matter.id}/{question.id}")
            if before is not None and before != question.type:
                message = _(
                    "“%(id)s” was of type %(before)s when people answered it and is of type"
                    " %(after)s now: give the new question an id of its own.",
                    id=question.id,
                    before=before,
                    after=question.type,
                )
                source = self.renderers[question.source.path].source
                self.report.add(Code.TYPE_CHANGED, source.at(question.source.line), message)

    def _report_unused(self, path: str, bank: BankPage) -> None:
        unused = [s for s in bank.sections if (path, s.line) not in self.drawn and s.questions]
        if not bank.sections or len(unused) == len(bank.sections):
            message = _("No quiz draws from this bank.")
            self.report.add(Code.UNUSED_BANK, bank.source.at(1), message)
            return
        for section in unused:
            message = _("No quiz draws from this section of the bank.")
            self.report.add(Code.UNUSED_BANK, bank.source.at(section.line), message)

    def _intro(self, page: QuizPage) -> str | None:
        renderer = self.renderers[page.source.path]
        return renderer.block(page.intro, "i-") or None


def _named(sections: Sequence[WrittenSection], fragment: str) -> list[WrittenSection]:
    """Sections whose heading has this anchor; all of them without one."""
    if not fragment:
        return list(sections)
    wanted = re.sub("-+", "-", unquote(fragment))
    return [s for s in sections if s.title is not None and markdown.anchor(s.title) == wanted]


def _in_domain(questions: Sequence[doc.Question], domain: str | None) -> tuple[doc.Question, ...]:
    """A question without a domain of its own belongs to that of its section."""
    if domain is None:
        return tuple(questions)
    return tuple(q if q.domain is not None else replace(q, domain=domain) for q in questions)


def _quiz(page: QuizPage, intro: str | None, sections: tuple[doc.Section, ...]) -> doc.Quiz:
    matter: QuizMatter = page.matter
    return doc.Quiz(
        id=matter.id,
        title=page.title,
        source=doc.Source(page.source.path, 1),
        intro_html=intro,
        mode=matter.mode,
        time_limit=matter.time_limit,
        pass_mark=matter.pass_mark,
        attempts=matter.attempts,
        cooldown=matter.cooldown,
        grading=matter.grading,
        feedback=matter.feedback or _FEEDBACK[matter.mode],
        navigation=matter.navigation,
        shuffle_questions="questions" in matter.shuffle,
        shuffle_options="options" in matter.shuffle,
        on_timeout=matter.on_timeout,
        grace=matter.grace,
        open_book=matter.open_book,
        preset=matter.preset,
        sections=sections,
        breaks=tuple(doc.Break(one.after, one.length) for one in breaks_of(matter)),
    )
