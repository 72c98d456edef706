"""Rows that staffing tests speak of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person, SpokenLanguage
from app.authoring import frameworks as compiled
from app.authoring.document import Award
from app.competence import services as competence
from app.competence.models import (
    CertificationType,
    Evidence,
    EvidenceKind,
    EvidenceWithdrawal,
    Holding,
)
from app.core import clock, db
from app.core.policy import SYSTEM, Actor, Role
from app.core.values import Period
from app.projects.models import (
    Demand,
    Project,
    ProjectState,
    Requirement,
    RoleSlot,
    Strength,
)
from app.staffing.models import Absence, Booking, BookingStep
from app.staffing.rules.booking import BookingState
from tests.learning.courses import make_course, publish

PMO = Actor(None, frozenset({Role.PMO}), "Petra Osei")
BASE = "http://cadre.test"
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
SPRING = Period(date(2031, 3, 3), date(2031, 6, 29))
"""Far enough ahead to stay in the future; from a Monday to a Sunday."""


def make_framework(*codes: str) -> None:
    """Competencies, `risk-management` and `planning` if none are named."""
    named = ("Aware", "Practised", "Competent", "Proficient", "Expert")
    elements = tuple(
        compiled.Element(code, code.replace("-", " ").capitalize(), "Seen from outside.", named)
        for code in codes or ("risk-management", "planning")
    )
    groups = (compiled.ElementGroup("method", "Method", elements),)
    framework = compiled.Framework("pm-core", "1", "Core", "en", named, groups)
    competence.publish_framework(framework, by=SYSTEM)


def make_certification(code: str = "prince2-practitioner", title: str = "PRINCE2 Practitioner"):
    with db.transaction() as session:
        session.add(CertificationType(code=code, title=title, issuer="Somebody", valid_for=None))


def make_training(
    competency: str = "risk-management",
    level: int = 3,
    minutes: int = 95,
    title: str = "Risk management essentials",
    course_id: str = "risk-essentials",
    **overrides: Any,
) -> None:
    """A published course whose exam awards a level for good."""
    awards = (Award(competency, level, "exam", Decimal("0.7"), None),)
    values = {"title": title, "estimated_minutes": minutes, "awards": awards, "certificate": None}
    publish(make_course(course_id, **{**values, **overrides}))


def make_project(code: str = "CRM-1", **values: Any) -> Project:
    columns = {
        "code": code,
        "title": "Customer portal",
        "unit": "Retail",
        "start_date": SPRING.first - timedelta(days=60),
        "end_date": SPRING.last + timedelta(days=60),
        "priority": 3,
        "state": ProjectState.ACTIVE,
        "created_at": NOW,
        **values,
    }
    with db.transaction() as session:
        project = Project(**columns)
        session.add(project)
    return project


def make_slot(project: Project, title: str = "Risk manager", **values: Any) -> RoleSlot:
    """A role of the spring, whole time; `must` and `want` are pairs of code and level."""
    must = values.pop("must", ())
    want = values.pop("want", ())
    columns = {
        "project_id": project.id,
        "title": title,
        "start_date": SPRING.first,
        "end_date": SPRING.last,
        "allocation": 60,
        **values,
    }
    with db.transaction() as session:
        slot = RoleSlot(**columns)
        session.add(slot)
        session.flush()
        for strength, pairs in ((Strength.MUST, must), (Strength.WANT, want)):
            session.add_all(_requirement(slot.id, strength, *pair) for pair in pairs)
    return slot


def _requirement(slot_id: int, strength: Strength, code: str, level: int | None) -> Requirement:
    kind, _colon, rest = code.rpartition(":")
    demand = Demand(kind) if kind else (Demand.COMPETENCY if level else Demand.CERTIFICATION)
    return Requirement(slot_id=slot_id, strength=strength, demand=demand, code=rest, level=level)


def attest(person: Person, code: str = "risk-management", level: int = 3, **values: Any) -> None:
    columns = {
        "person_id": person.id,
        "competency_code": code,
        "kind": EvidenceKind.ASSESSED,
        "level": level,
        "valid_from": date(2026, 1, 1),
        "title": "Exam",
        "recorded_at": NOW,
        **values,
    }
    columns.setdefault("source_key", f"{person.id}/{code}/{level}/{columns['valid_from']}")
    with db.transaction() as session:
        session.add(Evidence(**columns))


def withdraw(person: Person, level: int) -> None:
    """Take back what attests this level."""
    with db.transaction() as session:
        query = select(Evidence.id).where(Evidence.person_id == person.id, Evidence.level == level)
        for evidence_id in session.scalars(query):
            session.add(EvidenceWithdrawal(evidence_id=evidence_id, reason="Mistaken", at=NOW))


def hold(person: Person, code: str = "prince2-practitioner", until: date | None = None) -> None:
    with db.transaction() as session:
        session.add(
            Holding(
                person_id=person.id,
                certification_code=code,
                number="1",
                issued_on=date(2026, 1, 1),
                expires_on=until,
                recorded_at=NOW,
            )
        )


def speak(person: Person, code: str) -> None:
    with db.transaction() as session:
        session.add(SpokenLanguage(person_id=person.id, code=code))


def absent(person: Person, period: Period, percent: int = 100) -> None:
    with db.transaction() as session:
        session.add(
            Absence(
                person_id=person.id,
                start_date=period.first,
                end_date=period.last,
                percent=percent,
                recorded_at=NOW,
            )
        )


def book(person: Person, slot: RoleSlot, state: BookingState, **values: Any) -> Booking:
    """A booking put there without asking the rules, with its one step."""
    columns = {
        "person_id": person.id,
        "slot_id": slot.id,
        "start_date": slot.start_date,
        "end_date": slot.end_date,
        "percent": slot.allocation,
        "state": state,
        **values,
    }
    with db.transaction() as session:
        booking = Booking(**columns)
        session.add(booking)
        session.flush()
        session.add(
            BookingStep(booking_id=booking.id, state=state, by_name="Petra Osei", at=clock.now())
        )
    return booking


def states_of(slot: RoleSlot) -> list[BookingState]:
    db.session.rollback()
    query = select(Booking.state).where(Booking.slot_id == slot.id).order_by(Booking.id)
    return list(db.session.scalars(query))
