"""Who can be told at a glance to show a level or to hold a certification: selects of person ids.

They are parts of larger statements, so that a database answers for everybody at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.competence.models import Evidence, Holding
from app.competence.queries.claims import counting_in
from app.competence.rules import Book
from app.core.values import Period

Ids = Select[int]


@dataclass(frozen=True, slots=True)
class Glance:
    """Who has something for certain, and who may have it; nobody else has."""

    surely: Ids
    perhaps: Ids


def level_at_a_glance(code: str, level: int, days: Period, rules: Book) -> Glance:
    """Who reaches a level on each of the days.

    One piece that lasts through all days does for certain; pieces that follow one another may.
    Where a framework fades levels or has others answer for them, whoever shows anything may.
    """
    ids = select(Evidence.person_id)
    if code in rules.special:
        anything = counting_in(rules.sources([code]), days)
        return Glance(ids.where(false()), ids.where(*anything))
    enough = ids.where(*counting_in([code], days), Evidence.level >= level)
    whole = enough.where(
        Evidence.valid_from <= days.first,
        or_(Evidence.valid_to.is_(None), Evidence.valid_to >= days.last),
    )
    return Glance(whole, _several(enough, Evidence.person_id))


def certification_at_a_glance(code: str, days: Period, *, renewals: bool) -> Glance:
    """Who holds a certification on each of the days.

    Args:
        renewals: whether one that lapses inside the days may be renewed, which is to be judged.
    """
    ids = select(Holding.person_id).where(
        Holding.certification_code == code,
        Holding.withdrawn_at.is_(None),
        Holding.issued_on <= days.last,
        or_(Holding.expires_on.is_(None), Holding.expires_on >= days.first),
    )
    whole = ids.where(
        Holding.issued_on <= days.first,
        or_(Holding.expires_on.is_(None), Holding.expires_on >= days.last),
    )
    return Glance(whole, ids if renewals else _several(ids, Holding.person_id))


def _several(ids: Ids, person_id: InstrumentedAttribute[int]) -> Ids:
    """Of those who have anything on some of the days, who has more than one piece of it."""
    return ids.group_by(person_id).having(func.count() > 1)
