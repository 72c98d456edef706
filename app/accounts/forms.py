"""Forms of accounts."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from app.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from app.core.i18n import lazy_gettext as _
from app.core.policy import Role
from app.web.forms import Form

ROLE_NAMES = {
    Role.LEARNER: _("Learner"),
    Role.AUTHOR: _("Author"),
    Role.MENTOR: _("Mentor"),
    Role.PMO: _("PMO"),
    Role.ADMIN: _("Administrator"),
}


class LoginForm(Form):
    """Log in."""

    email = EmailField(
        _("E-mail address"),
        validators=[InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class ForgotForm(Form):
    """Ask for a link to set a new password."""

    email = EmailField(
        _("E-mail address"),
        validators=[InputRequired(), Email(), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )


class _NewPassword(Form):
    password = PasswordField(
        _("New password"),
        description=_(
            "At least %(count)s characters. A few unrelated words are easy to keep.",
            count=SHORTEST_PASSWORD,
        ),
        validators=[InputRequired(), Length(SHORTEST_PASSWORD, LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _("The same again"),
        validators=[InputRequired(), EqualTo("password", _("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class SetPasswordForm(_NewPassword):
    """Set a password through a link."""


class ChangePasswordForm(_NewPassword):
    """Change one's own password."""

    current = PasswordField(
        _("Current password"),
        validators=[InputRequired(), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class TokenForm(Form):
    """Make an API token."""

    name = StringField(
        _("What it is for"),
        description=_("So that you recognise it later: “reporting script”."),
        validators=[InputRequired(), Length(max=120)],
    )
