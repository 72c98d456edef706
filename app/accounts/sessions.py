"""Sessions: who a cookie or a bearer token speaks for. The web side of accounts."""

from __future__ import annotations

from flask import Request, session
from flask_login import UserMixin, login_user, logout_user

from app.accounts import queries, services
from app.core.policy import Actor
from app.web.access import login_manager


class Login(UserMixin):  # type: ignore[misc]
    """A logged-in person. The id carries the epoch: one more ends every session."""

    def __init__(self, account: queries.Account) -> None:
        self.actor: Actor = account.actor
        self.epoch = account.epoch
        self.language = account.language

    def get_id(self) -> str:
        return f"{self.actor.person_id}:{self.epoch}"


def begin(account: queries.Account) -> None:
    """Start a new session; nothing of the one before survives."""
    session.clear()
    login_user(Login(account))
    session["language"] = account.language


def end() -> None:
    """Log out."""
    logout_user()
    session.clear()


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _of_session(key: str) -> Login | None:
    person_id, _, epoch = key.partition(":")
    if not (person_id.isdecimal() and epoch.isdecimal()):
        return None
    account = queries.account(int(person_id))
    return Login(account) if account and account.epoch == int(epoch) else None


@login_manager.request_loader  # type: ignore[untyped-decorator]
def _of_request(request: Request) -> Login | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not request.path.startswith("/api/"):
        return None
    account = services.account_of_token(token.strip())
    return Login(account) if account else None
