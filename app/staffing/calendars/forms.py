"""Forms of working time."""

from __future__ import annotations

from datetime import date

from wtforms import DateField, Field, IntegerField, ValidationError
from wtforms.validators import InputRequired, NumberRange

from app.core.i18n import lazy_gettext as _
from app.core.values import Period
from app.web.forms import Form, given

FIRST, LAST = date(2000, 1, 1), date(2200, 12, 31)


def _sensible(_form: Form, field: Field) -> None:
    if field.data and not FIRST <= field.data <= LAST:
        raise ValidationError(str(_("Choose a day between 2000 and 2200.")))


class ChangeForm(Form):
    """From a day on, another share of full time."""

    from_on = DateField(_("From"), validators=[InputRequired(), _sensible])
    percent = IntegerField(
        _("Time for projects, %"),
        description=_("Of full time: somebody who works half days has 50."),
        validators=[InputRequired(), NumberRange(0, 100)],
    )


class AbsenceForm(Form):
    """Days on which somebody is not there."""

    first = DateField(_("First day"), validators=[InputRequired(), _sensible])
    last = DateField(_("Last day"), validators=[InputRequired(), _sensible])
    missing = IntegerField(
        _("Time that is missing, %"),
        description=_("100 means that they are not there at all."),
        default=100,
        validators=[InputRequired(), NumberRange(1, 100)],
    )

    def validate_last(self, field: Field) -> None:
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(str(_("This is before the first day. Choose a later date.")))

    def period(self) -> Period:
        """The days, both ends included."""
        return Period(given(self.first.data), given(self.last.data))
