"""Fair by design: every input is stated, rates of selection tell of groups and of nobody else."""

from __future__ import annotations

import io
from dataclasses import fields

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import db
from app.core.errors import Invalid, NotAllowed
from app.core.policy import Role
from app.staffing.deciding import services as deciding
from app.staffing.fairness import queries, services
from app.staffing.fairness.inputs import inputs
from app.staffing.fairness.models import FairnessGroup
from app.staffing.fairness.rules import SMALLEST, Chosen, Rate, rates
from app.staffing.rules.booking import BookingState
from app.staffing.rules.matcher.problem import Person, Slot
from tests.cast import PASSWORD, actor_of, make_person
from tests.staffing.world import BASE, PMO, attest, make_framework, make_project, make_slot
from tests.visitor import Visitor

# --- Inputs --------------------------------------------------------------------------------


def test_every_input_of_the_matcher_is_stated_and_nothing_else():
    known = {f"{kind.__name__}.{one.name}" for kind in (Person, Slot) for one in fields(kind)}
    stated = [field for one in inputs() for field in one.fields]
    assert sorted(stated) == sorted(known)


def test_everybody_can_read_what_the_matcher_knows(visitor: Visitor, app: Flask):
    visitor.log_in(make_person("Ada Lovelace").email, PASSWORD)
    page = visitor.open("/staffing/fairness")
    for one in inputs():
        assert one.title in page.text
    assert "Rates of selection" not in page.text
    assert visitor.open("/staffing/fairness/rates").status == 403


# --- Rates ---------------------------------------------------------------------------------


def test_the_ratio_is_to_the_highest_rate():
    groups = {number: "a" if number < 10 else "b" for number in range(20)}
    everybody = range(20)
    decisions = [Chosen(everybody, 0)] * 6 + [Chosen(everybody, 15)] * 4
    first, second = rates(decisions, groups)
    assert first == Rate("a", 10, 100, 6, 0.06, 1.0)
    assert (second.rate, second.low) == (0.04, True)
    assert second.ratio == pytest.approx(4 / 6)


def test_four_fifths_is_not_low():
    groups = {number: "a" if number < 5 else "b" for number in range(10)}
    decisions = [Chosen(range(10), 0)] * 5 + [Chosen(range(10), 5)] * 4
    assert [one.low for one in rates(decisions, groups)] == [False, False]


def test_a_small_group_takes_the_next_smallest_with_it():
    sizes = {"few": 4, "some": 6, "many": 30}
    groups: dict[int, str] = {}
    for name, size in sizes.items():
        groups |= {len(groups) + number: name for number in range(size)}
    told = rates([Chosen(range(40), 0)], groups)
    assert {one.group: one.suppressed for one in told} == {
        "few": True,
        "some": True,
        "many": False,
    }


def test_who_was_passed_an_override_was_on_no_list():
    groups = dict.fromkeys(range(5), "a")
    (one,) = rates([Chosen(range(5), 99), Chosen([0, 1, 2, 3, 4], 7)], groups | {7: "a"})
    assert (one.selected, one.listed) == (0, 10)


@given(
    st.dictionaries(st.integers(0, 30), st.sampled_from("abcd"), max_size=31),
    st.lists(st.tuples(st.sets(st.integers(0, 30), max_size=31), st.integers(0, 30)), max_size=8),
)
def test_no_told_cell_is_small_and_never_is_one_hidden_alone(groups, made):
    decisions = [Chosen(pool, chosen) for pool, chosen in made]
    told = rates(decisions, groups)
    hidden = [one for one in told if one.suppressed]
    for one in told:
        if not one.suppressed:
            assert one.people >= SMALLEST
            assert 0 <= one.selected <= one.listed
            assert one.ratio is None or 0 <= one.ratio <= 1
    assert len(hidden) != 1 or len(told) == 1


# --- Groups --------------------------------------------------------------------------------


@pytest.fixture
def admin(app: Flask):
    return actor_of(make_person("Adele Min", Role.ADMIN), Role.ADMIN)


def csv_of(*rows: str) -> bytes:
    return "\n".join(["email,group", *rows]).encode()


def known() -> dict[int, str]:
    db.session.rollback()
    return {one.person_id: one.name for one in db.session.query(FairnessGroup)}


def test_groups_are_replaced_as_a_whole_and_deleted_as_a_whole(admin):
    ada, ben = make_person("Ada Lovelace"), make_person("Ben Other")
    assert services.supply(csv_of(f"{ada.email},a", f"{ben.email.upper()},b"), by=admin) == 2
    services.supply(csv_of(f"{ben.email},c"), by=admin)
    assert known() == {ben.id: "c"}
    services.forget(by=admin)
    assert known() == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,team\nx,y\n", "columns"),
        (b"", "columns"),
        (b"\xff\xfe\x00", "CSV"),
        (csv_of("nobody@example.com,a"), "Line 2"),
        (csv_of("adele@example.com,"), "Line 2"),
        (csv_of("adele@example.com,a", "Adele@example.com,b"), "twice"),
        (csv_of(f"adele@example.com,{'x' * 61}"), "Line 2"),
        (b"email,group\n" + b"a" * 2_000_001, "too big"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(admin, data: bytes, words: str):
    services.supply(csv_of("adele@example.com,kept"), by=admin)
    with pytest.raises(Invalid, match=words):
        services.supply(data, by=admin)
    assert list(known().values()) == ["kept"]


def test_only_an_administrator_supplies_groups(admin, app):
    for act in (lambda: services.supply(csv_of(), by=PMO), lambda: services.forget(by=PMO)):
        with pytest.raises(NotAllowed):
            act()


def test_the_page_tells_of_groups_and_never_of_a_person(visitor: Visitor, admin):
    make_framework()
    slot = make_slot(make_project(), must=[("risk-management", 3)])
    people = [make_person(f"Person{number} Example") for number in range(12)]
    for person in people:
        attest(person)
    row = deciding.projects.slot_for(PMO, slot.id)
    first = deciding.ranked(row).ranking.candidates[0].person_id
    deciding.book(slot.id, first, BookingState.PROPOSED, by=PMO, base_url=BASE)
    data = csv_of(*(f"{one.email},{'left' if n % 2 else 'right'}" for n, one in enumerate(people)))
    visitor.log_in("adele@example.com", PASSWORD)
    assert "No groups are known" in visitor.open("/staffing/fairness/rates").text
    file = (io.BytesIO(data), "groups.csv")
    assert visitor.send("/staffing/fairness/groups", file=file).status == 302
    text = visitor.open("/staffing/fairness/rates").text
    assert "left 6 6" in text
    assert "right 6 6" in text
    assert not any(one.name in text for one in people)
    assert queries.supplied() == 12
    bad = (io.BytesIO(b"nothing"), "groups.csv")
    assert visitor.send("/staffing/fairness/groups", file=bad).status == 422
    visitor.open("/staffing/fairness/rates")
    assert visitor.send("/staffing/fairness/groups/deletion").status == 302
    assert queries.supplied() == 0
