"""From a first lesson to a booking: learn, pass, be certified, be found and be booked."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.choosing import ask
from tests.browser.conftest import keep
from tests.browser.exam import sit

pytestmark = pytest.mark.browser

COURSE = "risk-essentials"
NEWCOMER = "Leo Sandoval"


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


def test_from_a_first_lesson_to_a_booking(session: Callable[..., Page], downloads: Path):
    learner = session("newcomer@example.com")
    _reads(learner)
    _passes(learner)
    _has_the_competency(learner)
    serial, text = _downloads_the_certificate(learner, downloads / "certificate.pdf")
    assert NEWCOMER in text
    assert serial in text

    _verifies(session(None), serial)

    pmo = session("pmo@example.com")
    _opens_a_project(pmo)
    _sees_who_qualifies_and_who_does_not(pmo)
    _books(pmo)


def _reads(page: Page) -> None:
    """Find the course, enrol, read the first lesson and mark it as read."""
    page.goto("/courses")
    page.get_by_role("searchbox").last.fill("risk")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name="Risk management essentials").first.click()
    page.get_by_role("button", name="Enrol").click()
    page.goto(f"/courses/{COURSE}")
    keep(page, "path-1-course")
    page.get_by_role("link", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("risk")
    keep(page, "path-2-lesson")
    read = page.url
    page.get_by_role("button", name="Mark as read and continue").click()
    page.wait_for_url(lambda url: url != read)
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("Continue where you were")
    keep(page, "path-3-home")


def _passes(page: Page) -> None:
    page.goto(f"/courses/{COURSE}/quizzes/final-exam")
    page.get_by_role("button", name="Start").click()
    keep(page, "path-4-exam")
    page.locator("[data-slot] input, [data-slot] select").first.focus()
    met = sit(page, COURSE)
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("You reached 100%")
    assert len(met) >= 4
    keep(page, "path-5-review")


def _has_the_competency(page: Page) -> None:
    page.goto("/competencies")
    row = page.locator("#competencies tr", has_text="Risk management")
    expect(row).to_contain_text("3 Competent")
    expect(row).to_contain_text("Final exam")
    keep(page, "path-6-competencies")


def _downloads_the_certificate(page: Page, to: Path) -> tuple[str, str]:
    """The number on the page, and the text of the PDF as a reader of PDFs has it."""
    page.goto("/certificates")
    page.get_by_role("main").get_by_role("link", name="Risk").first.click()
    link = page.get_by_role("link", name="Download the PDF")
    link.wait_for(timeout=60_000)
    keep(page, "path-7-certificate")
    with page.expect_download() as download:
        link.click()
    download.value.save_as(to)
    read = subprocess.run(["pdftotext", "-layout", str(to), "-"], capture_output=True, check=True)
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", page.get_by_role("main").inner_text())
    assert found
    return found.group(), read.stdout.decode()


def _verifies(stranger: Page, serial: str) -> None:
    stranger.goto("/verify")
    stranger.get_by_role("main").get_by_role("textbox").fill(serial)
    stranger.get_by_role("button", name="Verify the number").click()
    expect(stranger.get_by_role("main")).to_contain_text(NEWCOMER)
    expect(stranger.get_by_role("main")).to_contain_text("In force")
    keep(stranger, "path-8-verified")


def _opens_a_project(page: Page) -> None:
    """A project of two months, and a role that asks for what the newcomer has just shown."""
    first = datetime.now(UTC).date() + timedelta(days=30)
    last = first + timedelta(days=60)
    page.goto("/projects")
    page.get_by_role("link", name="Enter a project").click()
    page.get_by_label("Code").fill("DEPOT-1")
    page.get_by_label("Title").fill("Move to Marlow Park")
    page.get_by_label("Business unit").fill("Logistics")
    page.get_by_label("First day").fill(first.isoformat())
    page.get_by_label("Last day").fill(last.isoformat())
    page.get_by_label("State").select_option(label="At work")
    page.get_by_role("main").get_by_role("button", name="Save").last.click()

    page.get_by_role("link", name="Add a role").first.click()
    page.get_by_label("Title").fill("Risk manager")
    page.get_by_label("First day").fill(first.isoformat())
    page.get_by_label("Last day").fill(last.isoformat())
    page.get_by_label("Share of full time, %").fill("60")
    demand = page.locator("[data-demand]")
    demand.nth(0).get_by_label("Demand", exact=True).select_option("competency:risk-management")
    demand.nth(0).get_by_label("Level").select_option("3")
    demand.nth(1).get_by_label("Demand", exact=True).select_option("competency:planning")
    demand.nth(1).get_by_label("Must or want", exact=True).select_option("want")
    page.get_by_role("main").get_by_role("button", name="Save").last.click()


def _sees_who_qualifies_and_who_does_not(page: Page) -> None:
    page.goto("/projects/DEPOT-1")
    page.get_by_role("main").get_by_role("link", name="Risk manager").first.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(NEWCOMER)
    short = page.locator("#near").get_by_role("listitem").filter(has_text="Risk management")
    expect(short.first).to_contain_text("Open the course Risk management essentials")
    keep(page, "path-9-role")


def _books(page: Page) -> None:
    ask(page, page.url, NEWCOMER)
    expect(page.locator("#bookings")).to_contain_text(NEWCOMER)
    page.get_by_role("button", name=f"Confirm {NEWCOMER}").click()
    expect(page.locator("#bookings")).to_contain_text("Confirmed")
    keep(page, "path-10-booked")
    page.goto("/projects/DEPOT-1")
    expect(page.get_by_role("main")).to_contain_text(NEWCOMER)
