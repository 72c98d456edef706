"""Marking essays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.assessment import queries, rules
from app.assessment.models import EssayMark
from app.assessment.services.ending import complete
from app.core import audit, i18n
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


def mark(
    slot_id: int,
    points: Decimal,
    comment: str,
    *,
    by: Actor,
    now: datetime,
    second_wanted: bool = False,
) -> None:
    """Give an essay its points; the last one of an attempt completes its result.

    Args:
        second_wanted: ask a colleague to mark it too, who does not see these points; the mean of
            both counts. A second marker asks for no third.

    Raises:
        NotVisible: marked already, unknown, or the marker's own.
        Invalid: more points than there are to give, or fewer than none.
    """
    if by.person_id is None:
        raise NotAllowed(_("Only a person marks an essay."))
    with audit.act(by, "attempt.mark", f"answer:{slot_id}") as session:
        attempt_id = queries.essay_for(by, slot_id).slot.attempt_id
        sitting = queries.any_sitting(attempt_id, lock=True)
        slot = queries.essay_for(by, slot_id).slot  # again: another marker may have been faster
        if not 0 <= points <= slot.points:
            raise Invalid(
                _("Give 0 to %(most)s points.", most=i18n.number(slot.points)), field="points"
            )
        earlier = queries.marks_of(slot_id)
        session.add(
            EssayMark(
                slot_id=slot_id,
                marker_id=by.person_id,
                points=points,
                comment=comment or None,
                at=now,
            )
        )
        if second_wanted and not earlier:
            slot.second_wanted = True
            return
        given = [*(one.points for one in earlier), points]
        words = [*(one.comment for one in earlier), comment]
        mean = sum((Fraction(one) for one in given), Fraction(0)) / len(given)
        slot.credit = rules.kept(mean / Fraction(slot.points or 1))
        slot.comment = "\n\n".join(word for word in words if word) or None
        slot.marked_by_id, slot.marked_at = by.person_id, now
        complete(sitting, now)
