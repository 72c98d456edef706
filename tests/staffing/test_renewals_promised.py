"""A certification that lapses inside a role counts where its renewal is promised."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.core.values import Period
from app.staffing.rules.matcher.eligibility import Lapses, is_eligible, reasons
from app.staffing.rules.matcher.explain import Titles, part_text
from app.staffing.rules.matcher.problem import Held, Kind, Need, Person, Slot
from app.staffing.rules.matcher.score import among, parts
from app.staffing.rules.matcher.weights import PartName
from app.staffing.rules.portfolio import document, pairing
from tests.staffing.problems import problem, role, somebody

PMP = Need(Kind.CERTIFICATION, "pmp")
SPRING = Period(date(2031, 3, 3), date(2031, 6, 29))
SLOT = Slot(1, SPRING, 60, musts=(PMP,), renewals=True)
DAYS = st.dates(date(2031, 1, 1), date(2031, 12, 31))


def holder(last: date, *, renewable: bool = True, first: date = date(2028, 1, 1)) -> Person:
    return Person(7, held={"pmp": (Held(first, last, renewable),)})


def test_a_lapse_inside_the_role_counts_as_held():
    assert is_eligible(holder(date(2031, 4, 15)), SLOT)


def test_without_the_promise_it_is_a_lapse():
    found = reasons(holder(date(2031, 4, 15)), replace(SLOT, renewals=False))

    assert [type(one) for one in found] == [Lapses]
    assert found[0].fails_on == date(2031, 4, 16)


def test_what_nobody_can_renew_still_lapses():
    assert not is_eligible(holder(date(2031, 4, 15), renewable=False), SLOT)


def test_what_lapsed_before_the_role_or_comes_after_its_first_day_is_not_promised():
    assert not is_eligible(holder(date(2031, 3, 2)), SLOT)
    assert not is_eligible(holder(date(2033, 1, 1), first=date(2031, 3, 4)), SLOT)


def test_the_score_says_until_when_the_renewal_is_promised(app):
    person = holder(date(2031, 4, 15))
    found = parts(person, SLOT, among([person], SLOT))
    margin = next(one for one in found if one.name is PartName.MARGIN)

    text = part_text(margin, SLOT, Titles({}, {"pmp": "PMP"}))

    assert text == "PMP lapses after 15 Apr 2031, inside the role; a renewal is promised until then"


@given(first=DAYS, last=DAYS, longer=st.integers(0, 400), renewable=st.booleans())
def test_the_promise_and_a_longer_certification_never_lower_anybody(
    first: date, last: date, longer: int, renewable: bool
):
    first, last = min(first, last), max(first, last)
    strict = replace(SLOT, renewals=False)
    person = holder(last, first=first, renewable=renewable)
    further = holder(last + timedelta(days=longer), first=first, renewable=renewable)

    assert is_eligible(person, SLOT) >= is_eligible(person, strict)
    assert is_eligible(further, SLOT) >= is_eligible(person, SLOT)
    assert is_eligible(person, SLOT) >= is_eligible(person, replace(strict, throughout=True))


def test_the_problem_file_knows_renewals():
    held = {"code": "pmp", "from": "2025-01-01", "to": "2027-03-01"}
    asks = {"must": [{"certification": "pmp"}], "holds": "renewal"}
    people = [
        somebody("p1", certifications=[held]),
        somebody("p2", certifications=[{**held, "renewable": False}]),
    ]
    read = document.read(json.dumps(problem(people=people, roles=[role("r1", **asks)])).encode())

    assert {pair.worker for pair in pairing.match(read).portfolio.pairs} == {"p1"}
