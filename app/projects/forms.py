"""Forms of projects and roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import (
    DateField,
    DecimalField,
    EmailField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, Regexp

from app.competence.models import RoleProfile
from app.core.i18n import gettext, locale
from app.core.i18n import lazy_gettext as _
from app.core.values import Money, Period
from app.projects.models import (
    Demand,
    Holds,
    Project,
    ProjectState,
    Requirement,
    RoleSlot,
    Strength,
)
from app.projects.queries import Demandable
from app.projects.rules import LEVELS, MOST_HOURS, PRIORITIES, BadLine, read_shares, written
from app.projects.services import Asked, ProjectFacts, RoleFacts, shares_of
from app.web.forms import Choice, Form, given

STATE_NAMES = {
    ProjectState.PLANNED: _("Planned"),
    ProjectState.ACTIVE: _("At work"),
    ProjectState.CLOSED: _("Closed"),
    ProjectState.CANCELLED: _("Cancelled"),
}
PRIORITY_NAMES = {
    5: _("5, filled first"),
    4: _("4"),
    3: _("3, as usual"),
    2: _("2"),
    1: _("1, filled last"),
}
HOLDS_NAMES = {
    Holds.THROUGHOUT: _("On every day of the role"),
    Holds.START: _("On its first day only"),
    Holds.RENEWAL: _("On every day, but certifications may be renewed meanwhile"),
}
MOST_DEMANDS = 30
_CURRENCY = Regexp(r"^[A-Z]{3}$", message=_("Three capital letters: EUR"))
_WORKING_LANGUAGES = "ar cs da de el en es fi fr hu it ja ko nl no pl pt ro ru sv tr uk zh".split()


class DatesForm(Form):
    """Anything that lasts from a first day to a last."""

    start = DateField(_("First day"), validators=[InputRequired()])
    end = DateField(
        _("Last day"), description=_("This day is worked too."), validators=[InputRequired()]
    )

    def validate_end(self, field: Field) -> None:
        if self.start.data and field.data and field.data < self.start.data:
            raise ValidationError(str(_("This is before the first day. Choose a later date.")))

    def period(self) -> Period:
        return Period(given(self.start.data), given(self.end.data))


class ProjectForm(DatesForm):
    """Enter or change a project."""

    code = StringField(
        _("Code"),
        description=_("Short and unique, such as CRM-24. It stays as it is."),
        validators=[
            InputRequired(),
            Length(max=20),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9-]*$",
                message=_("Letters, digits and hyphens, such as CRM-24"),
            ),
        ],
    )
    title = StringField(_("Title"), validators=[InputRequired(), Length(max=200)])
    summary = TextAreaField(
        _("Summary"),
        description=_("What it is for, in a few sentences."),
        validators=[Length(max=4000)],
        render_kw={"rows": 4},
    )
    unit = StringField(_("Business unit"), validators=[InputRequired(), Length(max=120)])
    priority = SelectField(
        _("Priority"),
        coerce=int,
        default=3,
        choices=[Choice(str(one), PRIORITY_NAMES[one]) for one in reversed(PRIORITIES)],
    )
    state = SelectField(
        _("State"),
        coerce=ProjectState,
        default=ProjectState.PLANNED,
        choices=[Choice(state.value, name) for state, name in STATE_NAMES.items()],
    )
    budget = DecimalField(
        _("Budget"), places=2, validators=[Optional(), NumberRange(0, 10_000_000_000)]
    )
    currency = StringField(_("Currency"), default="EUR", validators=[Optional(), _CURRENCY])
    manager = EmailField(
        _("Project manager"),
        description=_("The e-mail address of somebody who has an account."),
        validators=[Optional(), Email(), Length(max=254)],
    )

    def keep_code(self, code: str) -> None:
        """The code of a project stays as it is, whatever was sent."""
        self.code.data, self.code.raw_data = code, [code]

    def facts(self) -> ProjectFacts:
        """The project as entered."""
        return ProjectFacts(
            code=given(self.code.data).strip().upper(),
            title=given(self.title.data).strip(),
            unit=given(self.unit.data).strip(),
            period=self.period(),
            summary=(self.summary.data or "").strip(),
            priority=self.priority.data,
            budget=_money(self.budget.data, self.currency.data),
            state=self.state.data,
            manager=(self.manager.data or "").strip().lower() or None,
        )

    @classmethod
    def of(cls, project: Project) -> ProjectForm:
        """The form as the project stands now."""
        plain = ("code", "title", "summary", "unit", "priority", "state")
        return cls(
            formdata=None,
            data={
                **{name: getattr(project, name) for name in plain},
                "start": project.start_date,
                "end": project.end_date,
                "budget": _amount(project.budget_minor),
                "currency": project.currency or "EUR",
                "manager": project.manager.email if project.manager else "",
            },
        )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None else Money(int(amount.scaleb(2)), currency or "EUR")


def _amount(minor: int | None) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-2)


# --- Roles ---------------------------------------------------------------------------------


class DemandForm(PlainForm):
    """One row of what a role demands. `what` is kind and code; a row without it says nothing."""

    class Meta(Form.Meta):
        csrf = False

    strength = SelectField(
        _("Must or want"),
        choices=[Choice("must", _("must")), Choice("want", _("want"))],
        default="must",
    )
    what = SelectField(_("Demand"), default="")
    level = SelectField(_("Level"), coerce=int, default=3)
    hours = IntegerField(
        _("Hours a week in common"),
        default=20,
        validators=[Optional(), NumberRange(1, MOST_HOURS)],
    )
    weight = DecimalField(
        _("Weight"),
        default=Decimal(1),
        validators=[Optional(), NumberRange(Decimal("0.1"), 100)],
    )

    def asked(self) -> Asked | None:
        """The demand as entered; None for an empty row."""
        kind, _colon, code = (self.what.data or "").partition(":")
        if not code:
            return None
        demand = Demand(kind)
        return Asked(
            strength=Strength(self.strength.data),
            demand=demand,
            code=code,
            level=self._level(demand),
            weight=self._weight(),
        )

    def _level(self, demand: Demand) -> int | None:
        if demand is Demand.HOURS:
            return self.hours.data or 1
        return self.level.data if demand is Demand.COMPETENCY else None

    def _weight(self) -> Decimal:
        wanted = self.strength.data == Strength.WANT and self.weight.data is not None
        return self.weight.data if wanted else Decimal(1)  # type: ignore[return-value]


class RoleForm(DatesForm):
    """Enter or change a role. Made with what there is to ask for."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=120)])
    profile = SelectField(
        _("Kind of role"),
        description=_("Counts it among those who can do such work: see “Capacity”."),
        default="",
    )
    allocation = IntegerField(
        _("Share of full time, %"),
        default=100,
        validators=[InputRequired(), NumberRange(1, 100)],
    )
    shares = TextAreaField(
        _("Days with a smaller share"),
        description=_("A line each, such as 2027-02-01 to 2027-02-28: 30"),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )
    rate_cap = DecimalField(
        _("Highest rate an hour"), places=2, validators=[Optional(), NumberRange(0, 100_000)]
    )
    currency = StringField(_("Currency"), default="EUR", validators=[Optional(), _CURRENCY])
    holds = SelectField(
        _("Competencies and certifications have to hold"),
        coerce=Holds,
        default=Holds.THROUGHOUT,
        choices=[Choice(one.value, name) for one, name in HOLDS_NAMES.items()],
    )
    requirements = FieldList(FormField(DemandForm), min_entries=3, max_entries=MOST_DEMANDS)

    def __init__(self, offered: Demandable, **options: Any) -> None:
        super().__init__(**options)
        self.offered = offered
        kinds = {"": gettext("– none –"), **{one.code: one.title for one in offered.profiles}}
        chosen = self.profile.data or ""
        kinds.setdefault(chosen, chosen)  # one that was retired since stays
        self.profile.choices = [Choice(code, title) for code, title in kinds.items()]
        for row in self.requirements:
            self._offer(row.form)

    def _offer(self, row: DemandForm) -> None:
        row.level.choices = [Choice(str(level), level_name(level)) for level in LEVELS]
        row.what.choices = what_choices(self.offered, row.what.data or "")

    def add_row(self) -> None:
        """One more empty row, if there is room."""
        if len(self.requirements) < MOST_DEMANDS:
            self._offer(self.requirements.append_entry().form)

    def remove_row(self, number: int) -> None:
        """Without the row of this number, counted from 0; the rest keeps its order."""
        rows = [row.form.data for place, row in enumerate(self.requirements) if place != number]
        while len(self.requirements):
            self.requirements.pop_entry()
        for row in rows:
            self._offer(self.requirements.append_entry(row).form)

    def validate_shares(self, field: Field) -> None:
        try:
            read_shares(field.data or "")
        except BadLine as wrong:
            message = gettext(
                "Line %(number)s says no days with a share: “%(line)s”."
                " Write it as 2027-02-01 to 2027-02-28: 30",
                number=wrong.number,
                line=wrong.line,
            )
            raise ValidationError(message) from wrong

    def facts(self) -> RoleFacts:
        """The role as entered."""
        asked = (row.form.asked() for row in self.requirements)
        return RoleFacts(
            title=given(self.title.data).strip(),
            period=self.period(),
            allocation=given(self.allocation.data),
            asked=tuple(one for one in asked if one is not None),
            holds=self.holds.data,
            rate_cap=_money(self.rate_cap.data, self.currency.data),
            profile=self.profile.data or None,
            shares=read_shares(self.shares.data or ""),
        )

    @classmethod
    def from_profile(
        cls, profile: RoleProfile, offered: Demandable, dates: dict[str, date]
    ) -> RoleForm:
        """A new role that asks for what its kind asks for, to be changed before it is kept."""
        rows = [
            {"strength": "must", "what": f"competency:{need.competency_code}", "level": need.level}
            for need in profile.needs
        ]
        data = {**dates, "title": profile.title, "profile": profile.code, "requirements": rows}
        return cls(offered, formdata=None, data=data)

    @classmethod
    def of(cls, slot: RoleSlot, offered: Demandable) -> RoleForm:
        """The form as the role stands now."""
        rows = [
            {
                "strength": row.strength.value,
                "what": f"{row.demand.value}:{row.code}",
                **_counted(row),
                "weight": row.weight,
            }
            for row in slot.requirements
        ]
        return cls(
            offered,
            formdata=None,
            data={
                "title": slot.title,
                "profile": slot.profile_code or "",
                "start": slot.start_date,
                "end": slot.end_date,
                "allocation": slot.allocation,
                "shares": written(shares_of(slot)),
                "rate_cap": _amount(slot.rate_cap_minor),
                "currency": slot.rate_currency or "EUR",
                "holds": slot.holds,
                "requirements": rows,
            },
        )


