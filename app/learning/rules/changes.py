"""What a new revision of a course changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.authoring.document import Course, Question


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of what is new, changed, the same, and gone."""

    new: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the lesson or quiz it stands in: its id is unique there."""

    place: str
    question: Question

    @property
    def key(self) -> str:
        return f"{self.place}/{self.question.id}"


def questions_of(course: Course) -> Iterator[Asked]:
    """Every question of a course: checks in lessons first, then quizzes with their pools."""
    for lesson in course.lessons:
        for block in lesson.blocks:
            if block.kind == "check":
                yield Asked(lesson.id, block.question)
    for quiz in course.quizzes:
        for section in quiz.sections:
            yield from (Asked(quiz.id, question) for question in section.questions)


def changed_lessons(before: Course | None, after: Course) -> Difference:
    """How the lessons differ; without a revision before, all are new."""
    return _difference(
        {lesson.id: lesson.content_hash for lesson in before.lessons} if before else {},
        {lesson.id: lesson.content_hash for lesson in after.lessons},
    )


def changed_questions(before: Course | None, after: Course) -> Difference:
    """How the questions differ, each named as `lesson-or-quiz/question`."""
    return _difference(_hashes(before) if before else {}, _hashes(after))


def _hashes(course: Course) -> dict[str, str]:
    return {asked.key: asked.question.content_hash for asked in questions_of(course)}


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> Difference:
    return Difference(
        new=tuple(key for key in after if key not in before),
        updated=tuple(key for key in after if key in before and before[key] != after[key]),
        unchanged=tuple(key for key in after if before.get(key) == after[key]),
        removed=tuple(key for key in before if key not in after),
    )
