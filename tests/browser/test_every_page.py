"""Every page that links lead to, with the demo's data: axe finds nothing wrong in either scheme,
nothing runs over the edge of a phone, and no script fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app.factory import create_app
from config import read_settings
from tests.browser.conftest import keep

pytestmark = pytest.mark.browser

ACCOUNTS = ("learner", "pmo", "mentor", "admin")
NO_PAGES = {
    "static",
    "certifications.proof",
    "competence.framework_case",
    "credentials.badge_png",
    "credentials.badge_svg",
    "credentials.context",
    "credentials.credential_file",
    "credentials.did",
    "credentials.download",
    "credentials.preview_design",
    "credentials.status_list",
    "health.alive",
    "health.ready",
    "judging.file",
    "learning.media",
    "outlook.capacity_table",
    "renewals.feed",
    "feeds.feed",
}
ELSEWHERE = {
    "credentials.batch": "nothing was done for many at once in the demo",
    "credentials.public_profile": "nobody of the demo has turned theirs on",
    "accounts.password_link": "needs the letter that holds the link",
    "assessment.essay": "no exam of the demo asks for an essay",
}

Session = Callable[..., Page]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> MapAdapter:
    """What address belongs to which view."""
    data: Path = tmp_path_factory.mktemp("map")
    settings = read_settings({"CADRE_ENV": "test", "CADRE_DATA": str(data)})
    return create_app(settings).url_map.bind("localhost")


def test_every_page_is_reached_is_accessible_and_fits(session: Session, addresses: MapAdapter):
    met: dict[str, str] = {}
    look(session(None), addresses, met, ["/login"])
    learner = session("learner2@example.com")
    attempt = started(learner)
    look(learner, addresses, met, [attempt, f"{attempt}/summary"])
    look(learner, addresses, met, [handed_in(learner, attempt)])
    pmo = session("pmo@example.com")
    decided(pmo)
    plan = planned(pmo)
    look(pmo, addresses, met, [plan, questioned(pmo, plan)])
    look(pmo, addresses, met, ["/staffing/plans/comparison?first=1&second=1"])
    for account in ACCOUNTS:
        look(session(f"{account}@example.com"), addresses, met, ["/"])

    pages = {
        rule.endpoint for rule in addresses.map.iter_rules() if "GET" in (rule.methods or set())
    }
    pages = {name for name in pages if not name.startswith("api.")}
    assert pages - NO_PAGES - set(ELSEWHERE) - set(met) == set()


def started(page: Page) -> str:
    """Start a checkpoint; the address of the attempt."""
    page.goto("/courses/what-a-pmo-does")
    page.locator("main a[href*='/quizzes/']").first.click()
    page.get_by_role("button", name="Start").click()
    return urlsplit(page.url).path


def handed_in(page: Page, attempt: str) -> str:
    """Hand it in; the address of its review."""
    page.goto(f"{attempt}/summary")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_text("Not passed").wait_for()
    return urlsplit(page.url).path


def planned(page: Page) -> str:
    """Have the open roles planned; the address of the plan."""
    page.goto("/staffing/plans")
    page.locator("main form button").first.click()
    page.wait_for_url("**/staffing/plans/*")
    return urlsplit(page.url).path


def questioned(page: Page, plan: str) -> str:
    """Ask what it would take to fill a role; the address of the answer."""
    page.goto(plan)
    expect(page.get_by_role("button", name="What would it take").first).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("button", name="What would it take").first.click()
    page.wait_for_url("**/questions/*")
    return urlsplit(page.url).path


def decided(page: Page) -> None:
    """Propose the first of a list, so that there is a decision to read."""
    page.goto("/projects/DEPOT")
    page.get_by_role("main").get_by_role("link", name="Scheduler").first.click()
    page.locator(".ranked").first.get_by_role("button", name="Propose").click()
    page.get_by_role("link", name="All decisions").wait_for()


def look(page: Page, addresses: MapAdapter, met: dict[str, str], first: Iterable[str]) -> None:
    """Follow links from `first` on, opening one address of each view, and check what is new."""
    waiting = [*first]
    seen, opened = set(waiting), set()
    while waiting:
        path = waiting.pop(0)
        endpoint = view_of(addresses, path)
        if endpoint is None or endpoint in NO_PAGES or endpoint in opened:
            continue
        opened.add(endpoint)
        response = page.goto(path)
        assert response is not None
        assert response.status == 200, f"{path} is linked and answers {response.status}"
        if endpoint not in met:
            met[endpoint] = path
            check(page, path, endpoint)
        found = page.eval_on_selector_all(
            "a[href]", "links => links.filter(a => a.origin === location.origin).map(a => a.href)"
        )
        for link in found:
            target = urlsplit(link).path
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def view_of(addresses: MapAdapter, path: str) -> str | None:
    try:
        return str(addresses.match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return None


def check(page: Page, path: str, endpoint: str) -> None:
    """The promises of a page that only a browser can look at."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        violations = Axe().run(page).response["violations"]
        told = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in violations]
        assert told == [], f"{path}, {scheme}"
        keep(page, f"page-{endpoint}-{scheme}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, f"{path} on a phone"
    keep(page, f"page-{endpoint}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