def _counted(row: Requirement) -> dict[str, int]:
    """The number of a demand under the name of its field: a level, or hours."""
    if row.demand is Demand.HOURS:
        return {"hours": row.level or 1}
    return {"level": row.level or 3}


def level_name(level: int) -> str:
    """A level with its number, for a list of choices."""
    names = {
        1: gettext("1 Aware"),
        2: gettext("2 Practised"),
        3: gettext("3 Competent"),
        4: gettext("4 Proficient"),
        5: gettext("5 Expert"),
    }
    return names[level]


def what_choices(offered: Demandable, chosen: str) -> list[Choice]:
    """Everything a role can ask for, in groups; what is chosen stays even if it is retired."""
    choices = [
        Choice("", gettext("– nothing –")),
        *(
            Choice(f"competency:{one.code}", one.title, optgroup=one.group_title)
            for one in offered.competencies
        ),
        *_choices("certification", gettext("Certifications"), _titles(offered)),
        *_choices("language", gettext("Languages"), _languages(offered)),
        *_choices("location", gettext("Places"), {place: place for place in offered.places}),
        *_choices(
            "hours",
            gettext("Hours in common, 9 to 17"),
            {
                name: gettext("Hours with %(zone)s", zone=name.replace("_", " "))
                for name in offered.zones
            },
        ),
    ]
    if chosen not in {choice.value for choice in choices}:
        kind, _colon, code = chosen.partition(":")
        if kind in set(Demand) and code:
            choices.append(Choice(chosen, code, optgroup=gettext("No longer offered")))
    return choices


def _choices(kind: str, group: str, titles: dict[str, str]) -> Sequence[Choice]:
    return [Choice(f"{kind}:{code}", text, optgroup=group) for code, text in titles.items()]


def _titles(offered: Demandable) -> dict[str, str]:
    return {one.code: one.title for one in offered.certifications}


def _languages(offered: Demandable) -> dict[str, str]:
    names = locale().languages
    codes = {*offered.languages, *_WORKING_LANGUAGES}
    named = {code: str(names.get(code, code)) for code in codes}
    return dict(sorted(named.items(), key=lambda item: item[1]))
