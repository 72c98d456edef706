"""What may stand in front matter: strict types, and a sentence for whatever may not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from app.authoring import document as doc
from app.authoring.diagnostics import Code, Report
from app.authoring.frontmatter import Located, Path
from app.authoring.numbers import parse_duration, parse_share
from app.core.i18n import gettext as _
from app.core.values import Duration, Unit


def _duration(given: object) -> Duration:
    duration = parse_duration(given) if isinstance(given, str) else None
    if duration is None:
        raise ValueError(_("A length of time is expected, such as 90 days or 24 months."))
    return duration


def _seconds(given: object) -> int:
    duration = _duration(given)
    if duration.unit in (Unit.MONTHS, Unit.YEARS):
        raise ValueError(_("A length in s, min, h or days is expected: months differ in length."))
    return duration.seconds()


def _share(given: object) -> Decimal:
    share = parse_share(given) if isinstance(given, str) else None
    if share is None:
        raise ValueError(_("A percentage from 0% to 100% is expected, such as 60%."))
    return share


def _list_of(given: object) -> object:
    return [given] if isinstance(given, str) else given


Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,64}$")]
Code_ = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,64}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Minutes = Annotated[int, Field(ge=1, le=100_000)]
CompetencyLevel = Annotated[int, Field(ge=1, le=5)]
Length = Annotated[Duration, BeforeValidator(_duration)]
Seconds = Annotated[int, BeforeValidator(_seconds)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=8)]
_LAX = Field(strict=False)  # an enumeration is written as its word


class Matter(BaseModel):
    """Front matter of any kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class PrerequisiteMatter(Matter):
    course: Code_ | None = None
    competency: Code_ | None = None
    level: CompetencyLevel | None = None
    certification: Code_ | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> PrerequisiteMatter:
        given = [self.course, self.competency, self.certification]
        if sum(value is not None for value in given) != 1:
            raise ValueError(_("Give one of course, competency with level, or certification."))
        if (self.competency is None) != (self.level is None):
            raise ValueError(_("A competency and a level belong together."))
        return self


class AwardMatter(Matter):
    competency: Code_
    level: CompetencyLevel
    evidence: Id
    min_score: Share | None = None
    valid_for: Length | None = None


class CompletionMatter(Matter):
    lessons: Literal["all", "none"] = "all"
    quizzes: Literal["passed", "attempted", "none"] = "passed"


class CertificateMatter(Matter):
    title: Title
    requires: Annotated[list[Id], BeforeValidator(_list_of), Field(min_length=1)]
    valid_for: Length | None = None
    renew_from: Length | None = None
    grace: Length | None = None
    renewal: Id | None = None
    design: Code_ | None = None


class ChangesMatter(Matter):
    since: Annotated[str, Field(min_length=1, max_length=40)]
    effect: Annotated[doc.Effect, _LAX]
    quiz: Id | None = None

    @model_validator(mode="after")
    def _delta_names_its_quiz(self) -> ChangesMatter:
        if self.effect is doc.Effect.DELTA and self.quiz is None:
            raise ValueError(_("The effect “delta” needs the quiz that asks for what is new."))
        return self


class CourseMatter(Matter):
    id: Id
    version: Annotated[str, Field(min_length=1, max_length=40)]
    language: Language = "en"
    summary: Annotated[str, Field(max_length=2000)] = ""
    authors: list[Title] = []
    tags: list[Word] = []
    level: Annotated[doc.Level, _LAX] = doc.Level.FOUNDATION
    visibility: Annotated[doc.Visibility, _LAX] = doc.Visibility.DRAFT
    estimated_minutes: Minutes | None = None
    prerequisites: list[PrerequisiteMatter] = []
    awards: list[AwardMatter] = []
    completion: CompletionMatter = CompletionMatter()
    certificate: CertificateMatter | None = None
    changes: ChangesMatter | None = None


class LessonMatter(Matter):
    id: Id
    estimated_minutes: Minutes | None = None
    objectives: list[Text] = []
    competencies: list[Code_] = []
    completion: Annotated[doc.LessonCompletion, _LAX] = doc.LessonCompletion.READ


