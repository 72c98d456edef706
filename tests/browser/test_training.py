"""A role that is empty, a course that is given, an exam that is passed, and the role is filled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import keep
from tests.browser.exam import sit

pytestmark = pytest.mark.browser

COURSE, ROLE, LEARNER = "risk-essentials", "Risk lead", "Ruth Okonkwo"


def test_the_pmo_gives_a_course_the_learner_passes_and_the_role_fills(
    session: Callable[..., Page],
):
    pmo = session("pmo@example.com")
    role = _gives_the_course(pmo)
    learner = session("mentor@example.com")
    _sees_the_day(learner)
    _passes(learner)
    _is_booked(pmo, role)


def _gives_the_course(page: Page) -> str:
    """From the portfolio to those who could be ready; the address of the role."""
    page.goto("/staffing#roles")
    page.get_by_role("main").get_by_role("link", name=ROLE).first.click()
    page.wait_for_url("**/roles/*")
    role = page.url
    page.get_by_role("link", name="Who could be ready, and when").click()
    keep(page, "training-1-ready")
    page.get_by_role("button", name=f"Give the courses to {LEARNER}").click()
    expect(page.locator("#learners")).to_contain_text(LEARNER)
    keep(page, "training-2-given")
    return role


def _sees_the_day(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#assigned")).to_contain_text(ROLE)
    keep(page, "training-3-home")
    page.goto("/courses")
    expect(page.get_by_role("main")).to_contain_text("To pass by")


def _passes(page: Page) -> None:
    page.goto(f"/courses/{COURSE}/quizzes/final-exam")
    page.get_by_role("button", name="Start").click()
    sit(page, COURSE)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    page.goto("/")
    expect(page.locator("#assigned")).to_have_count(0)


def _is_booked(page: Page, role: str) -> None:
    page.goto(role)
    expect(page.locator("#learning")).to_contain_text("passed")
    if not page.locator("#page").get_by_text(LEARNER).count():
        page.goto(f"{role}?page=2")
    entry = page.locator("#page li").filter(has_text=LEARNER).first
    entry.locator("summary", has_text="Choose").click()
    page.locator("textarea:visible").fill("She learnt for this role.")
    page.locator("button[value=requested]:visible", has_text="Ask").last.click()
    page.get_by_role("button", name=f"Confirm {LEARNER}").click()
    expect(page.locator("#bookings")).to_contain_text("Confirmed")
    keep(page, "training-4-filled")
