"""Who may open which address: one rule on each view, all of them in one table.

A view without a rule keeps the application from starting. The rules are enforced before any view
runs; what belongs to whom inside a page is decided where it is fetched (`…_for(actor)`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from app.core.policy import ANONYMOUS, Actor, Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """`public` admits anybody; else somebody logged in who has one of `roles`, if any are named."""

    public: bool = False
    roles: frozenset[Role] = frozenset()

    def admits(self, actor: Actor) -> bool:
        if self.public:
            return True
        return actor.person_id is not None and (not self.roles or actor.has(*self.roles))


class User(Protocol):
    """What a login gives: the accounts feature makes it, this module only asks for the actor."""

    actor: Actor


login_manager = LoginManager()


def public(view: View) -> View:
    """Anybody may open it."""
    return _declare(view, Rule(public=True))


def signed_in(view: View) -> View:
    """Anybody logged in may open it; what they see is their own."""
    return _declare(view, Rule())


def requires(*roles: Role) -> Callable[[View], View]:
    """Only somebody with one of `roles` may open it (an admin has every role)."""
    return lambda view: _declare(view, Rule(roles=frozenset(roles)))


def _declare(view: View, rule: Rule) -> View:
    cast(Any, view).rule = rule
    return view


def current_actor() -> Actor:
    """Whoever sends this request."""
    if "actor" not in g:
        g.actor = current_user.actor if current_user.is_authenticated else ANONYMOUS
    return cast(Actor, g.actor)


def rules(app: Flask) -> dict[str, Rule]:
    """The table: the rule of every endpoint.

    Raises:
        RuntimeError: a view has none.
    """
    table = {"static": Rule(public=True)}
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            if not isinstance(rule := getattr(view, "rule", None), Rule):
                raise RuntimeError(f"{endpoint} has no rule of access: see app/web/access.py")
            table[endpoint] = rule
    return table


def install(app: Flask) -> None:
    """Enforce the table from here on. Called once every view is registered."""
    login_manager.init_app(app)
    app.extensions["access"] = rules(app)
    app.before_request(_enforce)


def may_open(endpoint: str) -> bool:
    """Whether the current actor's roles open this endpoint: for navigation."""
    rule = current_app.extensions["access"].get(endpoint)
    return rule is not None and rule.admits(current_actor())


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # 404 and 405 are answered by routing
    rule: Rule = current_app.extensions["access"][request.endpoint]
    if rule.public or rule.admits(actor := current_actor()):
        return None
    return abort(403) if actor.person_id is not None else _ask_to_log_in()


def wants_json() -> bool:
    """Whether the answer goes to a program: the API, or a script of ours."""
    return request.path.startswith("/api/") or "HX-Request" in request.headers


def _ask_to_log_in() -> Response:
    if wants_json():
        abort(401)
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return cast(Response, redirect(url_for("accounts.login", next=here)))
