"""A timed exam whose parts lock, sat from beginning to end without touching the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.authoring.grading import right_answer
from tests.browser.conftest import keep
from tests.browser.exam import asked

pytestmark = pytest.mark.browser

COURSE = "risk-essentials"
EXAM = f"/courses/{COURSE}/quizzes/final-exam"


def test_an_exam_by_keyboard_alone(session: Callable[..., Page]):
    page = session("learner2@example.com")
    page.goto(EXAM)
    press(page, page.get_by_role("main").get_by_role("button", name="Start"))
    page.wait_for_url("**/attempts/*")
    expect(page.locator("[data-clock]")).to_be_visible()
    address = page.url

    for part in range(1, 5):
        expect(page.locator(".eyebrow").first).to_contain_text(f"Part {part} of 4")
        for box in page.locator("[data-slot]").all():
            answer(page, box)
        expect(page.locator("[data-save-status][data-state=saved]")).to_be_visible()
        keep(page, f"keyboard-part-{part}")
        if part < 4:
            press(page, page.get_by_role("button", name="Save and go on"))
            expect(page.locator(".eyebrow").first).to_contain_text(f"Part {part + 1} of 4")
            page.goto(f"{address}?part=1")  # what was left stays closed
    press(page, page.locator(".focus-foot").get_by_role("button", name="Look over and hand in"))
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    press(page, page.get_by_role("main").get_by_role("button", name="Hand in"))
    expect(page.get_by_text("You reached 100%")).to_be_visible()


def answer(page: Page, box: Locator) -> None:
    """Answer a question rightly with Tab, arrows, Space and letters."""
    question = asked(box, COURSE)
    right = right_answer(question, language="en")
    named = f'[name="a{box.get_attribute("data-slot")}'
    match question.type:
        case "single" | "truefalse":
            _choose(page, box, named, right)
        case "multiple":
            for one in right:
                reach(page, box.locator(f'{named}"][value="{one}"]'))
                page.keyboard.press("Space")
        case "match":
            for left, wanted in right.items():
                _select(page, box.locator(f'{named}[{left}]"]'), wanted)
        case "order":
            for place, item in enumerate(right, 1):
                _select(page, box.locator(f'{named}[{item}]"]'), str(place))
        case "cloze":
            for blank, wanted in right.items():
                _enter(page, box.locator(f'{named}[{blank}]"]'), wanted)
        case _:
            _enter(page, box.locator(f'{named}"]'), right)


def _choose(page: Page, box: Locator, named: str, right: str) -> None:
    """Into the group of radio buttons, then down until the right one is chosen."""
    reach(page, box.locator(f'{named}"]').first)
    page.keyboard.press("Space")
    wanted = box.locator(f'{named}"][value="{right}"]')
    for _ in range(10):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never reach {right}")


def _select(page: Page, control: Locator, value: str) -> None:
    """Down the list from its beginning until the right entry is chosen."""
    reach(page, control)
    page.keyboard.press("Home")
    for _ in range(20):
        if control.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never reach {value}")


def _enter(page: Page, control: Locator, value: str) -> None:
    if control.evaluate("control => control.tagName") == "SELECT":
        _select(page, control, value)
    else:
        reach(page, control)
        page.keyboard.type(value)


def press(page: Page, control: Locator) -> None:
    """Walk to a button and press Enter."""
    reach(page, control)
    page.keyboard.press("Enter")


def reach(page: Page, control: Locator) -> None:
    """Walk to a control with the Tab key, as somebody without a mouse does."""
    for _ in range(300):
        if control.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {control}")
