"""Publishing courses, enrolling, reading, answering checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select, update

from app.authoring import document, grading
from app.core import audit, clock, db, events, fulltext
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.learning import queries
from app.learning.announcements import (
    CheckAnswered,
    LessonCompleted,
    RevisionReplaced,
    RevisionServed,
)
from app.learning.models import (
    CheckAnswer,
    Course,
    CourseAward,
    Enrolment,
    LessonCompletion,
    MediaFile,
    Revision,
    RevisionMedia,
)
from app.learning.rules.changes import Difference, changed_lessons, changed_questions
from app.learning.rules.progress import checks_done

# --- Publishing ------------------------------------------------------------------------------


class Outcome(StrEnum):
    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a course came to."""

    course_id: str
    version: str
    revision_id: int
    outcome: Outcome
    lessons: Difference
    questions: Difference


def publish(course: document.Course, media: Mapping[str, bytes], *, by: Actor) -> Published:
    """Serve this course from now on. The same content again changes nothing.

    Args:
        media: bytes by SHA-256 of every file that the course names and that is not kept yet.

    Raises:
        Invalid: bytes of a file are missing, or are not those the course names.
    """
    text = document.dump(course)
    content_hash = sha256(text.encode()).hexdigest()
    with db.transaction() as session:
        row = session.scalar(select(Course).where(Course.id == course.id).with_for_update())
        before = queries.served(row) if row else None
        revision_id = _keep_revision(course, text, content_hash, by)
        if row and row.revision_id == revision_id:
            outcome = Outcome.UNCHANGED
        else:
            outcome = Outcome.UPDATED if row else Outcome.NEW
            if row:
                replaced = RevisionReplaced(course.id, row.revision_id, revision_id, clock.now())
                events.announce(replaced)
            _keep_media(course, media, revision_id)
            _point(course, revision_id)
            if row:
                events.announce(RevisionServed(course.id, revision_id))
            audit.record(by, "course.publish", f"course:{course.id}", version=course.version)
    return Published(
        course.id,
        course.version,
        revision_id,
        outcome,
        changed_lessons(before, course),
        changed_questions(before, course),
    )


def _keep_revision(course: document.Course, text: str, content_hash: str, by: Actor) -> int:
    db.insert_once(
        Revision,
        course_id=course.id,
        content_hash=content_hash,
        version=course.version,
        document=text,
        published_at=clock.now(),
        published_by_id=by.person_id,
    )
    query = select(Revision.id).where(Revision.course_id == course.id)
    return db.session.scalars(query.where(Revision.content_hash == content_hash)).one()


def _keep_media(course: document.Course, media: Mapping[str, bytes], revision_id: int) -> None:
    wanted = {file.sha256: file for file in course.media}
    query = select(MediaFile.sha256).where(MediaFile.sha256.in_(wanted))
    kept = set(db.session.scalars(query))
    for key, file in wanted.items():
        if key not in kept:
            data = media.get(key)
            if data is None or sha256(data).hexdigest() != key:
                raise Invalid(_("The bytes of %(path)s are missing.", path=file.path))
            db.insert_once(MediaFile, sha256=key, content_type=file.content_type, data=data)
        db.insert_once(RevisionMedia, revision_id=revision_id, sha256=key)


def _point(course: document.Course, revision_id: int) -> None:
    """Let the course's row, its awards and the search show this revision."""
    values: dict[str, Any] = {
        "revision_id": revision_id,
        "title": course.title,
        "summary": course.summary,
        "language": course.language,
        "level": course.level,
        "visibility": course.visibility,
        "estimated_minutes": course.estimated_minutes,
        "tags": list(course.tags),
    }
    if not db.insert_once(Course, id=course.id, **values):
        db.session.execute(update(Course).where(Course.id == course.id).values(values))
    db.session.execute(delete(CourseAward).where(CourseAward.course_id == course.id))
    for award in course.awards:
        db.insert_once(
            CourseAward,
            course_id=course.id,
            competency_code=award.competency,
            quiz_id=award.evidence,
            level=award.level,
            min_score=award.min_score,
        )
    fulltext.replace(course.id, _search_entries(course))


def _search_entries(course: document.Course) -> Iterator[fulltext.Entry]:
    """The course under an empty key, and each lesson under its id. Quizzes are not searched."""
    tags = ", ".join(course.tags)
    yield fulltext.Entry(course.id, "", course.title, course.summary, tags)
    for lesson in course.lessons:
        objectives = ". ".join(lesson.objectives)
        yield fulltext.Entry(course.id, lesson.id, lesson.title, objectives, lesson.text)


