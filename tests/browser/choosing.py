"""Choosing somebody on the page of a role, wherever they stand on the list."""

from __future__ import annotations

from playwright.sync_api import Page


def ask(page: Page, role: str, name: str) -> None:
    """Ask somebody for the role at this address; with a reason if others stand before them."""
    page.goto(role)
    while not (entry := page.locator("#page li").filter(has_text=name)).count():
        page.get_by_role("link", name="Next").click()
    choose = entry.first.locator("summary", has_text="Choose")
    if choose.count():
        choose.click()
        page.locator("textarea:visible").fill("They learnt for this role.")
        page.locator("button[value=requested]:visible", has_text="Ask").last.click()
    else:
        entry.first.get_by_role("button", name=f"Ask {name}").click()
