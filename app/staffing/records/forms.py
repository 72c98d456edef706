"""The form of the sponsor's short assessment."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.i18n import lazy_gettext as _
from app.staffing.records.queries import Asked
from app.web.forms import Choice, Form


class RecordForm(Form):
    """What was seen in each competency of the role, and a word on it."""

    note = TextAreaField(
        _("Your short assessment"),
        description=_("What they did and what came of it. The person reads it."),
        validators=[InputRequired(), Length(max=2000)],
    )
    asked: Sequence[Asked] = ()

    def levels(self) -> dict[str, int]:
        """By competency; 0 where nothing was seen."""
        return {one.competency.code: self[_name(one)].data for one in self.asked}


def _name(asked: Asked) -> str:
    return "level_" + asked.competency.code.replace("-", "_")


def record_form(asked: Sequence[Asked]) -> RecordForm:
    """The form for a role, with a field for each of its competencies."""
    fields = {_name(one): SelectField(one.competency.title, coerce=int, default=0) for one in asked}
    form: RecordForm = type("WorkForm", (RecordForm,), fields)()
    form.asked = asked
    for one in asked:
        levels = [
            Choice(n, f"{n}: {one.competency.levels.get(str(n), '')}")
            for n in range(1, one.highest + 1)
        ]
        form[_name(one)].choices = [Choice(0, str(_("Not seen"))), *levels]
    return form
