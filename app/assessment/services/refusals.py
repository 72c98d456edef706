"""Why an act on an attempt is refused."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid


class NoAttemptLeft(Conflict):
    """Every attempt that the quiz gives was used."""


class TooEarly(Conflict):
    """The pause between two attempts is not over."""


class TimeOver(Conflict):
    """The attempt takes no more answers."""


class StaleAnswer(Conflict):
    """A newer answer is kept already: from another window, or sent later."""


class StepClosed(Conflict):
    """The quiz goes one way, and this is not the step reached."""


class NotOpenNow(Conflict):
    """The quiz is not open yet, or not any more."""


class WrongCode(Invalid):
    """The access code is missing or another."""


class Settled(Conflict):
    """The answer was checked, and no further try is left."""


class NotChecked(Conflict):
    """The answer is not checked before the quiz is handed in."""


class OnBreak(Conflict):
    """A break lasts; it has to be ended first."""
