"""Forms of competence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from secrets import token_hex

from wtforms import (
    DateField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.competence.models import CertificationType, Competency
from app.competence.rules import EvidenceKind
from app.core.i18n import lazy_gettext as _
from app.core.values import Period
from app.web.forms import Choice, Form, given

LEVEL_NAMES = {
    1: _("Aware"),
    2: _("Practised"),
    3: _("Competent"),
    4: _("Proficient"),
    5: _("Expert"),
}

KIND_NAMES = {
    EvidenceKind.ASSESSED: _("Exam or checkpoint"),
    EvidenceKind.JUDGED: _("Judgement of an assessor"),
    EvidenceKind.CERTIFICATE: _("Certification of others"),
    EvidenceKind.PROJECT: _("Work on a project"),
    EvidenceKind.SELF_RATED: _("Self-rating; never counts"),
}


class WhenForm(Form):
    """For which day, or for which days, a profile is asked."""

    class Meta(Form.Meta):
        csrf = False  # a question: nothing is changed by it

    first = DateField(_("On the day, or from"), validators=[Optional()])
    last = DateField(
        _("Until"),
        description=_("Leave it empty to ask for one day."),
        validators=[Optional()],
    )

    def validate_last(self, field: Field) -> None:
        if field.data and not self.first.data:
            raise ValidationError(str(_("Say from which day on, too.")))
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(str(_("This is before the first day. Choose a later one.")))

    def period(self, today: date) -> Period:
        """The days asked for; today if none are."""
        first = self.first.data or today
        return Period(first, self.last.data or first)


class EvidenceForm(Form):
    """Record what one saw somebody do."""

    competency = SelectField(_("Competency"), validators=[InputRequired()])
    level = SelectField(_("Level"), coerce=int, validators=[InputRequired()])
    first = DateField(_("Holds from"), validators=[InputRequired()])
    last = DateField(
        _("Holds until"),
        description=_("The last day. Empty means for good."),
        validators=[Optional()],
    )
    note = TextAreaField(
        _("What you saw"),
        description=_("The work and what it showed. The person reads it."),
        validators=[InputRequired(), Length(max=2000)],
    )
    request_key = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{32}$")])

    def __init__(self, competencies: Iterable[Competency], today: date) -> None:
        super().__init__(data={"first": today, "level": 3, "request_key": token_hex(16)})
        self.competency.choices = [
            Choice(one.code, one.title, optgroup=one.group_title) for one in competencies
        ]
        self.level.choices = [Choice(n, f"{n} {name}") for n, name in LEVEL_NAMES.items()]

    def validate_last(self, field: Field) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(str(_("This is before the first day. Choose a later one.")))

    def period(self) -> Period | None:
        """The days it holds; None without an end."""
        if self.last.data is None:
            return None
        return Period(given(self.first.data), self.last.data)


class HoldingForm(Form):
    """Record a certification of others."""

    certification = SelectField(_("Certification"), validators=[InputRequired()])
    number = StringField(
        _("Number"),
        description=_("As it stands on the certificate."),
        validators=[InputRequired(), Length(max=80)],
    )
    issued_on = DateField(_("Issued on"), validators=[InputRequired()])
    expires_on = DateField(
        _("Good until"),
        description=_(
            "The last day. Left empty, it follows from how long the issuer lets it hold."
        ),
        validators=[Optional()],
    )

    def __init__(self, types: Iterable[CertificationType]) -> None:
        super().__init__()
        self.certification.choices = [
            Choice(one.code, one.title, optgroup=one.issuer)
            for one in sorted(types, key=lambda one: (one.issuer, one.title))
        ]

    def validate_expires_on(self, field: Field) -> None:
        if field.data and self.issued_on.data and field.data < self.issued_on.data:
            raise ValidationError(str(_("It cannot lapse before it was issued.")))


class WithdrawalForm(Form):
    """Take something back, with the reason."""

    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=1000)])
