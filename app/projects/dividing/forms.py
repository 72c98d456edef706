"""Forms to divide a role."""

from __future__ import annotations

from wtforms import DateField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.core.i18n import lazy_gettext as _
from app.web.forms import Form


class TimeForm(Form):
    """Divide by time."""

    rest_from = DateField(
        _("The second part begins on"),
        description=_("The first part ends on the day before."),
        validators=[InputRequired()],
    )


class ShareForm(Form):
    """Divide by share."""

    percent = IntegerField(
        _("Share of the first part, %"),
        description=_("Of full time. The second part has the rest, on the same days."),
        validators=[InputRequired(), NumberRange(1, 99)],
    )
