"""Forms of staffing."""

from __future__ import annotations

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from app.core.i18n import lazy_gettext as _
from app.staffing.rules.booking import BookingState, SlotState
from app.staffing.services import LONGEST_REASON
from app.web.forms import Choice, Form

LARGEST_ID = 2**31 - 1

STATE_NAMES = {
    BookingState.PROPOSED: _("Proposed"),
    BookingState.REQUESTED: _("Asked"),
    BookingState.CONFIRMED: _("Confirmed"),
    BookingState.RELEASED: _("Released"),
    BookingState.DECLINED: _("Declined"),
}
STATE_TONES = {
    BookingState.PROPOSED: "neutral",
    BookingState.REQUESTED: "warn",
    BookingState.CONFIRMED: "good",
    BookingState.RELEASED: "neutral",
    BookingState.DECLINED: "bad",
}
SLOT_STATE_NAMES = {
    SlotState.OPEN: _("Open"),
    SlotState.ASKED: _("Asked"),
    SlotState.FILLED: _("Filled"),
    SlotState.CLOSED: _("Closed"),
}
SLOT_STATE_TONES = {
    SlotState.OPEN: "warn",
    SlotState.ASKED: "info",
    SlotState.FILLED: "good",
    SlotState.CLOSED: "neutral",
}


def _states(*states: BookingState) -> list[Choice]:
    return [Choice(state.value, STATE_NAMES[state]) for state in states]


class BeginForm(Form):
    """Propose somebody for a role, or ask them."""

    person = IntegerField(_("Person"), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    mask = StringField(_("Candidate"), validators=[Optional(), Regexp(r"^[0-9a-f]{12}$")])
    """Who is meant on a blind list."""
    state = SelectField(
        _("State"),
        coerce=BookingState,
        choices=_states(BookingState.PROPOSED, BookingState.REQUESTED),
    )
    reason = TextAreaField(_("Why not the first"), validators=[Length(max=LONGEST_REASON)])
    seen = StringField(_("The list as it was"), validators=[Length(max=64)])


class StepForm(Form):
    """Bring a booking into its next state."""

    state = SelectField(
        _("State"),
        coerce=BookingState,
        choices=_states(BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.RELEASED),
    )
    reason = TextAreaField(
        _("Reason"), validators=[Length(max=LONGEST_REASON)], render_kw={"rows": 3}
    )
    last_day = DateField(_("Last day of work"), validators=[Optional()])
    """With a release: the days up to it stay booked."""


class AnswerForm(Form):
    """Accept or decline a request."""

    state = SelectField(
        _("Answer"),
        coerce=BookingState,
        choices=_states(BookingState.CONFIRMED, BookingState.DECLINED),
    )
    reason = TextAreaField(
        _("Why not"),
        description=_("The PMO reads this. Nothing private is needed."),
        validators=[Length(max=LONGEST_REASON)],
        render_kw={"rows": 3},
    )
