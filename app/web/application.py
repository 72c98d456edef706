"""Flask, with what every page does dozens of times made cheap."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer
from jinja2 import Template
from jinja2.runtime import Context

from app.core import i18n


class PageTemplate(Template):
    def _get_default_module(self, ctx: Context | None = None) -> Any:
        """What other templates import. No page gives a template globals of its own, so that one
        module serves them all, and nobody has to look for the difference."""
        return super()._get_default_module()


class PageEnvironment(Environment):
    """Finds a template that was found before without asking twice, unless files may change."""

    template_class = PageTemplate

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._found: dict[str, Template] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        if self.auto_reload or globals is not None or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        if name not in self._found:
            self._found[name] = super().get_template(name, parent)
        return self._found[name]


class Sessions(SecureCookieSessionInterface):
    """Makes its serializer once: the secret stays the same while the application runs."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


class Application(Flask):
    """Remembers addresses: they follow from endpoint and values, and a page has dozens of them."""

    jinja_environment = PageEnvironment

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session_interface = Sessions()
        self._remembered = lru_cache(maxsize=4096, typed=True)(super().url_for)

    def url_for(self, endpoint: str, **values: Any) -> str:
        if not has_request_context() or values.get("_external"):
            return super().url_for(endpoint, **values)
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint}{endpoint}"
        try:
            return self._remembered(endpoint, **values)
        except TypeError:  # a list among the values
            return super().url_for(endpoint, **values)


def remembered(macro: Callable[..., str]) -> Callable[..., str]:
    """A macro whose text follows from its arguments and the language alone, written once."""

    @lru_cache(maxsize=4096, typed=True)
    def text(_language: str, *arguments: Any, **named: Any) -> str:
        return macro(*arguments, **named)

    def remembering(*arguments: Any, **named: Any) -> str:
        try:
            return text(i18n.language(), *arguments, **named)
        except TypeError:  # a dictionary or a list among the arguments
            return macro(*arguments, **named)

    return remembering
