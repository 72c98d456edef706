"""A visitor: opens pages through the whole application and checks what each of them promises."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse


class Page:
    """An answer, with its status, its text as a person reads it, and its tree."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location")
        self.soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    def token(self) -> str:
        field = self.soup.find("input", {"name": "csrf_token"})
        assert field is not None, "the page has no form"
        return str(field["value"])


class Visitor:
    """Follows no redirect by itself; sends the CSRF token of the page it opened last."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self._token = ""

    def open(self, address: str, **options: Any) -> Page:
        """GET a page and check what every page promises."""
        page = Page(self.client.get(address, **options))
        if page.response.mimetype == "text/html" and page.status == 200:
            _check_promises(page, address)
        self._remember(page)
        return page

    def send(self, address: str, **fields: Any) -> Page:
        """POST a form."""
        page = Page(self.client.post(address, data={"csrf_token": self._token, **fields}))
        self._remember(page)
        return page

    def log_in(self, email: str, password: str) -> Page:
        self.open("/login")
        page = self.send("/login", email=email, password=password)
        assert page.status == 302, page.text
        self.open("/account")  # the session is a new one, and so is its token
        return page

    def _remember(self, page: Page) -> None:
        field = page.soup.find("input", {"name": "csrf_token"})
        if field is not None:
            self._token = str(field["value"])


def _check_promises(page: Page, address: str) -> None:
    soup = page.soup
    assert soup.html is not None and soup.html.get("lang"), f"{address}: no language"
    assert soup.title is not None and soup.title.text.strip(), f"{address}: no title"
    assert len(soup.find_all("h1")) == 1, f"{address}: not one h1"
    assert soup.find("main") is not None, f"{address}: no main"
    assert not soup.find_all(style=True), f"{address}: inline style"
    assert not [tag for tag in soup.find_all("script") if not tag.get("src")], f"{address}: inline"
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{address}: an id twice"
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in ("hidden", "submit"):
            continue
        labelled = (
            control.get("aria-label")
            or control.get("aria-labelledby")
            or control.find_parent("label")
            or soup.find("label", {"for": control.get("id")})
        )
        assert labelled, f"{address}: a control without a label: {control}"
    for form in soup.find_all("form"):
        if (form.get("method") or "get").lower() == "post":
            assert form.find("input", {"name": "csrf_token"}), f"{address}: a form without token"
