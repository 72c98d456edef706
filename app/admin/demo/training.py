"""A learner of the demo who learns for a role, a fee, and what training would do for the others."""

from __future__ import annotations

from datetime import date

from app.core.policy import Actor
from app.core.values import Money
from app.staffing.planning import queries as planning
from app.staffing.training import looking, queries, services
from app.staffing.training.models import LookKind

COURSE, FEE = "risk-essentials", Money(24_000, "EUR")


def load_training(today: date, learner: Actor, pmo: Actor, base_url: str) -> None:
    """Give the learner the courses for the first open role that they could be ready for in time."""
    school = queries.school(today)
    if COURSE in school.courses:
        services.set_fee(COURSE, FEE, by=pmo)
    facts = planning.facts()
    (student,) = queries.pool(
        [person for person in facts.people if learner.is_(person.id)], school, today
    ).students
    for one in facts.roles:
        route = school.route(student, one.slot, today)
        if route is not None and route.start_by is not None:
            services.assign(one.slot.id, student.person.id, by=pmo, base_url=base_url)
            break
    for kind in LookKind:
        looking.ask(kind, by=pmo)
