"""The matcher counts evidence by the rules of its framework, and across crosswalks."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.accounts.models import Person
from app.authoring.frameworks import Link, Relation
from app.competence import services as competence
from app.core.policy import SYSTEM
from app.staffing.queries.facts import person_for
from app.staffing.rules.matcher.eligibility import reasons
from app.staffing.rules.matcher.problem import Kind, Need, Slot
from tests.cast import make_person
from tests.competence.frameworks import publish_two
from tests.competence.test_services import record
from tests.staffing.world import SPRING


def need(code: str, level: int) -> Slot:
    wanted = Need(Kind.COMPETENCY, code, level, 1.0)
    return Slot(1, SPRING, 50, (wanted,), (), True, None)


@pytest.fixture
def ada(app: Flask) -> Person:
    publish_two(policy="latest")
    return make_person("Ada Lovelace")


def fits(person: Person, code: str, level: int) -> bool:
    slot = need(code, level)
    found = person_for(slot, person.id)
    assert found is not None
    return not reasons(found, slot)


def test_evidence_of_another_framework_qualifies_over_a_crosswalk(ada: Person):
    first = date(2030, 1, 1)
    record(ada, competency_code="hazard", level=3, valid_from=first, valid_to=None)
    assert not fits(ada, "planning", 3)

    link = Link("hazard", "planning", Relation.SAME, ((1, 1), (3, 4)))
    competence.publish_crosswalks([link], by=SYSTEM)
    assert fits(ada, "planning", 4)
    assert not fits(ada, "planning", 5)


def test_where_the_latest_counts_a_lower_level_shown_later_disqualifies(ada: Person):
    values = {"competency_code": "hazard", "valid_to": None}
    record(ada, level=3, valid_from=date(2030, 1, 1), source_key="test:1", **values)
    assert fits(ada, "hazard", 3)
    record(ada, level=2, valid_from=SPRING.last, source_key="test:2", **values)
    assert not fits(ada, "hazard", 3)
    assert fits(ada, "hazard", 2)
