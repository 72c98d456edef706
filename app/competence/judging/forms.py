"""Forms of assessment by people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from app.authoring.frameworks import Criterion
from app.competence.judging.rules import RequestState, Turn
from app.competence.judging.services import Upload
from app.competence.models import Competency
from app.core.i18n import lazy_gettext as _
from app.web.forms import Choice, Form

STATE_NAMES = {
    RequestState.ASKED: _("Waits for an assessor"),
    RequestState.IN_REVIEW: _("In hand"),
    RequestState.SECOND_REVIEW: _("Waits for a second assessor"),
    RequestState.AWARDED: _("Awarded"),
    RequestState.REFUSED: _("Not awarded"),
    RequestState.APPEALED: _("Appealed against"),
    RequestState.WITHDRAWN: _("Withdrawn"),
}
STATE_TONES = {
    RequestState.ASKED: "info",
    RequestState.IN_REVIEW: "info",
    RequestState.SECOND_REVIEW: "info",
    RequestState.AWARDED: "good",
    RequestState.REFUSED: "bad",
    RequestState.APPEALED: "warn",
    RequestState.WITHDRAWN: "neutral",
}
TURN_NAMES = {
    Turn.FIRST: _("First assessment"),
    Turn.SECOND: _("Second assessment"),
    Turn.APPEAL: _("After the appeal"),
}


def uploads(field: MultipleFileField) -> list[Upload]:
    """The files that were sent."""
    sent: list[Any] = [one for one in field.data or [] if one and one.filename]
    return [Upload(one.filename.replace("\\", "/").rpartition("/")[2], one.read()) for one in sent]


class RequestForm(Form):
    """Ask for an assessment of one's own work."""

    competency = SelectField(_("Competency"), validators=[InputRequired()])
    level = SelectField(_("Level"), coerce=int, validators=[InputRequired()])
    work = TextAreaField(
        _("Your work"),
        description=_("What you did, what came of it, and where an assessor can look at it."),
        validators=[InputRequired(), Length(max=4000)],
    )
    files = MultipleFileField(
        _("Files"),
        description=_("Up to five, 3 MB together. They are only ever handed out as downloads."),
    )
    request_key = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{32}$")])

    def __init__(
        self, competencies: Iterable[Competency], chosen: str | None, level: int | None
    ) -> None:
        given = {"competency": chosen, "level": level or 4, "request_key": token_hex(16)}
        super().__init__(data=given)
        self.competency.choices = [
            Choice(one.code, one.title, optgroup=one.group_title) for one in competencies
        ]
        self.level.choices = [Choice(n, str(n)) for n in range(1, 6)]


class DecisionForm(Form):
    """Points for each criterion, a level, and the reasons."""

    level = SelectField(_("Level that the work shows"), coerce=int, validators=[InputRequired()])
    reason = TextAreaField(
        _("Reasons"),
        description=_("What you saw, criterion by criterion. The person reads it."),
        validators=[InputRequired(), Length(max=4000)],
    )
    rubric: Sequence[Criterion] = ()

    def __init__(self, highest: int) -> None:
        super().__init__()
        awarded = [Choice(n, str(n)) for n in range(highest, 0, -1)]
        self.level.choices = [*awarded, Choice(0, str(_("Not awarded")))]

    def points(self) -> dict[str, int]:
        """By criterion."""
        return {one.code: self[_name(one)].data for one in self.rubric}


def _name(criterion: Criterion) -> str:
    return "points_" + criterion.code.replace("-", "_")


def decision_form(rubric: Sequence[Criterion], highest: int) -> DecisionForm:
    """The form for a rubric, with a field for each criterion."""
    fields = {
        _name(one): IntegerField(
            one.title,
            description=_(
                "%(description)s From 0 to %(points)s points; a level needs %(needed)s.",
                description=one.description,
                points=one.points,
                needed=one.needed,
            ),
            validators=[InputRequired(), NumberRange(0, one.points)],
        )
        for one in rubric
    }
    form: DecisionForm = type("RubricForm", (DecisionForm,), fields)(highest)
    form.rubric = rubric
    return form


class AppealForm(Form):
    """Ask that somebody else looks at a refusal."""

    reason = TextAreaField(
        _("Why it should be looked at again"),
        description=_("What was overlooked or misunderstood. Somebody else decides, once."),
        validators=[InputRequired(), Length(max=4000)],
    )
