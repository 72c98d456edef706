"""Forms of assessment."""

from __future__ import annotations

from decimal import Decimal

from wtforms import DecimalField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core.i18n import lazy_gettext as _
from app.core.i18n import number
from app.web.forms import Form


class MarkForm(Form):
    """Points for an essay, in halves, and a word to its writer."""

    points = DecimalField(_("Points"), places=None, validators=[InputRequired()])
    comment = TextAreaField(
        _("Comment"),
        description=_("The learner reads it. Say what is good and what is missing."),
        validators=[Optional(), Length(max=5000)],
    )

    def __init__(self, most: Decimal) -> None:
        super().__init__()
        self.points.validators = [*self.points.validators, NumberRange(0, most)]
        self.points.description = _("0 to %(most)s, in steps of a half", most=number(most))
        self.points.render_kw = {"min": "0", "max": str(most), "step": "0.5"}
