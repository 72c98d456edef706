"""What somebody wants to reach."""

from __future__ import annotations

from sqlalchemy import delete

from app.accounts import queries as accounts
from app.competence.models import Competency, Goal
from app.core import clock, db
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import lazy_gettext as _
from app.core.policy import Actor


def set_goal(competency_code: str, level: int, *, by: Actor) -> None:
    """Aim for a level, in place of one aimed for before."""
    if by.person_id is None:
        raise NotAllowed(_("Only a person has a goal."))
    with db.transaction() as session:
        accounts.person(by.person_id, lock=True)
        found = session.get(Competency, competency_code)
        if found is None or str(level) not in found.levels:
            raise Invalid(_("There is no such level of a competency."), field="level")
        session.merge(
            Goal(
                person_id=by.person_id,
                competency_code=competency_code,
                level=level,
                set_at=clock.now(),
            )
        )


def drop_goal(competency_code: str, *, by: Actor) -> None:
    """Aim for it no longer; again changes nothing."""
    with db.transaction() as session:
        own = Goal.person_id == by.person_id, Goal.competency_code == competency_code
        session.execute(delete(Goal).where(*own))
