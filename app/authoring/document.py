"""A compiled course: frozen values, the same in the compiler, in a revision and on a page.

Every `…_html` is rendered and sanitised; every `…_text` is plain. A document goes to and from
JSON without loss (`dump`, `load`), so that a revision is its content hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.core.values import Duration

# --- What stands in front matter --------------------------------------------------------


class Level(StrEnum):
    FOUNDATION = "foundation"
    PRACTITIONER = "practitioner"
    EXPERT = "expert"


class Visibility(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class QuizMode(StrEnum):
    PRACTICE = "practice"
    CHECKPOINT = "checkpoint"
    EXAM = "exam"


class Grading(StrEnum):
    """Which attempt counts."""

    HIGHEST = "highest"
    LATEST = "latest"
    FIRST = "first"
    AVERAGE = "average"


class Feedback(StrEnum):
    """When a learner sees keys and explanations."""

    IMMEDIATE = "immediate"
    AFTER_SUBMIT = "after_submit"
    AFTER_PASS = "after_pass"
    NEVER = "never"


class Navigation(StrEnum):
    FREE = "free"
    SEQUENTIAL = "sequential"
    SECTIONS = "sections"


class OnTimeout(StrEnum):
    SUBMIT = "submit"
    GRACE = "grace"
    ABANDON = "abandon"


class LessonCompletion(StrEnum):
    READ = "read"
    CHECKS = "checks"


class Effect(StrEnum):
    """What a new version asks of those who finished an older one."""

    MINOR = "minor"
    DELTA = "delta"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class CoursePrerequisite:
    course: str


@dataclass(frozen=True, slots=True)
class CompetencyPrerequisite:
    competency: str
    level: int


@dataclass(frozen=True, slots=True)
class CertificationPrerequisite:
    certification: str


Prerequisite = CoursePrerequisite | CompetencyPrerequisite | CertificationPrerequisite


@dataclass(frozen=True, slots=True)
class Award:
    """A pass of `evidence` at `min_score` (0 to 1) is worth `level` in `competency`."""

    competency: str
    level: int
    evidence: str
    min_score: Decimal
    valid_for: Duration | None


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """What a certificate of the course is called, needs, and how long it holds."""

    title: str
    requires: tuple[str, ...]
    valid_for: Duration | None
    renew_from: Duration | None
    grace: Duration | None
    renewal: str | None
    design: str | None = None
    """The folder of its design; None is the one of the house."""


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    lessons: Literal["all", "none"]
    quizzes: Literal["passed", "attempted", "none"]


@dataclass(frozen=True, slots=True)
class Changes:
    since: str
    effect: Effect
    quiz: str | None


# --- Questions ---------------------------------------------------------------------------


class Credit(StrEnum):
    """How much a partly right answer is worth; see `app.assessment.rules`."""

    ALL = "all"
    NET = "net"
    COVERAGE = "coverage"
    EACH = "each"
    EXACT = "exact"
    POSITION = "position"
    LCS = "lcs"


@dataclass(frozen=True, slots=True)
class Review:
    """Where a wrong answer sends the learner."""

    lesson: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question stands: path relative to the course's folder, line from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every question has. Ids of options and items are opaque: they betray no key."""

    id: str
    content_hash: str
    source: Source
    stem_html: str
    stem_text: str
    points: Decimal
    competency: str | None
    domain: str | None
    difficulty: Literal["easy", "medium", "hard"] | None
    shuffle: bool | None
    unscored: bool
    regrade: str | None
    review: Review | None
    hints_html: tuple[str, ...]
    why_html: str | None
    correct_html: str | None
    incorrect_html: str | None


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice. `weight` is its partial credit, 0 to 1, where the author gave one."""

    id: str
    html: str
    text: str
    correct: bool
    weight: Decimal | None
    feedback_html: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to match or to put in order."""

    id: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceQuestion(Common):
    type: Literal["single", "multiple", "truefalse"]
    credit: Literal["all", "net", "coverage", "each"]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchQuestion(Common):
    """`key` pairs each left item with its right one, by id; further rights are distractors."""

    type: Literal["match"]
    credit: Literal["all", "each"]
    left_title: str
    right_title: str
    left: tuple[Item, ...]
    right: tuple[Item, ...]
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuestion(Common):
    """`items` stand in the right order."""

    type: Literal["order"]
    credit: Literal["exact", "position", "lcs"]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class NumberKey:
    """Right if |x − value| ≤ tolerance, or ≤ percent/100·|value|, or minimum ≤ x ≤ maximum."""

    value: Decimal | None = None
    tolerance: Decimal | None = None
    percent: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TextKey:
    """Right if it equals a variant (trimmed, spaces and case folded) or matches the expression."""

    variants: tuple[str, ...] = ()
    expression: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberQuestion(Common):
    type: Literal["number"]
    key: NumberKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuestion(Common):
    type: Literal["text"]
    key: TextKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedBlank:
    kind: Literal["typed"] = "typed"
    id: str
    key: TextKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBlank:
    kind: Literal["number"] = "number"
    id: str
    key: NumberKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceBlank:
    """A drop-down; `options` in the author's order, `key` the id of the right one."""

    kind: Literal["choice"] = "choice"
    id: str
    options: tuple[Item, ...]
    key: str


