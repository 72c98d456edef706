"""Days on which a role takes a smaller share than otherwise, in words."""

from __future__ import annotations

from app.core.i18n import day, enumeration, gettext, number
from app.projects.models import RoleSlot


def smaller_shares(slot: RoleSlot) -> str:
    """`On some days less: 20 % from 3 to 7 March`, as a sentence; empty if there are none."""
    if not slot.shares:
        return ""
    parts = [
        gettext(
            "%(percent)s %% from %(first)s to %(last)s",
            percent=number(one.percent),
            first=day(one.first),
            last=day(one.last),
        )
        for one in slot.shares
    ]
    return gettext("On some days less: %(shares)s.", shares=enumeration(parts))
