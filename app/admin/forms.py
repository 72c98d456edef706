"""Forms of the administration."""

from __future__ import annotations

from decimal import Decimal

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    Field,
    IntegerField,
    SelectMultipleField,
    StringField,
    ValidationError,
    widgets,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, Regexp

from app.accounts.forms import ROLE_NAMES
from app.accounts.models import Person
from app.accounts.services import Profile
from app.core.i18n import lazy_gettext as _
from app.core.policy import Role
from app.core.values import Money
from app.web.forms import Choice, Form, given


class ProfileForm(Form):
    """What the organisation knows of a person, and their roles."""

    name = StringField(_("Name"), validators=[InputRequired(), Length(max=200)])
    title = StringField(_("Position"), validators=[Length(max=120)])
    unit = StringField(_("Unit"), validators=[Length(max=120)])
    location = StringField(_("Place"), validators=[Length(max=60)])
    spoken = StringField(
        _("Languages they work in"),
        description=_("Two-letter codes with commas between: en, de"),
        validators=[
            Optional(),
            Regexp(
                r"^\s*[a-z]{2,3}(\s*,\s*[a-z]{2,3})*\s*$", message=_("Write codes such as: en, de")
            ),
        ],
    )
    capacity = IntegerField(
        _("Time for projects, %"),
        description=_("Of full time: somebody who works half days has 50."),
        default=100,
        validators=[InputRequired(), NumberRange(0, 100)],
    )
    rate = DecimalField(
        _("Cost of an hour"), places=2, validators=[Optional(), NumberRange(0, 10000)]
    )
    currency = StringField(
        _("Currency"),
        default="EUR",
        validators=[Optional(), Regexp(r"^[A-Z]{3}$", message=_("Three capital letters: EUR"))],
    )
    employed_from = DateField(_("Employed from"), validators=[Optional()])
    employed_to = DateField(
        _("Employed until"),
        description=_("The last day. Empty means that no end is known."),
        validators=[Optional()],
    )
    line_manager = EmailField(
        _("Line manager"),
        description=_(
            "The e-mail address of somebody who has an account."
            " They see this person's load and may answer requests for them."
        ),
        validators=[Optional(), Email(), Length(max=254)],
    )
    roles = SelectMultipleField(
        _("Roles"),
        coerce=Role,
        choices=[Choice(role.value, name) for role, name in ROLE_NAMES.items()],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )

    def validate_employed_to(self, field: Field) -> None:
        first = self.employed_from.data
        if first and field.data and field.data < first:
            raise ValidationError(str(_("This is before the first day. Choose a later date.")))

    def profile(self) -> Profile:
        """The person as entered."""
        return Profile(
            name=given(self.name.data).strip(),
            title=_or_none(self.title.data),
            unit=_or_none(self.unit.data),
            location=_or_none(self.location.data),
            capacity=given(self.capacity.data),
            rate=self._rate(),
            employed_from=self.employed_from.data,
            employed_to=self.employed_to.data,
            spoken=frozenset(filter(None, (self.spoken.data or "").replace(" ", "").split(","))),
            line_manager=_or_none(self.line_manager.data),
        )

    def _rate(self) -> Money | None:
        if self.rate.data is None:
            return None
        return Money(int(Decimal(self.rate.data).scaleb(2)), self.currency.data or "EUR")


class InvitationForm(ProfileForm):
    """Invite somebody."""

    email = EmailField(_("E-mail address"), validators=[InputRequired(), Email(), Length(max=254)])


class PersonForm(ProfileForm):
    """Change somebody."""

    active = BooleanField(
        _("May log in"),
        description=_("Without it they are logged out at once. Their records stay."),
    )

    @classmethod
    def of(cls, person: Person, line_manager: Person | None) -> PersonForm:
        """The form as the person stands now."""
        plain = ("name", "title", "unit", "location", "capacity", "employed_from", "employed_to")
        rate = person.rate_minor
        return cls(
            formdata=None,
            data={
                **{name: getattr(person, name) for name in plain},
                "active": person.active,
                "line_manager": line_manager.email if line_manager else "",
                "rate": Decimal(rate).scaleb(-2) if rate is not None else None,
                "currency": person.rate_currency or "EUR",
                "roles": [row.role for row in person.roles],
                "spoken": ", ".join(sorted(row.code for row in person.spoken)),
            },
        )


def _or_none(text: str | None) -> str | None:
    return (text or "").strip() or None
