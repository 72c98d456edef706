"""Progress in a course: what is done, what comes next, what has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.authoring.document import Course, Lesson, Quiz, QuizMode


class ItemState(StrEnum):
    DONE = "done"
    CHANGED = "changed"
    """Done, but as it stood then: the lesson has changed since."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has done in a course.

    `completed` has for each lesson the content hashes that were completed; `passed` and
    `attempted` (handed in, whatever came of it) have ids of quizzes.
    """

    completed: Mapping[str, Collection[str]] = field(default_factory=dict)
    passed: Collection[str] = frozenset()
    attempted: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A lesson or quiz in the outline of one person."""

    content: Lesson | Quiz
    state: ItemState

    @property
    def id(self) -> str:
        return self.content.id

    @property
    def done(self) -> bool:
        return self.state is ItemState.DONE


@dataclass(frozen=True, slots=True)
class Part:
    """A module of the outline."""

    title: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A course as one person stands in it."""

    parts: tuple[Part, ...]

    def items(self) -> Iterator[Item]:
        for part in self.parts:
            yield from part.items

    @property
    def total(self) -> int:
        return sum(1 for _item in self.items())

    @property
    def done(self) -> int:
        return sum(item.done for item in self.items())

    @property
    def share(self) -> float:
        """0 to 1; a course without lessons and quizzes is done."""
        return self.done / self.total if self.total else 1.0

    @property
    def next(self) -> Item | None:
        """The first thing that is not done."""
        return next((item for item in self.items() if not item.done), None)

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def around(self, item_id: str) -> tuple[Item | None, Item | None]:
        """What stands before and after an item."""
        items: list[Item | None] = [None, *self.items(), None]
        place = next(n for n, item in enumerate(items) if item and item.id == item_id)
        return items[place - 1], items[place + 1]


def outline(course: Course, standing: Standing) -> Outline:
    """The course's outline with the state of each item for somebody of this standing."""
    contents: dict[str, Lesson | Quiz] = {lesson.id: lesson for lesson in course.lessons}
    contents |= {quiz.id: quiz for quiz in course.quizzes}
    return Outline(
        tuple(
            Part(
                module.title,
                tuple(
                    Item(contents[key], _state(course, contents[key], standing))
                    for key in module.items
                ),
            )
            for module in course.modules
        )
    )


def _state(course: Course, content: Lesson | Quiz, standing: Standing) -> ItemState:
    if isinstance(content, Quiz):
        return ItemState.DONE if _quiz_done(course, content, standing) else ItemState.OPEN
    return lesson_state(content, standing.completed.get(content.id, ()))


def _quiz_done(course: Course, quiz: Quiz, standing: Standing) -> bool:
    """Practice is done when it was tried; else the course says whether a quiz has to be passed."""
    by_trying = quiz.mode is QuizMode.PRACTICE or course.completion.quizzes == "attempted"
    return quiz.id in standing.passed or (by_trying and quiz.id in standing.attempted)


def lesson_state(lesson: Lesson, hashes: Collection[str]) -> ItemState:
    """How a lesson stands for somebody who completed it as of these content hashes."""
    if lesson.content_hash in hashes:
        return ItemState.DONE
    return ItemState.CHANGED if hashes else ItemState.OPEN


def is_finished(course: Course, outline: Outline) -> bool:
    """Whether the course's own rule of completion is met; practice never has to be done."""
    return all(item.done for item in outline.items() if _counts(course, item.content))


def _counts(course: Course, content: Lesson | Quiz) -> bool:
    if isinstance(content, Lesson):
        return course.completion.lessons == "all"
    return course.completion.quizzes != "none" and content.mode is not QuizMode.PRACTICE


def checks_done(lesson: Lesson, right: Collection[str]) -> bool:
    """Whether all checks of a lesson are among those answered `right` (hashes of questions)."""
    return all(
        block.question.content_hash in right for block in lesson.blocks if block.kind == "check"
    )


def where_to_go_on(outline: Outline, last_lesson: str | None) -> Item | None:
    """The lesson where reading stopped, if it is not done; else the next thing that is not."""
    items = list(outline.items())
    place = next((n for n, item in enumerate(items) if item.id == last_lesson), 0)
    return next((item for item in (*items[place:], *items[:place]) if not item.done), None)
