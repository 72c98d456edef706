"""How somebody stands in their courses, as pages show it: completions here, passes above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flask import url_for

from app.assessment import queries as assessment
from app.authoring import document
from app.authoring.document import Lesson, Quiz
from app.core.i18n import duration, language, ngettext
from app.core.i18n import gettext as _
from app.core.policy import Actor
from app.learning import queries
from app.learning.queries import Visit
from app.learning.rules.progress import (
    Item,
    ItemState,
    Outline,
    Standing,
    is_finished,
    outline,
    where_to_go_on,
)
from app.learning.updates import queries as updates
from app.learning.updates.rules import Remaining, Update, remaining, up_to_date
from app.web.forms import given


@dataclass(frozen=True, slots=True)
class Course:
    """A course as one person stands in it."""

    visit: Visit
    document: document.Course
    outline: Outline
    update: Update | None = None
    """What the version that is served asks of somebody who finished an older one."""
    left: Remaining | None = None
    """What of it is still to be done; None where nothing was asked."""

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def enrolled(self) -> bool:
        return self.visit.enrolment is not None

    @property
    def finished(self) -> bool:
        """Once finished it stays so, as long as a new version asks for nothing."""
        if self.visit.finished_id is not None:
            return not self.left
        return is_finished(self.document, self.outline)

    @property
    def behind(self) -> bool:
        """Whether they finished an older version and have not met what this one asks."""
        return bool(self.left)

    @property
    def started(self) -> bool:
        return self.outline.done > 0 or self._place is not None

    @property
    def progress_text(self) -> str:
        return _("%(done)s of %(total)s done", done=self.outline.done, total=self.outline.total)

    @property
    def _place(self) -> str | None:
        return self.visit.enrolment.last_lesson_id if self.visit.enrolment else None

    @property
    def next(self) -> Item | None:
        """Where to go on; None if everything is done."""
        if self.left:
            asked = (*self.left.lessons, *self.left.quizzes)
            return next((one for one in self.outline.items() if one.id in asked), None)
        return where_to_go_on(self.outline, self._place)

    @property
    def next_url(self) -> str | None:
        """The address of what comes next, at the heading where reading stopped."""
        if (item := self.next) is None:
            return None
        enrolment = self.visit.enrolment
        here = enrolment is not None and enrolment.last_lesson_id == item.id
        return item_url(self.id, item, anchor=enrolment.last_anchor if here and enrolment else None)


def stand(actor: Actor, visit: Visit) -> Course:
    """How the actor stands in one course."""
    return _course(actor, visit, queries.document(visit.revision), _results(actor, visit.course_id))


def stand_in_all(actor: Actor) -> list[Course]:
    """How the actor stands in every course they are enrolled in, the one read last first."""
    visits = queries.visits(actor)
    results = _results(actor, None)
    documents = queries.documents([visit.revision for visit in visits])
    return [_course(actor, visit, documents[visit.revision.id], results) for visit in visits]


Results = Mapping[str, Mapping[str, assessment.Standing]]
"""What somebody has reached, by course and quiz."""


def _results(actor: Actor, course_id: str | None) -> Results:
    results: dict[str, dict[str, assessment.Standing]] = defaultdict(dict)
    found = assessment.best_results(given(actor.person_id), course_id)
    for (course_id, quiz_id), result in found.items():
        results[course_id][quiz_id] = result
    return results


def _course(actor: Actor, visit: Visit, document: document.Course, results: Results) -> Course:
    mine = results.get(document.id, {})
    standing = Standing(
        visit.completed,
        passed={quiz_id for quiz_id, result in mine.items() if result.passed},
        attempted={quiz_id for quiz_id, result in mine.items() if result.attempts > result.is_open},
    )
    if visit.finished_id is None or visit.finished_id >= visit.revision.id:
        return Course(visit, document, outline(document, standing))
    update = updates.update(document.id, visit.finished_id, visit.revision.id)
    if update is None:
        return Course(visit, document, outline(document, up_to_date(document, standing)))
    person_id = given(actor.person_id)
    since = assessment.passed_since(document.id, update.revision_id, [person_id])
    passed = since.get(person_id, set())
    seen = up_to_date(document, standing, update, passed)
    left = remaining(update, document, visit.completed, passed)
    return Course(visit, document, outline(document, seen), update, left)


# --- Outlines for the page -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline, as `components/steps.html` draws it."""

    label: str
    url: str
    state: str
    kind: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Module:
    """A group of lines of the outline."""

    title: str | None
    items: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class _Stage:
    """How far somebody is in a revision: many are as far, and see the same outline."""

    content_hash: str
    states: tuple[ItemState, ...]
    outline: Outline = field(compare=False)


def entries(
    course: Course, current: str | None = None, *, details: bool = True
) -> Sequence[Module]:
    """The outline of a course for a page; `current` is the id of the item being shown."""
    states = tuple(item.state for item in course.outline.items())
    stage = _Stage(course.visit.revision.content_hash, states, course.outline)
    return _entries(language(), course.id, stage, current, details=details)


@lru_cache(maxsize=512)
def _entries(
    _language: str, course_id: str, stage: _Stage, current: str | None, *, details: bool
) -> Sequence[Module]:
    return tuple(
        Module(
            part.title,
            tuple(_entry(course_id, item, current, details=details) for item in part.items),
        )
        for part in stage.outline.parts
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new version asks of somebody who had finished."""

    label: str
    url: str
    short: bool


def asked(course: Course) -> list[Asked]:
    """What is left of it, in the course's order."""
    if not course.left or course.update is None:
        return []
    wanted = (*course.left.lessons, *course.left.quizzes)
    return [
        Asked(
            item.content.title,
            item_url(course.id, item),
            course.update.short and isinstance(item.content, Quiz),
        )
        for item in course.outline.items()
        if item.id in wanted
    ]


def _entry(course_id: str, item: Item, current: str | None, *, details: bool) -> Entry:
    state = "done" if item.done else "open"
    return Entry(
        label=item.content.title,
        url=item_url(course_id, item),
        state="current" if item.id == current else state,
        kind=str(item.content.mode) if isinstance(item.content, Quiz) else "lesson",
        detail=_detail(item) if details else None,
    )


def _detail(item: Item) -> str:
    if isinstance(item.content, Lesson):
        minutes = duration(item.content.estimated_minutes)
        if item.state is ItemState.CHANGED:
            return _("%(minutes)s, changed since you read it", minutes=minutes)
        return minutes
    return quiz_detail(item.content)


def quiz_detail(quiz: Quiz) -> str:
    """How long a quiz is: questions asked, and the time if it is limited."""
    asked = sum(section.draw or len(section.questions) for section in quiz.sections)
    questions = ngettext("%(num)s question", "%(num)s questions", asked)
    if quiz.time_limit is None:
        return questions
    minutes = duration(-(-quiz.time_limit // 60))
    return _("%(questions)s in %(minutes)s", questions=questions, minutes=minutes)


def item_url(course_id: str, item: Item, anchor: str | None = None) -> str:
    """The address of a lesson or quiz."""
    if isinstance(item.content, Quiz):
        return url_for("assessment.quiz", course_id=course_id, quiz_id=item.id)
    return url_for("learning.lesson", course_id=course_id, lesson_id=item.id, _anchor=anchor)
