"""Staffing as the PMO does it: compare, depart from the list, override with a second member, plan
the portfolio; a course is given, the learner passes, and the role is filled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.choosing import ask
from tests.browser.conftest import keep
from tests.browser.exam import sit

pytestmark = pytest.mark.browser

COURSE, ROLE, LEARNER = "risk-essentials", "Risk lead", "Ruth Okonkwo"


PROJECT, TITLE = "AUDIT", "Risk manager"


def test_the_pmo_compares_departs_with_a_reason_overrides_with_a_second_member_and_plans(
    session: Callable[..., Page],
):
    pmo = session("pmo@example.com")
    role = _compares(pmo)
    _departs(pmo)
    missing = _asks_for_an_override(pmo, role)
    _agrees(session("admin@example.com"), missing)
    pmo.goto(f"/projects/{PROJECT}")
    expect(pmo.get_by_role("main")).to_contain_text("Not the first")
    expect(pmo.get_by_role("main")).to_contain_text(f"Override: {missing}")
    keep(pmo, "staffing-4-project")
    _plans(pmo)


def _compares(page: Page) -> str:
    """From the project to the shortlist of its role; the address of the role."""
    page.goto(f"/projects/{PROJECT}")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/roles/*")
    role = page.url
    for place in (1, 0):
        page.locator(".ranked").nth(place).get_by_role("button", name="shortlist").click()
        page.wait_for_load_state()
    page.get_by_role("link", name="Side by side").click()
    page.get_by_role("link", name="Hide names").click()
    expect(page.locator("thead")).to_contain_text("Candidate A")
    page.get_by_role("link", name="Show names").click()
    expect(page.locator("thead .person-name")).to_have_count(2)
    keep(page, "staffing-1-compare")
    return role


def _departs(page: Page) -> None:
    page.locator("summary", has_text="Choose").first.click()
    page.locator("textarea:visible").fill("Knows the auditors of last year.")
    page.locator("button[value=proposed]:visible").last.click()
    expect(page.locator("#bookings")).to_contain_text("Proposed")
    keep(page, "staffing-2-departed")


def _asks_for_an_override(page: Page, role: str) -> str:
    """Whoever comes nearest; their name."""
    page.goto(role)
    nearest = page.locator("#near li").filter(has=page.get_by_role("link", name="override")).first
    name = nearest.locator(".person-name").inner_text()
    nearest.get_by_role("link", name="override").click()
    page.locator("textarea").fill("Led the same audit before; a mentor sits beside them.")
    page.get_by_role("button", name="Ask a second member").click()
    page.goto("/staffing/overrides")
    expect(page.get_by_role("main")).to_contain_text("You asked for this")
    expect(page.get_by_role("button", name="Agree")).to_have_count(0)
    return name


def _agrees(page: Page, name: str) -> None:
    page.goto("/staffing/overrides")
    expect(page.get_by_role("main")).to_contain_text(name)
    keep(page, "staffing-3-override")
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing waits")


def _plans(page: Page) -> None:
    page.goto("/staffing/plans")
    page.get_by_role("button", name="open roles").click()
    page.wait_for_url("**/staffing/plans/*")
    expect(page.get_by_text("No plan is better")).to_be_visible(timeout=60_000)
    keep(page, "staffing-5-plan")
    page.locator("#empty").get_by_role("button", name="What would it take").first.click()
    expect(page.get_by_text("No plan can").or_(page.get_by_text("It is possible"))).to_be_visible(
        timeout=60_000
    )
    keep(page, "staffing-6-what-it-takes")


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
    ask(page, role, LEARNER)
    page.get_by_role("button", name=f"Confirm {LEARNER}").click()
    expect(page.locator("#bookings")).to_contain_text("Confirmed")
    keep(page, "training-4-filled")
