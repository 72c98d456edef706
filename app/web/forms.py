"""The form every form is: reads this request, speaks the reader's language, carries refusals."""

from __future__ import annotations

from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice as Choice  # type: ignore[attr-defined]
from wtforms.i18n import get_translations

from app.core import i18n
from app.core.errors import Refusal

__all__ = ["Choice", "Form", "given"]

T = TypeVar("T")


class Form(FlaskForm):  # type: ignore[misc]
    """Checks the shape of the input and hands on values of the domain."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> Any:
            language = i18n.language()
            return None if language == "en" else get_translations([language])

    def refuse(self, field: str | None, refusal: Refusal | str) -> None:
        """Show a refusal at `field`, or above the form if it has no such field."""
        if field and field in self:
            self[field].errors = [*self[field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


def given(value: T | None) -> T:
    """A value that validation has made sure of."""
    assert value is not None
    return value
