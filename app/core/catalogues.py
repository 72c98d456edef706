"""Keeping the catalogues of translations in step with the code. For developers, not for servers."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.core.i18n import CATALOGUES, LANGUAGES

ROOT = CATALOGUES.parent
SOURCE_LANGUAGE = "en"

_METHODS = [("**/static/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


def extract() -> Catalog:
    """Every text of the code and the templates, sorted by itself."""
    catalogue = Catalog(project="Cadre", charset="utf-8")
    found = extract_from_dir(ROOT, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("translators:",))
    for name, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"app/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def path_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; empty if there is none yet."""
    if not path_of(language).exists():
        return Catalog(locale=language, project="Cadre", charset="utf-8")
    with path_of(language).open("rb") as source:
        return read_po(source, locale=language)


def update() -> dict[str, int]:
    """Bring every catalogue in step with the code; returns how many texts each still lacks.

    Texts that are gone are dropped; none is guessed from a similar one.
    """
    wanted = extract()
    missing = {}
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        catalogue = read(language)
        catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        _write(language, catalogue)
        missing[language] = len(untranslated(catalogue))
    return missing


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or whose translation is only a guess."""
    return [str(one.id) for one in catalogue if one.id and (not _is_whole(one.string) or one.fuzzy)]


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _write(language: str, catalogue: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=100, sort_output=True, include_lineno=False)
