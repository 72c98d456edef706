"""Recording and withdrawing what shows a competency, and publishing what competencies there are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.competence import queries, services
from app.competence.models import Competency, Evidence, EvidenceWithdrawal, Holding
from app.competence.rules import EvidenceKind
from app.core import db
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotAllowed, NotVisible
from app.core.policy import SYSTEM, Actor, Role
from app.core.values import Period
from tests.cast import actor_of, make_person
from tests.competence.frameworks import ELEMENTS, publish

TODAY = date(2026, 11, 23)
KEY = "0" * 32


@pytest.fixture
def ada(app: Flask) -> Person:
    publish()
    return make_person("Ada Lovelace")


@pytest.fixture
def mentor(app: Flask) -> Actor:
    return actor_of(make_person("Ruth Okonkwo", Role.MENTOR), Role.MENTOR)


def record(person: Person, **changes: Any) -> bool:
    values = {
        "person_id": person.id,
        "competency_code": "risk-management",
        "kind": EvidenceKind.ASSESSED,
        "level": 3,
        "valid_from": TODAY,
        "valid_to": None,
        "source_key": "attempt:1/risk-management",
        "title": "Final exam",
        "by": SYSTEM,
    }
    return services.record_evidence(**{**values, **changes})


def level_of(person: Person, day: date = TODAY) -> int:
    claim = queries.claims_on([person.id], day).get(person.id, {}).get("risk-management")
    return claim.level if claim else 0


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


# --- Evidence -------------------------------------------------------------------------------------


def test_evidence_becomes_a_claim_once(ada: Person):
    assert record(ada) is True
    assert record(ada, level=5) is False

    assert level_of(ada) == 3
    assert acts().count("evidence.record") == 1


def test_evidence_of_an_unknown_competency_is_refused(ada: Person):
    with pytest.raises(Invalid, match="There is no competency gardening"):
        record(ada, competency_code="gardening")
    assert count(Evidence) == 0


def judge(person: Person, by: Actor, key: str = KEY, **changes: Any) -> None:
    values = {"level": 4, "period": None, "note": "Ran the workshop.", "since": TODAY, **changes}
    services.judge(person.id, "risk-management", by=by, request_key=key, **values)


def test_a_mentor_judges_others_once_for_each_form(ada: Person, mentor: Actor):
    judge(ada, mentor)
    judge(ada, mentor)
    judge(ada, mentor, key="1" * 32, period=Period(TODAY, TODAY), level=5)

    assert [one.title for one in queries.evidence_of(ada.id)] == ["Judged by Ruth Okonkwo"] * 2
    assert level_of(ada) == 5
    assert level_of(ada, date(2027, 1, 1)) == 4


@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUTHOR])
def test_nobody_else_judges(ada: Person, role: Role):
    with pytest.raises(NotAllowed):
        judge(ada, actor_of(make_person("Eve Stranger", role), role))
    assert count(Evidence) == 0


def test_nobody_judges_themselves(ada: Person):
    with pytest.raises(NotAllowed):
        judge(ada, actor_of(ada, Role.MENTOR, Role.PMO, Role.ADMIN))


def test_withdrawn_evidence_counts_no_more_and_stays_readable(ada: Person, mentor: Actor):
    record(ada)
    number = queries.evidence_of(ada.id)[0].id

    services.withdraw_evidence(number, "The exam was somebody else's.", by=mentor)

    assert level_of(ada) == 0
    (kept,) = queries.evidence_of(ada.id)
    assert kept.withdrawal is not None
    assert kept.withdrawal.reason == "The exam was somebody else's."
    assert "evidence.withdraw" in acts()


def test_evidence_is_withdrawn_once_and_only_by_those_who_may(ada: Person, mentor: Actor):
    record(ada)
    number = queries.evidence_of(ada.id)[0].id
    with pytest.raises(NotAllowed):
        services.withdraw_evidence(number, "Mine", by=actor_of(ada))
    services.withdraw_evidence(number, "First", by=mentor)

    with pytest.raises(Conflict):
        services.withdraw_evidence(number, "Second", by=mentor)
    with pytest.raises(NotVisible):
        services.withdraw_evidence(number + 1, "Nothing", by=mentor)
    assert db.session.scalars(select(EvidenceWithdrawal.reason)).all() == ["First"]


# --- Certifications of others ---------------------------------------------------------------------


def hold(person: Person, by: Actor, **changes: Any) -> int:
    values = {
        "certification_code": "prince2-practitioner",
        "number": "GR 1",
        "issued_on": date(2026, 2, 1),
        "expires_on": date(2029, 1, 31),
        **changes,
    }
    return services.record_holding(person_id=person.id, by=by, **values)


def test_a_renewal_is_a_new_row(ada: Person):
    hold(ada, actor_of(ada), issued_on=date(2023, 2, 1), expires_on=date(2026, 1, 31))
    hold(ada, actor_of(ada))

    assert [one.first.year for one in queries.holdings_of([ada.id])[ada.id]] == [2026, 2023]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"certification_code": "nothing"}, "certification"),
        ({"expires_on": date(2026, 1, 31)}, "expires_on"),
    ],
)
def test_a_certification_that_cannot_be_is_refused(ada: Person, changes, field):
    with pytest.raises(Invalid) as refused:
        hold(ada, actor_of(ada), **changes)
    assert refused.value.field == field
    assert count(Holding) == 0


def test_somebody_else_records_and_withdraws_nothing(ada: Person):
    eve = actor_of(make_person("Eve Stranger"))
    number = hold(ada, actor_of(ada))

    with pytest.raises(NotVisible):
        hold(ada, eve)
    with pytest.raises(NotVisible):
        services.withdraw_holding(number, "Envy", by=eve)
    assert len(queries.holdings_of([ada.id])[ada.id]) == 1


def test_a_mistake_is_withdrawn_once_and_the_row_stays(ada: Person):
    number = hold(ada, actor_of(ada))

    assert services.withdraw_holding(number, "Wrong number", by=actor_of(ada)) == ada.id
    with pytest.raises(Conflict):
        services.withdraw_holding(number, "Again", by=actor_of(ada))

    assert queries.holdings_of([ada.id]) == {}
    row = db.session.get(Holding, number)
    assert row is not None
    assert row.withdrawn_reason == "Wrong number"


# --- Frameworks -----------------------------------------------------------------------------------


def test_a_framework_is_published_once_until_it_changes(app: Flask):
    assert publish() == (True, True)
    assert publish() == (False, False)
    assert publish(ELEMENTS, version="2") == (True, False)
    assert acts() == ["framework.publish", "certifications.publish", "framework.publish"]


def test_an_element_that_is_left_out_is_retired_and_comes_back(ada: Person):
    record(ada, competency_code="planning", source_key="x")
    publish({"risk-management": "Risk management"}, version="2")

    assert [one.code for one in queries.competencies()] == ["risk-management"]
    assert db.session.get(Competency, "planning") is not None
    assert queries.competency_titles()["planning"] == "Planning"
    db.session.rollback()

    publish({"planning": "Planning ahead", **ELEMENTS}, version="3")
    assert [one.code for one in queries.competencies()] == ["planning", "risk-management"]
