"""Forms of certificates."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.i18n import lazy_gettext as _
from app.web.forms import Form


class RevocationForm(Form):
    """Take a certificate out of force."""

    reason = TextAreaField(
        _("Reason"),
        description=_("Kept with the certificate. Whoever verifies it reads that it was revoked."),
        validators=[InputRequired(), Length(max=1000)],
    )


class VerifyForm(Form):
    """Look a certificate up by its number."""

    class Meta(Form.Meta):
        csrf = False  # a search: nothing is changed by it

    number = StringField(
        _("Number of the certificate"),
        description=_(
            "As printed on it, seven groups of four: capitals or not, with or without dashes."
        ),
        validators=[InputRequired(), Length(max=200)],
    )
