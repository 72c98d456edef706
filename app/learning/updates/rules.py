"""What a new version asks of those who finished an older one: nothing, what changed, or all anew.

Every version may say which it follows and what it asks (`changes: {since, effect, quiz}`). It
speaks to whoever finished the version named, or one before it; those of later versions have met
what it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.authoring.document import Course, Effect, Question, Quiz, QuizMode
from app.learning.rules.changes import changed_lessons, changed_questions
from app.learning.rules.progress import Standing


@dataclass(frozen=True, slots=True)
class Version:
    """A revision as it was published; a later one has a greater id."""

    revision_id: int
    course: Course


@dataclass(frozen=True, slots=True)
class Update:
    """What is asked of somebody who finished an older version.

    Attributes:
        effect: `delta` or `redo`; of several versions the stronger.
        from_version: the one that was finished.
        to_version: the newest that asks for something.
        revision_id: of that version, as it was published first; passes of it or later ones count.
        lessons: ids of lessons that are new or changed, in the course's order.
        questions: those that are new or changed, as `lesson-or-quiz/question`.
        quizzes: ids of quizzes to pass; for a delta a short one, or none if nothing in it is tied
            to what changed.
    """

    effect: Effect
    from_version: str
    to_version: str
    revision_id: int
    lessons: tuple[str, ...]
    questions: tuple[str, ...]
    quizzes: tuple[str, ...]

    @property
    def short(self) -> bool:
        """Whether its quiz asks only what is tied to the change."""
        return self.effect is Effect.DELTA


def update_of(versions: Sequence[Version], completed: int, served: int) -> Update | None:
    """What is asked of somebody who finished the revision `completed`; None if nothing is.

    Args:
        versions: every version of the course, in the order in which they were published.
        served: the revision that is served now; later ones were taken back and ask nothing.
    """
    known = [one for one in versions if one.revision_id <= served]
    finished = next((one for one in known if one.revision_id == completed), None)
    asking = [one for one in known if _asks(one, known, completed)]
    if finished is None or not asking:
        return None
    course, newest = known[-1].course, asking[-1]
    # Published again, with a slip mended, it is still the same version that asks.
    begun = next(one for one in asking if one.course.version == newest.course.version)
    lessons, questions = _changed(asking, known, finished)
    redo = any(_effect(one) is Effect.REDO for one in asking)
    effect = Effect.REDO if redo else Effect.DELTA
    kept = tuple(one.id for one in course.lessons if one.id in lessons)
    quizzes = _redone(course, newest) if redo else _short(course, newest, kept, questions)
    return Update(
        effect=effect,
        from_version=finished.course.version,
        to_version=newest.course.version,
        revision_id=begun.revision_id,
        lessons=kept,
        questions=tuple(sorted(questions)),
        quizzes=quizzes,
    )


def _effect(version: Version) -> Effect | None:
    return version.course.changes.effect if version.course.changes else None


def _asks(version: Version, known: Sequence[Version], completed: int) -> bool:
    if version.revision_id <= completed or _effect(version) not in (Effect.DELTA, Effect.REDO):
        return False
    before = followed(version, known)
    return before is None or completed <= before.revision_id


def followed(version: Version, known: Iterable[Version]) -> Version | None:
    """The version that `since` names, as it was published last; None if it never was."""
    changes = version.course.changes
    before = [
        one
        for one in known
        if one.revision_id < version.revision_id and changes and one.course.version == changes.since
    ]
    return before[-1] if before else None


def _changed(
    asking: Iterable[Version], known: Sequence[Version], finished: Version
) -> tuple[set[str], set[str]]:
    """Ids of lessons and keys of questions that are new or changed in a version that asks."""
    lessons: set[str] = set()
    questions: set[str] = set()
    for version in asking:
        before = (followed(version, known) or finished).course
        of_lessons = changed_lessons(before, version.course)
        of_questions = changed_questions(before, version.course)
        lessons.update(of_lessons.new, of_lessons.updated)
        questions.update(of_questions.new, of_questions.updated)
    return lessons, questions


def _short(
    course: Course, version: Version, lessons: Collection[str], questions: Collection[str]
) -> tuple[str, ...]:
    changes = version.course.changes
    quiz = course.quiz(changes.quiz) if changes and changes.quiz else None
    if quiz is None or not tied(course, quiz, lessons, questions):
        return ()
    return (quiz.id,)


def _redone(course: Course, version: Version) -> tuple[str, ...]:
    """The quiz that the version names; else what renews the certificate; else every exam."""
    changes, terms = version.course.changes, course.certificate
    exams = [quiz.id for quiz in course.quizzes if quiz.mode is QuizMode.EXAM]
    named = [changes.quiz] if changes and changes.quiz else []
    renewing = [terms.renewal] if terms and terms.renewal else []
    required = list(terms.requires) if terms else []
    chosen = named or renewing or required or exams
    return tuple(quiz_id for quiz_id in chosen if course.quiz(quiz_id))


def tied(
    course: Course, quiz: Quiz, lessons: Collection[str], questions: Collection[str]
) -> set[str]:
    """Ids of the quiz's questions that ask for what changed.

    Those that are new or changed themselves, and those that send whoever is wrong to a changed
    lesson; where there are none, those of a competency that a changed lesson teaches.
    """
    every = [question for section in quiz.sections for question in section.questions]
    near = {one.id for one in every if _near(one, quiz, lessons, questions)}
    if near:
        return near
    taught = {code for one in course.lessons if one.id in lessons for code in one.competencies}
    return {one.id for one in every if one.competency in taught}


def _near(
    question: Question, quiz: Quiz, lessons: Collection[str], questions: Collection[str]
) -> bool:
    if f"{quiz.id}/{question.id}" in questions:
        return True
    return question.review is not None and question.review.lesson in lessons


@dataclass(frozen=True, slots=True)
class Remaining:
    """What somebody still has to do to be up to date."""

    lessons: tuple[str, ...]
    quizzes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lessons or self.quizzes)


def remaining(
    update: Update,
    course: Course,
    completed: Mapping[str, Collection[str]],
    passed: Collection[str],
) -> Remaining:
    """What is left of an update.

    Args:
        course: as it is served now.
        completed: content hashes of completed lessons, by lesson.
        passed: quizzes passed as they stand in the version that asks, or later.
    """
    hashes = {one.id: one.content_hash for one in course.lessons}
    return Remaining(
        tuple(one for one in update.lessons if hashes[one] not in completed.get(one, ())),
        tuple(one for one in update.quizzes if one not in passed),
    )


def up_to_date(
    course: Course,
    standing: Standing,
    update: Update | None = None,
    passed: Collection[str] = frozenset(),
) -> Standing:
    """The standing of somebody who finished an older version, as the served one is to show it.

    Lessons that changed without being asked for count as done as they are; quizzes that are asked
    for count only if they were `passed` since.
    """
    asked = set(update.lessons) if update else set()
    completed = {lesson_id: set(hashes) for lesson_id, hashes in standing.completed.items()}
    for lesson in course.lessons:
        if lesson.id in completed and lesson.id not in asked:
            completed[lesson.id].add(lesson.content_hash)
    anew = set(update.quizzes if update else ()) - set(passed)
    return Standing(
        completed, (set(standing.passed) | set(passed)) - anew, set(standing.attempted) - anew
    )
