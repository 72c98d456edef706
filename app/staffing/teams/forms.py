"""Forms of what a project needs of its team: one each for numbers, two people, and a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import EmailField, Field, IntegerField, SelectField, ValidationError
from wtforms.validators import Email, InputRequired, Length, NumberRange

from app.core.i18n import lazy_gettext as _
from app.projects.forms import level_name
from app.projects.models import RoleSlot
from app.projects.queries import Demandable
from app.projects.rules import LEVELS
from app.staffing.rules.team import TeamRule
from app.staffing.teams.services import Entered
from app.web.forms import Choice, Form, given


class NumbersForm(Form):
    """So many people, or such a share of the team, meet a demand."""

    rule = SelectField(
        _("How many"),
        coerce=TeamRule,
        default=TeamRule.AT_LEAST,
        choices=[
            Choice(TeamRule.AT_LEAST.value, _("At least so many people")),
            Choice(TeamRule.SHARE.value, _("At least so many percent of the team")),
        ],
    )
    amount = IntegerField(
        _("Number, or percent"), default=1, validators=[InputRequired(), NumberRange(1, 100)]
    )
    what = SelectField(_("Have"), validators=[InputRequired()])
    level = SelectField(
        _("Level"),
        description=_("Of a competency; certifications have none."),
        coerce=int,
        default=3,
    )

    def __init__(self, offered: Demandable, **options: Any) -> None:
        super().__init__(**options)
        self.what.choices = [
            *(
                Choice(f"competency:{one.code}", one.title, optgroup=one.group_title)
                for one in offered.competencies
            ),
            *(
                Choice(f"certification:{one.code}", one.title, optgroup=str(_("Certifications")))
                for one in offered.certifications
            ),
        ]
        self.level.choices = [Choice(str(level), level_name(level)) for level in LEVELS]

    def entered(self) -> Entered:
        kind, _colon, code = given(self.what.data).partition(":")
        level = self.level.data if kind == "competency" else None
        return Entered(self.rule.data, given(self.amount.data), code, level)


class StretchForm(Form):
    """A competency in which people may be one level short beside a mentor."""

    what = SelectField(_("Competency"), validators=[InputRequired()])
    level = SelectField(
        _("Level of a mentor"),
        description=_("Never less than the role asks for."),
        coerce=int,
        default=4,
    )

    def __init__(self, offered: Demandable, **options: Any) -> None:
        super().__init__(**options)
        self.what.choices = [
            Choice(one.code, one.title, optgroup=one.group_title) for one in offered.competencies
        ]
        self.level.choices = [Choice(str(level), level_name(level)) for level in LEVELS]

    def entered(self) -> Entered:
        return Entered(TeamRule.STRETCH, code=given(self.what.data), level=self.level.data)


class PairForm(Form):
    """Two people who belong together, or apart."""

    rule = SelectField(
        _("These two are"),
        coerce=TeamRule,
        default=TeamRule.TOGETHER,
        choices=[
            Choice(TeamRule.TOGETHER.value, _("on the project both, or neither")),
            Choice(TeamRule.APART.value, _("never on this project together")),
        ],
    )
    first = EmailField(
        _("First person"),
        description=_("The e-mail address of somebody who has an account."),
        validators=[InputRequired(), Email(), Length(max=254)],
    )
    second = EmailField(_("Second person"), validators=[InputRequired(), Email(), Length(max=254)])

    def validate_second(self, field: Field) -> None:
        if field.data and field.data.strip().lower() == (self.first.data or "").strip().lower():
            raise ValidationError(str(_("This is the same person. Choose two.")))

    def entered(self) -> Entered:
        return Entered(self.rule.data, people=(given(self.first.data), given(self.second.data)))


class EssentialForm(Form):
    """A role without which the project does not count as staffed."""

    slot = SelectField(_("Role"), coerce=int, validators=[InputRequired()])

    def __init__(self, slots: Sequence[RoleSlot], **options: Any) -> None:
        super().__init__(**options)
        self.slot.choices = [Choice(str(one.id), one.title) for one in slots]

    def entered(self) -> Entered:
        return Entered(TeamRule.ESSENTIAL, slot_id=given(self.slot.data))
