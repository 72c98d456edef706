"""Marking essays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.assessment import queries, rules
from app.assessment.models import EssayMark
from app.assessment.services.ending import complete
from app.authoring.document import Criterion
from app.core import audit, i18n
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marker gives: points for each criterion, or one number where there are none."""

    points: Sequence[Decimal]
    comment: str = ""


def mark(
    slot_id: int, mark: Mark, *, by: Actor, now: datetime, second_wanted: bool = False
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
        criteria = rules.criteria(sitting.questions[slot.number], slot.points)
        _check(mark, criteria)
        points = sum(mark.points, Decimal(0))
        earlier = queries.marks_of(slot_id)
        session.add(
            EssayMark(
                slot_id=slot_id,
                marker_id=by.person_id,
                points=points,
                by_criterion=[str(one) for one in mark.points] if len(criteria) > 1 else None,
                comment=mark.comment or None,
                at=now,
            )
        )
        if second_wanted and not earlier:
            slot.second_wanted = True
            return
        given = [*(one.points for one in earlier), points]
        words = [*(one.comment for one in earlier), mark.comment]
        mean = sum((Fraction(one) for one in given), Fraction(0)) / len(given)
        slot.credit = rules.kept(mean / Fraction(slot.points or 1))
        slot.comment = "\n\n".join(word for word in words if word) or None
        slot.marked_by_id, slot.marked_at = by.person_id, now
        complete(sitting, now)


def _check(mark: Mark, criteria: Sequence[Criterion]) -> None:
    if len(mark.points) != len(criteria):
        raise Invalid(_("Give points for each criterion."))
    for place, (given, criterion) in enumerate(zip(mark.points, criteria, strict=True)):
        if not 0 <= given <= criterion.points:
            raise Invalid(
                _("Give 0 to %(most)s points.", most=i18n.number(criterion.points)),
                field=f"points-{place}",
            )
