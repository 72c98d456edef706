"""A browser, and a started server with the demo organisation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.server import ROOT, Server

ARTEFACTS = ROOT / "artefacts"
DEMO_PASSWORD = "cadre-demo"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Cadre with the demo organisation, as `./cadre run` starts it."""
    started = Server(tmp_path_factory.mktemp("installation"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after the last test in here: while it is open an event loop runs in this thread, and
    tests that come later could start none of their own."""
    path = os.environ.get("CADRE_CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: ./cadre test installs it, or set CADRE_CHROMIUM"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def session(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open a browser for somebody: `session("pmo@example.com", width=390, scheme="dark")`.

    A page that logs an error in the console, or a script that fails, fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_for(email: str | None, *, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        if email:
            log_in(page, email)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert faults == []


def log_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page among the artefacts of this run."""
    folder = Path(os.environ.get("CADRE_ARTEFACTS", ARTEFACTS))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
