"""Sitting a quiz in the browser with the controls a learner has, knowing every key."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from playwright.sync_api import Locator, Page

from app.authoring.compiler import compile_course
from app.authoring.document import Question
from app.authoring.grading import right_answer
from app.authoring.shelf import known_beside
from app.core.files import read_folder
from tests.browser.server import ROOT


@cache
def questions(course: str) -> dict[str, Question]:
    """Every question of a course, in quizzes and in lessons, by the text of its stem."""
    folder = Path(ROOT / "courses" / course)
    compiled = compile_course(read_folder(folder), known_beside(folder)).course
    assert compiled is not None
    asked = [
        one for quiz in compiled.quizzes for section in quiz.sections for one in section.questions
    ]
    asked += [
        block.question
        for lesson in compiled.lessons
        for block in lesson.blocks
        if block.kind == "check"
    ]
    return {_plain(BeautifulSoup(one.stem_html, "html.parser").get_text()): one for one in asked}


def sit(page: Page, course: str) -> set[str]:
    """Answer every question rightly, part after part, up to the page before handing in.

    Returns:
        The types of question that were met.
    """
    met = set()
    while True:
        for box in page.locator("[data-slot]").all():
            question = asked(box, course)
            met.add(question.type)
            _answer(box, question, right_answer(question, language="en"))
        onwards = page.get_by_role("button", name="Save and go on")
        if not onwards.count():
            break
        onwards.click()
    page.locator(".focus-foot").get_by_role("button", name="Look over and hand in").click()
    return met


def asked(box: Locator, course: str) -> Question:
    """Which question a box of the page asks."""
    stem = box.locator("xpath=ancestor::article").locator(".question-stem")
    return questions(course)[_plain(stem.evaluate("stem => stem.textContent"))]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _answer(box: Locator, question: Question, answer: Any) -> None:
    number = box.get_attribute("data-slot")
    named = f'[name="a{number}'
    match question.type:
        case "single" | "truefalse":
            box.locator(f'{named}"][value="{answer}"]').check()
        case "multiple":
            for one in answer:
                box.locator(f'{named}"][value="{one}"]').check()
        case "match":
            for left, right in answer.items():
                box.locator(f'{named}[{left}]"]').select_option(right)
        case "order":
            for place, item in enumerate(answer, 1):
                box.locator(f'{named}[{item}]"]').select_option(str(place))
        case "cloze":
            for blank, value in answer.items():
                _fill(box.locator(f'{named}[{blank}]"]'), value)
        case _:
            _fill(box.locator(f'{named}"]'), answer)


def _fill(control: Locator, value: str) -> None:
    if control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
