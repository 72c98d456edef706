"""Forms of one's own matches."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.i18n import lazy_gettext as _
from app.staffing.own.services import LONGEST
from app.web.forms import Choice, Form


class WishForm(Form):
    """What one says of a role; nothing takes it back."""

    wish = SelectField(
        _("Wish"),
        choices=[
            Choice("gladly", _("Gladly")),
            Choice("rather-not", _("Rather not")),
            Choice("", _("No word")),
        ],
    )


class StayOutForm(Form):
    out = SelectField(_("Plans"), choices=[Choice("1", _("Stay out")), Choice("0", _("Take part"))])


class ObjectionForm(Form):
    message = TextAreaField(_("What is wrong?"), validators=[InputRequired(), Length(max=LONGEST)])


class AnswerForm(Form):
    answer = TextAreaField(_("Answer"), validators=[InputRequired(), Length(max=LONGEST)])
