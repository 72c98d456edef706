"""Noticing that somebody has finished a course: lessons are learning's, passes are ours."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.assessment.announcements import AttemptGraded
from app.assessment.queries import finishing as passes
from app.assessment.queries.finishing import Reached
from app.authoring.document import Course
from app.learning import queries as learning
from app.learning.announcements import LessonCompleted, RevisionReplaced
from app.learning.queries import Completed
from app.learning.rules.progress import Standing, is_finished, outline
from app.learning.updates import queries as updates
from app.learning.updates import services
from app.learning.updates.rules import remaining


def note_lesson(completed: LessonCompleted) -> None:
    """A lesson was completed: perhaps it was the last thing missing."""
    _note(completed.person_id, completed.course_id, completed.completed_at)


def note_attempt(graded: AttemptGraded) -> None:
    """An attempt has its result: likewise."""
    _note(graded.person_id, graded.course_id, graded.graded_at)


def settle(replaced: RevisionReplaced) -> None:
    """Before another revision is served: write down who finished the one before, if nobody did.

    It happens for those who finished before this was kept, and is announced while the revision
    before is still served.
    """
    people = updates.enrolled_without_completion(replaced.course_id)
    served = updates.served_revision(replaced.course_id)
    if not people or served is None or served.id != replaced.before_id:
        return
    course = learning.document(served)
    for person_id, reached, completed in _standings(course.id, people):
        if _has_finished(course, completed, reached):
            services.complete(person_id, course.id, served.id, reached.last_at or replaced.at)


def _note(person_id: int, course_id: str, at: datetime) -> None:
    if (found := updates.served_and_completed(course_id, person_id)) is None:
        return
    served, newest = found
    if newest is not None and newest >= served.id:
        return
    course = learning.document(served)
    ((_, reached, completed),) = _standings(course_id, [person_id])
    if newest is None:
        finished = _has_finished(course, completed, reached)
    else:
        finished = _is_up_to_date(person_id, course, served.id, newest, completed)
    if finished:
        services.complete(person_id, course_id, served.id, at)


def _standings(course_id: str, people: Collection[int]) -> list[tuple[int, Reached, Completed]]:
    reached = passes.reached(course_id, people)
    lessons = updates.completed_lessons(course_id, people)
    return [(one, reached.get(one, Reached()), lessons.get(one, {})) for one in people]


def _has_finished(course: Course, completed: Completed, reached: Reached) -> bool:
    standing = Standing(completed, frozenset(reached.passed), frozenset(reached.attempted))
    return is_finished(course, outline(course, standing))


def _is_up_to_date(
    person_id: int, course: Course, served_id: int, newest: int, completed: Completed
) -> bool:
    """Whether nothing is left of what was asked; False where nothing was, and nothing changes."""
    update = updates.update(course.id, newest, served_id)
    if update is None:
        return False
    passed = passes.passed_since(course.id, update.revision_id, [person_id])
    return not remaining(update, course, completed, passed.get(person_id, set()))
