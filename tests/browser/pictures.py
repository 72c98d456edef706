"""The pictures of the README, taken from a started Cadre with the demo organisation."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import log_in
from tests.browser.server import ROOT, Server

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Start Cadre, take each picture, stop it again."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            server.start()
            _take(server.url)
        finally:
            server.stop()


def _take(url: str) -> None:
    path = os.environ.get("CADRE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = _page_of(browser, url, "learner@example.com")
        _keep(page, "home")
        page = _page_of(browser, url, "pmo@example.com")
        page.goto("/staffing")
        page.locator("#roles").get_by_role("link", name="Scheduler").first.click()
        page.get_by_text("How the score").first.wait_for()
        _keep(page, "role")
        browser.close()


def _page_of(browser: Browser, url: str, email: str) -> Page:
    page = browser.new_page(
        base_url=url, viewport={"width": 1280, "height": 800}, device_scale_factor=1.5
    )
    log_in(page, email)
    return page


def _keep(page: Page, name: str) -> None:
    page.screenshot(path=str(IMAGES / f"{name}.png"))
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
