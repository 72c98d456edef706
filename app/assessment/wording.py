"""Figures of the statistics in words, for pages and for the command line."""

from __future__ import annotations

from app.assessment.rules.statistics import DrawFigures, Flag
from app.authoring.document import Quiz
from app.core.i18n import gettext as _
from app.core.i18n import ngettext, number, percent


def figure(value: float | None, *, percentage: bool = False) -> str:
    """A figure of the statistics; a dash for one that cannot be computed."""
    if value is None:
        return "–"
    return percent(value, "#,##0") if percentage else number(round(value, 2), "0.00")


def draw(quiz: Quiz, one: DrawFigures) -> str:
    """A section that is drawn from, as a row of the statistics."""
    drawn = ngettext("%(num)s question drawn", "%(num)s questions drawn", one.drawn)
    if one.section >= len(quiz.sections):  # of an older version of the quiz
        return drawn
    section = quiz.sections[one.section]
    name = section.title or section.domain
    return _("%(section)s: %(drawn)s", section=name, drawn=drawn) if name else drawn


def flag(found: Flag) -> tuple[str, str]:
    """What looks wrong with a question: a tone and words."""
    return {
        Flag.NEGATIVE: ("bad", _("the weaker answer it better: look at the key")),
        Flag.STRONG_DISTRACTOR: ("bad", _("a wrong option draws the stronger")),
        Flag.BELOW_GUESSING: ("bad", _("harder than guessing")),
        Flag.TOO_HARD: ("warn", _("very hard")),
        Flag.TOO_EASY: ("warn", _("very easy")),
        Flag.WEAK: ("warn", _("hardly tells the stronger from the weaker")),
        Flag.UNUSED_OPTION: ("neutral", _("an option that nobody chose")),
    }[found]
