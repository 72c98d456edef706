"""Forms of working time."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TimeField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from app.core.i18n import lazy_gettext as _
from app.core.i18n import locale, zone
from app.core.values import Period
from app.staffing.rules.hours import MINUTES_OF_DAY, Week, zones
from app.staffing.rules.matcher.explain import zone_name
from app.web.forms import Choice, Form, given

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


class ParallelForm(Form):
    """How many roles plans may give somebody on a day."""

    most = IntegerField(
        _("Roles at a time, at most"),
        description=_("Empty: as many as their time allows."),
        validators=[Optional(), NumberRange(1, 20)],
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


class WeekForm(Form):
    """From a day on, these days of the week and hours."""

    week_from = DateField(_("From"), validators=[InputRequired(), _sensible])
    zone = SelectField(_("Time zone"))
    begins = TimeField(_("Begins"), validators=[InputRequired()])
    ends = TimeField(
        _("Ends"),
        description=_("00:00 is midnight, at the end of the day."),
        validators=[InputRequired()],
    )
    days = SelectMultipleField(
        _("Days"),
        coerce=int,
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.zone.choices = [Choice(name, zone_name(name)) for name in zones()]
        names = locale().days["format"]["wide"]
        self.days.choices = [Choice(str(day), names[day - 1]) for day in range(1, 8)]

    def validate_days(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(_("Choose at least one day of the week.")))

    def validate_ends(self, field: Field) -> None:
        if self.begins.data and field.data and _end(field.data) <= _minutes(self.begins.data):
            raise ValidationError(str(_("This is before the hours begin. Choose a later time.")))

    def week(self) -> Week:
        """The week as entered."""
        return Week(
            given(self.week_from.data),
            self.zone.data,
            tuple(given(self.days.data)),
            _minutes(given(self.begins.data)),
            _end(given(self.ends.data)),
        )

    @classmethod
    def empty(cls, today: date, last: Week | None) -> WeekForm:
        """To be filled in, beginning with what counts now."""
        week = last or Week(today, zone())
        data = {
            "week_from": today,
            "zone": week.zone,
            "days": week.days,
            "begins": _time(week.begins),
            "ends": _time(week.ends),
        }
        return cls(formdata=None, data=data)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _end(at: time) -> int:
    return _minutes(at) or MINUTES_OF_DAY


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
