"""The parts of pages: all of them drawn, and every file they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from app.web.gallery import examples

APP = Path(__file__).resolve().parents[2] / "app"
STATIC = APP / "web" / "static"
SPRITE = STATIC / "vendor" / "lucide-1.62.0" / "sprite.svg"


@pytest.fixture
def gallery(app: Flask) -> BeautifulSoup:
    with app.test_request_context("/admin/components"):
        page = render_template("components/gallery.html", examples=examples())
    return BeautifulSoup(page, "html.parser")


def test_every_component_is_on_the_page_of_components():
    page = (APP / "web/templates/components/gallery.html").read_text()

    files = {path.name for path in (APP / "web/templates/components").glob("[a-z]*.html")}
    missing = {name for name in files if f'"components/{name}"' not in page}

    drawn_elsewhere = {"answer.html", "breadcrumbs.html", "gallery.html", "hero.html"}
    assert missing == drawn_elsewhere


def test_gallery_holds_no_inline_style_or_script_and_no_id_twice(gallery: BeautifulSoup):
    ids = [tag["id"] for tag in gallery.find_all(id=True)]

    assert not gallery.find_all(style=True)
    assert not gallery.find_all("style")
    assert all(script.get("src") for script in gallery.find_all("script"))
    assert len(ids) == len(set(ids))


def test_references_between_elements_lead_somewhere(gallery: BeautifulSoup):
    ids = {tag["id"] for tag in gallery.find_all(id=True)}

    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for tag in gallery.find_all(attrs={attribute: True}):
            value = tag[attribute]
            assert set(value.split() if isinstance(value, str) else value) <= ids, tag


def test_field_hangs_its_error_and_help_on_the_control(gallery: BeautifulSoup):
    control = gallery.find(id="wrong-budget")

    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "wrong-budget-help wrong-budget-error"
    assert "above zero" in gallery.find(id="wrong-budget-error").text


def test_every_icon_that_a_template_or_page_names_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    named = re.compile(r"""\bicon(?:_name|_end)?(?:=|\()\s*["']([a-z0-9-]+)["']""")

    missing = {
        f"{path.relative_to(APP)}: {name}"
        for path in APP.rglob("templates/**/*.html")
        for name in named.findall(path.read_text())
        if name not in known
    }

    assert not missing


def test_every_style_and_script_is_loaded_by_the_layout():
    assets = (APP / "web/templates/layout/_assets.html").read_text()
    sheets = {
        path.relative_to(STATIC / "css").with_suffix("") for path in STATIC.rglob("css/**/*.css")
    }
    unused = {str(sheet) for sheet in sheets if f'"{sheet}"' not in assets}

    assert unused == {"components/swatches"}, "only the page of components shows the palette"


def test_every_style_names_its_layer_and_no_physical_side():
    physical = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom"
        r"|width|height|min-width|max-width|text-align: (?:left|right)|float: (?:left|right))\s*:"
    )

    for sheet in STATIC.rglob("css/**/*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        assert "@layer" in text or sheet.name in ("fonts.css", "print.css"), sheet
        assert not physical.findall(text), sheet


def test_what_styles_and_vendored_folders_need_is_there():
    for sheet in STATIC.rglob("css/**/*.css"):
        for address in re.findall(r'url\("([^")?]+)', sheet.read_text()):
            assert (sheet.parent / address).is_file(), address
    for folder in (STATIC / "vendor").iterdir():
        assert (folder / "LICENSE").is_file(), folder