class QuizMatter(Matter):
    id: Id
    mode: Annotated[doc.QuizMode, _LAX]
    time_limit: Seconds | None = None
    pass_mark: Share = Decimal("0.6")
    attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    cooldown: Seconds | None = None
    grading: Annotated[doc.Grading, _LAX] = doc.Grading.HIGHEST
    feedback: Annotated[doc.Feedback, _LAX] | None = None
    navigation: Annotated[doc.Navigation, _LAX] = doc.Navigation.FREE
    shuffle: list[Literal["questions", "options"]] = []
    on_timeout: Annotated[doc.OnTimeout, _LAX] = doc.OnTimeout.SUBMIT
    grace: Seconds | None = None
    open_book: bool = False
    preset: Word | None = None

    @model_validator(mode="after")
    def _grace_has_a_length(self) -> QuizMatter:
        if self.on_timeout is doc.OnTimeout.GRACE and self.grace is None:
            raise ValueError(_("“on_timeout: grace” needs “grace”, the time to finish in."))
        return self


class BankMatter(Matter):
    id: Id | None = None


M = TypeVar("M", bound=Matter)


def validate(model: type[M], located: Located, report: Report) -> M | None:
    """The values as `model`; None if any is refused, and each of those reported."""
    try:
        return model.model_validate(located.value)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            _report(model, located, fault["loc"], fault["type"], fault, report)
        return None


def nearest(word: str, known: Iterator[str] | list[str]) -> str:
    """A sentence that suggests the known word most like this one, with a space before; or none."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return " " + _("Did you mean “%(word)s”?", word=found[0]) if found else ""


def _report(
    model: type[Matter], located: Located, at: Path, kind: str, fault: Any, report: Report
) -> None:
    name = str(at[-1]) if at else ""
    if kind == "extra_forbidden":
        message = _("There is no key “%(key)s” here.", key=name)
        message += nearest(name, list(_matter_at(model, at[:-1]).model_fields))
        report.add(Code.UNKNOWN_KEY, located.key_at(at), message)
    elif kind == "missing":
        message = _("The key “%(key)s” is missing.", key=name)
        report.add(Code.MISSING_KEY, located.value_at(at[:-1]), message)
    else:
        message = _sentence(name, kind, fault)
        report.add(Code.BAD_VALUE, located.value_at(at), message)


def _matter_at(model: type[Matter], path: Path) -> type[Matter]:
    """The model that describes the mapping at this path."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            found = next(_models_in(model.model_fields[step].annotation), None)
            model = found or model
    return model


def _models_in(annotation: Any) -> Iterator[type[Matter]]:
    if isinstance(annotation, type) and issubclass(annotation, Matter):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _sentence(name: str, kind: str, fault: Any) -> str:
    context = fault.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "string_type":
            return _("“%(key)s” is a text; put it in quotes if it looks like a number.", key=name)
        case "string_pattern_mismatch" if name != "language":
            return _("“%(key)s” is made of 2 to 64 small letters, digits and hyphens.", key=name)
        case "string_pattern_mismatch":
            return _("A language is written by its code, such as en or de.")
        case "int_type" | "int_from_float":
            return _("“%(key)s” is a whole number.", key=name)
        case "bool_type":
            return _("“%(key)s” is true or false.", key=name)
        case "list_type":
            return _("“%(key)s” is a list: [one, two].", key=name)
        case "model_type" | "model_attributes_type" | "dict_type":
            return _("“%(key)s” is a group of keys: {key: value}.", key=name)
        case "enum" | "literal_error":
            return _("“%(key)s” is one of: %(words)s.", key=name, words=context["expected"])
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            if kind == "greater_than_equal":
                return _("“%(key)s” is at least %(bound)s.", key=name, bound=bound)
            return _("“%(key)s” is at most %(bound)s.", key=name, bound=bound)
        case "string_too_long":
            return _("“%(key)s” is longer than %(count)s.", key=name, count=context["max_length"])
        case "string_too_short" | "too_short":
            return _("“%(key)s” is empty.", key=name)
    return _(
        "“%(key)s” has no value that can be meant: %(problem)s.", key=name, problem=fault["msg"]
    )
