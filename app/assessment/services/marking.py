"""Marking essays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.assessment import queries, rules
from app.assessment.services.ending import complete
from app.core import audit, i18n
from app.core.errors import Invalid
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


def mark(slot_id: int, points: Decimal, comment: str, *, by: Actor, now: datetime) -> None:
    """Give an essay its points; the last one of an attempt completes its result.

    Raises:
        NotVisible: marked already, unknown, or the marker's own.
        Invalid: more points than there are to give, or fewer than none.
    """
    with audit.act(by, "attempt.mark", f"answer:{slot_id}"):
        attempt_id = queries.essay_for(by, slot_id).slot.attempt_id
        sitting = queries.any_sitting(attempt_id, lock=True)
        slot = queries.essay_for(by, slot_id).slot  # again: another marker may have been faster
        if not 0 <= points <= slot.points:
            raise Invalid(
                _("Give 0 to %(most)s points.", most=i18n.number(slot.points)), field="points"
            )
        slot.credit = rules.kept(Fraction(points) / Fraction(slot.points or 1))
        slot.comment, slot.marked_by_id, slot.marked_at = comment or None, by.person_id, now
        complete(sitting, now)
