"""Decisions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.i18n import day
from app.core.i18n import gettext as _
from app.staffing.deciding.forms import CHOICE_NAMES
from app.staffing.deciding.models import Decision
from app.staffing.deciding.rules import Choice

_TONES = {Choice.FIRST: "good", Choice.DEPARTURE: "info", Choice.OVERRIDE: "warn"}


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision that needs to be seen."""

    when: str
    role: str
    title: str
    text: str
    by: str
    broken: list[str]
    tone: str


def shown_decision(decision: Decision) -> ShownDecision:
    """A decision in a few lines: who chose whom and why; who agreed, if that was needed."""
    override = decision.override
    return ShownDecision(
        when=day(decision.at.date()),
        role=decision.slot.title,
        title=_(
            "%(choice)s: %(name)s",
            choice=CHOICE_NAMES[decision.choice],
            name=decision.person.name,
        ),
        text=decision.reason,
        by=_("By %(name)s", name=decision.by_name)
        if override is None
        else _(
            "By %(name)s, seconded by %(second)s",
            name=decision.by_name,
            second=override.second_name or "",
        ),
        broken=list(override.broken) if override else [],
        tone=_TONES[decision.choice],
    )
