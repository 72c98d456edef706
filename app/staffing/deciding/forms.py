"""Forms of deciding."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.core.i18n import lazy_gettext as _
from app.staffing.deciding.models import OverrideState
from app.staffing.deciding.rules import Choice as Chosen
from app.staffing.deciding.services import LONGEST_REASON
from app.staffing.forms import LARGEST_ID
from app.staffing.rules.matcher.weights import MOST
from app.web.forms import Choice, Form

CHOICE_NAMES = {
    Chosen.FIRST: _("First of the list"),
    Chosen.DEPARTURE: _("Not the first"),
    Chosen.OVERRIDE: _("Override"),
}
OVERRIDE_NAMES = {
    OverrideState.WAITING: _("Waiting for a second member"),
    OverrideState.GRANTED: _("Granted"),
    OverrideState.REFUSED: _("Refused"),
}
OVERRIDE_TONES = {
    OverrideState.WAITING: "warn",
    OverrideState.GRANTED: "good",
    OverrideState.REFUSED: "bad",
}


def _weight() -> IntegerField:
    return IntegerField(validators=[Optional(), NumberRange(0, MOST)], default=0)


class WeightsForm(Form):
    """A weight for each part of a score; a part left empty counts nothing."""

    wants = _weight()
    margin = _weight()
    evidence = _weight()
    slack = _weight()
    similar = _weight()
    wish = _weight()
    cost = _weight()
    place = _weight()


class ShortlistForm(Form):
    """Put somebody on the shortlist, or take them off; `mask` names them on a blind list."""

    person = IntegerField(_("Person"), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    mask = StringField(_("Candidate"), validators=[Optional(), Regexp(r"^[0-9a-f]{12}$")])
    off = BooleanField(_("Take off"))
    back = HiddenField(validators=[Length(max=300)])


class OverrideForm(Form):
    """Ask a second member to pass over what is missing."""

    reason = TextAreaField(
        _("Why this person, and how is it made good?"),
        description=_(
            "A second member of the PMO reads this and decides. It stays on the project."
        ),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
        render_kw={"rows": 5},
    )


class SecondForm(Form):
    """Agree to an override, or refuse it."""

    grant = SelectField(
        _("Decision"), choices=[Choice("yes", _("Agree")), Choice("no", _("Refuse"))]
    )
    note = TextAreaField(
        _("Note"),
        description=_("Needed if you refuse."),
        validators=[Length(max=LONGEST_REASON)],
        render_kw={"rows": 3},
    )
