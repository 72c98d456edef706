"""Flask, with what every page does dozens of times made cheap."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import KeysView, MutableMapping
from functools import lru_cache
from itertools import chain
from typing import Any

from flask import Flask, has_request_context, request
from flask.templating import Environment


class Globals(ChainMap[str, Any]):
    """What a template knows without being given it. Jinja asks for the keys at every import."""

    def keys(self) -> KeysView[str]:
        return dict.fromkeys(chain.from_iterable(self.maps)).keys()


class PageEnvironment(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> Globals:
        return Globals({} if d is None else d, self.globals)


class Application(Flask):
    """Remembers addresses: they follow from endpoint and values, and a page has dozens of them."""

    jinja_environment = PageEnvironment

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
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
