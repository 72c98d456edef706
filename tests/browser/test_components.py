"""What scripts add to components, in a real browser; axe finds nothing in either scheme."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(session: Callable[..., Page]) -> Page:
    """The page of components."""
    page = session("admin@example.com")
    page.emulate_media(reduced_motion="reduce")
    page.goto("/admin/components")
    return page


def test_components_are_accessible_and_fit_in_both_schemes_and_on_a_phone(page: Page):
    for scheme, width in product(("light", "dark"), (390, 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})

        violations = Axe().run(page).response["violations"]

        assert [(found["id"], found["nodes"][0]["target"]) for found in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_order_follows_buttons_and_drop_downs(page: Page):
    def rows() -> list[str]:
        return page.eval_on_selector_all(
            "#q4 [data-order-item]",
            "rows => rows.map(row => row.querySelector('select').value"
            " + ' ' + row.querySelector('.order-text').textContent)",
        )

    page.click("#q4 li:nth-child(2) [data-order-up]")
    after_button = rows()
    page.select_option("#q4 li:nth-child(1) select", "4")

    assert after_button == [
        "1 Identify",
        "2 Assess",
        "3 Plan a response",
        "4 Carry it out and watch",
    ]
    assert rows() == ["1 Assess", "2 Plan a response", "3 Carry it out and watch", "4 Identify"]
    assert page.inner_text("#q4 [data-order-status]") == "Now in place 4."


def test_dialog_opens_over_the_page_and_gives_the_focus_back(page: Page):
    page.click("summary:has-text('Release')")
    opened = page.locator("dialog:modal").count()
    page.click("dialog >> text=Keep it")

    assert opened == 1
    assert page.locator("dialog:modal").count() == 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "Release"


def test_scheme_is_kept_from_page_to_page(page: Page):
    page.click("summary[aria-label='Language and colours']")
    page.click("[data-scheme-choice=dark]")
    page.reload()

    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"


def test_clock_counts_down_and_takes_the_servers_correction(page: Page):
    clock = page.locator("[data-clock]").first
    clock.evaluate("clock => clock.dataset.remaining = '3725'")
    expect(clock).to_contain_text("1:02:0")
    clock.evaluate(
        "clock => { clock.addEventListener('clock:over', () => document.title = 'over');"
        " clock.dataset.remaining = '1' }"
    )

    expect(page).to_have_title("over")
    expect(clock).to_have_class("clock clock-last")