Blank = Annotated[TypedBlank | NumberBlank | ChoiceBlank, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClozeQuestion(Common):
    """`pieces_html` has one piece more than there are blanks: blank i stands after piece i.

    Pieces are slices of one sanitised text and are only well-formed when joined.
    """

    type: Literal["cloze"]
    credit: Literal["all", "each"]
    pieces_html: tuple[str, ...]
    blanks: tuple[Blank, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What some points of an essay are given for."""

    text: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayQuestion(Common):
    """`criteria` where the rubric names them; their points add up to those of the question."""

    type: Literal["essay"]
    rubric_html: str | None
    criteria: tuple[Criterion, ...] = ()


Question = Annotated[
    ChoiceQuestion
    | MatchQuestion
    | OrderQuestion
    | NumberQuestion
    | TextQuestion
    | ClozeQuestion
    | EssayQuestion,
    Field(discriminator="type"),
]

# --- Quizzes, lessons, the course --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a quiz. With a `draw`, `questions` is the pool; else all of them are asked."""

    title: str | None
    domain: str | None
    scenario_html: str | None
    questions: tuple[Question, ...]
    draw: int | None
    avoid_seen: bool


@dataclass(frozen=True, slots=True)
class Break:
    """A break after so many questions, of whole seconds; what lies before it stays closed."""

    after: int
    length: int


@dataclass(frozen=True, slots=True)
class Quiz:
    """Durations are whole seconds; `pass_mark` is 0 to 1; `attempts` None means no limit."""

    id: str
    title: str
    source: Source
    intro_html: str | None
    mode: QuizMode
    time_limit: int | None
    pass_mark: Decimal
    attempts: int | None
    cooldown: int | None
    grading: Grading
    feedback: Feedback
    navigation: Navigation
    shuffle_questions: bool
    shuffle_options: bool
    on_timeout: OnTimeout
    grace: int | None
    open_book: bool
    preset: str | None
    sections: tuple[Section, ...]
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    kind: Literal["html"]
    html: str


@dataclass(frozen=True, slots=True)
class CheckBlock:
    """A question inside a lesson."""

    kind: Literal["check"]
    question: Question


LessonBlock = Annotated[HtmlBlock | CheckBlock, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Lesson:
    """`content_hash` changes with anything a reader could see: completions point at it."""

    id: str
    content_hash: str
    title: str
    source: Source
    estimated_minutes: int
    objectives: tuple[str, ...]
    competencies: tuple[str, ...]
    completion: LessonCompletion
    headings: tuple[Heading, ...]
    blocks: tuple[LessonBlock, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Module:
    """A named group of the outline; `items` are ids of lessons and quizzes in order."""

    title: str | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the course's media; its bytes are found by `sha256`."""

    path: str
    sha256: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Course:
    id: str
    title: str
    version: str
    language: str
    level: Level
    visibility: Visibility
    summary: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    estimated_minutes: int
    prerequisites: tuple[Prerequisite, ...]
    awards: tuple[Award, ...]
    completion: CourseCompletion
    certificate: CertificateTerms | None
    changes: Changes | None
    intro_html: str
    modules: tuple[Module, ...]
    lessons: tuple[Lesson, ...]
    quizzes: tuple[Quiz, ...]
    media: tuple[Media, ...]

    def lesson(self, lesson_id: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)

    def quiz(self, quiz_id: str) -> Quiz | None:
        return next((quiz for quiz in self.quizzes if quiz.id == quiz_id), None)


_COURSE = TypeAdapter(Course)


def dump(course: Course) -> str:
    """The course as JSON; equal courses give equal text."""
    return _COURSE.dump_json(course).decode()


def load(text: str) -> Course:
    """The course of a JSON text that `dump` wrote."""
    return _COURSE.validate_json(text)
