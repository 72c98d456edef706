"""Courses to compile: the example, and small ones made around a quiz or a lesson."""

from __future__ import annotations

from pathlib import Path

from app.authoring.compiler import Compiled, compile_course
from app.authoring.document import ClozeQuestion, Course, Question
from app.authoring.known import Known
from app.core.files import read_folder

EXAMPLE = Path(__file__).parent / "example" / "risk-essentials"
LESSON = "01-foundations/01-what-is-risk.md"
EXAM = "final-exam.quiz.md"
BANK = "banks/risk.bank.md"

KNOWN = Known(
    competencies=frozenset({"risk-management", "business-case"}),
    courses={"what-a-pmo-does": (), "risk-essentials": ()},
    certifications=frozenset({"prince2-foundation"}),
)

COURSE = """---
id: small
version: "1"
---
# Small

1. [Lesson](lesson.md)
2. [Quiz](quiz.quiz.md)
"""
LESSON_TEXT = """---
id: lesson
objectives: [Know it]
---
# Lesson

## A heading

Text.
"""
QUIZ_MATTER = """---
id: quiz
mode: practice
---
# Quiz
"""
QUESTION = """
### What is right?
<!-- competency: risk-management -->

- [x] This
- [ ] That

> **Why** Because.
"""


def example() -> dict[str, bytes]:
    return read_folder(EXAMPLE)


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    """The example with one thing changed."""
    files = example()
    text = files[path].decode()
    assert text.count(old) >= 1, f"{old!r} is not in {path}"
    files[path] = text.replace(old, new, 1).encode()
    return files


def small(
    *,
    course: str = COURSE,
    lesson: str = LESSON_TEXT,
    quiz: str = QUIZ_MATTER + QUESTION,
    **more: str,
) -> dict[str, bytes]:
    """A course of a lesson and a quiz; `more` are files by name, `__` for `/` and `_` for `.`."""
    files = {"course.md": course, "lesson.md": lesson, "quiz.quiz.md": quiz}
    for name, text in more.items():
        files[name.replace("__", "/").replace("_", ".")] = text
    return {path: text.encode() for path, text in files.items()}


def with_question(text: str, language: str = "en") -> dict[str, bytes]:
    course = COURSE.replace('version: "1"', f'version: "1"\nlanguage: {language}')
    return small(course=course, quiz=f"{QUIZ_MATTER}\n{text}")


def question(text: str, language: str = "en") -> Question:
    """The question that `text` is, in a course without an error."""
    course = compiled(with_question(text, language))
    return course.quizzes[0].sections[0].questions[0]


def cloze(text: str, language: str = "en") -> ClozeQuestion:
    read = question(text, language)
    assert isinstance(read, ClozeQuestion)
    return read


def compiled(files: dict[str, bytes]) -> Course:
    result = compile_course(files, KNOWN)
    assert result.course is not None, "\n".join(map(str, result.diagnostics))
    return result.course


def codes(files: dict[str, bytes], known: Known = KNOWN) -> list[str]:
    return [str(found.code) for found in compile_course(files, known).diagnostics]


def lines(result: Compiled) -> list[str]:
    """Diagnostics without their message: `path:line:column: severity code`."""
    return [" ".join(str(found).split(" ")[:3]) for found in result.diagnostics]
