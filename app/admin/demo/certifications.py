"""What the demo shows of certifications: verified ones, a renewal, one in grace, and points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from app.competence import services as competence
from app.competence.certifications import queries, services
from app.competence.certifications.rules import Way
from app.competence.certifications.services import Activity, Renewal, Upload
from app.core.policy import Actor

YEARS = timedelta(days=3 * 365)

ACTIVITIES = (
    (820, "12", "Conference on project risk, two days", "Talks on reserves and on opportunities."),
    (460, "8.5", "Course: quantitative risk analysis", ""),
    (95, "6", "Talk to the units: what a risk is not", "Slides are in the PMO's library."),
)
"""Days ago, points, what, and a note."""

ATTENDANCE = b"This is to certify that Jonas Weber took part on both days.\n"


def load(today: date, cast: Mapping[str, Actor]) -> None:
    """Add to the holdings of the employees, which are recorded already."""
    _verify_most(cast["pmo@example.com"])
    _load_learner(today, cast["learner@example.com"])
    _hold(cast["learner2@example.com"], "capm", "2214077", today - YEARS - timedelta(20))


def _verify_most(pmo: Actor) -> None:
    """Every fourth still waits for the PMO."""
    for number, entry in enumerate(queries.entries(), start=1):
        if number % 4:
            services.verify(entry.holding_id, "Register of the issuer", by=pmo)


def _load_learner(today: date, learner: Actor) -> None:
    """One that was renewed by exam in time, and one that is due and still lacks points."""
    passed_on = today - timedelta(days=150)
    old = _hold(learner, "prince2-foundation", "GR655210", passed_on - YEARS + timedelta(40))
    exam = Renewal(Way.EXAM, number="GR699417", completed_on=passed_on)
    services.renew(old, exam, by=learner, today=passed_on)
    _hold(learner, "pmi-rmp", "1874420", today - YEARS + timedelta(40))
    for days, points, title, note in ACTIVITIES:
        activity = Activity(title, today - timedelta(days), Decimal(points), None, note)
        entry = services.add_points(activity, by=learner, today=today)
        if note:
            upload = Upload("attendance.txt", "text/plain", ATTENDANCE)
            services.prove_points(entry, upload, by=learner)


def _hold(whose: Actor, code: str, number: str, issued_on: date) -> int:
    assert whose.person_id is not None
    return competence.record_holding(
        person_id=whose.person_id,
        certification_code=code,
        number=number,
        issued_on=issued_on,
        expires_on=issued_on + YEARS,
        by=whose,
    )
