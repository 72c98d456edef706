"""The form of a plan: what is different from today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.competence.models import RoleProfile
from app.core.i18n import lazy_gettext as _
from app.projects.models import RoleSlot
from app.staffing.forms import LARGEST_ID
from app.staffing.models import StaffingPlan
from app.staffing.planning.shown import carried_by
from app.staffing.queries.facts import as_slot
from app.staffing.rules.matcher.problem import Kind, Need
from app.staffing.rules.portfolio.scenario import (
    MOST_DAYS,
    MOST_HIRES,
    Hire,
    Scenario,
    hire_like,
    read,
)
from app.web.forms import Choice, Form

NOBODY = ""


class ScenarioForm(Form):
    """Today as it is, or as it might be. Made with the open roles and the kinds of roles."""

    title = StringField(
        _("Name of the plan"),
        description=_("So that you find it again, such as “Depot a month later”."),
        validators=[Length(max=120)],
    )
    most_parallel = IntegerField(
        _("Roles at a time"),
        description=_("The most that one person may have on a day. Empty: as their time allows."),
        validators=[Optional(), NumberRange(1, 20)],
    )
    within_budgets = BooleanField(
        _("Keep to the budgets of projects"),
        description=_("What agreed bookings leave of them, at each person's rate."),
        default=True,
    )
    moved = SelectField(_("Move a project"), default=NOBODY)
    days = IntegerField(
        _("By days"),
        description=_("Later; with a minus sign, earlier."),
        validators=[Optional(), NumberRange(-MOST_DAYS, MOST_DAYS)],
    )
    without = SelectMultipleField(
        _("Leave out roles"),
        coerce=int,
        description=_("They are not filled. Hold Ctrl or Cmd to choose several."),
        render_kw={"size": 6},
    )
    hire = SelectField(
        _("Suppose a new colleague"),
        default=NOBODY,
        description=_("Somebody who meets what a role or a kind of role demands."),
    )
    hires = IntegerField(_("How many"), default=1, validators=[Optional(), NumberRange(1, 5)])
    hire_capacity = IntegerField(
        _("Share of full time, %"), default=100, validators=[Optional(), NumberRange(1, 100)]
    )

    carried = SelectMultipleField(
        _("Taken over"),
        description=_("Untick what is not to be supposed any more."),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )

    def __init__(self, like: StaffingPlan | None, **options: Any) -> None:
        """`like` is the plan whose suppositions are taken over."""
        super().__init__(**options)
        self.like = read(like.scenario if like else None)
        self.carried.choices = [Choice(key, text) for key, text in carried_by(self.like)]

    def validate_moved(self, field: Field) -> None:
        if field.data and not self.days.data:
            raise ValidationError(str(_("Say by how many days the project moves.")))

    def validate_days(self, field: Field) -> None:
        if field.data and not self.moved.data:
            raise ValidationError(str(_("Choose the project that moves.")))

    def validate_hire(self, field: Field) -> None:
        if field.data and len(self._kept_hires()) + (self.hires.data or 1) > MOST_HIRES:
            message = _("Suppose no more than %(most)s new colleagues in all.", most=MOST_HIRES)
            raise ValidationError(str(message))

    def offer(self, roles: Sequence[RoleSlot], kinds: Sequence[RoleProfile]) -> None:
        """What there is to choose from."""
        self.roles, self.kinds = {row.id: row for row in roles}, {row.code: row for row in kinds}
        projects = {row.project.code: row.project.title for row in roles}
        named = {row.id: f"{row.project.code} · {row.title}" for row in roles}
        none = Choice(NOBODY, str(_("– none –")))
        self.moved.choices = [none, *(Choice(code, title) for code, title in projects.items())]
        self.without.choices = [Choice(key, name) for key, name in named.items()]
        self.hire.choices = [
            none,
            *(
                Choice(f"role:{key}", name, optgroup=str(_("As a role demands")))
                for key, name in named.items()
            ),
            *(
                Choice(f"kind:{row.code}", row.title, optgroup=str(_("As a kind of role asks")))
                for row in kinds
            ),
        ]

    def scenario(self) -> Scenario:
        """What was chosen."""
        kept = set(self.carried.data or ())
        moved = {code: days for code, days in self.like.moved.items() if f"move:{code}" in kept}
        if self.moved.data and self.days.data:
            moved[self.moved.data] = self.days.data
        new = (self._hire(),) * (self.hires.data or 1) if self.hire.data else ()
        return Scenario(
            self.most_parallel.data,
            bool(self.within_budgets.data),
            frozenset(self.without.data or ()),
            moved,
            (*self._kept_hires(), *new),
        )

    def _kept_hires(self) -> list[Hire]:
        kept = set(self.carried.data or ())
        return [hire for place, hire in enumerate(self.like.hires) if f"hire:{place}" in kept]

    def _hire(self) -> Hire:
        kind, _colon, key = self.hire.data.partition(":")
        capacity = self.hire_capacity.data or 100
        if kind == "role":
            row = self.roles[int(key)]
            return hire_like(as_slot(row), row.title, capacity)
        profile = self.kinds[key]
        needs = [Need(Kind.COMPETENCY, one.competency_code, one.level) for one in profile.needs]
        return Hire(profile.title, tuple(needs), capacity)


class QuestionForm(Form):
    """What it would take to fill a role, or to have one person in it."""

    role = IntegerField(_("Role"), validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
    person = IntegerField(
        _("Person"), validators=[Optional(), NumberRange(-MOST_HIRES, LARGEST_ID)]
    )
