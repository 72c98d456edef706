"""Forms of competence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from secrets import token_hex
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.competence.models import CertificationType, Competency
from app.competence.rules import EvidenceKind
from app.core.i18n import lazy_gettext as _
from app.core.values import Period
from app.web.forms import Choice, Form, given

HIGHEST = 5
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
    files = MultipleFileField(
        _("Files"),
        description=_("Up to five, 3 MB together. They are only ever handed out as downloads."),
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


class GoalForm(Form):
    """Aim for a level."""

    goal = SelectField(_("Level"), coerce=int, validators=[InputRequired()])

    def __init__(self, highest: int = HIGHEST, level: int | None = None) -> None:
        super().__init__(data={"goal": level})
        self.goal.choices = _level_choices(highest)


class RatingForm(Form):
    """Say where one sees oneself."""

    rating = SelectField(_("Where you see yourself"), coerce=int, validators=[InputRequired()])
    why = TextAreaField(_("Why"), validators=[Length(max=2000)])
    request_key = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{32}$")])

    def __init__(self, highest: int = HIGHEST) -> None:
        super().__init__(data={"request_key": token_hex(16)})
        self.rating.choices = _level_choices(highest)


def _level_choices(highest: int) -> list[Choice]:
    return [Choice(n, str(n)) for n in range(1, highest + 1)]


USUAL_HOURS = 4
"""Hours a week that there are for learning, unless somebody says otherwise."""


class GapForm(Form):
    """What one wants to be ready for, and how much time a week there is for it."""

    class Meta(Form.Meta):
        csrf = False  # a question: nothing is changed by it; the way to enrol has its own token

    against = SelectField(_("Ready for"), validators=[InputRequired()])
    hours = IntegerField(
        _("Hours a week"), default=USUAL_HOURS, validators=[InputRequired(), NumberRange(1, 60)]
    )

    def __init__(
        self,
        profiles: Sequence[tuple[str, str]],
        roles: Sequence[tuple[str, str]],
        *,
        goals: bool,
        asked: Any,
    ) -> None:
        super().__init__(asked)
        own = [("goals", str(_("Your goals")))] if goals else []
        self.known = [value for value, _label in (*own, *roles, *profiles)]
        self.against.choices = [
            *(Choice(value, label, optgroup=str(_("Your own"))) for value, label in own),
            *(Choice(value, label, optgroup=str(_("Your projects"))) for value, label in roles),
            *(Choice(value, label, optgroup=str(_("Role profiles"))) for value, label in profiles),
        ]

    def first(self) -> str | None:
        """What stands on top of the list; None if nothing does."""
        return self.known[0] if self.known else None

    def hours_a_week(self) -> int:
        return int(self.hours.data or USUAL_HOURS)


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
