"""What pages remember between requests stays right for every reader."""

from __future__ import annotations

from flask import Flask, render_template_string, url_for
from markupsafe import Markup

from app.core import i18n
from app.web.application import remembered
from tests.cast import PASSWORD, make_person
from tests.visitor import Visitor


def test_a_remembered_text_is_made_once_for_each_language_and_argument():
    made = []

    def macro(name: str) -> str:
        made.append(name)
        return f"{i18n.language()} {name}"

    text = remembered(macro)
    assert [text("a"), text("a"), text("b")] == ["en a", "en a", "en b"]
    with i18n.speaking("de"):
        assert text("a") == "de a"
    assert made == ["a", "b", "a"]


def test_text_and_markup_are_not_taken_for_each_other(app: Flask):
    page = (
        "{% macro plain(label) %}{{ label }}{% endmacro %}{% set kept = remembered(plain) %}"
        "{{ kept(label) }} {{ kept(markup) }}"
    )
    with app.test_request_context():
        text = render_template_string(page, label="<b>", markup=Markup("<b>"))
    assert text == "&lt;b&gt; <b>"


def test_what_cannot_be_a_key_is_made_anew():
    assert remembered(lambda items: ", ".join(items))(["a", "b"]) == "a, b"


def test_addresses_follow_from_their_values(app: Flask):
    with app.test_request_context("/courses"):
        first = url_for("learning.course", course_id="risk")
        assert first == url_for("learning.course", course_id="risk") == "/courses/risk"
        assert url_for(".course", course_id="pmo") == "/courses/pmo"
        assert url_for("learning.catalogue", tag=["a", "b"]) == "/courses?tag=a&tag=b"
        assert url_for("insight.home", _external=True).startswith("http://")
    with app.test_request_context("/projects"):
        assert url_for(".register") == "/projects"


def test_navigation_follows_roles_language_and_section(app: Flask):
    visitor = Visitor(app)
    visitor.log_in(make_person().email, PASSWORD)

    def labels(address: str) -> list[str]:
        return [a.text for a in visitor.open(address).soup.select(".site-nav a")]

    english = labels("/courses")
    current = visitor.open("/courses").soup.select_one('.site-nav [aria-current="page"]')
    assert current is not None and current["href"] == "/courses"
    assert visitor.open("/account").soup.select('.site-nav [aria-current="page"]') == []
    assert "Admin" not in english
    visitor.open("/courses")
    with i18n.speaking("en"):  # what a request sets stays behind in a thread that lives on
        visitor.send("/language", language="de", next="/courses")
        assert labels("/courses") != english
