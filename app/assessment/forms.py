"""Forms of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.assessment.rules import Remedy, applies
from app.authoring.document import Criterion, Question
from app.core.i18n import lazy_gettext as _
from app.core.i18n import number
from app.web.forms import Choice, Form
from app.web.questions import plain

REMEDY_NAMES = {
    Remedy.FULL_MARKS: _("Full marks to everybody"),
    Remedy.EITHER_KEY: _("Right by the old key or by the new one"),
    Remedy.NEW_KEY: _("By the new key alone"),
    Remedy.IGNORE_OPTION: _("As if one option had not been there"),
    Remedy.IGNORE_QUESTION: _("As if the question had not been asked"),
}

_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class MarkForm(Form):
    """Points for an essay, for each criterion of its rubric, and a word to its writer."""

    comment = TextAreaField(
        _("Comment"),
        description=_("The learner reads it. Say what is good and what is missing."),
        validators=[Optional(), Length(max=5000)],
    )
    second = BooleanField(
        _("Ask a colleague to mark it too"),
        description=_("They do not see your points; the mean of both counts."),
    )

    @property
    def points(self) -> list[DecimalField]:
        """A field for each criterion, in their order."""
        return [field for field in self if isinstance(field, DecimalField)]

    @classmethod
    def for_criteria(cls, criteria: Sequence[Criterion]) -> MarkForm:
        """A form with a field for each of these criteria."""
        fields = {f"points-{place}": _points(one) for place, one in enumerate(criteria)}
        form: MarkForm = type("CriteriaForm", (cls,), fields)()
        return form


def _points(criterion: Criterion) -> DecimalField:
    most = criterion.points
    return DecimalField(
        criterion.text or _("Points"),
        description=_("0 to %(most)s, in steps of a half", most=number(most)),
        places=None,
        validators=[InputRequired(), NumberRange(0, most)],
        render_kw={"min": "0", "max": str(most), "step": "0.5"},
    )


class WindowForm(Form):
    """When a quiz is open to be sat. Times are those of the organisation's time zone."""

    opens_at = DateTimeLocalField(_("Opens"), format=_MINUTES, validators=[Optional()])
    closes_at = DateTimeLocalField(
        _("Closes"),
        description=_("Attempts that run end then, too. Empty means that it stays open."),
        format=_MINUTES,
        validators=[Optional()],
    )
    access_code = StringField(
        _("Access code"),
        description=_("Asked of whoever begins. Say it in the room, not before."),
        validators=[Optional(), Length(max=60)],
    )


class GrantForm(Form):
    """What somebody is granted beyond the rules."""

    where = SelectField(_("For"), default="")
    time_factor = DecimalField(
        _("Time, as a factor"),
        default=Decimal(1),
        description=_("1.25 gives a quarter more time; 1 changes nothing."),
        validators=[InputRequired(), NumberRange(1, 5)],
    )
    extra_attempts = IntegerField(
        _("Extra attempts"), default=0, validators=[InputRequired(), NumberRange(0, 20)]
    )
    closes_at = DateTimeLocalField(_("Closes later, at"), format=_MINUTES, validators=[Optional()])
    reason = TextAreaField(
        _("Reason"),
        description=_("Only administrators read it, nobody else; not you either, later."),
        validators=[InputRequired(), Length(max=2000)],
    )

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.where.choices = [Choice("", _("every quiz")), *(Choice(*one) for one in places)]

    def place(self) -> tuple[str | None, str | None]:
        """Course and quiz; without a quiz the whole course, without either everywhere."""
        course_id, _slash, quiz_id = (self.where.data or "").partition("/")
        return course_id or None, quiz_id or None


class ExtensionForm(Form):
    """More time for one attempt."""

    minutes = IntegerField(_("Minutes"), validators=[InputRequired(), NumberRange(1, 600)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=1000)])


class VoidForm(Form):
    """Take an attempt back."""

    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=1000)])


class ReportForm(Form):
    """What is wrong with a question."""

    text = TextAreaField(
        _("What is wrong with it"),
        description=_(
            "The author reads it beside your answer and the question, without your name."
        ),
        validators=[InputRequired(), Length(max=2000)],
    )


class ReportAnswerForm(Form):
    """What becomes of a report."""

    upheld = RadioField(
        _("Decision"),
        choices=[
            Choice("yes", _("The learner is right")),
            Choice("no", _("The question stays as it is")),
        ],
        validators=[InputRequired()],
    )
    answer = TextAreaField(
        _("To the learner"),
        description=_(
            "What becomes of it, and why. It stands beside the question in their review."
        ),
        validators=[InputRequired(), Length(max=2000)],
    )


class DecisionForm(Form):
    """What becomes of what a pass earned that no longer holds."""

    withdraw = RadioField(
        _("Decision"),
        choices=[
            Choice("no", _("Let it stand")),
            Choice("yes", _("Withdraw evidence and certificate")),
        ],
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("It stays with the evidence and the certificate; whoever verifies reads it."),
        validators=[InputRequired(), Length(max=1000)],
    )


class RegradeForm(Form):
    """How a question is judged anew."""

    remedy = RadioField(_("Remedy"), coerce=Remedy, validators=[InputRequired()])
    option = SelectField(_("Option to leave out"), default="", validators=[Optional()])
    reason = TextAreaField(
        _("Reason"),
        description=_("It stays with the regrade; the audit trail names it for each attempt."),
        validators=[InputRequired(), Length(max=2000)],
    )

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(**options)
        self.remedy.choices = [
            Choice(remedy.value, name)
            for remedy, name in REMEDY_NAMES.items()
            if applies(remedy, question)
        ]
        offered = getattr(question, "options", ())
        self.option.choices = [
            Choice("", _("– none –")),
            *(Choice(one.id, plain(one.html)) for one in offered),
        ]
