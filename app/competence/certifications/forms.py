"""Forms of certifications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    DecimalField,
    Field,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.competence.certifications.queries import Held
from app.competence.certifications.rules import CountsFrom, HoldingState, Way
from app.competence.certifications.services import Activity, Renewal, Upload
from app.competence.models import CertificationType
from app.core.i18n import day
from app.core.i18n import lazy_gettext as _
from app.web.forms import Choice, Form, given

WAY_NAMES = {
    Way.EXAM: _("The same exam once more"),
    Way.SUITE: _("Another exam of the suite"),
    Way.POINTS: _("Points for continuing development"),
}
STATE_NAMES = {
    HoldingState.VALID: _("In force"),
    HoldingState.DUE: _("In force, due for renewal"),
    HoldingState.IN_GRACE: _("Expired, in grace"),
    HoldingState.EXPIRED: _("Expired"),
}
RHYTHM_NAMES = {
    CountsFrom.COMPLETION: _("from the day it is renewed"),
    CountsFrom.EXPIRY: _("from the old last day"),
    CountsFrom.FIXED: _("in a fixed rhythm"),
}
PROOF = _("A PDF, picture or letter of up to 3 MB.")


def uploaded(field: FileField) -> Upload | None:
    """The file that was sent, if one was."""
    sent: Any = field.data
    if not sent or not sent.filename:
        return None
    name = sent.filename.replace("\\", "/").rpartition("/")[2]
    return Upload(name, sent.mimetype or "application/octet-stream", sent.read())


class ProofForm(Form):
    """Add a file that shows that it is true."""

    proof = FileField(_("Proof"), description=PROOF, validators=[InputRequired()])

    def upload(self) -> Upload:
        return given(uploaded(self.proof))


class VerificationForm(Form):
    """Confirm a certification."""

    note = StringField(
        _("How it was checked"),
        description=_("The register of the issuer, the original, a call."),
        validators=[InputRequired(), Length(max=500)],
    )


class RenewalForm(Form):
    """Record how a certification was renewed; only the ways that are open are offered."""

    way = SelectField(_("How it is renewed"), coerce=Way, validators=[InputRequired()])
    completed_on = DateField(
        _("Exam passed on"),
        description=_("For the same exam. Points and the suite bring their own day."),
        validators=[Optional()],
    )
    by_holding = SelectField(
        _("Certification of the suite"), coerce=int, validators=[Optional()], default=0
    )
    number = StringField(
        _("New number"),
        description=_("Left empty, it keeps the number that it had."),
        validators=[Length(max=80)],
    )
    expires_on = DateField(
        _("Good until"),
        description=_("As the certificate says. Left empty, it follows from the issuer's rule."),
        validators=[Optional()],
    )

    def __init__(self, ways: Sequence[Way], suite: Iterable[Held]) -> None:
        super().__init__()
        self.way.choices = [Choice(way.value, str(WAY_NAMES[way])) for way in ways]
        self.by_holding.choices = [
            Choice(0, "–"),
            *(
                Choice(one.holding.id, f"{one.holding.certification.title}, {_issued(one)}")
                for one in suite
            ),
        ]

    def renewal(self) -> Renewal:
        return Renewal(
            way=given(self.way.data),
            number=self.number.data or "",
            completed_on=self.completed_on.data,
            expires_on=self.expires_on.data,
            by_holding_id=self.by_holding.data or None,
        )


def _issued(held: Held) -> str:
    return day(held.holding.issued_on)


class PointsForm(Form):
    """Add to the log of points."""

    title = StringField(
        _("What you did"),
        description=_("A course, a conference, a talk, time as a mentor."),
        validators=[InputRequired(), Length(max=300)],
    )
    done_on = DateField(_("Day"), validators=[InputRequired()])
    points = DecimalField(
        _("Points"),
        places=2,
        validators=[InputRequired(), NumberRange(min=Decimal("0.01"), max=1000)],
    )
    certification = SelectField(
        _("Counts for"),
        description=_("Issuers differ in what they take: choose one, or all that take points."),
        validators=[Optional()],
        default="",
    )
    note = TextAreaField(_("Note"), validators=[Length(max=2000)])
    proof = FileField(_("Proof"), description=PROOF)

    def __init__(self, types: Iterable[CertificationType], today: date) -> None:
        super().__init__(data={"done_on": today})
        self.certification.choices = [
            Choice("", str(_("Every certification that takes points"))),
            *(Choice(one.code, one.title, optgroup=one.issuer) for one in types),
        ]

    def validate_points(self, field: Field) -> None:
        if field.data is not None and field.data.as_tuple().exponent < -2:
            raise ValidationError(str(_("Two decimals at most.")))

    def activity(self) -> Activity:
        return Activity(
            title=given(self.title.data),
            done_on=given(self.done_on.data),
            points=given(self.points.data),
            certification_code=self.certification.data or None,
            note=self.note.data or "",
        )
