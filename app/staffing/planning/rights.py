"""Who plans the portfolio."""

from __future__ import annotations

from app.core.errors import NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role


def pmo_only(by: Actor) -> None:
    """Refuse everybody else."""
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO plans the portfolio."))
