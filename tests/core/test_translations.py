"""Every text that a person reads exists in every language."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from app.core import catalogues
from app.core.i18n import LANGUAGES

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
OTHERS = [language for language in LANGUAGES if language != catalogues.SOURCE_LANGUAGE]


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return catalogues.extract()


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_is_left_over(language: str, wanted: Catalog):
    have = catalogues.read(language)
    assert {message.id for message in wanted} - {message.id for message in have} == set()
    assert {message.id for message in have} - {message.id for message in wanted} == set()
    assert catalogues.untranslated(have) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_original_does(language: str):
    for message in catalogues.read(language):
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        named = {name for text in originals for name in PLACEHOLDER.findall(text) if name}
        for string in strings:
            found = {name for name in PLACEHOLDER.findall(string) if name}
            assert found <= named | {"num"}, message.id
            assert named - {"num"} <= found | {"num"}, message.id


def test_texts_are_found_in_code_and_in_templates(wanted: Catalog):
    assert "Log in" in wanted
    assert "There is no such person." in wanted
