"""The levels of everybody at once are those of the pure fold, whatever the evidence is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from app.authoring.frameworks import Link, Policy, Relation
from app.competence import queries, services
from app.competence.models import CrosswalkLink, Evidence, EvidenceWithdrawal, FrameworkTerms
from app.competence.rules import EvidenceKind
from app.core import db
from app.core.policy import SYSTEM
from app.core.values import Period
from tests.cast import make_person
from tests.competence.frameworks import publish_two
from tests.statements import counted

START = date(2027, 1, 1)
CODES = ["risk-management", "planning", "hazard", "threat"]

_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.integers(0, 1),
            "code": st.sampled_from(CODES),
            "kind": st.sampled_from(EvidenceKind),
            "level": st.integers(1, 5),
            "first": st.integers(0, 30),
            "length": st.none() | st.integers(0, 25),
            "withdrawn": st.booleans(),
        }
    ),
    max_size=12,
)
_LINKS = st.sampled_from(
    [
        [],
        [Link("hazard", "risk-management", Relation.SAME)],
        [
            Link("hazard", "risk-management", Relation.SAME, ((1, 2), (2, 5))),
            Link("planning", "threat", Relation.BROADER),
        ],
    ]
)
_TERMS = st.sampled_from(
    [("best", None), ("latest", None), ("best", "9 days"), ("latest", "9 days")]
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=_ROWS, links=_LINKS, terms=_TERMS, first=st.integers(0, 40), length=st.integers(0, 20))
def test_levels_of_everybody_are_those_of_the_fold(
    app: Flask,
    rows: list[dict[str, Any]],
    links: list[Link],
    terms: tuple[str, str | None],
    first: int,
    length: int,
):
    _set_the_scene(rows, links, terms)
    period = Period(START + timedelta(first), START + timedelta(first + length))

    folded = {
        person: {code: claim.level for code, claim in claims.items() if claim.level}
        for person, claims in queries.claims_throughout(None, period).items()
    }
    found = queries.levels_throughout(period)

    assert {p: of for p, of in found.items() if of} == {p: of for p, of in folded.items() if of}


PEOPLE: list[int] = []


def _set_the_scene(
    rows: list[dict[str, Any]], links: list[Link], terms: tuple[str, str | None]
) -> None:
    with db.transaction() as session:
        for table in (EvidenceWithdrawal, Evidence, CrosswalkLink):
            session.execute(delete(table))
        session.expunge_all()
        if not queries.competencies():
            publish_two()
            PEOPLE[:] = [make_person("Ada Lovelace").id, make_person("Grace Hopper").id]
        services.publish_crosswalks(links, by=SYSTEM)
        named = session.get(FrameworkTerms, "other")
        assert named is not None
        named.policy, named.half_life = Policy(terms[0]), terms[1]
        for number, row in enumerate(rows, start=1):
            _add(number, row)


def _add(number: int, row: dict[str, Any]) -> None:
    first = START + timedelta(row["first"])
    at = datetime(2027, 1, 1, tzinfo=UTC)
    last = None if row["length"] is None else first + timedelta(row["length"])
    made = db.session.execute(
        insert(Evidence)
        .values(
            person_id=PEOPLE[row["person"]],
            competency_code=row["code"],
            kind=row["kind"],
            level=row["level"],
            valid_from=first,
            valid_to=last,
            source_key=f"test:{number}",
            title="Test",
            recorded_at=at,
        )
        .returning(Evidence.id)
    ).scalar_one()
    if row["withdrawn"]:
        values = {"evidence_id": made, "reason": "Mistake", "at": at}
        db.session.execute(insert(EvidenceWithdrawal).values(**values))


def test_as_many_statements_for_many_as_for_few(app: Flask):
    publish_two()
    numbers = []
    for people in (1, 3):
        for number in range(people):
            person = make_person(f"P{people}{number} Person")
            services.record_evidence(
                person_id=person.id,
                competency_code="planning",
                kind=EvidenceKind.JUDGED,
                level=3,
                valid_from=START,
                valid_to=None,
                source_key=f"test:{person.id}",
                title="Test",
                by=SYSTEM,
            )
        with counted() as statements:
            found = queries.levels_throughout(Period(START, START))
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 4
    assert sorted(level for of in found.values() for level in of.values()) == [3, 3, 3, 3]