# --- Enrolling and reading -------------------------------------------------------------------


def enrol(course_id: str, *, by: Actor) -> None:
    """Take a course; again changes nothing.

    Raises:
        NotVisible: there is no such course for this person.
        Conflict: it is no longer offered.
    """
    with db.transaction():
        visit = queries.visit(by, course_id)
        _enrol(visit, by)


def _enrol(visit: queries.Visit, by: Actor) -> None:
    if visit.enrolment is not None:
        return
    if visit.visibility == document.Visibility.RETIRED:
        raise Conflict(_("This course is no longer offered to new learners."))
    db.insert_once(
        Enrolment,
        person_id=_person_id(by),
        course_id=visit.course_id,
        enrolled_at=clock.now(),
    )


def complete_lesson(course_id: str, lesson_id: str, *, by: Actor) -> bool:
    """Mark a lesson as read, as it stands now; enrols who is not yet. Again changes nothing.

    Returns:
        Whether this call completed it.

    Raises:
        Conflict: the lesson is done by answering its checks.
    """
    with db.transaction():
        visit, lesson = _lesson(by, course_id, lesson_id)
        if lesson.completion is document.LessonCompletion.CHECKS:
            right = queries.right_checks(by, course_id, lesson_id)
            if not checks_done(lesson, right):
                raise Conflict(
                    _("This lesson is done once every question in it is answered right.")
                )
        _enrol(visit, by)
        _note_place(course_id, lesson, None, by)
        return _complete(course_id, lesson, by)


def _complete(course_id: str, lesson: document.Lesson, by: Actor) -> bool:
    person_id, now = _person_id(by), clock.now()
    new = db.insert_once(
        LessonCompletion,
        person_id=person_id,
        course_id=course_id,
        lesson_id=lesson.id,
        content_hash=lesson.content_hash,
        completed_at=now,
    )
    if new:
        events.announce(LessonCompleted(person_id, course_id, lesson.id, now))
    return new


def answer_check(
    course_id: str, lesson_id: str, question_id: str, answer: Any, *, by: Actor
) -> grading.Grade:
    """Answer a question inside a lesson; the last one that was missing completes the lesson.

    Raises:
        UnreadableAnswer: the answer does not have the shape of the question's type.
    """
    with db.transaction() as session:
        visit, lesson = _lesson(by, course_id, lesson_id)
        question = queries.check(lesson, question_id)
        given = grading.readable(question, answer)
        grade = grading.grade(question, given, language=queries.document(visit.revision).language)
        if not grade.answered:
            return grade
        _enrol(visit, by)
        session.add(
            CheckAnswer(
                person_id=_person_id(by),
                course_id=course_id,
                lesson_id=lesson_id,
                question_id=question_id,
                question_hash=question.content_hash,
                answer=given,
                right=grade.credit == 1,
                answered_at=clock.now(),
            )
        )
        session.flush()
        by_checks = lesson.completion is document.LessonCompletion.CHECKS
        if by_checks and checks_done(lesson, queries.right_checks(by, course_id, lesson_id)):
            _complete(course_id, lesson, by)
        events.announce(CheckAnswered(_person_id(by), course_id, clock.now()))
    return grade


def remember_place(course_id: str, lesson_id: str, anchor: str | None, *, by: Actor) -> None:
    """Note where somebody reads, so that they can go on there; only for those enrolled."""
    with db.transaction():
        _visit, lesson = _lesson(by, course_id, lesson_id)
        own = any(heading.anchor == anchor for heading in lesson.headings)
        _note_place(course_id, lesson, anchor if own else None, by)


def _note_place(course_id: str, lesson: document.Lesson, anchor: str | None, by: Actor) -> None:
    mine = (Enrolment.person_id == _person_id(by), Enrolment.course_id == course_id)
    values = {
        "last_lesson_id": lesson.id,
        "last_anchor": anchor,
        "last_read_at": clock.now(),
    }
    db.session.execute(update(Enrolment).where(*mine).values(values))


def _lesson(by: Actor, course_id: str, lesson_id: str) -> tuple[queries.Visit, document.Lesson]:
    visit = queries.visit(by, course_id)
    return visit, queries.lesson(queries.document(visit.revision), lesson_id)


def _person_id(by: Actor) -> int:
    if by.person_id is None:
        raise NotVisible(_("Only a person can learn."))
    return by.person_id
