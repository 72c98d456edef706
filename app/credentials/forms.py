"""Forms of certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.i18n import lazy_gettext as _
from app.credentials.batches.services import Wanted, emails_in
from app.credentials.models import BatchAct
from app.web.forms import Choice, Form, given


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


class BatchForm(Form):
    """One act for many certificates of a course."""

    act = RadioField(
        _("What to do"),
        choices=[
            Choice("issue", _("Issue to everybody who has passed and holds none")),
            Choice("redraw", _("Draw and sign again, with today's design and key")),
            Choice("revoke", _("Revoke")),
        ],
        default="issue",
        validators=[InputRequired()],
    )
    course = SelectField(_("Course"), validators=[InputRequired()])
    emails = TextAreaField(
        _("Only for these people"),
        description=_("E-mail addresses, one on each line. Leave it empty for everybody."),
        validators=[Length(max=200_000)],
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("Needed to revoke. Kept with each certificate."),
        validators=[Length(max=1000)],
    )

    def __init__(self, courses: Iterable[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.course.choices = [Choice(course_id, title) for course_id, title in courses]

    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(
            BatchAct(given(self.act.data)),
            given(self.course.data),
            (self.reason.data or "").strip() or None,
            emails_in(self.emails.data or ""),
        )


class ProfileForm(Form):
    """What one's public page shows."""

    name = BooleanField(_("My name, with a link that verifies each certificate"))
    certificates = SelectMultipleField(
        _("Certificates"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, titles: Iterable[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.certificates.choices = [Choice(one, title) for one, title in titles]
