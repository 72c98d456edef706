"""Forms of training."""

from __future__ import annotations

import re

from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.core.i18n import lazy_gettext as _
from app.core.values import Money
from app.staffing.training.services import LONGEST_REASON
from app.web.forms import Form, given


class AssignForm(Form):
    """Whom to give the courses."""

    person = IntegerField(validators=[InputRequired(), NumberRange(min=1)])


class WithdrawForm(AssignForm):
    """Whose courses to take back, and why."""

    reason = StringField(validators=[InputRequired(), Length(max=LONGEST_REASON)])


class AskForm(Form):
    """How to look for training."""

    together = BooleanField()


class ChosenForm(Form):
    """Lines of a look, each as role and person: `12-34`."""

    line = SelectMultipleField(validate_choice=False, validators=[InputRequired()])

    def validate_line(self, field: Field) -> None:
        if not all(re.fullmatch(r"[0-9]{1,9}-[0-9]{1,9}", one) for one in field.data):
            raise ValidationError("not a role and a person")

    def chosen(self) -> set[tuple[int, int]]:
        """The lines as pairs of role and person."""
        pairs = (one.split("-") for one in given(self.line.data))
        return {(int(role), int(person)) for role, person in pairs}


class StudyTimeForm(Form):
    """How much somebody can learn."""

    hours = IntegerField(
        _("Hours a week"),
        description=_("Beside the work. Days on which courses can be done are reckoned with it."),
        validators=[InputRequired(), NumberRange(1, 40)],
    )


class FeeForm(Form):
    """What a course costs."""

    course = SelectField(_("Course"), validators=[InputRequired()])
    amount = DecimalField(
        _("Fee for one person"),
        places=2,
        description=_("Nothing or 0 means that it is free."),
        validators=[Optional(), NumberRange(0, 100_000)],
    )
    currency = StringField(
        _("Currency"),
        default="EUR",
        validators=[
            InputRequired(),
            Regexp(r"^[A-Z]{3}$", message=_("Three capital letters: EUR")),
        ],
    )

    def fee(self) -> Money | None:
        if not self.amount.data:
            return None
        return Money(round(100 * self.amount.data), given(self.currency.data))
