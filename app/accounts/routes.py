"""Logging in and out, passwords, one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_user

from app.accounts import queries, services, sessions
from app.accounts.forms import (
    ROLE_NAMES,
    ChangePasswordForm,
    ForgotForm,
    LoginForm,
    SetPasswordForm,
    TokenForm,
)
from app.accounts.services import WrongPassword
from app.core import i18n
from app.core.errors import TooOften
from app.core.i18n import gettext as _
from app.web.access import current_actor, public, signed_in
from app.web.forms import given

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.get("/login")
@public
def login() -> ResponseReturnValue:
    """Ask for address and password."""
    if current_actor().person_id is not None:
        return redirect(_next())
    return _login_page(LoginForm())


@bp.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """Log in, and go on to where the person wanted to go."""
    form = LoginForm()
    if not form.validate():
        return _login_page(form), 422
    email, password = given(form.email.data), given(form.password.data)
    try:
        account = services.log_in(email, password, address=request.remote_addr or "")
    except WrongPassword as refusal:
        form.refuse(None, refusal)
        return _login_page(form), refusal.status
    except TooOften as refusal:
        form.refuse(None, refusal)
        return _login_page(form), refusal.status, {"Retry-After": str(refusal.retry_after)}
    sessions.begin(account)
    return redirect(_next())


def _login_page(form: LoginForm) -> str:
    return render_template("accounts/login.html", form=form, next=_next())


def _next() -> str:
    """Where to go on: a path of this site, or home."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or "\\" in wanted or not wanted.isprintable():
        return "/"
    if not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted


@bp.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """Log out of this browser."""
    sessions.end()
    flash(_("You are logged out."), "info")
    return redirect(url_for(".login"))


@bp.get("/forgot")
@public
def forgot() -> ResponseReturnValue:
    """Ask for a link to set a new password."""
    return render_template("accounts/forgot.html", form=ForgotForm(), sent=False)


@bp.post("/forgot")
@public
def send_reset() -> ResponseReturnValue:
    """Send the link; the answer is the same whether the address is known."""
    form = ForgotForm()
    if not form.validate():
        return render_template("accounts/forgot.html", form=form, sent=False), 422
    services.ask_for_reset(given(form.email.data), base_url=_base_url())
    return render_template("accounts/forgot.html", form=form, sent=True)


@bp.get("/password/<token>")
@public
def password_link(token: str) -> ResponseReturnValue:
    """Choose a password through a link from a letter."""
    services.check_link(token)
    return render_template("accounts/set_password.html", form=SetPasswordForm())


@bp.post("/password/<token>")
@public
def set_password(token: str) -> ResponseReturnValue:
    """Set it; the link is used up."""
    form = SetPasswordForm()
    if not form.validate():
        services.check_link(token)
        return render_template("accounts/set_password.html", form=form), 422
    services.set_password(token, given(form.password.data))
    sessions.end()
    flash(_("Your password is set. Log in with it."), "good")
    return redirect(url_for(".login"))


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """One's own account."""
    return _account_page()


def _account_page(
    passwords: ChangePasswordForm | None = None,
    tokens: TokenForm | None = None,
    made: str | None = None,
) -> str:
    me = queries.person(_own_id())
    return render_template(
        "accounts/account.html",
        me=me,
        roles=[ROLE_NAMES[row.role] for row in me.roles],
        capacity_share=me.capacity / 100,
        tokens=queries.tokens_of(me.id),
        passwords=passwords or ChangePasswordForm(formdata=None),
        token_form=tokens or TokenForm(formdata=None),
        made=made,
    )


@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; other sessions end, this one goes on."""
    form = ChangePasswordForm()
    if not form.validate():
        return _account_page(passwords=form), 422
    try:
        services.change_password(
            given(form.current.data), given(form.password.data), by=current_actor()
        )
    except WrongPassword as refusal:
        form.refuse(refusal.field, refusal)
        return _account_page(passwords=form), 422
    _go_on()
    flash(_("Password changed. You are logged out everywhere else."), "good")
    return redirect(url_for(".account"))


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """Log out everywhere else."""
    services.end_sessions(_own_id(), by=current_actor())
    _go_on()
    flash(_("You are logged out everywhere else."), "good")
    return redirect(url_for(".account"))


def _go_on() -> None:
    """Keep this session after an act that ended all of them."""
    if account := queries.account(_own_id()):
        login_user(sessions.Login(account))


@bp.post("/account/tokens")
@signed_in
def make_token() -> ResponseReturnValue:
    """Make an API token and show it, once."""
    form = TokenForm()
    if not form.validate():
        return _account_page(tokens=form), 422
    made = services.make_token(_own_id(), given(form.name.data), by=current_actor())
    return _account_page(made=made)


@bp.post("/account/tokens/<int:token_id>/revocation")
@signed_in
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Take one of one's own tokens out of force."""
    services.revoke_token(token_id, by=current_actor())
    flash(_("The token no longer works."), "good")
    return redirect(url_for(".account"))


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Read Cadre in another language from now on."""
    chosen = request.form.get("language", "")
    if chosen in i18n.LANGUAGES:
        session["language"] = chosen
        if current_actor().person_id is not None:
            services.choose_language(chosen, by=current_actor())
    return redirect(_next())


def _own_id() -> int:
    return given(current_actor().person_id)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
