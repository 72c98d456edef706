"""A day's practice without the mouse: digits choose, Enter checks and goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.authoring.document import Question
from app.authoring.grading import right_answer
from tests.browser.conftest import keep
from tests.browser.exam import questions

pytestmark = pytest.mark.browser


def test_practice_by_keyboard_alone(session: Callable[..., Page]):
    page = session("learner@example.com")
    page.goto("/")
    page.get_by_role("link", name="Practise").click()
    for _ in range(30):
        if page.locator("[data-practice] .options input[type=radio]").count():
            break
        _give_up(page)
    keep(page, "practice-question")

    left = _left(page)
    question = _shown(page)
    values = page.eval_on_selector_all(
        "[data-practice] .options input", "inputs => inputs.map(input => input.value)"
    )
    page.keyboard.press(str(values.index(right_answer(question, language="en")) + 1))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Right at once.")).to_be_visible()
    keep(page, "practice-right")

    expect(page.locator("[data-practice-next]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert _left(page) == left - 1


def _give_up(page: Page) -> None:
    """Two empty tries, and on."""
    for name in ("Check the answer", "Try again"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page.locator("[data-practice-next]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def _left(page: Page) -> int:
    found = re.search(r"\d+", page.locator("[data-practice] [role=status]").inner_text())
    assert found is not None
    return int(found.group())


def _shown(page: Page) -> Question:
    stem = page.locator("[data-practice] .question-stem").evaluate("stem => stem.textContent")
    known = questions("risk-essentials") | questions("what-a-pmo-does")
    return known[re.sub(r"\s+", "", stem)]
