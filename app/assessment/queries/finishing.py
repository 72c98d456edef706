"""Which quizzes people passed, as far as it decides whether they finished a course, and who is
behind a new version of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.assessment.models import Attempt, AttemptState
from app.assessment.queries.offers import BEGUN
from app.authoring import document
from app.authoring.document import Visibility
from app.core import db
from app.learning.models import Course
from app.learning.updates import queries as updates
from app.learning.updates.queries import Finisher
from app.learning.updates.rules import Remaining, Update, remaining, update_of


@dataclass(slots=True)
class Reached:
    """What somebody did with the quizzes of a course: ids, and when the last of it happened."""

    passed: set[str] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    last_at: datetime | None = None


def reached(course_id: str, person_ids: Collection[int]) -> dict[int, Reached]:
    """What people reached in whole attempts at the quizzes of a course, by person."""
    query = select(Attempt.person_id, Attempt.quiz_id, Attempt.passed, Attempt.submitted_at).where(
        Attempt.course_id == course_id,
        Attempt.person_id.in_(person_ids),
        Attempt.state != AttemptState.VOID,
        Attempt.submitted_at.is_not(None),
        Attempt.short.is_(False),
        BEGUN,
    )
    found: dict[int, Reached] = defaultdict(Reached)
    for person_id, quiz_id, passed, submitted_at in db.session.execute(query):
        one = found[person_id]
        one.attempted.add(quiz_id)
        if passed:
            one.passed.add(quiz_id)
        one.last_at = max(filter(None, (one.last_at, submitted_at)), default=None)
    return dict(found)


def passed_since(
    course_id: str, revision_id: int, person_ids: Collection[int]
) -> dict[int, set[str]]:
    """Quizzes that people passed as they stand in a revision or a later one, short ones too."""
    query = select(Attempt.person_id, Attempt.quiz_id).where(
        Attempt.course_id == course_id,
        Attempt.person_id.in_(person_ids),
        Attempt.revision_id >= revision_id,
        Attempt.passed.is_(True),
        Attempt.state != AttemptState.VOID,
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, quiz_id in db.session.execute(query):
        found[person_id].add(quiz_id)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody who finished an older version of a course, and what they still have to do."""

    finisher: Finisher
    course: document.Course
    """As it is served now."""
    update: Update
    left: Remaining


def behind(course_id: str | None = None) -> list[Behind]:
    """Who is behind, by course and name; of one course or of all.

    Nobody's answers, scores or attempts are among it: only what is left to be done.
    """
    courses = [
        one
        for one in updates.courses_with_older_completions()
        if course_id in (None, one.id) and one.visibility is not Visibility.DRAFT
    ]
    return [found for course in courses for found in _behind(course)]


def _behind(course: Course) -> Iterator[Behind]:
    finishers = updates.finishers(course.id, before=course.revision_id)
    versions = updates.versions(course.id)
    served = next(one.course for one in versions if one.revision_id == course.revision_id)
    asked = {
        revision_id: update_of(versions, revision_id, course.revision_id)
        for revision_id in {one.revision_id for one in finishers}
    }
    people = [one.person_id for one in finishers if asked[one.revision_id]]
    if not people:
        return
    lessons = updates.completed_lessons(course.id, people)
    passed = {
        since: passed_since(course.id, since, people)
        for since in {update.revision_id for update in asked.values() if update}
    }
    for finisher in finishers:
        if (update := asked[finisher.revision_id]) is None:
            continue
        passes = passed[update.revision_id].get(finisher.person_id, set())
        left = remaining(update, served, lessons.get(finisher.person_id, {}), passes)
        if left:
            yield Behind(finisher, served, update, left)
