"""What every answer says to the browser."""

from __future__ import annotations

from tests.visitor import Visitor


def test_only_our_own_files_run_and_nothing_is_framed_or_kept(visitor: Visitor):
    headers = visitor.open("/login").response.headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor):
    cookie = visitor.open("/login").response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_files_asked_for_by_their_bytes_may_be_kept_and_others_not(visitor: Visitor):
    page = visitor.open("/login")
    style = page.soup.select_one("link[rel=stylesheet]")
    assert style is not None
    with visitor.client.get(str(style["href"])) as kept:
        assert "max-age=31536000" in kept.headers["Cache-Control"]
    with visitor.client.get(str(style["href"]).split("?")[0]) as asked_again:
        assert asked_again.headers["Cache-Control"] == "no-cache"
