"""Forms of certificates."""

from __future__ import annotations

from flask_wtf.file import FileField
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


class FileForm(Form):
    """Hand in the file of a certificate."""

    file = FileField(
        _("File of the certificate"),
        description=_(
            "The PDF, the credential (JSON) or the badge (PNG, SVG), up to 3 MB."
            " It is examined and not kept."
        ),
        validators=[InputRequired()],
    )
