"""Say what work that has ended has shown. Once; the levels seen become evidence with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.competence import services as competence
from app.core import audit, clock, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.i18n import gettext
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor
from app.core.values import Period
from app.staffing.models import Booking, WorkRecord
from app.staffing.records import queries
from app.staffing.records.rules import HOLDS, has_ended


def record_work(
    booking_id: int, levels: Mapping[str, int], note: str, *, by: Actor, today: date
) -> None:
    """Keep what the sponsor says of a booking that has ended.

    Args:
        levels: by competency that the role demanded; 0 where nothing was seen.
        note: the sponsor's short assessment.

    Raises:
        NotVisible: not their project, or their own work.
        Conflict: it has not ended, or something was said already.
        Invalid: no word, or a competency or level that work alone does not show.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person says what they saw."))
    if not note.strip():
        raise Invalid(_("Say in a sentence or two what you saw."), field="note")
    with audit.act(by, "work.record", f"booking:{booking_id}"):
        booking = queries.booking_for(by, booking_id, lock=True)
        if not has_ended(booking.state, booking.end_date, today):
            raise Conflict(_("This work has not ended yet."))
        seen = _seen(booking, levels)
        values = {"note": note.strip(), "by_id": by.person_id, "by_name": by.name}
        if not db.insert_once(WorkRecord, booking_id=booking_id, at=clock.now(), **values):
            raise Conflict(_("Something was said of this work already."))
        competence.record_work(
            booking.person_id,
            seen,
            worked=Period(booking.start_date, booking.end_date),
            valid_to=HOLDS.after(booking.end_date),
            source=f"booking:{booking_id}",
            title=gettext(
                "%(role)s on %(project)s, said by %(name)s",
                role=booking.slot.title,
                project=booking.slot.project.title,
                name=by.name,
            ),
            note=note.strip(),
            by=by,
        )


def _seen(booking: Booking, levels: Mapping[str, int]) -> dict[str, int]:
    highest = {one.competency.code: one.highest for one in queries.asked_of(booking)}
    for code, level in levels.items():
        if not 0 <= level <= highest.get(code, 0):
            raise Invalid(_("Work on this role cannot show that level."), field="levels")
    return {code: level for code, level in levels.items() if level}
