"""Named conditions of exams, kept as data and used by `preset:` in the front matter of a quiz."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.authoring.schema import QuizMatter, Seconds

FILE = Path(__file__).resolve().parents[1] / "assessment" / "presets.yml"


class BreakMatter(BaseModel):
    """A break after so many questions; what lies before it stays closed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[int, Field(ge=1)]
    length: Seconds


class Preset(BaseModel):
    """Conditions as one body holds its exams.

    Attributes:
        like: what it is like, in words.
        edition: year and month since when those exams have been held so.
        questions: how many a quiz of this kind asks.
        values: keys of a quiz's front matter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    like: str
    edition: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    questions: Annotated[int, Field(ge=1)]
    values: dict[str, Any]
    breaks: tuple[BreakMatter, ...] = ()


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its name."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Preset]).validate_python(found["presets"])


def completed(matter: QuizMatter) -> QuizMatter:
    """The front matter with what its preset says; what the author wrote counts first."""
    preset = presets().get(matter.preset or "")
    if preset is None:
        return matter
    base = QuizMatter.model_validate({"id": matter.id, "mode": matter.mode.value, **preset.values})
    written = {name: getattr(matter, name) for name in matter.model_fields_set}
    return base.model_copy(update=written)


def breaks_of(matter: QuizMatter) -> tuple[BreakMatter, ...]:
    """The breaks of a quiz; none without a preset that has some."""
    preset = presets().get(matter.preset or "")
    return preset.breaks if preset else ()
