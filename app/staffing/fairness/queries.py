"""Reads for rates of selection."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.core import db
from app.staffing.deciding.models import Decision
from app.staffing.fairness.models import FairnessGroup
from app.staffing.fairness.rules import Chosen, Rate, rates


def rates_since(since: datetime) -> list[Rate]:
    """Rates of selection by group over the decisions since an instant."""
    groups = dict(db.session.execute(select(FairnessGroup.person_id, FairnessGroup.name)).all())
    if not groups:
        return []
    query = select(Decision.pool, Decision.person_id).where(Decision.at >= since)
    return rates((Chosen(*row) for row in db.session.execute(query)), groups)


def supplied() -> int:
    """Of how many people the group is known."""
    return db.session.scalar(select(func.count()).select_from(FairnessGroup)) or 0
