"""Divide a role in two. What is booked for one part leaves the other open."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core import audit, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import announce
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor, Role
from app.core.values import Period
from app.projects import queries
from app.projects.announcements import RoleChanged, RoleDivided
from app.projects.dividing.rules import Part, by_share, by_time, cut
from app.projects.models import Requirement, RoleSlot
from app.projects.services import share_rows, shares_of


def divide_by_time(code: str, slot_id: int, rest_from: date, *, by: Actor) -> RoleSlot:
    """End a role on the day before `rest_from` and open another for the rest.

    Returns:
        The role for the rest; it demands the same.

    Raises:
        Invalid: a part would have no day.
        Conflict: somebody is booked or asked for the whole role, or it is closed.
    """
    slot = _open_slot(code, slot_id, by)
    parts = by_time(_whole(slot), rest_from)
    if parts is None:
        raise Invalid(
            _("Choose a day after the first day of the role, and not after its last."),
            field="rest_from",
        )
    return _divide(code, slot_id, parts, by)


def divide_by_share(code: str, slot_id: int, percent: int, *, by: Actor) -> RoleSlot:
    """Leave a role `percent` of full time and open another beside it for the rest.

    Raises what `divide_by_time` raises; a Conflict, too, if it has days with a smaller share.
    """
    slot = _open_slot(code, slot_id, by)
    if slot.shares:
        message = _("This role has days with a smaller share. Remove them before dividing it.")
        raise Conflict(message)
    parts = by_share(_whole(slot), percent)
    if parts is None:
        raise Invalid(
            _("Choose less than the role asks for now, so that something is left."),
            field="percent",
        )
    return _divide(code, slot_id, parts, by)


def _open_slot(code: str, slot_id: int, by: Actor) -> RoleSlot:
    if not by.has(Role.PMO):
        raise NotAllowed(_("Only the PMO changes roles."))
    slot = queries.slot_for(by, slot_id, code=code)
    if slot.closed_at is not None:
        raise Conflict(_("This role is closed. Open it again before dividing it."))
    return slot


def _whole(slot: RoleSlot) -> Part:
    return Part(Period(slot.start_date, slot.end_date), slot.allocation)


def _divide(code: str, slot_id: int, parts: tuple[Part, Part], by: Actor) -> RoleSlot:
    kept, rest = parts
    with db.transaction() as session:
        slot = queries.slot_for(by, slot_id, code=code, lock=True)
        if by_time(_whole(slot), rest.period.first) != parts and (
            by_share(_whole(slot), kept.allocation) != parts
        ):
            raise Conflict(_("This role has changed meanwhile. Look at it again."))
        announce(RoleChanged(slot.id, kept.period, kept.allocation, by))
        other = RoleSlot(**_copied(slot))
        other.start_date, other.end_date = rest.period.first, rest.period.last
        other.allocation = rest.allocation
        slot.start_date, slot.end_date = kept.period.first, kept.period.last
        slot.allocation = kept.allocation
        session.add(other)
        session.flush()
        for row in slot.requirements:
            session.add(Requirement(**{**_copied(row), "slot_id": other.id}))
        _divide_shares(slot, other)
        session.flush()
        announce(RoleDivided(slot.id, other.id, by))
        audit.record(by, "role.divide", f"role:{slot_id}", project=code, rest=other.id)
    return other


def _divide_shares(slot: RoleSlot, other: RoleSlot) -> None:
    """Days with a smaller share go with the part in which they lie."""
    before, after = cut(shares_of(slot), other.start_date)
    for row in slot.shares:
        db.session.delete(row)
    db.session.flush()
    db.session.add_all([*share_rows(slot.id, before), *share_rows(other.id, after)])
    db.session.expire(slot, ["shares"])


def _copied(row: RoleSlot | Requirement) -> dict[str, Any]:
    """Everything of a row but its id."""
    names = [column.key for column in row.__table__.columns if not column.primary_key]
    return {name: getattr(row, name) for name in names}
