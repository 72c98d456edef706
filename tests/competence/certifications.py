"""A catalogue of certifications of every kind of renewal, and holdings of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.accounts.models import Person
from app.authoring.frameworks import compile_framework
from app.competence import services
from app.core.policy import SYSTEM

CATALOGUE = """certifications:
  - code: exam-only
    title: Exam Only
    issuer: Some Institute
    valid_for: 3 years
    renewal: {grace: 30 days}
  - code: by-points
    title: By Points
    issuer: Some Institute
    valid_for: 3 years
    renewal: {grace: 30 days, counts_from: expiry, same_exam: false, points_a_year: 20}
  - code: suite-one
    title: Suite One
    issuer: Another Body
    valid_for: 3 years
    renewal: {counts_from: fixed, suite: [suite-two]}
  - {code: suite-two, title: Suite Two, issuer: Another Body, valid_for: 3 years}
  - {code: for-good, title: For Good, issuer: Somebody}
"""


def publish() -> None:
    found = compile_framework({"certifications.yml": CATALOGUE.encode()})
    assert found.diagnostics == ()
    services.publish_certifications(found.certifications, by=SYSTEM)


def hold(person: Person, code: str = "exam-only", **changes: Any) -> int:
    """A holding from 31 March 2024 to 31 March 2027; any field may be another."""
    values: dict[str, Any] = {
        "person_id": person.id,
        "certification_code": code,
        "number": f"N-{code}",
        "issued_on": date(2024, 3, 31),
        "expires_on": date(2027, 3, 31),
        "by": SYSTEM,
    }
    return services.record_holding(**{**values, **changes})
