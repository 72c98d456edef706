"""What every template can say: texts, dates, assets, the reader and the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from babel import Locale
from flask import Flask, Response, g, request, session, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, select_autoescape

from app.core import i18n
from app.core.policy import Actor, Role
from app.web import questions
from app.web.access import current_actor, may_open
from app.web.application import remembered

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Destination:
    """An entry of the main navigation; shown to whom its endpoint admits."""

    label: Any
    endpoint: str
    icon: str
    section: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A destination as one reader sees it on one page."""

    label: str
    url: str
    icon: str
    current: bool


Navigation = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """The person at the top of the page."""

    id: int
    name: str
    initials: str


def install(app: Flask, destinations: tuple[Destination, ...]) -> None:
    """Give the templates their words. `destinations` are the navigation, in order."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.autoescape = select_autoescape(default=True, default_for_string=True)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        asset=asset,
        may_open=may_open,
        remembered=remembered,
        csrf_token=_csrf_token,
    )
    app.jinja_env.filters.update(
        day=i18n.day,
        instant=i18n.instant,
        time_of_day=i18n.time_of_day,
        number=i18n.number,
        percent=i18n.percent,
        duration=i18n.duration,
        enumeration=i18n.enumeration,
        **questions.FILTERS,
    )
    sections = {destination.section for destination in destinations}
    app.before_request(lambda: _choose_language(app.config["TIME_ZONE"]))

    @cache
    def remembered_navigation(_roles: frozenset[Role], _language: str, section: str) -> Navigation:
        return _navigation(destinations, section)

    def navigation(actor: Actor) -> Navigation:
        section = "/" + request.path.split("/")[1]
        known = section if section in sections else ""
        return remembered_navigation(actor.roles, i18n.language(), known)

    @app.context_processor
    def words() -> dict[str, Any]:
        actor = current_actor()
        return {
            "actor": actor,
            "person": _reader(actor),
            "navigation": navigation(actor) if actor.person_id else (),
            "locale": i18n.locale(),
            "direction": i18n.direction(),
            "languages": _languages(),
            "organisation": app.config["ORGANISATION"],
        }


def _csrf_token() -> str:
    # Flask-WTF keeps it in `g` too, but takes long to look there: every form of a page asks.
    return cast(str, g.get("csrf_token")) or generate_csrf()


def asset(name: str) -> str:
    """The address of a static file, changed with its bytes so that browsers may keep it."""
    return url_for("static", filename=name, v=_fingerprint(name))


@lru_cache(maxsize=512)
def _fingerprint(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _choose_language(zone: str) -> None:
    chosen = session.get("language") or request.accept_languages.best_match(i18n.LANGUAGES)
    i18n.set_language(chosen or "en", zone)


def _navigation(destinations: tuple[Destination, ...], section: str) -> Navigation:
    return tuple(
        Entry(
            label=str(destination.label),
            url=url_for(destination.endpoint),
            icon=destination.icon,
            current=section == destination.section,
        )
        for destination in destinations
        if may_open(destination.endpoint)
    )


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    return tuple((code, _own_name(code)) for code in i18n.LANGUAGES)


def _own_name(code: str) -> str:
    name = Locale.parse(code).get_display_name() or code
    return name[0].upper() + name[1:]


def _reader(actor: Actor) -> Reader | None:
    if actor.person_id is None:
        return None
    return Reader(actor.person_id, actor.name, initials(actor.name))


def attachment(data: bytes, content_type: str, filename: str) -> Response:
    """An answer that a browser saves as a file; any name is safe."""
    response = Response(data, content_type=content_type)
    plain = "".join(sign if sign.isalnum() or sign in " .-_()" else "_" for sign in filename)
    response.headers.set("Content-Disposition", "attachment", filename=plain)
    return response


def initials(name: str) -> str:
    """First letters of the first and the last word of a name."""
    words = name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name[:1]]
    return "".join(letters).upper()
